"""nslookup, dig, host and getent, against what the real programs printed for the same answers (see names.py)."""

import pytest

from kubelab.network import dns, resolver
from tests.network import small


@pytest.fixture
def world() -> small.Small:
    made = small.Small()
    made.pod("nettool", "kube-node1", image=small.MULTITOOL, ports=[[80, "tcp"]])
    made.pod("busy", "kube-node1", image="busybox", ports=[])
    for number in (1, 2, 3):
        made.pod(f"web-{number}", "kube-node3", ip=f"10.233.76.{number}")
    made.service("mynapp-svc", {"clusterIP": "10.233.10.5"}, [("http", 80, 8080, "TCP")])
    made.service("hl", {"clusterIP": "None"})
    made.slice("hl", ["web-3", "web-1", "web-2"], headless=True)
    made.service("en", {"type": "ExternalName", "externalName": "my.database.example.com", "clusterIP": ""}, [])
    return made


NSLOOKUP = """Server:\t\t169.254.25.10
Address:\t169.254.25.10#53

Name:\tmynapp-svc.default.svc.cluster.local
Address: 10.233.10.5

"""

DIG = """
; <<>> DiG 9.18.41 <<>> mynapp-svc.default.svc.cluster.local
;; global options: +cmd
;; Got answer:
;; WARNING: .local is reserved for Multicast DNS
;; You are currently testing what happens when an mDNS query is leaked to DNS
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: ID
;; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1
;; WARNING: recursion requested but not available

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
; COOKIE: COOKIE (echoed)
;; QUESTION SECTION:
;mynapp-svc.default.svc.cluster.local. IN A

;; ANSWER SECTION:
mynapp-svc.default.svc.cluster.local. 5\tIN A\t10.233.10.5

;; Query time: 1 msec
;; SERVER: 169.254.25.10#53(169.254.25.10) (UDP)
;; WHEN: Mon Nov 23 00:00:00 UTC 2026
;; MSG SIZE  rcvd: 129

"""

CASES = [
    ("nslookup mynapp-svc", NSLOOKUP, 0),
    ("nslookup mynapp-svc.default", NSLOOKUP, 0),
    (
        "nslookup nope",
        "Server:\t\t169.254.25.10\nAddress:\t169.254.25.10#53\n\n** server can't find nope: NXDOMAIN\n\n",
        1,
    ),
    (
        "nslookup en",
        "Server:\t\t169.254.25.10\nAddress:\t169.254.25.10#53\n\n"
        "en.default.svc.cluster.local\tcanonical name = my.database.example.com.\n"
        "Name:\tmy.database.example.com\nAddress: 203.0.113.22\n\n",
        0,
    ),
    ("nslookup 10.233.10.5", "5.10.233.10.in-addr.arpa\tname = mynapp-svc.default.svc.cluster.local.\n\n", 0),
    ("nslookup 10.233.10.6", "** server can't find 6.10.233.10.in-addr.arpa: NXDOMAIN\n\n", 1),
    (
        "nslookup -type=aaaa mynapp-svc.default.svc.cluster.local.",
        "Server:\t\t169.254.25.10\nAddress:\t169.254.25.10#53\n\n"
        "*** Can't find mynapp-svc.default.svc.cluster.local.: No answer\n\n",
        0,
    ),
    (
        "nslookup -type=srv _http._tcp.mynapp-svc.default.svc.cluster.local",
        "Server:\t\t169.254.25.10\nAddress:\t169.254.25.10#53\n\n"
        "_http._tcp.mynapp-svc.default.svc.cluster.local\tservice = 0 100 80 mynapp-svc.default.svc.cluster.local.\n\n",
        0,
    ),
    ("dig +short mynapp-svc.default.svc.cluster.local", "10.233.10.5\n", 0),
    ("dig +short mynapp-svc", "", 0),
    ("dig mynapp-svc +short +search", "10.233.10.5\n", 0),
    (
        "dig en.default.svc.cluster.local +noall +answer",
        "en.default.svc.cluster.local. 5\tIN\tCNAME\tmy.database.example.com.\n"
        "my.database.example.com. 30\tIN\tA\t203.0.113.22\n",
        0,
    ),
    (
        "dig +short SRV _http._tcp.mynapp-svc.default.svc.cluster.local",
        "0 100 80 mynapp-svc.default.svc.cluster.local.\n",
        0,
    ),
    ("dig -x 10.233.10.5 +short", "mynapp-svc.default.svc.cluster.local.\n", 0),
    (
        "dig mynapp-svc.default.svc.cluster.local +nocmd +nocomments +nostats",
        ";mynapp-svc.default.svc.cluster.local. IN A\nmynapp-svc.default.svc.cluster.local. 5\tIN A\t10.233.10.5\n",
        0,
    ),
    (
        "dig fail +nocmd +nocomments +nostats +noauthority",
        ";fail.\t\t\t\tIN\tA\n",
        0,
    ),
    ("host mynapp-svc", "mynapp-svc.default.svc.cluster.local has address 10.233.10.5\n", 0),
    (
        "host en",
        "en.default.svc.cluster.local is an alias for my.database.example.com.\n"
        "my.database.example.com has address 203.0.113.22\n",
        0,
    ),
    ("host nope", "Host nope not found: 3(NXDOMAIN)\n", 1),
    (
        "host 10.233.10.5",
        "5.10.233.10.in-addr.arpa domain name pointer mynapp-svc.default.svc.cluster.local.\n",
        0,
    ),
    ("getent hosts mynapp-svc", "10.233.10.5     mynapp-svc.default.svc.cluster.local\n", 0),
    ("getent hosts nope", "", 2),
]


@pytest.mark.parametrize(("line", "stdout", "code"), CASES, ids=[case[0] for case in CASES])
def test_tools(world: small.Small, line: str, stdout: str, code: int) -> None:
    done = world.exec("nettool", *line.split())
    assert (done.stdout, done.stderr, done.code) == (stdout, "", code)


def test_dig_in_full(world: small.Small) -> None:
    import re

    said = world.exec("nettool", "dig", "mynapp-svc.default.svc.cluster.local").stdout
    said = re.sub(r"id: \d+", "id: ID", re.sub(r"COOKIE: [0-9a-f]{16}", "COOKIE: COOKIE", said))
    assert said == DIG


BUSYBOX = """Server:\t\t169.254.25.10
Address:\t169.254.25.10:53

Name:\tmynapp-svc.default.svc.cluster.local
Address: 10.233.10.5

** server can't find mynapp-svc.svc.cluster.local: NXDOMAIN

** server can't find mynapp-svc.cluster.local: NXDOMAIN


** server can't find mynapp-svc.svc.cluster.local: NXDOMAIN

** server can't find mynapp-svc.cluster.local: NXDOMAIN

"""


def test_busybox_misleads(world: small.Small) -> None:
    done = world.exec("busy", "nslookup", "mynapp-svc")
    assert (done.stdout, done.code) == (BUSYBOX, 1)


def test_headless_in_any_order(world: small.Small) -> None:
    orders = set()
    for _ in range(20):
        said = world.exec("nettool", "dig", "+short", "hl.default.svc.cluster.local").stdout
        orders.add(said)
        world.clock.run_for(6_000)
    assert {tuple(sorted(said.split())) for said in orders} == {("10.233.76.1", "10.233.76.2", "10.233.76.3")}
    assert len(orders) > 1


def test_the_cache_counts_down_and_forgets(world: small.Small) -> None:
    line = ("dig", "+noall", "+answer", "mynapp-svc.default.svc.cluster.local")
    assert " 5\t" in world.exec("nettool", *line).stdout
    world.service("mynapp-svc", {"clusterIP": "10.233.10.99"})
    world.clock.run_for(2_000)
    old = world.exec("nettool", *line).stdout
    assert "10.233.10.5" in old
    assert " 3\t" in old
    world.clock.run_for(3_000)
    assert "10.233.10.99" in world.exec("nettool", *line).stdout


def test_without_coredns_names_fail(world: small.Small) -> None:
    world.container("coredns-1", "kube-system")["ports"] = []
    said = world.exec("nettool", "nslookup", "mynapp-svc").stdout
    assert "** server can't find mynapp-svc.default.svc.cluster.local: SERVFAIL" in said
    assert "Could not resolve host" in world.exec("nettool", "curl", "-sS", "mynapp-svc").stderr


def test_coredns_can_be_asked_itself(world: small.Small) -> None:
    assert "Address:\t10.233.0.3#53" in world.exec("nettool", "nslookup", "mynapp-svc", "10.233.0.3").stdout
    lost = world.exec("nettool", "dig", "@10.233.9.9", "mynapp-svc.default.svc.cluster.local")
    assert "no servers could be reached" in lost.stdout


# ---- what CoreDNS says


def answer(world: small.Small, name: str, kind: str = "A") -> tuple[str, list[str]]:
    said = world.network.world.authority.answer(name, kind)
    return said.code, [r.value for r in said.answers]


def test_records(world: small.Small) -> None:
    assert answer(world, "mynapp-svc.default.svc.cluster.local") == ("NOERROR", ["10.233.10.5"])
    assert answer(world, "MYNAPP-svc.default.svc.cluster.local.") == ("NOERROR", ["10.233.10.5"])
    assert answer(world, "mynapp-svc.default.svc.cluster.local", "AAAA") == ("NOERROR", [])
    assert answer(world, "mynapp-svc.other.svc.cluster.local") == ("NXDOMAIN", [])
    assert answer(world, "mynapp-svc.nowhere.svc.cluster.local") == ("NXDOMAIN", [])
    assert answer(world, "default.svc.cluster.local") == ("NOERROR", [])
    assert answer(world, "nowhere.svc.cluster.local") == ("NXDOMAIN", [])
    assert answer(world, "10-233-76-1.hl.default.svc.cluster.local") == ("NOERROR", ["10.233.76.1"])
    assert answer(world, "10-233-76-9.hl.default.svc.cluster.local") == ("NXDOMAIN", [])
    assert answer(world, "1-2-3-4.default.pod.cluster.local") == ("NOERROR", ["1.2.3.4"])
    assert answer(world, "1-2-3-4.nowhere.pod.cluster.local") == ("NXDOMAIN", [])
    assert answer(world, "dns-version.cluster.local", "TXT") == ("NOERROR", ['"1.1.0"'])
    assert answer(world, "www.google.com") == ("NOERROR", ["203.0.113.10"])
    assert answer(world, "nobody.example.org") == ("NXDOMAIN", [])
    assert answer(world, "1.76.233.10.in-addr.arpa", "PTR") == (
        "NOERROR",
        ["10-233-76-1.hl.default.svc.cluster.local."],
    )


def test_services_of_headless(world: small.Small) -> None:
    code, values = answer(world, "hl.default.svc.cluster.local", "SRV")
    assert code == "NOERROR"
    assert sorted(values) == [f"0 33 8080 10-233-76-{n}.hl.default.svc.cluster.local." for n in (1, 2, 3)]


def test_unready_addresses_are_not_told(world: small.Small) -> None:
    world.slice("hl", ["web-1", "web-2"], headless=True, web_1={"ready": False})
    assert answer(world, "hl.default.svc.cluster.local") == ("NOERROR", ["10.233.76.2"])
    world.slice("hl", ["web-1"], headless=True, web_1={"ready": False})
    assert answer(world, "hl.default.svc.cluster.local") == ("NXDOMAIN", [])


# ---- the resolver


def test_search_and_ndots() -> None:
    config = resolver.parse("search a.b b\nnameserver 1.1.1.1\noptions ndots:2\n")
    assert config.candidates("x") == ["x.a.b.", "x.b.", "x."]
    assert config.candidates("x.y.z") == ["x.y.z.", "x.y.z.a.b.", "x.y.z.b."]
    assert config.candidates("x.") == ["x."]


def test_names_work_by_namespace(world: small.Small) -> None:
    for name in ("mynapp-svc", "mynapp-svc.default", "mynapp-svc.default.svc", "mynapp-svc.default.svc.cluster.local"):
        assert world.exec("nettool", "getent", "hosts", name).stdout.startswith("10.233.10.5 ")
    tried = world.network.request("mynapp-svc.other", "nettool").hops
    assert [hop.values["name"] for hop in tried] == [
        "mynapp-svc.other.default.svc.cluster.local.",
        "mynapp-svc.other.svc.cluster.local.",
        "mynapp-svc.other.cluster.local.",
        "mynapp-svc.other.",
    ]


def test_resolv_conf_of_policies() -> None:
    def pod(**spec: object) -> dict[str, object]:
        return {"metadata": {"name": "p", "namespace": "ns"}, "spec": spec}

    first = "search ns.svc.cluster.local svc.cluster.local cluster.local\nnameserver 169.254.25.10\noptions ndots:5\n"
    assert resolver.resolv_conf(pod()) == first
    assert resolver.resolv_conf(pod(dnsPolicy="Default")) == "nameserver 10.0.2.3\n"
    config = {
        "nameservers": ["1.2.3.4"],
        "searches": ["x.y"],
        "options": [{"name": "ndots", "value": "2"}, {"name": "edns0"}],
    }
    given = resolver.resolv_conf(pod(dnsPolicy="None", dnsConfig=config))
    assert given == "search x.y\nnameserver 1.2.3.4\noptions ndots:2 edns0\n"


def test_etc_hosts_comes_first(world: small.Small) -> None:
    world.sh("echo '10.233.76.1 mynapp-svc' >> /etc/hosts")
    assert world.exec("nettool", "getent", "hosts", "mynapp-svc").stdout == "10.233.76.1     mynapp-svc\n"


def test_outside_names_have_addresses_for_documentation() -> None:
    assert all(address.startswith("203.0.113.") for address in dns.OUTSIDE.values())
