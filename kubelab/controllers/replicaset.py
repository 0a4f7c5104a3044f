"""Replica sets: as many pods as asked for, no more and no fewer.

Stands for pkg/controller/replicaset/replica_set.go and controller_utils.go: adopt and release, create by slow start,
delete by rank, at most 500 of either a sync, then the status as it was before.

Differs from Kubernetes: no expectations (they guard against a cache that lags; here the store is read directly), and
creation pauses while `WAITING` pods of the set have no node. A real cluster would go on filling etcd for `replicas:
1000000000` until it fell over; here the pods that no node can take stop at that number, and go on when room appears.
"""

import functools
import math
from typing import Any, NamedTuple

from kubelab.api import errors, labels, meta, times
from kubelab.api.meta import Obj
from kubelab.controllers import claims, loop
from kubelab.store.store import Event

BURST = 500
"""At most so many creations or deletions a sync."""
WAITING = 500
"""No further pods are created while so many have no node."""
RETRY = 30_000
DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
_PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}


class Standing(NamedTuple):
    """How a pod stands to a replica set."""

    is_active: bool
    is_settled: bool
    """It belongs there: nothing to adopt or to release."""
    is_leaving: bool
    is_placed: bool
    is_labeled: bool
    ready_since: int | None


class ReplicaSetController(loop.Controller):
    """Creates and deletes the pods of replica sets."""

    name = "replicaset-controller"
    watches = ("ReplicaSet", "Pod")

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._known: loop.Memos[Standing] = {}

    def on_event(self, event: Event) -> None:
        """Enqueue the replica set, or those that a pod belongs to, belonged to or might belong to."""
        if event.obj["kind"] == "ReplicaSet":
            self.enqueue(*meta.key(event.obj))
            return
        for pod in (event.obj, event.old):
            ref = meta.controller_of(pod) if pod else None
            if ref and ref["kind"] == "ReplicaSet":
                self.enqueue(meta.namespace(event.obj), ref["name"])
        if meta.controller_of(event.obj) is None and event.type != "DELETED":
            for candidate in self.store.list("ReplicaSet", meta.namespace(event.obj)):
                if labels.from_label_selector(candidate["spec"]["selector"]).matches(meta.labels(event.obj)):
                    self.enqueue(*meta.key(candidate))

    def reconcile(self, namespace: str, name: str, why: str = "") -> None:
        """Bring the number of pods nearer to what is asked, and write the status."""
        found = self.store.find("ReplicaSet", namespace, name)
        if found is None:
            self._known.pop((namespace, name), None)
            return
        selector = labels.from_label_selector(found["spec"]["selector"])
        template_labels = found["spec"]["template"]["metadata"].get("labels") or {}
        pods, about = self.store.list("Pod", namespace), (meta.uid(found), selector, template_labels)
        active, leaving = [], 0
        memo = self._known.setdefault((namespace, name), loop.Memo(_stand))
        for pod, standing in memo.of(pods, *about):
            leaving += standing.is_leaving
            if standing.is_settled:
                active.append((pod, standing))
            elif standing.is_active:
                active += [(own, _stand(own, *about)) for own in claims.claim(self.store, found, selector, [pod])]
        trouble = None if meta.is_deleting(found) else self._manage(found, active)
        self._write_status(found, [standing for _, standing in active], leaving, trouble)
        if trouble:
            self.clock.soon(loop.ROOM, self.name, namespace, name, "retry", delay=RETRY, background=True)

    def _manage(self, owner: Obj, active: list[tuple[Obj, Standing]]) -> Obj | None:
        """Create what is missing or delete what is too much; the failure condition if that failed."""
        diff = len(active) - owner["spec"]["replicas"]
        if diff < 0:
            room = WAITING - sum(not standing.is_placed for _, standing in active)
            return self._create(owner, min(-diff, BURST, max(room, 0)))
        for pod in self._surplus(owner, [pod for pod, _ in active], min(diff, BURST)) if diff else []:
            self.store.delete("Pod", *meta.key(pod))
            message = f"Deleted pod: {meta.name(pod)}"
            self.recorder.event(owner, "Normal", "SuccessfulDelete", message, self.name)
            self.note(message)
        return None

    def _create(self, owner: Obj, wanted: int) -> Obj | None:
        """Create pods one after the other; the first refusal ends it, as slow start's first batch of one would."""
        for _ in range(wanted):
            try:
                pod = self.store.create(_pod_of(owner), trusted=True)
            except errors.StatusError as error:
                if error.reason == "Forbidden" and "being terminated" in error.message:
                    return None
                self.recorder.event(owner, "Warning", "FailedCreate", f"Error creating: {error}", self.name)
                return {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": str(error)}
            message = f"Created pod: {meta.name(pod)}"
            self.recorder.event(owner, "Normal", "SuccessfulCreate", message, self.name)
            self.note(message)
        return None

    def _surplus(self, owner: Obj, active: list[Obj], count: int) -> list[Obj]:
        """The first to go."""
        if count >= len(active):
            return active
        ranks = self._related_by_node(owner)
        now = self.clock.now

        def before(a: Obj, b: Obj) -> int:
            return _compare(a, b, ranks, now)

        return sorted(active, key=functools.cmp_to_key(before))[:count]

    def _related_by_node(self, owner: Obj) -> dict[str, int]:
        """How many active pods of this owner's replica sets each node has."""
        above = meta.controller_of(owner)
        sets = self.store.list("ReplicaSet", meta.namespace(owner))
        uids = [meta.uid(owner)]
        if above is not None:
            uids = [meta.uid(rs) for rs in sets if (meta.controller_of(rs) or {}).get("uid") == above["uid"]]
        counts: dict[str, int] = {}
        for pod in self.store.list("Pod", meta.namespace(owner)):
            if meta.is_active(pod) and (meta.controller_of(pod) or {}).get("uid") in uids:
                node = pod["spec"].get("nodeName", "")
                counts[node] = counts.get(node, 0) + 1
        return counts

    def _write_status(self, owner: Obj, active: list[Standing], leaving: int, trouble: Obj | None) -> None:
        wait, now = owner["spec"].get("minReadySeconds", 0) * 1000, self.clock.now
        ready = [standing.ready_since for standing in active if standing.ready_since is not None]
        early = [since for since in ready if wait and since + wait > now]
        counts = {
            "fullyLabeledReplicas": sum(standing.is_labeled for standing in active),
            "readyReplicas": len(ready),
            "availableReplicas": len(ready) - len(early),
            "observedGeneration": owner["metadata"].get("generation", 0),
        }
        status = {"replicas": len(active), **{k: v for k, v in counts.items() if v}, "terminatingReplicas": leaving}
        if conditions := self._conditions(owner, trouble):
            status["conditions"] = conditions
        if status != owner.get("status"):
            self.store.update_status({**owner, "status": status})
        if early:
            self.clock.soon(loop.ROOM, self.name, *meta.key(owner), "available", delay=min(early) + wait - now)

    def _conditions(self, owner: Obj, trouble: Obj | None) -> list[Obj]:
        conditions = [c for c in owner["status"].get("conditions") or [] if trouble or c["type"] != "ReplicaFailure"]
        if trouble and not any(c["type"] == "ReplicaFailure" for c in conditions):
            conditions.append({**trouble, "lastTransitionTime": times.stamp(self.clock.now)})
        return conditions


def _stand(pod: Obj, uid: str, selector: labels.Selector, template_labels: dict[str, str]) -> Standing:
    """How the pod stands to the replica set with that uid, selector and labels for its pods."""
    active, ref, carried = meta.is_active(pod), meta.controller_of(pod), meta.labels(pod)
    mine = ref is not None and ref["uid"] == uid
    return Standing(
        is_active=active,
        is_settled=active and mine and selector.matches(carried),
        is_leaving=mine and meta.is_deleting(pod) and not meta.is_finished(pod),
        is_placed=bool(pod["spec"].get("nodeName")),
        is_labeled=template_labels.items() <= carried.items(),
        ready_since=_ready_since(pod) if meta.is_ready(pod) else None,
    )


def _pod_of(owner: Obj) -> Obj:
    template = owner["spec"]["template"]
    metadata = template.get("metadata") or {}
    kept = {field: metadata[field] for field in ("labels", "annotations", "finalizers") if metadata.get(field)}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "generateName": f"{meta.name(owner)}-",
            "namespace": meta.namespace(owner),
            "ownerReferences": [meta.owner_reference(owner)],
            **kept,
        },
        "spec": meta.copy(template["spec"]),
    }


# ---- who goes first


def _compare(a: Obj, b: Obj, ranks: dict[str, int], now: int) -> int:
    """Negative if `a` is to be deleted before `b`."""
    first, second = _standing(a, ranks), _standing(b, ranks)
    if first != second:
        return -1 if first < second else 1
    if meta.is_ready(a) and (by_time := _younger(_ready_since(a), _ready_since(b), a, b, now)):
        return by_time
    if (fewer := _restarts(b) - _restarts(a)) != 0:
        return fewer
    return _younger(_created(a), _created(b), a, b, now)


def _standing(pod: Obj, ranks: dict[str, int]) -> tuple[bool, int, bool, int, int]:
    """Unassigned, pending, not ready, cheap to delete, on a crowded node: these go first, in that order."""
    node = pod["spec"].get("nodeName", "")
    phase = _PHASES.get(pod["status"].get("phase", ""), 0)
    return bool(node), phase, meta.is_ready(pod), _cost(pod), -ranks.get(node, 0)


def _cost(pod: Obj) -> int:
    try:
        return int(meta.annotations(pod).get(DELETION_COST, "0"))
    except ValueError:
        return 0


def _younger(a_ms: int, b_ms: int, a: Obj, b: Obj, now: int) -> int:
    """Younger first, but ages count by powers of two; within one the uid decides (LogarithmicScaleDown)."""
    if a_ms == b_ms:
        return 0
    difference = _magnitude(now - a_ms) - _magnitude(now - b_ms)
    return difference or (-1 if meta.uid(a) < meta.uid(b) else 1)


def _magnitude(age_ms: int) -> int:
    return int(math.log2(age_ms * 1_000_000)) if age_ms > 0 else -1


def _ready_since(pod: Obj) -> int:
    condition = meta.condition(pod, "Ready")
    return times.parse(condition["lastTransitionTime"]) if condition else 0


def _created(pod: Obj) -> int:
    return times.parse(pod["metadata"]["creationTimestamp"])


def _restarts(pod: Obj) -> int:
    return max((c.get("restartCount", 0) for c in pod["status"].get("containerStatuses") or []), default=0)
