import re

import pytest

from kubelab.network import rules
from tests.network import small


def text(world: small.Small, node: str = "kube-node1") -> str:
    return world.network.rules("iptables", node)


def chain(world: small.Small, name: str, node: str = "kube-node1") -> list[str]:
    return [row[len(name) + 4 :] for row in text(world, node).splitlines() if row.startswith(f"-A {name} ")]


SHOWN = {2: "0.50000000000", 3: "0.33333333349", 4: "0.25000000000", 5: "0.20000000019", 6: "0.16666666651",
         7: "0.14285714272", 8: "0.12500000000", 9: "0.11111111101"}  # fmt: skip


@pytest.mark.parametrize(("left", "shown"), SHOWN.items())
def test_probability_digits(left: int, shown: str) -> None:
    assert rules.probability(left) == shown


def test_a_service_of_three() -> None:
    world = small.web(3)
    port = world.network.proxy.ports_of(("default", "web"))[0]
    first, second, third = (port.endpoint_chain(endpoint) for endpoint in port.endpoints)
    assert chain(world, port.chain("KUBE-SVC-")) == [
        '! -s 10.233.64.0/18 -d 10.233.10.5/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 '
        "-j KUBE-MARK-MASQ",
        '-m comment --comment "default/web -> 10.233.101.4:8080" -m statistic --mode random '
        f"--probability 0.33333333349 -j {first}",
        '-m comment --comment "default/web -> 10.233.103.2:8080" -m statistic --mode random '
        f"--probability 0.50000000000 -j {second}",
        f'-m comment --comment "default/web -> 10.233.76.2:8080" -j {third}',
    ]
    assert chain(world, first) == [
        '-s 10.233.101.4/32 -m comment --comment "default/web" -j KUBE-MARK-MASQ',
        '-p tcp -m comment --comment "default/web" -m tcp -j DNAT --to-destination 10.233.101.4:8080',
    ]


def test_affinity_comes_before_the_odds() -> None:
    world = small.web(2, sessionAffinity="ClientIP")
    svc = world.network.proxy.ports_of(("default", "web"))[0].chain("KUBE-SVC-")
    rows = chain(world, svc)[1:]
    kinds = ["recent" if "--rcheck" in row else "odds" for row in rows]
    assert kinds == ["recent", "recent", "odds", "odds"]
    sep = rows[0].rpartition(" ")[2]
    assert (
        f"-m recent --rcheck --seconds 10800 --reap --name {sep} --mask 255.255.255.255 --rsource -j {sep}" in rows[0]
    )
    assert f"-m recent --set --name {sep} --mask 255.255.255.255 --rsource -m tcp -j DNAT" in chain(world, sep)[1]


def test_without_endpoints() -> None:
    world = small.web(0, type="NodePort", nodePort=31111)
    assert chain(world, "KUBE-SERVICES")[0] == (
        '-d 10.233.10.5/32 -p tcp -m comment --comment "default/web has no endpoints" -m tcp --dport 80 '
        "-j REJECT --reject-with icmp-port-unreachable"
    )
    assert chain(world, "KUBE-EXTERNAL-SERVICES") == [
        '-p tcp -m comment --comment "default/web has no endpoints" -m addrtype --dst-type LOCAL -m tcp --dport 31111 '
        "-j REJECT --reject-with icmp-port-unreachable"
    ]


def test_node_ports() -> None:
    world = small.web(1, type="NodePort", nodePort=31111)
    port = world.network.proxy.ports_of(("default", "web"))[0]
    ext, svc = port.chain("KUBE-EXT-"), port.chain("KUBE-SVC-")
    assert chain(world, "KUBE-NODEPORTS") == [
        f'-p tcp -m comment --comment "default/web" -m tcp --dport 31111 -j {ext}'
    ]
    assert chain(world, ext) == [
        '-m comment --comment "masquerade traffic for default/web external destinations" -j KUBE-MARK-MASQ',
        f"-j {svc}",
    ]
    assert chain(world, "KUBE-SERVICES")[-1].endswith("-m addrtype --dst-type LOCAL -j KUBE-NODEPORTS")


def test_policy_local_differs_by_node() -> None:
    world = small.web(1, type="NodePort", nodePort=31111, externalTrafficPolicy="Local")
    port = world.network.proxy.ports_of(("default", "web"))[0]
    ext, svl = port.chain("KUBE-EXT-"), port.chain("KUBE-SVL-")
    assert chain(world, ext)[-1] == f"-j {svl}"
    assert chain(world, "KUBE-EXTERNAL-SERVICES", "kube-node2")[0].endswith("--dport 31111 -j DROP")
    assert svl not in text(world, "kube-node2")


def test_comments_go_in_large_clusters() -> None:
    world = small.web(0)
    world.slice("web", [f"10.233.{a}.{b}" for a in (65, 66, 67, 68) for b in range(1, 255)])
    assert '"default/web -> ' not in text(world)
    assert '"default/web cluster IP"' in text(world)


def test_every_jump_leads_to_a_chain() -> None:
    world = small.web(3, type="NodePort", nodePort=31111, externalTrafficPolicy="Local", sessionAffinity="ClientIP")
    for table in text(world).split("COMMIT")[:2]:
        chains = re.findall(r"^:(\S+)", table, re.M)
        goals = set(re.findall(r"-j (KUBE-\S+)", table))
        assert goals <= set(chains)
        assert len(chains) == len(set(chains))
        assert all(len(name) <= 28 for name in chains)


def test_other_modes_and_nodes_are_refused() -> None:
    world = small.web(1)
    with pytest.raises(ValueError, match="iptables mode only"):
        world.network.rules("ipvs")
    with pytest.raises(ValueError, match="unknown proxy mode 'userspace'"):
        world.network.rules("userspace")
    world.network.use("nftables")
    with pytest.raises(ValueError, match=r"mode 'nftables': .* iptables mode only"):
        world.network.rules()
    assert world.network.rules("iptables")
    world.network.use("iptables")
    with pytest.raises(ValueError, match="no node 'nowhere': one of kube-master1, kube-node1"):
        world.network.rules("iptables", "nowhere")
