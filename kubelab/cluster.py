"""The composition root: builds one cluster from one seed. Everything is wired here and only here.

A cluster is its clock, its chance, its store, the loops that watch the store, the nodes and the network. Its whole state
is plain data, so it can be copied (undo) and written to a file. Stands for what kubespray sets up in the course: one
control plane and three workers, addresses as in the class, cluster DNS.
"""

from importlib import resources
from typing import Any

from kubelab import version
from kubelab.api import manifests, meta, times
from kubelab.api.meta import Obj
from kubelab.controllers import loop
from kubelab.network import network
from kubelab.sim.chance import Chance
from kubelab.sim.clock import Clock
from kubelab.sim.trace import Trace
from kubelab.store.recorder import Recorder
from kubelab.store.store import Store

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
