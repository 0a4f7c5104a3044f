"""Addresses from a pool: none without a pool, one each, none twice, back when they are free."""

import pytest

from kubelab.cluster import Cluster
from kubelab.controllers import loadbalancer


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


def balanced(cluster: Cluster, name: str) -> None:
    port = {"port": 80, "protocol": "TCP"}
    spec = {"type": "LoadBalancer", "ports": [port], "selector": {"app": name}}
    cluster.store.create({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec})
    cluster.settle()


def address(cluster: Cluster, name: str) -> str | None:
    ingress = cluster.store.read("Service", "default", name)["status"]["loadBalancer"].get("ingress")
    return ingress[0]["ip"] if ingress else None


def test_without_a_provider_a_service_stays_pending(cluster: Cluster) -> None:
    balanced(cluster, "a")
    assert address(cluster, "a") is None


def test_a_pool_reaches_those_that_wait_and_runs_out(cluster: Cluster) -> None:
    balanced(cluster, "a")
    cluster.load_balancer("192.168.56.200-192.168.56.201")
    cluster.settle()
    for name in ("b", "c"):
        balanced(cluster, name)
    given = [address(cluster, name) for name in ("a", "b", "c")]
    assert given == ["192.168.56.200", "192.168.56.201", None]
    events = [e["reason"] for e in cluster.store.list("Event") if e["involvedObject"]["name"] == "c"]
    assert events == ["AllocationFailed"]
    cluster.store.delete("Service", "default", "a")
    cluster.settle()
    assert address(cluster, "c") == "192.168.56.200"


def test_another_type_gives_the_address_back(cluster: Cluster) -> None:
    cluster.load_balancer("192.168.56.200/32")
    balanced(cluster, "a")
    cluster.store.patch("Service", "default", "a", {"spec": {"type": "ClusterIP"}})
    cluster.settle()
    assert address(cluster, "a") is None


@pytest.mark.parametrize(
    "pool", ["", "none", "192.168.56.9-192.168.56.1", "10.0.0.0-10.255.0.0", "1.2.3.4/40", "10.0.0.0/8"]
)
def test_what_is_no_pool_is_refused_and_changes_nothing(cluster: Cluster, pool: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        cluster.load_balancer(pool)
    assert cluster.store.find("Namespace", "", loadbalancer.NAMESPACE) is None
