"""How a node picks one endpoint for a new connection, in each of kube-proxy's modes.

iptables: affinity lists first, in endpoint order, then one rule per endpoint with odds 1/n, 1/(n-1) ... 1. nftables:
affinity sets, then `numgen random mod n`. ipvs: a persistence template, else the scheduler (rr, lc or sh).

One number u is drawn for each connection that is not remembered and has a choice. Rule i sees (u*n - i)/(n - i): what
the rules before it left, stretched to [0, 1) again. Such numbers are uniform and independent, so this is the kernel's
law (it draws afresh for each rule), and a million connections take a million draws whatever n is.

Checked on a real kernel: iptables (the rule text loads, shares and affinity agree). Not checked: nftables, ipvs.
"""

import bisect
from dataclasses import dataclass, field
from typing import Any, Protocol

from kubelab.network import affinity, hops, hosts
from kubelab.network.services import Endpoint, ServicePort
from kubelab.sim.chance import Chance

IPTABLES, NFTABLES, IPVS = "iptables", "nftables", "ipvs"
MODES = (IPTABLES, NFTABLES, IPVS)
SCHEDULERS = ("rr", "wrr", "lc", "wlc", "sh")
"""All weights are 1, so wrr is rr and wlc is lc."""
CHECKED = {
    IPTABLES: "its rules load into a real kernel, which answers, refuses and remembers as kubelab does",
    NFTABLES: "written after its source code, not compared with a real kernel",
    IPVS: "written after its source code, not compared with a real kernel",
}
"""How far each mode was checked."""
CLOSING = 120_000
"""How long (ms) ipvs still counts a closed connection."""


@dataclass(frozen=True, slots=True)
class Lane:
    """What the rules of a node do with packets of one kind, before the pick: the chain and who may be picked."""

    fate: str
    node: str
    chain: str
    endpoints: tuple[Endpoint, ...]
    masquerade: bool
    virtual: str
    port: ServicePort | None = None
    reason: hops.Hop | None = None

    def at(self, address: str) -> Endpoint | None:
        """The endpoint of that address, if it may be picked: they are in the text order of their addresses."""
        found = bisect.bisect_left(self.endpoints, address, key=lambda e: e.address)
        fits = found < len(self.endpoints) and self.endpoints[found].address == address
        return self.endpoints[found] if fits else None


@dataclass(slots=True)
class State:
    """What the proxies of all nodes remember; plain data."""

    memory: affinity.Affinity = field(default_factory=affinity.Affinity)
    last: dict[str, str] = field(default_factory=dict)
    templates: dict[str, dict[str, tuple[str, int]]] = field(default_factory=dict)
    closing: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)

    def snapshot(self) -> dict[str, Any]:
        """As JSON-like data."""
        templates = {key: {c: list(t) for c, t in clients.items()} for key, clients in self.templates.items()}
        closing = {key: {a: dict(n) for a, n in rows.items()} for key, rows in self.closing.items()}
        return {
            "memory": self.memory.snapshot(), "last": dict(self.last), "templates": templates, "closing": closing,
        }  # fmt: skip

    def restore(self, data: dict[str, Any]) -> None:
        """Be as at the snapshot."""
        self.memory.restore(data["memory"])
        self.last = dict(data["last"])
        self.templates = {k: {c: (t[0], t[1]) for c, t in clients.items()} for k, clients in data["templates"].items()}
        self.closing = {k: {a: dict(n) for a, n in rows.items()} for k, rows in data["closing"].items()}


class Balancer(Protocol):
    """The pick of one mode."""

    def pick(self, lane: Lane, client: str, now: int, seen: list[hops.Hop] | None) -> Endpoint:
        """One endpoint of the lane for a new connection of that client at that moment; hops are added to `seen`."""
        ...


def draw(chance: Chance, n: int) -> tuple[int, float]:
    """One of n alike, and the number drawn; no draw where there is no choice."""
    if n == 1:
        return 0, 0.0
    u = chance.random()
    return min(int(u * n), n - 1), u


def memory_key(port: ServicePort) -> str:
    """Under which name a Service port's clients are remembered on a node."""
    return f"{port.name}|{port.protocol}"


class Netfilter:
    """The iptables and nftables modes: affinity lists, then even odds."""

    def __init__(self, mode: str, chance: Chance, state: State) -> None:
        self._chance, self._state = chance, state
        self._limit = affinity.LIMIT if mode == IPTABLES else 0
        self._explain = explain_odds if mode == IPTABLES else explain_numgen

    def pick(self, lane: Lane, client: str, now: int, seen: list[hops.Hop] | None) -> Endpoint:
        """See Balancer."""
        port = lane.port
        assert port is not None
        if not port.affinity:
            return self._draw(lane, seen)
        lists = self._state.memory.lists(lane.node, memory_key(port))
        lists.reap(now - port.affinity * 1000)
        picked = min((e for a in lists.holders(client) if (e := lane.at(a))), key=lambda e: e.address, default=None)
        if seen is not None:
            seen.extend(explain_affinity(lane, lists, client, now, picked))
        if picked is None:
            picked = self._draw(lane, seen)
        lists.record(picked.address, client, now, self._limit)
        return picked

    def _draw(self, lane: Lane, seen: list[hops.Hop] | None) -> Endpoint:
        index, u = draw(self._chance, len(lane.endpoints))
        if seen is not None:
            seen.extend(self._explain(lane, index, u))
        return lane.endpoints[index]


class Ipvs:
    """The ipvs mode: one virtual server per address and port, a scheduler, persistence for affinity."""

    def __init__(self, scheduler: str, state: State) -> None:
        self._scheduler, self._state = scheduler, state

    def pick(self, lane: Lane, client: str, now: int, seen: list[hops.Hop] | None) -> Endpoint:
        """See Balancer."""
        port = lane.port
        assert port is not None
        key = f"{lane.node} {lane.virtual}"
        said, picked = "", None
        if port.affinity:
            picked = self._template(lane, key, client, now - port.affinity * 1000)
            said = "{server} keeps {client} with {endpoint}: persistent for {timeout} s since its last connection"
        if picked is None:
            picked = self._schedule(lane, key, client, now)
            said = "{server} uses scheduler {scheduler}: next is {endpoint}"
        if port.affinity:
            self._state.templates.setdefault(key, {})[client] = (picked.address, now)
        if seen is not None:
            values = {
                "server": lane.virtual,
                "client": client,
                "endpoint": picked.address,
                "timeout": port.affinity,
                "scheduler": self._scheduler,
            }
            seen.append(hops.Hop(hops.RULE, lane.node, said, values, rule=f"IPVS {lane.virtual}"))
        return picked

    def _template(self, lane: Lane, key: str, client: str, since: int) -> Endpoint | None:
        address, at = self._state.templates.get(key, {}).get(client, ("", 0))
        if at < since:
            return None
        return next((e for e in lane.endpoints if e.address == address), None)

    def _schedule(self, lane: Lane, key: str, client: str, now: int) -> Endpoint:
        if self._scheduler == "sh":
            return self._sh(lane, client)
        return self._lc(lane, key, now) if self._scheduler in ("lc", "wlc") else self._rr(lane, key)

    def _lc(self, lane: Lane, key: str, now: int) -> Endpoint:
        """The server with the fewest connections; those that are closed count for two minutes."""
        rows = self._state.closing.setdefault(key, {})
        for address in list(rows):
            rows[address] = {at: n for at, n in rows[address].items() if int(at) > now - CLOSING}
        fewest = min(lane.endpoints, key=lambda e: sum(rows.get(e.address, {}).values()))
        counts = rows.setdefault(fewest.address, {})
        counts[str(now)] = counts.get(str(now), 0) + 1
        return fewest

    def _rr(self, lane: Lane, key: str) -> Endpoint:
        last = self._state.last.get(key, "")
        following = next((e for e in lane.endpoints if e.address > last), lane.endpoints[0])
        self._state.last[key] = following.address
        return following

    def _sh(self, lane: Lane, client: str) -> Endpoint:
        # ip_vs_sh: Knuth's multiplicative hash into 256 buckets, which are dealt to the servers in turn.
        bucket = (hosts.number(client) * 2_654_435_761 & 0xFFFFFFFF) & 0xFF
        return lane.endpoints[bucket % len(lane.endpoints)]


# ---- why


def explain_affinity(
    lane: Lane, lists: affinity.Lists, client: str, now: int, picked: Endpoint | None
) -> list[hops.Hop]:
    """The affinity rules up to the one that matched."""
    port = lane.port
    assert port is not None
    found = []
    for endpoint in lane.endpoints:
        values: dict[str, Any] = {"client": client, "endpoint": endpoint.address}
        said = "{client} is not remembered for {endpoint}: no"
        if endpoint is picked:
            age = (now - lists[endpoint.address][client]) / 1000
            values |= {"age": _seconds(age), "left": _seconds(port.affinity - age)}
            said = "{client} was sent to {endpoint} {age} s ago, {left} s left: yes"
        found.append(hops.Hop(hops.RULE, lane.node, said, values, rule=lane.chain))
        if endpoint is picked:
            break
    return found


def explain_odds(lane: Lane, index: int, u: float) -> list[hops.Hop]:
    """The rules with odds, up to the one that matched."""
    n, found = len(lane.endpoints), []
    for i, endpoint in enumerate(lane.endpoints[: index + 1]):
        left = n - i
        values: dict[str, Any] = {"endpoint": endpoint.address, "odds": f"1/{left}"}
        if left == 1:
            said = "{endpoint}: last rule, always: yes"
        else:
            values["drawn"] = f"{(u * n - i) / left:.2f}"
            said = "{endpoint}: odds {odds}, drawn {drawn}: " + ("yes" if i == index else "no")
        found.append(hops.Hop(hops.RULE, lane.node, said, values, rule=lane.chain))
    return found


def explain_numgen(lane: Lane, index: int, u: float) -> list[hops.Hop]:
    """The one random number of nftables mode."""
    values = {"n": len(lane.endpoints), "index": index, "endpoint": lane.endpoints[index].address}
    said = "numgen random mod {n} is {index}: {endpoint}"
    return [hops.Hop(hops.RULE, lane.node, said, values, rule=lane.chain)]


def _seconds(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def known(mode: str) -> None:
    """ValueError if there is no such mode."""
    if mode not in MODES:
        raise ValueError(f"unknown proxy mode {mode!r}: one of {', '.join(MODES)}")


def scheduler_of(mode: str, asked: str) -> str:
    """The scheduler of a mode when that one was asked for ("" for the usual); ValueError if it has none such."""
    known(mode)
    if mode != IPVS:
        if asked:
            raise ValueError(f"mode {mode} has no scheduler, only {IPVS} has")
        return ""
    if asked and asked not in SCHEDULERS:
        raise ValueError(f"scheduler {asked!r} is not modelled: one of {', '.join(SCHEDULERS)}")
    return asked or SCHEDULERS[0]


def balancer(mode: str, scheduler: str, chance: Chance, state: State) -> Balancer:
    """The picker of a mode."""
    return Ipvs(scheduler, state) if mode == IPVS else Netfilter(mode, chance, state)
