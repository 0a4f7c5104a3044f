"""The scheduler: gives each pending pod a node, or says why none will do.

Stands for kube-scheduler with its default plugins: NodeUnschedulable, TaintToleration, NodeAffinity (nodeSelector
only), NodePorts and NodeResourcesFit filter; among the nodes left the one with the fewest pods of the same controller
wins, then the one with the fewest pods, then the first by name. Room that appears (a pod goes, a node changes) wakes
it; it never polls.

Differs from Kubernetes: all pending pods are placed in one go, oldest first; ties are not broken by chance; no
preemption, no affinity rules, no topology spread constraints; a pod that still does not fit for the same reason gets no
further event.
"""

import collections
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from kubelab.api import meta, quantities, times
from kubelab.api.meta import Obj
from kubelab.controllers import loop
from kubelab.store.store import Event

HOST = "kube-master1"
DEFAULT_PODS = 110
NOT_HELPFUL = "Preemption is not helpful for scheduling"
NO_VICTIMS = "No preemption victims found for incoming pod"


class _Wish(NamedTuple):
    """What a pod asks of a node, or has there."""

    pod: Obj
    waits: bool
    owner: str
    cpu: Decimal
    memory: Decimal
    ports: list[tuple[str, int]]


@dataclass(slots=True)
class _Place:
    """A node, and what is taken on it."""

    name: str
    node: Obj
    pods: int = 0
    cpu: Decimal = Decimal(0)
    memory: Decimal = Decimal(0)
    ports: list[tuple[str, int]] = field(default_factory=list)
    owners: collections.Counter[str] = field(default_factory=collections.Counter)

    def take(self, wish: _Wish) -> None:
        """Count a pod that is here."""
        self.pods += 1
        self.cpu += wish.cpu
        self.memory += wish.memory
        self.ports += wish.ports
        if not meta.is_deleting(wish.pod):
            self.owners[wish.owner] += 1


class Scheduler(loop.Controller):
    """Binds pods to nodes."""

    name = "default-scheduler"
    watches = ("Pod", "Node")

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._wishes = loop.Memo(_wish)

    def on_event(self, event: Event) -> None:
        """Wake for a pod that waits, for room that appears, for a node that changes."""
        pod, old = event.obj, event.old
        if pod["kind"] == "Node":
            if old is None or old.get("spec") != pod.get("spec") or meta.labels(old) != meta.labels(pod):
                self.enqueue("", "")
        elif not pod["spec"].get("nodeName"):
            if event.type != "DELETED":
                self.enqueue("", "")
        elif event.type == "DELETED" or (meta.is_finished(pod) and old is not None and not meta.is_finished(old)):
            self.enqueue("", "")

    def reconcile(self, namespace: str, name: str, why: str = "") -> None:
        """Place every pod that waits for a node (the key is always empty: one queue for all)."""
        wishes = [wish for _, wish in self._wishes.of(self.store.list("Pod"))]
        waiting = [wish for wish in wishes if wish.waits]
        if not waiting:
            return
        places = {meta.name(node): _Place(meta.name(node), node) for node in self.store.list("Node")}
        for wish in wishes:
            place = places.get(wish.pod["spec"].get("nodeName", ""))
            if place is not None and not meta.is_finished(wish.pod):
                place.take(wish)
        for wish in sorted(waiting, key=lambda wish: _turn(wish.pod)):
            self._place(wish, list(places.values()))

    def _place(self, wish: _Wish, places: list[_Place]) -> None:
        pod, problems = wish.pod, [_problems(wish, place) for place in places]
        fits = [place for place, found in zip(places, problems, strict=True) if not found]
        if not fits:
            self._fail(pod, _message(problems))
            return
        owner = wish.owner
        best = min(fits, key=lambda place: (place.owners[owner] if owner else 0, place.pods, place.name))
        node = best.name
        best.take(wish)
        conditions = _with(pod, {"type": "PodScheduled", "status": "True"}, self.clock.now)
        self.store.bind(*meta.key(pod), node, conditions)
        where = f"{meta.namespace(pod)}/{meta.name(pod)}"
        message = f"Successfully assigned {where} to {node}"
        self.recorder.report(pod, "Normal", "Scheduled", "Binding", message, self.name, HOST)
        self.note(f"{where} -> {node}")

    def _fail(self, pod: Obj, message: str) -> None:
        before = meta.condition(pod, "PodScheduled")
        if before and before["status"] == "False" and before.get("message") == message:
            return
        failed = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
        status = {**pod["status"], "conditions": _with(pod, failed, self.clock.now)}
        self.store.update_status({**pod, "status": status})
        self.recorder.report(pod, "Warning", "FailedScheduling", "Scheduling", message, self.name, HOST)


def _wish(pod: Obj) -> _Wish:
    ref, ports = meta.controller_of(pod), [p for c in _containers(pod) for p in c.get("ports") or []]
    return _Wish(
        pod=pod,
        waits=_waits(pod),
        owner=ref["uid"] if ref else "",
        cpu=_asked(pod, "cpu"),
        memory=_asked(pod, "memory"),
        ports=[(port.get("protocol", "TCP"), port["hostPort"]) for port in ports if port.get("hostPort")],
    )


def _waits(pod: Obj) -> bool:
    spec = pod["spec"]
    if spec.get("nodeName") or not meta.is_active(pod):
        return False
    return bool(spec.get("schedulerName", Scheduler.name) == Scheduler.name)


def _turn(pod: Obj) -> tuple[int, str, int]:
    """Higher priority first, then the older; within a second the revision tells."""
    metadata = pod["metadata"]
    return -(pod["spec"].get("priority") or 0), metadata["creationTimestamp"], int(metadata["resourceVersion"])


def _with(pod: Obj, condition: Obj, now: int) -> list[Obj]:
    """The pod's conditions with this one set."""
    old = meta.condition(pod, condition["type"])
    since = old["lastTransitionTime"] if old and old["status"] == condition["status"] else times.stamp(now)
    full = {"lastProbeTime": None, "lastTransitionTime": since, **condition}
    if generation := pod["metadata"].get("generation"):
        full["observedGeneration"] = generation
    others = pod["status"].get("conditions") or []
    return [*(entry for entry in others if entry["type"] != condition["type"]), full]


# ---- filters


def _problems(wish: _Wish, place: _Place) -> list[tuple[str, bool]]:
    """Why the pod cannot go there, as (words, whether evicting others could help); [] if it can."""
    node, spec = place.node, wish.pod["spec"]
    node_spec = node.get("spec") or {}
    if node_spec.get("unschedulable") and not _tolerates(spec, {"key": "node.kubernetes.io/unschedulable"}):
        return [("node(s) were unschedulable", False)]
    if any(not _tolerates(spec, taint) for taint in node_spec.get("taints") or [] if _repels(taint)):
        return [("node(s) had untolerated taint(s)", False)]
    wanted = spec.get("nodeSelector") or {}
    if any(meta.labels(node).get(key) != value for key, value in wanted.items()):
        return [("node(s) didn't match Pod's node affinity/selector", False)]
    if any(port in place.ports for port in wish.ports):
        return [("node(s) didn't have free ports for the requested pod ports", True)]
    return _lacking(wish, place)


def _repels(taint: Obj) -> bool:
    return taint.get("effect") in ("NoSchedule", "NoExecute")


def _tolerates(spec: Obj, taint: Obj) -> bool:
    for toleration in spec.get("tolerations") or []:
        if toleration.get("effect") and toleration["effect"] != taint.get("effect", "NoSchedule"):
            continue
        if toleration.get("key") and toleration["key"] != taint["key"]:
            continue
        if toleration.get("operator") == "Exists" or toleration.get("value", "") == taint.get("value", ""):
            return True
    return False


def _lacking(wish: _Wish, place: _Place) -> list[tuple[str, bool]]:
    """What the node has too little of; more than the whole node has, no eviction can give."""
    allocatable = (place.node.get("status") or {}).get("allocatable") or {}
    found = []
    if place.pods + 1 > int(allocatable.get("pods", DEFAULT_PODS)):
        found.append(("Too many pods", True))
    for resource, taken, asked in (("cpu", place.cpu, wish.cpu), ("memory", place.memory, wish.memory)):
        if asked and resource in allocatable:
            whole = quantities.value(allocatable[resource])
            if taken + asked > whole:
                found.append((f"Insufficient {resource}", asked <= whole))
    return found


def _asked(pod: Obj, resource: str) -> Decimal:
    asked = ((c.get("resources") or {}).get("requests") or {} for c in _containers(pod))
    return sum((quantities.value(str(amounts[resource])) for amounts in asked if resource in amounts), Decimal(0))


def _containers(pod: Obj) -> list[Obj]:
    return pod["spec"].get("containers") or []


def _message(problems: list[list[tuple[str, bool]]]) -> str:
    """The scheduler's sentence: what is wrong with how many nodes, and why preemption does not help."""
    if not problems:
        return "no nodes available to schedule pods"
    reasons = collections.Counter(words for found in problems for words, _ in found)
    helps = collections.Counter(NO_VICTIMS if all(able for _, able in found) else NOT_HELPFUL for found in problems)
    available = f"0/{len(problems)} nodes are available: "
    return f"{available}{_counted(reasons)} no new claims to deallocate, preemption: {available}{_counted(helps)}"


def _counted(reasons: collections.Counter[str]) -> str:
    return ", ".join(sorted(f"{count} {words}" for words, count in reasons.items())) + "."
