"""The network of a cluster behind one door: kube-proxy, DNS, the roads, and the programs that walk them.

`cluster.py` makes one; kubectl, the lab and the panels ask it. It lends the nodes its shell and its servers (main
programs, probes), and it watches the store to keep the proxies' rules and the address book up to date. Its state is
what the proxies remember and what the DNS caches hold.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from kubelab.api import meta, times
from kubelab.api.meta import Obj
from kubelab.network import (
    balancers,
    dns,
    hops,
    hosts,
    loops,
    mains,
    path,
    programs,
    proxy,
    resolver,
    rules,
    servers,
    services,
    traffic,
    web,
    world,
)
from kubelab.network.containers import Container, Runtime
from kubelab.network.session import Forever, Out, Result, Session, Stop
from kubelab.sim.chance import Chance
from kubelab.sim.clock import Clock
from kubelab.sim.trace import Trace
from kubelab.store.store import Event, Store

WATCHED = ("Service", "EndpointSlice", "Pod", "Node")


class Network:
    """See the module."""

    def __init__(self, store: Store, clock: Clock, chance: Chance, runtime: Runtime, trace: Trace) -> None:
        self.store, self.clock, self.chance, self.runtime = store, clock, chance, runtime
        self.machines = hosts.Hosts(store)
        self.proxy = proxy.Proxy(store, clock, chance, self.machines)
        self.roads = path.Roads(self.proxy, self.machines, runtime)
        authority = dns.CoreDNS(store, clock, chance)
        caches = dns.NodeLocal(authority, clock, self._names_answer)
        self.world = world.World(store, clock, chance, runtime, self.machines, self.roads, authority, caches)
        self.before_change: list[Callable[[], None]] = []
        self.changes = 0
        store.subscribe(self._see)
        runtime.entrypoint = lambda pod, container, argv: mains.entrypoint(self.world, pod, container, argv)
        runtime.execute = lambda pod, container, argv: mains.execute(self.world, pod, container, argv)
        runtime.http = self._probe
        clock.on(loops.ROOM, self._timer)

    # ---- following the store

    def _see(self, event: Event) -> None:
        kind = event.obj["kind"]
        if kind not in WATCHED:
            return
        for flush in self.before_change:
            flush()
        self.changes += 1
        self.machines.forget(kind)
        if kind == "Node":
            self.proxy.forget()
        elif kind == "Service":
            self.proxy.changed(meta.key(event.obj))
        elif kind == "EndpointSlice":
            for part in (event.obj, event.old):
                owner = meta.labels(part).get(services.SERVICE_LABEL) if part else None
                if part and owner:
                    self.proxy.changed((meta.namespace(part), owner))

    def _names_answer(self) -> bool:
        """Whether NodeLocal DNSCache finds a CoreDNS to ask."""
        found = (p for p in self.store.list("Pod", "kube-system") if world.is_name_server(p) and meta.is_ready(p))
        return any(self.runtime.listens(pod, world.DNS_PORT, "udp") for pod in found)

    # ---- programs

    def exec(self, pod: Obj, container: str, argv: Sequence[str], stdin: str = "", tty: bool = False) -> Result:
        """Run a program in a pod's container; the clock moves while it runs."""
        found = self.runtime.container(pod, container)
        words = list(argv)
        if found is None or not found["alive"]:
            return Result("", f'container not running ("{container}")\n', 1, started=False)
        session = Session(self.world, pod, found, programs.launch)
        session.tty = tty
        if not words or not session.has(words[0]):
            return Result("", mains.not_found(words[0] if words else "") + "\n", 127, started=False)
        if tty:
            session.env = {"TERM": "xterm", **session.env}
        out = Out()
        err = out if tty else Out()
        started = self.clock.now
        try:
            code = session.run(words, stdin, out, err)
        except (Stop, Forever) as stop:
            err.write(f"kubelab: {stop}\n")
            code = 130
        return Result(out.text, "" if tty else err.text, code, self.clock.now - started)

    def _timer(self, what: str, *about: Any) -> None:
        if what == "round":
            loops.go_on(self.world, mains.launch_main, *about)
        else:
            loops.end(self.world, *about)

    def _probe(self, pod: Obj, container: Container, port: int, where: str) -> int:
        """The status of a GET, as a probe sees it; 0 if what listens does not speak HTTP."""
        url = web.Url("http", hosts.pod_ip(pod), port, where or "/")
        answer = servers.serve(self.world, pod, container, port, web.Request("GET", url, hosts.pod_ip(pod)))
        return answer.status if answer is not None else 0

    # ---- one request

    def place(self, client: str = "", namespace: str = "default") -> hosts.Place:
        """Where a request begins: a pod's name, a node's name, `outside`; by default a client on the first worker."""
        if client in ("", "outside"):
            if client:
                return hosts.Place(hosts.OUTSIDE, "outside", traffic.OUTSIDE_IP, "")
            return traffic.virtual_clients(self.machines, 1)[0]
        machine = self.machines.node_named(client)
        if machine is not None:
            return hosts.Place(hosts.NODE, client, hosts.node_ip(machine), client)
        pod = self.store.find("Pod", namespace, client)
        if pod is None or not hosts.pod_ip(pod):
            raise traffic.TrafficError(f'no pod or node "{client}" that could ask')
        return hosts.of_pod(pod)

    def request(self, target: str, client: str = "", namespace: str = "default", port: int = 80) -> hops.Path:
        """Follow one connection to `host[:port]`, hop by hop. It is a real one: chance and affinity feel it."""
        url = web.parse(target)
        number = url.port if url.explicit_port or "://" in target else port
        source = self.place(client, namespace)
        seen: list[hops.Hop] = []
        address = url.host
        if not hosts.is_address(address):
            resolution = self._resolve(source, url.host, namespace)
            seen += world.explain_names(resolution, source.name)
            if not resolution.found:
                said = "{name} has no address: {failure}"
                values = {"name": url.host, "failure": resolution.failure}
                return hops.Path(source.name, target, tuple(seen), hops.Verdict(hops.UNRESOLVED, said, values))
            address = resolution.addresses[0]
        verdict = self.roads.connect(source, address, number, "tcp", seen)
        if self.proxy.mode != balancers.IPTABLES:
            seen = [hop if not hop.rule.startswith("KUBE-") else dataclasses.replace(hop, rule="") for hop in seen]
        return hops.Path(source.name, target, tuple(seen), verdict)

    def _resolve(self, source: hosts.Place, name: str, namespace: str) -> resolver.Resolution:
        pod = self.store.find("Pod", source.namespace, source.name) if source.kind == hosts.POD else None
        container = next(iter(self.runtime.containers(pod)), None) if pod else None
        if pod is not None and container is not None:
            return Session(self.world, pod, container, programs.launch).resolve(name)
        stand_in: Obj = {"metadata": {"name": source.name, "namespace": namespace}, "spec": {}}
        config = resolver.parse(resolver.resolv_conf(stand_in))
        return resolver.resolve(name, config, "", lambda *asked: self.world.ask(source, *asked))

    # ---- many requests, rules

    def traffic(
        self, service: str, requests: int = 1000, clients: int | list[str] = 1, **options: Any
    ) -> traffic.Traffic:
        """Send many requests to a Service; see traffic.run."""
        every = options.pop("every", 0)
        unknown = [name for name in options if name not in traffic.OPTIONS]
        if unknown:
            raise traffic.TrafficError(f"traffic has no {unknown[0]!r}: {', '.join(('every', *traffic.OPTIONS))}")
        try:
            every = times.go_duration(every) if isinstance(every, str) else round(every * 1000)
        except (ValueError, TypeError, OverflowError):
            raise traffic.TrafficError(f'every: for example "500ms", or seconds; not {every!r}') from None
        return traffic.run(self, service, requests, clients, every=every, **options)

    def rules(self, mode: str = "", node: str = "kube-node1") -> str:
        """The rules that kube-proxy writes on a node, as `iptables-save` prints them; by default of its own mode."""
        return rules.text(self.proxy, self.machines, self.clock, mode or self.proxy.mode, node)

    def use(self, mode: str, scheduler: str = "") -> None:
        """Run kube-proxy in another mode: iptables, ipvs, nftables."""
        self.proxy.use(mode, scheduler)

    # ---- undo and state files

    def snapshot(self) -> dict[str, Any]:
        """What the proxies remember and the caches hold, as JSON-like data."""
        return {"proxy": self.proxy.snapshot(), "names": self.world.caches.snapshot()}

    def restore(self, data: dict[str, Any]) -> None:
        """Be as at the snapshot."""
        self.machines.forget()
        self.proxy.restore(data["proxy"])
        self.world.caches.restore(data["names"])
