"""What kube-proxy reads: Services and EndpointSlices, turned into one value per Service port.

Stands for pkg/proxy: serviceport.go, endpoint.go, endpointslicecache.go and topology.go (`CategorizeEndpoints`) of
v1.36. As there, the unit is the *Service port name* (`default/web` or `default/web:http`); a slice belongs to a
Service by its label and to a port by the port's name; endpoints are in the text order of `ip:port`. IPv4 only.
"""

import base64
import functools
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kubelab.api import meta
from kubelab.api.meta import Obj

SERVICE_LABEL = "kubernetes.io/service-name"
HEADLESS_LABEL = "service.kubernetes.io/headless"
FOREIGN_PROXY_LABEL = "service.kubernetes.io/service-proxy-name"
ZONE_LABEL = "topology.kubernetes.io/zone"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address behind a Service port; `pod` is its name, "" for an address that is no pod's."""

    ip: str
    port: int
    node: str = ""
    pod: str = ""
    ready: bool = True
    serving: bool = True
    terminating: bool = False
    zones: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """`ip:port`."""
        return f"{self.ip}:{self.port}"


@dataclass(frozen=True, slots=True)
class ServicePort:
    """One port of one Service, as kube-proxy knows it; `affinity` is the ClientIP timeout in seconds, 0 for none."""

    namespace: str
    service: str
    port_name: str
    protocol: str
    cluster_ip: str
    port: int
    node_port: int = 0
    external_ips: tuple[str, ...] = ()
    balancer_ips: tuple[str, ...] = ()
    source_ranges: tuple[str, ...] = ()
    affinity: int = 0
    internal_local: bool = False
    external_local: bool = False
    health_port: int = 0
    endpoints: tuple[Endpoint, ...] = ()

    @property
    def name(self) -> str:
        """The Service port name: `default/web:http`."""
        return f"{self.namespace}/{self.service}" + (f":{self.port_name}" if self.port_name else "")

    @property
    def externally_accessible(self) -> bool:
        """Whether anything but the cluster IP leads here."""
        return bool(self.node_port or self.balancer_ips or self.external_ips)

    @property
    def uses_cluster(self) -> bool:
        """Whether some rule wants the endpoints of all nodes (external Local needs them for its short cuts)."""
        return not self.internal_local or self.externally_accessible

    @property
    def uses_local(self) -> bool:
        """Whether some rule wants only the node's own endpoints."""
        return self.internal_local or (self.external_local and self.externally_accessible)

    def chain(self, prefix: str) -> str:
        """The name of one of the port's chains: `KUBE-SVC-` and 16 characters."""
        return prefix + chain_hash(self.name + self.protocol)

    def endpoint_chain(self, endpoint: Endpoint) -> str:
        """The name of an endpoint's chain, and of its list of remembered clients."""
        return "KUBE-SEP-" + chain_hash(self.name + self.protocol + endpoint.address)


@functools.cache
def chain_hash(text: str) -> str:
    """kube-proxy's hash: chain names have at most 28 characters, Service names have more."""
    return base64.b32encode(hashlib.sha256(text.encode()).digest()).decode()[:16]


@dataclass(frozen=True, slots=True)
class Usable:
    """Which endpoints of a port a node sends traffic to: by policy Cluster, by policy Local, and whether any exist."""

    cluster: tuple[Endpoint, ...]
    local: tuple[Endpoint, ...]
    reachable: tuple[Endpoint, ...]
    any: bool


def usable(port: ServicePort, node: str, zone: str = "") -> Usable:
    """Sort a port's endpoints as `CategorizeEndpoints` does on `node`."""
    cluster: tuple[Endpoint, ...] = ()
    hinted = False
    if port.uses_cluster:
        ready = tuple(e for e in port.endpoints if e.ready)
        cluster = hinted_endpoints(ready, node, zone)
        hinted = len(cluster) < len(ready)
        cluster = cluster or _last_resort(port.endpoints)
    if not port.uses_local:
        return Usable(cluster, (), cluster, bool(cluster))
    own = tuple(e for e in port.endpoints if e.node == node)
    ready_own = tuple(e for e in own if e.ready)
    local = ready_own or _last_resort(own)
    anywhere = any(e.ready or (e.serving and e.terminating) for e in port.endpoints)
    if not port.uses_cluster:
        return Usable((), local, local, anywhere)
    reachable = cluster
    if hinted or not ready_own:
        reachable = tuple(e for e in port.endpoints if e in cluster or e in local)
    return Usable(cluster, local, reachable, anywhere)


def _last_resort(endpoints: tuple[Endpoint, ...]) -> tuple[Endpoint, ...]:
    """With no ready endpoint, those that leave but still serve."""
    return tuple(e for e in endpoints if e.serving and e.terminating)


def hinted_endpoints(ready: tuple[Endpoint, ...], node: str, zone: str) -> tuple[Endpoint, ...]:
    """The ready endpoints that the topology hints leave for this node: same node, else same zone, else all."""
    if ready and all(e.nodes for e in ready):
        here = tuple(e for e in ready if node in e.nodes)
        if here:
            return here
    if zone and ready and all(e.zones for e in ready):
        near = tuple(e for e in ready if zone in e.zones)
        if near:
            return near
    return ready


# ---- from objects to values


def is_proxied(service: Obj) -> bool:
    """Whether kube-proxy makes rules for the Service at all: it has an address of its own, and no other proxy."""
    spec = service.get("spec") or {}
    if FOREIGN_PROXY_LABEL in meta.labels(service):
        return False
    return spec.get("type") != "ExternalName" and spec.get("clusterIP") not in (None, "", "None")


def service_ports(service: Obj, slices: Iterable[Obj]) -> tuple[ServicePort, ...]:
    """The ports of a Service with their endpoints; () if kube-proxy does not look at it."""
    if not is_proxied(service):
        return ()
    spec = service["spec"]
    parts = [s for s in slices if HEADLESS_LABEL not in meta.labels(s) and s.get("addressType", "IPv4") == "IPv4"]
    ingress = ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    balanced = spec.get("type") == "LoadBalancer"
    common: dict[str, Any] = {
        "namespace": meta.namespace(service),
        "service": meta.name(service),
        "cluster_ip": spec["clusterIP"],
        "external_ips": tuple(spec.get("externalIPs") or ()),
        "balancer_ips": tuple(i["ip"] for i in ingress if balanced and i.get("ip") and i.get("ipMode") != "Proxy"),
        "source_ranges": tuple(spec.get("loadBalancerSourceRanges") or ()) if balanced else (),
        "affinity": affinity_seconds(spec),
        "internal_local": spec.get("internalTrafficPolicy") == "Local",
        "external_local": spec.get("externalTrafficPolicy") == "Local",
        "health_port": spec.get("healthCheckNodePort") or 0,
    }
    return tuple(_service_port(port, parts, common) for port in spec.get("ports") or ())


def _service_port(port: Obj, slices: list[Obj], common: dict[str, Any]) -> ServicePort:
    name, protocol = port.get("name") or "", port.get("protocol") or "TCP"
    return ServicePort(
        port_name=name,
        protocol=protocol.lower(),
        port=port["port"],
        node_port=port.get("nodePort") or 0,
        endpoints=_endpoints(slices, name, protocol),
        **common,
    )


def affinity_seconds(spec: Obj) -> int:
    """The ClientIP timeout in seconds, 0 if the Service keeps nobody with one pod."""
    if spec.get("sessionAffinity") != "ClientIP":
        return 0
    config = (spec.get("sessionAffinityConfig") or {}).get("clientIP") or {}
    return int(config.get("timeoutSeconds") or 10_800)


def _endpoints(slices: list[Obj], port_name: str, protocol: str) -> tuple[Endpoint, ...]:
    found: dict[str, Endpoint] = {}
    for part in slices:
        for number in _numbers(part, port_name, protocol):
            for entry in part.get("endpoints") or ():
                endpoint = _endpoint(entry, number)
                found[endpoint.address] = endpoint
    return tuple(found[address] for address in sorted(found))


def _numbers(part: Obj, port_name: str, protocol: str) -> list[int]:
    return [
        p["port"]
        for p in part.get("ports") or ()
        if (p.get("name") or "") == port_name and (p.get("protocol") or "TCP") == protocol and p.get("port")
    ]


def _endpoint(entry: Obj, number: int) -> Endpoint:
    conditions = entry.get("conditions") or {}
    ready = conditions.get("ready")
    ready = True if ready is None else bool(ready)
    serving = conditions.get("serving")
    target = entry.get("targetRef") or {}
    hints = entry.get("hints") or {}
    return Endpoint(
        ip=entry["addresses"][0],
        port=number,
        node=entry.get("nodeName") or "",
        pod=target.get("name") or "" if target.get("kind") == "Pod" else "",
        ready=ready,
        serving=ready if serving is None else bool(serving),
        terminating=bool(conditions.get("terminating")),
        zones=tuple(z["name"] for z in hints.get("forZones") or ()),
        nodes=tuple(n["name"] for n in hints.get("forNodes") or ()),
    )
