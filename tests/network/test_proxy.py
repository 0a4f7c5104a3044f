from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubelab.network import balancers, hops, hosts, proxy, services
from tests.network import small

WEB = ("default", "web")


def lane(world: small.Small, client: str = "nettool", ip: str = "10.233.10.5", port: int = 80) -> balancers.Lane:
    place = world.network.place(client)
    return world.network.proxy.lane(place, place.node, ip, port)


def ask(world: small.Small, client: str = "nettool") -> str:
    return world.network.request("10.233.10.5", client).verdict.pod


def test_chain_names() -> None:
    def port(name: str, protocol: str = "tcp") -> services.ServicePort:
        namespace, _, rest = name.partition("/")
        service, _, port_name = rest.partition(":")
        return services.ServicePort(namespace, service, port_name, protocol, "", 80)

    assert port("default/kubernetes:https").chain("KUBE-SVC-") == "KUBE-SVC-NPX46M4PTMTKRN6Y"
    assert port("kube-system/kube-dns:dns", "udp").chain("") == "TCOU7JCQXEZGVUNU"
    assert port("kube-system/kube-dns:dns-tcp").chain("") == "ERIFXISQEP7F7OF4"
    assert port("default/mynapp-svc").chain("") == "B7BEIUW65U7ZGXMS"
    endpoint = services.Endpoint("10.233.90.2", 80)
    assert port("default/mynapp-svc").endpoint_chain(endpoint) == "KUBE-SEP-7NSZVBARWJV7QK62"


def test_endpoints_are_in_text_order_and_odds_lead_to_them() -> None:
    world = small.web(3)
    path = world.network.request("10.233.10.5", "nettool")
    said = [hop.text for hop in path.hops if hop.rule.startswith("KUBE-SVC")]
    assert said[0].startswith("10.233.101.4:8080: odds 1/3, drawn 0.")
    order = [e.address for e in lane(world).endpoints]
    assert order == sorted(order)
    assert path.verdict.outcome == hops.ANSWERED
    assert path.verdict.source == "10.233.101.3", "the pod sees the client's own address"


@settings(deadline=None)
@given(st.integers(2, 40), st.floats(0, 1, exclude_max=True))
def test_the_odds_that_are_shown_lead_to_what_is_drawn(n: int, u: float) -> None:
    endpoints = tuple(services.Endpoint(f"10.0.0.{i}", 80) for i in range(n))
    index = min(int(u * n), n - 1)
    rows = balancers.explain_odds(balancers.Lane("dnat", "n", "c", endpoints, False, ""), index, u)
    assert len(rows) == index + 1
    assert [row.text.rpartition(" ")[2] for row in rows] == ["no"] * index + ["yes"]


def test_shares_are_even() -> None:
    world = small.web(4)
    here = lane(world)
    counts = Counter(world.network.proxy.pick(here, "10.233.101.3").address for _ in range(8000))
    chi_square = sum((n - 2000) ** 2 / 2000 for n in counts.values())
    assert len(counts) == 4
    assert chi_square < 16.3, "three degrees of freedom, one in a thousand"


def test_one_endpoint_takes_no_draw() -> None:
    world = small.web(1)
    before = world.chance.snapshot()
    assert ask(world) == "web-1"
    assert world.chance.snapshot() == before


# ---- affinity


def sticky(count: int = 3, seconds: int = 10_800, seed: int = 1) -> small.Small:
    config = {"clientIP": {"timeoutSeconds": seconds}}
    return small.web(count, seed, sessionAffinity="ClientIP", sessionAffinityConfig=config)


def test_a_client_stays_and_each_connection_starts_the_time_afresh() -> None:
    world = sticky(seconds=5, seed=3)
    first = ask(world)
    for _ in range(20):
        world.clock.run_for(5_000)
        assert ask(world) == first
    seen = set()
    for _ in range(20):
        world.clock.run_for(5_001)
        seen.add(ask(world))
    assert len(seen) == 3


@settings(deadline=None)
@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=20), st.integers(1, 10), st.integers(0, 99))
def test_law_of_affinity(gaps: list[int], seconds: int, seed: int) -> None:
    world = sticky(5, seconds, seed)
    before = ask(world)
    for gap in gaps:
        world.clock.run_for(gap)
        now = ask(world)
        assert gap > seconds * 1000 or now == before
        before = now


def test_lists_are_per_node_and_per_port() -> None:
    world = sticky(3)
    world.pod("other", "kube-node2", image=small.MULTITOOL)
    ask(world, "nettool")
    ask(world, "other")
    memory = world.network.proxy.state.memory.snapshot()
    assert list(memory) == ["kube-node1", "kube-node2"]
    assert list(memory["kube-node1"]) == ["default/web|tcp"]


def test_refused_connections_refresh_too() -> None:
    world = sticky(3, seconds=5)
    first = ask(world)
    world.container(first)["ports"] = []
    for _ in range(5):
        world.clock.run_for(4_000)
        verdict = world.network.request("10.233.10.5", "nettool").verdict
        assert (verdict.outcome, verdict.pod) == (hops.REFUSED, first)


def test_only_clients_of_a_gone_endpoint_choose_anew_and_nobody_returns() -> None:
    world = sticky(3)
    first = ask(world)
    rest = [name for name in ("web-1", "web-2", "web-3") if name != first]
    world.slice("web", rest)
    second = ask(world)
    assert second in rest
    world.slice("web", ["web-1", "web-2", "web-3"])
    assert {ask(world) for _ in range(5)} == {second}


def test_an_endpoint_that_left_and_came_back_unasked_is_forgotten() -> None:
    world = sticky(3)
    first = ask(world)
    world.slice("web", [name for name in ("web-1", "web-2", "web-3") if name != first])
    world.slice("web", ["web-1", "web-2", "web-3"])
    assert world.network.proxy.state.memory.snapshot() == {"kube-node1": {}}


def test_switching_affinity_off_forgets() -> None:
    world = sticky(3)
    ask(world)
    world.service("web", {})
    assert world.network.proxy.state.memory.snapshot() == {"kube-node1": {}}
    assert len({ask(world) for _ in range(40)}) == 3


def test_a_changed_timeout_keeps_what_is_remembered() -> None:
    world = sticky(3, seconds=10_800)
    first = ask(world)
    world.service("web", {"sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 60}}})
    world.clock.run_for(60_000)
    assert ask(world) == first


def test_a_list_holds_a_hundred_addresses() -> None:
    world = sticky(1)
    here = lane(world)
    for number in range(150):
        world.network.proxy.pick(here, f"10.233.112.{number}")
    (clients,) = world.network.proxy.state.memory.seen("kube-node1", "default/web|tcp").values()
    assert list(clients) == [f"10.233.112.{number}" for number in range(50, 150)]


def test_memory_comes_back_with_a_snapshot() -> None:
    world = sticky(3)
    first = ask(world)
    kept = world.network.snapshot()
    world.service("web", {})
    world.service("web", {"sessionAffinity": "ClientIP"})
    world.network.restore(kept)
    assert {ask(world) for _ in range(10)} == {first}
    assert world.network.request("10.233.10.5", "nettool").hops[-2].stage == hops.REWRITE


# ---- policies


def test_without_endpoints_the_connection_is_refused() -> None:
    world = small.web(3)
    world.slice("web", [])
    verdict = world.network.request("10.233.10.5", "nettool").verdict
    assert verdict.outcome == hops.REFUSED
    assert "has no endpoints" in verdict.text


def test_an_unused_port_and_an_unused_address_time_out() -> None:
    world = small.web(3)
    for target in ("10.233.10.5:81", "10.233.44.4", "203.0.113.10", "10.233.101.99"):
        assert world.network.request(target, "nettool").verdict.outcome == hops.TIMEOUT


def test_terminating_endpoints_are_the_last_resort() -> None:
    world = small.web(2)
    leaving = {"ready": False, "serving": True, "terminating": True}
    world.slice("web", ["web-1", "web-2"], web_1=leaving)
    assert {ask(world) for _ in range(20)} == {"web-2"}
    world.slice("web", ["web-1", "web-2"], web_1=leaving, web_2={"ready": False, "serving": False})
    assert {ask(world) for _ in range(20)} == {"web-1"}


def test_internal_traffic_policy_local() -> None:
    world = small.web(3, internalTrafficPolicy="Local")
    assert {ask(world) for _ in range(20)} == {"web-1"}, "the only pod on the client's node"
    world.slice("web", ["web-2", "web-3"])
    verdict = world.network.request("10.233.10.5", "nettool").verdict
    assert verdict.outcome == hops.TIMEOUT
    assert "no local endpoints" in verdict.text


def node_port(**spec: Any) -> small.Small:
    return small.web(2, type="NodePort", nodePort=31111, **spec)


def test_any_node_answers_on_a_node_port_and_hides_the_client() -> None:
    world = node_port()
    for number, node in ((21, "kube-node1"), (23, "kube-node3"), (11, "kube-master1")):
        verdict = world.network.request(f"192.168.56.{number}:31111", "outside").verdict
        assert verdict.answered
        assert verdict.source == f"192.168.56.{number}", f"masqueraded by {node}"


def test_external_traffic_policy_local_keeps_the_client_and_drops_elsewhere() -> None:
    world = node_port(externalTrafficPolicy="Local")
    here = world.network.request("192.168.56.21:31111", "outside").verdict
    assert (here.pod, here.source) == ("web-1", "192.168.56.1")
    assert world.network.request("192.168.56.23:31111", "outside").verdict.outcome == hops.TIMEOUT
    inside = {world.network.request("192.168.56.21:31111", "nettool").verdict.pod for _ in range(20)}
    assert inside == {"web-1", "web-2"}, "pods of the node itself are led by policy Cluster"


def test_a_node_port_of_another_node_is_asked_in_the_own_nodes_name() -> None:
    world = node_port(externalTrafficPolicy="Local")
    verdict = world.network.request("192.168.56.22:31111", "nettool").verdict
    assert (verdict.pod, verdict.source) == ("web-2", "192.168.56.21")


def test_cluster_ips_are_not_for_outside() -> None:
    assert small.web(3).network.request("10.233.10.5", "outside").verdict.outcome == hops.TIMEOUT


def test_a_node_is_masqueraded() -> None:
    world = small.web(3)
    assert world.network.request("10.233.10.5", "kube-node2").verdict.source == "192.168.56.22"


def test_hairpin() -> None:
    world = small.web(1)
    verdict = world.network.request("10.233.10.5", "web-1").verdict
    assert (verdict.pod, verdict.source) == ("web-1", "192.168.56.21")


def balanced(**spec: Any) -> small.Small:
    world = small.web(2, type="LoadBalancer", **spec)
    service = world.store.find("Service", "default", "web")
    assert service is not None
    world.store.update_status({**service, "status": {"loadBalancer": {"ingress": [{"ip": "192.168.56.200"}]}}})
    return world


def test_load_balancer_address() -> None:
    world = balanced()
    assert world.network.request("192.168.56.200", "outside").verdict.answered
    assert world.network.request("192.168.56.200", "nettool").verdict.answered


def test_load_balancer_with_policy_local_is_announced_where_a_pod_is() -> None:
    world = balanced(externalTrafficPolicy="Local")
    world.slice("web", ["web-2"])
    verdict = world.network.request("192.168.56.200", "outside").verdict
    assert (verdict.pod, verdict.source) == ("web-2", "192.168.56.1")


def test_source_ranges() -> None:
    world = balanced(loadBalancerSourceRanges=["172.16.0.0/12"])
    assert world.network.request("192.168.56.200", "outside").verdict.outcome == hops.TIMEOUT


def test_foreign_proxies_and_headless_services_have_no_rules() -> None:
    world = small.web(1, clusterIP="None")
    world.service("mine", {"clusterIP": "10.233.10.7"}, labels={"service.kubernetes.io/service-proxy-name": "x"})
    assert [p.name for p in world.network.proxy.ports() if p.namespace == "default"] == ["default/kubernetes:https"]


def test_zone_hints() -> None:
    near, far = (services.Endpoint("10.0.0.1", 80, ready=True, zones=(z,)) for z in ("a", "b"))
    assert services.hinted_endpoints((near, far), "n", "a") == (near,)
    assert services.hinted_endpoints((near, far), "n", "c") == (near, far)
    assert services.hinted_endpoints((near, services.Endpoint("10.0.0.3", 80)), "n", "a")[1:] != ()


# ---- the other modes


def test_ipvs_goes_round_and_refuses_unused_ports() -> None:
    world = small.web(3)
    world.network.use("ipvs")
    order = [ask(world) for _ in range(6)]
    assert order[:3] == order[3:]
    assert len(set(order)) == 3
    assert world.network.request("10.233.10.5:81", "nettool").verdict.outcome == hops.REFUSED


def test_ipvs_counts_connections_for_two_minutes() -> None:
    world = small.web(3)
    world.network.use("ipvs", "lc")
    assert Counter(ask(world) for _ in range(9)) == {"web-1": 3, "web-2": 3, "web-3": 3}
    ask(world)
    kept = world.network.snapshot()
    assert ask(world) == "web-2"
    world.network.restore(kept)
    world.clock.run_for(120_000)
    assert ask(world) == "web-1", "all are forgotten"


def test_ipvs_is_persistent() -> None:
    world = sticky(3, seconds=10)
    world.network.use("ipvs")
    assert len({ask(world) for _ in range(6)}) == 1


def test_nftables_has_no_limit_of_addresses() -> None:
    world = sticky(1)
    world.network.use("nftables")
    here = lane(world)
    for number in range(150):
        world.network.proxy.pick(here, f"10.233.112.{number}")
    (clients,) = world.network.proxy.state.memory.seen("kube-node1", "default/web|tcp").values()
    assert len(clients) == 150
    assert world.network.request("10.233.10.5:81", "nettool").verdict.outcome == hops.REFUSED


def test_unknown_modes_are_refused() -> None:
    world = small.web(1)
    with pytest.raises(ValueError, match="unknown proxy mode"):
        world.network.use("userspace")
    with pytest.raises(ValueError, match="scheduler 'mh' is not modelled"):
        world.network.use("ipvs", "mh")
    with pytest.raises(ValueError, match="mode nftables has no scheduler"):
        world.network.use("nftables", "rr")
    assert world.network.proxy.mode == "iptables"


def test_chains_are_named_where_there_are_chains() -> None:
    world = small.web(3, sessionAffinity="ClientIP")
    assert any(hop.rule.startswith("KUBE-SEP-") for hop in world.network.request("web", "nettool").hops)
    for mode in ("ipvs", "nftables"):
        world.network.use(mode)
        assert not any(hop.rule.startswith("KUBE-") for hop in world.network.request("web", "nettool").hops)


# ---- laws


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["ready", "leaving", "unready", "dead"]), max_size=5),
    st.sampled_from(["nettool", "kube-node2", "outside", "web-0"]),
    st.sampled_from(
        ["10.233.10.5", "192.168.56.21:31111", "192.168.56.23:31111", "10.233.10.5:81", "10.233.101.2:8080"]
    ),
    st.booleans(),
    st.booleans(),
    st.sampled_from(balancers.MODES),
)
def test_exactly_one_verdict(
    states: list[str], client: str, target: str, local: bool, keep: bool, mode: str
) -> None:  # fmt: skip
    policy = "Local" if local else "Cluster"
    spec = {"type": "NodePort", "nodePort": 31111, "externalTrafficPolicy": policy, "internalTrafficPolicy": policy}
    world = small.web(0, sessionAffinity="ClientIP" if keep else "None", **spec)
    world.network.use(mode)
    world.pod("web-0", "kube-node2")
    conditions = {}
    for at, state in enumerate(states):
        world.pod(f"pod-{at}", f"kube-node{at % 3 + 1}", ports=[] if state == "dead" else None)
        conditions[f"pod_{at}"] = {"ready": state in ("ready", "dead"), "serving": state == "leaving",
                                   "terminating": state == "leaving"}  # fmt: skip
    world.slice("web", [f"pod-{at}" for at in range(len(states))], **conditions)
    path = world.network.request(target, client)
    verdict = path.verdict
    assert verdict.outcome in (hops.ANSWERED, hops.REFUSED, hops.TIMEOUT)
    assert all(hop.text for hop in path.hops)
    assert verdict.text
    assert "{" not in str(path)
    if verdict.answered:
        pod = world.network.machines.pod(verdict.address.partition(":")[0])
        assert pod is not None
        assert pod["metadata"]["name"] == verdict.pod
        assert hosts.is_address(verdict.source)


def test_rules_follow_the_store() -> None:
    world = small.web(2)
    kept = world.network.proxy.ports_of(WEB)
    assert world.network.proxy.ports_of(WEB) is kept, "kept while nothing changes"
    world.slice("web", ["web-1"])
    assert [e.pod for e in world.network.proxy.ports_of(WEB)[0].endpoints] == ["web-1"]
    world.store.delete("Service", "default", "web")
    assert world.network.proxy.ports_of(WEB) == ()
    assert lane(world).fate == proxy.PASS
