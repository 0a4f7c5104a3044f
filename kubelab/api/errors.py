"""The API server's refusals: one exception, one maker per reason, one maker per kind of field error.

Stands for apimachinery's pkg/api/errors and pkg/util/validation/field. All sentences that more than one caller needs
are made here; how kubectl prints them is kubectl's business.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kubelab.api import kinds


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that is wrong with one field."""

    reason: str
    field: str
    body: str

    @property
    def text(self) -> str:
        """As in a message: `spec.ports: Required value`."""
        return f"{self.field}: {self.body}" if self.field else self.body


@dataclass
class StatusError(Exception):
    """What the API server answers instead of an object (a Status of status Failure)."""

    reason: str
    code: int
    message: str
    name: str = ""
    kind: str = ""
    group: str = ""
    causes: tuple[Cause, ...] = field(default=())

    def __str__(self) -> str:
        return self.message

    def status(self) -> dict[str, Any]:
        """The Status object."""
        details: dict[str, Any] = {k: v for k in ("name", "group", "kind") if (v := getattr(self, k))}
        if self.causes:
            details["causes"] = [{"reason": c.reason, "message": c.body, "field": c.field} for c in self.causes]
        return {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "details": details,
            "code": self.code,
        }


# ---- one maker per reason


def not_found(kind: kinds.Kind, name: str) -> StatusError:
    """404: no object of that name."""
    return StatusError("NotFound", 404, f'{kind.resource} "{name}" not found', name, kind.plural, kind.group)


def no_such_resource() -> StatusError:
    """404: no such path, e.g. the scale of a Service."""
    return StatusError("NotFound", 404, "the server could not find the requested resource")


def already_exists(kind: kinds.Kind, name: str, *, leaving: bool = False) -> StatusError:
    """409: that name is taken, perhaps by an object that is on its way out."""
    message = f'{"object is being deleted: " if leaving else ""}{kind.resource} "{name}" already exists'
    return StatusError("AlreadyExists", 409, message, name, kind.plural, kind.group)


def conflict(kind: kinds.Kind, name: str, why: str = "") -> StatusError:
    """409: the object has changed since it was read."""
    why = why or "the object has been modified; please apply your changes to the latest version and try again"
    message = f'Operation cannot be fulfilled on {kind.resource} "{name}": {why}'
    return StatusError("Conflict", 409, message, name, kind.plural, kind.group)


def invalid(kind: kinds.Kind, name: str, causes: Sequence[Cause]) -> StatusError:
    """422: fields that may not be so."""
    texts = [cause.text for cause in causes]
    joined = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    message = f'{kind.group_kind} "{name}" is invalid: {joined}'
    return StatusError("Invalid", 422, message, name, kind.kind, kind.group, tuple(causes))


def invalid_request(message: str) -> StatusError:
    """422 without a kind: a JSON patch that does not fit."""
    return StatusError("Invalid", 422, message)


def bad_request(message: str) -> StatusError:
    """400: not understood."""
    return StatusError("BadRequest", 400, message)


def forbidden(kind: kinds.Kind, name: str, why: str) -> StatusError:
    """403: not allowed."""
    message = f'{kind.resource} "{name}" is forbidden: {why}'
    return StatusError("Forbidden", 403, message, name, kind.plural, kind.group)


def internal(message: str) -> StatusError:
    """500: the server could not."""
    return StatusError("InternalError", 500, f"Internal error occurred: {message}")


# ---- field errors


def required(path: str, detail: str = "") -> Cause:
    """A value is missing."""
    return Cause("FieldValueRequired", path, "Required value" + (f": {detail}" if detail else ""))


def invalid_value(path: str, value: Any, detail: str) -> Cause:
    """A value may not be so."""
    return Cause("FieldValueInvalid", path, f"Invalid value: {shown(value)}: {detail}")


def not_supported(path: str, value: Any, supported: Sequence[str]) -> Cause:
    """A value is none of those that there are (which come sorted, but keep a given tuple's order)."""
    choices = ", ".join(quote(s) for s in (supported if isinstance(supported, tuple) else sorted(supported)))
    return Cause("FieldValueNotSupported", path, f"Unsupported value: {shown(value)}: supported values: {choices}")


def duplicate(path: str, value: Any) -> Cause:
    """A value occurs twice."""
    return Cause("FieldValueDuplicate", path, f"Duplicate value: {shown(value)}")


def forbidden_field(path: str, detail: str) -> Cause:
    """A field may not be set, or not be changed."""
    return Cause("FieldValueForbidden", path, f"Forbidden: {detail}")


def too_long(path: str, limit: int) -> Cause:
    """A value is longer than `limit` bytes."""
    return Cause("FieldValueTooLong", path, f"Too long: may not be more than {limit} bytes")


def shown(value: Any) -> str:
    """A value as field errors show it: strings quoted, numbers plain, all else compact JSON (since 1.34)."""
    if isinstance(value, str):
        return quote(value)
    return go_json(value)


def quote(text: str) -> str:
    """A string as Go's %q prints it."""
    out = ['"']
    for char in text:
        if char in '"\\':
            out.append("\\" + char)
        elif char.isprintable():
            out.append(char)
        else:
            out.append(_escapes.get(char) or _code_point(char))
    return "".join(out) + '"'


_escapes = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}


def _code_point(char: str) -> str:
    number = ord(char)
    if number < 0x80:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def go_json(value: Any, *, sort_keys: bool = False) -> str:
    """Compact JSON as Go's encoding/json writes it (<, > and & escaped)."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=sort_keys)
    for char in "&<>\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text
