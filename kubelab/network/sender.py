"""Sending many requests: blocks of draws between one change of the cluster and the next.

Without affinity a block of requests is one array of draws. With affinity every client makes its first connection by
the rules; if all are remembered then and nobody waits longer than the timeout, the rest is arithmetic; if everybody
waits longer, all draw as without affinity. Otherwise (lists of 100 addresses that overflow, ipvs) it goes connection
by connection.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubelab.network import affinity, balancers, hops, proxy
from kubelab.network.balancers import Lane
from kubelab.network.hosts import Place

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from kubelab.network.network import Network

BLOCK = 4_000_000
"""So many draws at once: bounds the memory."""
CHUNK = 65_536
"""So many are counted at once: they stay in the processor's cache."""

SOME = 20_000
"""So many single connections between two reports."""

Outcome = tuple[tuple[str, ...], "NDArray[numpy.int64]", dict[str, int], int, int]
"""Pods, requests by client and pod, failures, number of endpoints, sum of squares of the groups."""


@dataclass(frozen=True, slots=True)
class Aim:
    """Where the requests go: `node` is where those from outside enter."""

    service: str
    ip: str
    port: int
    node: str


@dataclass(slots=True)
class View:
    """How things stand until the next change: each client's lane, and what its endpoints would answer."""

    lanes: list[Lane]
    outcomes: dict[str, tuple[str, str]]
    """For each endpoint address: the pod that answers, or "" and why not."""


class Sender:
    """One run: keeps count while the cluster's clock moves."""

    def __init__(
        self, network: "Network", aim: Aim, places: list[Place], requests: int, every: int, keepalive: bool,
        progress: Callable[[int, int], None] | None,
    ) -> None:  # fmt: skip
        import numpy

        self.np = numpy
        self.network, self.aim, self.places = network, aim, places
        self.requests, self.every, self.keepalive, self.progress = requests, every, keepalive, progress
        self.start = network.clock.now
        self.sent = 0
        self.columns: dict[str, int] = {}
        self.table = numpy.zeros((len(places), 0), dtype=numpy.int64)
        self.failures: dict[str, int] = {}
        self.open: dict[int, str] = {}
        self.view = self.look()
        self.endpoints = max((len(lane.endpoints) for lane in self.view.lanes), default=0)

    def run(self) -> "Outcome":
        """Let the clock move, send what is due before each change, then the rest."""
        clock, network = self.network.clock, self.network
        if self.every:
            network.before_change.append(self.flush)
            changed = network.changes
            try:
                end = self.start + (self.requests - 1) * self.every
                while (due := clock.next_at()) is not None and due <= end:
                    if network.changes != changed:
                        self.view, changed = self.look(), network.changes
                    clock.step()
                if network.changes != changed:
                    self.view = self.look()
                clock.run_until(end)
            finally:
                network.before_change.remove(self.flush)
        self.send(self.requests)
        return self.result()

    def flush(self) -> None:
        """Something is about to change: send what was due before this moment."""
        due = -(-(self.network.clock.now - self.start) // self.every)
        self.send(min(due, self.requests))

    def look(self) -> View:
        """The lanes as they are now."""
        network, aim = self.network, self.aim
        known: dict[tuple[str, str, bool], Lane] = {}
        lanes = []
        for place in self.places:
            node = aim.node or place.node
            key = (place.kind, node, place.is_local)
            if key not in known:
                known[key] = network.proxy.lane(place, node, aim.ip, aim.port)
            lanes.append(known[key])
        listed = {e.address: e for lane in known.values() for e in lane.endpoints}
        outcomes = {address: self._outcome(e.ip, e.port) for address, e in listed.items()}
        self._admit(pod for pod, _ in outcomes.values() if pod)
        self.open = {client: address for client, address in self.open.items() if outcomes.get(address, ("", ""))[0]}
        return View(lanes, outcomes)

    def _outcome(self, ip: str, port: int) -> tuple[str, str]:
        found = self.network.roads.arrival(ip, port)
        address = f"{ip}:{port}"
        values = {"address": address, "port": port, "ip": ip, "pod": found.pod, "source": ""}
        if found.outcome == hops.ANSWERED:
            return found.pod or address, ""
        said = found.said.format(**values).removesuffix(f": {found.outcome}")
        return "", f"{found.outcome}: {said}"

    def time(self, request: int) -> int:
        """When a request is made."""
        return self.start + request * self.every

    def send(self, upto: int) -> None:
        """Make all requests before the given one, under the present view."""
        while self.sent < upto:
            end = min(upto, self.sent + BLOCK)
            self._block(self.sent, end)
            self.sent = end
            if self.progress is not None:
                self.progress(end, self.requests)

    def _block(self, first: int, end: int) -> None:
        lanes = self.view.lanes
        for client, lane in enumerate(lanes):
            if lane.fate != proxy.DNAT:
                self._fail(lane, self._share(client, first, end))
        if all(lane.fate != proxy.DNAT for lane in lanes):
            return
        sticky = any(lane.port is not None and lane.port.affinity for lane in lanes)
        if self.network.proxy.mode == balancers.IPVS or len({len(lane.endpoints) for lane in lanes}) > 1:
            self._one_by_one(first, end)
        elif sticky or self.keepalive:
            self._settled(first, end)
        else:
            self._drawn(first, end)

    def _share(self, client: int, first: int, end: int) -> int:
        """How many of the requests [first, end) are the client's."""
        n = len(self.places)
        return (end - 1 - client) // n - (first - 1 - client) // n

    # ---- without affinity

    def _drawn(self, first: int, end: int) -> None:
        """One draw a request, all at once."""
        np, lanes, n = self.np, self.view.lanes, len(self.view.lanes[0].endpoints)
        clients, size = len(lanes), end - first
        if size <= 0:
            return
        if n == 1:
            for client in range(clients):
                self._record(client, lanes[client].endpoints[0].address, self._share(client, first, end))
            return
        # u * n may be rounded up to n: one bin more for each client, emptied into its neighbour at the end.
        bins = clients * (n + 1)
        counts = np.zeros(bins, dtype=np.int64)
        # In pieces that stay in the processor's cache, unless the counts are many; each begins with the same client.
        piece = max(clients, min(size, max(CHUNK, 8 * bins)) // clients * clients)
        offset = np.tile((np.arange(clients, dtype=np.intp) + first) % clients * (n + 1), -(-piece // clients))
        room = np.empty(min(piece, size), dtype=np.intp)
        for part in self.network.chance.pieces(size, piece):
            part *= n
            index = room[: len(part)]
            np.copyto(index, part, casting="unsafe")
            if clients > 1:
                index += offset[: len(index)]
            counts += np.bincount(index, minlength=bins)
        table = counts.reshape(clients, n + 1)
        table[:, n - 1] += table[:, n]
        self._tally(table[:, :n])

    def _tally(self, counts: "NDArray[numpy.int64]") -> None:
        """Add requests by client and endpoint; where all lanes are alike and all answer, at once."""
        lanes = self.view.lanes
        addresses = [e.address for e in lanes[0].endpoints]
        pods = [self.view.outcomes[address][0] for address in addresses]
        alike = all(lane is lanes[0] or lane.endpoints == lanes[0].endpoints for lane in lanes)
        if alike and all(pods) and len(dict.fromkeys(pods)) == len(pods):
            columns = [self.columns[pod] for pod in pods]
            if columns == list(range(len(columns))):
                self.table[:, : len(columns)] += counts
            else:
                self.table[:, columns] += counts
            return
        for client, lane in enumerate(lanes):
            for at in self.np.flatnonzero(counts[client]).tolist():
                self._record(client, lane.endpoints[at].address, int(counts[client, at]))

    # ---- with affinity or kept connections

    def _settled(self, first: int, end: int) -> None:
        """First connections by the rules; if they hold, all others go the same way."""
        clients = len(self.places)
        begin = min(first + clients, end)
        chosen = [self._connect(k % clients, self.time(k)) for k in range(first, begin)]
        if begin == end:
            return
        lane = self.view.lanes[0]
        timeout = lane.port.affinity * 1000 if lane.port is not None else 0
        if timeout and not self.keepalive and clients * self.every > timeout:
            self._forgotten(begin, end)
            return
        patient = self.keepalive and all(client in self.open for client in range(clients))
        if not patient and not (timeout and clients * self.every <= timeout and self._all_remembered(chosen, first)):
            self._one_by_one(begin, end)
            return
        for at, address in enumerate(chosen):
            client = (first + at) % clients
            self._record(client, address, self._share(client, begin, end))
        if not patient:
            self._stamp(chosen, first, end)

    def _forgotten(self, first: int, end: int) -> None:
        """Every client comes back too late and draws anew; only the last turn of each leaves anything behind."""
        last = max(first, end - len(self.places))
        self._drawn(first, last)
        self._one_by_one(last, end)

    def _all_remembered(self, chosen: list[str], first: int) -> bool:
        """Whether no list was too short for its clients."""
        memory, clients = self.network.proxy.state.memory, len(self.places)
        for at, address in enumerate(chosen):
            place, lane = self.places[(first + at) % clients], self.view.lanes[(first + at) % clients]
            assert lane.port is not None
            lists = memory.seen(lane.node, balancers.memory_key(lane.port))
            if place.ip not in lists.get(address, ()):
                return False
        return True

    def _stamp(self, chosen: list[str], first: int, end: int) -> None:
        """Leave the memory as the last connection of each client would."""
        memory, clients = self.network.proxy.state.memory, len(self.places)
        last: dict[str, tuple[affinity.Lists, int]] = {}
        for k in range(max(first, end - clients), end):
            client = k % clients
            lane = self.view.lanes[client]
            assert lane.port is not None
            lists = memory.lists(lane.node, balancers.memory_key(lane.port))
            lists.record(chosen[(k - first) % clients], self.places[client].ip, self.time(k), 0)
            last[lane.node] = (lists, self.time(k) - lane.port.affinity * 1000)
        for lists, before in last.values():
            lists.reap(before)

    # ---- one after the other

    def _one_by_one(self, first: int, end: int) -> None:
        clients = len(self.places)
        for k in range(first, end):
            if self.view.lanes[k % clients].fate == proxy.DNAT:
                self._connect(k % clients, self.time(k))
            if self.progress is not None and k % SOME == 0:
                self.progress(k, self.requests)

    def _connect(self, client: int, now: int) -> str:
        """One request of one client; the address it went to."""
        lane = self.view.lanes[client]
        address = self.open.get(client, "")
        if not address:
            address = self.network.proxy.pick(lane, self.places[client].ip, None, now).address
            if self.keepalive and self.view.outcomes[address][0]:
                self.open[client] = address
        self._record(client, address, 1)
        return address

    # ---- counting

    def _record(self, client: int, address: str, times: int) -> None:
        pod, failure = self.view.outcomes[address]
        if not times:
            return
        if failure:
            self.failures[failure] = self.failures.get(failure, 0) + times
        else:
            column = self.columns[pod]
            self.table[client, column] += times

    def _admit(self, pods: Iterable[str]) -> None:
        """Give each pod a column in the table."""
        for pod in pods:
            self.columns.setdefault(pod, len(self.columns))
        more = len(self.columns) - self.table.shape[1]
        if more > 0:
            self.table = self.np.pad(self.table, ((0, 0), (0, more)))

    def _fail(self, lane: Lane, times: int) -> None:
        outcome = hops.REFUSED if lane.fate == proxy.REJECT else hops.TIMEOUT
        reason = f"{outcome}: {lane.reason.text if lane.reason is not None else ''}"
        if times:
            self.failures[reason] = self.failures.get(reason, 0) + times

    def result(self) -> "Outcome":
        """What came of it; pods that could have answered and did not are counted as 0."""
        present = {pod: True for pod, _ in self.view.outcomes.values()}
        met = self.np.asarray(self.table.any(axis=0))
        order = sorted(pod for pod, at in self.columns.items() if present.get(pod) or met[at])
        places = [self.columns[pod] for pod in order]
        table = self.table if places == list(range(self.table.shape[1])) else self.table[:, places]
        lane = self.view.lanes[0]
        together = self.keepalive or (lane.port is not None and lane.port.affinity > 0)
        squares = int((table.sum(axis=1) ** 2).sum()) if together else int(table.sum())
        return tuple(order), table, self.failures, self.endpoints, squares
