"""What the programs in all pods share: the cluster's clock and store, its names, its roads, its containers."""

from dataclasses import dataclass

from kubelab.api import meta, times
from kubelab.api.meta import Obj
from kubelab.network import containers, dns, hops, hosts, path, resolver
from kubelab.network.hosts import Place
from kubelab.sim.chance import Chance
from kubelab.sim.clock import Clock
from kubelab.store.store import Store

DNS_PORT = 53


@dataclass(frozen=True, slots=True)
class World:
    """The parts that a program in a pod can reach."""

    store: Store
    clock: Clock
    chance: Chance
    runtime: containers.Runtime
    machines: hosts.Hosts
    roads: path.Roads
    authority: dns.CoreDNS
    caches: dns.NodeLocal

    def ask(self, source: Place, server: str, name: str, kind: str) -> dns.Answer | None:
        """Ask the name server at an address; None if nobody answers there."""
        if server == hosts.LOCAL_DNS:
            return self.caches.answer(source.node, name, kind)
        if server == resolver.NODE_NAMESERVER:
            return dns.outside(name, kind)
        verdict = self.roads.connect(source, server, DNS_PORT, "udp")
        if not verdict.answered:
            return None
        pod = self.store.find("Pod", verdict.namespace, verdict.pod) if verdict.pod else None
        return self.authority.answer(name, kind) if pod is None or is_name_server(pod) else None

    def node_uptime(self, node: str) -> int:
        """For how many milliseconds a node has been up (since its Node object was made)."""
        machine = self.machines.node_named(node)
        created = meta.of(machine).get("creationTimestamp") if machine else None
        return self.clock.now - times.parse(created) if created else 0


def is_name_server(pod: Obj) -> bool:
    """Whether what listens on port 53 in the pod speaks DNS: in here, CoreDNS alone does."""
    return any("coredns" in c.get("image", "") for c in pod["spec"]["containers"])


def explain_names(resolution: resolver.Resolution, where: str) -> list[hops.Hop]:
    """The questions a resolver asked, as hops."""
    found = []
    for server, candidate, outcome in resolution.tried:
        values = {"server": server, "name": candidate, "outcome": outcome}
        said = "{name}: {outcome} (asked {server})"
        if outcome == dns.NOERROR and resolution.found and candidate == resolution.tried[-1][1]:
            said = "{name}: {addresses} (asked {server})"
            values["addresses"] = ", ".join(resolution.addresses)
        elif outcome == dns.NOERROR:
            said = "{name}: no address (asked {server})"
        found.append(hops.Hop(hops.NAME, where, said, values))
    return found
