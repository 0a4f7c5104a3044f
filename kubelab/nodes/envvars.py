"""The environment of a container, as it is on the day the container starts and stays from then on.

Stands for pkg/kubelet/envvars/envvars.go, makeEnvironment in pkg/kubelet/kubelet_pods.go, and what containerd puts in
front and runc behind. Services that come later are not in it; a restarted container gets a fresh one.

Differs from Kubernetes: the variables of Services come sorted by Service, not in the random order of a Go map.
"""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from kubelab.api import meta, quantities
from kubelab.api.meta import Obj

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
MASTER = ("default", "kubernetes")
"""The Service that every pod is told of."""


class Missing(Exception):
    """A variable cannot be made; the text is what the kubelet says (CreateContainerConfigError)."""


def of_services(services: Iterable[Obj], pod: Obj) -> dict[str, str]:
    """The variables that tell a pod of the Services that exist now."""
    home = meta.namespace(pod)
    linked = pod["spec"].get("enableServiceLinks", True)
    chosen: dict[str, Obj] = {}
    for service in services:
        if service["spec"].get("clusterIP") in (None, "", "None"):
            continue
        if linked and meta.namespace(service) == home:
            chosen[meta.name(service)] = service
        elif meta.key(service) == MASTER:
            chosen.setdefault(meta.name(service), service)
    found: dict[str, str] = {}
    for name in sorted(chosen):
        found.update(_of_service(chosen[name]))
    return found


def _of_service(service: Obj) -> dict[str, str]:
    name = meta.name(service).upper().replace("-", "_")
    address, ports = service["spec"]["clusterIP"], service["spec"].get("ports") or []
    if not ports:
        return {}
    found = {f"{name}_SERVICE_HOST": address, f"{name}_SERVICE_PORT": str(ports[0]["port"])}
    for port in ports:
        if port.get("name"):
            found[f"{name}_SERVICE_PORT_{port['name'].upper().replace('-', '_')}"] = str(port["port"])
    for index, port in enumerate(ports):
        protocol, number = port.get("protocol", "TCP"), str(port["port"])
        url = f"{protocol.lower()}://{address}:{number}"
        if index == 0:
            found[f"{name}_PORT"] = url
        prefix = f"{name}_PORT_{number}_{protocol}"
        found[prefix] = url
        found[f"{prefix}_PROTO"] = protocol.lower()
        found[f"{prefix}_PORT"] = number
        found[f"{prefix}_ADDR"] = address
    return found


def of_container(pod: Obj, spec: Obj, services: Iterable[Obj], image: Mapping[str, str], node: Obj) -> dict[str, str]:
    """The whole environment of a container, in the order in which `env` prints it; Missing if it cannot be made."""
    told = of_services(services, pod)
    declared = _declared(pod, spec, told, node)
    first = {"PATH": PATH, **({"TERM": "xterm"} if spec.get("tty") else {}), "HOSTNAME": hostname(pod)}
    whole = {**first, **image, **declared}
    whole.update({name: value for name, value in told.items() if name not in declared})
    return {**whole, "HOME": whole.get("HOME", "/root")}


def hostname(pod: Obj) -> str:
    """What the pod believes to be called."""
    if pod["spec"].get("hostNetwork"):
        return str(pod["spec"].get("nodeName", ""))
    return str(pod["spec"].get("hostname") or meta.name(pod))[:63].rstrip("-.")


def _declared(pod: Obj, spec: Obj, told: Mapping[str, str], node: Obj) -> dict[str, str]:
    for source in spec.get("envFrom") or []:
        for kind, noun in (("configMapRef", "configmap"), ("secretRef", "secret")):
            if kind in source and not source[kind].get("optional"):
                raise Missing(f'{noun} "{source[kind].get("name", "")}" not found')
    declared: dict[str, str] = {}
    for entry in spec.get("env") or []:
        value = entry.get("value")
        if value:
            declared[entry["name"]] = expand(str(value), {**told, **declared})
        elif entry.get("valueFrom"):
            from_elsewhere = _from(pod, spec, entry["valueFrom"], node)
            if from_elsewhere is not None:
                declared[entry["name"]] = from_elsewhere
        else:
            declared[entry["name"]] = ""
    return declared


_REFERENCE = re.compile(r"\$\$|\$\(([^()]*)\)")


def expand(text: str, values: Mapping[str, str]) -> str:
    """The text with `$(NAME)` replaced; unknown names stay as they are, `$$` is a plain dollar."""

    def replaced(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        return values.get(match[1], match[0])

    return _REFERENCE.sub(replaced, text)


def _from(pod: Obj, spec: Obj, source: Obj, node: Obj) -> str | None:
    for kind, noun in (("configMapKeyRef", "configmap"), ("secretKeyRef", "secret")):
        if kind in source:
            if source[kind].get("optional"):
                return None
            raise Missing(f'{noun} "{source[kind].get("name", "")}" not found')
    if "fieldRef" in source:
        return field(pod, source["fieldRef"]["fieldPath"])
    if "resourceFieldRef" in source:
        return _resource(spec, source["resourceFieldRef"], node)
    return None


def field(pod: Obj, path: str) -> str:
    """A field of the pod, as the downward API gives it."""
    keyed = re.fullmatch(r"metadata\.(labels|annotations)\['(.+)'\]", path)
    if keyed:
        return str((meta.of(pod).get(keyed[1]) or {}).get(keyed[2], ""))
    if path in ("status.podIPs", "status.hostIPs"):
        return ",".join(entry["ip"] for entry in pod["status"].get(path.partition(".")[2]) or [])
    value: Any = pod
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return "" if value is None else str(value)


def _resource(spec: Obj, source: Obj, node: Obj) -> str:
    """An amount of the container's resources, in units of the divisor, rounded up; without a limit, the node's."""
    side, _, resource = source["resource"].partition(".")
    amounts = (spec.get("resources") or {}).get(side) or {}
    whole = (node.get("status") or {}).get("allocatable") or {}
    amount = amounts.get(resource) or (whole.get(resource) if side == "limits" else None) or "0"
    divisor = quantities.value(str(source.get("divisor") or "1")) or 1
    return str(math.ceil(quantities.value(str(amount)) / divisor))
