"""Slices: conditions, packing, the placeholder, mirrors."""

from kubelab.api import meta
from kubelab.controllers import packing
from tests.controllers.conftest import a_service, a_set
from tests.controllers.test_endpoints import running


def slices(bench, service="svc"):
    return bench.store.list("EndpointSlice", "default", labels=f"kubernetes.io/service-name={service}")


def addresses(obj):
    return [e["addresses"][0] for e in obj.get("endpoints") or []]


def test_the_placeholder_becomes_the_first_slice(bench):
    bench.create(a_service(selector={"app": "rs"}))
    bench.settle()
    (empty,) = slices(bench)
    assert not empty.get("endpoints")
    assert not empty.get("ports")
    assert empty["metadata"]["generateName"] == "svc-"
    assert meta.controller_of(empty)["kind"] == "Service"
    assert meta.labels(empty) == {
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        "kubernetes.io/service-name": "svc",
    }
    bench.create(a_set())
    bench.settle()
    (full,) = slices(bench)
    assert meta.name(full) == meta.name(empty)
    assert len(addresses(full)) == 3
    assert full["ports"] == [{"name": "", "port": 8080, "protocol": "TCP"}]
    assert full["endpoints"][0]["conditions"] == {"ready": True, "serving": True, "terminating": False}
    bench.store.scale("ReplicaSet", "default", "rs", 0)
    bench.settle()
    (again,) = slices(bench)
    assert (meta.name(again), addresses(again)) == (meta.name(empty), [])


def test_a_leaving_pod_stays_as_serving_and_terminating(bench):
    bench.create(a_service(selector={"app": "x"}))
    running(bench, "a", "10.0.0.1")
    bench.settle()
    bench.store.delete("Pod", "default", "a")
    bench.clock.run_for(20)
    (obj,) = slices(bench)
    assert obj["endpoints"][0]["conditions"] == {"ready": False, "serving": True, "terminating": True}


def test_a_named_port_that_no_pod_has_keeps_the_address(bench):
    bench.create(a_service(selector={"app": "x"}, ports=[{"port": 80, "targetPort": "nosuch"}]))
    running(bench, "a", "10.0.0.1")
    bench.settle()
    (obj,) = slices(bench)
    assert (addresses(obj), obj.get("ports") or []) == (["10.0.0.1"], [])


def test_at_most_a_hundred_in_a_slice_and_no_rebalancing(bench):
    bench.create(a_service(selector={"app": "rs"}))
    bench.create(a_set(replicas=150))
    bench.settle()
    assert sorted(len(addresses(s)) for s in slices(bench)) == [50, 100]
    full = next(s for s in slices(bench) if len(addresses(s)) == 100)
    bench.store.scale("ReplicaSet", "default", "rs", 180)
    bench.settle()
    assert sorted(len(addresses(s)) for s in slices(bench)) == [80, 100]
    assert bench.store.read("EndpointSlice", "default", meta.name(full))["endpoints"] == full["endpoints"]


def endpoint(number):
    return {"addresses": [f"10.0.0.{number}"], "conditions": {"ready": True}}


def endpoints(numbers):
    return {packing.identity(endpoint(n)): endpoint(n) for n in numbers}


def a_slice(name, numbers):
    metadata = {"name": name, "labels": {}}
    return {"metadata": metadata, "addressType": "IPv4", "endpoints": [endpoint(n) for n in numbers], "ports": []}


def test_packing_fills_what_changes_first():
    one, two = a_slice("one", [1, 2, 3]), a_slice("two", [4, 5])
    plan = packing.Plan()
    packing.pack([one, two], endpoints((1, 2, 3, 4, 6)), {}, 4, a_slice("", []), plan)
    assert [(s["metadata"]["name"], len(s["endpoints"])) for s in plan.update] == [("two", 2)]
    assert plan.keep == [one]


def test_packing_prefers_the_slice_that_ends_closest_to_full():
    one, two = a_slice("one", [1, 2, 3]), a_slice("two", [4, 5])
    plan = packing.Plan()
    packing.pack([one, two], endpoints(range(1, 7)), {}, 4, a_slice("", []), plan)
    assert [(s["metadata"]["name"], len(s["endpoints"])) for s in plan.update] == [("one", 4)]


def test_slices_go_with_the_service(bench):
    bench.create(a_service(selector={"app": "x"}))
    bench.settle()
    bench.store.delete("Service", "default", "svc")
    bench.settle()
    assert slices(bench) == []
    assert bench.store.find("Endpoints", "default", "svc") is None


def test_an_edited_slice_is_put_right(bench):
    bench.create(a_service(selector={"app": "x"}))
    running(bench, "a", "10.0.0.1")
    bench.settle()
    (obj,) = slices(bench)
    bench.store.update({**meta.copy(obj), "endpoints": []}, trusted=True)
    bench.settle()
    (again,) = slices(bench)
    assert addresses(again) == ["10.0.0.1"]


class TestMirroring:
    def manual(self, bench, ip="192.168.1.9"):
        ports = [{"port": 3306, "protocol": "TCP"}]
        subsets = [{"addresses": [{"ip": ip}], "notReadyAddresses": [{"ip": "192.168.1.8"}], "ports": ports}]
        metadata = {"name": "db", "namespace": "default", "labels": {"who": "me"}}
        return {"apiVersion": "v1", "kind": "Endpoints", "metadata": metadata, "subsets": subsets}

    def test_manual_endpoints_are_mirrored(self, bench):
        bench.create(a_service("db"))
        bench.create(self.manual(bench))
        bench.settle()
        (obj,) = slices(bench, "db")
        assert meta.labels(obj) == {
            "who": "me",
            "kubernetes.io/service-name": "db",
            "endpointslice.kubernetes.io/managed-by": "endpointslicemirroring-controller.k8s.io",
        }
        assert obj["endpoints"] == [
            {"addresses": ["192.168.1.9"], "conditions": {"ready": True}},
            {"addresses": ["192.168.1.8"], "conditions": {"ready": False}},
        ]
        assert obj["ports"] == [{"name": "", "port": 3306, "protocol": "TCP"}]
        assert meta.controller_of(obj)["kind"] == "Endpoints"

    def test_the_mirror_follows_and_goes(self, bench):
        bench.create(a_service("db"))
        bench.create(self.manual(bench))
        bench.settle()
        written = meta.copy(bench.store.read("Endpoints", "default", "db"))
        written["subsets"] = self.manual(bench, "192.168.1.7")["subsets"]
        bench.store.update(written, trusted=True)
        bench.settle()
        (obj,) = slices(bench, "db")
        assert addresses(obj)[0] in ("192.168.1.7", "192.168.1.8")
        bench.store.delete("Endpoints", "default", "db")
        bench.settle()
        assert slices(bench, "db") == []

    def test_not_without_a_service_nor_against_a_label(self, bench):
        bench.create(self.manual(bench))
        bench.settle()
        assert slices(bench, "db") == []
        labelled = meta.copy(bench.store.read("Endpoints", "default", "db"))
        labelled["metadata"]["labels"] = {"endpointslice.kubernetes.io/skip-mirror": "true"}
        bench.store.update(labelled, trusted=True)
        bench.create(a_service("db"))
        bench.settle()
        assert slices(bench, "db") == []
