"""Changing part of an object: JSON, merge and strategic merge patches, and the three-way patch of `kubectl apply`.

Stands for evanphx/json-patch, and for apimachinery's pkg/util/strategicpatch. Which lists merge, and by which key, is
data (`MERGE_KEYS`); all other lists are replaced whole. Values that come in are never changed.

Differs from Kubernetes: only the kinds of the lessons have merge keys; a three-way patch never reports conflicts
(kubectl apply overwrites by default, too).
"""

from typing import Any

from kubelab.api import errors, meta
from kubelab.api.meta import Obj

Path = tuple[str, ...]

_POD_SPEC: dict[Path, str] = {
    ("containers",): "name",
    ("initContainers",): "name",
    ("volumes",): "name",
    ("imagePullSecrets",): "name",
    ("hostAliases",): "ip",
    ("topologySpreadConstraints",): "topologyKey",
} | {
    (containers, field): key
    for containers in ("containers", "initContainers")
    for field, key in (("ports", "containerPort"), ("env", "name"), ("volumeMounts", "mountPath"))
}

_STATUS: dict[Path, str] = {("status", "conditions"): "type", ("metadata", "ownerReferences"): "uid"}


def _under(prefix: Path, keys: dict[Path, str]) -> dict[Path, str]:
    return {(*prefix, *path): key for path, key in keys.items()}


MERGE_KEYS: dict[str, dict[Path, str]] = {
    "Service": _STATUS | {("spec", "ports"): "port"},
    "Pod": _STATUS | _under(("spec",), _POD_SPEC) | {("status", "podIPs"): "ip", ("status", "hostIPs"): "ip"},
    "ReplicaSet": _STATUS | _under(("spec", "template", "spec"), _POD_SPEC),
    "Deployment": _STATUS | _under(("spec", "template", "spec"), _POD_SPEC),
    "Node": _STATUS | {("status", "addresses"): "type"},
}
"""Lists that merge: kind -> path (field names only) -> the field that tells items apart."""

MERGED_SETS: tuple[Path, ...] = (("metadata", "finalizers"),)
RETAIN_KEYS: dict[str, tuple[Path, ...]] = {"Deployment": (("spec", "strategy"),)}

REJECTED = "the server rejected our request due to an error in our request"


def _merge_key(kind: str, path: Path) -> str | None:
    return MERGE_KEYS.get(kind, _STATUS).get(path)


# ---- RFC 6902


def json_patch(current: Any, patch: Any) -> Any:
    """The object after a JSON patch (a list of operations); StatusError if it does not fit."""
    if not isinstance(patch, list) or not all(isinstance(operation, dict) for operation in patch):
        shown = "object" if isinstance(patch, dict) else "string" if isinstance(patch, str) else "value"
        raise errors.bad_request(f"json: cannot unmarshal {shown} into Go value of type jsonpatch.Patch")
    changed = meta.copy(current)
    for operation in patch:
        try:
            changed = _operate(changed, operation)
        except (KeyError, IndexError, ValueError, TypeError):
            raise errors.invalid_request(REJECTED) from None
    return changed


def _operate(whole: Any, operation: Obj) -> Any:
    kind, steps = operation["op"], _pointer(operation["path"])
    if kind in ("move", "copy"):
        source = _pointer(operation["from"])
        value = meta.copy(_read(whole, source))
        if kind == "move":
            whole = _remove(whole, source)
        return _add(whole, steps, value)
    if kind == "test":
        if _read(whole, steps) != operation.get("value"):
            raise ValueError(operation["path"])
        return whole
    if kind == "remove":
        return _remove(whole, steps)
    if kind == "replace":
        _read(whole, steps)
        return _add(_remove(whole, steps), steps, meta.copy(operation["value"])) if steps else operation["value"]
    if kind == "add":
        return _add(whole, steps, meta.copy(operation["value"]))
    raise ValueError(kind)


def _pointer(text: str) -> list[str]:
    if text == "":
        return []
    if not text.startswith("/"):
        raise ValueError(text)
    return [step.replace("~1", "/").replace("~0", "~") for step in text[1:].split("/")]


def _index(items: list[Any], step: str, *, adding: bool = False) -> int:
    if step == "-" and adding:
        return len(items)
    number = int(step)
    number += len(items) if number < 0 else 0
    if not 0 <= number < len(items) + adding:
        raise IndexError(step)
    return number


def _read(value: Any, steps: list[str]) -> Any:
    for step in steps:
        value = value[_index(value, step)] if isinstance(value, list) else value[step]
    return value


def _add(whole: Any, steps: list[str], value: Any) -> Any:
    if not steps:
        return value
    parent = _read(whole, steps[:-1])
    if isinstance(parent, list):
        parent.insert(_index(parent, steps[-1], adding=True), value)
    else:
        parent[steps[-1]] = value
    return whole


def _remove(whole: Any, steps: list[str]) -> Any:
    parent = _read(whole, steps[:-1])
    del parent[_index(parent, steps[-1]) if isinstance(parent, list) else steps[-1]]
    return whole


# ---- RFC 7386


def merge_patch(current: Any, patch: Any) -> Any:
    """The object after a JSON merge patch: maps merge, null deletes, all else replaces."""
    if not isinstance(patch, dict):
        return meta.copy(patch)
    changed = dict(current) if isinstance(current, dict) else {}
    for name, value in patch.items():
        if value is None:
            changed.pop(name, None)
        else:
            changed[name] = merge_patch(changed.get(name), value)
    return changed


# ---- strategic merge patch


def strategic(kind: str, current: Obj, patch: Any) -> Obj:
    """The object after a strategic merge patch; StatusError if an item of a merging list lacks its key."""
    if not isinstance(patch, dict):
        raise errors.bad_request("json: cannot unmarshal array into Go value of type map[string]interface {}")
    return _merge_map(kind, (), current, patch)


def _merge_map(kind: str, path: Path, current: Obj, patch: Obj) -> Obj:
    directive = patch.get("$patch")
    if directive == "replace":
        return {k: meta.copy(v) for k, v in patch.items() if k != "$patch"}
    if directive == "delete":
        return {}
    changed = dict(current)
    if "$retainKeys" in patch:
        changed = {name: value for name, value in changed.items() if name in patch["$retainKeys"]}
    for name, value in patch.items():
        if name.startswith("$deleteFromPrimitiveList/"):
            field = name.partition("/")[2]
            changed[field] = [item for item in changed.get(field) or [] if item not in value]
        elif name.startswith("$"):
            continue
        elif value is None:
            changed.pop(name, None)
        else:
            order = patch.get(f"$setElementOrder/{name}")
            changed[name] = _merge_value(kind, (*path, name), changed.get(name), value, order)
    for name in patch:
        if name.startswith("$setElementOrder/") and (field := name.partition("/")[2]) not in patch and field in changed:
            changed[field] = _merge_list(kind, (*path, field), changed[field], [], patch[name])
    return changed


def _merge_value(kind: str, path: Path, current: Any, value: Any, order: list[Any] | None) -> Any:
    if isinstance(value, dict):
        return _merge_map(kind, path, current if isinstance(current, dict) else {}, value)
    if isinstance(value, list):
        return _merge_list(kind, path, current if isinstance(current, list) else [], value, order)
    return value


def _merge_list(kind: str, path: Path, current: list[Any], patch: list[Any], order: list[Any] | None) -> list[Any]:
    key = _merge_key(kind, path)
    if path in MERGED_SETS:
        return current + [item for item in patch if item not in current]
    if key is None:
        return [meta.copy(item) for item in patch]
    if any(isinstance(item, dict) and item.get("$patch") == "replace" for item in patch):
        return [meta.copy(item) for item in patch if item.get("$patch") != "replace"]
    merged = list(current)
    for item in patch:
        value = _value_of(item, key)
        at = next((i for i, old in enumerate(merged) if old.get(key) == value), None)
        if item.get("$patch") == "delete":
            merged = [old for old in merged if old.get(key) != value]
            continue
        if at is None:
            merged.append(_merge_map(kind, path, {}, item))
        else:
            merged[at] = _merge_map(kind, path, merged[at], item)
    return _ordered(merged, current, key, order) if order is not None else merged


def _value_of(item: Any, key: str) -> Any:
    if not isinstance(item, dict) or key not in item:
        shown = _go_map(item) if isinstance(item, dict) else item
        raise errors.bad_request(f"map: {shown} does not contain declared merge key: {key}")
    return item[key]


def _go_map(value: Any) -> str:
    if isinstance(value, dict):
        return "map[" + " ".join(f"{k}:{_go_map(v)}" for k, v in sorted(value.items())) + "]"
    if isinstance(value, list):
        return "[" + " ".join(_go_map(v) for v in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return "<nil>" if value is None else str(value)


def _ordered(merged: list[Obj], current: list[Obj], key: str, order: list[Any]) -> list[Obj]:
    """Items that the patch orders in its order; the server's own between them as they were (mergeSortedSlice)."""
    wanted = [entry[key] if isinstance(entry, dict) else entry for entry in order]
    was = {item.get(key): index for index, item in enumerate(current)}
    ours = sorted((item for item in merged if item[key] in wanted), key=lambda item: wanted.index(item[key]))
    theirs = [item for item in merged if item[key] not in wanted]
    found: list[Obj] = []
    while ours and theirs:
        first = was.get(theirs[0][key], -1) < was.get(ours[0][key], -1)
        found.append((theirs if first else ours).pop(0))
    return found + theirs + ours


# ---- kubectl apply


def three_way(kind: str, original: Obj | None, modified: Obj, current: Obj) -> Obj:
    """The strategic patch from `current` to `modified`; deletes what `original` (last applied) had and `modified` lacks.

    {} if there is nothing to do.
    """
    changes = _changes(kind, (), current, modified)
    deletions = _deletions(kind, (), original or {}, modified, current)
    return _union(kind, (), deletions, changes)


def _changes(kind: str, path: Path, current: Obj, modified: Obj) -> Obj:
    patch: Obj = {}
    for name, value in modified.items():
        here, before = (*path, name), current.get(name)
        if value == before and (name in current or value is not None):
            continue
        if isinstance(value, dict) and isinstance(before, dict):
            inner = _changes(kind, here, before, value)
            if inner and here in RETAIN_KEYS.get(kind, ()):
                inner["$retainKeys"] = sorted(value)
            if inner:
                patch[name] = inner
        elif isinstance(value, list) and isinstance(before, list) and _merges(kind, here):
            patch |= _list_changes(kind, here, before, value)
        elif value is not None:
            patch[name] = meta.copy(value)
        elif name in current:
            patch[name] = None
    return patch


def _merges(kind: str, path: Path) -> bool:
    return path in MERGED_SETS or _merge_key(kind, path) is not None


def _list_changes(kind: str, path: Path, current: list[Any], modified: list[Any]) -> Obj:
    name, key = path[-1], _merge_key(kind, path)
    if key is None:
        added = [item for item in modified if item not in current]
        return {name: added, f"$setElementOrder/{name}": list(modified)} if added else {}
    found, before = [], {item.get(key): item for item in current}
    for item in modified:
        value = _value_of(item, key)
        if value not in before:
            found.append(meta.copy(item))
        elif inner := _changes(kind, path, before[value], item):
            found.append({key: value, **inner})
    wanted = [item[key] for item in modified]
    in_place = [item.get(key) for item in current if item.get(key) in wanted]
    if not found and in_place == wanted:
        return {}
    ordered = {f"$setElementOrder/{name}": [{key: value} for value in wanted]}
    return ordered | ({name: found} if found else {})


def _deletions(kind: str, path: Path, original: Obj, modified: Obj, current: Obj) -> Obj:
    patch: Obj = {}
    for name, before in original.items():
        here, live = (*path, name), current.get(name) if isinstance(current, dict) else None
        if name not in modified:
            if before is not None and live is not None:
                patch[name] = None
            continue
        value = modified[name]
        if isinstance(value, dict) and isinstance(before, dict) and isinstance(live, dict):
            if inner := _deletions(kind, here, before, value, live):
                patch[name] = inner
        elif isinstance(value, list) and isinstance(before, list) and isinstance(live, list) and _merges(kind, here):
            patch |= _list_deletions(kind, here, before, value, live)
    return patch


def _list_deletions(kind: str, path: Path, original: list[Any], modified: list[Any], live: list[Any]) -> Obj:
    name, key = path[-1], _merge_key(kind, path)
    if key is None:
        gone = [item for item in original if item not in modified and item in live]
        return {f"$deleteFromPrimitiveList/{name}": gone} if gone else {}
    found, after = [], {_value_of(item, key): item for item in modified}
    there = {item.get(key): item for item in live}
    for item in original:
        value = item.get(key)
        if value not in after:
            if value in there:
                found.append({key: value, "$patch": "delete"})
        elif value in there and (inner := _deletions(kind, path, item, after[value], there[value])):
            found.append({key: value, **inner})
    if not found:
        return {}
    return {name: found, f"$setElementOrder/{name}": [{key: value} for value in after]}


def _union(kind: str, path: Path, deletions: Obj, changes: Obj) -> Obj:
    """Both patches as one; where both say something of one value, the changes stand."""
    patch = dict(deletions)
    for name, value in changes.items():
        here, other = (*path, name), patch.get(name)
        if isinstance(value, dict) and isinstance(other, dict):
            patch[name] = _union(kind, here, other, value)
        elif isinstance(value, list) and isinstance(other, list) and (key := _merge_key(kind, here)):
            by_key = {item[key]: item for item in other}
            for item in value:
                by_key[item[key]] = _union(kind, here, by_key.get(item[key], {}), item)
            patch[name] = list(by_key.values())
        else:
            patch[name] = value
    return patch
