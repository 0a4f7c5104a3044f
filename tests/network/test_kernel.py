"""The rule text on a real kernel, beside the simulation: who answers, what he sees, who is refused, who is remembered.

Needs root, network namespaces and iptables with its usual matches (see rig.py), and takes real time: so it is run when
asked for (`make kernel`) and is skipped, with the reason, where it cannot be.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from kubelab.network import hosts
from tests.network import rig, small

NODE = "kube-node1"
ADDRESS = "192.168.56.21"
BALANCED = "192.168.56.200"
SPACES = {"node": NODE, "outside": "outside"}
ASKED = 45
"""Connections that meet each of three pods, but for once in ten million times."""


def world() -> small.Small:
    """Services of every kind before the same three pods, one on each worker."""
    made = small.web(3, type="NodePort", nodePort=31000)
    all_pods, here, away = ["web-1", "web-2", "web-3"], ["web-1"], ["web-2", "web-3"]
    leaving = {"ready": False, "serving": True, "terminating": True}
    sticky = {"sessionAffinity": "ClientIP"}
    brief = {**sticky, "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 1}}}
    outer = {"externalTrafficPolicy": "Local"}
    walled = {"loadBalancerSourceRanges": ["192.168.0.0/16", "10.233.101.0/24"], "externalIPs": ["192.168.56.250"]}
    rows = [
        ("empty", "NodePort", 31001, [], {}),
        ("sticky", "NodePort", 31002, all_pods, sticky),
        ("brief", "ClusterIP", 0, all_pods, brief),
        ("outer", "NodePort", 31003, all_pods, outer),
        ("outer-away", "NodePort", 31004, away, outer),
        ("inner", "ClusterIP", 0, all_pods, {"internalTrafficPolicy": "Local"}),
        ("inner-away", "NodePort", 31005, away, {"internalTrafficPolicy": "Local"}),
        ("own", "ClusterIP", 0, here, {}),
        ("deaf", "ClusterIP", 0, all_pods, {}),
        ("lb", "LoadBalancer", 31006, all_pods, walled),
        ("lb-shut", "LoadBalancer", 31007, all_pods, {"loadBalancerSourceRanges": ["172.16.0.0/12"]}),
        ("leaving", "ClusterIP", 0, all_pods, {}),
        ("crowd", "ClusterIP", 0, ["web-1", "web-2"], sticky),
        ("outer-sticky", "NodePort", 31008, all_pods, {**outer, **sticky}),
    ]
    for at, (name, kind, node_port, pods, spec) in enumerate(rows):
        given = {"type": kind, "clusterIP": f"10.233.20.{at + 1}", **({"nodePort": node_port} if node_port else {})}
        made.service(name, {**given, **spec})
        conditions = {"web_2": leaving, "web_3": {**leaving, "serving": False}} if name == "leaving" else {}
        if name == "leaving":
            conditions["web_1"] = {"ready": False, "serving": False, "terminating": False}
        made.slice(name, pods, [("", 9 if name == "deaf" else 8080, "TCP")], **conditions)
    for name, ip in (("lb", BALANCED), ("lb-shut", "192.168.56.201")):
        service = made.store.find("Service", "default", name)
        assert service is not None
        made.store.update_status({**service, "status": {"loadBalancer": {"ingress": [{"ip": ip}]}}})
    return made


WORLD = world()


def cluster_ip(service: str) -> str:
    found = WORLD.store.find("Service", "default", service)
    assert found is not None
    return str(found["spec"]["clusterIP"])


@pytest.fixture(scope="module", params=rig.VARIANTS)
def node(request: pytest.FixtureRequest) -> Iterator[rig.Rig]:
    reason = rig.missing(request.param)
    if reason:
        pytest.skip(f"no real kernel to try it on: {reason}")
    with rig.rig(request.param) as made:
        for pod in WORLD.store.list("Pod", "default"):
            name = pod["metadata"]["name"]
            made.pod(name, hosts.pod_ip(pod))
            made.serve(name, 8080)
        made.ip("outside", *(f"route add {ip} via {ADDRESS}" for ip in (BALANCED, "192.168.56.201", "192.168.56.250")))
        made.load(WORLD.network.rules(node=NODE))
        yield made


def bare(text: str) -> list[str]:
    return [re.sub(r"\[\d+:\d+\]", "[0:0]", row) for row in text.splitlines() if not row.startswith("#")]


def rules_only(text: str) -> list[str]:
    """The rules, without the marks of who wrote them: the older iptables orders chains in its own way."""
    return sorted(row for row in bare(text) if row.startswith("-A"))


@pytest.mark.kernel
@pytest.mark.parametrize("machine", ["kube-node3", "kube-master1", NODE])
def test_the_kernel_gives_back_what_it_is_given(node: rig.Rig, machine: str) -> None:
    text = WORLD.network.rules(node=machine)
    node.load(text)
    kept = node.saved("filter") + node.saved("nat")
    if node.variant == "iptables-nft":
        assert bare(kept) == bare(text)
    else:
        assert rules_only(kept) == rules_only(text)


INSIDE = [
    *((name, 80) for name in ("web", "empty", "inner", "inner-away", "deaf", "leaving", "lb")),
    ("web", 81),
    ("10.233.50.50", 80),
]
ANYWHERE = [
    *((ADDRESS, 31000 + n) for n in (0, 1, 3, 4, 5, 6, 9)),
    *((ip, 80) for ip in (BALANCED, "192.168.56.201", "192.168.56.250")),
]
WAYS = [
    pytest.param(space, target, port, id=f"{space} to {target}:{port}")
    for space in ("nettool", "web-1", "node", "outside")
    for target, port in (ANYWHERE if space == "outside" else INSIDE + ANYWHERE)
]


@pytest.mark.kernel
@pytest.mark.parametrize(("space", "target", "port"), WAYS)
def test_the_kernel_does_what_the_simulation_does(
    node: rig.Rig, monkeypatch: pytest.MonkeyPatch, space: str, target: str, port: int
) -> None:
    # In the rig all that is announced is announced by the one node.
    monkeypatch.setattr(WORLD.network.roads, "announcer", lambda ip: NODE)
    ip = target if hosts.is_address(target) else cluster_ip(target)
    source = WORLD.network.place(SPACES.get(space, space))
    said = [WORLD.network.roads.connect(source, ip, port) for _ in range(ASKED)]
    simulated = {(v.outcome, v.pod, v.source) if v.answered else (v.outcome, "", "") for v in said}
    times = ASKED if said[0].answered else 1 if said[0].outcome == "timed out" else 8
    assert {node.connect(space, ip, port) for _ in range(times)} == simulated


@pytest.mark.kernel
def test_a_pod_may_meet_itself(node: rig.Rig) -> None:
    assert node.connect("web-1", cluster_ip("own"), 80) == ("answered", "web-1", ADDRESS)
    met = WORLD.network.roads.connect(WORLD.network.place("web-1"), cluster_ip("own"), 80)
    assert (met.pod, met.source) == ("web-1", ADDRESS)


@pytest.mark.kernel
def test_shares_are_even(node: rig.Rig) -> None:
    counts = Counter(node.connect("nettool", cluster_ip("web"), 80)[1] for _ in range(900))
    assert sum((n - 300) ** 2 / 300 for n in counts.values()) < 27.6  # chi square, 2 degrees: once in a million
    assert len(counts) == 3


@pytest.mark.kernel
def test_a_client_stays_by_cluster_ip_and_node_port_alike(node: rig.Rig) -> None:
    ip = cluster_ip("sticky")
    first = node.connect("nettool", ip, 80)[1]
    assert {node.connect("nettool", ip, 80)[1] for _ in range(30)} == {first}
    assert {node.connect("nettool", ADDRESS, 31002)[1] for _ in range(10)} == {first}
    port = next(p for p in WORLD.network.proxy.ports() if p.service == "sticky")
    lists = {e.pod: node.remembered(port.endpoint_chain(e)) for e in port.endpoints}
    client = WORLD.network.place("nettool").ip
    assert [pod for pod, clients in lists.items() if client in clients] == [first]


@pytest.mark.kernel
def test_each_connection_starts_the_time_afresh_and_it_ends(node: rig.Rig) -> None:
    ip = cluster_ip("brief")
    seen = []
    for _ in range(5):
        seen.append(node.connect("nettool", ip, 80)[1])
        time.sleep(0.5)
    assert len(dict.fromkeys(seen)) == 1, "2.5 s with a timeout of 1 s"
    for _ in range(14):
        time.sleep(1.1)
        seen.append(node.connect("nettool", ip, 80)[1])
        if seen[-1] != seen[0]:
            break
    assert seen[-1] != seen[0]


@pytest.mark.kernel
def test_a_list_of_a_hundred_overflows_in_both(node: rig.Rig) -> None:
    """300 clients in turn before two pods: 150 a list, so nearly everybody is forgotten until his next turn."""
    ip, count = cluster_ip("crowd"), 300
    sources = [f"10.233.112.{n + 1}" if n < 250 else f"10.233.113.{n - 249}" for n in range(count)]
    node.ip("nettool", *(f"address add {source}/32 dev eth0" for source in sources))
    node.ip("node", "route add 10.233.112.0/23 via 10.233.101.3 dev cali3 onlink")
    node.write("net/ipv4/conf/cali3/rp_filter", "0")
    rounds = [[node.connect("nettool", ip, 80, source)[1] for source in sources] for _ in range(4)]
    simulated = [WORLD.network.traffic("crowd", count, count, node=NODE) for _ in range(4)]
    assert all(set(row) == {"web-1", "web-2"} for row in rounds)
    moved = sum(a != b for a, b in zip(rounds[2], rounds[3], strict=True))
    before, after = (sent.table.argmax(axis=1) for sent in simulated[2:])
    assert abs(moved - int((before != after).sum())) < 60
    port = next(p for p in WORLD.network.proxy.ports() if p.service == "crowd")
    assert [len(node.remembered(port.endpoint_chain(e))) for e in port.endpoints] == [100, 100]


def test_without_endpoints_the_text_rejects_in_the_filter_table() -> None:
    text = WORLD.network.rules(node=NODE)
    filtered = text[: text.index("*nat")]
    jump = '-m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES'
    assert f"-A FORWARD {jump}\n" in filtered
    assert f"-A OUTPUT {jump}\n" in filtered
    rejected = '-p tcp -m comment --comment "default/empty has no endpoints" -m tcp --dport 80 -j REJECT'
    assert f"-A KUBE-SERVICES -d {cluster_ip('empty')}/32 {rejected} --reject-with icmp-port-unreachable\n" in filtered
