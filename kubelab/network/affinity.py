"""Who was sent where: the client addresses that kube-proxy's session affinity remembers on each node.

Stands for the kernel's xt_recent in iptables mode: one list per endpoint, 100 addresses each, the least recently used
makes room (`ip_list_tot`). A list lives as long as the rules of its node name it. In nftables mode a set with a
timeout does the same without the limit; in ipvs mode a persistence template does it per virtual server.

Differs: an address that has timed out is forgotten the next time anybody connects to the port on that node. The kernel
reaps late and one at a time, which shows only if the timeout is raised in between.
"""

from collections.abc import Callable, Iterable
from typing import Any

LIMIT = 100
"""How many addresses a list of xt_recent holds."""

Lists = dict[str, dict[str, int]]
"""For each endpoint address the clients it has seen and when (ms); the least recently seen first."""


class Affinity:
    """All lists of all nodes, by node and Service port name."""

    def __init__(self) -> None:
        self._nodes: dict[str, dict[str, Lists]] = {}

    def lists(self, node: str, port: str) -> Lists:
        """The lists of one Service port (`default/web:http|tcp`) on one node, to read or to write."""
        return self._nodes.setdefault(node, {}).setdefault(port, {})

    def seen(self, node: str, port: str) -> Lists:
        """The same, only to look at: {} if there is nothing."""
        return self._nodes.get(node, {}).get(port, {})

    def ports(self, wanted: Callable[[str], bool]) -> list[tuple[str, str]]:
        """The (node, port) pairs that remember anybody, of the ports that `wanted` picks."""
        return [(node, port) for node, ports in self._nodes.items() for port in ports if wanted(port)]

    def keep(self, node: str, port: str, addresses: Iterable[str]) -> None:
        """Drop the lists of all endpoints that the rules no longer name."""
        lists = self._nodes.get(node, {}).get(port, {})
        kept = dict.fromkeys(addresses)
        for address in [a for a in lists if a not in kept]:
            del lists[address]
        if not lists:
            self._nodes.get(node, {}).pop(port, None)

    def snapshot(self) -> dict[str, Any]:
        """All lists as JSON-like data, in order."""
        return {
            node: {port: {a: dict(clients) for a, clients in lists.items()} for port, lists in ports.items()}
            for node, ports in self._nodes.items()
        }

    def restore(self, data: dict[str, Any]) -> None:
        """Be as at the snapshot."""
        self._nodes = {
            node: {port: {a: dict(clients) for a, clients in lists.items()} for port, lists in ports.items()}
            for node, ports in data.items()
        }


def reap(lists: Lists, before: int) -> None:
    """Forget all addresses last seen before that moment; each list has its oldest first."""
    for clients in lists.values():
        while clients:
            oldest = next(iter(clients))
            if clients[oldest] >= before:
                break
            del clients[oldest]


def record(lists: Lists, address: str, client: str, now: int, limit: int = LIMIT) -> None:
    """Note that the client was sent to that endpoint just now (limit 0: as many as come)."""
    clients = lists.setdefault(address, {})
    if client in clients:
        del clients[client]
    elif limit and len(clients) >= limit:
        del clients[next(iter(clients))]
    clients[client] = now
