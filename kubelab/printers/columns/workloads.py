"""The tables of ReplicaSets and Deployments.

Stands for printReplicaSet and printDeployment in pkg/printers/internalversion/printers.go (v1.36).
"""

from kubelab.api import labels, meta
from kubelab.printers import texts
from kubelab.printers.columns import base


def _containers(obj: meta.Obj) -> tuple[str, str]:
    template = base.part(obj, "spec").get("template") or {}
    containers = (template.get("spec") or {}).get("containers") or []
    return ",".join(c["name"] for c in containers), ",".join(c.get("image") or "" for c in containers)


def _replica_set(obj: meta.Obj, now: int) -> tuple[base.Cell, ...]:
    spec, status = base.part(obj, "spec"), base.part(obj, "status")
    return (
        meta.name(obj),
        spec.get("replicas") or 0,
        status.get("replicas") or 0,
        status.get("readyReplicas") or 0,
        base.age(obj, now),
        *_containers(obj),
        texts.label_selector(spec.get("selector")),
    )


def _deployment(obj: meta.Obj, now: int) -> tuple[base.Cell, ...]:
    spec, status = base.part(obj, "spec"), base.part(obj, "status")
    return (
        meta.name(obj),
        f"{status.get('readyReplicas') or 0}/{spec.get('replicas') or 0}",
        status.get("updatedReplicas") or 0,
        status.get("availableReplicas") or 0,
        base.age(obj, now),
        *_containers(obj),
        str(labels.from_label_selector(spec.get("selector"))),
    )


_TEMPLATE = (base.wide("Containers"), base.wide("Images"), base.wide("Selector"))

TABLES = {
    "ReplicaSet": base.Spec(
        (base.NAME, base.number("Desired"), base.number("Current"), base.number("Ready"), base.AGE, *_TEMPLATE),
        _replica_set,
    ),
    "Deployment": base.Spec(
        (base.NAME, base.Column("Ready"), base.number("Up-to-date"), base.number("Available"), base.AGE, *_TEMPLATE),
        _deployment,
    ),
}
