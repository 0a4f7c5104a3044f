"""kube-proxy: from Services and EndpointSlices to what each node does with a new connection.

Stands for pkg/proxy/iptables/proxier.go of v1.36: the cluster IP, external IPs, load balancer addresses and node ports
of a Service lead to its chains; policies Cluster and Local, the last resort of terminating endpoints, REJECT without
any endpoint, DROP without a local one, masquerading and hairpin are as there. All nodes follow a change at once (a
real kube-proxy takes up to a second). UDP and TCP alike are judged by their first packet.
"""

from typing import Any

from kubelab.api import meta
from kubelab.network import balancers, hops, hosts, services
from kubelab.network.balancers import Lane
from kubelab.network.hosts import Hosts, Place
from kubelab.network.services import Endpoint, ServicePort, Usable
from kubelab.sim.chance import Chance
from kubelab.sim.clock import Clock
from kubelab.store.store import Store

DNAT, REJECT, DROP, PASS = "dnat", "reject", "drop", "pass"
CLUSTER_IP, EXTERNAL_IP, BALANCER_IP, NODE_PORT = "cluster IP", "external IP", "loadbalancer IP", "node port"

Found = tuple[ServicePort, str]


class Proxy:
    """The rules of all nodes, computed from the store when somebody asks and kept until something changes."""

    def __init__(self, store: Store, clock: Clock, chance: Chance, machines: Hosts) -> None:
        self._store, self._clock, self._chance, self._hosts = store, clock, chance, machines
        self.state = balancers.State()
        self.mode, self.scheduler = balancers.IPTABLES, ""
        self._balancer = balancers.balancer(self.mode, self.scheduler, chance, self.state)
        self._ports: dict[meta.Key, tuple[ServicePort, ...]] | None = None
        self._dirty: dict[meta.Key, None] = {}
        self._index: dict[tuple[str, str, int], Found] = {}
        self._usable: dict[tuple[str, str, str], Usable] = {}

    # ---- following the store

    def use(self, mode: str, scheduler: str = "") -> None:
        """Run all kube-proxies in another mode; what was remembered is gone, as after a restart with other tables."""
        scheduler = balancers.scheduler_of(mode, scheduler)
        self.mode, self.scheduler, self.state = mode, scheduler, balancers.State()
        self._balancer = balancers.balancer(mode, scheduler, self._chance, self.state)

    @property
    def label(self) -> str:
        """The mode and its scheduler, and how far it was checked."""
        scheduler = f", scheduler {self.scheduler}" if self.scheduler else ""
        return f"{self.mode}{scheduler}: {balancers.CHECKED[self.mode]}"

    def changed(self, key: meta.Key) -> None:
        """A Service or one of its slices has changed: rules are made anew, lists that no rule names any more vanish."""
        if self._ports is not None:
            self._dirty[key] = None
        prefix = f"{key[0]}/{key[1]}"
        for node, name in self.state.memory.ports(lambda port: _belongs(port, prefix)):
            port = next((p for p in self.ports_of(key) if balancers.memory_key(p) == name), None)
            reachable = self.usable(port, node).reachable if port and port.affinity else ()
            self.state.memory.keep(node, name, (e.address for e in reachable))

    def forget(self) -> None:
        """Read everything again next time."""
        self._ports = None
        self._dirty.clear()
        self._index.clear()
        self._usable.clear()

    def ports(self) -> list[ServicePort]:
        """Every Service port that has rules, by name."""
        self._refresh()
        assert self._ports is not None
        return [port for key in sorted(self._ports) for port in self._ports[key]]

    def ports_of(self, key: meta.Key) -> tuple[ServicePort, ...]:
        """The ports of one Service."""
        self._refresh()
        assert self._ports is not None
        return self._ports.get(key, ())

    def _refresh(self) -> None:
        if self._ports is None:
            slices: dict[meta.Key, list[meta.Obj]] = {}
            for part in self._store.list("EndpointSlice"):
                owner = meta.labels(part).get(services.SERVICE_LABEL, "")
                slices.setdefault((meta.namespace(part), owner), []).append(part)
            found = self._store.list("Service")
            self._ports = {meta.key(s): services.service_ports(s, slices.get(meta.key(s), ())) for s in found}
        elif self._dirty:
            for key in self._dirty:
                self._ports.pop(key, None)
                service = self._store.find("Service", *key)
                if service is not None:
                    label = f"{services.SERVICE_LABEL}={key[1]}"
                    parts = self._store.list("EndpointSlice", key[0], labels=label)
                    self._ports[key] = services.service_ports(service, parts)
        else:
            return
        self._dirty.clear()
        self._usable.clear()
        self._index = {}
        for ports in self._ports.values():
            for port in ports:
                self._register(port)

    def _register(self, port: ServicePort) -> None:
        self._index[port.cluster_ip, port.protocol, port.port] = (port, CLUSTER_IP)
        for ip in port.external_ips:
            self._index.setdefault((ip, port.protocol, port.port), (port, EXTERNAL_IP))
        for ip in port.balancer_ips:
            self._index.setdefault((ip, port.protocol, port.port), (port, BALANCER_IP))
        if port.node_port:
            self._index["", port.protocol, port.node_port] = (port, NODE_PORT)

    # ---- asking

    def usable(self, port: ServicePort, node: str) -> Usable:
        """Which endpoints of the port that node sends traffic to."""
        key = (port.name, port.protocol, node)
        if key not in self._usable:
            machine = self._hosts.node_named(node)
            zone = meta.labels(machine).get(services.ZONE_LABEL, "") if machine else ""
            self._usable[key] = services.usable(port, node, zone)
        return self._usable[key]

    def find(self, node: str, ip: str, port: int, protocol: str = "tcp") -> Found | None:
        """The Service port that the node's rules see in an address, and by which of its addresses."""
        self._refresh()
        found = self._index.get((ip, protocol, port))
        if found is None and self._is_own(node, ip):
            found = self._index.get(("", protocol, port))
        return found

    def _is_own(self, node: str, ip: str) -> bool:
        machine = self._hosts.node(ip)
        return machine is not None and meta.name(machine) == node

    def is_service_ip(self, ip: str) -> bool:
        """Whether any Service has the address."""
        self._refresh()
        return any(address == ip for address, _, _ in self._index)

    def lane(self, source: Place, node: str, ip: str, port: int, protocol: str = "tcp") -> Lane:
        """What the node's rules make of a connection from `source` to that address, up to the pick."""
        found = self.find(node, ip, port, protocol)
        if found is None:
            return self._unclaimed(node, ip, port)
        service, way = found
        use, virtual = self.usable(service, node), f"{ip}:{port}"
        where = {"service": service.name, "address": virtual, "way": way}
        if not use.any:
            said = "{service} has no endpoints: {address} is refused (REJECT)"
            return Lane(REJECT, node, "KUBE-SERVICES", (), False, virtual, service, _rule(node, said, where))
        if way == CLUSTER_IP:
            endpoints = use.local if service.internal_local else use.cluster
            masquerade, local = not source.is_local, service.internal_local
        else:
            if way == BALANCER_IP and not _admitted(source, service):
                said = "{address} is not open to this source address (loadBalancerSourceRanges): dropped"
                reason = _rule(node, said, where)
                return Lane(DROP, node, service.chain("KUBE-FW-"), (), False, virtual, service, reason)
            endpoints, masquerade, local = _external(source, node, service, use)
        if not endpoints:
            said = "{service} has no local endpoints on this node: dropped"
            return Lane(DROP, node, "KUBE-SERVICES", (), False, virtual, service, _rule(node, said, where))
        chain = service.chain("KUBE-SVL-" if local else "KUBE-SVC-")
        reason = _rule(node, "{address} is the {way} of {service}", where)
        return Lane(DNAT, node, chain, endpoints, masquerade, virtual, service, reason)

    def holds(self, ip: str) -> bool:
        """Whether every node has the Service's address as its own: ipvs mode puts it on kube-ipvs0."""
        return self.mode == balancers.IPVS and self.is_service_ip(ip)

    def _unclaimed(self, node: str, ip: str, port: int) -> Lane:
        where = {"address": f"{ip}:{port}", "ip": ip}
        fate, said = PASS, "no rule for {address}: the packet goes on as it is"
        if self.holds(ip):
            fate, said = REJECT, "{ip} is an address of this node (kube-ipvs0), nothing listens there: refused"
        elif self.mode == balancers.NFTABLES and self.is_service_ip(ip):
            fate, said = REJECT, "{ip} is a Service's, but not with this port: refused"
        elif self.mode == balancers.NFTABLES and hosts.in_range(ip, hosts.SERVICE_RANGE):
            fate, said = DROP, "{ip} belongs to no Service: dropped"
        return Lane(fate, node, "KUBE-SERVICES", (), False, f"{ip}:{port}", None, _rule(node, said, where))

    def pick(self, lane: Lane, client: str, seen: list[hops.Hop] | None = None, now: int | None = None) -> Endpoint:
        """One endpoint for a new connection along the lane; the choice is remembered where affinity wants it."""
        return self._balancer.pick(lane, client, self._clock.now if now is None else now, seen)

    # ---- keeping

    def snapshot(self) -> dict[str, Any]:
        """What the proxies remember, as JSON-like data."""
        return {"mode": self.mode, "scheduler": self.scheduler, **self.state.snapshot()}

    def restore(self, data: dict[str, Any]) -> None:
        """Be as at the snapshot."""
        self.use(data["mode"], data["scheduler"] if data["mode"] == balancers.IPVS else "")
        self.state.restore(data)
        self.forget()


def _belongs(port: str, service: str) -> bool:
    name = port.partition("|")[0]
    return name == service or name.startswith(service + ":")


def _rule(node: str, said: str, values: dict[str, Any]) -> hops.Hop:
    return hops.Hop(hops.RULE, node, said, values, rule="KUBE-SERVICES")


def _admitted(source: Place, service: ServicePort) -> bool:
    ranges = service.source_ranges
    return not ranges or any(hosts.in_range(source.ip, cidr) for cidr in ranges)


def _external(source: Place, node: str, service: ServicePort, use: Usable) -> tuple[tuple[Endpoint, ...], bool, bool]:
    """The KUBE-EXT chain: endpoints, whether to masquerade, whether by policy Local."""
    if not service.external_local:
        return use.cluster, True, False
    if source.is_local:
        return use.cluster, False, False
    if source.kind == hosts.NODE and source.node == node:
        return use.cluster, True, False
    return use.local, False, True
