"""Services: what may be created, and what may be changed.

Stands for ValidateServiceCreate and ValidateServiceUpdate in pkg/apis/core/validation/validation.go and, for the
families of addresses, registry/core/service/storage/alloc.go. Objects come defaulted, with addresses and ports
allocated.
"""

import ipaddress

from kubelab.api import errors
from kubelab.api.defaults import externally_accessible
from kubelab.api.errors import Cause
from kubelab.api.meta import Obj
from kubelab.api.validation import metadata, names

TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
AFFINITIES = ("ClientIP", "None")
POLICIES = ("Cluster", "Local")
FAMILIES = ("IPv4", "IPv6")
FAMILY_POLICIES = ("PreferDualStack", "RequireDualStack", "SingleStack")
DISTRIBUTIONS = ("PreferClose", "PreferSameZone", "PreferSameNode")
MAX_TIMEOUT = 86400
_CHANGED = "may not change once set"


def create(service: Obj) -> list[Cause]:
    """What is wrong with a new Service."""
    spec = service.get("spec") or {}
    return before_allocation(spec) or metadata.create(service, names.label) + _spec(service, spec)


def update(service: Obj, old: Obj) -> list[Cause]:
    """What is wrong with a changed Service."""
    spec, before = service.get("spec") or {}, old.get("spec") or {}
    if early := before_allocation(spec):
        return early
    found = metadata.update(service, old)
    found += _addresses_update(spec, before) + _families_update(spec, before)
    if _is_balanced(spec) and _is_balanced(before) and spec.get("loadBalancerClass") != before.get("loadBalancerClass"):
        found.append(errors.invalid_value("spec.loadBalancerClass", spec.get("loadBalancerClass"), _CHANGED))
    return found + _spec(service, spec)


def warnings(service: Obj) -> list[str]:
    """What the server warns of (pkg/api/service/warnings.go)."""
    spec, found = service.get("spec") or {}, list[str]()
    if is_headless(spec):
        if spec.get("loadBalancerIP"):
            found.append("spec.loadBalancerIP is ignored for headless services")
        if spec.get("externalIPs"):
            found.append("spec.externalIPs is ignored for headless services")
        if spec.get("sessionAffinity", "None") != "None":
            found.append("spec.SessionAffinity is ignored for headless services")
    elif spec.get("externalIPs") and spec.get("type") != "ExternalName":
        found.append("spec.externalIPs is deprecated and may no longer be implemented in some clusters")
    if spec.get("type") == "ExternalName":
        if spec.get("externalIPs"):
            found.append('spec.externalIPs is ignored when spec.type is "ExternalName"')
    elif spec.get("externalName"):
        found.append('spec.externalName is ignored when spec.type is not "ExternalName"')
    if spec.get("trafficDistribution") == "PreferClose":
        found.append('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"')
    return found


def is_headless(spec: Obj) -> bool:
    """Whether a Service has no address of its own (`clusterIP: None`)."""
    return list(spec.get("clusterIPs") or ()) == ["None"]


def before_allocation(spec: Obj) -> list[Cause]:
    """What keeps the server from allocating addresses; then nothing else is looked at."""
    return (not _families(spec) and _unavailable(spec)) or _addresses(spec)


def _is_balanced(spec: Obj) -> bool:
    return spec.get("type") == "LoadBalancer"


def _spec(service: Obj, spec: Obj) -> list[Cause]:
    found = _topology(service)
    if not spec.get("ports") and not is_headless(spec) and spec.get("type") != "ExternalName":
        found.append(errors.required("spec.ports"))
    found += _by_type(spec)
    taken: dict[str, None] = {}
    for at, port in enumerate(spec.get("ports") or []):
        found += _port(f"spec.ports[{at}]", port, len(spec["ports"]) > 1, taken)
    found += names.label_map("spec.selector", spec.get("selector") or {})
    found += names.one_of("spec.sessionAffinity", spec.get("sessionAffinity", ""), AFFINITIES)
    found += _affinity_config(spec)
    found += _addresses(spec)
    found += _external_addresses(spec)
    found += names.one_of("spec.type", spec.get("type", ""), TYPES)
    return found + _port_numbers(spec) + _balancing(spec) + _traffic(spec)


def _topology(service: Obj) -> list[Cause]:
    notes = (service.get("metadata") or {}).get("annotations") or {}
    old, new = "service.kubernetes.io/topology-aware-hints", "service.kubernetes.io/topology-mode"
    if old in notes and new in notes and notes[old] != notes[new]:
        why = f"must match annotations[{old}] when both are specified"
        return [errors.invalid_value(f"metadata.annotations[{new}]", notes[new], why)]
    return []


def _by_type(spec: Obj) -> list[Cause]:
    kind = spec.get("type")
    if kind in ("LoadBalancer", "NodePort") and is_headless(spec):
        return [errors.invalid_value("spec.clusterIPs[0]", "None", f"may not be set to 'None' for {kind} services")]
    if kind != "ExternalName":
        return []
    found = [
        errors.forbidden_field(f"spec.{field}", "may not be set for ExternalName services")
        for field in ("clusterIPs", "ipFamilies", "ipFamilyPolicy")
        if spec.get(field)
    ]
    name = (spec.get("externalName") or "").removesuffix(".")
    if name:
        return found + names.invalid("spec.externalName", name, names.subdomain(name))
    return [*found, errors.required("spec.externalName")]


def _port(path: str, port: Obj, must_be_named: bool, taken: dict[str, None]) -> list[Cause]:
    found, name = list[Cause](), port.get("name", "")
    if name:
        found += names.invalid(f"{path}.name", name, names.label(name))
        if name in taken:
            found.append(errors.duplicate(f"{path}.name", name))
        taken[name] = None
    elif must_be_named:
        found.append(errors.required(f"{path}.name"))
    number = port.get("port", 0)
    found += names.invalid(f"{path}.port", number, names.port_number(number))
    found += names.one_of(f"{path}.protocol", port.get("protocol", ""), names.PROTOCOLS)
    found += names.port_or_name(f"{path}.targetPort", port.get("targetPort", 0))
    if "appProtocol" in port:
        found += names.qualified(f"{path}.appProtocol", port["appProtocol"])
    return found


def _affinity_config(spec: Obj) -> list[Cause]:
    path, config = "spec.sessionAffinityConfig", spec.get("sessionAffinityConfig")
    if spec.get("sessionAffinity") == "None" and config is not None:
        return [errors.forbidden_field(path, "must not be set when session affinity is None")]
    if spec.get("sessionAffinity") != "ClientIP":
        return []
    for step in ("", "clientIP", "timeoutSeconds"):
        if step:
            path, config = f"{path}.{step}", config.get(step)  # type: ignore[union-attr]  # the step before was there
        if config is None:
            return [errors.required(path, "when session affinity type is ClientIP")]
    if isinstance(config, int) and not 0 < config <= MAX_TIMEOUT:
        return [errors.invalid_value(path, config, f"must be greater than 0 and less than {MAX_TIMEOUT}")]
    return []


# ---- addresses and families


def _addresses(spec: Obj) -> list[Cause]:
    if spec.get("type") == "ExternalName":
        return []
    one, all_ = spec.get("clusterIP") or "", list(spec.get("clusterIPs") or [])
    found: list[Cause] = []
    if one and not all_:
        found.append(errors.required("spec.clusterIPs"))
    elif one and all_[0] != one:
        found.append(errors.invalid_value("spec.clusterIPs", all_, "first value must match `clusterIP`"))
    elif not one and all_:
        found.append(errors.invalid_value("spec.clusterIPs", all_, "must be empty when `clusterIP` is not specified"))
    found += _families(spec)
    bad = False
    for at, address in enumerate(all_):
        if at == 0 and address == "None":
            if len(all_) > 1:
                bad = True
                found.append(errors.invalid_value("spec.clusterIPs", all_, "'None' must be the first and only value"))
            continue
        problems = names.address(f"spec.clusterIPs[{at}]", address)
        bad = bad or bool(problems)
        found += problems
    if len(all_) > 2:
        found.append(errors.invalid_value("spec.clusterIPs", all_, "may only hold up to 2 values"))
    if bad:
        return found
    return found + _addresses_of_families(spec, all_)


def _families(spec: Obj) -> list[Cause]:
    found, seen = list[Cause](), list[str]()
    for at, family in enumerate(spec.get("ipFamilies") or []):
        if family not in FAMILIES:
            found.append(errors.not_supported(f"spec.ipFamilies[{at}]", family, FAMILIES))
        if family in seen:
            found.append(errors.duplicate(f"spec.ipFamilies[{at}]", family))
        seen.append(family)
    policy = spec.get("ipFamilyPolicy")
    if policy is not None and policy not in FAMILY_POLICIES:
        found.append(errors.not_supported("spec.ipFamilyPolicy", policy, FAMILY_POLICIES))
    return found


def _addresses_of_families(spec: Obj, addresses: list[str]) -> list[Cause]:
    found: list[Cause] = []
    if len(addresses) > 1 and len({ipaddress.ip_address(address).version for address in addresses}) < 2:
        why = "may specify no more than one IP for each IP family"
        found.append(errors.invalid_value("spec.clusterIPs", addresses, why))
    if is_headless(spec):
        return found
    for at, (address, family) in enumerate(zip(addresses, spec.get("ipFamilies") or [], strict=False)):
        if family in FAMILIES and f"IPv{ipaddress.ip_address(address).version}" != family:
            why = f"expected an {family} value as indicated by `ipFamilies[{at}]`"
            found.append(errors.invalid_value(f"spec.clusterIPs[{at}]", address, why))
    return found


def _unavailable(spec: Obj) -> list[Cause]:
    """What a cluster with IPv4 only cannot give (a headless Service without selector may ask for anything)."""
    if spec.get("type") == "ExternalName" or (is_headless(spec) and not spec.get("selector")):
        return []
    found: list[Cause] = []
    if spec.get("ipFamilyPolicy") == "RequireDualStack":
        why = "this cluster is not configured for dual-stack services"
        found.append(errors.invalid_value("spec.ipFamilyPolicy", "RequireDualStack", why))
    for at, family in enumerate(spec.get("ipFamilies") or []):
        if family != "IPv4":
            found.append(errors.invalid_value(f"spec.ipFamilies[{at}]", family, "not configured on this cluster"))
    return found


def _addresses_update(spec: Obj, before: Obj) -> list[Cause]:
    if "ExternalName" in (spec.get("type"), before.get("type")) or (is_headless(spec) and is_headless(before)):
        return []
    new, old = list(spec.get("clusterIPs") or []), list(before.get("clusterIPs") or [])
    if len(new) == len(old):
        changed = [at for at, address in enumerate(old) if address != new[at]]
        return [errors.invalid_value(f"spec.clusterIPs[{at}]", new, _CHANGED) for at in changed]
    found: list[Cause] = []
    if not new:
        found.append(errors.invalid_value("spec.clusterIPs[0]", None, "primary clusterIP can not be unset"))
    elif old and new[0] != old[0]:
        found.append(errors.invalid_value("spec.clusterIPs[0]", new, _CHANGED))
    return found + _released(spec, len(old) > len(new) == 1, "clusterIP")


def _families_update(spec: Obj, before: Obj) -> list[Cause]:
    if "ExternalName" in (spec.get("type"), before.get("type")) or is_headless(spec) or is_headless(before):
        return []
    new, old = list(spec.get("ipFamilies") or []), list(before.get("ipFamilies") or [])
    changed = bool(new and old) and new[0] != old[0]
    found = [errors.invalid_value("spec.ipFamilies[0]", new, _CHANGED)] if changed else []
    return found + _released(spec, len(old) > len(new) == 1, "ipFamily")


def _released(spec: Obj, released: bool, what: str) -> list[Cause]:
    if not released or spec.get("ipFamilyPolicy") == "SingleStack":
        return []
    why = f"must be set to 'SingleStack' when releasing the secondary {what}"
    return [errors.invalid_value("spec.ipFamilyPolicy", spec.get("ipFamilyPolicy"), why)]


def _external_addresses(spec: Obj) -> list[Cause]:
    found: list[Cause] = []
    for at, address in enumerate(spec.get("externalIPs") or []):
        path = f"spec.externalIPs[{at}]"
        found += names.address(path, address) or names.endpoint_address(path, address)
    return found


# ---- ports together, load balancers, traffic


def _port_numbers(spec: Obj) -> list[Cause]:
    ports, found = spec.get("ports") or [], list[Cause]()
    if spec.get("type") == "ClusterIP":
        found += [
            errors.forbidden_field(f"spec.ports[{at}].nodePort", "may not be used when `type` is 'ClusterIP'")
            for at, port in enumerate(ports)
            if port.get("nodePort")
        ]
    nodes, pairs = dict[tuple[str, int], None](), dict[tuple[str, int], None]()
    for at, port in enumerate(ports):
        if port.get("nodePort"):
            key = (port.get("protocol", ""), port["nodePort"])
            if key in nodes:
                found.append(errors.duplicate(f"spec.ports[{at}].nodePort", port["nodePort"]))
            nodes[key] = None
    for at, port in enumerate(ports):
        key = (port.get("protocol", ""), port.get("port", 0))
        if key in pairs:
            found.append(errors.duplicate(f"spec.ports[{at}]", _go_port(*key)))
        pairs[key] = None
    return found


def _go_port(protocol: str, number: int) -> Obj:
    """A port with protocol and number only, as the server's own struct prints it."""
    nothing = {"AppProtocol": None, "Port": number, "TargetPort": 0, "NodePort": 0}
    return {"Name": "", "Protocol": protocol, **nothing}


def _balancing(spec: Obj) -> list[Cause]:
    only = "may only be used when `type` is 'LoadBalancer'"
    if _is_balanced(spec):
        name = spec.get("loadBalancerClass")
        return names.qualified("spec.loadBalancerClass", name) if name is not None else []
    return [
        errors.forbidden_field(f"spec.{field}", only)
        for field in ("allocateLoadBalancerNodePorts", "loadBalancerClass")
        if spec.get(field) is not None
    ]


def _traffic(spec: Obj) -> list[Cause]:
    found: list[Cause] = []
    external, internal = spec.get("externalTrafficPolicy", ""), spec.get("internalTrafficPolicy")
    if externally_accessible(spec):
        found += names.one_of("spec.externalTrafficPolicy", external, POLICIES)
    elif external:
        why = "may only be set for externally-accessible services"
        found.append(errors.invalid_value("spec.externalTrafficPolicy", external, why))
    if spec.get("healthCheckNodePort") and not (_is_balanced(spec) and external == "Local"):
        why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
        found.append(errors.invalid_value("spec.healthCheckNodePort", spec["healthCheckNodePort"], why))
    if internal is None:
        if spec.get("type") in ("ClusterIP", "LoadBalancer", "NodePort"):
            found.append(errors.required("spec.internalTrafficPolicy"))
    elif internal not in POLICIES:
        found.append(errors.not_supported("spec.internalTrafficPolicy", internal, POLICIES))
    distribution = spec.get("trafficDistribution")
    if distribution is not None and distribution not in DISTRIBUTIONS:
        found.append(errors.not_supported("spec.trafficDistribution", distribution, DISTRIBUTIONS))
    return found
