"""What all parts of a kubelet share: the store, the clock, the runtime, and how to report.

Stands for the status manager and the event recorder of a kubelet. All timers of the kubelets are data: a name and the
uid, container and number that they are about; whatever they find changed when they come due, they leave alone.
"""

from typing import Any

from kubelab.api import meta
from kubelab.api.meta import Obj
from kubelab.nodes import statuses
from kubelab.nodes.runtime import ROOM, Container, Pod, Runtime
from kubelab.sim.chance import Chance
from kubelab.sim.clock import Clock
from kubelab.sim.trace import Trace
from kubelab.store.recorder import Recorder
from kubelab.store.store import Store

COMPONENT = "kubelet"


class Desk:
    """One for the kubelets of all nodes."""

    def __init__(
        self, store: Store, clock: Clock, chance: Chance, recorder: Recorder, trace: Trace, runtime: Runtime
    ) -> None:
        self.store, self.clock, self.chance = store, clock, chance
        self.recorder, self.trace, self.runtime = recorder, trace, runtime

    def at(self, uid: str) -> tuple[Obj, Pod] | None:
        """The pod with that uid and what runs for it, if both are still there."""
        here = self.runtime.of(uid)
        if here is None:
            return None
        pod = self.store.find("Pod", here["namespace"], here["name"])
        return (pod, here) if pod is not None and meta.uid(pod) == uid else None

    def look(self, uid: str, name: str, id: str) -> tuple[Obj, Pod, Container] | None:
        """The same with a container, if it is still the one with that id."""
        found = self.at(uid)
        if found is None or name not in found[1]["containers"]:
            return None
        record = found[1]["containers"][name]
        return (*found, record) if record["id"] == id else None

    def later(self, delay: int, what: str, *args: Any, background: bool = False) -> None:
        """Have something done in `delay` ms."""
        self.clock.after(delay, ROOM, what, *args, background=background)

    def tell(self, pod: Obj, container: str, type: str, reason: str, message: str) -> None:
        """Record an event about a pod, or about one of its containers."""
        path = ""
        if container:
            path = f"spec.containers{{{container}}}"
        host = pod["spec"].get("nodeName", "")
        self.recorder.event(pod, type, reason, message, COMPONENT, host, path)

    def note(self, pod: Obj, what: str) -> None:
        """Write a line into the trace."""
        self.trace.add(self.clock.now, f"kubelet {pod['spec']['nodeName']}", f"{meta.name(pod)}: {what}")

    def node(self, pod: Obj) -> Obj:
        """The Node object of the pod's node ({} if it is gone)."""
        return self.store.find("Node", "", pod["spec"].get("nodeName", "")) or {}

    def host_address(self, pod: Obj) -> str:
        """The address of the pod's node."""
        listed = (self.node(pod).get("status") or {}).get("addresses") or []
        return next((str(entry["address"]) for entry in listed if entry["type"] == "InternalIP"), "")

    def report(self, pod: Obj, here: Pod) -> None:
        """Write the pod's status if it is news."""
        current = self.store.find("Pod", *meta.key(pod))
        if current is None or meta.uid(current) != meta.uid(pod):
            return
        status = statuses.status(current, here, self.host_address(pod), self.clock.now)
        if status != current["status"]:
            self.store.update_status({**current, "status": status})


def spec_of(pod: Obj, name: str) -> Obj:
    """The spec of one of the pod's containers."""
    return next((dict(spec) for spec in pod["spec"]["containers"] if spec["name"] == name), {"name": name})
