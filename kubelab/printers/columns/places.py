"""The tables of Nodes, Namespaces and Events.

Stands for printNode, printNamespace and printEvent in pkg/printers/internalversion/printers.go (v1.36).
"""

from kubelab.api import meta
from kubelab.printers import ages, texts
from kubelab.printers.columns import base

ROLE_PREFIX = "node-role.kubernetes.io/"
ROLE_LABEL = "kubernetes.io/role"


def roles(node: meta.Obj) -> list[str]:
    """A node's roles, which are nothing but labels."""
    found = {key.removeprefix(ROLE_PREFIX) for key in meta.labels(node) if key.startswith(ROLE_PREFIX)}
    return sorted((found | {meta.labels(node).get(ROLE_LABEL, "")}) - {""})


def _node_status(node: meta.Obj) -> str:
    ready = meta.condition(node, "Ready")
    word = "Unknown" if ready is None else "Ready" if ready.get("status") == "True" else "NotReady"
    return word + (",SchedulingDisabled" if base.part(node, "spec").get("unschedulable") else "")


def _address(node: meta.Obj, kind: str) -> str:
    addresses = base.part(node, "status").get("addresses") or []
    return next((str(entry["address"]) for entry in addresses if entry["type"] == kind), texts.NONE)


def _node(node: meta.Obj, now: int) -> tuple[base.Cell, ...]:
    info = base.part(node, "status").get("nodeInfo") or {}
    kernel = info.get("kernelVersion") or ages.UNKNOWN
    architecture = info.get("architecture")
    return (
        meta.name(node),
        _node_status(node),
        ",".join(roles(node)) or texts.NONE,
        base.age(node, now),
        info.get("kubeletVersion") or "",
        _address(node, "InternalIP"),
        _address(node, "ExternalIP"),
        info.get("osImage") or ages.UNKNOWN,
        f"{kernel} ({architecture})" if architecture else kernel,
        info.get("containerRuntimeVersion") or ages.UNKNOWN,
    )


def _namespace(namespace: meta.Obj, now: int) -> tuple[base.Cell, ...]:
    return meta.name(namespace), base.part(namespace, "status").get("phase") or "", base.age(namespace, now)


def event_source(event: meta.Obj) -> str:
    """Who reports an event: `kubelet, kube-node1`."""
    source = event.get("source") or {}
    component = source.get("component") or event.get("reportingComponent") or ""
    host = source.get("host") or event.get("reportingInstance") or ""
    return f"{component}, {host}" if host else str(component)


def _event_times(event: meta.Obj, now: int) -> tuple[str, str, int]:
    """First seen, last seen, how often."""
    first = ages.since(event.get("firstTimestamp") or event.get("eventTime"), now)
    last = ages.since(event["lastTimestamp"], now) if event.get("lastTimestamp") else first
    if series := event.get("series"):
        return first, ages.since(series.get("lastObservedTime"), now), series.get("count") or 0
    return first, last, event.get("count") or 1


def _event(event: meta.Obj, now: int) -> tuple[base.Cell, ...]:
    first, last, count = _event_times(event, now)
    target = event.get("involvedObject") or {}
    kind = str(target.get("kind") or "").lower()
    return (
        last,
        event.get("type") or "",
        event.get("reason") or "",
        f"{kind}/{target['name']}" if target.get("name") else kind,
        target.get("fieldPath") or "",
        event_source(event),
        (event.get("message") or "").strip(),
        first,
        count,
        meta.name(event),
    )


TABLES = {
    "Node": base.Spec(
        (
            base.NAME, base.Column("Status"), base.Column("Roles"), base.AGE, base.Column("Version"),
            base.wide("Internal-IP"), base.wide("External-IP"), base.wide("OS-Image"), base.wide("Kernel-Version"),
            base.wide("Container-Runtime"),
        ),
        _node,
    ),
    "Namespace": base.Spec((base.NAME, base.Column("Status"), base.AGE), _namespace),
    "Event": base.Spec(
        (
            base.Column("Last Seen"), base.Column("Type"), base.Column("Reason"), base.Column("Object"),
            base.wide("Subobject"), base.wide("Source"), base.Column("Message"), base.wide("First Seen"),
            base.number("Count", 1), base.Column("Name", 1, format="name"),
        ),
        _event,
    ),
}  # fmt: skip
