"""The policies of a Service from the manifest to the answer: the whole cluster, not only its network."""

import re
from typing import Any

import pytest

import kubelab
from kubelab.network import hops

RS = """
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: main, image: c1t1d0s7/myweb%s}
"""
NEVER_READY = ", readinessProbe: {exec: {command: ['false']}}"
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: %s}\nspec: {selector: {app: web}, %s}\n"
PORTS = "ports: [{port: 80, targetPort: 8080}]"
STICKY = "sessionAffinity: ClientIP"


def lab_with(spec: str, *, pod: str = "", name: str = "web") -> kubelab.Lab:
    lab = kubelab.Lab(seed=4)
    made = lab.kubectl("create -f -", stdin=f"{RS % pod}---\n{SERVICE % (name, spec)}")
    assert made.code == 0, made.stderr
    lab.kubectl("run nettool --image=c1t1d0s7/network-multitool")
    lab.settle()
    return lab


def ends(lab: kubelab.Lab, target: str = "web", client: str = "nettool", times: int = 20) -> set[str]:
    """Who answers, or how it ends."""
    found = [lab.path(target, client=client).verdict for _ in range(times)]
    return {verdict.pod or verdict.outcome for verdict in found}


def pods(lab: kubelab.Lab, node: str = "") -> set[str]:
    listed = lab.cluster.store.list("Pod", "default", labels="app=web")
    return {pod["metadata"]["name"] for pod in listed if node in ("", pod["spec"]["nodeName"])}


def spec_of(lab: kubelab.Lab, name: str = "web") -> dict[str, Any]:
    found = lab.cluster.store.find("Service", "default", name)
    assert found is not None
    return dict(found["spec"])


def patch(lab: kubelab.Lab, spec: str) -> None:
    assert lab.kubectl(["patch", "service", "web", "-p", f'{{"spec": {{{spec}}}}}']).code == 0


@pytest.mark.parametrize("publish", [False, True])
def test_addresses_that_are_not_ready(publish: bool) -> None:
    lab = lab_with(f"{PORTS}, publishNotReadyAddresses: {str(publish).lower()}", pod=NEVER_READY)
    assert ends(lab) == (pods(lab) if publish else {hops.REFUSED})
    sent = lab.traffic("web", requests=300)
    assert sum(sent.counts.values()) == (300 if publish else 0)
    assert sum(sent.failures.values()) == (0 if publish else 300)


def test_terminating_pods_are_the_last_resort() -> None:
    lab = lab_with(PORTS)
    old = pods(lab)
    lab.kubectl("delete rs web --cascade=orphan")
    lab.kubectl("delete pods -l app=web --wait=false")
    lab.cluster.clock.run_for(300)
    network = lab.cluster.network
    assert {network.request("web", "nettool").verdict.pod for _ in range(30)} == old, "they leave, and still serve"
    (part,) = lab.cluster.store.list("EndpointSlice", "default", labels="kubernetes.io/service-name=web")
    assert [e["conditions"]["terminating"] for e in part["endpoints"]] == [True] * 3
    lab.settle()
    assert ends(lab, times=3) == {hops.REFUSED}


def test_policies_local() -> None:
    lab = lab_with(f"{PORTS}, type: NodePort, externalTrafficPolicy: Local")
    port = spec_of(lab)["ports"][0]["nodePort"]
    here = lab.path(f"192.168.56.22:{port}", client="outside")
    assert here.verdict.pod in pods(lab, "kube-node2")
    assert here.verdict.source == "192.168.56.1", "the client's own address"
    assert ends(lab, f"192.168.56.11:{port}", "outside", 3) == {hops.TIMEOUT}, "no pod on the control plane"
    assert ends(lab) == pods(lab), "cluster IPs are not concerned"
    patch(lab, '"externalTrafficPolicy": "Cluster", "internalTrafficPolicy": "Local"')
    assert ends(lab, client="kube-node1") == pods(lab, "kube-node1")
    assert ends(lab, client="kube-master1", times=2) == {hops.TIMEOUT}
    assert lab.path(f"192.168.56.22:{port}", client="outside").verdict.source == "192.168.56.22", "masqueraded"


def test_affinity_holds_for_cluster_ip_and_node_port_alike_and_can_be_switched() -> None:
    lab = lab_with(f"{PORTS}, type: NodePort, {STICKY}")
    port = spec_of(lab)["ports"][0]["nodePort"]
    node = lab.path("web").hops[1].values["node"]
    address = {"kube-node1": "192.168.56.21", "kube-node2": "192.168.56.22", "kube-node3": "192.168.56.23"}[node]
    (stays,) = ends(lab)
    assert ends(lab, f"{address}:{port}") == {stays}
    patch(lab, '"sessionAffinity": "None"')
    assert ends(lab, times=40) == pods(lab)
    patch(lab, '"sessionAffinity": "ClientIP"')
    assert len(ends(lab)) == 1


def test_an_endpoint_that_comes_back_gets_nobody_back() -> None:
    lab = lab_with(f"{PORTS}, {STICKY}")
    (first,) = ends(lab)
    lab.kubectl(f"label pod {first} app-")
    (second,) = ends(lab)
    lab.kubectl("scale rs web --replicas=4")
    lab.kubectl(f"label pod {first} app=web")
    assert second != first
    assert ends(lab) == {second}


def test_a_load_balancer_waits_for_a_pool_and_for_room_in_it() -> None:
    lab = lab_with(f"{PORTS}, type: LoadBalancer")
    assert "<pending>" in lab.kubectl("get service web").stdout
    assert ends(lab, "192.168.56.200", "outside", 2) == {hops.TIMEOUT}
    lab.load_balancer("192.168.56.200-192.168.56.200")
    lab.kubectl("create -f -", stdin=SERVICE % ("second", f"{PORTS}, type: LoadBalancer"))
    assert ends(lab, "192.168.56.200", "outside") == pods(lab)
    assert "192.168.56.200" in lab.kubectl("get service web").stdout
    assert "<pending>" in lab.kubectl("get service second").stdout, "the pool is empty"
    lab.kubectl("delete service web")
    assert "192.168.56.200" in lab.kubectl("get service second").stdout


def test_an_external_name_is_only_a_name() -> None:
    lab = lab_with("type: ExternalName, externalName: www.example.com")
    (answer,) = lab.path("web").hops[:1]
    assert "www.example.com" in lab.kubectl("exec nettool -- dig +noall +answer +search web").stdout
    assert answer.stage == hops.NAME
    assert lab.path("web").verdict.outcome == hops.TIMEOUT, "outside, and there is no internet"
    lab.kubectl('patch service web -p \'{"spec": {"externalName": "192.168.56.21"}}\'')
    lab.wait("31s")
    assert lab.path("web").verdict.outcome == hops.UNRESOLVED, "an address is no name"


def test_headless_goes_to_a_pod_without_rules() -> None:
    lab = lab_with(f"clusterIP: None, {PORTS}")
    path = lab.path("web:8080")
    assert path.verdict.pod in pods(lab)
    assert not any(hop.stage == hops.REWRITE for hop in path.hops)
    assert lab.path("web").verdict.outcome == hops.REFUSED, "nobody turns port 80 into 8080"


def test_a_pod_that_meets_itself_is_seen_with_its_nodes_address() -> None:
    lab = lab_with(PORTS)
    seen = {}
    client = min(pods(lab))
    for _ in range(40):
        verdict = lab.path("web", client=client).verdict
        seen[verdict.pod == client] = verdict.source
    assert seen[True].startswith("192.168.56.2")
    assert seen[False].startswith("10.233.")


@pytest.mark.parametrize(("name", "kind", "values"), [
    ("_http._tcp.web.default.svc.cluster.local", "SRV", ["0 100 80 web.default.svc.cluster.local."]),
    ("_nothing._tcp.web.default.svc.cluster.local", "SRV", []),
    ("_http._udp.web.default.svc.cluster.local", "SRV", []),
    ("web.default.svc.cluster.local", "SRV", ["0 100 80 web.default.svc.cluster.local."]),
    ("named.default.svc.cluster.local", "A", ["10.233.", "10.233."]),
    ("one.named.default.svc.cluster.local", "A", ["10.233."]),
    ("nobody.named.default.svc.cluster.local", "A", []),
    ("_http._tcp.named.default.svc.cluster.local", "SRV", ["0 50 8080 one.named.", "0 50 8080 two.named."]),
    ("ext.default.svc.cluster.local", "A", ["www.example.com.", "203.0.113."]),
    ("ext.default.svc.cluster.local", "SRV", []),
])  # fmt: skip
def test_names(name: str, kind: str, values: list[str]) -> None:
    lab = lab_with("ports: [{name: http, port: 80, targetPort: 8080}]")
    lab.kubectl("create service externalname ext --external-name www.example.com")
    headless = SERVICE.replace("app: web", "app: named") % (
        "named",
        "clusterIP: None, ports: [{name: http, port: 8080}]",
    )
    lab.kubectl("create -f -", stdin=headless)
    for host in ("one", "two"):
        spec = f"{{hostname: {host}, subdomain: named, containers: [{{name: main, image: c1t1d0s7/myweb}}]}}"
        pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p-{host}, labels: {{app: named}}}}\nspec: {spec}\n"
        lab.kubectl("create -f -", stdin=pod)
    lab.settle()
    said = lab.cluster.network.world.authority.answer(name, kind)
    found = sorted(record.value for record in said.answers)
    assert len(found) == len(values), (said.code, found)
    for value, begins in zip(found, sorted(values), strict=True):
        assert value.startswith(begins)


def test_reverse_names_and_the_nodes_cache() -> None:
    lab = lab_with("ports: [{name: http, port: 80, targetPort: 8080}]")
    ip = spec_of(lab)["clusterIP"]
    said = lab.kubectl(f"exec nettool -- nslookup {ip}").stdout
    assert f"{'.'.join(reversed(ip.split('.')))}.in-addr.arpa" in said
    assert "web.default.svc.cluster.local." in said
    lives = []
    for pause in ("0s", "2s", "6s"):
        lab.wait(pause)
        row = lab.kubectl("exec nettool -- dig +noall +answer +search web").stdout
        lives.append(int(re.split(r"\s+", row)[1]))
    assert lives[0] == lives[2] == 5, "asked anew"
    assert lives[1] in (2, 3)
