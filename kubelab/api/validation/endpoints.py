"""Endpoints and EndpointSlices that somebody writes by hand.

Stands for ValidateEndpoints in pkg/apis/core/validation and for pkg/apis/discovery/validation.
"""

import ipaddress

from kubelab.api import errors, labels
from kubelab.api.errors import Cause
from kubelab.api.meta import Obj
from kubelab.api.validation import metadata, names

ADDRESS_TYPES = ("FQDN", "IPv4", "IPv6")
MAX_ADDRESSES, MAX_PORTS, MAX_ENDPOINTS, MAX_HINTS = 100, 100, 1000, 8


def create(endpoints: Obj) -> list[Cause]:
    """What is wrong with new Endpoints."""
    return metadata.create(endpoints, names.subdomain) + _subsets(endpoints.get("subsets") or [])


def update(endpoints: Obj, old: Obj) -> list[Cause]:
    """What is wrong with changed Endpoints."""
    found = metadata.update(endpoints, old) + metadata.create(endpoints, names.subdomain)
    same = (endpoints.get("subsets") or []) == (old.get("subsets") or [])
    return found if same else found + _subsets(endpoints.get("subsets") or [])


def _subsets(subsets: list[Obj]) -> list[Cause]:
    found: list[Cause] = []
    for at, subset in enumerate(subsets):
        path = f"subsets[{at}]"
        if not subset.get("addresses") and not subset.get("notReadyAddresses"):
            found.append(errors.required(path, "must specify `addresses` or `notReadyAddresses`"))
        for field in ("addresses", "notReadyAddresses"):
            for index, address in enumerate(subset.get(field) or []):
                found += _address(f"{path}.{field}[{index}]", address)
        ports = subset.get("ports") or []
        for index, port in enumerate(ports):
            found += _port(f"{path}.ports[{index}]", port, len(ports) > 1)
    return found


def _address(path: str, address: Obj) -> list[Cause]:
    found = names.address(f"{path}.ip", address.get("ip", ""))
    if address.get("hostname"):
        found += names.invalid(f"{path}.hostname", address["hostname"], names.label(address["hostname"]))
    if address.get("nodeName") is not None:
        found += names.invalid(f"{path}.nodeName", address["nodeName"], names.subdomain(address["nodeName"]))
    return found + names.endpoint_address(f"{path}.ip", address.get("ip", ""))


def _port(path: str, port: Obj, must_be_named: bool) -> list[Cause]:
    found, name = list[Cause](), port.get("name", "")
    if name:
        found += names.invalid(f"{path}.name", name, names.label(name))
    elif must_be_named:
        found.append(errors.required(f"{path}.name"))
    number = port.get("port", 0)
    found += names.invalid(f"{path}.port", number, names.port_number(number))
    found += names.one_of(f"{path}.protocol", port.get("protocol", ""), names.PROTOCOLS)
    return found + _app_protocol(path, port)


def _app_protocol(path: str, port: Obj) -> list[Cause]:
    value = port.get("appProtocol")
    return [] if value is None else names.qualified(f"{path}.appProtocol", value)


# ---- slices


def create_slice(piece: Obj) -> list[Cause]:
    """What is wrong with a new EndpointSlice."""
    kind = piece.get("addressType", "")
    found = metadata.create(piece, names.subdomain) + names.one_of("addressType", kind, ADDRESS_TYPES)
    return found + _endpoints(piece.get("endpoints") or [], kind) + _slice_ports(piece.get("ports") or [])


def update_slice(piece: Obj, old: Obj) -> list[Cause]:
    """What is wrong with a changed EndpointSlice."""
    return create_slice(piece) + metadata.immutable("addressType", piece.get("addressType"), old.get("addressType"))


def _too_many(path: str, count: int, limit: int) -> list[Cause]:
    if count <= limit:
        return []
    return [Cause("FieldValueTooMany", path, f"Too many: {count}: must have at most {limit} items")]


def _endpoints(endpoints: list[Obj], kind: str) -> list[Cause]:
    if found := _too_many("endpoints", len(endpoints), MAX_ENDPOINTS):
        return found
    for at, endpoint in enumerate(endpoints):
        path, addresses = f"endpoints[{at}]", endpoint.get("addresses") or []
        if not addresses:
            found.append(errors.required(f"{path}.addresses", "must contain at least 1 address"))
        found += _too_many(f"{path}.addresses", len(addresses), MAX_ADDRESSES)
        for index, address in enumerate(addresses):
            found += _slice_address(f"{path}.addresses[{index}]", address, kind)
        if endpoint.get("nodeName") is not None:
            found += names.invalid(f"{path}.nodeName", endpoint["nodeName"], names.subdomain(endpoint["nodeName"]))
        found += names.label_map(f"{path}.deprecatedTopology", endpoint.get("deprecatedTopology") or {})
        if endpoint.get("hostname") is not None:
            found += names.invalid(f"{path}.hostname", endpoint["hostname"], names.label(endpoint["hostname"]))
        for field, hints in (endpoint.get("hints") or {}).items():
            found += _hints(f"{path}.hints.{field}", hints or [])
    return found


def _slice_address(path: str, address: str, kind: str) -> list[Cause]:
    if kind not in ("IPv4", "IPv6"):
        return _full_name(path, address) if kind == "FQDN" else []
    found = names.address(path, address)
    if found:
        return found
    if f"IPv{ipaddress.ip_address(address).version}" != kind:
        found.append(errors.invalid_value(path, address, f"must be an {kind} address"))
    return found + names.endpoint_address(path, address)


def _full_name(path: str, name: str) -> list[Cause]:
    if not name:
        return [errors.required(path)]
    name = name.removesuffix(".")
    problems = names.subdomain(name)
    if not problems and "." not in name:
        problems = ["should be a domain with at least two segments separated by dots"]
    return names.invalid(path, name, [",".join(problems)] if problems else [])


def _hints(path: str, hints: list[Obj]) -> list[Cause]:
    if found := _too_many(path, len(hints), MAX_HINTS):
        return found
    seen: list[str] = []
    for at, hint in enumerate(hints):
        name = hint.get("name", "")
        if name in seen:
            found.append(errors.duplicate(f"{path}[{at}].name", name))
        seen.append(name)
        if path.endswith("forZones"):
            found += names.invalid(f"{path}[{at}].name", name, labels.value_problems(name))
        else:
            found += names.invalid(f"{path}[{at}].name", name, names.subdomain(name))
    return found


def _slice_ports(ports: list[Obj]) -> list[Cause]:
    if found := _too_many("ports", len(ports), MAX_PORTS):
        return found
    seen: list[str] = []
    for at, port in enumerate(ports):
        path, name = f"ports[{at}]", port.get("name", "")
        if name:
            found += names.invalid(f"{path}.name", name, names.label(name))
        if name in seen:
            found.append(errors.duplicate(f"{path}.name", name))
        seen.append(name)
        if port.get("protocol") is None:
            found.append(errors.required(f"{path}.protocol"))
        elif port["protocol"] not in names.PROTOCOLS:
            found.append(errors.not_supported(f"{path}.protocol", port["protocol"], names.PROTOCOLS))
        found += _app_protocol(path, port)
    return found
