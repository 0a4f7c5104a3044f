"""Descriptions of pods, and of the pod template that ReplicaSets and Deployments carry.

Stands for describePod and DescribePodTemplate in kubectl/pkg/describe (1.37).
"""

from kubelab.api import meta, times
from kubelab.printers import ages, texts
from kubelab.printers.describe import containers, volumes, writer


def pod(obj: meta.Obj, related: writer.Related, page: writer.Page) -> None:
    """A pod and all that is in it."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    page.head(obj)
    for label, field in (
        ("Priority", "priority"),
        ("Priority Class Name", "priorityClassName"),
        ("Runtime Class Name", "runtimeClassName"),
        ("Service Account", "serviceAccountName"),
    ):
        if spec.get(field) not in (None, ""):
            page.field(0, label, spec[field])
    node = spec.get("nodeName")
    page.field(0, "Node", f"{node}/{status.get('hostIP') or ''}" if node else texts.NONE)
    if status.get("startTime"):
        page.field(0, "Start Time", times.rfc1123(times.parse(status["startTime"])))
    page.names(obj)
    _status(obj, page)
    _addresses(status, page)
    if texts.controller(obj):
        page.field(0, "Controlled By", texts.controller(obj))
    if status.get("nominatedNodeName"):
        page.field(0, "NominatedNodeName", status["nominatedNodeName"])
    _containers(obj, page)
    _conditions(spec, status, page)
    volumes.write(spec.get("volumes") or [], page)
    page.field(0, "QoS Class", status.get("qosClass") or "BestEffort")
    page.labels("Node-Selectors", spec.get("nodeSelector"))
    page.lines("Tolerations", tolerations(spec))


def _status(obj: meta.Obj, page: writer.Page) -> None:
    status = obj.get("status") or {}
    if meta.is_deleting(obj) and not meta.is_finished(obj):
        lasts = ages.since(meta.of(obj)["deletionTimestamp"], page.now)
        page.field(0, "Status", f"Terminating (lasts {lasts})")
        page.field(0, "Termination Grace Period", f"{meta.of(obj).get('deletionGracePeriodSeconds') or 0}s")
    else:
        page.field(0, "Status", status.get("phase") or "")
    for label in ("Reason", "Message"):
        if status.get(label.lower()):
            page.field(0, label, status[label.lower()])
    profile = ((obj.get("spec") or {}).get("securityContext") or {}).get("seccompProfile")
    if profile:
        page.field(0, "SeccompProfile", profile.get("type") or "")


def _addresses(status: meta.Obj, page: writer.Page) -> None:
    page.field(0, "IP", status.get("podIP") or "")
    if not status.get("podIPs"):
        page.field(0, "IPs", texts.NONE)
        return
    page.write(0, "IPs:")
    for entry in status["podIPs"]:
        page.field(1, "IP", entry.get("ip") or "")


def _containers(obj: meta.Obj, page: writer.Page) -> None:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    resolve = containers.resolver(obj)
    if spec.get("initContainers"):
        statuses = status.get("initContainerStatuses") or []
        containers.write(page, "Init Containers", spec["initContainers"], statuses, resolve)
    statuses = status.get("containerStatuses") or []
    containers.write(page, "Containers", spec.get("containers") or [], statuses, resolve)


def _conditions(spec: meta.Obj, status: meta.Obj, page: writer.Page) -> None:
    conditions = status.get("conditions") or []
    if spec.get("readinessGates"):
        page.write(0, "Readiness Gates:")
        page.write(1, "Type\tStatus")
        found = {condition["type"]: condition["status"] for condition in conditions}
        for gate in spec["readinessGates"]:
            page.write(1, f"{gate['conditionType']} \t{found.get(gate['conditionType'], texts.NONE)} ")
    if conditions:
        page.write(0, "Conditions:")
        page.write(1, "Type\tStatus")
        for condition in conditions:
            page.write(1, f"{condition['type']} \t{condition['status']} ")


def tolerations(spec: meta.Obj) -> list[str]:
    """A pod's tolerations, one text each."""
    return [_toleration(t) for t in sorted(spec.get("tolerations") or [], key=lambda t: str(t.get("key") or ""))]


def _toleration(toleration: meta.Obj) -> str:
    value, effect = toleration.get("value") or "", toleration.get("effect") or ""
    text = (toleration.get("key") or "") + (f"={value}" if value else "") + (f":{effect}" if effect else "")
    if toleration.get("operator") == "Exists" and not value:
        text += " op=Exists" if text else "op=Exists"
    seconds = toleration.get("tolerationSeconds")
    return text if seconds is None else f"{text} for {seconds}s"


def template(obj: meta.Obj, page: writer.Page) -> None:
    """The pod template of a workload."""
    found = (obj.get("spec") or {}).get("template") or {}
    spec = found.get("spec") or {}
    page.write(0, "Pod Template:")
    page.labels("Labels", meta.labels(found), "  ")
    if meta.annotations(found):
        page.annotations("  Annotations", meta.annotations(found))
    if spec.get("serviceAccountName"):
        page.field(1, "Service Account", spec["serviceAccountName"])
    for label, field in (("Init Containers", "initContainers"), ("Containers", "containers")):
        if spec.get(field) or field == "containers":
            containers.write(page, label, spec.get(field) or [], [], containers.unresolved, indent="  ")
    volumes.write(spec.get("volumes") or [], page, indent="  ")
    if spec.get("priorityClassName"):
        page.field(1, "Priority Class Name", spec["priorityClassName"])
    page.labels("Node-Selectors", spec.get("nodeSelector"), "  ")
    page.lines("Tolerations", tolerations(spec), "  ")
