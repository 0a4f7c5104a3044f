"""Kubelets and loops on one cluster: what no part can show alone."""

import pytest

from kubelab.api import meta
from kubelab.controllers import (
    deployment,
    endpoints,
    endpointslice,
    garbage,
    mirroring,
    namespace,
    replicaset,
    scheduler,
)
from tests.controllers.conftest import a_pod, a_service, a_set
from tests.nodes.conftest import Bench

LOOPS = (
    scheduler.Scheduler,
    replicaset.ReplicaSetController,
    deployment.DeploymentController,
    endpoints.EndpointsController,
    endpointslice.EndpointSliceController,
    mirroring.MirroringController,
    garbage.GarbageCollector,
    namespace.NamespaceController,
)


class Cluster(Bench):
    """The nodes' bench, with the loops."""

    def __init__(self):
        super().__init__()
        parts = (self.store, self.clock, self.chance, self.recorder, self.trace)
        self.loops = {each.name: each(*parts) for each in LOOPS}
        self.clock.on("controllers", lambda name, *key: self.loops[name].reconcile(*key))
        for each in self.loops.values():
            self.store.subscribe(each.see)

    def create(self, *objects):
        for obj in objects:
            self.store.create(obj, trusted=True)
        assert self.clock.settle()

    def endpoints(self):
        subsets = self.store.read("Endpoints", "default", "svc").get("subsets") or []
        return [a["ip"] for s in subsets for a in s.get("addresses") or []]

    def pods(self):
        return self.store.list("Pod", "default")


@pytest.fixture
def cluster():
    return Cluster()


def test_from_service_to_endpoints(cluster):
    cluster.create(a_service(selector={"app": "rs"}))
    assert cluster.endpoints() == []
    cluster.create(a_set())
    assert cluster.endpoints() == ["10.233.101.2", "10.233.103.2", "10.233.76.2"]
    cluster.runtime.kill(cluster.pods()[0], "c")
    cluster.clock.run_for(50)
    assert len(cluster.endpoints()) == 2
    cluster.clock.settle()
    assert len(cluster.endpoints()) == 3


def test_readiness_decides(cluster):
    made = a_set()
    probe = {"exec": {"command": ["cat", "/tmp/ready"]}, "periodSeconds": 5, "failureThreshold": 1}
    made["spec"]["template"]["spec"]["containers"][0]["readinessProbe"] = probe
    cluster.create(a_service(selector={"app": "rs"}), made)
    assert cluster.endpoints() == []
    chosen = cluster.pods()[1]
    cluster.runtime.write_file(chosen, "c", "/tmp/ready", "")
    cluster.clock.run_for(6_000)
    assert cluster.endpoints() == [cluster.store.read("Pod", *meta.key(chosen))["status"]["podIP"]]
    cluster.runtime.remove_file(chosen, "c", "/tmp/ready")
    cluster.clock.run_for(6_000)
    assert cluster.endpoints() == []


def test_a_rollout_never_falls_below_what_was_promised(cluster):
    cluster.create(a_service(selector={"app": "web"}), a_set("web", kind="Deployment"))
    least = []
    cluster.store.subscribe(lambda event: least.append(len(cluster.endpoints())))
    changed = meta.copy(cluster.store.read("Deployment", "default", "web"))
    changed["spec"]["template"]["spec"]["containers"][0]["image"] = "nginx:1.28"
    cluster.store.update(changed, trusted=True)
    assert cluster.clock.settle()
    assert min(least) >= 3
    images = {pod["status"]["containerStatuses"][0]["image"] for pod in cluster.pods()}
    assert images == {"docker.io/library/nginx:1.28"}


def test_a_namespace_waits_for_its_pods(cluster):
    cluster.store.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "ours"}})
    for made in (a_set("web", kind="Deployment"), a_service(selector={"app": "web"}), a_pod("alone")):
        made["metadata"]["namespace"] = "ours"
        cluster.create(made)
    cluster.store.delete("Namespace", "", "ours")
    cluster.clock.run_for(50)
    assert cluster.store.list("Pod", "ours")
    assert cluster.clock.settle()
    assert cluster.store.find("Namespace", "", "ours") is None
    assert cluster.store.list("Pod", "ours") == cluster.store.list("EndpointSlice", "ours") == []


def test_three_hundred_pods_take_few_writes(cluster):
    cluster.create(a_service(selector={"app": "rs"}), a_set(replicas=300))
    assert len(cluster.endpoints()) == 300
    pods, events = 300, len(cluster.store.list("Event"))
    assert cluster.store.revision < pods * 4 + events + 100
