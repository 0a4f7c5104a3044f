"""The tables of Services, Endpoints and EndpointSlices.

Stands for printService, printEndpoints and printEndpointSlice in pkg/printers/internalversion/printers.go (v1.36). The
API server always makes the wide table and kubectl hides columns, so a load balancer's addresses are never cut here.
"""

from collections.abc import Iterable

from kubelab.api import meta
from kubelab.printers import texts
from kubelab.printers.columns import base


def _load_balancer(service: meta.Obj) -> list[str]:
    ingress = (base.part(service, "status").get("loadBalancer") or {}).get("ingress") or []
    return sorted({entry.get("ip") or entry.get("hostname") or "" for entry in ingress} - {""})


def external_ip(service: meta.Obj) -> str:
    """The EXTERNAL-IP column."""
    spec = base.part(service, "spec")
    external = spec.get("externalIPs") or []
    match spec.get("type"):
        case "ClusterIP" | "NodePort":
            return ",".join(external) or texts.NONE
        case "LoadBalancer":
            return ",".join(_load_balancer(service) + external) or "<pending>"
        case "ExternalName":
            return str(spec.get("externalName") or "")
    return "<unknown>"


def _port(port: meta.Obj) -> str:
    node_port = f":{port['nodePort']}" if port.get("nodePort") else ""
    return f"{port['port']}{node_port}/{port.get('protocol', '')}"


def _service(service: meta.Obj, now: int) -> tuple[base.Cell, ...]:
    spec = base.part(service, "spec")
    return (
        meta.name(service),
        spec.get("type") or "",
        (spec.get("clusterIPs") or [texts.NONE])[0],
        external_ip(service),
        ",".join(map(_port, spec.get("ports") or [])) or texts.NONE,
        base.age(service, now),
        texts.pairs(spec.get("selector")),
    )


def _endpoints(endpoints: meta.Obj, now: int) -> tuple[base.Cell, ...]:
    return meta.name(endpoints), texts.endpoints(endpoints), base.age(endpoints, now)


def _slice_ports(ports: Iterable[meta.Obj]) -> Iterable[str]:
    for port in ports:
        if port.get("port") is not None:
            yield str(port["port"])
        else:
            yield "*" if port.get("name") is None else port["name"]


def _slice(endpoint_slice: meta.Obj, now: int) -> tuple[base.Cell, ...]:
    addresses = (ip for endpoint in endpoint_slice.get("endpoints") or [] for ip in endpoint.get("addresses") or [])
    return (
        meta.name(endpoint_slice),
        endpoint_slice.get("addressType") or "",
        texts.first_three(_slice_ports(endpoint_slice.get("ports") or [])) or texts.UNSET,
        texts.first_three(addresses) or texts.UNSET,
        base.age(endpoint_slice, now),
    )


TABLES = {
    "Service": base.Spec(
        (
            base.NAME, base.Column("Type"), base.Column("Cluster-IP"), base.Column("External-IP"),
            base.Column("Port(s)"), base.AGE, base.wide("Selector"),
        ),
        _service,
    ),
    "Endpoints": base.Spec((base.NAME, base.Column("Endpoints"), base.AGE), _endpoints),
    "EndpointSlice": base.Spec(
        (base.NAME, base.Column("AddressType"), base.Column("Ports"), base.Column("Endpoints"), base.AGE), _slice
    ),
}  # fmt: skip
