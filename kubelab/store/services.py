"""What the API server does to a Service before it is validated: addresses, node ports, families.

Stands for pkg/registry/core/service/storage/{alloc,storage}.go and strategy.go. What is taken is read from the Services
that exist, so nothing needs to be released.

Differs from Kubernetes: one IPv4 range; no IPAddress objects.
"""

import ipaddress
from collections.abc import Iterable

from kubelab.api import errors, kinds, meta
from kubelab.api.meta import Obj
from kubelab.sim.chance import Chance

RANGE = ipaddress.ip_network("10.233.0.0/18")
NODE_PORTS = range(30000, 32768)
_STATIC_ADDRESSES = min(max(16, RANGE.num_addresses // 16), 256)
_STATIC_PORTS = min(max(16, len(NODE_PORTS) // 32), 128)

EXTERNAL = ("NodePort", "LoadBalancer")


def prepare(service: Obj, old: Obj | None, others: Iterable[Obj], chance: Chance) -> None:
    """Fill in what the server decides, in place; StatusError if what was asked for cannot be had."""
    spec = service.setdefault("spec", {})
    taken = [other for other in others if old is None or meta.key(other) != meta.key(service)]
    if old is not None:
        _keep_allocated(spec, old.get("spec") or {})
        _drop_what_the_type_lost(spec, old.get("spec") or {})
    _normalize_addresses(spec)
    _families(spec)
    _allocate_address(service, old, taken, chance)
    _allocate_node_ports(service, old, taken, chance)
    _allocate_health_port(service, old, taken, chance)


def needs_address(spec: Obj) -> bool:
    """Whether a Service of this type has a cluster IP (or `None`)."""
    return spec.get("type") in ("ClusterIP", *EXTERNAL)


def has_node_ports(spec: Obj) -> bool:
    """Whether a Service of this type may have node ports: it keeps those it has, also when it is given no more."""
    return spec.get("type") in EXTERNAL


def needs_health_port(spec: Obj) -> bool:
    """Whether a Service's load balancer asks nodes, on a port of its own, if they have endpoints."""
    return spec.get("type") == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"


def _keep_allocated(spec: Obj, old: Obj) -> None:
    if needs_address(spec) and needs_address(old):
        spec["clusterIP"] = spec.get("clusterIP") or old["clusterIP"]
        if not spec.get("clusterIPs") and spec["clusterIP"] == old["clusterIP"]:
            spec["clusterIPs"] = list(old.get("clusterIPs") or [])
        for name in ("ipFamilies", "ipFamilyPolicy"):
            if not spec.get(name) and old.get(name):
                spec[name] = meta.copy(old[name])
        if spec.get("clusterIP") != old.get("clusterIP") and spec.get("clusterIPs") == old.get("clusterIPs"):
            spec["clusterIPs"] = [spec["clusterIP"]]
    if has_node_ports(spec) and has_node_ports(old):
        used = {port.get("nodePort") for port in spec.get("ports") or []}
        before = {port.get("name", ""): port.get("nodePort") for port in old.get("ports") or []}
        for port in spec.get("ports") or []:
            number = before.get(port.get("name", ""))
            if not port.get("nodePort") and number and number not in used:
                port["nodePort"] = number
                used.add(number)
    if needs_health_port(spec) and needs_health_port(old) and not spec.get("healthCheckNodePort"):
        spec["healthCheckNodePort"] = old.get("healthCheckNodePort")


def _drop_what_the_type_lost(spec: Obj, old: Obj) -> None:
    if needs_address(old) and not needs_address(spec):
        same = spec.get("clusterIPs") in (None, [], old.get("clusterIPs"))
        if same and spec.get("clusterIP") in (None, "", old.get("clusterIP")):
            for name in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
                spec.pop(name, None)
    if has_node_ports(old) and not has_node_ports(spec):
        before = {port.get("nodePort") for port in old.get("ports") or []}
        if all(port.get("nodePort") in before for port in spec.get("ports") or [] if port.get("nodePort")):
            for port in spec.get("ports") or []:
                port.pop("nodePort", None)
    had_port = needs_health_port(old) and not needs_health_port(spec)
    if had_port and spec.get("healthCheckNodePort") == old.get("healthCheckNodePort"):
        spec.pop("healthCheckNodePort", None)
    if spec.get("type") not in EXTERNAL and spec.get("externalTrafficPolicy") == old.get("externalTrafficPolicy"):
        spec.pop("externalTrafficPolicy", None)
    if spec.get("type") != "LoadBalancer":
        for name in ("allocateLoadBalancerNodePorts", "loadBalancerClass"):
            if spec.get(name) == old.get(name):
                spec.pop(name, None)
    if spec.get("type") == "ExternalName":
        spec.pop("internalTrafficPolicy", None)


def _normalize_addresses(spec: Obj) -> None:
    if spec.get("clusterIP") and not spec.get("clusterIPs"):
        spec["clusterIPs"] = [spec["clusterIP"]]


def _families(spec: Obj) -> None:
    if not needs_address(spec):
        return
    headless_without_selector = spec.get("clusterIP") == "None" and not spec.get("selector")
    if not spec.get("ipFamilyPolicy"):
        spec["ipFamilyPolicy"] = "RequireDualStack" if headless_without_selector else "SingleStack"
    if not spec.get("ipFamilies"):
        spec["ipFamilies"] = ["IPv4", "IPv6"] if headless_without_selector else ["IPv4"]


def _refuse(service: Obj, cause: errors.Cause) -> errors.StatusError:
    return errors.invalid(kinds.of("Service"), meta.name(service), [cause])


def _allocate_address(service: Obj, old: Obj | None, taken: list[Obj], chance: Chance) -> None:
    spec = service["spec"]
    asked = spec.get("clusterIP") or ""
    if not needs_address(spec) or asked == "None":
        return
    used = {(other.get("spec") or {}).get("clusterIP") for other in taken}
    if not asked:
        address = _free_address(service, used, chance)
        spec["clusterIP"], spec["clusterIPs"] = address, [address]
        return
    kept = old is not None and (old.get("spec") or {}).get("clusterIP") == asked
    if kept or not _is_address(asked) or (old is not None and (old.get("spec") or {}).get("clusterIP")):
        return  # what is no address, or may not change, is for validation to refuse
    first, last = RANGE.network_address, RANGE.broadcast_address
    why = ""
    if ipaddress.ip_address(asked) not in RANGE:
        why = "the provided network does not match the current range"
    elif ipaddress.ip_address(asked) in (first, last):
        why = "the provided IP is not in the valid range"
    elif asked in used:
        why = "provided IP is already allocated"
    if why:
        why = f"failed to allocate IP {asked}: {why}"
        raise _refuse(service, errors.invalid_value("spec.clusterIPs", [asked], why))


def _is_address(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def _free_address(service: Obj, used: set[str | None], chance: Chance) -> str:
    """A random start in the upper band, on from there; the lower band when that is full (ipallocator, since 1.26)."""
    first = int(RANGE.network_address)
    upper = range(first + 1 + _STATIC_ADDRESSES, int(RANGE.broadcast_address))
    start = chance.below(len(upper))
    for number in (*upper[start:], *upper[:start], *range(first + 1, first + 1 + _STATIC_ADDRESSES)):
        address = str(ipaddress.ip_address(number))
        if address not in used:
            if not meta.name(service):
                why = f'IPAddress.networking.k8s.io "{address}" is invalid: spec.parentRef.name: Required value'
                cause = errors.invalid_value("spec.clusterIPs", [""], f"failed to allocate IP: {why}")
                raise _refuse(service, cause)
            return address
    raise errors.internal(f'failed to allocate a serviceIP for Service "{meta.name(service)}": range is full')


def _taken_ports(services: Iterable[Obj]) -> set[int | None]:
    """The node ports that Services have, health checks included."""
    specs = [service.get("spec") or {} for service in services]
    ports = {port.get("nodePort") for spec in specs for port in spec.get("ports") or []}
    return ports | {spec.get("healthCheckNodePort") for spec in specs}


def _allocate_health_port(service: Obj, old: Obj | None, taken: list[Obj], chance: Chance) -> None:
    spec = service["spec"]
    before = (old or {}).get("spec") or {}
    if not needs_health_port(spec):
        return
    if needs_health_port(before):
        if spec.get("healthCheckNodePort") != before.get("healthCheckNodePort"):
            raise _refuse(service, errors.forbidden_field("spec.healthCheckNodePort", "field is immutable"))
        return
    used, asked = _taken_ports([*taken, {"spec": {"ports": spec.get("ports")}}]), spec.get("healthCheckNodePort")
    if not asked:
        spec["healthCheckNodePort"] = _free_node_port(service, used, chance)
    elif why := _not_free(asked, used):
        raise errors.internal(f"failed to allocate requested HealthCheck NodePort {asked}: {why}")


def _not_free(number: int, used: set[int | None]) -> str:
    """Why a node port cannot be had, if it cannot."""
    if number not in NODE_PORTS:
        valid = f"The range of valid ports is {NODE_PORTS[0]}-{NODE_PORTS[-1]}"
        return f"provided port is not in the valid range. {valid}"
    return "provided port is already allocated" if number in used else ""


def _allocate_node_ports(service: Obj, old: Obj | None, taken: list[Obj], chance: Chance) -> None:
    spec = service["spec"]
    if not has_node_ports(spec):
        return
    gives = spec["type"] == "NodePort" or spec.get("allocateLoadBalancerNodePorts", True)
    used = _taken_ports(taken)
    if needs_health_port(spec) and old is not None and needs_health_port(old.get("spec") or {}):
        used |= {old["spec"].get("healthCheckNodePort")}
    mine: dict[int, tuple[int, str]] = {}
    ports = spec.get("ports") or []
    asked_for = {port.get("nodePort") for port in ports}
    for index, port in enumerate(ports):
        number = port.get("nodePort") or _shared_node_port(port, mine) or 0
        if number:
            _check_node_port(service, index, number, port, used, mine)
        elif not gives:
            continue
        else:
            number = _free_node_port(service, used | set(mine) | asked_for, chance)
        port["nodePort"] = number
        mine[number] = (port.get("port", 0), port.get("protocol", "TCP"))


def _shared_node_port(port: Obj, mine: dict[int, tuple[int, str]]) -> int | None:
    """The same port number with another protocol keeps the same node port."""
    for number, (other, protocol) in mine.items():
        if other == port.get("port") and protocol != port.get("protocol", "TCP"):
            return number
    return None


def _check_node_port(
    service: Obj, index: int, number: int, port: Obj, used: set[int | None], mine: dict[int, tuple[int, str]]
) -> None:
    shared = (
        number in mine
        and mine[number] == (port.get("port"), mine[number][1])
        and (mine[number][1] != port.get("protocol", "TCP"))
    )
    if why := _not_free(number, used if shared else used | set(mine)):
        raise _refuse(service, errors.invalid_value(f"spec.ports[{index}].nodePort", number, why))


def _free_node_port(service: Obj, used: set[int | None], chance: Chance) -> int:
    dynamic = [number for number in NODE_PORTS[_STATIC_PORTS:] if number not in used]
    free = dynamic or [number for number in NODE_PORTS[:_STATIC_PORTS] if number not in used]
    if not free:
        raise errors.internal("failed to allocate a nodePort: range is full")
    return chance.choice(free)
