"""Kubernetes' hashes of Go values: the pod-template-hash, and the order of ports and subsets in Endpoints.

Stands for pkg/util/hash (DeepHashObject), util/dump and apimachinery's rand.SafeEncodeString. They hash the text that
the spew library prints of a Go struct, so that text is made here from the JSON-like object and the table of Go structs.
Tests hold it to hashes that a real v1.36 cluster gave. Differs: a field that the table does not break down (affinity,
rare volumes) goes in as JSON, so that such a template's hash is stable and of the right shape, but not Kubernetes' own.
"""

import functools
import json
import re
from typing import Any

from kubelab.api.meta import Obj
from kubelab.controllers import gotypes
from kubelab.sim.chance import SUFFIX_ALPHABET

_NUMBERS = ("int32", "int64", "uint64")
_BUILTIN = ("string", "bool", *_NUMBERS)
_SUFFIXES = {"": (10, 0), "n": (10, -9), "u": (10, -6), "m": (10, -3), "k": (10, 3), "M": (10, 6), "G": (10, 9)}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40}


def pod_template_hash(template: Obj, collision_count: int | None) -> str:
    """The value of the label pod-template-hash."""
    data = dump("PodTemplateSpec", template).encode()
    if collision_count is not None:
        data += collision_count.to_bytes(8, "little")  # as Go puts a uint32 into eight zero bytes
    return "".join(SUFFIX_ALPHABET[ord(char) % len(SUFFIX_ALPHABET)] for char in str(_fnv32a(data)))


def order_key(go_type: str, value: Obj) -> bytes:
    """What Endpoints ports and subsets are sorted by."""
    return _fnv128a(dump(go_type, value).encode()).to_bytes(16, "big")


@functools.lru_cache(maxsize=512)
def _fnv32a(data: bytes) -> int:
    number = 0x811C9DC5
    for byte in data:
        number = ((number ^ byte) * 0x01000193) & 0xFFFFFFFF
    return number


@functools.lru_cache(maxsize=512)
def _fnv128a(data: bytes) -> int:
    number = 0x6C62272E07BB014262B821756295C58D
    for byte in data:
        number = ((number ^ byte) * 0x0000000001000000000000000000013B) & ((1 << 128) - 1)
    return number


def dump(go_type: str, value: Any, *, typed: bool = True) -> str:
    """The value as spew's %#v prints it, with its type in front unless that is already clear."""
    if go_type.startswith("*"):
        inner = "<nil>" if value is None else dump(go_type[1:], value, typed=False)
        return f"(*{_qualified(go_type[1:])}){inner}"
    head = f"({_shown(go_type)})" if typed else ""
    return head + _body(go_type, value)


def _qualified(name: str) -> str:
    return name if name in _BUILTIN or "." in name else f"v1.{name}"


def _shown(go_type: str) -> str:
    if go_type.startswith("[]"):
        return "[]" + _qualified(go_type[2:])
    return go_type if go_type.startswith("map[") else _qualified(go_type)


def _body(go_type: str, value: Any) -> str:
    if go_type.startswith("[]"):
        items = " ".join(dump(go_type[2:], item, typed=False) for item in value or ())
        return f"[{items}]" if value else "<nil>"
    if go_type == "map[string]string":
        return _map({key: str(value[key]) for key in value} if value else {})
    if go_type == "ResourceList":
        return _map({key: dump("resource.Quantity", value[key], typed=False) for key in value} if value else {})
    if go_type == "intstr.IntOrString":
        number = {"type": 0, "intVal": value} if isinstance(value, int) else {"type": 1, "strVal": value}
        return _struct(go_type, number)
    if go_type == "resource.Quantity":
        return _struct(go_type, _quantity(value))
    if go_type in gotypes.STRUCTS:
        return _struct(go_type, value or {})
    return _scalar(go_type, value)


def _map(entries: dict[str, str]) -> str:
    return f"map[{' '.join(f'{key}:{entries[key]}' for key in sorted(entries))}]" if entries else "<nil>"


def _struct(go_type: str, value: Obj) -> str:
    fields = gotypes.STRUCTS[go_type]
    return "{" + " ".join(f"{f.name}:{dump(f.type, _of(value, f))}" for f in fields) + "}"


def _of(value: Obj, field: gotypes.Field) -> Any:
    """A field's value; an embedded struct reads from the same JSON object, a zero time or decimal from nothing."""
    if field.json:
        return value.get(field.json)
    return None if field.type in ("time.Time", "*inf.Dec") else value


def _scalar(go_type: str, value: Any) -> str:
    if go_type == "bool":
        return "true" if value else "false"
    if go_type in (*_NUMBERS, "intstr.Type", "resource.Scale"):
        return str(value or 0)
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    return "" if value is None else str(value)


def _quantity(text: Any) -> Obj:
    """The struct of a quantity as ParseQuantity's fast path fills it."""
    match = re.fullmatch(r"([+-]?\d*)\.?(\d*)([A-Za-z]*)", str(text or ""))
    if text is None or match is None:
        return {"format": ""} if text is None else {"s": str(text)}
    digits, fraction, suffix = match.groups()
    if suffix in _BINARY and not fraction:
        return {"i": {"value": int(digits) << _BINARY[suffix]}, "s": str(text), "format": "BinarySI"}
    _, exponent = _SUFFIXES.get(suffix, (10, 0))
    amount = {"value": int((digits + fraction) or 0), "scale": exponent - len(fraction)}
    return {"i": amount, "s": str(text), "format": "DecimalSI"}
