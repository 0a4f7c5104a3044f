"""`kubectl expose`: a Service in front of pods, a ReplicaSet, a Deployment or another Service.

Stands for kubectl's pkg/cmd/expose. As there, what was found out for the first object (selector, ports, labels) holds
for the next ones too.
"""

import re
from dataclasses import dataclass

from kubelab.api import meta
from kubelab.api.meta import Obj
from kubelab.kubectl import console, files, generators, output, parser, resources


def run(context: console.Context, command: parser.Command) -> None:
    """Create a Service for each object that is named."""
    dry_run = console.dry_run(context, command)
    printer = output.Printer(context, command, "exposed", dry_run, typed=dry_run == "client")
    selection = resources.select(
        context,
        command.args,
        resources.Wanted(filenames=command.items("filename"), recursive=command.on("recursive")),
    )
    wish = _Wish(
        selector=command.text("selector"), labels=command.text("labels"),
        ports=command.text("port").split(",") if command.text("port") else [],
    )  # fmt: skip

    def expose(info: resources.Info) -> None:
        service = wish.service(info, command)
        if dry_run == "client":
            if context.explicit:
                service["metadata"]["namespace"] = context.namespace
            printer.print(service)
            return
        if command.on("save-config"):
            service = resources.remembering(service, typed=True)
        service["metadata"]["namespace"] = context.namespace
        printer.print(context.ask("Service").create(service, validation="Ignore", dry_run=dry_run == "server"))

    selection.each(expose)


@dataclass
class _Wish:
    """What the flags leave open is looked up in the object."""

    selector: str
    labels: str
    ports: list[str]

    def service(self, info: resources.Info, command: parser.Command) -> Obj:
        """The Service in front of one object."""
        if info.kind.kind not in generators.EXPOSABLE:
            raise console.Failure(f"cannot expose a {info.kind.group_kind}")
        self._look(info.object, command)
        ports = generators.service_ports(self.ports, command.text("protocol"), generators.ports_of(info.object))
        if target := command.text("target-port"):
            for port in ports:
                port["targetPort"] = int(target) if re.fullmatch(r"[+-]?\d{1,9}", target) else target
        service = generators.exposing(
            command.text("name") or info.name[:63],
            generators.pairs(self.labels) if self.labels else {},
            generators.pairs(self.selector),
            ports,
        )
        _refine(service["spec"], command)
        return service

    def _look(self, obj: Obj, command: parser.Command) -> None:
        if not self.selector:
            try:
                self.selector = generators.shown(generators.selector_of(obj))
            except console.Failure as failure:
                message = f"couldn't retrieve selectors via --selector flag or introspection: {failure}"
                raise console.Failure(message) from None
        if not self.ports:
            self.ports = [port for port, _ in generators.ports_of(obj)]
            if not self.ports and command.text("cluster-ip") != "None":
                raise console.Failure("couldn't find port via --port flag or introspection")
        if not self.labels:
            self.labels = generators.shown(meta.labels(obj))


def _refine(spec: Obj, command: parser.Command) -> None:
    """What the other flags add to the Service."""
    if address := command.text("external-ip"):
        spec["externalIPs"] = [address]
    if kind := command.text("type"):
        spec["type"] = kind
    if kind == "LoadBalancer" and command.text("load-balancer-ip"):
        spec["loadBalancerIP"] = command.text("load-balancer-ip")
    if affinity := command.text("session-affinity"):
        if affinity not in ("None", "ClientIP"):
            raise console.Failure(f"unknown session affinity: {affinity}")
        spec["sessionAffinity"] = affinity
    if address := command.text("cluster-ip"):
        spec["clusterIP"] = address


VERB = parser.Verb(
    name="expose",
    use="expose (-f FILENAME | TYPE NAME) [--port=port] [--target-port=number-or-name] [--name=name] [--type=type]",
    about="Take a service, deployment, replica set or pod and expose it as a new Kubernetes service",
    flags=(
        *files.FLAGS,
        parser.Flag("cluster-ip", about="the address, or None for a headless service"),
        console.DRY_RUN,
        parser.Flag("external-ip", about="a further address"),
        parser.Flag("field-manager", default="kubectl-expose", about="accepted; kubelab manages no fields"),
        parser.Flag("labels", "l", about="labels of the service; else those of the object"),
        parser.Flag("load-balancer-ip", about="the address of the load balancer"),
        parser.Flag("name", about="name of the service; else that of the object"),
        *output.FLAGS,
        parser.Flag("port", about="the port of the service; else those of the object"),
        parser.Flag("protocol", values=("TCP", "UDP", "SCTP"), about="the protocol; TCP by default"),
        parser.Flag("save-config", "", "bool", about="note the configuration for a later apply"),
        parser.Flag("selector", about="the labels to select; else those of the object"),
        parser.Flag("session-affinity", values=("None", "ClientIP"), about="None or ClientIP"),
        parser.Flag("target-port", about="the port of the pods, a number or a name"),
        parser.Flag("type", values=("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"), about="type of service"),
    ),
    lacks=(*files.LACKS, "--override-type", "--overrides"),
    run=run,
    changes=True,
)
