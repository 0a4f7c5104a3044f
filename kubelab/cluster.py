"""The composition root: builds one cluster from one seed. Everything is wired here and only here.

A cluster is its clock, its chance, its store, the loops that watch the store, the nodes and the network. Its whole
state is plain data, so it can be copied (undo) and written to a file. Stands for what kubespray sets up in the course:
one control plane and three workers, addresses as in the class, cluster DNS.
"""

import pathlib
from typing import Any

from kubelab import version
from kubelab.api import manifests, times
from kubelab.api.meta import Obj
from kubelab.controllers import (
    apiserver,
    deployment,
    endpoints,
    endpointslice,
    garbage,
    loadbalancer,
    loop,
    mirroring,
    namespace,
    replicaset,
    scheduler,
)
from kubelab.network import ExecResult, Network
from kubelab.nodes import kubelet, runtime
from kubelab.sim.chance import Chance
from kubelab.sim.clock import EPOCH, Clock
from kubelab.sim.trace import Trace
from kubelab.store.recorder import Recorder
from kubelab.store.store import Store

CONTROLLERS: tuple[type[loop.Controller], ...] = (
    scheduler.Scheduler,
    replicaset.ReplicaSetController,
    deployment.DeploymentController,
    endpoints.EndpointsController,
    endpointslice.EndpointSliceController,
    mirroring.MirroringController,
    garbage.GarbageCollector,
    namespace.NamespaceController,
    loadbalancer.LoadBalancerController,
    apiserver.KubernetesService,
)

CLASSROOM = pathlib.Path(__file__).with_name("classroom.yaml")
WORKERS = 3
AGE_AT_START = 600_000
"""How long (ms) a new cluster has been up when the lesson begins."""


class Cluster:
    """The class's cluster. Equal seeds give equal names, addresses and choices."""

    def __init__(self, seed: int = 1, *, workers: int = WORKERS, boot: bool = True) -> None:
        self.seed, self.workers = seed, workers
        self.clock = Clock()
        self.chance = Chance(seed)
        self.trace = Trace()
        self.store = Store(self.clock, self.chance)
        self.recorder = Recorder(self.store)
        self._wire()
        self.preferences: dict[str, Any] = {}
        if boot:
            self._boot()

    def settle(self) -> bool:
        """Let the loops run until nothing is going on; False if that did not come within ten minutes."""
        return self.clock.settle()

    def exec(self, pod: Obj, container: str, argv: list[str], *, stdin: str = "", tty: bool = False) -> ExecResult:
        """Run a program in a pod's container; the clock moves while it runs."""
        return self.network.exec(pod, container, argv, stdin=stdin, tty=tty)

    def load_balancer(self, pool: str) -> None:
        """Install a load balancer provider with these addresses; ValueError if the text names none."""
        loadbalancer.install(self.store, pool)

    def _wire(self) -> None:
        parts = (self.store, self.clock, self.chance, self.recorder, self.trace)
        self.runtime = runtime.Runtime()
        self.network = Network(self.store, self.clock, self.chance, self.runtime, self.trace)
        self._kubelet = kubelet.Kubelet(*parts, self.runtime)
        self._controllers = {each.name: each(*parts) for each in CONTROLLERS}
        self.clock.on(loop.ROOM, lambda name, *key: self._controllers[name].reconcile(*key))
        for controller in self._controllers.values():
            self.store.subscribe(controller.see)

    def _boot(self) -> None:
        self.clock.now -= AGE_AT_START
        text = CLASSROOM.read_text(encoding="utf-8")
        for number in range(self.workers + 1):
            self.store.create(_node(number), trusted=True)
        for document in manifests.documents(text):
            self.store.create(document, trusted=True)
        self.settle()
        self.clock.run_until(EPOCH)

    # ---- undo and state files

    def snapshot(self) -> dict[str, Any]:
        """The whole cluster as JSON-like data; objects are shared, not copied."""
        return {
            "seed": self.seed,
            "workers": self.workers,
            "preferences": dict(self.preferences),
            "clock": self.clock.snapshot(),
            "chance": self.chance.snapshot(),
            "trace": self.trace.snapshot(),
            "store": self.store.snapshot(),
            "runtime": self.runtime.snapshot(),
            "network": self.network.snapshot(),
        }

    def restore(self, data: dict[str, Any]) -> None:
        """Be exactly as at the snapshot, clock and chance included."""
        self.seed, self.workers = data["seed"], data["workers"]
        self.preferences = dict(data["preferences"])
        for room in ("clock", "chance", "trace", "store", "runtime", "network"):
            getattr(self, room).restore(data[room])


def _node(number: int) -> Obj:
    """The Node object of the control plane (0) or of a worker (1, 2, ...)."""
    control_plane = number == 0
    name = "kube-master1" if control_plane else f"kube-node{number}"
    address = "192.168.56.11" if control_plane else f"192.168.56.{20 + number}"
    labels = {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
    }
    node: Obj = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "spec": {},
        "status": {
            "addresses": [{"address": address, "type": "InternalIP"}, {"address": name, "type": "Hostname"}],
            "allocatable": {"cpu": "2", "memory": "4015436Ki", "pods": "110"},
            "capacity": {"cpu": "2", "memory": "4015436Ki", "pods": "110"},
            "conditions": [_ready(EPOCH - AGE_AT_START)],
            "nodeInfo": {
                "architecture": "amd64",
                "containerRuntimeVersion": "containerd://2.1.4",
                "kernelVersion": "4.15.0",
                "kubeletVersion": version.KUBERNETES,
                "operatingSystem": "linux",
                "osImage": "Ubuntu 18.04",
            },
        },
    }
    if control_plane:
        labels["node-role.kubernetes.io/control-plane"] = ""
        node["spec"]["taints"] = [{"effect": "NoSchedule", "key": "node-role.kubernetes.io/control-plane"}]
    return node


def _ready(since: int) -> Obj:
    return {
        "lastHeartbeatTime": times.stamp(since),
        "lastTransitionTime": times.stamp(since),
        "message": "kubelet is posting ready status",
        "reason": "KubeletReady",
        "status": "True",
        "type": "Ready",
    }
