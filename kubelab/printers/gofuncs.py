"""The functions of a go-template: `len`, `index`, `eq`, `printf` and their kin.

Stands for text/template/funcs.go and for the verbs of fmt.Printf that JSON-like data can meet, with kubectl's `exists`
and `base64decode`. FuncError carries Go's words.
"""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any

from kubelab.api import errors
from kubelab.printers import gotext


class FuncError(ValueError):
    """A function that cannot take what it was given."""


def truth(value: Any) -> bool:
    """Whether a value counts as true: not false, 0, empty or missing."""
    return bool(value)


def type_name(value: Any) -> str:
    """A value's type, as the functions' complaints name it."""
    return "int" if isinstance(value, int) and not isinstance(value, bool) else gotext.type_name(value)


def _len(value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, dict | list):
        return len(value)
    if value is None:
        raise FuncError("reflect: call of reflect.Value.Type on zero Value")
    raise FuncError(f"len of type {type_name(value)}")


def _index(value: Any, *keys: Any) -> Any:
    if value is None:
        raise FuncError("index of untyped nil")
    for key in keys:
        value = _indexed(value, key)
    return value


def _indexed(value: Any, key: Any) -> Any:
    if isinstance(value, dict):
        if not isinstance(key, str):
            raise FuncError(f"value has type {type_name(key)}; should be string")
        return value.get(key)
    if value is None:
        raise FuncError("index of nil pointer")
    if not isinstance(value, list | str):
        raise FuncError(f"can't index item of type {type_name(value)}")
    if not isinstance(key, int) or isinstance(key, bool):
        raise FuncError(f"cannot index slice/array with type {type_name(key)}")
    data = value.encode() if isinstance(value, str) else value
    if not 0 <= key < len(data):
        raise FuncError(f"index out of range: {key}")
    return data[key]


def _slice(value: Any, *bounds: Any) -> Any:
    if not isinstance(value, list | str):
        raise FuncError("slice of untyped nil" if value is None else f"can't slice item of type {type_name(value)}")
    start = bounds[0] if bounds else 0
    end = bounds[1] if len(bounds) > 1 else len(value)
    for bound in (start, end):
        if not 0 <= bound <= len(value):
            raise FuncError(f"index out of range: {bound}")
    if start > end:
        raise FuncError(f"invalid slice index: {start} > {end}")
    return value[start:end]


# ---- comparing


def _kind(value: Any) -> str:
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind.__name__
    return ""


def _eq(first: Any, *others: Any) -> bool:
    if not others:
        raise FuncError("missing argument for comparison")
    return any(_same(first, other) for other in others)


def _same(a: Any, b: Any) -> bool:
    if a is None or b is None:
        return a is b
    if _kind(a) != _kind(b):
        raise FuncError(f"incompatible types for comparison: {type_name(a)} and {type_name(b)}")
    if isinstance(a, dict | list):
        raise FuncError(f"non-comparable type {gotext.plain(a)}: {type_name(a)}")
    return bool(a == b)


def _lt(a: Any, b: Any) -> bool:
    kinds = _kind(a), _kind(b)
    if "" in kinds or kinds == ("bool", "bool"):
        raise FuncError("invalid type for comparison")
    if kinds[0] != kinds[1]:
        raise FuncError(f"incompatible types for comparison: {type_name(a)} and {type_name(b)}")
    return bool(a < b)


# ---- printing


def sprint(*values: Any) -> str:
    """Go's fmt.Sprint: a blank between neighbours of which none is a string."""
    out = ""
    for i, value in enumerate(values):
        if i and not isinstance(value, str) and not isinstance(values[i - 1], str):
            out += " "
        out += gotext.plain(value)
    return out


_VERB = re.compile(r"%([-+# 0]*)(\d*)(?:\.(\d+))?(.?)", re.DOTALL)


def sprintf(text: str, *values: Any) -> str:
    """Go's fmt.Sprintf."""
    rest = list(values)

    def one(match: re.Match[str]) -> str:
        flags, width, precision, verb = match.groups()
        if verb == "%":
            return "%"
        if not verb:
            return "%!(NOVERB)"
        if not rest:
            return f"%!{verb}(MISSING)"
        value = rest.pop(0)
        return _padded(_verb(verb, value, flags, precision), flags, int(width or 0))

    out = _VERB.sub(one, text)
    extra = ", ".join(f"{type_name(value)}={gotext.plain(value)}" for value in rest)
    return f"{out}%!(EXTRA {extra})" if rest else out


def _padded(text: str, flags: str, width: int) -> str:
    if "-" in flags:
        return text.ljust(width)
    if "0" in flags and text[:1] in "+-" and text:
        return text[0] + text[1:].rjust(width - 1, "0")
    return text.rjust(width, "0" if "0" in flags else " ")


def _verb(verb: str, value: Any, flags: str, precision: str | None) -> str:
    if isinstance(value, list) and verb not in "vTq":
        return "[" + " ".join(_verb(verb, item, flags, precision) for item in value) + "]"
    if isinstance(value, dict) and verb not in "vT":
        items = (f"{_verb(verb, key, '', None)}:{_verb(verb, value[key], flags, precision)}" for key in sorted(value))
        return "map[" + " ".join(items) + "]"
    if verb == "v":
        return gotext.sharp(value) if "#" in flags else gotext.plain(value)
    if verb == "T":
        return type_name(value)
    written = _of_kind(verb, value, flags, precision)
    return f"%!{verb}({type_name(value)}={gotext.plain(value)})" if written is None else written


def _of_kind(verb: str, value: Any, flags: str, precision: str | None) -> str | None:
    """A scalar by its verb; None if the verb is not for it."""
    if isinstance(value, bool):
        return gotext.plain(value) if verb == "t" else None
    if isinstance(value, str):
        short = value if precision is None else value[: int(precision)]
        forms = {"s": lambda: short, "q": lambda: errors.quote(short), "x": lambda: short.encode().hex()}
        return forms[verb]() if verb in forms else None
    sign = "+" if "+" in flags and isinstance(value, int | float) and value >= 0 else ""
    if isinstance(value, int) and verb in "dxXobc":
        return chr(value) if verb == "c" else sign + format(value, verb)
    if isinstance(value, float) and verb in "feEgG":
        places = "" if precision is None and verb in "gG" else f".{precision or 6}"
        return sign + format(value, f"{places}{verb}")
    return None


def _base64decode(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except binascii.Error as error:
        raise FuncError("error calling base64decode: illegal base64 data at input byte 0") from error


def _exists(value: Any, *keys: Any) -> bool:
    try:
        return _index(value, *keys) is not None
    except FuncError:
        return False


FUNCTIONS: dict[str, tuple[int, int | None, Callable[..., Any]]] = {
    # the least and the most arguments, and what is done
    "base64decode": (1, 1, _base64decode),
    "eq": (1, None, _eq),
    "exists": (1, None, _exists),
    "ge": (2, 2, lambda a, b: not _lt(a, b)),
    "gt": (2, 2, lambda a, b: not (_lt(a, b) or _eq(a, b))),
    "index": (1, None, _index),
    "le": (2, 2, lambda a, b: _lt(a, b) or _eq(a, b)),
    "len": (1, 1, _len),
    "lt": (2, 2, _lt),
    "ne": (2, 2, lambda a, b: not _eq(a, b)),
    "not": (1, 1, lambda value: not truth(value)),
    "print": (0, None, sprint),
    "printf": (1, None, sprintf),
    "println": (0, None, lambda *values: " ".join(map(gotext.plain, values)) + "\n"),
    "slice": (1, 3, _slice),
}
LAZY = ("and", "or")
"""These look at their arguments one by one and stop where the answer is known."""

ELSEWHERE = ("call", "html", "js", "urlquery")
"""Go has them, kubelab does not."""
