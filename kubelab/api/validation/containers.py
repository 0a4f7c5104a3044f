"""Containers: names, images, ports, variables, mounts, resources, probes.

Stands for validateContainers and what it calls in pkg/apis/core/validation/validation.go.
"""

from kubelab.api import errors, quantities
from kubelab.api.errors import Cause
from kubelab.api.meta import Obj
from kubelab.api.validation import names

PULL_POLICIES = ("Always", "IfNotPresent", "Never")
MESSAGE_POLICIES = ("File", "FallbackToLogsOnError")
SCHEMES = ("HTTP", "HTTPS")
RESOURCES = ("cpu", "ephemeral-storage", "memory")
DOWNWARD = (
    "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP",
    "status.hostIPs", "status.podIP", "status.podIPs",
)  # fmt: skip
"""What a variable may take from its pod."""


def all_of(path: str, containers: list[Obj], volumes: list[str]) -> list[Cause]:
    """What is wrong with the containers of a pod whose volumes have these names."""
    if not containers:
        return [errors.required(path)]
    found, seen = list[Cause](), list[str]()
    for at, container in enumerate(containers):
        here, name = f"{path}[{at}]", container.get("name", "")
        found += _container(here, container, volumes)
        if name in seen:
            found.append(errors.duplicate(f"{here}.name", name))
        seen.append(name)
        for kind in ("livenessProbe", "readinessProbe", "startupProbe"):
            if kind in container:
                found += _probe(f"{here}.{kind}", container[kind], kind)
    return found + _host_ports(path, containers)


def _container(path: str, container: Obj, volumes: list[str]) -> list[Cause]:
    name = container.get("name", "")
    found = names.invalid(f"{path}.name", name, names.label(name)) if name else [errors.required(f"{path}.name")]
    if not container.get("image"):
        found.append(errors.required(f"{path}.image"))
    policy = container.get("terminationMessagePolicy", "")
    found += names.one_of(f"{path}.terminationMessagePolicy", policy, MESSAGE_POLICIES)
    found += _ports(f"{path}.ports", container.get("ports") or [])
    for at, variable in enumerate(container.get("env") or []):
        found += _variable(f"{path}.env[{at}]", variable)
    found += _mounts(f"{path}.volumeMounts", container.get("volumeMounts") or [], volumes)
    found += names.one_of(f"{path}.imagePullPolicy", container.get("imagePullPolicy", ""), PULL_POLICIES)
    return found + _resources(f"{path}.resources", container.get("resources") or {})


def _ports(path: str, ports: list[Obj]) -> list[Cause]:
    found, seen = list[Cause](), list[str]()
    for at, port in enumerate(ports):
        here, name = f"{path}[{at}]", port.get("name", "")
        if name:
            problems = names.invalid(f"{here}.name", name, names.port_name(name))
            if not problems and name in seen:
                problems = [errors.duplicate(f"{here}.name", name)]
            found += problems
            seen += [] if problems else [name]
        number = port.get("containerPort", 0)
        if number == 0:
            found.append(errors.required(f"{here}.containerPort"))
        else:
            found += names.invalid(f"{here}.containerPort", number, names.port_number(number))
        if port.get("hostPort"):
            found += names.invalid(f"{here}.hostPort", port["hostPort"], names.port_number(port["hostPort"]))
        found += names.one_of(f"{here}.protocol", port.get("protocol", ""), names.PROTOCOLS)
    return found


def _host_ports(path: str, containers: list[Obj]) -> list[Cause]:
    found, seen = list[Cause](), list[str]()
    for at, container in enumerate(containers):
        for index, port in enumerate(container.get("ports") or []):
            if not port.get("hostPort"):
                continue
            key = f"{port.get('protocol', '')}/{port.get('hostIP', '')}/{port['hostPort']}"
            if key in seen:
                found.append(errors.duplicate(f"{path}[{at}].ports[{index}].hostPort", key))
            seen.append(key)
    return found


def _variable(path: str, variable: Obj) -> list[Cause]:
    name, source = variable.get("name", ""), variable.get("valueFrom")
    found = names.invalid(f"{path}.name", name, names.variable(name)) if name else [errors.required(f"{path}.name")]
    if source is None:
        return found
    if "fieldRef" not in source:
        why = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
        return [*found, errors.invalid_value(f"{path}.valueFrom", "", why)]
    found += _field_ref(f"{path}.valueFrom.fieldRef", source["fieldRef"])
    if variable.get("value"):
        why = "may not be specified when `value` is not empty"
        found.append(errors.invalid_value(f"{path}.valueFrom", "", why))
    return found


def _field_ref(path: str, reference: Obj) -> list[Cause]:
    field = reference.get("fieldPath", "")
    if not field:
        return [errors.required(f"{path}.fieldPath")]
    base, bracket, key = field.partition("['")
    if bracket and key.endswith("']") and base in ("metadata.annotations", "metadata.labels"):
        return names.qualified(path, key[:-2].lower() if base.endswith("annotations") else key[:-2])
    if field in DOWNWARD or field in ("metadata.annotations", "metadata.labels"):
        return [] if field in DOWNWARD else [errors.not_supported(f"{path}.fieldPath", field, DOWNWARD)]
    why = f"error converting fieldPath: field label not supported: {field}"
    return [errors.invalid_value(f"{path}.fieldPath", field, why)]


def _mounts(path: str, mounts: list[Obj], volumes: list[str]) -> list[Cause]:
    found, seen = list[Cause](), list[str]()
    for at, mount in enumerate(mounts):
        here, name, where = f"{path}[{at}]", mount.get("name", ""), mount.get("mountPath", "")
        if not name:
            found.append(errors.required(f"{here}.name"))
        if name not in volumes:
            found.append(Cause("FieldValueNotFound", f"{here}.name", f"Not found: {errors.shown(name)}"))
        if not where:
            found.append(errors.required(f"{here}.mountPath"))
        if where in seen:
            found.append(errors.invalid_value(f"{here}.mountPath", where, "must be unique"))
        seen.append(where)
    return found


def _resources(path: str, resources: Obj) -> list[Cause]:
    limits, requests, found = resources.get("limits") or {}, resources.get("requests") or {}, list[Cause]()
    for field, amounts in (("limits", limits), ("requests", requests)):
        for name, amount in sorted(amounts.items()):
            found += _resource_name(f"{path}.{field}[{name}]", name)
            if quantities.value(amount) < 0:
                why = "must be greater than or equal to 0"
                found.append(errors.invalid_value(f"{path}.{field}[{name}]", amount, why))
            if field == "requests" and name in limits and quantities.value(amount) > quantities.value(limits[name]):
                why = f"must be less than or equal to {name} limit of {limits[name]}"
                found.append(errors.invalid_value(f"{path}.requests", amount, why))
    return found


def _resource_name(path: str, name: str) -> list[Cause]:
    if found := names.qualified(path, name):
        return found
    if "/" in name or name in RESOURCES or name.startswith("hugepages-"):
        return []
    standard = "must be a standard resource"
    return names.invalid(path, name, [f"{standard} type or fully qualified", f"{standard} for containers"])


# ---- probes


def _probe(path: str, probe: Obj, kind: str) -> list[Cause]:
    found = _handlers(path, probe)
    for field in ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"):
        found += names.not_negative(f"{path}.{field}", probe.get(field, 0))
    if kind != "readinessProbe" and probe.get("successThreshold") != 1:
        found.append(errors.invalid_value(f"{path}.successThreshold", probe.get("successThreshold", 0), "must be 1"))
    return found


def _handlers(path: str, probe: Obj) -> list[Cause]:
    found, first = list[Cause](), True
    for kind in ("exec", "httpGet", "tcpSocket", "grpc"):
        if kind not in probe:
            continue
        here, handler = f"{path}.{kind}", probe[kind]
        if not first:
            found.append(errors.forbidden_field(here, "may not specify more than 1 handler type"))
        elif kind == "exec":
            found += [] if handler.get("command") else [errors.required(f"{here}.command")]
        elif kind == "httpGet":
            found += _http_get(here, handler)
        else:
            found += names.port_or_name(f"{here}.port", handler.get("port", 0))
        first = False
    return found if not first else [errors.required(path, "must specify a handler type")]


def _http_get(path: str, handler: Obj) -> list[Cause]:
    found = [] if handler.get("path") else [errors.required(f"{path}.path")]
    found += names.port_or_name(f"{path}.port", handler.get("port", 0))
    if handler.get("scheme", "") not in SCHEMES:
        found.append(errors.not_supported(f"{path}.scheme", handler.get("scheme", ""), SCHEMES))
    for header in handler.get("httpHeaders") or []:
        name = header.get("name", "")
        found += names.invalid(f"{path}.httpHeaders", name, names.http_header(name))
    return found
