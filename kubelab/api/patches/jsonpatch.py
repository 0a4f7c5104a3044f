"""JSON patches: a list of operations on paths (RFC 6902).

Stands for gopkg.in/evanphx/json-patch.v4, which the API server and kubectl use, with its sentences and where it is
laxer than the RFC: negative indices count from the end, `replace` may add a key, and what is before the first slash of
a path is ignored.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from kubelab.api import jsontext
from kubelab.api.meta import copy
from kubelab.api.patches import lists

MAX_OPERATIONS = 10_000
MAX_COPIED = 3 * 1024 * 1024
"""How many bytes of JSON the copy operations of a patch may add up to, on an API server."""

_INTEGER = re.compile(r"[+-]?[0-9]+")

_LOST = {
    "add": 'add operation does not apply: doc is missing path: "{}": missing value',
    "remove": 'remove operation does not apply: doc is missing path: "{}": missing value',
    "replace": "replace operation does not apply: doc is missing path: {}: missing value",
    "test": "test operation does not apply: is missing path: {}: missing value",
    "move from": "move operation does not apply: doc is missing from path: {}: missing value",
    "move to": "move operation does not apply: doc is missing destination path: {}: missing value",
    "copy from": "copy operation does not apply: doc is missing from path: {}: missing value",
    "copy to": "copy operation does not apply: doc is missing destination path: {}: missing value",
}
"""The path leads to no map or list."""

_WRONG = {
    "add": "error in add for path: '{path}': {problem}",
    "remove": "error in remove for path: '{path}': {problem}",
    "replace": "Object to be patched is missing field ({path}: missing value)",
    "test": "error in test for path: '{path}': {problem}",
    "move from": "error in move for path: '{last}': {problem}",
    "move to": "error in move for path: '{path}': {problem}",
    "copy from": "error in copy for from: '{path}': {problem}",
    "copy to": "error while adding value during copy: {problem}",
}
"""The path leads to a map or a list, but its last step does not fit."""

_ABSENT = {
    "path": "operation missing path field: missing value",
    "from": "operation, missing from field: missing value",
}
_SHORT = ("add", "remove", "copy")
"""Operations that say less of an absent path."""


class JsonPatchError(ValueError):
    """An operation that cannot be done."""


def check(operations: list[Any]) -> None:
    """JsonPatchError if an operation is no map."""
    for operation in operations:
        if not isinstance(operation, dict | None):
            raise JsonPatchError(
                f"json: cannot unmarshal {_json_type(operation)} into Go value of type jsonpatch.Operation"
            )


def apply(document: Any, operations: list[Any]) -> Any:
    """The document after the operations; JsonPatchError at the first that cannot be done."""
    check(operations)
    document, copied = copy(document), 0
    try:
        for operation in operations:
            operation = operation or {}
            name = operation.get("op")
            name = name if isinstance(name, str) else "unknown"
            if name not in _OPERATIONS:
                raise JsonPatchError(f"Unexpected kind: {name}")
            copied += _OPERATIONS[name](document, operation) or 0
            if copied > MAX_COPIED:
                why = f"the accumulated size increase of copy is {copied}, exceeding the limit {MAX_COPIED}"
                raise JsonPatchError(f"Unable to copy, {why}")
        jsontext.check_depth(document)
    except (RecursionError, jsontext.SyntaxProblem):
        raise JsonPatchError("exceeded max depth") from None
    return document


def _json_type(value: Any) -> str:
    return {str: "string", bool: "bool", list: "array"}.get(type(value), "number")


def _place(operation: dict[str, Any], field: str = "path") -> str:
    place = operation.get(field)
    if isinstance(place, str):
        return place
    name = operation["op"]
    problem = "missing value" if field == "path" and name in _SHORT else _ABSENT[field]
    raise JsonPatchError(f"{name} operation failed to decode {field}: {problem}")


class _End:
    """The last step of a path, and the map or list it is a step of."""

    def __init__(self, document: Any, path: str, what: str) -> None:
        self.path, self.what = path, what
        *before, self.last = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")]
        holder = document if before else None
        for step in before[1:]:
            holder = _inside(holder, step)
        if not isinstance(holder, dict | list):
            raise JsonPatchError(_LOST[what].format(path))
        self.holder = holder

    def wrong(self, problem: str) -> JsonPatchError:
        """What to say of a last step that does not fit."""
        return JsonPatchError(_WRONG[self.what].format(path=self.path, last=self.last, problem=problem))

    def index(self, *, prefix: str = "", past_end: bool = False) -> int:
        """The last step as an index of the list."""
        size = len(self.holder) + past_end
        if not _INTEGER.fullmatch(self.last):
            raise self.wrong(f'{prefix}strconv.Atoi: parsing "{self.last}": invalid syntax')
        given = int(self.last) if len(self.last) < 20 else size
        at = given + size if given < 0 else given
        if not 0 <= at < size:
            raise self.wrong(f"Unable to access invalid index: {self.last}: invalid index referenced")
        return at

    def get(self) -> Any:
        """What is there; None in a map that lacks it."""
        return self.holder.get(self.last) if isinstance(self.holder, dict) else self.holder[self.index()]

    def add(self, value: Any) -> None:
        """Set the key, or insert before the index."""
        if isinstance(self.holder, dict):
            self.holder[self.last] = value
        elif self.last == "-":
            self.holder.append(value)
        else:
            prefix = f"value was not a proper array index: '{self.last}': "
            self.holder.insert(self.index(prefix=prefix, past_end=True), value)

    def remove(self) -> None:
        """Take the key or the item away."""
        if isinstance(self.holder, list):
            del self.holder[self.index()]
        elif self.last in self.holder:
            del self.holder[self.last]
        else:
            raise self.wrong(f"Unable to remove nonexistent key: {self.last}: missing value")


def _inside(holder: Any, step: str) -> Any:
    """What a step within a path leads to; None if nowhere."""
    if isinstance(holder, dict):
        return holder.get(step)
    if not isinstance(holder, list) or not _INTEGER.fullmatch(step):
        return None
    at = int(step) if len(step) < 20 else len(holder)
    return holder[at] if -len(holder) <= at < len(holder) else None


def _add(document: Any, operation: dict[str, Any]) -> None:
    _End(document, _place(operation), "add").add(copy(operation.get("value")))


def _remove(document: Any, operation: dict[str, Any]) -> None:
    _End(document, _place(operation), "remove").remove()


def _replace(document: Any, operation: dict[str, Any]) -> None:
    end = _End(document, _place(operation), "replace")
    key: Any = end.last if isinstance(end.holder, dict) else end.index()
    end.holder[key] = copy(operation.get("value"))


def _move(document: Any, operation: dict[str, Any]) -> None:
    source = _End(document, _place(operation, "from"), "move from")
    value = source.get()
    source.remove()
    _End(document, _place(operation), "move to").add(value)


def _copy(document: Any, operation: dict[str, Any]) -> int:
    """Copies, and says how much."""
    value = copy(_End(document, _place(operation, "from"), "copy from").get())
    _End(document, _place(operation), "copy to").add(value)
    return len(json.dumps(value, separators=(",", ":")))


def _test(document: Any, operation: dict[str, Any]) -> None:
    found, wanted = _End(document, _place(operation), "test").get(), operation.get("value")
    if not lists.same(found, wanted):
        raise JsonPatchError(f"testing value {operation['path']} failed: test failed")


_OPERATIONS: dict[str, Callable[[Any, dict[str, Any]], int | None]] = {
    "add": _add,
    "copy": _copy,
    "move": _move,
    "remove": _remove,
    "replace": _replace,
    "test": _test,
}
