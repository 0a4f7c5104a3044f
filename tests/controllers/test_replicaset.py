"""Replica sets: numbers, adoption, ranking, status."""

from kubelab.api import meta
from tests.controllers.conftest import Bench, a_pod, a_set


def names(pods):
    return [meta.name(pod) for pod in pods]


def test_three_replicas_land_on_three_nodes(bench):
    bench.create(a_set())
    bench.settle()
    assert sorted(pod["spec"]["nodeName"] for pod in bench.pods()) == ["kube-node1", "kube-node2", "kube-node3"]
    status = bench.store.read("ReplicaSet", "default", "rs")["status"]
    assert status == {
        "replicas": 3,
        "readyReplicas": 3,
        "availableReplicas": 3,
        "fullyLabeledReplicas": 3,
        "observedGeneration": 1,
        "terminatingReplicas": 0,
    }
    assert sorted(bench.events("SuccessfulCreate")) == sorted(f"Created pod: {name}" for name in names(bench.pods()))


def test_the_status_passes_through_the_numbers_that_a_watcher_sees(bench):
    bench.create(a_set())
    bench.settle()
    seen = []

    def watch(event):
        if event.obj["kind"] == "ReplicaSet":
            status = event.obj["status"]
            seen.append((event.obj["spec"]["replicas"], status["replicas"], status.get("readyReplicas", 0)))

    bench.store.subscribe(watch)
    bench.store.scale("ReplicaSet", "default", "rs", 5)
    bench.settle()
    assert seen == [(5, 3, 3), (5, 3, 3), (5, 5, 3), (5, 5, 5)]


def test_scaling_down_tells_who_went(bench):
    bench.create(a_set(replicas=5))
    bench.settle()
    before = names(bench.pods())
    bench.store.scale("ReplicaSet", "default", "rs", 2)
    bench.settle()
    gone = [name for name in before if name not in names(bench.pods())]
    assert len(gone) == 3
    assert sorted(bench.events("SuccessfulDelete")) == sorted(f"Deleted pod: {name}" for name in gone)


def test_a_deleted_pod_is_replaced_at_once_and_counts_as_terminating(bench):
    bench.create(a_set())
    bench.settle()
    bench.store.delete("Pod", "default", names(bench.pods())[0])
    bench.clock.run_for(50)
    assert len(bench.pods()) == 4
    assert bench.store.read("ReplicaSet", "default", "rs")["status"]["terminatingReplicas"] == 1
    bench.settle()
    assert len(bench.pods()) == 3


def test_a_relabelled_pod_is_released_and_adopted_back(bench):
    bench.create(a_set())
    bench.settle()
    stray = meta.copy(bench.pods()[0])
    stray["metadata"]["labels"] = {"app": "debug"}
    bench.store.update(stray, trusted=True)
    bench.settle()
    released = bench.store.read("Pod", "default", meta.name(stray))
    assert meta.controller_of(released) is None
    assert len(bench.pods()) == 4
    back = meta.copy(released)
    back["metadata"]["labels"] = {"app": "rs"}
    bench.store.update(back, trusted=True)
    bench.settle()
    assert len(bench.pods()) == 3
    assert all(meta.controller_of(pod)["name"] == "rs" for pod in bench.pods())


def test_it_adopts_a_stray_and_leaves_what_another_controls(bench):
    bench.create(a_pod("stray", {"app": "rs"}))
    bench.create(a_pod("taken", {"app": "rs"}))
    other = meta.copy(bench.store.read("Pod", "default", "taken"))
    owner = {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "ds", "uid": "1", "controller": True}
    other["metadata"]["ownerReferences"] = [owner]
    bench.store.update(other, trusted=True)
    bench.create(a_set(replicas=2))
    bench.clock.run_for(60)
    mine = [meta.name(p) for p in bench.pods() if (meta.controller_of(p) or {}).get("name") == "rs"]
    assert "stray" in mine
    assert len(mine) == 2


class TestRanking:
    """Who goes first when not all have to."""

    def survivor(self, change):
        bench = Bench()
        bench.create(a_set(replicas=2))
        bench.settle()
        bench.clock.run_for(60_000)
        first, second = (meta.copy(pod) for pod in bench.pods())
        change(bench, first)
        bench.store.scale("ReplicaSet", "default", "rs", 1)
        bench.settle()
        return names(bench.pods()), meta.name(first), meta.name(second)

    def test_unready_before_ready(self):
        left, _, second = self.survivor(lambda bench, pod: bench.mark(pod, ready=False))
        assert left == [second]

    def test_cheap_before_dear(self):
        def cheap(bench, pod):
            pod["metadata"]["annotations"] = {"controller.kubernetes.io/pod-deletion-cost": "-1"}
            bench.store.update(pod, trusted=True)

        left, _, second = self.survivor(cheap)
        assert left == [second]

    def test_dear_stays(self):
        def dear(bench, pod):
            pod["metadata"]["annotations"] = {"controller.kubernetes.io/pod-deletion-cost": "100"}
            bench.store.update(pod, trusted=True)

        left, first, _ = self.survivor(dear)
        assert left == [first]

    def test_recently_ready_before_long_ready(self):
        def lately(bench, pod):
            bench.mark(pod, ready=False)
            bench.clock.run_for(59_000)
            bench.mark(bench.store.read("Pod", *meta.key(pod)), ready=True)
            bench.clock.run_for(2_000)

        left, _, second = self.survivor(lately)
        assert left == [second]

    def test_pending_before_running(self):
        def pending(bench, pod):
            bench.store.update_status({**pod, "status": {**pod["status"], "phase": "Pending"}})
            bench.clock.run_until(bench.clock.now)

        left, _, second = self.survivor(pending)
        assert left == [second]

    def test_crowded_node_first(self):
        bench = Bench(workers=2)
        bench.create(a_set(replicas=3))
        bench.settle()
        bench.store.scale("ReplicaSet", "default", "rs", 2)
        bench.settle()
        assert sorted(pod["spec"]["nodeName"] for pod in bench.pods()) == ["kube-node1", "kube-node2"]


def test_a_billion_replicas_stop_when_enough_wait_for_a_node():
    bench = Bench(pods_per_node=4)
    bench.create(a_set(replicas=1_000_000_000))
    bench.settle()
    placed = [pod for pod in bench.pods() if pod["spec"].get("nodeName")]
    assert (len(placed), len(bench.pods())) == (12, 512)
    assert bench.store.read("ReplicaSet", "default", "rs")["status"]["replicas"] == 512


def test_min_ready_seconds_delay_availability(bench):
    bench.create(a_set(minReadySeconds=10))
    bench.clock.run_for(5_000)
    status = bench.store.read("ReplicaSet", "default", "rs")["status"]
    assert (status["readyReplicas"], status.get("availableReplicas", 0)) == (3, 0)
    bench.settle()
    assert bench.store.read("ReplicaSet", "default", "rs")["status"]["availableReplicas"] == 3


def test_orphans_are_adopted_by_a_new_set(bench):
    bench.create(a_set())
    bench.settle()
    before = names(bench.pods())
    bench.store.delete("ReplicaSet", "default", "rs", propagation="Orphan")
    bench.settle()
    assert bench.store.find("ReplicaSet", "default", "rs") is None
    assert names(bench.pods()) == before
    assert not any(meta.owner_references(pod) for pod in bench.pods())
    bench.create(a_set())
    bench.settle()
    assert names(bench.pods()) == before
