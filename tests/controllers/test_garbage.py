"""Owners and what they own; namespaces and what is in them."""

from kubelab.api import meta
from tests.controllers.conftest import a_pod, a_service, a_set


def test_background_takes_dependents_afterwards(bench):
    bench.create(a_set(kind="Deployment", name="web"))
    bench.settle()
    bench.store.delete("Deployment", "default", "web")
    assert bench.store.list("ReplicaSet")
    bench.settle()
    assert bench.store.list("ReplicaSet") == bench.pods() == []


def test_foreground_waits_for_dependents(bench):
    bench.create(a_set(kind="Deployment", name="web"))
    bench.settle()
    order = []
    bench.store.subscribe(lambda event: event.type == "DELETED" and order.append(event.obj["kind"]))
    bench.store.delete("Deployment", "default", "web", propagation="Foreground")
    going = bench.store.read("Deployment", "default", "web")
    assert meta.is_deleting(going)
    bench.settle()
    assert [kind for kind in order if kind != "Event"] == ["Pod", "Pod", "Pod", "ReplicaSet", "Deployment"]


def test_orphaned_dependents_stay(bench):
    bench.create(a_set())
    bench.settle()
    bench.store.delete("ReplicaSet", "default", "rs", propagation="Orphan")
    bench.settle()
    assert len(bench.pods()) == 3
    assert not any(meta.owner_references(pod) for pod in bench.pods())


def test_an_owner_that_never_was(bench):
    stray = a_pod("p")
    ref = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "gone", "uid": "no-such-uid"}
    stray["metadata"]["ownerReferences"] = [ref]
    bench.create(stray)
    bench.settle()
    assert bench.pods() == []


def test_one_of_two_owners_is_enough(bench):
    bench.create(a_set(replicas=0))
    owner = bench.store.read("ReplicaSet", "default", "rs")
    pod = a_pod("p")
    dead = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "gone", "uid": "no-such-uid"}
    pod["metadata"]["ownerReferences"] = [dead, {**meta.owner_reference(owner), "controller": False}]
    bench.create(pod)
    bench.settle()
    assert [ref["name"] for ref in meta.owner_references(bench.store.read("Pod", "default", "p"))] == ["rs"]


def test_a_namespace_goes_after_its_contents(bench):
    bench.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "ours"}})
    for made in (a_set(), a_service(selector={"app": "rs"})):
        made["metadata"]["namespace"] = "ours"
        bench.create(made)
    bench.settle()
    assert len(bench.pods("ours")) == 3
    bench.store.delete("Namespace", "", "ours")
    bench.clock.run_for(30)
    space = bench.store.read("Namespace", "", "ours")
    assert space["status"]["phase"] == "Terminating"
    assert all(meta.is_deleting(pod) for pod in bench.pods("ours"))
    remaining = meta.condition(space, "NamespaceContentRemaining")
    assert remaining["message"] == "Some resources are remaining: pods. has 3 resource instances"
    bench.settle()
    assert bench.store.find("Namespace", "", "ours") is None
    for kind in ("Pod", "Service", "Endpoints", "EndpointSlice", "Event"):
        assert bench.store.list(kind, "ours") == []
