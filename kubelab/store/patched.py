"""What the API server says of an object that a patch has made: refusals that name the patch instead of the file.

Stands for apiserver's pkg/endpoints/handlers/patch.go: JSON and merge patches are applied to text, which is decoded
again; a strategic patch is applied to a map, which is turned into Go's types field by field
(apimachinery's runtime.DefaultUnstructuredConverter, with sentences of its own).
"""

import re
from typing import Any

from kubelab.api import decoding, errors, kinds
from kubelab.api.meta import Obj

_SENTENCE = re.compile(r"json: cannot unmarshal (\w+)(?: (\S+))? into Go struct field \S+ of type (.+)")
_KINDS = {"object": "map", "array": "slice", "string": "string", "bool": "bool"}
_BASIC = ("string", "bool", "int32", "int64")


def decode(obj: Obj, kind: kinds.Kind, patch: Any, type: str, strict: str) -> tuple[Obj, list[str]]:
    """The patched object as a struct of its kind holds it, and the warnings; StatusError if it is none."""
    try:
        return decoding.decode(obj, kind, strict)
    except errors.StatusError as error:
        problem = error.message.partition(f"cannot be handled as a {kind.kind}: ")[2]
        if not problem.startswith(("json: ", "strict decoding error: ")):
            raise
        if type == "strategic":
            shown, problem = go_map(patch), _converted(problem)
        else:
            shown = errors.go_json(obj, sort_keys=True)
        cause = errors.invalid_value("patch", shown, problem)
        raise errors.StatusError("Invalid", 422, f' "" is invalid: {cause.text}', causes=(cause,)) from None


def _converted(problem: str) -> str:
    """The converter's sentence for what encoding/json would say of a wrong type."""
    match = _SENTENCE.fullmatch(problem)
    if match is None:
        return problem
    given, number, wanted = match.groups()
    seen = _KINDS.get(given) or ("float64" if number and "." in number else "int64")
    if wanted.startswith("[]"):
        return f"cannot restore slice from {seen}"
    if wanted.startswith("map["):
        return f"cannot restore map from {seen}"
    if _is_struct(wanted):
        return f"cannot restore struct from: {seen}"
    if (seen == "int64" and wanted not in ("bool",)) or (seen == "float64" and wanted.startswith("int")):
        return f"cannot convert {seen} to {wanted}"
    return f"unrecognized type: {wanted if wanted in _BASIC else 'string'}"


def _is_struct(wanted: str) -> bool:
    """Whether a Go type is a struct, and not one of the strings with a name of their own."""
    name = wanted.removeprefix("v1.")
    return any(known.rpartition(".")[2] == name for known in decoding.table()["types"])


def go_map(value: Any) -> str:
    """A value as Go's %+v prints it: `map[spec:map[ports:[map[port:80]]]]`."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{go_map(item)}" for key, item in sorted(value.items())) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(go_map, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return "<nil>" if value is None else str(value)
