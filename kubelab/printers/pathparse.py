"""Reading a JSONPath template into nodes: the other half is `jsonpath`.

Stands for client-go's util/jsonpath/parser.go.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from kubelab.printers import gotext

# ---- what a template is made of


@dataclass(frozen=True, slots=True)
class Text:
    """Text outside braces, or a quoted string inside; also a number or a truth value."""

    value: Any


@dataclass(frozen=True, slots=True)
class Field:
    """`.name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Wildcard:
    """`.*`."""


@dataclass(frozen=True, slots=True)
class Recursive:
    """`..`: the value and all below it."""


@dataclass(frozen=True, slots=True)
class Slice:
    """`[start:end:step]`; a lone index is the slice that ends right behind it (`derived`)."""

    start: int | None
    end: int | None
    step: int | None
    derived: bool


@dataclass(frozen=True, slots=True)
class Union:
    """`[a,b]`."""

    branches: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """`[?(left op right)]`."""

    left: "Steps"
    operator: str
    right: "Steps"


@dataclass(frozen=True, slots=True)
class Word:
    """`range`, `end`; anything else is an error when it is reached."""

    name: str


@dataclass(frozen=True, slots=True)
class Steps:
    """All that stands in one pair of braces, applied one after the other."""

    nodes: list["Node"] = field(default_factory=list)


Node = Text | Field | Wildcard | Recursive | Slice | Union | Filter | Word | Steps

# ---- reading

_ENDS = frozenset(" \t\r\n.,[]$@{}")
_KEY = re.compile(r"'([^']*)'")
_SLICE = re.compile(r"(-?\d*)(:-?\d*)?(:-?\d*)?", re.ASCII)
_COMPARISON = re.compile(r"([^!<>=]+)([!<>=]+)(.+?)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([abfnrtv\\'\"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))")
_LETTERS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}


def parse(template: str) -> list[Node]:
    """The parts of a template; PrintError with client-go's words if it cannot be read."""
    return _Parser(template).template()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def template(self) -> list[Node]:
        found: list[Node] = []
        while self.at < len(self.text):
            brace = self.text.find("{", self.at)
            end = len(self.text) if brace < 0 else brace
            if end > self.at:
                found.append(Text(self.text[self.at : end]))
            self.at = end
            if brace >= 0:
                self.at += 1
                found.append(self.action())
        return found

    def action(self) -> Steps:
        steps: list[Node] = []
        while True:
            rest = self.text[self.at : self.at + 3]
            if rest[:1] == "}":
                self.at += 1
                return Steps(steps)
            if rest == "[?(":
                steps.append(self.filter())
            elif rest[:2] == "..":
                self.recursive(steps)
            else:
                self.step(steps)

    def step(self, steps: list[Node]) -> None:
        letter = self.text[self.at : self.at + 1]
        if letter in ("", "\r", "\n"):
            raise gotext.PrintError("unclosed action")
        if letter in " @$":
            self.at += 1
        elif letter == "[":
            self.array(steps)
        elif letter in "\"'":
            steps.append(self.quote(letter))
        elif letter == ".":
            self.at += 1
            steps.append(self.field())
        elif letter in "+-" or letter.isdigit():
            steps.append(self.number())
        elif letter == "_" or letter.isalpha():
            word = self.word()
            steps.append(Text(word == "true") if word in ("true", "false") else Word(word))
        else:
            shown = f" '{letter}'" if letter.isprintable() else ""
            raise gotext.PrintError(f"unrecognized character in action: U+{ord(letter):04X}{shown}")

    def recursive(self, steps: list[Node]) -> None:
        if steps and isinstance(steps[-1], Recursive):
            raise gotext.PrintError("invalid multiple recursive descent")
        self.at += 2
        steps.append(Recursive())
        letter = self.text[self.at : self.at + 1]
        if letter == "_" or letter.isalnum():
            steps.append(self.field())

    def word(self) -> str:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in _ENDS:
            self.at += 1
        return self.text[start : self.at]

    def field(self) -> Node:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in _ENDS:
            self.at += 2 if self.text[self.at] == "\\" else 1
        name = self.text[start : self.at]
        return Wildcard() if name == "*" else Field(name.replace("\\", ""))

    def number(self) -> Text:
        match = re.compile(r"[+-]?[\d.]*").match(self.text, self.at)
        written = match[0] if match else ""
        self.at += len(written)
        for kind in (int, float):
            try:
                return Text(kind(written))
            except ValueError:
                continue
        raise gotext.PrintError(f"cannot parse number {written}")

    def quote(self, mark: str) -> Text:
        start = self.at
        self.at += 1
        while True:
            letter = self.text[self.at : self.at + 1]
            if letter in ("", "\n"):
                raise gotext.PrintError("unterminated quoted string")
            self.at += 1
            if letter == mark and self.text[self.at - 2] != "\\":
                return Text(unquoted(self.text[start : self.at]))

    def array(self, steps: list[Node]) -> None:
        end = self.text.find("]", self.at)
        newline = self.text.find("\n", self.at)
        if end < 0 or 0 <= newline < end:
            raise gotext.PrintError("unterminated array")
        inner = self.text[self.at + 1 : end]
        self.at = end + 1
        inner = ":" if inner == "*" else inner
        parts = inner.split(",")
        if len(parts) > 1:
            steps.append(Union(tuple(_inside(f"[{part.strip(' ')}]") for part in parts)))
        elif key := _KEY.fullmatch(inner):
            steps.extend(_inside(f".{key[1]}").nodes)
        else:
            steps.append(_slice(inner))

    def filter(self) -> Filter:
        start = self.at = self.at + 3
        begun = ended = False
        mark = ""
        while True:
            letter = self.text[self.at : self.at + 1]
            if letter in ("", "\n"):
                raise gotext.PrintError("unterminated filter")
            self.at += 1
            if letter in "\"'":
                if not begun:
                    begun, mark = True, letter
                elif self.text[self.at - 2] != "\\" and letter == mark:
                    ended = True
            elif letter == ")" and begun == ended:
                break
        if self.text[self.at : self.at + 1] != "]":
            raise gotext.PrintError("unclosed array expect ]")
        text = self.text[start : self.at - 1]
        self.at += 1
        if comparison := _COMPARISON.fullmatch(text):
            return Filter(_inside(comparison[1]), comparison[2], _inside(comparison[3]))
        return Filter(_inside(text), "exists", Steps())


def _inside(text: str) -> Steps:
    """A part that the parser reads as if it stood in braces of its own."""
    found = _Parser("{" + text + "}").template()[0]
    assert isinstance(found, Steps)
    return found


def _slice(text: str) -> Slice:
    match = _SLICE.fullmatch(text)
    if match is None:
        raise gotext.PrintError(f"invalid array index {text}")
    values: list[int | None] = []
    for part in match.groups():
        digits = (part or "").removeprefix(":")
        if digits == "-":
            raise gotext.PrintError(f"array index {digits} is not a number")
        values.append(int(digits) if digits else None)
    start, end, step = values
    if match[2] is None:
        return Slice(start, (start or 0) + 1, step, derived=True)
    return Slice(start, end, step, derived=False)


def unquoted(written: str) -> str:
    """The string that a quoted one means (Go's escapes, either quote); PrintError if it is none."""
    mark, inner, out, at = written[0], written[1:-1], [], 0
    while at < len(inner):
        letter = inner[at]
        if letter == "\\":
            escape = _ESCAPE.match(inner, at)
            if escape is None or (escape[1] and escape[1] in "\"'" and escape[1] != mark):
                raise gotext.PrintError(f"unquote string {written} error invalid syntax")
            out.append(_unescaped(escape))
            at = escape.end()
        else:
            out.append(letter)
            at += 1
    return "".join(out)


def _unescaped(escape: re.Match[str]) -> str:
    if escape[1]:
        return _LETTERS.get(escape[1], escape[1])
    return chr(int(escape[5], 8) if escape[5] else int(escape[2] or escape[3] or escape[4], 16))
