"""From what a client sent to an object of a served kind: unknown fields, wrong types, in the server's words.

Stands for apimachinery's serializer over sigs.k8s.io/json. What it returns is what Go's structs would print again: null
and empty values gone, maps and lists copied, quantities canonical. The table of fields (fields.json) is generated.

Differs from Kubernetes: keys are visited in sorted order, which is how kubectl sends them; fields that kubelab does not
model are refused by name (see coverage.py).
"""

import functools
import json
import pathlib
import re
from typing import Any

from kubelab.api import errors, kinds, quantities, times
from kubelab.api.meta import Obj, copy

INT_RANGE = {"int32": 2**31, "int64": 2**63}
_NOTHING: Any = object()
_JSON_NAMES = {bool: "bool", int: "number", float: "number", str: "string", list: "array", dict: "object"}
_ZERO = {"int32": 0, "int64": 0, "bool": False, "time": None, "microtime": None, "quantity": "0", "int-or-string": 0}


@functools.cache
def table() -> dict[str, Any]:
    """The generated table of fields."""
    data: dict[str, Any] = json.loads(pathlib.Path(__file__).with_name("fields.json").read_text("utf-8"))
    return data


def decode(obj: Obj, kind: kinds.Kind, strict: str = "Strict") -> tuple[Obj, list[str]]:
    """The object as a struct of its kind holds it, and the warnings (strict `Warn`); StatusError if it is refused.

    `strict` says what unknown fields are: errors (`Strict`), warnings (`Warn`) or nothing (`Ignore`).
    """
    reader = _Reader()
    try:
        decoded = reader.struct(table()["kinds"][kind.kind], obj, "")
    except _Stop as stop:
        raise _refused(kind, str(stop)) from None
    if reader.problem:
        raise _refused(kind, reader.problem)
    unknown = [f"unknown field {errors.quote(path)}" for path in reader.unknown[:100]]
    if unknown and strict == "Strict":
        raise _refused(kind, "strict decoding error: " + ", ".join(unknown))
    if reader.elsewhere:
        raise _refused(kind, unmodelled(reader.elsewhere))
    return decoded, unknown if strict == "Warn" else []


def unmodelled(paths: list[str]) -> str:
    """The sentence about fields that Kubernetes has and kubelab has not."""
    quoted = [errors.quote(path) for path in paths]
    if len(quoted) == 1:
        return f"field {quoted[0]} is known to Kubernetes, not to kubelab"
    return f"fields {', '.join(quoted)} are known to Kubernetes, not to kubelab"


def check_metadata(document: Obj) -> None:
    """What kubectl itself decodes of a manifest before it sends it; ValueError in Go's words if that fails."""
    reader = _Reader()
    reader.name = "metadataOnlyObject"
    for key, path, type_ in (("apiVersion", ("TypeMeta", "apiVersion"), "string"), ("metadata", ("metadata",), _META)):
        if document.get(key) is not None:
            reader.stack[:] = path
            try:
                reader.read(type_, document[key], key)
            except _Stop as stop:
                raise ValueError(str(stop)) from None
    if reader.problem:
        raise ValueError(reader.problem)


_META = "meta_v1.ObjectMeta"


def _refused(kind: kinds.Kind, why: str) -> errors.StatusError:
    head = f"{kind.kind} in version {errors.quote(kind.version)} cannot be handled as a {kind.kind}"
    return errors.bad_request(f"{head}: {why}")


class _Stop(Exception):
    """An error that ends decoding at once, as one of a type's own UnmarshalJSON does."""


class _Reader:
    """One decoding: the first wrong type is remembered and the rest read on, as Go does."""

    def __init__(self) -> None:
        self.problem = ""
        self.unknown: list[str] = []
        self.elsewhere: list[str] = []
        self.name = ""
        self.stack: list[str] = []

    def struct(self, struct: str, value: Obj, path: str) -> Obj:
        """The known fields of a struct that are not empty."""
        fields, kept = table()["types"][struct], table()["kept"].get(struct, ())
        embedded = table()["embedded"].get(struct, {})
        outer, depth, self.name = self.name, len(self.stack), struct.rpartition(".")[2]
        found: Obj = {}
        for key in sorted(value):
            here = f"{path}.{key}" if path else key
            type_, content = fields.get(key), value[key]
            if type_ is None:
                self.unknown.append(here)
            elif content is None:
                continue
            elif type_ == "refused":
                self.elsewhere += [here] if content not in ([], {}, "", False) else []
            else:
                self.stack += [embedded[key], key] if key in embedded else [key]
                content = self.read(type_, content, here)
                del self.stack[depth:]
                if content is not _NOTHING and (key in kept or content not in ("", 0, [], {}) or _is_open(type_)):
                    found[key] = content
        self.name = outer
        return found

    def read(self, type_: str, value: Any, path: str) -> Any:
        """A value of a type of the table, _NOTHING if it is of another."""
        if type_.startswith("[]"):
            return self._list(type_, value, path)
        if type_.startswith("{}"):
            return self._map(type_, value, path)
        if type_ in table()["types"]:
            return self.struct(type_, value, path) if isinstance(value, dict) else self._wrong(type_, value)
        if type_ in INT_RANGE:
            return self._integer(type_, value)
        if type_ == "bool":
            return value if isinstance(value, bool) else self._wrong(type_, value)
        if reader := _OWN_READERS.get(type_):
            return reader(self, value)
        return value if isinstance(value, str) else self._wrong(type_, value)

    def _list(self, type_: str, value: Any, path: str) -> Any:
        if not isinstance(value, list):
            return self._wrong(type_, value)
        inner = type_[2:]
        found = []
        for at, item in enumerate(value):
            item = _NOTHING if item is None else self.read(inner, item, f"{path}[{at}]")
            found.append(_zero(inner) if item is _NOTHING else item)
        return found

    def _map(self, type_: str, value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            return self._wrong(type_, value)
        inner, found = type_[2:], {}
        for key in sorted(value):
            item = _zero(inner) if value[key] is None else self.read(inner, value[key], f"{path}.{key}")
            if item is not _NOTHING:
                found[key] = item
        return found

    def _integer(self, type_: str, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self._wrong(type_, value)
        limit = INT_RANGE[type_]
        if isinstance(value, int) and -limit <= value < limit:
            return value
        return self._wrong(type_, value, f"number {go_number(value)}")

    def _wrong(self, type_: str, value: Any, seen: str = "") -> Any:
        self.problem = self.problem or self.sentence(seen or _JSON_NAMES[type(value)], go_type(type_))
        return _NOTHING

    def sentence(self, seen: str, wanted: str) -> str:
        """Go's sentence about a value of a wrong type, where the reader stands."""
        where = ".".join([self.name, *self.stack])
        return f"json: cannot unmarshal {seen} into Go struct field {where} of type {wanted}"


def _is_open(type_: str) -> bool:
    """Whether an empty value of the type is kept: structs, and numbers that may be words."""
    return type_ in table()["types"] or type_ in ("int-or-string", "quantity", "any")


def _zero(type_: str) -> Any:
    if type_ in table()["types"]:
        return {}
    return _ZERO.get(type_, "")


def go_type(type_: str) -> str:
    """A type of the table as Go's error sentences name it."""
    if type_.startswith("[]"):
        return "[]" + go_type(type_[2:])
    if type_.startswith("{}"):
        inner = type_[2:]
        return {"quantity": "v1.ResourceList", "any": "map[string]interface {}"}.get(inner, f"map[string]{inner}")
    if type_ in table()["types"]:
        return "v1." + type_.rpartition(".")[2]
    return type_


def go_number(value: float) -> str:
    """A number as Go's encoding/json writes it."""
    if isinstance(value, int) or (value == int(value) and abs(value) < 1e21):
        return str(int(value))
    return re.sub(r"e([+-])0(\d)$", r"e\1\2" if abs(value) < 1 else r"e\g<1>0\2", repr(value))


# ---- types with an UnmarshalJSON of their own


def _int_or_string(reader: _Reader, value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Stop(reader.sentence(_JSON_NAMES[type(value)], "int32"))
    if isinstance(value, int) and -INT_RANGE["int32"] <= value < INT_RANGE["int32"]:
        return value
    raise _Stop(reader.sentence(f"number {go_number(value)}", "int32"))


def _quantity(_reader: _Reader, value: Any) -> Any:
    if isinstance(value, bool | list | dict):
        raise _Stop(quantities.WRONG)
    try:
        return quantities.canonical(value if isinstance(value, str) else go_number(value))
    except ValueError as error:
        raise _Stop(str(error)) from None


_LAYOUT = (
    ("2006", r"\d{4}"), ("-", "-"), ("01", r"\d\d"), ("-", "-"), ("02", r"\d\d"), ("T", "T"),
    ("15", r"\d\d"), (":", ":"), ("04", r"\d\d"), (":", ":"), ("05", r"\d\d(?:[.,]\d+)?"),
    ("Z07:00", r"Z|[+-]\d\d:\d\d"),
)  # fmt: skip
"""A time's parts: as Go's error sentences name them, and what they must look like."""


def _time(layout: str, reader: _Reader, value: Any) -> Any:
    if not isinstance(value, str):
        raise _Stop(reader.sentence(_JSON_NAMES[type(value)], "string"))
    rest, head = value, f"parsing time {errors.quote(value)} as {errors.quote(layout)}: cannot parse "
    for element, pattern in _LAYOUT:
        match = re.match(pattern, rest)
        if match is None:
            raise _Stop(f"{head}{errors.quote(rest)} as {errors.quote(element)}")
        rest = rest[match.end() :]
    if rest:
        raise _Stop(f"parsing time {errors.quote(value)}: extra text: {errors.quote(rest)}")
    try:
        moment = times.parse(value)
    except (ValueError, OverflowError):
        raise _Stop(f"parsing time {errors.quote(value)}: {_out_of_range(value)} out of range") from None
    return value if "." in value else times.stamp(moment)


def _out_of_range(value: str) -> str:
    month, hour, minute, second = (int(value[at : at + 2]) for at in (5, 11, 14, 17))
    if not 1 <= month <= 12:
        return "month"
    return "hour" if hour > 23 else "minute" if minute > 59 else "second" if second > 59 else "day"


_OWN_READERS: dict[str, Any] = {
    "int-or-string": _int_or_string,
    "quantity": _quantity,
    "time": functools.partial(_time, "2006-01-02T15:04:05Z07:00"),
    "microtime": functools.partial(_time, "2006-01-02T15:04:05.000000Z07:00"),
    "any": lambda _reader, value: copy(value),
}
