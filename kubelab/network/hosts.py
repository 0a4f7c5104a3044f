"""Who has which address: pods, nodes, the ranges of the class's cluster, and where a connection comes from.

Pod network as Calico lays it out without an overlay: every node and pod reaches every pod directly, and a pod that
speaks to an address outside the pod range does so in its node's name (`natOutgoing`).
"""

import functools
from dataclasses import dataclass

from kubelab.api import meta
from kubelab.api.meta import Obj
from kubelab.store.store import Store

POD_RANGE = "10.233.64.0/18"
SERVICE_RANGE = "10.233.0.0/18"
LOCAL_DNS = "169.254.25.10"
"""Where NodeLocal DNSCache answers on every node."""

API_PORT = 6443
POD, NODE, OUTSIDE = "pod", "node", "outside"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a connection begins or ends; `node` is where its packets first meet kube-proxy's rules."""

    kind: str
    name: str
    ip: str
    node: str
    namespace: str = ""

    @property
    def is_local(self) -> bool:
        """Whether its address counts as the cluster's own (no masquerade for cluster IPs)."""
        return in_range(self.ip, POD_RANGE)


@functools.lru_cache(maxsize=4096)  # a thousand clients ask for the same ranges, and again in the next run
def number(ip: str) -> int:
    """An IPv4 address as an integer, -1 if it is none."""
    parts = ip.split(".")
    if len(parts) != 4 or not all(p.isascii() and p.isdigit() and int(p) < 256 and str(int(p)) == p for p in parts):
        return -1
    a, b, c, d = map(int, parts)
    return (a << 24) | (b << 16) | (c << 8) | d


def is_address(text: str) -> bool:
    """Whether a text is an IPv4 address."""
    return number(text) >= 0


def in_range(ip: str, cidr: str) -> bool:
    """Whether an address lies in a range like 10.233.0.0/18."""
    base, _, bits = cidr.partition("/")
    shift, found = 32 - int(bits or 32), number(ip)
    return found >= 0 and found >> shift == number(base) >> shift


def pod_ip(pod: Obj) -> str:
    """The pod's address, "" before it has one."""
    return str((pod.get("status") or {}).get("podIP") or "")


def of_pod(pod: Obj) -> Place:
    """A pod as the beginning of a connection."""
    spec = pod["spec"]
    kind = NODE if spec.get("hostNetwork") else POD
    return Place(kind, meta.name(pod), pod_ip(pod), str(spec.get("nodeName") or ""), meta.namespace(pod))


def node_ip(node: Obj) -> str:
    """A node's InternalIP, "" if it has none."""
    for entry in (node.get("status") or {}).get("addresses") or ():
        if entry.get("type") == "InternalIP":
            return str(entry["address"])
    return ""


def is_control_plane(node: Obj) -> bool:
    """Whether the API server runs on that node."""
    return "node-role.kubernetes.io/control-plane" in meta.labels(node)


class Hosts:
    """Addresses to pods and nodes, looked up in the store once and kept until something moves."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pods: dict[str, Obj] | None = None
        self._nodes: dict[str, Obj] | None = None

    def forget(self, kind: str = "") -> None:
        """Look again next time, at pods or nodes or both."""
        if kind in ("", "Pod"):
            self._pods = None
        if kind in ("", "Node"):
            self._nodes = None

    def pod(self, ip: str) -> Obj | None:
        """The pod that has the address now; pods on the host network have none of their own."""
        if self._pods is None:
            own = (p for p in self._store.list("Pod") if not meta.is_finished(p) and not p["spec"].get("hostNetwork"))
            self._pods = {address: pod for pod in own if (address := pod_ip(pod))}
        return self._pods.get(ip)

    def node(self, ip: str) -> Obj | None:
        """The node with that address."""
        return self.nodes().get(ip)

    def nodes(self) -> dict[str, Obj]:
        """All nodes by address."""
        if self._nodes is None:
            self._nodes = {address: node for node in self._store.list("Node") if (address := node_ip(node))}
        return self._nodes

    def node_named(self, name: str) -> Obj | None:
        """The node of that name."""
        return next((node for node in self.nodes().values() if meta.name(node) == name), None)

    def pods_on_host(self, node: str) -> list[Obj]:
        """Pods that share the node's address."""
        shared = (p for p in self._store.list("Pod") if p["spec"].get("hostNetwork"))
        return [p for p in shared if p["spec"].get("nodeName") == node]
