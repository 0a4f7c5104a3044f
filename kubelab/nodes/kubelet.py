"""The kubelets: they run the pods that are bound to their nodes, and tell how these are.

Stands for pkg/kubelet (kubelet.go, kuberuntime_manager.go: computePodActions and killPod): sandbox, containers,
restarts after 10 s doubling to 300 s, a graceful end. One object serves all nodes; what it knows is in the store, in
the runtime and on the clock.

Differs from Kubernetes: nodes never fail and never evict; a sandbox takes half a second; there are no init containers
and no hooks (the API refuses them by name); volumes hold nothing.
"""

from collections.abc import Callable

from kubelab.api import meta, times
from kubelab.api.meta import Obj
from kubelab.nodes import desk, images, launcher, prober, statuses
from kubelab.nodes.runtime import ROOM, Container, Pod, Runtime
from kubelab.sim.chance import Chance
from kubelab.sim.clock import Clock
from kubelab.sim.trace import Trace
from kubelab.store.recorder import Recorder
from kubelab.store.store import Event, Store

NOTICE_MS = 10
SANDBOX_MS = 500
RELIST_MS = 1_000
"""From the end of a process to doing something about it."""
REMOVE_MS = 100
RESTART_MS, LONGEST_MS = 10_000, 300_000


class Kubelet:
    """The kubelets of all nodes."""

    def __init__(
        self, store: Store, clock: Clock, chance: Chance, recorder: Recorder, trace: Trace, runtime: Runtime
    ) -> None:
        self.store, self.clock, self.runtime = store, clock, runtime
        self.desk = desk.Desk(store, clock, chance, recorder, trace, runtime)
        self.prober = prober.Prober(self.desk)
        self.launcher = launcher.Launcher(self.desk, self.prober)
        self._timers: dict[str, Callable[..., None]] = {
            "sync": self.sync,
            "sandbox": self._sandbox,
            "pulled": self.launcher.pulled,
            "hold": self.launcher.hold,
            "retry": self.launcher.retry,
            "probe": self.prober.tick,
            "kill": self._kill,
            "ended": self._ended,
            "recover": self._recover,
            "again": self._again,
            "stopped": self._stopped,
            "remove": self._remove,
        }
        runtime.clock = clock
        clock.on(ROOM, lambda name, *args: self._timers[name](*args))
        store.subscribe(self.see)

    def see(self, event: Event) -> None:
        """Take note of a pod that is bound, changed by somebody else, to go, or gone."""
        pod, old = event.obj, event.old
        if pod["kind"] != "Pod" or not pod["spec"].get("nodeName"):
            return
        if event.type == "DELETED":
            self.runtime.forget(meta.uid(pod))
        elif old is None or pod["spec"] is not old["spec"] or _end(pod) != _end(old):
            self.clock.soon(ROOM, "sync", *meta.key(pod), delay=NOTICE_MS)

    def sync(self, namespace: str, name: str) -> None:
        """Begin with a new pod, end one that is to go, follow a changed image."""
        pod = self.store.find("Pod", namespace, name)
        if pod is None or not pod["spec"].get("nodeName"):
            return
        here = self.runtime.of(meta.uid(pod))
        if here is None:
            self._admit(pod)
        elif meta.is_deleting(pod):
            self._stop(pod, here)
        else:
            self._follow_images(pod, here)

    # ---- the beginning

    def _admit(self, pod: Obj) -> None:
        if meta.is_deleting(pod):
            self.store.delete("Pod", *meta.key(pod), grace=0)
            return
        if meta.is_finished(pod) or not self.desk.node(pod):
            return
        here: Pod = {
            "namespace": meta.namespace(pod),
            "name": meta.name(pod),
            "node": pod["spec"]["nodeName"],
            "ip": "",
            "started": self.clock.now,
            "containers": {c["name"]: launcher.blank(c["name"]) for c in pod["spec"]["containers"]},
        }
        self.runtime.admit(meta.uid(pod), here)
        self.desk.report(pod, here)
        self.desk.later(SANDBOX_MS, "sandbox", meta.uid(pod))

    def _sandbox(self, uid: str) -> None:
        """Give the pod its address, and begin with its containers."""
        found = self.desk.at(uid)
        if found is None or meta.is_deleting(found[0]):
            return
        pod, here = found
        here["ip"] = here["ip"] or self._address(pod, here["node"])
        if not here["ip"]:
            said = f"Failed to create pod sandbox: no addresses left on {here['node']}"
            self.desk.tell(pod, "", "Warning", "FailedCreatePodSandBox", said)
            self.desk.later(launcher.RETRY_MS, "sandbox", uid, background=True)
            return
        for record in here["containers"].values():
            if not record["id"]:
                self._prepare(pod, here, record)

    def _address(self, pod: Obj, node: str) -> str:
        return self.desk.host_address(pod) if pod["spec"].get("hostNetwork") else self.runtime.address_for(node)

    def _prepare(self, pod: Obj, here: Pod, record: Container) -> None:
        if not record["busy"]:
            self.launcher.prepare(pod, here, record)

    def _follow_images(self, pod: Obj, here: Pod) -> None:
        """A container's image was changed: start over with the new one."""
        for spec in pod["spec"]["containers"]:
            record = here["containers"].get(spec["name"])
            if record is None:
                continue
            if record["alive"] and record["image"] != spec["image"]:
                why = f"Container {record['name']} definition changed, will be restarted"
                self._kill(meta.uid(pod), record["name"], record["id"], why)
            elif record["busy"] and record["trying"] != spec["image"]:
                self.launcher.prepare(pod, here, record)

    # ---- ends and restarts

    def _kill(self, uid: str, name: str, id: str, why: str) -> None:
        """Stop one container because of what a probe says, or because it is to be another."""
        found = self.desk.look(uid, name, id)
        if found is None or not found[2]["alive"] or found[2]["stopping"] is not None:
            return
        pod, _, record = found
        grace = int(pod["spec"].get("terminationGracePeriodSeconds", 30))
        record["stopping"] = grace
        self.desk.tell(pod, name, "Normal", "Killing", why)
        delay, code = self._farewell(pod, record, grace)
        self.desk.later(delay, "ended", uid, name, id, code)

    def _farewell(self, pod: Obj, record: Container, grace: int) -> tuple[int, int]:
        """How long a container takes from being told to stop (ms), and its exit code then."""
        image = images.find(images.parse(record["image"]))
        own = images.is_own_server(image, desk.spec_of(pod, record["name"]))
        known = image or images.Image()
        takes = known.stop_ms if own else -1
        if takes < 0 or takes > grace * 1000:
            return grace * 1000, 137
        return takes, known.stop_code

    def _ended(self, uid: str, name: str, id: str, code: int = 0) -> None:
        """A process has ended: tell it, and see whether it is to be started again."""
        found = self.desk.look(uid, name, id)
        if found is None:
            return
        pod, here, record = found
        if record["alive"]:
            self.runtime.end(record, code)
        self.desk.note(pod, f"{name} ended with {record['code']}")
        if meta.is_deleting(pod):
            self._maybe_remove(pod, here)
            return
        again = statuses.restarts(pod, record)
        if not again and statuses.phase(pod, here) in ("Succeeded", "Failed"):
            for other in here["containers"].values():
                if other["alive"]:
                    self.runtime.end(other, 0)
        self.desk.report(pod, here)
        if again:
            self.desk.later(RELIST_MS, "recover", uid, name, id)

    def _recover(self, uid: str, name: str, id: str) -> None:
        """Start a container again, or wait because it has ended too often."""
        found = self.desk.look(uid, name, id)
        if found is None or meta.is_deleting(found[0]):
            return
        pod, here, record = found
        left = record["finished"] + record["backoff"] - self.clock.now
        if not record["backoff"] or self._is_forgiven(record) or left <= 0:
            self._again(uid, name, id)
            return
        where = f"{meta.name(pod)}_{meta.namespace(pod)}({uid})"
        pause = times.go_text(record["backoff"])
        said = f"back-off {pause} restarting failed container={name} pod={where}"
        record["waiting"] = ["CrashLoopBackOff", said]
        self.desk.tell(pod, name, "Warning", "BackOff", f"Back-off restarting failed container {name} in pod {where}")
        self.desk.report(pod, here)
        self.desk.later(left, "again", uid, name, id, background=True)

    def _is_forgiven(self, record: Container) -> bool:
        """After ten minutes of running well, the pauses begin anew."""
        return bool(self.clock.now - record["backoff_at"] > 2 * LONGEST_MS)

    def _again(self, uid: str, name: str, id: str) -> None:
        found = self.desk.look(uid, name, id)
        if found is None or meta.is_deleting(found[0]):
            return
        pod, here, record = found
        fresh = not record["backoff"] or self._is_forgiven(record)
        record["backoff"] = RESTART_MS if fresh else min(record["backoff"] * 2, LONGEST_MS)
        record["backoff_at"] = self.clock.now
        self._prepare(pod, here, record)

    # ---- the end

    def _stop(self, pod: Obj, here: Pod) -> None:
        """Tell all containers to stop; a second request with less grace shortens the first."""
        grace = int(pod["metadata"].get("deletionGracePeriodSeconds") or 0)
        for record in here["containers"].values():
            if not record["alive"] or (record["stopping"] is not None and record["stopping"] <= grace):
                continue
            about = (meta.uid(pod), record["name"], record["id"])
            if record["stopping"] is None:
                self.desk.tell(pod, record["name"], "Normal", "Killing", f"Stopping container {record['name']}")
                delay, code = self._farewell(pod, record, grace)
            else:
                delay, code = grace * 1000, 137
            record["stopping"] = grace
            self.desk.later(delay, "stopped", *about, code)
        self._maybe_remove(pod, here)

    def _stopped(self, uid: str, name: str, id: str, code: int) -> None:
        found = self.desk.look(uid, name, id)
        if found is not None and found[2]["alive"]:
            self.runtime.end(found[2], code)
            self._maybe_remove(found[0], found[1])

    def _maybe_remove(self, pod: Obj, here: Pod) -> None:
        """Report how containers ended; when the last one has, the pod may go."""
        if any(record["alive"] for record in here["containers"].values()):
            if any(statuses.has_ended(record) for record in here["containers"].values()):
                self.desk.report(pod, here)
            return
        self.desk.report(pod, here)
        self.clock.soon(ROOM, "remove", meta.uid(pod), delay=REMOVE_MS)

    def _remove(self, uid: str) -> None:
        found = self.desk.at(uid)
        if found is not None and meta.is_deleting(found[0]):
            self.desk.note(found[0], "gone")
            self.store.delete("Pod", *meta.key(found[0]), grace=0)


def _end(pod: Obj) -> tuple[str | None, int | None]:
    metadata = pod["metadata"]
    return metadata.get("deletionTimestamp"), metadata.get("deletionGracePeriodSeconds")
