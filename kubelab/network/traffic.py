"""Many requests at once: the same rules, draws and memory as one request after the other, with numpy.

Clients take turns: request k is made by client k mod n, `every` ms after the one before. A number of clients stands
for as many client pods with addresses of their own, spread over the workers; they exist only here. Each request is a
connection of its own unless `keepalive` is asked for. A request takes no time: a refusal or a silence is counted and
not waited for.
"""

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kubelab.api import meta
from kubelab.network import hosts, sender
from kubelab.network.hosts import Hosts, Place

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from kubelab.network.network import Network

MAX_REQUESTS = 1_000_000_000
MAX_CLIENTS = 4_000
EVERYWHERE = "*"
OPTIONS = ("keepalive", "namespace", "port", "at", "node", "nat", "progress")
VIRTUAL_BASE = "10.233.112.0"
OUTSIDE_IP = "192.168.56.1"
"""The machine on which the class's virtual machines run."""


class TrafficError(ValueError):
    """Traffic that cannot be sent; the text says why."""


@dataclass(frozen=True)
class Traffic:
    """Who was answered by whom: `table[client][pod]`, and what failed."""

    service: str
    requests: int
    clients: tuple[str, ...]
    pods: tuple[str, ...]
    table: "NDArray[numpy.int64]" = field(repr=False)
    failures: dict[str, int]
    endpoints: int
    squares: int = field(repr=False)
    """The sum of the squares of the sizes of all groups of requests that went one way together."""

    @property
    def counts(self) -> dict[str, int]:
        """Requests answered, by pod."""
        return {pod: int(n) for pod, n in zip(self.pods, self.table.sum(axis=0), strict=True)}

    @property
    def by_client(self) -> dict[str, dict[str, int]]:
        """The same for each client (pods that answered it)."""
        rows = zip(self.clients, self.table.tolist(), strict=True)
        return {client: {pod: n for pod, n in zip(self.pods, row, strict=True) if n} for client, row in rows}

    @property
    def expected(self) -> float:
        """The share of each endpoint that chance lets expect."""
        return 1 / self.endpoints if self.endpoints else 0.0

    @property
    def band(self) -> tuple[float, float]:
        """The range of requests for one endpoint that holds 95 % of all draws."""
        share, total = self.expected, int(self.table.sum())
        spread = 1.96 * math.sqrt(share * (1 - share) * self.squares)
        return max(0.0, total * share - spread), min(float(total), total * share + spread)

    def figure(self) -> Any:
        """A picture of the counts; the panels' room draws it."""
        if not DRAW:
            raise TrafficError("no panels here to draw it: import kubelab.widgets first")
        return DRAW[-1](self)

    def __str__(self) -> str:
        low, high = self.band
        lines = [f"{self.requests} requests to {self.service} from {len(self.clients)} client(s)"]
        lines += [f"  {pod}  {n}" for pod, n in self.counts.items()]
        lines += [f"  {reason}  {n}" for reason, n in self.failures.items()]
        if self.endpoints:
            lines.append(f"  expected {self.expected:.1%} each: {low:.0f} to {high:.0f} requests")
        return "\n".join(lines)


DRAW: list[Callable[[Traffic], Any]] = []
"""How a Traffic is drawn; the panels' room puts its function here."""


def virtual_clients(machines: Hosts, count: int, node: str = "") -> list[Place]:
    """Clients that exist only for the traffic: an address each, all behind the first worker unless another is named.

    Behind one node, because kube-proxy remembers per node: what 500 clients of one proxy see is what was measured on a
    real kernel. EVERYWHERE spreads them over the workers in turn.
    """
    if not 1 <= count <= MAX_CLIENTS:
        raise TrafficError(f"clients: 1 to {MAX_CLIENTS}, not {count}")
    all_nodes = machines.nodes().values()
    nodes = sorted(meta.name(n) for n in all_nodes if not hosts.is_control_plane(n))
    if node != EVERYWHERE:
        node = node or next(iter(nodes), "")
        if machines.node_named(node) is None:
            raise TrafficError(f"no node {node!r}: one of {', '.join(nodes)}")
        nodes = [node]
    base = hosts.number(VIRTUAL_BASE) + 1
    return [_virtual(base + at, nodes[at % len(nodes)]) for at in range(count)] if nodes else []


def _virtual(number: int, node: str) -> Place:
    ip = ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    return Place(hosts.POD, ip, ip, node)


def run(
    network: "Network",
    service: str,
    requests: int = 1000,
    clients: "int | Sequence[str]" = 1,
    *,
    every: int = 0,
    keepalive: bool = False,
    namespace: str = "default",
    port: int | str | None = None,
    at: str = "",
    node: str = "",
    nat: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Traffic:
    """Send requests to a Service, `every` ms one, and count.

    `clients` is a number (addresses behind one node: `node`, or the first worker; "*": the workers in turn) or names of
    pods; `at` is a node whose node port is asked from outside the cluster instead of the cluster IP; `keepalive` lets
    each client keep its connection; `nat` puts all clients behind one address, as a router or a proxy does.
    """
    if isinstance(requests, bool) or not isinstance(requests, int) or not 1 <= requests <= MAX_REQUESTS:
        raise TrafficError(f"requests: 1 to {MAX_REQUESTS}, not {requests!r}")
    if every < 0:
        raise TrafficError(f"every: not negative, not {every!r}")
    aim = _aim(network, service, namespace, port, at)
    places = _places(network, clients, namespace, node, at)
    if nat:
        places = [dataclasses.replace(places[0], name=place.name) for place in places]
    done = sender.Sender(network, aim, places, requests, every, keepalive, progress).run()
    return Traffic(aim.service, requests, tuple(place.name for place in places), *done)


# ---- from words to addresses


def _aim(network: "Network", service: str, namespace: str, port: int | str | None, at: str) -> sender.Aim:
    if not isinstance(service, str):
        raise TrafficError(f"service: a name, not {service!r}")
    if "/" in service:
        namespace, service = service.split("/", 1)
    found = network.store.find("Service", namespace, service)
    if found is None:
        raise TrafficError(f'no Service "{service}" in namespace {namespace}')
    spec = found["spec"]
    ports = spec.get("ports") or []
    chosen = next((p for p in ports if port in (None, p["port"], p.get("name"))), None)
    if spec.get("type") == "ExternalName" or spec.get("clusterIP") in (None, "", "None"):
        kind = "ExternalName" if spec.get("type") == "ExternalName" else "headless"
        raise TrafficError(f"{service} is {kind}: kube-proxy does nothing for it, the name alone leads somewhere")
    if chosen is None:
        raise TrafficError(f"{service} has no port {port!r}")
    if not at:
        return sender.Aim(service, spec["clusterIP"], chosen["port"], "")
    machine = network.machines.node_named(at)
    if machine is None or not chosen.get("nodePort"):
        raise TrafficError(f"no node {at!r}" if machine is None else f"{service} has no node port")
    return sender.Aim(service, hosts.node_ip(machine), chosen["nodePort"], at)


def _places(network: "Network", clients: "int | Sequence[str]", namespace: str, node: str, at: str) -> list[Place]:
    if isinstance(clients, int):
        if at:
            if not 1 <= clients <= 250:
                raise TrafficError(f"clients outside the cluster: 1 to 250, not {clients}")
            ips = [OUTSIDE_IP, *(f"192.168.57.{n}" for n in range(1, clients))]
            return [Place(hosts.OUTSIDE, ip, ip, "") for ip in ips]
        return virtual_clients(network.machines, clients, node)
    names = list(clients) if isinstance(clients, list | tuple) else []
    if not names or not all(isinstance(name, str) for name in names):
        raise TrafficError("clients: a number, or names of pods")
    return [network.place(name, namespace) for name in names]
