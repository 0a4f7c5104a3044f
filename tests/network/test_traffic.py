from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubelab.network import sender, traffic
from tests.network import small


def single(
    world: small.Small, requests: int, clients: int, every: int = 0, node: str = ""
) -> dict[str, dict[str, int]]:
    """The same as traffic, one request after the other."""
    places = traffic.virtual_clients(world.network.machines, clients, node)
    start, found = world.clock.now, {place.name: Counter() for place in places}
    for k in range(requests):
        world.clock.run_until(start + k * every)
        place = places[k % clients]
        verdict = world.network.roads.connect(place, "10.233.10.5", 80)
        if verdict.answered:
            found[place.name][verdict.pod] += 1
    return {name: dict(counts) for name, counts in found.items()}


SPEC = {"sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 10}}}


@settings(deadline=None, max_examples=120)
@given(
    pods=st.integers(0, 5),
    requests=st.integers(1, 300),
    clients=st.integers(1, 40),
    every=st.sampled_from([0, 1, 700, 1_300, 3_000, 11_000]),
    sticky=st.booleans(),
    mode=st.sampled_from(["iptables", "nftables", "ipvs"]),
    policy=st.sampled_from(["Cluster", "Local"]),
    seed=st.integers(0, 5),
)
def test_bulk_does_what_single_requests_do(
    pods: int, requests: int, clients: int, every: int, sticky: bool, mode: str, policy: str, seed: int
) -> None:
    worlds = [small.web(pods, seed, internalTrafficPolicy=policy, **(SPEC if sticky else {})) for _ in range(2)]
    for world in worlds:
        world.network.use(mode)
    sent = worlds[0].network.traffic("web", requests, clients, every=every / 1000)
    assert sent.by_client == single(worlds[1], requests, clients, every)
    assert sum(sent.counts.values()) + sum(sent.failures.values()) == requests
    assert worlds[0].clock.now == worlds[1].clock.now
    assert worlds[0].chance.snapshot() == worlds[1].chance.snapshot(), "the same number of draws"
    assert worlds[0].network.proxy.snapshot() == worlds[1].network.proxy.snapshot(), "the same memory"
    first, second = (_rows(world.network.proxy.snapshot()["memory"]) for world in worlds)
    assert first == second, "in the same order"


@pytest.mark.parametrize("clients", [90, 150, 250, 320])
def test_bulk_does_so_with_lists_that_overflow(clients: int) -> None:
    one, two = small.web(3, **SPEC), small.web(3, **SPEC)
    sent = one.network.traffic("web", 4 * clients, clients, every=0.001, node="kube-node2")
    assert sent.by_client == single(two, 4 * clients, clients, 1, "kube-node2")
    assert one.network.snapshot() == two.network.snapshot()


def _rows(memory: dict[str, dict[str, dict[str, dict[str, int]]]]) -> list[object]:
    return [
        (n, p, a, list(c.items()))
        for n, ports in memory.items()
        for p, lists in ports.items()
        for a, c in lists.items()
    ]


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = small.web(3).network.traffic("web", 1000, 7).by_client
    monkeypatch.setattr(sender, "BLOCK", 97)
    assert small.web(3).network.traffic("web", 1000, 7).by_client == whole


def test_shares_and_band() -> None:
    sent = small.web(5).network.traffic("web", 100_000, 10)
    low, high = sent.band
    assert sent.expected == 0.2
    assert all(low - 400 < n < high + 400 for n in sent.counts.values())
    assert 19_700 < low < 20_000 < high < 20_300
    assert sum(low <= n <= high for n in sent.counts.values()) >= 3


def test_pods_that_nobody_met_are_counted_as_zero() -> None:
    sent = small.web(3, **SPEC).network.traffic("web", 100, 1)
    assert sorted(sent.counts.values()) == [0, 0, 100]


def test_many_clients_spread_and_stay() -> None:
    sent = small.web(3, **SPEC).network.traffic("web", 3000, 60)
    assert all(len(row) == 1 for row in sent.by_client.values())
    assert all(n > 0 for n in sent.counts.values())


def test_lists_of_a_hundred_overflow_on_one_node() -> None:
    def kept(clients: int) -> int:
        sent = small.web(3, **SPEC).network.traffic("web", clients * 4, clients, node="kube-node1")
        return sum(len(row) == 1 for row in sent.by_client.values())

    assert kept(200) == 200
    assert kept(500) < 40, "by chance alone it would be 500/27"


def test_failures_say_why() -> None:
    world = small.web(0)
    sent = world.network.traffic("web", 10)
    assert sent.failures == {"refused: default/web has no endpoints: 10.233.10.5:80 is refused (REJECT)": 10}
    assert sent.counts == {}
    world = small.web(2)
    world.container("web-1")["ports"] = []
    sent = world.network.traffic("web", 1000)
    (reason,) = sent.failures
    assert reason == "refused: nothing in web-1 listens on port 8080"
    assert sent.counts["web-2"] + sent.failures[reason] == 1000


def test_keepalive_chooses_once_a_client() -> None:
    sent = small.web(3).network.traffic("web", 900, 9, keepalive=True)
    assert all(list(row.values()) == [100] for row in sent.by_client.values())
    assert len([n for n in sent.counts.values() if n]) > 1


def test_what_changes_on_the_way_is_felt() -> None:
    world = small.web(3)
    world.clock.on("test", lambda name: world.slice("web", ["web-2"]))
    world.clock.after(50_000, "test", "shrink")
    start = world.clock.now
    sent = world.network.traffic("web", 100, every=1)
    assert world.clock.now == start + 99_000
    assert sent.counts["web-2"] > 50 + 5
    assert sum(sent.counts.values()) == 100
    assert world.network.before_change == []


def test_a_pod_that_goes_takes_its_connections_along() -> None:
    world = small.web(3)
    world.clock.on("test", lambda name: world.slice("web", ["web-2"]))
    world.clock.after(50_000, "test", "shrink")
    sent = world.network.traffic("web", 100, 5, every=1, keepalive=True)
    assert sum(sent.counts.values()) == 100


def test_from_pods_by_name_and_from_outside() -> None:
    world = small.web(2, type="NodePort", nodePort=31111)
    assert list(world.network.traffic("web", 10, ["nettool", "web-1"]).by_client) == ["nettool", "web-1"]
    sent = world.network.traffic("web", 10, 2, at="kube-node3")
    assert list(sent.by_client) == ["192.168.56.1", "192.168.57.1"]
    assert sum(sent.counts.values()) == 10


def test_behind_one_address_all_clients_are_one() -> None:
    sent = small.web(3, **SPEC).network.traffic("web", 300, 30, nat=True)
    assert len(sent.by_client) == 30
    assert sorted(sent.counts.values()) == [0, 0, 300]


def test_other_ports_and_namespaces() -> None:
    world = small.web(1)
    world.service("two", {"clusterIP": "10.233.10.6"}, [("http", 80, 8080, "TCP"), ("https", 443, 8443, "TCP")])
    world.slice("two", ["web-1"], [("http", 8080, "TCP"), ("https", 8443, "TCP")])
    assert world.network.traffic("default/two", 5).counts == {"web-1": 5}
    assert list(world.network.traffic("two", 5, port="https").failures.values()) == [5]


@pytest.mark.parametrize(
    ("service", "options", "said"),
    [
        ("nope", {}, 'no Service "nope" in namespace default'),
        ("web", {"requests": 0}, "requests: 1 to"),
        ("web", {"clients": 0}, "clients: 1 to"),
        ("web", {"clients": []}, "clients: a number"),
        ("web", {"clients": ["ghost"]}, 'no pod or node "ghost"'),
        ("web", {"port": 81}, "web has no port 81"),
        ("web", {"every": "soon"}, "every: for example"),
        ("web", {"every": -1}, "every: not negative"),
        ("web", {"at": "kube-node1"}, "web has no node port"),
        ("web", {"at": "nowhere"}, "no node 'nowhere'"),
        ("web", {"node": "nowhere"}, "no node 'nowhere'"),
        ("head", {}, "head is headless"),
    ],
)
def test_what_cannot_be_sent(service: str, options: dict[str, object], said: str) -> None:
    world = small.web(1)
    world.service("head", {"clusterIP": "None"})
    with pytest.raises(traffic.TrafficError, match=said):
        world.network.traffic(service, **options)


def test_it_prints_and_is_drawn_by_whoever_can(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = small.web(2).network.traffic("web", 100, 4)
    assert str(sent).splitlines()[0] == "100 requests to web from 4 client(s)"
    monkeypatch.setattr(traffic, "DRAW", [])
    with pytest.raises(traffic.TrafficError, match="no panels"):
        sent.figure()
    monkeypatch.setattr(traffic, "DRAW", [lambda it: it.requests])
    assert sent.figure() == 100


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    small.web(2).network.traffic("web", 10, progress=lambda done, of: told.append((done, of)))
    assert told == [(10, 10)]
