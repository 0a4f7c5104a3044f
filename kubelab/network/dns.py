"""CoreDNS and the NodeLocal DNSCache in front of it: what the cluster's names mean.

Stands for CoreDNS' kubernetes plugin (`pods insecure`, TTL 5, reverse zones configured, loadbalance on, as kubespray
sets it up) and for kubespray's nodelocaldns on 169.254.25.10, which keeps answers for their TTL (at most 30 s, denials
5 s). Answers come straight from the store; CoreDNS' own pods matter only in that without a ready one there is no
answer (SERVFAIL).

Differs: there is no internet. A few outside names have example addresses (RFC 5737), all others do not exist.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from kubelab.api import meta
from kubelab.api.meta import Obj
from kubelab.network import hosts, services
from kubelab.sim.chance import Chance
from kubelab.sim.clock import Clock
from kubelab.store.store import Store

ZONE = "cluster.local"
TTL = 5
OUTSIDE_TTL = 30
NOERROR, NXDOMAIN, SERVFAIL = "NOERROR", "NXDOMAIN", "SERVFAIL"
CACHE_SUCCESS, CACHE_DENIAL = 30, 5

OUTSIDE = {
    "www.google.com": "203.0.113.10",
    "google.com": "203.0.113.11",
    "example.com": "203.0.113.20",
    "www.example.com": "203.0.113.21",
    "my.database.example.com": "203.0.113.22",
    "kubernetes.io": "203.0.113.30",
    "github.com": "203.0.113.31",
    "www.naver.com": "203.0.113.40",
}
"""Names outside the cluster that the simulation knows, with addresses from the range set aside for documentation."""


@dataclass(frozen=True, slots=True)
class Record:
    """One resource record; names end with a dot."""

    name: str
    type: str
    value: str
    ttl: int = TTL


@dataclass(frozen=True, slots=True)
class Answer:
    """What a name server says."""

    code: str
    answers: tuple[Record, ...] = ()
    authority: tuple[Record, ...] = ()
    additional: tuple[Record, ...] = ()
    recursive: bool = False

    @property
    def addresses(self) -> list[str]:
        """The IPv4 addresses in the answer."""
        return [r.value for r in self.answers if r.type == "A"]


@dataclass(frozen=True, slots=True)
class Target:
    """One thing behind a name, as CoreDNS' plugins pass it on: an address or another name, and a port (-1: none)."""

    host: str
    port: int
    name: str


class CoreDNS:
    """The authority for cluster.local; everything else is asked outside."""

    def __init__(self, store: Store, clock: Clock, chance: Chance) -> None:
        self._store, self._clock, self._chance = store, clock, chance

    def answer(self, name: str, kind: str = "A") -> Answer:
        """Answer a question; the name may or may not end with a dot."""
        name = name.rstrip(".").lower()
        if name == ZONE or name.endswith("." + ZONE):
            return self._cluster(name, kind)
        if name.endswith(".in-addr.arpa"):
            return self._reverse(name, kind)
        return outside(name, kind)

    # ---- cluster.local

    def _cluster(self, name: str, kind: str) -> Answer:
        base = name[: -len(ZONE)].rstrip(".")
        if base in ("", "svc", "pod"):
            return self._nothing(NOERROR)
        if base == "dns-version":
            version = (Record(name + ".", "TXT", '"1.1.0"'),)
            return Answer(NOERROR, version) if kind == "TXT" else self._nothing(NOERROR)
        words = base.split(".")
        if words[-1] == "pod":
            return self._pod(name, words[:-1], kind)
        if words[-1] != "svc":
            return self._nothing(NXDOMAIN)
        if len(words) == 2:
            return self._nothing(NOERROR if self._namespace(words[0]) else NXDOMAIN)
        targets = self._targets(words[:-1])
        if not targets:
            return self._nothing(NXDOMAIN)
        if kind == "SRV":
            return self._srv(name, targets)
        return self._addresses(name, targets, kind)

    def _targets(self, words: list[str]) -> list[Target]:
        """What stands behind `[..., service, namespace]`; [] if nothing (NXDOMAIN)."""
        namespace, service_name, rest = words[-1], words[-2], words[:-2]
        if len(rest) > 2 or not self._namespace(namespace):
            return []
        service = self._store.find("Service", namespace, service_name)
        if service is None:
            return []
        endpoint = rest[0] if len(rest) == 1 else ""
        port, protocol = (rest[0].lstrip("_"), rest[1].lstrip("_")) if len(rest) == 2 else ("", "")

        def fits(entry: Obj) -> bool:
            protocol_fits = (entry.get("protocol") or "TCP").lower() == protocol
            return not port or ((entry.get("name") or "") == port and protocol_fits)

        own, spec = f"{service_name}.{namespace}.svc.{ZONE}", service["spec"]
        if spec.get("type") == "ExternalName":
            name = spec.get("externalName") or ""
            return [] if endpoint or hosts.is_address(name) else [Target(name.rstrip(".") + ".", 0, own)]
        if endpoint or spec.get("clusterIP") == "None":
            return self._endpoints(service, own, endpoint, fits)
        ports = [p for p in spec.get("ports") or () if fits(p)]
        return [Target(spec["clusterIP"], p["port"], own) for p in ports] if spec.get("clusterIP") else []

    def _endpoints(self, service: Obj, own: str, wanted: str, fits: Callable[[Obj], bool]) -> list[Target]:
        label = f"{services.SERVICE_LABEL}={meta.name(service)}"
        found = []
        for part in self._store.list("EndpointSlice", meta.namespace(service), labels=label):
            ports = part.get("ports") or [{"port": -1}]
            for entry in part.get("endpoints") or ():
                if (entry.get("conditions") or {}).get("ready") is False:
                    continue
                ip = entry["addresses"][0]
                host = entry.get("hostname") or ip.replace(".", "-")
                if not wanted or host == wanted:
                    found += [Target(ip, p["port"], f"{host}.{own}") for p in ports if fits(p)]
        return found

    def _addresses(self, name: str, targets: list[Target], kind: str, depth: int = 0) -> Answer:
        first = targets[0].host
        if first.endswith("."):
            return self._canonical(name, first, kind, depth)
        addresses = list(dict.fromkeys(t.host for t in targets))
        if kind != "A":
            return self._nothing(NOERROR)
        return Answer(NOERROR, tuple(Record(name + ".", "A", ip) for ip in self._shuffled(addresses)))

    def _canonical(self, name: str, target: str, kind: str, depth: int) -> Answer:
        alias = Record(name + ".", "CNAME", target)
        if kind == "CNAME":
            return Answer(NOERROR, (alias,))
        if kind == "SRV" or depth > 7:
            return self._nothing(NOERROR)
        inside = target.rstrip(".").endswith("." + ZONE)
        further = self._cluster(target.rstrip("."), kind) if inside else outside(target, kind)
        if inside and not further.answers:
            return self._nothing(NOERROR)
        return Answer(NOERROR, (alias, *further.answers), further.authority)

    def _srv(self, name: str, targets: list[Target]) -> Answer:
        if targets[0].host.endswith("."):
            return self._nothing(NOERROR)
        weight = max(1, 100 // len(targets))
        rows = [(t, Record(name + ".", "SRV", f"0 {weight} {t.port} {t.name}.")) for t in targets if t.port != -1]
        if not rows:
            return self._nothing(NOERROR)
        extra = dict.fromkeys(Record(t.name + ".", "A", t.host) for t, _ in rows)
        return Answer(NOERROR, tuple(dict.fromkeys(r for _, r in rows)), (), tuple(extra))

    def _pod(self, name: str, words: list[str], kind: str) -> Answer:
        if len(words) < 2:
            return self._nothing(NOERROR if words and self._namespace(words[0]) else NXDOMAIN)
        address = words[0].replace("-", ".")
        if len(words) != 2 or not hosts.is_address(address) or not self._namespace(words[1]):
            return self._nothing(NXDOMAIN)
        return Answer(NOERROR, (Record(name + ".", "A", address),)) if kind == "A" else self._nothing(NOERROR)

    def _reverse(self, name: str, kind: str) -> Answer:
        ip = ".".join(reversed(name.removesuffix(".in-addr.arpa").split(".")))
        found = self._names_of(ip) if kind == "PTR" else []
        if not found:
            return Answer(NXDOMAIN, (), (Record("in-addr.arpa.", "SOA", self._soa(), TTL),))
        return Answer(NOERROR, tuple(Record(name + ".", "PTR", f"{other}.") for other in found))

    def _names_of(self, ip: str) -> list[str]:
        for service in self._store.list("Service"):
            if ip and service["spec"].get("clusterIP") == ip:
                return [f"{meta.name(service)}.{meta.namespace(service)}.svc.{ZONE}"]
        found = []
        for part in self._store.list("EndpointSlice"):
            owner = meta.labels(part).get(services.SERVICE_LABEL)
            for entry in part.get("endpoints") or ():
                if owner and ip in entry["addresses"] and (entry.get("conditions") or {}).get("ready") is not False:
                    host = entry.get("hostname") or ip.replace(".", "-")
                    found.append(f"{host}.{owner}.{meta.namespace(part)}.svc.{ZONE}")
        return list(dict.fromkeys(found))

    def _namespace(self, name: str) -> bool:
        return self._store.find("Namespace", "", name) is not None

    def _shuffled(self, items: list[str]) -> list[str]:
        """A new order each time, as the loadbalance plugin gives; one address needs no draw."""
        items = list(items)
        for last in range(len(items) - 1, 0, -1):
            other = self._chance.below(last + 1)
            items[last], items[other] = items[other], items[last]
        return items

    def _soa(self) -> str:
        return f"ns.dns.{ZONE}. hostmaster.{ZONE}. {self._clock.now // 1000} 7200 1800 86400 {TTL}"

    def _nothing(self, code: str) -> Answer:
        return Answer(code, (), (Record(f"{ZONE}.", "SOA", self._soa()),))


def outside(name: str, kind: str) -> Answer:
    """What the world outside would say: nothing but the example names."""
    name = name.rstrip(".").lower()
    soa = (Record(".", "SOA", "a.root-servers.net. nstld.verisign-grs.com. 2026112300 1800 900 604800 86400", 30),)
    if name not in OUTSIDE:
        return Answer(NXDOMAIN, (), soa, recursive=True)
    if kind != "A":
        return Answer(NOERROR, (), soa, recursive=True)
    return Answer(NOERROR, (Record(name + ".", "A", OUTSIDE[name], OUTSIDE_TTL),), recursive=True)


class NodeLocal:
    """The caches on all nodes: an answer is kept for its TTL, and its TTL counts down."""

    def __init__(self, upstream: CoreDNS, clock: Clock, reachable: Callable[[], bool]) -> None:
        self._upstream, self._clock, self._reachable = upstream, clock, reachable
        self._kept: dict[str, dict[str, tuple[int, Answer]]] = {}

    def answer(self, node: str, name: str, kind: str = "A") -> Answer:
        """Answer a question of a pod on that node."""
        key = f"{name.rstrip('.').lower()} {kind}"
        kept = self._kept.setdefault(node, {})
        now = self._clock.now
        if key in kept and kept[key][0] > now:
            at, answer = kept[key]
            return _aged(answer, -(-(at - now) // 1000))
        if not self._reachable():
            return Answer(SERVFAIL)
        answer = self._upstream.answer(name, kind)
        self._kept[node] = kept = {k: v for k, v in kept.items() if v[0] > now}
        limit = CACHE_SUCCESS if answer.answers else CACHE_DENIAL
        ttl = min([limit, *(r.ttl for r in (*answer.answers, *answer.authority))])
        kept[key] = (now + ttl * 1000, answer)
        return answer

    def snapshot(self) -> dict[str, Any]:
        """All caches as JSON-like data."""
        return {node: {k: [at, _plain(a)] for k, (at, a) in kept.items()} for node, kept in self._kept.items()}

    def restore(self, data: dict[str, Any]) -> None:
        """Be as at the snapshot."""
        self._kept = {n: {k: (at, _answer(rows)) for k, (at, rows) in kept.items()} for n, kept in data.items()}


def _aged(answer: Answer, left: int) -> Answer:
    def aged(records: tuple[Record, ...]) -> tuple[Record, ...]:
        return tuple(replace(r, ttl=min(r.ttl, left)) for r in records)

    return replace(answer, answers=aged(answer.answers), authority=aged(answer.authority))


def _plain(answer: Answer) -> list[Any]:
    parts = (answer.answers, answer.authority, answer.additional)
    return [answer.code, answer.recursive, *([[r.name, r.type, r.value, r.ttl] for r in part] for part in parts)]


def _answer(data: list[Any]) -> Answer:
    answers, authority, additional = (tuple(Record(*row) for row in part) for part in data[2:])
    return Answer(data[0], answers, authority, additional, data[1])
