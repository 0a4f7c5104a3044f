"""ReplicaSets and Deployments.

Stands for pkg/apis/apps/validation/validation.go and the strategies' check that a selector stays what it was.
"""

from typing import Any

from kubelab.api import errors, labels, meta
from kubelab.api.errors import Cause
from kubelab.api.meta import Obj
from kubelab.api.validation import metadata, names, pods

STRATEGIES = ("Recreate", "RollingUpdate")
OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")


def create_replica_set(replica_set: Obj) -> list[Cause]:
    """What is wrong with a new ReplicaSet."""
    return metadata.create(replica_set, names.subdomain) + _replica_set(replica_set.get("spec") or {})


def create_deployment(deployment: Obj) -> list[Cause]:
    """What is wrong with a new Deployment."""
    return metadata.create(deployment, names.subdomain) + _deployment(deployment.get("spec") or {})


def update_replica_set(replica_set: Obj, old: Obj) -> list[Cause]:
    """What is wrong with a changed ReplicaSet."""
    return create_replica_set(replica_set) + metadata.update(replica_set, old) + _selector_kept(replica_set, old)


def update_deployment(deployment: Obj, old: Obj) -> list[Cause]:
    """What is wrong with a changed Deployment."""
    found = metadata.update(deployment, old) + _deployment(deployment.get("spec") or {})
    return found + _selector_kept(deployment, old)


def _selector_kept(obj: Obj, old: Obj) -> list[Cause]:
    new, before = (thing["spec"].get("selector") for thing in (obj, old))
    return metadata.immutable("spec.selector", new, before)


def _replica_set(spec: Obj) -> list[Cause]:
    found = names.not_negative("spec.replicas", spec.get("replicas", 0))
    found += names.not_negative("spec.minReadySeconds", spec.get("minReadySeconds", 0))
    return found + _selector_and_template(spec)


def _deployment(spec: Obj) -> list[Cause]:
    found = names.not_negative("spec.replicas", spec.get("replicas", 0)) + _selector_and_template(spec)
    found += _strategy(spec.get("strategy") or {})
    least = spec.get("minReadySeconds", 0)
    found += names.not_negative("spec.minReadySeconds", least)
    found += names.not_negative("spec.revisionHistoryLimit", spec.get("revisionHistoryLimit", 0))
    deadline = spec.get("progressDeadlineSeconds")
    if deadline is not None:
        found += names.not_negative("spec.progressDeadlineSeconds", deadline)
        if deadline <= least:
            why = "must be greater than minReadySeconds"
            found.append(errors.invalid_value("spec.progressDeadlineSeconds", deadline, why))
    return found


# ---- selector and template


def _selector_and_template(spec: Obj) -> list[Cause]:
    selector, found = spec.get("selector"), list[Cause]()
    if selector is None:
        found.append(errors.required("spec.selector"))
    else:
        found += label_selector("spec.selector", selector)
        if not selector.get("matchLabels") and not selector.get("matchExpressions"):
            found.append(errors.invalid_value("spec.selector", selector, "empty selector is invalid for deployment"))
    if found and selector is not None and not _is_readable(selector):
        return [*found, errors.invalid_value("spec.selector", selector, "invalid label selector")]
    return found + _template(spec.get("template") or {}, selector)


def _is_readable(selector: Obj) -> bool:
    """Whether the selector can be turned into requirements at all."""
    for key, value in (selector.get("matchLabels") or {}).items():
        if labels.key_problems(key) or labels.value_problems(value):
            return False
    return not any(
        _expression("", expression) or any(labels.value_problems(value) for value in expression.get("values") or [])
        for expression in selector.get("matchExpressions") or []
    )


def _template(template: Obj, selector: Obj | None) -> list[Cause]:
    own, found = meta.labels(template), list[Cause]()
    if selector is None or not labels.from_label_selector(selector).matches(own):
        shown = own or None
        why = "`selector` does not match template `labels`"
        found.append(errors.invalid_value("spec.template.metadata.labels", shown, why))
    found += pods.template("spec.template", template)
    spec = template.get("spec") or {}
    if spec.get("restartPolicy") != "Always":
        path = "spec.template.spec.restartPolicy"
        found.append(errors.not_supported(path, spec.get("restartPolicy", ""), ("Always",)))
    if spec.get("activeDeadlineSeconds") is not None:
        why = "activeDeadlineSeconds in ReplicaSet is not Supported"
        found.append(errors.forbidden_field("spec.template.spec.activeDeadlineSeconds", why))
    return found


def label_selector(path: str, selector: Obj) -> list[Cause]:
    """What is wrong with a label selector."""
    found = names.label_map(f"{path}.matchLabels", selector.get("matchLabels") or {})
    for at, expression in enumerate(selector.get("matchExpressions") or []):
        here = f"{path}.matchExpressions[{at}]"
        found += _expression(here, expression)
        for index, value in enumerate(expression.get("values") or []):
            found += names.invalid(f"{here}.values[{index}]", value, labels.value_problems(value))
    return found


def _expression(path: str, expression: Obj) -> list[Cause]:
    operator, values, found = expression.get("operator", ""), expression.get("values") or [], list[Cause]()
    if operator in ("In", "NotIn"):
        if not values:
            why = "must be specified when `operator` is 'In' or 'NotIn'"
            found.append(errors.required(f"{path}.values", why))
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            found.append(errors.forbidden_field(f"{path}.values", why))
    else:
        found.append(errors.invalid_value(f"{path}.operator", operator, "not a valid selector operator"))
    return found + names.qualified(f"{path}.key", expression.get("key", ""))


# ---- a Deployment's strategy


def _strategy(strategy: Obj) -> list[Cause]:
    kind, rolling = strategy.get("type", ""), strategy.get("rollingUpdate")
    if kind == "Recreate":
        why = "may not be specified when strategy `type` is 'Recreate'"
        return [] if rolling is None else [errors.forbidden_field("spec.strategy.rollingUpdate", why)]
    if kind != "RollingUpdate":
        shown = {"Type": kind, "RollingUpdate": _go_rolling(rolling)}
        return [errors.not_supported("spec.strategy", shown, STRATEGIES)]
    path, rolling = "spec.strategy.rollingUpdate", rolling or {}
    unavailable, surge = rolling.get("maxUnavailable", 0), rolling.get("maxSurge", 0)
    found = _amount(f"{path}.maxUnavailable", unavailable) + _amount(f"{path}.maxSurge", surge)
    if _number(unavailable) == 0 and _number(surge) == 0:
        why = "may not be 0 when `maxSurge` is 0"
        found.append(errors.invalid_value(f"{path}.maxUnavailable", unavailable, why))
    if isinstance(unavailable, str) and _number(unavailable) > 100:
        why = "must not be greater than 100%"
        found.append(errors.invalid_value(f"{path}.maxUnavailable", unavailable, why))
    return found


def _go_rolling(rolling: Obj | None) -> Obj | None:
    if rolling is None:
        return None
    return {"MaxUnavailable": rolling.get("maxUnavailable", 0), "MaxSurge": rolling.get("maxSurge", 0)}


def _amount(path: str, value: Any) -> list[Cause]:
    if isinstance(value, str):
        return names.invalid(path, value, names.percent(value))
    return names.not_negative(path, value)


def _number(value: int | str) -> int:
    """The number of an amount, the number before the % of a percentage, 0 for what is neither."""
    if isinstance(value, int):
        return value
    digits = value.removesuffix("%")
    return int(digits) if digits.isdecimal() and digits.isascii() else 0
