"""What a YAML scalar means: numbers, booleans, null or a string, and how Go shows them.

Stands for go-yaml's resolve.go (v2, as sigs.k8s.io/yaml carries it) and the conversion to JSON behind it: `yes`, `on`
and `y` are true, `017` is fifteen, dates stay strings.
"""

import base64
import binascii
import re
from typing import Any

from kubelab.api import errors, jsontext

_WORDS: dict[str, Any] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}
_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|([1-9][0-9]*|0))")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_TAGS = "tag:yaml.org,2002:"
_RESOLVABLE = ("bool", "int", "float", "null", "timestamp")
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?([Tt ].*)?")


def clean(text: str) -> str:
    """The text without lone surrogates, which no encoding can write."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode() if _lone(text) else text


def _lone(text: str) -> bool:
    return re.search("[\ud800-\udfff]", text) is not None


def resolve(text: str, tag: str) -> Any:
    """The value of a plain or tagged scalar; ValueError in go-yaml's words if it is none of its tag."""
    short = tag.removeprefix(_TAGS) if tag.startswith(_TAGS) else ("?" if tag else "")
    if short == "binary":
        return _binary(text)
    if short and short not in _RESOLVABLE:
        return text
    value = _plain(text)
    found = "timestamp" if short == "timestamp" and _DATE.fullmatch(text) else _tag_of(value, text)
    if not short or found == short or (short == "float" and found == "int"):
        return value
    raise ValueError(f"cannot decode !!{found} `{text}` as a !!{short}")


def _plain(text: str) -> Any:
    first = text[:1]
    if first.isdigit() or first in ("+", "-", "."):
        return _WORDS[text] if text in _WORDS else _number(text)
    if first == "" or first in "yYnNtTfFoO~":
        return _WORDS.get(text, text)
    return text


def _number(text: str) -> Any:
    plain = text.replace("_", "")
    if (match := _INTEGER.fullmatch(plain)) and (whole := _whole(*match.groups())) is not None:
        return jsontext.number(whole)
    if _FLOAT.fullmatch(plain) and abs(value := float(plain)) != float("inf"):
        return jsontext.number(value)
    return text


def _whole(sign: str, *digits: str | None) -> int | None:
    """The number that hexadecimal, octal, binary or decimal digits mean, if 64 bits can hold it."""
    base, found = next((base, found) for base, found in zip((16, 8, 2, 10), digits, strict=True) if found)
    found = found.lstrip("0") or "0"
    value = int(sign + found, base) if len(found) <= 64 else 2**64
    return value if -(2**63) <= value < 2**64 else None


def _binary(text: str) -> str:
    try:
        return base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True).decode("utf-8", "replace")
    except binascii.Error:
        raise ValueError("!!binary value contains invalid base64 data") from None


def _tag_of(value: Any, text: str) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "str"
    return "int" if isinstance(value, int) and _INTEGER.fullmatch(text.replace("_", "")) else "float"


def is_finite(value: Any) -> bool:
    """Whether JSON can write the value: not so infinity and what is not a number."""
    return not isinstance(value, float) or value - value == 0


def not_finite(value: float) -> str:
    """Go's name for a float that JSON cannot write."""
    return "NaN" if value != value else "+Inf" if value > 0 else "-Inf"


def key(value: Any) -> str:
    """A map's key as JSON writes it; ValueError for null."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        odd = {"NaN": ".nan", "+Inf": ".inf", "-Inf": "-.inf"}
        return repr(value) if is_finite(value) else odd[not_finite(value)]
    raise ValueError("unsupported map key of type: %!s(<nil>), key: <nil>, value: ")


def go_value(value: Any, *, inner: bool = False) -> str:
    """A value as Go's `%#v` prints it."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{go_value(k)}:{go_value(v, inner=True)}" for k, v in value.items())
        return f"map[interface {{}}]interface {{}}{{{pairs}}}"
    if isinstance(value, list):
        return f"[]interface {{}}{{{', '.join(go_value(item, inner=True) for item in value)}}}"
    if value is None:
        return "interface {}(nil)" if inner else "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    return errors.quote(value) if isinstance(value, str) else str(value)
