"""The environment of a container."""

from kubelab.api import meta
from kubelab.nodes import envvars


def service(name, address="10.233.8.233", ports=(), namespace="default"):
    spec = {"clusterIP": address, "ports": [dict(port) for port in ports] or [{"port": 80, "protocol": "TCP"}]}
    return {"kind": "Service", "metadata": {"name": name, "namespace": namespace}, "spec": spec}


KUBERNETES = service("kubernetes", "10.233.0.1", [{"name": "https", "port": 443, "protocol": "TCP"}])


def pod(**spec):
    return {"metadata": {"name": "p", "namespace": "default", "labels": {"a": "b"}}, "spec": spec, "status": {}}


def test_the_family_of_a_service():
    told = envvars.of_services([service("mynapp-svc")], pod())
    assert list(told.items()) == [
        ("MYNAPP_SVC_SERVICE_HOST", "10.233.8.233"),
        ("MYNAPP_SVC_SERVICE_PORT", "80"),
        ("MYNAPP_SVC_PORT", "tcp://10.233.8.233:80"),
        ("MYNAPP_SVC_PORT_80_TCP", "tcp://10.233.8.233:80"),
        ("MYNAPP_SVC_PORT_80_TCP_PROTO", "tcp"),
        ("MYNAPP_SVC_PORT_80_TCP_PORT", "80"),
        ("MYNAPP_SVC_PORT_80_TCP_ADDR", "10.233.8.233"),
    ]


def test_named_ports():
    ports = [{"name": "dns-tcp", "port": 53, "protocol": "TCP"}, {"name": "dns", "port": 53, "protocol": "UDP"}]
    told = envvars.of_services([service("x", ports=ports)], pod())
    assert list(told)[:5] == [
        "X_SERVICE_HOST", "X_SERVICE_PORT", "X_SERVICE_PORT_DNS_TCP", "X_SERVICE_PORT_DNS", "X_PORT",
    ]  # fmt: skip
    assert told["X_PORT_53_UDP"] == "udp://10.233.8.233:53"


def test_which_services():
    services = [KUBERNETES, service("far", namespace="other"), service("headless", "None"), service("near")]
    assert {name.partition("_")[0] for name in envvars.of_services(services, pod())} == {"KUBERNETES", "NEAR"}
    unlinked = envvars.of_services(services, pod(enableServiceLinks=False))
    assert {name.partition("_")[0] for name in unlinked} == {"KUBERNETES"}


def test_order_and_what_wins():
    url = "http://$(NEAR_SERVICE_HOST):$(NO)/$$(URL)"
    env = [{"name": "URL", "value": url}, {"name": "NEAR_PORT", "value": "mine"}]
    whole = envvars.of_container(pod(), {"env": env}, [service("near")], {"NGINX_VERSION": "1"})
    assert list(whole)[:5] == ["PATH", "HOSTNAME", "NGINX_VERSION", "URL", "NEAR_PORT"]
    assert list(whole)[-1] == "HOME"
    assert whole["URL"] == "http://10.233.8.233:$(NO)/$(URL)"
    assert whole["NEAR_PORT"] == "mine"


def test_fields():
    given = pod(nodeName="n")
    given["status"] = {"podIP": "10.0.0.1"}
    paths = {"A": "metadata.name", "B": "metadata.labels['a']", "C": "spec.nodeName", "D": "status.podIP"}
    env = [{"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}} for name, path in paths.items()]
    whole = envvars.of_container(given, {"env": env}, [], {})
    assert [whole[name] for name in "ABCD"] == ["p", "b", "n", "10.0.0.1"]


def test_frozen_when_the_container_starts(bench):
    before = bench.pod("p")
    made = service("late")
    bench.store.create({"apiVersion": "v1", **made}, trusted=True)
    assert "LATE_SERVICE_HOST" not in bench.container("p")["env"]
    bench.pod("q")
    assert "LATE_SERVICE_HOST" in bench.container("q")["env"]
    bench.runtime.kill(before, "c")
    bench.clock.settle()
    assert "LATE_SERVICE_HOST" in bench.container("p")["env"]
    assert bench.container("p")["env"]["HOSTNAME"] == meta.name(before)
