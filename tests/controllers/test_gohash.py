"""Hashes that a real v1.36 cluster gave."""

import pytest

from kubelab.controllers import gohash


def template(labels, containers, grace=30, annotations=None):
    filled = [
        {
            "imagePullPolicy": "IfNotPresent",
            "resources": {},
            "terminationMessagePath": "/dev/termination-log",
            "terminationMessagePolicy": "File",
            **container,
        }
        for container in containers
    ]
    return {
        "metadata": {"labels": labels} | ({"annotations": annotations} if annotations else {}),
        "spec": {
            "containers": filled,
            "dnsPolicy": "ClusterFirst",
            "restartPolicy": "Always",
            "schedulerName": "default-scheduler",
            "securityContext": {},
            "terminationGracePeriodSeconds": grace,
        },
    }


COREDNS = template(
    {"k8s-app": "kube-dns"},
    [
        {
            "name": "coredns",
            "image": "registry.k8s.io/coredns/coredns:v1.12.4",
            "ports": [
                {"containerPort": 53, "name": "dns", "protocol": "UDP"},
                {"containerPort": 53, "name": "dns-tcp", "protocol": "TCP"},
                {"containerPort": 9153, "name": "metrics", "protocol": "TCP"},
            ],
        }
    ],
)


def web(image):
    container = {"name": "c", "image": image, "ports": [{"containerPort": 80, "protocol": "TCP"}]}
    return template({"app": "web"}, [container], grace=1)


@pytest.mark.parametrize(
    ("given", "hashed"),
    [(COREDNS, "d45888989"), (web("nginx:1.19"), "5f87fdf459"), (web("nginx:1.20"), "5dbb74679")],
)
def test_pod_template_hash_is_kubernetes_own(given, hashed):
    assert gohash.pod_template_hash(given, None) == hashed


def test_restarted_template():
    again = template(
        {"app": "web"},
        [{"name": "c", "image": "nginx:1.19", "ports": [{"containerPort": 80, "protocol": "TCP"}]}],
        grace=1,
        annotations={"kubectl.kubernetes.io/restartedAt": "2026-11-23T01:02:26Z"},
    )
    assert gohash.pod_template_hash(again, None) == "7bdbf47776"


def test_a_collision_changes_the_hash():
    assert gohash.pod_template_hash(COREDNS, 1) != "d45888989"


def test_endpoint_ports_are_ordered_by_hash():
    numbers = {"mynapp-http": 8080, "mynapp-https": 8443}
    ports = [{"name": name, "port": number, "protocol": "TCP"} for name, number in numbers.items()]
    ordered = sorted(ports, key=lambda port: gohash.order_key("EndpointPort", port))
    assert [port["name"] for port in ordered] == ["mynapp-https", "mynapp-http"]
    text = gohash.dump("EndpointPort", ports[1])
    rest = "Protocol:(v1.Protocol)TCP AppProtocol:(*string)<nil>}"
    assert text == "(v1.EndpointPort){Name:(string)mynapp-https Port:(int32)8443 " + rest


def test_quantities_and_probes_have_gos_text():
    text = gohash.dump("ResourceList", {"cpu": "100m", "memory": "64Mi"})
    cpu = "cpu:{i:(resource.int64Amount){value:(int64)100 scale:(resource.Scale)-3}"
    assert text.startswith(f"(v1.ResourceList)map[{cpu}")
    assert "memory:{i:(resource.int64Amount){value:(int64)67108864 scale:(resource.Scale)0}" in text
    probe = gohash.dump("*Probe", {"httpGet": {"port": 80, "path": "/", "scheme": "HTTP"}, "periodSeconds": 10})
    assert "Port:(intstr.IntOrString){Type:(intstr.Type)0 IntVal:(int32)80 StrVal:(string)}" in probe
    assert probe.startswith("(*v1.Probe){ProbeHandler:(v1.ProbeHandler){Exec:(*v1.ExecAction)<nil> HTTPGet:(")
