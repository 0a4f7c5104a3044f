"""Namespaces, nodes and events.

Stands for ValidateNamespace, ValidateNode and ValidateEventCreate in pkg/apis/core/validation.
"""

from kubelab.api import errors, labels
from kubelab.api.errors import Cause
from kubelab.api.meta import Obj
from kubelab.api.validation import metadata, names, pods


def create_namespace(namespace: Obj) -> list[Cause]:
    """What is wrong with a new namespace."""
    return metadata.create(namespace, names.label, namespaced=False)


def update_namespace(namespace: Obj, old: Obj) -> list[Cause]:
    """What is wrong with a changed namespace."""
    return metadata.update(namespace, old)


def create_node(node: Obj) -> list[Cause]:
    """What is wrong with a new node."""
    return metadata.create(node, names.subdomain, namespaced=False) + _taints(node)


def update_node(node: Obj, old: Obj) -> list[Cause]:
    """What is wrong with a changed node."""
    found = metadata.update(node, old) + _taints(node)
    before = (old.get("spec") or {}).get("podCIDR")
    if before and (node.get("spec") or {}).get("podCIDR") != before:
        why = 'node updates may not change podCIDR except from "" to valid'
        found.append(errors.forbidden_field("spec.podCIDRs", why))
    return found


def _taints(node: Obj) -> list[Cause]:
    found, seen = list[Cause](), list[tuple[str, str]]()
    for at, taint in enumerate((node.get("spec") or {}).get("taints") or []):
        path, key, effect = f"metadata.taints[{at}]", taint.get("key", ""), taint.get("effect", "")
        found += names.qualified(f"{path}.key", key)
        problems = labels.value_problems(taint.get("value", ""))
        found += names.invalid(f"{path}.value", taint.get("value", ""), [";".join(problems)] if problems else [])
        found += names.one_of(f"{path}.effect", effect, pods.EFFECTS)
        if (key, effect) in seen:
            shown = {"Key": key, "Value": taint.get("value", ""), "Effect": effect, "TimeAdded": None}
            cause = errors.duplicate(path, shown)
            found.append(Cause(cause.reason, path, f"{cause.body}: taints must be unique by key and effect pair"))
        seen.append((key, effect))
    return found


def create_event(event: Obj) -> list[Cause]:
    """What is wrong with a new event."""
    found = metadata.create(event, names.subdomain)
    home = (event.get("involvedObject") or {}).get("namespace", "")
    if home and home != (event.get("metadata") or {}).get("namespace"):
        found.append(errors.invalid_value("involvedObject.namespace", home, "does not match event.namespace"))
    return found


def update_event(event: Obj, old: Obj) -> list[Cause]:
    """What is wrong with a changed event."""
    return metadata.update(event, old)
