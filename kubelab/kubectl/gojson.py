"""JSON as Go's encoding/json reads it: the same values as Python's, but Go's sentences for what is none.

Stands for the scanner of encoding/json. Only the sentence is made here; values come from Python's own reader.
"""

import json
import re
from typing import Any

from kubelab.api import errors

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_END = "unexpected end of JSON input"
_LITERALS = {"t": "true", "f": "false", "n": "null"}


def loads(text: str) -> Any:
    """The value that a text holds; ValueError with Go's words if it holds none."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("exceeded max depth") from None
    except ValueError:
        raise ValueError(_complaint(text)) from None


def _char(char: str) -> str:
    """A character as Go's scanner shows it."""
    if char in ("'", '"'):
        return {"'": "'\\''", '"': "'\"'"}[char]
    return f"'{errors.quote(char)[1:-1]}'"


def _refuse(name: str) -> None:
    raise ValueError(name)


def type_name(value: Any) -> str:
    """What Go calls a value in `json: cannot unmarshal ...`."""
    if isinstance(value, bool):
        return "bool"
    names = {dict: "object", list: "array", str: "string", type(None): "null"}
    return names.get(type(value), "number")


def _complaint(text: str) -> str:
    scanner = _Scanner(text)
    try:
        scanner.value()
        scanner.space()
        if scanner.at < len(text):
            scanner.fail("after top-level value")
    except (ValueError, RecursionError) as error:
        return str(error)
    return _END


class _Scanner:
    """Walks through a text that is no JSON, up to the character that is wrong."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def fail(self, where: str) -> None:
        if self.at >= len(self.text):
            raise ValueError(_END)
        raise ValueError(f"invalid character {_char(self.text[self.at])} {where}")

    def space(self) -> str:
        """The next character that is no blank, "" at the end."""
        while self.at < len(self.text) and self.text[self.at] in " \t\r\n":
            self.at += 1
        return self.text[self.at : self.at + 1]

    def value(self) -> None:
        char = self.space()
        if char == "{":
            self._object()
        elif char == "[":
            self._array()
        elif char == '"':
            self._string()
        elif char and char in "-0123456789":
            self._number()
        elif char in _LITERALS:
            self._literal(_LITERALS[char])
        else:
            self.fail("looking for beginning of value")

    def _object(self) -> None:
        self.at += 1
        if self.space() == "}":
            self.at += 1
            return
        while True:
            if self.space() != '"':
                self.fail("looking for beginning of object key string")
            self._string()
            if self.space() != ":":
                self.fail("after object key")
            self.at += 1
            self.value()
            if self._closed("}", "after object key:value pair"):
                return

    def _array(self) -> None:
        self.at += 1
        if self.space() == "]":
            self.at += 1
            return
        while True:
            self.value()
            if self._closed("]", "after array element"):
                return

    def _closed(self, bracket: str, where: str) -> bool:
        """Whether the collection ends here; if not, there must be a comma."""
        char = self.space()
        if char not in (",", bracket):
            self.fail(where)
        self.at += 1
        return char == bracket

    def _string(self) -> None:
        self.at += 1
        while (char := self.text[self.at : self.at + 1]) != '"':
            if not char or char < " ":
                self.fail("in string literal")
            self.at += 1
            if char == "\\":
                self._escape()
        self.at += 1

    def _escape(self) -> None:
        char = self.text[self.at : self.at + 1]
        if not char or char not in '"\\/bfnrtu':
            self.fail("in string escape code")
        self.at += 1
        for _ in range(4 if char == "u" else 0):
            if self.text[self.at : self.at + 1] not in tuple("0123456789abcdefABCDEF"):
                self.fail("in \\u hexadecimal character escape")
            self.at += 1

    def _number(self) -> None:
        found = _NUMBER.match(self.text, self.at)
        self.at = found.end() if found else self.at + 1
        rest = self.text[self.at : self.at + 1]
        if not found:
            self.fail("in numeric literal")
        elif rest == "." and not found[2]:
            self.at += 1
            self.fail("after decimal point in numeric literal")
        elif rest and rest in "eE" and not found[3]:
            self.at += 1 + (self.text[self.at + 1 : self.at + 2] in ("+", "-"))
            self.fail("in exponent of numeric literal")

    def _literal(self, word: str) -> None:
        for letter in word:
            if self.text[self.at : self.at + 1] != letter:
                self.fail(f"in literal {word} (expecting {_char(letter)})")
            self.at += 1
