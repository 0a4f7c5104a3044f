"""The way of one connection: from a pod, a node or outside, through the rules it meets, to whoever answers.

Stands for the Linux network stack of the nodes with Calico's plain routing: a packet meets the rules of its own node
first; one for another node's port goes there and meets that node's rules, in its node's name if it comes from a pod.
Nothing here takes time; the programs know how long a refusal or a silence lasts.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from kubelab.api import meta
from kubelab.network import containers, hops, hosts, proxy
from kubelab.network.balancers import Lane
from kubelab.network.hops import Hop, Verdict
from kubelab.network.hosts import Hosts, Place

Seen = list[Hop] | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who is at an address: a listening container, a host's own service, or why nobody answers."""

    outcome: str
    said: str
    pod: str = ""
    namespace: str = ""
    container: str = ""


class Roads:
    """Connections between any two places of the cluster."""

    def __init__(self, rules: proxy.Proxy, machines: Hosts, runtime: containers.Runtime) -> None:
        self._rules, self._hosts, self._runtime = rules, machines, runtime

    def connect(self, source: Place, ip: str, port: int, protocol: str = "tcp", seen: Seen = None) -> Verdict:
        """Open a connection; how that ends. Affinity and chance are touched as by a real connection."""
        if ip.startswith("127.") or (ip == source.ip and source.kind == hosts.POD):
            return self._deliver(source, source.ip or ip, port, protocol, source.ip, seen)
        if source.kind == hosts.OUTSIDE:
            return self._enter(source, ip, port, protocol, seen)
        values = {"source": source.ip, "address": f"{ip}:{port}", "node": source.node}
        _note(seen, hops.PACKET, source.name, "packet {source} -> {address} meets the rules of {node}", values)
        lane = self._rules.lane(source, source.node, ip, port, protocol)
        if lane.fate == proxy.PASS:
            return self._onward(source, lane, ip, port, protocol, seen)
        return self._along(source, lane, protocol, seen)

    def _enter(self, source: Place, ip: str, port: int, protocol: str, seen: Seen) -> Verdict:
        """From outside the cluster only nodes can be reached, and addresses that a node announces."""
        machine = self._hosts.node(ip)
        node = meta.name(machine) if machine else self.announcer(ip)
        if not node:
            said = "{address} cannot be reached from outside the cluster: no route, no answer"
            return Verdict(hops.TIMEOUT, said, {"address": f"{ip}:{port}"}, address=f"{ip}:{port}")
        values = {"source": source.ip, "address": f"{ip}:{port}", "node": node}
        _note(seen, hops.PACKET, node, "packet {source} -> {address} arrives at {node} and meets its rules", values)
        lane = self._rules.lane(source, node, ip, port, protocol)
        if lane.fate == proxy.PASS:
            return self._deliver(source, ip, port, protocol, source.ip, seen)
        return self._along(source, lane, protocol, seen)

    def _along(self, source: Place, lane: Lane, protocol: str, seen: Seen) -> Verdict:
        """Through a Service's rules."""
        if seen is not None and lane.reason is not None:
            seen.append(lane.reason)
        if lane.fate != proxy.DNAT:
            assert lane.reason is not None
            outcome = hops.REFUSED if lane.fate == proxy.REJECT else hops.TIMEOUT
            return Verdict(outcome, lane.reason.said, lane.reason.values, address=lane.virtual)
        endpoint = self._rules.pick(lane, source.ip, seen)
        masquerade = lane.masquerade or source.ip == endpoint.ip
        shown = self.seen_source(source, lane.node, endpoint.ip, masquerade)
        if seen is not None and lane.port is not None:
            values: dict[str, Any] = {"from": lane.virtual, "to": endpoint.address, "source": shown}
            said = "destination {from} becomes {to}" + (", source becomes {source} (masquerade)" if masquerade else "")
            seen.append(Hop(hops.REWRITE, lane.node, said, values, lane.port.endpoint_chain(endpoint)))
        return self._deliver(source, endpoint.ip, endpoint.port, protocol, shown, seen)

    def _onward(self, source: Place, lane: Lane, ip: str, port: int, protocol: str, seen: Seen) -> Verdict:
        """An address that is no Service's here: another node, a pod, or nothing."""
        if seen is not None and lane.reason is not None:
            seen.append(lane.reason)
        machine = self._hosts.node(ip)
        shown = self.seen_source(source, source.node, ip, False)
        if machine is not None and meta.name(machine) != source.node:
            there = Place(hosts.NODE, source.node, shown, source.node)
            values = {"source": shown, "address": f"{ip}:{port}", "node": meta.name(machine)}
            _note(seen, hops.PACKET, values["node"], "packet {source} -> {address} meets the rules of {node}", values)
            second = self._rules.lane(there, meta.name(machine), ip, port, protocol)
            if second.fate != proxy.PASS:
                return self._along(there, second, protocol, seen)
        return self._deliver(source, ip, port, protocol, shown, seen)

    def seen_source(self, source: Place, node: str, destination: str, masquerade: bool) -> str:
        """The source address that the server sees."""
        leaves = source.is_local and not hosts.in_range(destination, hosts.POD_RANGE)
        if not masquerade and not leaves:
            return source.ip
        machine = self._hosts.node_named(node)
        return hosts.node_ip(machine) if machine else source.ip

    # ---- the far end

    def _deliver(self, source: Place, ip: str, port: int, protocol: str, shown: str, seen: Seen) -> Verdict:
        found = self.arrival(ip, port, protocol)
        address = f"{ip}:{port}"
        values = {"address": address, "port": port, "ip": ip, "pod": found.pod, "source": shown}
        _note(seen, hops.ARRIVE, found.pod or ip, found.said, values)
        return Verdict(found.outcome, found.said, values, found.pod, found.namespace, found.container, address, shown)

    def arrival(self, ip: str, port: int, protocol: str = "tcp") -> Arrival:
        """Who answers at an address, if anybody does."""
        machine = self._hosts.node(ip)
        if machine is not None:
            return self._at_node(machine, port, protocol)
        if ip == hosts.LOCAL_DNS:
            if port == 53:
                return Arrival(hops.ANSWERED, "NodeLocal DNSCache answers on every node")
            return Arrival(hops.REFUSED, "nothing listens on {address}: refused")
        pod = self._hosts.pod(ip)
        if pod is None:
            return Arrival(hops.TIMEOUT, _nobody(ip))
        container = containers.listener(self._runtime, pod, port, protocol)
        name, namespace = meta.name(pod), meta.namespace(pod)
        if container is not None:
            return Arrival(hops.ANSWERED, "{pod} sees {source} and answers", name, namespace, container["name"])
        alive = any(c["alive"] for c in self._runtime.containers(pod))
        said = "nothing in {pod} listens on port {port}: refused" if alive else "no process runs in {pod}: refused"
        return Arrival(hops.REFUSED, said, name, namespace)

    def answers_ping(self, ip: str) -> bool:
        """Whether anything has the address as its own: a pod, a node, the local DNS cache; a Service's in ipvs mode."""
        own = ip.startswith("127.") or ip == hosts.LOCAL_DNS or self._rules.holds(ip)
        return own or self._hosts.pod(ip) is not None or self._hosts.node(ip) is not None

    def _at_node(self, machine: meta.Obj, port: int, protocol: str) -> Arrival:
        if port == hosts.API_PORT and protocol == "tcp" and hosts.is_control_plane(machine):
            return Arrival(hops.ANSWERED, "the API server on {ip} answers")
        for pod in self._hosts.pods_on_host(meta.name(machine)):
            container = containers.listener(self._runtime, pod, port, protocol)
            if container is not None:
                said = "{pod} sees {source} and answers"
                return Arrival(hops.ANSWERED, said, meta.name(pod), meta.namespace(pod), container["name"])
        return Arrival(hops.REFUSED, "nothing on the node listens on port {port}: refused")

    def announcer(self, ip: str) -> str:
        """The node that answers for a load balancer's address: MetalLB's layer 2 choice, "" if nobody does."""
        ports = [p for p in self._rules.ports() if ip in p.balancer_ips or ip in p.external_ips]
        if not ports:
            return ""
        eligible = []
        for node in sorted(meta.name(n) for n in self._hosts.nodes().values()):
            use = self._rules.usable(ports[0], node)
            if use.local if ports[0].external_local else use.any:
                eligible.append(node)
        # MetalLB orders nodes by sha256(node#ip) so that addresses spread and the choice is stable.
        return min(eligible, key=lambda n: hashlib.sha256(f"{n}#{ip}".encode()).digest(), default="")


def _note(seen: Seen, stage: str, where: str, said: str, values: dict[str, Any], rule: str = "") -> None:
    if seen is not None:
        seen.append(Hop(stage, where, said, values, rule))


def _nobody(ip: str) -> str:
    if hosts.in_range(ip, hosts.POD_RANGE):
        return "no pod has the address {ip}: no answer"
    if hosts.in_range(ip, hosts.SERVICE_RANGE):
        return "no Service answers at {address}: no answer"
    return "{ip} lies outside the cluster, and there is no internet in here: no answer"
