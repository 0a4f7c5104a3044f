"""The environment of a container, as it is on the day the container starts and stays from then on.

Stands for pkg/kubelet/envvars/envvars.go, makeEnvironment in pkg/kubelet/kubelet_pods.go, and what containerd puts in
front and runc behind. Services that come later are not in it; a restarted container gets a fresh one.

Differs from Kubernetes: the variables of Services come sorted by Service, not in the random order of a Go map; a
variable's value comes from the manifest or the downward API, as there are no ConfigMaps and Secrets.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from kubelab.api import meta
from kubelab.api.meta import Obj

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
MASTER = ("default", "kubernetes")
"""The Service that every pod is told of."""


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


def of_container(pod: Obj, spec: Obj, services: Iterable[Obj], image: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of a container, in the order in which `env` prints it."""
    told = of_services(services, pod)
    declared = _declared(pod, spec, told)
    first = {"PATH": PATH, **({"TERM": "xterm"} if spec.get("tty") else {}), "HOSTNAME": hostname(pod)}
    whole = {**first, **image, **declared}
    whole.update({name: value for name, value in told.items() if name not in declared})
    return {**whole, "HOME": whole.get("HOME", "/root")}


def hostname(pod: Obj) -> str:
    """What the pod believes to be called."""
    if pod["spec"].get("hostNetwork"):
        return str(pod["spec"].get("nodeName", ""))
    return str(pod["spec"].get("hostname") or meta.name(pod))[:63].rstrip("-.")


def _declared(pod: Obj, spec: Obj, told: Mapping[str, str]) -> dict[str, str]:
    declared: dict[str, str] = {}
    for entry in spec.get("env") or []:
        if source := (entry.get("valueFrom") or {}).get("fieldRef"):
            declared[entry["name"]] = field(pod, source["fieldPath"])
        else:
            declared[entry["name"]] = expand(str(entry.get("value") or ""), {**told, **declared})
    return declared


_REFERENCE = re.compile(r"\$\$|\$\(([^()]*)\)")


def expand(text: str, values: Mapping[str, str]) -> str:
    """The text with `$(NAME)` replaced; unknown names stay as they are, `$$` is a plain dollar."""

    def replaced(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        return values.get(match[1], match[0])

    return _REFERENCE.sub(replaced, text)


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
