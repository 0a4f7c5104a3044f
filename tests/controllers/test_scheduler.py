"""The scheduler: where pods go, and what it says when they cannot."""

from kubelab.api import meta
from tests.controllers.conftest import Bench, a_pod, a_set


def node_of(bench, name="p"):
    return bench.store.read("Pod", "default", name)["spec"].get("nodeName")


def test_binding_sets_condition_and_event_but_no_generation(bench):
    bench.create(a_pod("p"))
    bench.clock.run_for(20)
    pod = bench.store.read("Pod", "default", "p")
    assert (pod["spec"]["nodeName"], pod["metadata"]["generation"]) == ("kube-node1", 1)
    assert meta.condition(pod, "PodScheduled") == {
        "lastProbeTime": None,
        "lastTransitionTime": "2026-11-23T00:00:00Z",
        "observedGeneration": 1,
        "status": "True",
        "type": "PodScheduled",
    }
    assert bench.events("Scheduled") == ["Successfully assigned default/p to kube-node1"]


def test_full_nodes_and_room_that_appears():
    bench = Bench(pods_per_node=1)
    bench.create(a_set(replicas=3))
    bench.settle()
    bench.create(a_pod("p"))
    bench.settle()
    assert bench.events("FailedScheduling") == [
        "0/4 nodes are available: 1 node(s) had untolerated taint(s), 3 Too many pods. no new claims to deallocate, "
        "preemption: 0/4 nodes are available: 1 Preemption is not helpful for scheduling, "
        "3 No preemption victims found for incoming pod."
    ]
    condition = meta.condition(bench.store.read("Pod", "default", "p"), "PodScheduled")
    assert (condition["status"], condition["reason"]) == ("False", "Unschedulable")
    bench.store.scale("ReplicaSet", "default", "rs", 2)
    bench.settle()
    assert node_of(bench)


def test_no_timer_waits_for_room(bench):
    bench.create(a_pod("p", nodeSelector={"disk": "ssd"}))
    bench.settle()
    assert bench.events("FailedScheduling") == [
        "0/4 nodes are available: 1 node(s) had untolerated taint(s), 3 node(s) didn't match Pod's node "
        "affinity/selector. no new claims to deallocate, preemption: 0/4 nodes are available: "
        "4 Preemption is not helpful for scheduling."
    ]
    assert not bench.clock.waits("controllers", "default-scheduler", "", "")
    node = meta.copy(bench.store.read("Node", "", "kube-node3"))
    node["metadata"]["labels"] = {"disk": "ssd"}
    bench.store.update(node, trusted=True)
    bench.settle()
    assert node_of(bench) == "kube-node3"


def test_cordoned_nodes_and_too_large_pods(bench):
    node = meta.copy(bench.store.read("Node", "", "kube-node1"))
    node["spec"]["unschedulable"] = True
    bench.store.update(node, trusted=True)
    big = a_pod("p")
    big["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "64"}}
    bench.create(big)
    bench.settle()
    assert bench.events("FailedScheduling") == [
        "0/4 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable, "
        "2 Insufficient cpu. no new claims to deallocate, preemption: 0/4 nodes are available: "
        "4 Preemption is not helpful for scheduling."
    ]


def test_a_preset_node_and_another_scheduler_are_left_alone(bench):
    bench.create(a_pod("p", nodeName="kube-node2"))
    bench.create(a_pod("q", schedulerName="mine"))
    bench.settle()
    assert (node_of(bench), node_of(bench, "q")) == ("kube-node2", None)
    assert bench.events("Scheduled") == []


def test_a_toleration_opens_the_control_plane():
    bench = Bench(workers=0)
    tolerations = [{"key": "node-role.kubernetes.io/control-plane", "operator": "Exists", "effect": "NoSchedule"}]
    bench.create(a_pod("p", tolerations=tolerations))
    bench.settle()
    assert node_of(bench) == "kube-master1"


def test_pods_of_one_set_spread_over_nodes_that_are_unevenly_full(bench):
    bench.create(a_pod("a", nodeName="kube-node1"))
    bench.create(a_pod("b", nodeName="kube-node2"))
    bench.create(a_set(replicas=3))
    bench.settle()
    mine = [pod for pod in bench.pods() if meta.controller_of(pod)]
    assert sorted(pod["spec"]["nodeName"] for pod in mine) == ["kube-node1", "kube-node2", "kube-node3"]
