"""Pods and pod templates: what their specs may say.

Stands for ValidatePodSpec and what it calls in pkg/apis/core/validation/validation.go, for the fields that kubelab
knows. Objects come defaulted. What may change in a running pod is in changes.py.
"""

from collections.abc import Sequence
from typing import Any

from kubelab.api import errors, meta
from kubelab.api.errors import Cause
from kubelab.api.meta import Obj
from kubelab.api.validation import containers, metadata, names

RESTART_POLICIES = ("Always", "OnFailure", "Never")
DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
PREEMPTION = ("PreemptLowerPriority", "Never")
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
HOST_PATHS = ("", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket")
MAX_DEADLINE = 2**31 - 1
DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"


def create(pod: Obj) -> list[Cause]:
    """What is wrong with a new pod."""
    return metadata_and_spec(pod)


def metadata_and_spec(pod: Obj) -> list[Cause]:
    """What is wrong with a pod as it stands, new or changed."""
    found = metadata.create(pod, names.subdomain) + _annotations("metadata.annotations", meta.annotations(pod))
    found += spec("spec", pod.get("spec") or {}, is_pod=True)
    for at, container in enumerate((pod.get("spec") or {}).get("containers") or []):
        found += untrimmed(f"spec.containers[{at}].image", container.get("image", ""))
    return found


def template(path: str, template: Obj) -> list[Cause]:
    """What is wrong with the pods that a controller would make."""
    own = template.get("metadata") or {}
    notes = own.get("annotations") or {}
    found = names.label_map(f"{path}.labels", own.get("labels") or {})
    found += metadata.annotations(f"{path}.annotations", notes) + _annotations(f"{path}.annotations", notes)
    return found + spec(f"{path}.spec", template.get("spec") or {}, is_pod=False)


def untrimmed(path: str, image: str) -> list[Cause]:
    """An image's name between blanks."""
    if image == image.strip():
        return []
    return [errors.invalid_value(path, image, "must not have leading or trailing whitespace")]


def _annotations(path: str, notes: dict[str, str]) -> list[Cause]:
    cost = notes.get(DELETION_COST)
    if cost is None:
        return []
    digits = cost.removeprefix("-") if cost.startswith("-") else cost.removeprefix("+")
    fine = digits.isdecimal() and digits.isascii() and -(2**31) <= int(cost) < 2**31
    if fine and (digits == "0" or not digits.startswith("0")) and not cost.startswith("+"):
        return []
    return [errors.invalid_value(f"{path}[{DELETION_COST}]", cost, "must be a 32bit integer")]


def spec(path: str, spec: Obj, *, is_pod: bool) -> list[Cause]:
    """What is wrong with a spec."""
    volumes, found = _volumes(f"{path}.volumes", spec.get("volumes") or [])
    grace = spec.get("terminationGracePeriodSeconds")
    found += containers.all_of(f"{path}.containers", spec.get("containers") or [], volumes)
    if spec.get("hostNetwork"):
        found += _host_ports(f"{path}.containers", spec.get("containers") or [], is_pod)
    found += names.one_of(f"{path}.restartPolicy", spec.get("restartPolicy", ""), RESTART_POLICIES)
    found += names.one_of(f"{path}.dnsPolicy", spec.get("dnsPolicy", ""), DNS_POLICIES)
    found += names.label_map(f"{path}.nodeSelector", spec.get("nodeSelector") or {})
    if spec.get("dnsPolicy") == "None":
        found.append(errors.required(f"{path}.dnsConfig", "must provide `dnsConfig` when `dnsPolicy` is None"))
    for field, problems in (("serviceAccountName", names.subdomain), ("nodeName", names.subdomain)):
        if spec.get(field):
            found += names.invalid(f"{path}.{field}", spec[field], problems(spec[field]))
    deadline = spec.get("activeDeadlineSeconds")
    if deadline is not None and not 1 <= deadline <= MAX_DEADLINE:
        why = f"must be between 1 and {MAX_DEADLINE}, inclusive"
        found.append(errors.invalid_value(f"{path}.activeDeadlineSeconds", deadline, why))
    for field in ("hostname", "subdomain"):
        if spec.get(field):
            found += names.invalid(f"{path}.{field}", spec[field], names.label(spec[field]))
    found += tolerations(f"{path}.tolerations", spec.get("tolerations") or [])
    found += _host_aliases(f"{path}.hostAliases", spec.get("hostAliases") or [])
    if spec.get("priorityClassName"):
        name = spec["priorityClassName"]
        found += names.invalid(f"{path}.priorityClassName", name, names.subdomain(name))
    if spec.get("preemptionPolicy") is not None:
        found += names.one_of(f"{path}.preemptionPolicy", spec["preemptionPolicy"], PREEMPTION)
    if grace is None:
        found.insert(0, errors.required(f"{path}.terminationGracePeriodSeconds"))
    return found


# ---- volumes


def _volumes(path: str, volumes: list[Obj]) -> tuple[list[str], list[Cause]]:
    """The names of the volumes that can be mounted, and what is wrong with the others."""
    good, found = list[str](), list[Cause]()
    for at, volume in enumerate(volumes):
        here, name = f"{path}[{at}]", volume.get("name", "")
        problems = _sources(here, volume)
        if not name:
            problems.append(errors.required(f"{here}.name"))
        else:
            problems += names.invalid(f"{here}.name", name, names.label(name))
        if name in good:
            problems.append(errors.duplicate(f"{here}.name", name))
        if problems:
            found += problems
        else:
            good.append(name)
    return good, found


def _sources(path: str, volume: Obj) -> list[Cause]:
    found, first = list[Cause](), True
    for kind in ("emptyDir", "hostPath", "downwardAPI", "projected"):
        if kind not in volume:
            continue
        if not first:
            found.append(errors.forbidden_field(f"{path}.{kind}", "may not specify more than 1 volume type"))
        elif kind == "hostPath":
            found += _host_path(f"{path}.hostPath", volume["hostPath"])
        first = False
    return found if not first else [errors.required(path, "must specify a volume type")]


def _host_path(path: str, source: Obj) -> list[Cause]:
    where = source.get("path", "")
    if not where:
        return [errors.required(f"{path}.path")]
    found: list[Cause] = []
    if ".." in where.split("/"):
        found.append(errors.invalid_value(f"{path}.path", where, "must not contain '..'"))
    if source.get("type", "") not in HOST_PATHS:
        found.append(errors.not_supported(f"{path}.type", source["type"], HOST_PATHS))
    return found


# ---- the rest of the spec


def _host_ports(path: str, containers: list[Obj], is_pod: bool) -> list[Cause]:
    found: list[Cause] = []
    for at, container in enumerate(containers):
        for index, port in enumerate(container.get("ports") or []):
            wanted, given = port.get("containerPort", 0), port.get("hostPort", 0)
            if (is_pod or given) and wanted != given:
                why = "must match `containerPort` when `hostNetwork` is true"
                found.append(errors.invalid_value(f"{path}[{at}].ports[{index}].hostPort", given, why))
    return found


def tolerations(path: str, tolerations: Sequence[Obj]) -> list[Cause]:
    """What is wrong with tolerations."""
    found: list[Cause] = []
    for at, toleration in enumerate(tolerations):
        found += _toleration(f"{path}[{at}]", toleration)
    return found


def _toleration(path: str, toleration: Obj) -> list[Cause]:
    key, operator, value, effect = (toleration.get(f, "") for f in ("key", "operator", "value", "effect"))
    found = names.qualified(f"{path}.key", key) if key else []
    if not key and operator != "Exists":
        why = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
        found.append(errors.invalid_value(f"{path}.operator", operator, why))
    if toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
        why = "effect must be 'NoExecute' when `tolerationSeconds` is set"
        found.append(errors.invalid_value(f"{path}.effect", effect, why))
    found += _toleration_value(path, operator, value)
    if effect and effect not in EFFECTS:
        found.append(errors.not_supported(f"{path}.effect", effect, EFFECTS))
    return found


def _toleration_value(path: str, operator: str, value: Any) -> list[Cause]:
    if operator in ("Equal", ""):
        problems = [cause.body for cause in names.label_map("", {"a": value})]
        return [Cause("FieldValueInvalid", f"{path}.operator", body) for body in problems]
    if operator != "Exists":
        choices = ("Equal", "Exists", "Lt", "Gt") if operator in ("Lt", "Gt") else ("Equal", "Exists")
        return [errors.not_supported(f"{path}.operator", operator, choices)]
    if value:
        return [errors.invalid_value(f"{path}.operator", value, "value must be empty when `operator` is 'Exists'")]
    return []


def _host_aliases(path: str, aliases: list[Obj]) -> list[Cause]:
    found: list[Cause] = []
    for at, alias in enumerate(aliases):
        found += names.address(f"{path}[{at}].ip", alias.get("ip", ""))
        for index, name in enumerate(alias.get("hostnames") or []):
            found += names.invalid(f"{path}[{at}].hostnames[{index}]", name, names.subdomain(name))
    return found
