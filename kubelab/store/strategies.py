"""What the API server sets itself, kind by kind, whatever a client sends.

Stands for the strategies in pkg/registry/*/*/strategy.go (PrepareForCreate, PrepareForUpdate): which part of an object
is its status, which kinds count generations, what a new object's status is.
"""

from kubelab.api import meta
from kubelab.api.meta import Obj

COUNTS_GENERATIONS = ("Pod", "ReplicaSet", "Deployment", "EndpointSlice")
SERVERS_OWN = (
    "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "generateName",
)  # fmt: skip
HAS_STATUS = ("Pod", "ReplicaSet", "Deployment", "Service", "Node", "Namespace")

_FIRST_STATUS: dict[str, Obj] = {
    "Pod": {"phase": "Pending", "qosClass": "BestEffort"},
    "ReplicaSet": {"replicas": 0},
    "Deployment": {},
    "Service": {"loadBalancer": {}},
    "Namespace": {"phase": "Active"},
}


def new_status(obj: Obj) -> None:
    """Give a new object the status that it begins with (what the client sent does not count)."""
    kind = obj["kind"]
    if kind in _FIRST_STATUS:
        obj["status"] = meta.copy(_FIRST_STATUS[kind])


def content(obj: Obj) -> Obj:
    """What a change of which is a new generation: all but metadata and status."""
    return {k: v for k, v in obj.items() if k not in ("metadata", "status", "apiVersion", "kind")}


def keep_status(obj: Obj, old: Obj) -> None:
    """An update of the object leaves its status alone."""
    if obj["kind"] in HAS_STATUS:
        if "status" in old:
            obj["status"] = old["status"]
        else:
            obj.pop("status", None)


def keep_identity(obj: Obj, old: Obj) -> None:
    """What the server alone writes into metadata stays as it was."""
    mine, before = obj["metadata"], old["metadata"]
    for field in SERVERS_OWN:
        if field in before:
            mine[field] = before[field]
        else:
            mine.pop(field, None)
    for field in ("managedFields", "selfLink"):
        mine.pop(field, None)


def keep_priority(obj: Obj, old: Obj) -> None:
    """An update that does not speak of a pod's priority leaves it (the admission plugin Priority)."""
    if obj["kind"] == "Pod":
        for field in ("priority", "preemptionPolicy"):
            if field in (old.get("spec") or {}):
                obj.setdefault("spec", {}).setdefault(field, old["spec"][field])


def tidy(obj: Obj) -> None:
    """Empty maps and lists in metadata are not kept (Go's omitempty)."""
    for field in ("labels", "annotations", "ownerReferences", "finalizers"):
        if field in obj["metadata"] and not obj["metadata"][field]:
            del obj["metadata"][field]
    if obj["metadata"].get("creationTimestamp", "") is None:
        del obj["metadata"]["creationTimestamp"]
