"""JSON text, read as Go's encoding/json reads it into an untyped value, with its error sentences.

Stands for encoding/json and apimachinery's pkg/util/json: whole numbers within 64 bits are ints, others are floats.
"""

import json
import re
from typing import Any

MAX_DEPTH = 100
"""How deeply values may nest; Go allows 10000, which no object of Kubernetes comes near."""

_SPACE = re.compile(r"[ \t\n\r]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LITERAL = re.compile(r"[a-z]+")
_TOO_DEEP = "exceeded max depth"


class SyntaxProblem(ValueError):
    """What is not JSON, in Go's words, and after how many characters that was seen (0: the text ends too early)."""

    def __init__(self, text: str, offset: int) -> None:
        super().__init__(text)
        self.offset = offset


class OutOfRange(SyntaxProblem):
    """A number that is too large even for a float."""

    def __init__(self, number: str) -> None:
        super().__init__(f"json: cannot unmarshal number {number} into Go value of type float64", 0)


def load(text: str) -> Any:
    """The only value in a text."""
    try:
        value, end = load_at(text, 0)
    except EOFError:
        raise SyntaxProblem("unexpected EOF", 0) from None
    end = _SPACE.match(text, end).end()  # type: ignore[union-attr]  # matches always
    if end < len(text):
        raise SyntaxProblem(f"invalid character {_char(text[end])} after top-level value", end + 1)
    return value


def load_at(text: str, start: int) -> tuple[Any, int]:
    """The value that begins at `start` (after white space) and where it ends; EOFError if only space is left."""
    begin = _SPACE.match(text, start).end()  # type: ignore[union-attr]
    if begin == len(text):
        raise EOFError
    try:
        value, end = _DECODER.raw_decode(text, begin)
    except json.JSONDecodeError as error:
        raise _problem(text, begin, error) from None
    except RecursionError:
        raise SyntaxProblem(_TOO_DEEP, 0) from None
    except _NotANumber as error:
        at = text.index(str(error), begin)
        raise SyntaxProblem(f"invalid character {_char(text[at])} looking for beginning of value", at + 1) from None
    return clean(value), end


def clean(value: Any, depth: int = 0) -> Any:
    """A value with Go's numbers and without lone surrogates."""
    if depth > MAX_DEPTH:
        raise SyntaxProblem(_TOO_DEEP, 0)
    if isinstance(value, dict):
        return {_text(key): clean(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [clean(item, depth + 1) for item in value]
    return _text(value) if isinstance(value, str) else number(value)


def check_depth(value: Any, depth: int = 0) -> None:
    """SyntaxProblem if a value nests too deep."""
    if depth > MAX_DEPTH:
        raise SyntaxProblem(_TOO_DEEP, 0)
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        check_depth(item, depth + 1)


def number(value: Any) -> Any:
    """An int or float as Go's JSON would hand it on: what is whole and fits into 64 bits is an int."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return int(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return float(value)
    return value


def _text(value: str) -> str:
    return _SURROGATE.sub("\ufffd", value) if not value.isascii() else value


class _NotANumber(ValueError):
    pass


def _constant(name: str) -> Any:
    raise _NotANumber(name)


def _integer(text: str) -> int | float:
    return int(text) if len(text) < 30 else _float(text)


def _float(text: str) -> float:
    value = float(text)
    if abs(value) == float("inf"):
        raise OutOfRange(text)
    return value


_DECODER = json.JSONDecoder(parse_constant=_constant, parse_int=_integer, parse_float=_float)


def _char(char: str) -> str:
    return {"'": "'\\''", '"': "'\"'"}.get(char) or repr(char)


def _problem(text: str, begin: int, error: json.JSONDecodeError) -> SyntaxProblem:
    at, message = error.pos, error.msg
    if message.startswith("Unterminated"):
        at = len(text)
    if message.startswith(("Expecting", "Illegal")) and message != "Expecting value":
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
    if message.startswith("Illegal trailing comma"):
        at = _SPACE.match(text, at + 1).end()  # type: ignore[union-attr]
        message = "Expecting property name" if "object" in message else "Expecting value"
    if message.startswith("Invalid \\escape"):
        at += 1
    if at >= len(text):
        return SyntaxProblem("unexpected EOF", 0)
    why = _reason(text, begin, at, message)
    return SyntaxProblem(f"invalid character {_char(text[at])} {why}", at + 1)


def _reason(text: str, begin: int, at: int, message: str) -> str:
    if message.startswith("Expecting property name"):
        return "looking for beginning of object key string"
    if message.startswith("Expecting ':'"):
        return "after object key"
    if message.startswith("Expecting ','"):
        return "after object key:value pair" if _inside_object(text[begin:at]) else "after array element"
    if message.startswith("Invalid control"):
        return "in string literal"
    if message.startswith("Invalid \\"):
        return "in string escape code"
    return "looking for beginning of value"


def _inside_object(text: str) -> bool:
    opened = []
    for match in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text):
        if match[0] in "[{":
            opened.append(match[0])
        elif match[0] in "]}" and opened:
            opened.pop()
    return bool(opened) and opened[-1] == "{"
