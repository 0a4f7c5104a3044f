"""Objects made from flags: what `run`, `expose` and `create service|deployment|namespace` send.

Stands for kubectl's create_service.go, create_deployment.go, run.go and expose.go. Keys come in the order of the Go
types, because that is how `-o json` prints what a generator made.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kubelab.api import meta
from kubelab.api.meta import Obj
from kubelab.kubectl import console, values
from kubelab.sim import chance

PORT_RANGE = "must be between 1 and 65535, inclusive"


def pairs(text: str) -> dict[str, str]:
    """`a=b,c=d` as labels; Failure if it is not that."""
    found = {}
    for spec in text.split(","):
        parts = spec.split("=")
        if len(parts) != 2:
            raise console.Failure(f"unexpected label spec: {spec}")
        if not parts[0]:
            raise console.Failure("unexpected empty label key")
        found[parts[0]] = parts[1]
    return found


def shown(labels: Mapping[str, str]) -> str:
    """Labels as `a=b,c=d`."""
    return ",".join(f"{key}={value}" for key, value in labels.items())


def _metadata(name: str, namespace: str, labels: Mapping[str, str] | None) -> Obj:
    metadata: Obj = {"name": name}
    if namespace:
        metadata["namespace"] = namespace
    if labels:
        metadata["labels"] = dict(labels)
    return metadata


# ---- create namespace, deployment, service


def namespace(name: str) -> Obj:
    """What `create namespace` sends."""
    return {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": name}, "spec": {}, "status": {}}


def deployment(
    name: str, home: str, images: Sequence[str], replicas: int, port: int, command: Sequence[str],
    dice: chance.Chance,
) -> Obj:  # fmt: skip
    """What `create deployment` sends: one container for each image."""
    if len(images) > 1 and command:
        raise console.Failure("cannot specify multiple --image options and command")
    containers: list[Obj] = []
    for image in images:
        container: Obj = {"name": container_name(image, dice), "image": image}
        if command:
            container["command"] = list(command)
        if port >= 0 and not containers:
            container["ports"] = [{"containerPort": port}]
        containers.append({**container, "resources": {}})
    labels = {"app": name}
    return {
        "kind": "Deployment",
        "apiVersion": "apps/v1",
        "metadata": _metadata(name, home, labels),
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": dict(labels)},
            "template": {"metadata": {"labels": dict(labels)}, "spec": {"containers": containers}},
            "strategy": {},
        },
        "status": {},
    }


def container_name(image: str, dice: chance.Chance) -> str:
    """The name that a container gets from its image: its last part, without tag and digest."""
    name = image.rsplit("/", 1)[-1].split(":")[0].split("@")[0]
    clean = re.sub(r"[_.]", "-", name)
    return name if clean == name else f"{clean}-{dice.suffix()}"


def service(
    kind: str, name: str, home: str, tcp: Sequence[str], *, cluster_ip: str = "", node_port: int = 0,
    external_name: str = "",
) -> Obj:  # fmt: skip
    """What `create service clusterip|nodeport|loadbalancer|externalname` sends."""
    labels = {"app": name}
    spec: Obj = {}
    ports = [_service_port(text, node_port) for text in tcp]
    if ports:
        spec["ports"] = ports
    spec["selector"] = dict(labels)
    if cluster_ip:
        spec["clusterIP"] = cluster_ip
    spec["type"] = kind
    if external_name:
        spec["externalName"] = external_name
    metadata = _metadata(name, home, labels)
    return {"kind": "Service", "apiVersion": "v1", "metadata": metadata, "spec": spec, "status": {"loadBalancer": {}}}


def _service_port(text: str, node_port: int) -> Obj:
    port, target = tcp_port(text)
    found: Obj = {"name": text.replace(":", "-"), "protocol": "TCP", "port": port, "targetPort": target}
    if node_port:
        found["nodePort"] = node_port
    return found


def tcp_port(text: str) -> tuple[int, int | str]:
    """`80`, `80:8080`, `80:http` as port and target port; what follows a second colon is not looked at."""
    first, *rest = text.split(":")
    try:
        port = values.unsigned(first, 16)
    except ValueError as error:
        raise console.Failure(str(error)) from None
    if not rest:
        return port, port
    if re.fullmatch(r"[+-]?\d+", rest[0]):
        target = int(rest[0])
        if not 1 <= target <= 65535:
            raise console.Failure(PORT_RANGE)
        return port, target
    if problems := port_name_problems(rest[0]):
        raise console.Failure(",".join(problems))
    return port, rest[0]


def port_name_problems(name: str) -> list[str]:
    """What is wrong with the name of a port (apimachinery's IsValidPortName)."""
    problems = []
    if len(name) > 15:
        problems.append("must be no more than 15 characters")
    if not re.fullmatch(r"[-a-z0-9]+", name):
        problems.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search(r"[a-z]", name):
        problems.append("must contain at least one letter (a-z)")
    if "--" in name:
        problems.append("must not contain consecutive hyphens")
    if name.startswith("-") or name.endswith("-"):
        problems.append("must not begin or end with a hyphen")
    return problems


def is_subdomain(name: str) -> bool:
    """Whether a name may be a DNS name (apimachinery's IsDNS1123Subdomain)."""
    part = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
    return len(name) <= 253 and re.fullmatch(rf"{part}(\.{part})*", name) is not None


# ---- run


@dataclass(frozen=True)
class PodWish:
    """What `run` asks for."""

    name: str
    image: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    args: Sequence[str] = ()
    is_command: bool = False
    env: Sequence[tuple[str, str]] = ()
    port: str = ""
    stdin: bool = False
    stdin_once: bool = False
    tty: bool = False
    pull: str = ""
    restart: str = "Always"
    privileged: bool = False


def pod(wish: PodWish) -> Obj:
    """What `run` sends."""
    container: Obj = {"name": wish.name, "image": wish.image}
    if wish.args:
        container["command" if wish.is_command else "args"] = list(wish.args)
    if wish.port:
        container["ports"] = [{"containerPort": int(wish.port)}]
    if wish.env:
        container["env"] = [{"name": name, "value": value} if value else {"name": name} for name, value in wish.env]
    container["resources"] = {}
    if wish.pull:
        container["imagePullPolicy"] = wish.pull
    if wish.privileged:
        container["securityContext"] = {"privileged": True}
    container |= {
        key: True for key, on in (("stdin", wish.stdin), ("stdinOnce", wish.stdin_once), ("tty", wish.tty)) if on
    }
    metadata: Obj = {"name": wish.name, "labels": dict(wish.labels)}
    if wish.annotations:
        metadata["annotations"] = dict(wish.annotations)
    spec = {"containers": [container], "restartPolicy": wish.restart, "dnsPolicy": "ClusterFirst"}
    return {"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": spec, "status": {}}


def run_service(name: str, labels: Mapping[str, str], selector: Mapping[str, str], port: int) -> Obj:
    """The Service that `run --expose` sends: with the labels that were asked for, for the pod's labels."""
    spec = {"ports": [{"protocol": "TCP", "port": port, "targetPort": port}], "selector": dict(selector)}
    metadata = _metadata(name, "", labels)
    return {"kind": "Service", "apiVersion": "v1", "metadata": metadata, "spec": spec, "status": {"loadBalancer": {}}}


# ---- expose

EXPOSABLE = ("Service", "Pod", "Deployment", "ReplicaSet")


def selector_of(obj: Obj) -> dict[str, str]:
    """The labels that a Service in front of this object would select."""
    spec = obj.get("spec") or {}
    if obj["kind"] == "Pod":
        if not meta.labels(obj):
            raise console.Failure("the pod has no labels and cannot be exposed")
        return meta.labels(obj)
    if obj["kind"] == "Service":
        if not spec.get("selector"):
            raise console.Failure("the service has no pod selector set")
        return dict(spec["selector"])
    selector = spec.get("selector") or {}
    if not selector.get("matchLabels"):
        name = {"Deployment": "deployment", "ReplicaSet": "replicaset"}[obj["kind"]]
        raise console.Failure(f"invalid {name}: no selectors, therefore cannot be exposed")
    if expressions := selector.get("matchExpressions"):
        text = " ".join(
            f"{{Key:{each['key']} Operator:{each['operator']} Values:[{' '.join(each.get('values') or [])}]}}"
            for each in expressions
        )
        raise console.Failure(f'couldn\'t convert expressions - "[{text}]" to map-based selector format')
    return dict(selector["matchLabels"])


def ports_of(obj: Obj) -> list[tuple[str, str]]:
    """The (port, protocol) pairs of an object, in order."""
    spec = obj.get("spec") or {}
    if obj["kind"] == "Service":
        found = [(port.get("port", 0), port.get("protocol")) for port in spec.get("ports") or []]
    else:
        if obj["kind"] != "Pod":
            spec = (spec.get("template") or {}).get("spec") or {}
        found = [
            (port.get("containerPort", 0), port.get("protocol"))
            for container in spec.get("containers") or []
            for port in container.get("ports") or []
        ]
    return [(str(port), protocol or "TCP") for port, protocol in found]


def service_ports(ports: Sequence[str], protocol: str, protocols: Sequence[tuple[str, str]]) -> list[Obj]:
    """The ports of the Service that `expose` sends; several ports are named `port-1`, `port-2`, ..."""
    found: list[Obj] = []
    for at, text in enumerate(ports, 1):
        try:
            port = int(values.atoi(text))
        except ValueError as error:
            raise console.Failure(str(error)) from None
        name = f"port-{at}" if len(ports) > 1 else ""
        known = [spoken for number, spoken in protocols if number == text]
        if protocol or len(known) <= 1:
            found.append(_exposed_port(name, protocol or (known or ["TCP"])[0], port))
        else:
            found += [_exposed_port(f"port-{at}-{spoken.lower()}", spoken, port) for spoken in known]
    return found


def _exposed_port(name: str, protocol: str, port: int) -> Obj:
    return {**({"name": name} if name else {}), "protocol": protocol, "port": port, "targetPort": port}


def exposing(name: str, labels: Mapping[str, str], selector: Mapping[str, str], ports: Sequence[Obj]) -> Obj:
    """The Service that `expose` sends, before the flags that add to its spec."""
    spec: Obj = {**({"ports": list(ports)} if ports else {}), "selector": dict(selector)}
    metadata = _metadata(name, "", labels)
    return {"kind": "Service", "apiVersion": "v1", "metadata": metadata, "spec": spec, "status": {"loadBalancer": {}}}
