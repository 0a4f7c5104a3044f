"""Endpoints: which pods, which ports, in which order."""

from kubelab.api import meta
from kubelab.controllers import endpoints
from tests.controllers.conftest import a_pod, a_service, a_set


def endpoints_of(bench, name="svc"):
    return bench.store.find("Endpoints", "default", name)


def running(bench, name, address, labels=None, ready=True, **spec):
    bench.create(a_pod(name, labels or {"app": "x"}, nodeName="kube-node1", **spec))
    bench.run(bench.store.read("Pod", "default", name), address, ready)


def test_three_pods(bench):
    bench.create(a_service(selector={"app": "rs"}))
    bench.settle()
    empty = endpoints_of(bench)
    assert "subsets" not in empty
    assert meta.labels(empty) == {"endpoints.kubernetes.io/managed-by": "endpoint-controller"}
    assert meta.annotations(empty) == {"endpoints.kubernetes.io/last-change-trigger-time": "2026-11-23T00:00:00Z"}
    bench.clock.run_for(2_000)
    bench.create(a_set())
    bench.settle()
    (subset,) = endpoints_of(bench)["subsets"]
    assert [a["ip"] for a in subset["addresses"]] == ["10.233.64.1", "10.233.64.2", "10.233.64.3"]
    first = subset["addresses"][0]
    assert list(first["targetRef"]) == ["kind", "name", "namespace", "uid"]
    assert subset["ports"] == [{"port": 8080, "protocol": "TCP"}]
    moment = meta.annotations(endpoints_of(bench))["endpoints.kubernetes.io/last-change-trigger-time"]
    assert moment == "2026-11-23T00:00:02Z"


def test_addresses_are_ordered_as_text(bench):
    bench.create(a_service(selector={"app": "x"}))
    for number in (10, 2, 1):
        running(bench, f"p{number}", f"10.0.0.{number}")
    bench.settle()
    (subset,) = endpoints_of(bench)["subsets"]
    assert [a["ip"] for a in subset["addresses"]] == ["10.0.0.1", "10.0.0.10", "10.0.0.2"]


def test_ports_are_ordered_by_hash(bench):
    numbers = (("mynapp-http", 80, 8080), ("mynapp-https", 443, 8443))
    ports = [{"name": name, "port": port, "targetPort": target} for name, port, target in numbers]
    bench.create(a_service(selector={"app": "x"}, ports=ports))
    running(bench, "p", "10.0.0.1")
    bench.settle()
    (subset,) = endpoints_of(bench)["subsets"]
    assert [p["name"] for p in subset["ports"]] == ["mynapp-https", "mynapp-http"]


def test_readiness_decides_the_side(bench):
    bench.create(a_service(selector={"app": "x"}))
    running(bench, "a", "10.0.0.1", ready=False)
    running(bench, "b", "10.0.0.2")
    bench.settle()
    (subset,) = endpoints_of(bench)["subsets"]
    assert [a["ip"] for a in subset["addresses"]] == ["10.0.0.2"]
    assert [a["ip"] for a in subset["notReadyAddresses"]] == ["10.0.0.1"]
    bench.mark(bench.store.read("Pod", "default", "a"), ready=True)
    bench.settle()
    (subset,) = endpoints_of(bench)["subsets"]
    assert len(subset["addresses"]) == 2


def test_unready_addresses_are_published_on_request(bench):
    bench.create(a_service(selector={"app": "x"}, publishNotReadyAddresses=True))
    running(bench, "a", "10.0.0.1", ready=False)
    bench.settle()
    assert list(endpoints_of(bench)["subsets"][0]) == ["addresses", "ports"]


def test_a_leaving_pod_is_out_at_once(bench):
    bench.create(a_service(selector={"app": "x"}))
    running(bench, "a", "10.0.0.1")
    bench.settle()
    bench.store.delete("Pod", "default", "a")
    bench.clock.run_for(20)
    assert bench.store.find("Pod", "default", "a")
    assert "subsets" not in endpoints_of(bench)
    assert meta.annotations(endpoints_of(bench)) == {}


def test_a_named_port_that_no_pod_has_leaves_no_subset(bench):
    bench.create(a_service(selector={"app": "x"}, ports=[{"port": 80, "targetPort": "nosuch"}]))
    running(bench, "a", "10.0.0.1")
    bench.settle()
    assert "subsets" not in endpoints_of(bench)


def test_a_named_port_with_two_numbers_makes_two_subsets(bench):
    bench.create(a_service(selector={"app": "x"}, ports=[{"port": 80, "targetPort": "web"}]))
    running(bench, "a", "10.0.0.1")
    other = [{"name": "c", "image": "nginx", "ports": [{"name": "web", "containerPort": 9090}]}]
    running(bench, "b", "10.0.0.2", containers=other)
    bench.settle()
    numbers = [s["ports"][0]["port"] for s in endpoints_of(bench)["subsets"]]
    assert sorted(numbers) == [8080, 9090]


def test_a_headless_service_without_ports_lists_bare_addresses(bench):
    bench.create(a_service(selector={"app": "x"}, ports=(), clusterIP="None"))
    running(bench, "a", "10.0.0.1", hostname="one", subdomain="svc")
    bench.settle()
    (subset,) = endpoints_of(bench)["subsets"]
    assert (subset["addresses"][0]["hostname"], "ports" in subset) == ("one", False)
    assert meta.labels(endpoints_of(bench))["service.kubernetes.io/headless"] == ""


def test_services_without_selector_are_left_alone(bench):
    bench.create(a_service())
    bench.settle()
    assert endpoints_of(bench) is None


def test_labels_follow_the_service(bench):
    bench.create(a_service(selector={"app": "x"}))
    bench.settle()
    changed = meta.copy(bench.store.read("Service", "default", "svc"))
    changed["metadata"]["labels"] = {"tier": "front"}
    bench.store.update(changed, trusted=True)
    bench.settle()
    assert meta.labels(endpoints_of(bench))["tier"] == "front"


def test_a_thousand_addresses_and_no_more():
    service, found = a_service(selector={"app": "x"}), []
    for number in range(1100):
        pod = a_pod(f"p{number}", {"app": "x"}, nodeName="n")
        pod["metadata"]["uid"] = f"{number:04}"
        pod["status"] = {
            "podIPs": [{"ip": f"10.1.{number // 250}.{number % 250}"}],
            "conditions": [{"type": "Ready", "status": str(number < 900)}],
        }
        found.append(endpoints.backend(pod, service))
    ((subset,), truncated) = endpoints._truncate(endpoints.subsets_of(found))
    assert truncated
    assert (len(subset["addresses"]), len(subset["notReadyAddresses"])) == (900, 100)


def test_deleted_endpoints_come_back(bench):
    bench.create(a_service(selector={"app": "x"}))
    running(bench, "a", "10.0.0.1")
    bench.settle()
    bench.store.remove("Endpoints", "default", "svc")
    bench.settle()
    assert endpoints_of(bench)["subsets"]
