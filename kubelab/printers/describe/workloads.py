"""Descriptions of ReplicaSets and Deployments.

Stands for describeReplicaSet and describeDeployment in kubectl/pkg/describe (1.37).
"""

from kubelab.api import labels, meta, times
from kubelab.printers import texts
from kubelab.printers.describe import pods, writer

HASH = "pod-template-hash"


def replica_set(obj: meta.Obj, related: writer.Related, page: writer.Page) -> None:
    """A ReplicaSet and how its pods are."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    page.head(obj)
    page.field(0, "Selector", texts.label_selector(spec.get("selector")))
    page.names(obj)
    if texts.controller(obj):
        page.field(0, "Controlled By", texts.controller(obj))
    page.field(0, "Replicas", f"{status.get('replicas') or 0} current / {spec.get('replicas') or 0} desired")
    page.field(0, "Pods Status", _pods_status(obj, related))
    pods.template(obj, page)
    _conditions(status, page)


def _owned(kind: str, obj: meta.Obj, related: writer.Related) -> list[meta.Obj]:
    """Objects that the selector finds and that belong to `obj`."""
    selector = labels.from_label_selector((obj.get("spec") or {}).get("selector"))
    found = related(kind, meta.namespace(obj))
    return [other for other in found if selector.matches(meta.labels(other)) and meta.is_controlled_by(other, obj)]


def _pods_status(obj: meta.Obj, related: writer.Related) -> str:
    phases = [(pod.get("status") or {}).get("phase") for pod in _owned("Pod", obj, related)]
    names = {"Running": "Running", "Pending": "Waiting", "Succeeded": "Succeeded", "Failed": "Failed"}
    return " / ".join(f"{phases.count(phase)} {word}" for phase, word in names.items())


def _conditions(status: meta.Obj, page: writer.Page) -> None:
    conditions = status.get("conditions") or []
    if conditions:
        page.write(0, "Conditions:")
        rows = ((f"{c['type']} ", c["status"], c.get("reason") or "") for c in conditions)
        page.table(1, ("Type", "Status", "Reason"), rows)


def deployment(obj: meta.Obj, related: writer.Related, page: writer.Page) -> None:
    """A Deployment and its ReplicaSets."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    page.head(obj)
    page.field(0, "CreationTimestamp", times.rfc1123(times.parse(meta.of(obj)["creationTimestamp"])))
    page.names(obj)
    page.field(0, "Selector", str(labels.from_label_selector(spec.get("selector"))))
    counts = [
        f"{spec.get('replicas') or 0} desired",
        *(f"{status.get(field) or 0} {word}" for field, word in (
            ("updatedReplicas", "updated"), ("replicas", "total"), ("availableReplicas", "available"),
            ("unavailableReplicas", "unavailable"),
        )),
    ]  # fmt: skip
    page.field(0, "Replicas", " | ".join(counts))
    strategy = spec.get("strategy") or {}
    page.field(0, "StrategyType", strategy.get("type") or "")
    page.field(0, "MinReadySeconds", spec.get("minReadySeconds") or 0)
    if rolling := strategy.get("rollingUpdate"):
        unavailable, surge = rolling.get("maxUnavailable"), rolling.get("maxSurge")
        page.field(0, "RollingUpdateStrategy", f"{unavailable} max unavailable, {surge} max surge")
    pods.template(obj, page)
    _conditions(status, page)
    _replica_sets(obj, related, page)


def _replica_sets(obj: meta.Obj, related: writer.Related, page: writer.Page) -> None:
    found = _owned("ReplicaSet", obj, related)
    if not found:
        return
    found.sort(key=lambda rs: (meta.of(rs).get("creationTimestamp") or "", meta.name(rs)))
    new = next((rs for rs in found if _template(rs) == _template(obj)), None)
    page.field(0, "OldReplicaSets", ", ".join(_created(rs) for rs in found if rs is not new) or texts.NONE)
    page.field(0, "NewReplicaSet", _created(new) if new else texts.NONE)


def _template(obj: meta.Obj) -> meta.Obj:
    """A pod template without the hash that tells ReplicaSets apart."""
    template: meta.Obj = meta.copy(obj["spec"].get("template") or {})
    (template.get("metadata", {}).get("labels") or {}).pop(HASH, None)
    return template


def _created(replica_set: meta.Obj) -> str:
    created, wanted = (replica_set.get(part) or {} for part in ("status", "spec"))
    counts = f"{created.get('replicas') or 0}/{wanted.get('replicas') or 0}"
    return f"{meta.name(replica_set)} ({counts} replicas created)"
