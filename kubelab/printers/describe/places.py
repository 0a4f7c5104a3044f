"""Descriptions of Nodes and Namespaces.

Stands for describeNode and describeNamespace in kubectl/pkg/describe (1.37). kubelab has no Leases, ResourceQuotas and
LimitRanges; they print as they do on a cluster that has none.
"""

from collections.abc import Iterable
from decimal import Decimal

from kubelab.api import meta, quantities, times
from kubelab.printers import ages, texts
from kubelab.printers.columns import places
from kubelab.printers.describe import containers, writer

INFO = (
    ("Machine ID", "machineID"),
    ("System UUID", "systemUUID"),
    ("Boot ID", "bootID"),
    ("Kernel Version", "kernelVersion"),
    ("OS Image", "osImage"),
    ("Operating System", "operatingSystem"),
    ("Architecture", "architecture"),
    ("Container Runtime Version", "containerRuntimeVersion"),
    ("Kubelet Version", "kubeletVersion"),
)
COUNTED = ("cpu", "memory")


def namespace(obj: meta.Obj, related: writer.Related, page: writer.Page) -> None:
    """A namespace."""
    page.field(0, "Name", meta.name(obj))
    page.names(obj)
    status = obj.get("status") or {}
    page.field(0, "Status", status.get("phase") or "")
    if conditions := status.get("conditions"):
        page.write(0, "Conditions:")
        rows = (
            (c["type"], c["status"], containers.moment(c.get("lastTransitionTime")), c["reason"], c["message"])
            for c in conditions
        )
        page.table(1, ("Type", "Status", "LastTransitionTime", "Reason", "Message"), rows)
    for line in ("", "No resource quota.", "", "No LimitRange resource."):
        page.write(0, line)


def node(obj: meta.Obj, related: writer.Related, page: writer.Page) -> None:
    """A node, its conditions and what runs on it."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    page.field(0, "Name", meta.name(obj))
    page.field(0, "Roles", ",".join(places.roles(obj)) or texts.NONE)
    page.names(obj)
    page.field(0, "CreationTimestamp", times.rfc1123(times.parse(meta.of(obj)["creationTimestamp"])))
    page.lines("Taints", _taints(spec))
    page.field(0, "Unschedulable", str(bool(spec.get("unschedulable"))).lower())
    page.field(0, "Lease", f'Failed to get lease: leases.coordination.k8s.io "{meta.name(obj)}" not found')
    _conditions(status, page)
    page.write(0, "Addresses:")
    for address in status.get("addresses") or []:
        page.field(1, address["type"], address["address"])
    for label in ("Capacity", "Allocatable"):
        amounts = status.get(label.lower()) or {}
        if amounts:
            page.write(0, f"{label}:")
        for resource in sorted(amounts):
            page.field(1, resource, quantities.canonical(str(amounts[resource])))
    page.write(0, "System Info:")
    for label, field in INFO:
        page.field(1, label, (status.get("nodeInfo") or {}).get(field) or "")
    if spec.get("podCIDR"):
        page.field(0, "PodCIDR", spec["podCIDR"])
    if spec.get("podCIDRs"):
        page.field(0, "PodCIDRs", ",".join(spec["podCIDRs"]))
    _pods(obj, related, page)


def _taints(spec: meta.Obj) -> list[str]:
    taints = sorted(spec.get("taints") or [], key=lambda taint: (taint.get("effect") or "", taint["key"]))
    return [_taint(taint) for taint in taints]


def _taint(taint: meta.Obj) -> str:
    value = f"={taint['value']}" if taint.get("value") else ""
    return f"{taint['key']}{value}:{taint['effect']}" if taint.get("effect") else f"{taint['key']}{value}"


def _conditions(status: meta.Obj, page: writer.Page) -> None:
    conditions = status.get("conditions") or []
    if not conditions:
        return
    page.write(0, "Conditions:")
    rows = (
        (
            f"{c['type']} ", f"{c['status']} ", f"{containers.moment(c.get('lastHeartbeatTime'))} ",
            f"{containers.moment(c.get('lastTransitionTime'))} ", f"{c.get('reason') or ''} ", c.get("message") or "",
        )
        for c in conditions
    )  # fmt: skip
    page.table(1, ("Type", "Status", "LastHeartbeatTime", "LastTransitionTime", "Reason", "Message"), rows)


# ---- what the pods ask for


def _pods(obj: meta.Obj, related: writer.Related, page: writer.Page) -> None:
    status = obj.get("status") or {}
    room = status.get("allocatable") or status.get("capacity") or {}
    here = [
        pod
        for pod in related("Pod", None)
        if (pod.get("spec") or {}).get("nodeName") == meta.name(obj) and not meta.is_finished(pod)
    ]
    page.field(0, "Non-terminated Pods", f"({len(here)} in total)")
    page.write(1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge")
    page.write(1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---")
    for pod in here:
        shares = (
            _share(_wanted([pod], side, resource), room.get(resource))
            for resource in COUNTED
            for side in ("requests", "limits")
        )
        age = ages.since(meta.of(pod).get("creationTimestamp"), page.now)
        page.write(1, "\t".join((meta.namespace(pod), meta.name(pod), "", *shares, age)))
    page.write(0, "Allocated resources:")
    page.write(1, "(Total limits may be over 100 percent, i.e., overcommitted.)")
    rows = (
        (resource, *(_share(_wanted(here, side, resource), room.get(resource)) for side in ("requests", "limits")))
        for resource in (*COUNTED, "ephemeral-storage")
    )
    page.table(1, ("Resource", "Requests", "Limits"), rows)


def _wanted(pods: Iterable[meta.Obj], side: str, resource: str) -> list[str]:
    """What all containers ask of a resource."""
    return [
        str(amount)
        for pod in pods
        for container in (pod.get("spec") or {}).get("containers") or []
        if (amount := ((container.get("resources") or {}).get(side) or {}).get(resource)) is not None
    ]


def _share(amounts: list[str], room: object) -> str:
    """The sum, and how much of the room it is."""
    total = sum(map(quantities.value, amounts), Decimal(0))
    whole = quantities.value(str(room)) if room else Decimal(0)
    return f"{_sum(amounts, total)} ({int(total * 100 / whole) if whole else 0}%)"


def _sum(amounts: list[str], total: Decimal) -> str:
    if amounts and amounts[0].endswith("i") and total % 1024 == 0:
        return quantities.canonical(f"{total // 1024}Ki")
    return quantities.canonical(str(total))
