"""Descriptions of Services, Endpoints and EndpointSlices.

Stands for describeService, describeEndpoints and describeEndpointSliceV1 in kubectl/pkg/describe (1.37), which asks
EndpointSlices, not Endpoints, where a Service's requests go.
"""

from collections.abc import Iterator

from kubelab.api import meta
from kubelab.printers import texts
from kubelab.printers.describe import writer

SERVICE_NAME = "kubernetes.io/service-name"


def service(obj: meta.Obj, related: writer.Related, page: writer.Page) -> None:
    """A Service and where it leads."""
    spec = obj.get("spec") or {}
    slices = [
        endpoint_slice
        for endpoint_slice in related("EndpointSlice", meta.namespace(obj))
        if meta.labels(endpoint_slice).get(SERVICE_NAME) == meta.name(obj)
    ]
    page.head(obj)
    page.names(obj)
    page.field(0, "Selector", texts.pairs(spec.get("selector")))
    page.field(0, "Type", spec.get("type") or "")
    _addresses(obj, page)
    for port in spec.get("ports") or []:
        _port(port, slices, page)
    page.field(0, "Session Affinity", spec.get("sessionAffinity") or "")
    for label, field in (
        ("External Traffic Policy", "externalTrafficPolicy"),
        ("Internal Traffic Policy", "internalTrafficPolicy"),
        ("HealthCheck NodePort", "healthCheckNodePort"),
    ):
        if spec.get(field):
            page.field(0, label, spec[field])
    if spec.get("loadBalancerSourceRanges"):
        page.field(0, "LoadBalancer Source Ranges", ",".join(spec["loadBalancerSourceRanges"]))
    if spec.get("trafficDistribution"):
        page.field(0, "Traffic Distribution", spec["trafficDistribution"])


def _addresses(obj: meta.Obj, page: writer.Page) -> None:
    spec = obj.get("spec") or {}
    if spec.get("ipFamilyPolicy"):
        page.field(0, "IP Family Policy", spec["ipFamilyPolicy"])
    page.field(0, "IP Families", ",".join(spec.get("ipFamilies") or []) or texts.NONE)
    page.field(0, "IP", spec.get("clusterIP") or "")
    page.field(0, "IPs", ",".join(spec.get("clusterIPs") or []) or texts.NONE)
    if spec.get("externalIPs"):
        page.field(0, "External IPs", ",".join(spec["externalIPs"]))
    if spec.get("loadBalancerIP"):
        page.field(0, "Desired LoadBalancer IP", spec["loadBalancerIP"])
    if spec.get("externalName"):
        page.field(0, "External Name", spec["externalName"])
    ingress = ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    if ingress:
        page.field(0, "LoadBalancer Ingress", ", ".join(map(_ingress, ingress)))


def _ingress(entry: meta.Obj) -> str:
    if not entry.get("ip"):
        return str(entry.get("hostname") or "")
    return f"{entry['ip']} ({entry['ipMode']})" if entry.get("ipMode") else str(entry["ip"])


def _port(port: meta.Obj, slices: list[meta.Obj], page: writer.Page) -> None:
    name, protocol = port.get("name") or texts.UNSET, port.get("protocol") or ""
    page.field(0, "Port", f"{name}\t{port['port']}/{protocol}")
    page.field(0, "TargetPort", f"{port.get('targetPort', 0)}/{protocol}")
    if port.get("appProtocol"):
        page.field(0, "AppProtocol", port["appProtocol"])
    if port.get("nodePort"):
        page.field(0, "NodePort", f"{name}\t{port['nodePort']}/{protocol}")
    page.field(0, "Endpoints", _endpoints(slices, port.get("name") or ""))


def _endpoints(slices: list[meta.Obj], port_name: str) -> str:
    """The first three ready ones; what follows is counted, and even an unready one behind them has its `+ 0 more`."""
    if not slices:
        return texts.NONE
    shown: list[str] = []
    more, ready_ones = False, 0
    for address, ready in _candidates(slices, port_name):
        more = more or len(shown) == texts.SHOWN
        if not ready:
            continue
        ready_ones += 1
        if not more:
            shown.append(address)
    text = ",".join(shown)
    return f"{text} + {ready_ones - texts.SHOWN} more..." if more else text


def _candidates(slices: list[meta.Obj], port_name: str) -> Iterator[tuple[str, bool]]:
    for endpoint_slice in slices:
        endpoints = endpoint_slice.get("endpoints") or []
        ports = endpoint_slice.get("ports") or []
        wanted = [port.get("port") for port in ports if (port.get("name") or "") == port_name] if ports else [None]
        for port in wanted:
            for endpoint in endpoints:
                address = endpoint["addresses"][0]
                ready = (endpoint.get("conditions") or {}).get("ready") is not False
                yield (address if port is None else texts.host_port(address, port)), ready


def endpoints(obj: meta.Obj, related: writer.Related, page: writer.Page) -> None:
    """An Endpoints object, subset by subset."""
    page.head(obj)
    page.names(obj)
    page.write(0, "Subsets:")
    for subset in obj.get("subsets") or []:
        for label, field in (("Addresses", "addresses"), ("NotReadyAddresses", "notReadyAddresses")):
            page.field(1, label, ",".join(entry["ip"] for entry in subset.get(field) or []) or texts.NONE)
        if subset.get("ports"):
            page.write(1, "Ports:")
            _ports(2, subset["ports"], page)
        page.write(0, "")


def _ports(level: int, ports: list[meta.Obj], page: writer.Page) -> None:
    page.table(
        level,
        ("Name", "Port", "Protocol"),
        ((p.get("name") or texts.UNSET, p.get("port") or texts.UNSET, p.get("protocol") or "") for p in ports),
    )


def endpoint_slice(obj: meta.Obj, related: writer.Related, page: writer.Page) -> None:
    """An EndpointSlice, endpoint by endpoint."""
    page.head(obj)
    page.names(obj)
    page.field(0, "AddressType", obj.get("addressType") or "")
    if obj.get("ports"):
        page.write(0, "Ports:")
        _ports(1, obj["ports"], page)
    else:
        page.write(0, f"Ports: {texts.UNSET}")
    if not obj.get("endpoints"):
        page.write(0, f"Endpoints: {texts.NONE}")
        return
    page.write(0, "Endpoints:")
    for endpoint in obj["endpoints"]:
        _endpoint(endpoint, page)


def _endpoint(endpoint: meta.Obj, page: writer.Page) -> None:
    page.field(1, "- Addresses", ", ".join(endpoint.get("addresses") or []) or texts.NONE)
    page.write(2, "Conditions:")
    ready = (endpoint.get("conditions") or {}).get("ready")
    page.field(3, "Ready", texts.UNSET if ready is None else str(ready).lower())
    page.field(2, "Hostname", endpoint.get("hostname") or texts.UNSET)
    if target := endpoint.get("targetRef"):
        page.field(2, "TargetRef", f"{target['kind']}/{target['name']}")
    page.field(2, "NodeName", endpoint.get("nodeName") or texts.UNSET)
    page.field(2, "Zone", endpoint.get("zone") or texts.UNSET)
