"""The containers of a pod or of a pod template: image, ports, state, probes, environment, mounts.

Stands for describeContainers and DescribeProbe in kubectl/pkg/describe (1.37).
"""

import math
from collections.abc import Callable
from urllib.parse import quote

from kubelab.api import meta, quantities, times
from kubelab.printers import texts
from kubelab.printers.describe import writer

Resolver = Callable[[str], str]
"""What a fieldRef's path means in the pod; "" where kubectl does not look."""


def write(
    page: writer.Page,
    label: str,
    containers: list[meta.Obj],
    statuses: list[meta.Obj],
    resolve: Resolver,
    *,
    indent: str = "",
) -> None:
    """All containers under a label; `indent` is what stands before it in a pod template."""
    page.write(0, f"{indent}{label}:" + ("" if containers else f" {texts.NONE}"))
    found = {status["name"]: status for status in statuses}
    for container in containers:
        page.write(1, f"{' ' if indent else ''}{container['name']}:")
        _basics(container, found.get(container["name"]), page)
        _command(container, page)
        if container["name"] in found:
            _state(found[container["name"]], page)
        resources(container.get("resources") or {}, 2, page)
        for probe in ("liveness", "readiness", "startup"):
            if container.get(f"{probe}Probe"):
                page.field(2, probe.capitalize(), probe_text(container[f"{probe}Probe"]))
        _environment_from(container, page)
        _environment(container, resolve, page)
        _mounts(container, page)


def _basics(container: meta.Obj, status: meta.Obj | None, page: writer.Page) -> None:
    ports = container.get("ports") or []
    if status is not None:
        page.field(2, "Container ID", status.get("containerID") or "")
    page.field(2, "Image", container.get("image") or "")
    if status is not None:
        page.field(2, "Image ID", status.get("imageID") or "")
    plural = "s" if len(ports) > 1 else ""
    for label, field in (("Port", "containerPort"), ("Host Port", "hostPort")):
        page.field(2, label + plural, ", ".join(_port(port, field) for port in ports) or texts.NONE)


def _port(port: meta.Obj, field: str) -> str:
    name = f" ({port['name']})" if port.get("name") else ""
    return f"{port.get(field) or 0}/{port.get('protocol') or ''}{name}"


def _command(container: meta.Obj, page: writer.Page) -> None:
    for label, field in (("Command", "command"), ("Args", "args")):
        if container.get(field):
            page.write(2, f"{label}:")
            for word in container[field]:
                for line in word.split("\n"):
                    page.write(3, line)


def _state(status: meta.Obj, page: writer.Page) -> None:
    _one_state("State", status.get("state") or {}, page)
    last = status.get("lastState") or {}
    if "terminated" in last:
        _one_state("Last State", last, page)
    page.field(2, "Ready", bool(status.get("ready")))
    page.field(2, "Restart Count", status.get("restartCount") or 0)


def _one_state(label: str, state: meta.Obj, page: writer.Page) -> None:
    if "running" in state:
        page.field(2, label, "Running")
        page.field(3, "Started", moment(state["running"].get("startedAt")))
    elif "terminated" in state:
        ended = state["terminated"]
        page.field(2, label, "Terminated")
        for name in ("Reason", "Message"):
            if ended.get(name.lower()):
                page.field(3, name, ended[name.lower()])
        page.field(3, "Exit Code", ended.get("exitCode") or 0)
        if ended.get("signal"):
            page.field(3, "Signal", ended["signal"])
        page.field(3, "Started", moment(ended.get("startedAt")))
        page.field(3, "Finished", moment(ended.get("finishedAt")))
    else:
        page.field(2, label, "Waiting")
        reason = (state.get("waiting") or {}).get("reason")
        if reason:
            page.field(3, "Reason", reason)


def moment(stamp: str | None) -> str:
    """A stamp as describe prints it; an unset one is Go's zero time."""
    return times.rfc1123(times.parse(stamp)) if stamp else "Mon, 01 Jan 0001 00:00:00 +0000"


def resources(wanted: meta.Obj, level: int, page: writer.Page) -> None:
    """Limits and requests."""
    for name in ("Limits", "Requests"):
        amounts = wanted.get(name.lower()) or {}
        if amounts:
            page.write(level, f"{name}:")
        for resource in sorted(amounts):
            page.field(level + 1, resource, quantities.canonical(str(amounts[resource])))


# ---- probes


def probe_text(probe: meta.Obj) -> str:
    """A probe on one line."""
    times_text = " ".join(
        f"{label}={probe.get(field) or 0}{unit}"
        for label, field, unit in (
            ("delay", "initialDelaySeconds", "s"),
            ("timeout", "timeoutSeconds", "s"),
            ("period", "periodSeconds", "s"),
            ("successThreshold", "successThreshold", ""),
            ("failureThreshold", "failureThreshold", ""),
        )
    )
    return f"{_handler(probe)} {times_text}"


def _handler(probe: meta.Obj) -> str:
    if "exec" in probe:
        return f"exec [{' '.join(probe['exec'].get('command') or [])}]"
    if "httpGet" in probe:
        get = probe["httpGet"]
        path = quote(get.get("path") or "", safe="/$&+,:;=@~")
        host = texts.host_port(get.get("host") or "", get.get("port", 0))
        return f"http-get {(get.get('scheme') or '').lower()}://{host}{path if path[:1] in ('', '/') else '/' + path}"
    if "tcpSocket" in probe:
        return f"tcp-socket {probe['tcpSocket'].get('host') or ''}:{probe['tcpSocket'].get('port', 0)}"
    if "grpc" in probe:
        return f"grpc <pod>:{probe['grpc'].get('port') or 0} {probe['grpc'].get('service') or ''}"
    return "unknown"


# ---- environment and mounts


def _optional(reference: meta.Obj) -> str:
    return f"Optional: {str(bool(reference.get('optional'))).lower()}"


def _environment_from(container: meta.Obj, page: writer.Page) -> None:
    if not container.get("envFrom"):
        return
    page.write(2, "Environment Variables from:")
    for source in container["envFrom"]:
        kind = "ConfigMap" if "configMapRef" in source else "Secret"
        reference = source.get("configMapRef") or source.get("secretRef") or {}
        prefix = f" with prefix '{source['prefix']}'" if source.get("prefix") else ""
        page.write(3, f"{reference.get('name') or ''}\t{kind}{prefix}\t{_optional(reference)}")


def _environment(container: meta.Obj, resolve: Resolver, page: writer.Page) -> None:
    variables = container.get("env") or []
    page.write(2, "Environment:" + ("" if variables else f"\t{texts.NONE}"))
    for variable in variables:
        if "valueFrom" not in variable:
            first, *rest = (variable.get("value") or "").split("\n")
            page.field(3, variable["name"], first)
            for line in rest:
                page.write(3, f"\t{line}")
        elif (text := _reference(variable["valueFrom"], container, resolve)) is not None:
            page.field(3, variable["name"], text)


def _reference(source: meta.Obj, container: meta.Obj, resolve: Resolver) -> str | None:
    if reference := source.get("fieldRef"):
        version = reference.get("apiVersion") or ""
        return f"{resolve(reference['fieldPath'])} ({version}:{reference['fieldPath']})"
    if reference := source.get("resourceFieldRef"):
        return f"{_resource(reference['resource'], container)} ({reference['resource']})"
    if reference := source.get("secretKeyRef"):
        name = reference.get("name") or ""
        return f"<set to the key '{reference['key']}' in secret '{name}'>\t{_optional(reference)}"
    if reference := source.get("configMapKeyRef"):
        name = reference.get("name") or ""
        return f"<set to the key '{reference['key']}' of config map '{name}'>\t{_optional(reference)}"
    return None


def _resource(path: str, container: meta.Obj) -> str:
    """`limits.cpu` in whole cores, anything else in whole units."""
    side, _, name = path.partition(".")
    amount = ((container.get("resources") or {}).get(side) or {}).get(name)
    if amount is None:
        return "node allocatable" if path in ("limits.cpu", "limits.memory") else "0"
    return str(math.ceil(quantities.value(str(amount))))


def _mounts(container: meta.Obj, page: writer.Page) -> None:
    mounts = container.get("volumeMounts") or []
    page.write(2, "Mounts:" + ("" if mounts else f"\t{texts.NONE}"))
    for mount in sorted(mounts, key=lambda entry: str(entry["mountPath"])):
        flags = "ro" if mount.get("readOnly") else "rw"
        if mount.get("subPath"):
            flags += f',path="{mount["subPath"]}"'
        page.write(3, f"{mount['mountPath']} from {mount['name']} ({flags})")


# ---- what a fieldRef means


def resolver(pod: meta.Obj) -> Resolver:
    """The values of a pod that kubectl looks up for `valueFrom.fieldRef`: its name and namespace, nothing else."""
    known = {"metadata.name": meta.name(pod), "metadata.namespace": meta.namespace(pod)}
    return lambda path: known.get(path, "")


def unresolved(path: str) -> str:
    """In a template nothing is known yet."""
    return ""
