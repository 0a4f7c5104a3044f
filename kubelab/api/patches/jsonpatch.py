"""JSON patches: a list of operations on paths (RFC 6902).

Stands for github.com/evanphx/json-patch v4, which the API server and kubectl use, also where it is laxer than the RFC:
negative indices count from the end, `replace` may add a key, and what is before the first slash of a path is ignored.
"""

from typing import Any

from kubelab.api.meta import copy


class JsonPatchError(ValueError):
    """An operation that cannot be done."""


def apply(document: Any, operations: list[Any]) -> Any:
    """The document after the operations; JsonPatchError at the first that cannot be done."""
    document = copy(document)
    for operation in operations:
        if not isinstance(operation, dict):
            raise JsonPatchError(f"unexpected operation: {operation!r}")
        name = operation.get("op")
        if name not in _OPERATIONS:
            raise JsonPatchError(f"Unexpected kind: {name or 'unknown'}")
        _OPERATIONS[name](document, operation)
    return document


def _steps(path: Any, what: str) -> list[str]:
    if not isinstance(path, str) or "/" not in path:
        raise JsonPatchError(f"{what} operation does not apply: doc is missing path: {path!r}")
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]


def _parent(document: Any, path: Any, what: str) -> tuple[Any, str]:
    """The map or list that holds the last step of a path, and that step."""
    *steps, last = _steps(path, what)
    for step in steps:
        document = _get(document, step, path, what)
    if not isinstance(document, dict | list):
        raise JsonPatchError(f"{what} operation does not apply: doc is missing path: {path!r}")
    return document, last


def _get(holder: Any, step: str, path: str, what: str) -> Any:
    if isinstance(holder, dict) and step in holder:
        return holder[step]
    if isinstance(holder, list):
        return holder[_index(holder, step, len(holder) - 1, path, what)]
    raise JsonPatchError(f"{what} operation does not apply: doc is missing path: {path!r}")


def _index(holder: list[Any], step: str, last: int, path: str, what: str) -> int:
    digits = step.removeprefix("-")
    if not digits.isdecimal() or not digits.isascii():
        raise JsonPatchError(f"{what} operation does not apply: {path!r}: {step!r} is no index")
    at = int(step) + (len(holder) if step.startswith("-") else 0)
    if not 0 <= at <= last:
        raise JsonPatchError(f"{what} operation does not apply: {path!r}: Unable to access invalid index: {step}")
    return at


def _value(operation: dict[str, Any]) -> Any:
    return copy(operation.get("value"))


def _put(document: Any, path: Any, value: Any) -> None:
    holder, last = _parent(document, path, "add")
    if isinstance(holder, dict):
        holder[last] = value
    elif last == "-":
        holder.append(value)
    else:
        counted = str(int(last) + 1) if last.startswith("-") and last[1:].isdecimal() and last != "-1" else last
        at = len(holder) if last == "-1" else _index(holder, counted, len(holder), path, "add")
        holder.insert(at, value)


def _add(document: Any, operation: dict[str, Any]) -> None:
    _put(document, operation.get("path"), _value(operation))


def _remove(document: Any, operation: dict[str, Any], what: str = "remove") -> Any:
    path = operation.get("from" if what == "move" else "path")
    holder, last = _parent(document, path, what)
    value = _get(holder, last, str(path), what)
    del holder[last if isinstance(holder, dict) else _index(holder, last, len(holder) - 1, str(path), what)]
    return value


def _replace(document: Any, operation: dict[str, Any]) -> None:
    path = operation.get("path")
    holder, last = _parent(document, path, "replace")
    if isinstance(holder, dict):
        holder[last] = _value(operation)
    else:
        holder[_index(holder, last, len(holder) - 1, str(path), "replace")] = _value(operation)


def _move(document: Any, operation: dict[str, Any]) -> None:
    _put(document, operation.get("path"), _remove(document, operation, "move"))


def _copy(document: Any, operation: dict[str, Any]) -> None:
    path = operation.get("from")
    holder, last = _parent(document, path, "copy")
    found = holder.get(last) if isinstance(holder, dict) else _get(holder, last, str(path), "copy")
    _put(document, operation.get("path"), copy(found))


def _test(document: Any, operation: dict[str, Any]) -> None:
    path, wanted = operation.get("path"), operation.get("value")
    holder, last = _parent(document, path, "test")
    missing = isinstance(holder, dict) and last not in holder
    found = None if missing else _get(holder, last, str(path), "test")
    if isinstance(found, bool) is not isinstance(wanted, bool) or found != wanted:
        raise JsonPatchError(f"testing value {path} failed")


_OPERATIONS = {
    "add": _add,
    "copy": _copy,
    "move": _move,
    "remove": _remove,
    "replace": _replace,
    "test": _test,
}
