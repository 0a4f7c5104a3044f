"""Values as Go's fmt prints them: `%v` for columns and templates, `%#v` for error messages.

Stands for the part of Go's fmt that shows JSON-like data. Keys are sorted, as fmt sorts them.
"""

from typing import Any

from kubelab.api import errors
from kubelab.printers import yamltext


class PrintError(ValueError):
    """A format that cannot be read, or that does not fit the object; the text is kubectl's, without `error: `."""


def plain(value: Any) -> str:
    """`%v`: `map[app:web]`, `[80 443]`, `<nil>`."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return yamltext.number(value)
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{plain(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(plain, value)) + "]"
    return str(value)


def sharp(value: Any) -> str:
    """`%#v`: `map[string]interface {}{"app":"web"}`."""
    if value is None:
        return "interface {}(nil)"
    if isinstance(value, str):
        return errors.quote(value)
    if isinstance(value, dict):
        inner = ", ".join(f"{errors.quote(key)}:{sharp(value[key])}" for key in sorted(value))
        return f"{type_name(value)}{{{inner}}}"
    if isinstance(value, list):
        return f"{type_name(value)}{{{', '.join(map(sharp, value))}}}"
    return plain(value)


def type_name(value: Any) -> str:
    """The Go type of JSON-like data."""
    if value is None:
        return "<nil>"
    for kind, name in (
        (bool, "bool"),
        (str, "string"),
        (int, "int64"),
        (float, "float64"),
        (dict, "map[string]interface {}"),
    ):
        if isinstance(value, kind):
            return name
    return "[]interface {}"
