"""What may change in a pod that exists: images, a deadline, more tolerations, and nothing else.

Stands for ValidatePodUpdate in pkg/apis/core/validation/validation.go.

Differs from Kubernetes: the difference that the sentence ends with is shown in the fields of the API, not in those of
the server's own struct.
"""

import difflib
import json

from kubelab.api import errors, meta
from kubelab.api.errors import Cause
from kubelab.api.meta import Obj
from kubelab.api.validation import metadata, pods

_CHANGEABLE = (
    "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
    "`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def update(pod: Obj, old: Obj) -> list[Cause]:
    """What is wrong with a changed pod."""
    found = metadata.update(pod, old) + pods.metadata_and_spec(pod)
    spec, before = pod.get("spec") or {}, old.get("spec") or {}
    new_containers, old_containers = spec.get("containers") or [], before.get("containers") or []
    if len(new_containers) != len(old_containers):
        found.append(errors.forbidden_field("spec.containers", "pod updates may not add or remove containers"))
        return found
    for at, container in enumerate(new_containers):
        if not container.get("image"):
            found.append(errors.required(f"spec.containers[{at}].image"))
        found += pods.untrimmed(f"spec.containers[{at}].image", container.get("image", ""))
    deadline, stop = _deadline(spec.get("activeDeadlineSeconds"), before.get("activeDeadlineSeconds"))
    found += deadline
    if stop:
        return found
    found += _tolerations(spec.get("tolerations") or [], before.get("tolerations") or [])
    return found + _the_rest(spec, before)


def _deadline(new: int | None, old: int | None) -> tuple[list[Cause], bool]:
    """What is wrong with a deadline, and whether to look no further."""
    path = "spec.activeDeadlineSeconds"
    if new is None:
        if old is None:
            return [], False
        why = "must not update from a positive integer to nil value"
        return [errors.invalid_value(path, None, why)], False
    if not 0 <= new <= pods.MAX_DEADLINE:
        return [errors.invalid_value(path, new, f"must be between 0 and {pods.MAX_DEADLINE}, inclusive")], True
    if old is not None and old < new:
        return [errors.invalid_value(path, new, "must be less than or equal to previous value")], True
    return [], False


def _tolerations(new: list[Obj], old: list[Obj]) -> list[Cause]:
    kept = [{k: v for k, v in toleration.items() if k != "tolerationSeconds"} for toleration in new]
    for toleration in old:
        if {k: v for k, v in toleration.items() if k != "tolerationSeconds"} not in kept:
            why = "existing toleration can not be modified except its tolerationSeconds"
            return [errors.forbidden_field("spec.tolerations", why)]
    return pods.tolerations("spec.tolerations", new)


def _the_rest(spec: Obj, before: Obj) -> list[Cause]:
    allowed = meta.copy(spec)
    for container, old in zip(allowed.get("containers") or [], before.get("containers") or [], strict=True):
        container["image"] = old.get("image", "")
    for field in ("activeDeadlineSeconds", "tolerations"):
        allowed.pop(field, None)
        if field in before:
            allowed[field] = before[field]
    if before.get("terminationGracePeriodSeconds", 0) < 0 and spec.get("terminationGracePeriodSeconds") == 1:
        allowed["terminationGracePeriodSeconds"] = before["terminationGracePeriodSeconds"]
    if allowed == before:
        return []
    why = f"pod updates may not change fields other than {_CHANGEABLE}\n{difference(before, allowed)}"
    return [errors.forbidden_field("spec", why)]


def difference(old: Obj, new: Obj) -> str:
    """The lines that differ, as apimachinery's diff.Diff shows them."""
    return "".join(list(difflib.unified_diff(_lines(old), _lines(new), n=3))[2:])


def _lines(spec: Obj) -> list[str]:
    text = json.dumps(spec, indent=1, sort_keys=True, ensure_ascii=False)
    return [line + "\n" for line in text.split("\n")]
