"""A bench for the kubelet: nodes, a store, a clock; pods are bound by hand."""

import pytest

from kubelab.api import meta
from kubelab.nodes import kubelet, runtime
from kubelab.sim.chance import Chance
from kubelab.sim.clock import Clock
from kubelab.sim.trace import Trace
from kubelab.store.recorder import Recorder
from kubelab.store.store import Store


class Bench:
    """One kubelet for three nodes."""

    def __init__(self):
        self.clock, self.chance, self.trace = Clock(), Chance(1), Trace()
        self.store = Store(self.clock, self.chance)
        self.recorder = Recorder(self.store)
        self.runtime = runtime.Runtime()
        parts = (self.store, self.clock, self.chance, self.recorder, self.trace)
        self.kubelet = kubelet.Kubelet(*parts, self.runtime)
        self.store.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}})
        for number in (1, 2, 3):
            name, address = f"kube-node{number}", f"192.168.56.{20 + number}"
            node = self.store.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}}, trusted=True)
            addresses = [{"type": "InternalIP", "address": address}]
            self.store.update_status({**node, "status": {"addresses": addresses, "allocatable": {"cpu": "2"}}})

    def pod(self, name="p", image="c1t1d0s7/myweb", *, node="kube-node1", wait=True, spec=None, **container):
        body = {"nodeName": node, "containers": [{"name": "c", "image": image, **container}], **(spec or {})}
        made = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "default"}, "spec": body}
        self.store.create(made, trusted=True)
        if wait:
            assert self.clock.settle()
        return self.get(name)

    def get(self, name="p"):
        return self.store.find("Pod", "default", name)

    def state(self, name="p"):
        return self.get(name)["status"]["containerStatuses"][0]["state"]

    def shown(self, name="p"):
        """About what the STATUS column says."""
        state = self.state(name)
        return state[next(iter(state))].get("reason") or self.get(name)["status"]["phase"]

    def events(self, *reasons):
        found = [e for e in self.store.list("Event") if not reasons or e["reason"] in reasons]
        ordered = sorted(found, key=lambda e: (e["firstTimestamp"], e["metadata"]["name"].rpartition(".")[2]))
        return [(e["reason"], e["message"]) for e in ordered]

    def container(self, name="p", container="c"):
        return self.runtime.container(self.get(name), container)

    def ready(self, name="p"):
        return meta.is_ready(self.get(name))


@pytest.fixture
def bench():
    return Bench()
