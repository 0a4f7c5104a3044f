"""The arithmetic of a rollout: how many pods may be too many or too few, and which replica set gets what.

Stands for pkg/controller/deployment/util/deployment_util.go. Plain functions on objects; nothing here writes.
"""

import math
from collections.abc import Iterable
from typing import Any

from kubelab.api import meta, times
from kubelab.api.meta import Obj

PREFIX = "deployment.kubernetes.io/"
REVISION = PREFIX + "revision"
HISTORY = PREFIX + "revision-history"
DESIRED = PREFIX + "desired-replicas"
MAXIMUM = PREFIX + "max-replicas"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
HASH = "pod-template-hash"
NOT_COPIED = (LAST_APPLIED, REVISION, HISTORY, DESIRED, MAXIMUM, "deprecated.deployment.rollback.to")


def size(rs: Obj) -> int:
    """How many pods a replica set is asked to have."""
    return int(rs["spec"].get("replicas", 1))


def total(sets: Iterable[Obj]) -> int:
    """How many pods these replica sets are asked to have."""
    return sum(size(rs) for rs in sets)


def counted(sets: Iterable[Obj], field: str) -> int:
    """The sum of a field of their statuses."""
    return sum((rs.get("status") or {}).get(field, 0) for rs in sets)


def is_rolling(deployment: Obj) -> bool:
    """Whether pods are replaced step by step."""
    return bool(deployment["spec"]["strategy"].get("type") == "RollingUpdate")


def fenceposts(deployment: Obj) -> tuple[int, int]:
    """How many pods may be too many and too few; never both none (ResolveFenceposts)."""
    if not is_rolling(deployment):
        return 0, 0
    rolling, replicas = deployment["spec"]["strategy"].get("rollingUpdate") or {}, size(deployment)
    surge = _scaled(rolling.get("maxSurge", "25%"), replicas, math.ceil)
    unavailable = _scaled(rolling.get("maxUnavailable", "25%"), replicas, math.floor)
    return (0, 1) if surge == unavailable == 0 else (surge, unavailable)


def _scaled(value: Any, whole: int, rounding: Any) -> int:
    if isinstance(value, str) and value.endswith("%"):
        return int(rounding(int(value[:-1]) * whole / 100))
    return int(value)


def max_surge(deployment: Obj) -> int:
    """How many pods may be there beyond those asked for."""
    return fenceposts(deployment)[0]


def max_unavailable(deployment: Obj) -> int:
    """How many of the pods asked for may be missing."""
    if not is_rolling(deployment) or size(deployment) == 0:
        return 0
    return min(fenceposts(deployment)[1], size(deployment))


def revision(obj: Obj) -> int:
    """The revision in an object's annotation, 0 if there is none."""
    try:
        return int(meta.annotations(obj).get(REVISION, "0"))
    except ValueError:
        return 0


def by_age(rs: Obj) -> tuple[int, str]:
    """Sort key: older first, then by name."""
    return times.parse(rs["metadata"]["creationTimestamp"]), meta.name(rs)


def same_template(a: Obj, b: Obj) -> bool:
    """Whether two pod templates are equal but for the hash label."""
    return _without_hash(a) == _without_hash(b)


def _without_hash(template: Obj) -> Obj:
    metadata = template.get("metadata") or {}
    labels = {key: value for key, value in (metadata.get("labels") or {}).items() if key != HASH}
    rest = {k: v for k, v in metadata.items() if k != "labels" and v}
    return {"spec": template.get("spec"), "metadata": {**rest, "labels": labels}}


def new_size(deployment: Obj, sets: list[Obj], newest: Obj) -> int:
    """How many pods the newest replica set may have now (NewRSNewReplicas)."""
    if not is_rolling(deployment):
        return size(deployment)
    most = size(deployment) + max_surge(deployment)
    if total(sets) >= most:
        return size(newest)
    return size(newest) + min(most - total(sets), size(deployment) - size(newest))


def share(deployment: Obj, rs: Obj, to_add: int, added: int) -> int:
    """What a replica set gets of the pods to add, or if negative to take away (GetReplicaSetProportion)."""
    if size(rs) == 0 or to_add == 0 or to_add == added:
        return 0
    fraction, allowed = _fraction(deployment, rs), to_add - added
    return min(fraction, allowed) if to_add > 0 else max(fraction, allowed)


def _fraction(deployment: Obj, rs: Obj) -> int:
    if size(deployment) == 0:
        return -size(rs)
    before = int(meta.annotations(rs).get(MAXIMUM, "0")) or deployment["status"].get("replicas", 0) or 1
    exact = size(rs) * (size(deployment) + max_surge(deployment)) / before
    return int(exact + 0.5) - size(rs)


def is_saturated(deployment: Obj, newest: Obj | None) -> bool:
    """Whether the newest replica set alone is all that is asked for, and available."""
    if newest is None or size(newest) != size(deployment):
        return False
    wanted = meta.annotations(newest).get(DESIRED)
    available = (newest.get("status") or {}).get("availableReplicas", 0)
    return wanted == str(size(deployment)) and available == size(deployment)


def active_or_latest(newest: Obj | None, old: list[Obj]) -> Obj | None:
    """The only replica set with pods; with none, the latest; with several, None (FindActiveOrLatest)."""
    sets = [*sorted(old, key=by_age, reverse=True), *([newest] if newest else [])]
    active = [rs for rs in sets if size(rs) > 0]
    if not active:
        return newest or (sets[0] if sets else None)
    return active[0] if len(active) == 1 else None


# ---- conditions


def make(kind: str, status: str, reason: str, message: str, now: int) -> Obj:
    """A condition of a Deployment."""
    stamp = times.stamp(now)
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastUpdateTime": stamp,
        "lastTransitionTime": stamp,
    }


def find(conditions: Iterable[Obj], kind: str) -> Obj | None:
    """The condition of that type."""
    return next((entry for entry in conditions if entry["type"] == kind), None)


def put(conditions: list[Obj], condition: Obj) -> list[Obj]:
    """The conditions with this one set; nothing changes if status and reason are the same already."""
    before = find(conditions, condition["type"])
    if before and (before["status"], before["reason"]) == (condition["status"], condition["reason"]):
        return conditions
    if before and before["status"] == condition["status"]:
        condition = {**condition, "lastTransitionTime": before["lastTransitionTime"]}
    return [*without(conditions, condition["type"]), condition]


def without(conditions: Iterable[Obj], kind: str) -> list[Obj]:
    """The conditions but for that type."""
    return [entry for entry in conditions if entry["type"] != kind]


def has_deadline(deployment: Obj) -> bool:
    """Whether progress is watched (math.MaxInt32 means no)."""
    deadline = deployment["spec"].get("progressDeadlineSeconds")
    return deadline is not None and deadline != 2**31 - 1


def is_complete(deployment: Obj, status: Obj) -> bool:
    """Whether all pods are new and available."""
    asked = size(deployment)
    counts = (status.get(field, 0) for field in ("updatedReplicas", "replicas", "availableReplicas"))
    return all(n == asked for n in counts) and status["observedGeneration"] >= deployment["metadata"]["generation"]


def is_progressing(before: Obj, status: Obj) -> bool:
    """Whether the status is nearer to the end than before."""

    def old_pods(of: Obj) -> int:
        return int(of.get("replicas", 0) - of.get("updatedReplicas", 0))

    grown = ("updatedReplicas", "readyReplicas", "availableReplicas")
    return old_pods(status) < old_pods(before) or any(status.get(f, 0) > before.get(f, 0) for f in grown)


def deadline_at(deployment: Obj, condition: Obj) -> int:
    """When patience ends with a rollout that last moved at the condition's update (ms)."""
    return times.parse(condition["lastUpdateTime"]) + int(deployment["spec"]["progressDeadlineSeconds"]) * 1000


def is_timed_out(deployment: Obj, status: Obj, now: int) -> bool:
    """Whether a rollout has not moved for too long."""
    condition = find(status.get("conditions") or [], "Progressing")
    if condition is None or condition["reason"] == "NewReplicaSetAvailable":
        return False
    return condition["reason"] == "ProgressDeadlineExceeded" or deadline_at(deployment, condition) < now
