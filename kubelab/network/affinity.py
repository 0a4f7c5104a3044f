"""Who was sent where: the client addresses that kube-proxy's session affinity remembers on each node.

Stands for the kernel's xt_recent in iptables mode: one list per endpoint, 100 addresses each, the least recently used
makes room (`ip_list_tot`). A list lives as long as the rules of its node name it. In nftables mode a set with a
timeout does the same without the limit; in ipvs mode a persistence template does it per virtual server.

Differs: an address that has timed out is forgotten the next time anybody connects to the port on that node. The kernel
reaps late and one at a time, which shows only if the timeout is raised in between.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any

LIMIT = 100
"""How many addresses a list of xt_recent holds."""


class Lists(dict[str, dict[str, int]]):
    """For each endpoint address the clients it has seen and when (ms); the least recently seen first."""

    def __init__(self, given: Mapping[str, Mapping[str, int]] = MappingProxyType({})) -> None:
        super().__init__({address: dict(clients) for address, clients in given.items()})
        self._holders: dict[str, dict[str, None]] | None = None
        self._oldest = 0

    def holders(self, client: str) -> Collection[str]:
        """The endpoint addresses that remember a client, hardly ever more than one."""
        if self._holders is None:
            self._holders = {}
            for address, clients in self.items():
                for each in clients:
                    self._holders.setdefault(each, {})[address] = None
        return self._holders.get(client, ())

    def reap(self, before: int) -> None:
        """Forget all clients last seen before that moment."""
        if before <= self._oldest:
            return
        heads = []
        for address, clients in self.items():
            while clients and (first := next(iter(clients))) is not None and clients[first] < before:
                self._drop(address, first)
            if clients:
                heads.append(next(iter(clients.values())))
        # Nobody's time moves back, so until that moment there is nothing to reap.
        self._oldest = min(heads, default=before)

    def record(self, address: str, client: str, now: int, limit: int = LIMIT) -> None:
        """Note that the client was sent to that endpoint just now (limit 0: as many as come)."""
        clients = self.setdefault(address, {})
        if client in clients:
            del clients[client]
        else:
            if limit and len(clients) >= limit:
                self._drop(address, next(iter(clients)))
            if self._holders is not None:
                self._holders.setdefault(client, {})[address] = None
        clients[client] = now

    def keep(self, addresses: Iterable[str]) -> None:
        """Drop the lists of all other endpoints."""
        kept = dict.fromkeys(addresses)
        for address in [a for a in self if a not in kept]:
            del self[address]
        self._holders = None

    def _drop(self, address: str, client: str) -> None:
        del self[address][client]
        if self._holders is not None:
            del self._holders[client][address]
            if not self._holders[client]:
                del self._holders[client]


class Affinity:
    """All lists of all nodes, by node and Service port name."""

    def __init__(self) -> None:
        self._nodes: dict[str, dict[str, Lists]] = {}

    def lists(self, node: str, port: str) -> Lists:
        """The lists of one Service port (`default/web:http|tcp`) on one node, to read or to write."""
        return self._nodes.setdefault(node, {}).setdefault(port, Lists())

    def seen(self, node: str, port: str) -> Lists:
        """The same, only to look at: none if there is nothing."""
        return self._nodes.get(node, {}).get(port, Lists())

    def ports(self, wanted: Callable[[str], bool]) -> list[tuple[str, str]]:
        """The (node, port) pairs that remember anybody, of the ports that `wanted` picks."""
        return [(node, port) for node, ports in self._nodes.items() for port in ports if wanted(port)]

    def keep(self, node: str, port: str, addresses: Iterable[str]) -> None:
        """Drop the lists of all endpoints that the rules no longer name."""
        lists = self._nodes.get(node, {}).get(port, Lists())
        lists.keep(addresses)
        if not lists:
            self._nodes.get(node, {}).pop(port, None)

    def snapshot(self) -> dict[str, Any]:
        """All lists as JSON-like data, in order."""
        return {
            node: {port: {a: dict(lists[a]) for a in sorted(lists) if lists[a]} for port, lists in ports.items()}
            for node, ports in self._nodes.items()
        }

    def restore(self, data: dict[str, Any]) -> None:
        """Be as at the snapshot."""
        self._nodes = {node: {port: Lists(lists) for port, lists in ports.items()} for node, ports in data.items()}
