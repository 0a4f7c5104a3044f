"""Patches: JSON patch, JSON merge patch and strategic merge patch, and the patch that `kubectl apply` computes.

Stands for apimachinery's pkg/util/strategicpatch, evanphx/json-patch and what the API server makes of their errors
(endpoints/handlers/patch.go). Nothing that is passed in is changed.
"""

from typing import Any

from kubelab.api import errors, meta
from kubelab.api.meta import Obj
from kubelab.api.patches import difference, jsonpatch, lists, merging, schema

REJECTED = "the server rejected our request due to an error in our request"
_BAD_REQUESTS = (merging.BAD_ORDER, merging.BAD_RETAIN, "invalid JSON document")


def json_patch(current: Obj, operations: list[Any]) -> Obj:
    """The object after the operations of a JSON patch; StatusError Invalid if one of them cannot be done."""
    try:
        jsonpatch.check(operations)
    except jsonpatch.JsonPatchError as error:
        raise errors.bad_request(str(error)) from None
    if len(operations) > (limit := jsonpatch.MAX_OPERATIONS):
        why = f"The allowed maximum operations in a JSON patch is {limit}, got {len(operations)}"
        raise errors.StatusError("RequestEntityTooLarge", 413, f"Request entity too large: {why}")
    try:
        changed = jsonpatch.apply(current, operations)
    except jsonpatch.JsonPatchError:
        raise errors.invalid_request(REJECTED) from None
    return dict(changed)


def merge_patch(current: Any, patch: Any) -> Any:
    """The object with a JSON merge patch (RFC 7386) applied: null deletes, maps are merged, all else is replaced."""
    if not isinstance(patch, dict):
        return _without_nulls(patch)
    merged = dict(current) if isinstance(current, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def _without_nulls(value: Any) -> Any:
    """What replaces a value carries no nulls in its maps, be they within lists."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def merge_difference(old: Any, new: Any) -> Any:
    """The JSON merge patch from one value to another (which has no nulls)."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return meta.copy(new)
    patch: Obj = {key: None for key in old if key not in new}
    for key, value in new.items():
        if key not in old:
            patch[key] = meta.copy(value)
        elif not lists.same(old[key], value):
            patch[key] = merge_difference(old[key], value)
    return patch


def strategic(kind: str, current: Obj, patch: Obj) -> Obj:
    """The object of a kind with a strategic merge patch applied; StatusError if the patch makes no sense."""
    try:
        return merging.Merger().maps(meta.copy(current), meta.copy(patch), schema.of(kind))
    except (lists.PatchError, schema.UnknownField) as error:
        raise _refused(error) from None


def three_way(kind: str, original: Obj, modified: Obj, current: Obj) -> Obj:
    """The patch that brings `current` to `modified` and deletes what `original` had; {} if there is nothing to do.

    StatusError if that cannot be said, e.g. because a port has no number.
    """
    root = schema.of(kind)
    try:
        delta = difference.Differ(deletions=False).maps(current, modified, root)
        gone = difference.Differ(changes=False).maps(original, modified, root)
        return merging.Merger(as_patch=True).maps(meta.copy(gone), meta.copy(delta), root)
    except (lists.PatchError, schema.UnknownField) as error:
        raise _refused(error) from None


def two_way(kind: str, original: Obj, modified: Obj) -> Obj:
    """The patch from one object to another (what `kubectl edit` sends)."""
    try:
        return meta.copy(difference.Differ().maps(original, modified, schema.of(kind)))  # type: ignore[no-any-return]
    except (lists.PatchError, schema.UnknownField) as error:
        raise _refused(error) from None


def _refused(error: ValueError) -> errors.StatusError:
    if str(error) in _BAD_REQUESTS:
        return errors.bad_request(str(error))
    return errors.StatusError("", 500, str(error))
