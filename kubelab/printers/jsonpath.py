"""kubectl's JSONPath: templates such as `{range .items[*]}{.metadata.name}{"\\n"}{end}`.

Stands for client-go's util/jsonpath (parser.go, jsonpath.go) and cli-runtime's printers/jsonpath.go, whose rules are
their own: fields may be missing, results are joined by a blank, maps and lists print as JSON, filters compare one pair
and know no `&&`. One thing differs: where Go walks a map in random order (`..`, `.*`), keys are sorted here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kubelab.api import errors
from kubelab.printers import gotext, outputs

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


# ---- finding


class Path:
    """A template that has been read; PrintError if it cannot be."""

    def __init__(self, template: str) -> None:
        self.nodes = _Parser(template).template()

    def find(self, data: Any) -> list[list[Any]]:
        """What each part of the template yields; PrintError where it does not fit the data."""
        return _Run(self.nodes).find(data, 0)


class _Run:
    """One evaluation: Go counts the ranges that are open, so do we."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        self.begun = self.inside = self.ended = 0
        self.last_end = -1

    def find(self, data: Any, start: int) -> list[list[Any]]:
        found: list[list[Any]] = []
        at = start
        while at < len(self.nodes):
            results = self.walk([data], self.nodes[at])
            if 0 < self.ended <= self.inside:
                self.ended -= 1
                self.last_end = at
                break
            if self.begun:
                found += self.loop(results, at + 1)
                at = max(at, self.last_end)
            else:
                found.append(results)
            at += 1
        return found

    def loop(self, values: list[Any], start: int) -> list[list[Any]]:
        self.begun -= 1
        self.inside += 1
        found: list[list[Any]] = []
        for value in values:
            found += self.find(value, start)
        if not values:
            self.find(None, start)  # only to see where the range ends
        self.inside -= 1
        return found

    def walk(self, values: list[Any], node: Node) -> list[Any]:
        match node:
            case Steps():
                for step in node.nodes:
                    values = self.walk(values, step)
                return values
            case Text():
                return [node.value]
            case Field():
                return [v[node.name] for v in values if isinstance(v, dict) and node.name in v]
            case Wildcard():
                return [child for value in values for child in _children(value)]
            case Recursive():
                return _descend(values)
            case Slice():
                return [item for value in values if value is not None for item in _sliced(value, node)]
            case Union():
                return [item for branch in node.branches for item in self.walk(values, branch)]
            case Filter():
                return [item for value in values for item in self.filtered(value, node)]
            case Word():
                return self.word(values, node.name)

    def word(self, values: list[Any], name: str) -> list[Any]:
        if name == "range":
            self.begun += 1
            return values
        if name != "end":
            raise gotext.PrintError(f"unrecognized identifier {name}")
        if not self.inside:
            raise gotext.PrintError("not in range, nothing to end")
        self.ended += 1
        return []

    def filtered(self, value: Any, node: Filter) -> list[Any]:
        if not isinstance(value, list):
            raise gotext.PrintError(f"{gotext.plain(value)} is not array or slice and cannot be filtered")
        return [item for item in value if self.passes(item, node)]

    def passes(self, item: Any, node: Filter) -> bool:
        if node.operator == "exists":
            return bool(self.lenient([item], node.left))
        left = self.walk([item], node.left)
        if not left:
            return False
        right = self.walk([item], node.right)
        if len(left) > 1 or len(right) > 1:
            raise gotext.PrintError("can only compare one element at a time")
        return bool(right) and _compare(left[0], right[0], node.operator)

    def lenient(self, values: list[Any], steps: Steps) -> list[Any]:
        """What a path has found up to its first error."""
        for step in steps.nodes:
            try:
                values = self.walk(values, step)
            except gotext.PrintError:
                return values
        return values


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [value[key] for key in sorted(value)]
    if isinstance(value, list):
        return value
    return list(value.encode()) if isinstance(value, str) else []


def _descend(values: list[Any]) -> list[Any]:
    return [found for value in values if (below := _children(value)) for found in (value, *_descend(below))]


def _sliced(value: Any, node: Slice) -> list[Any]:
    if not isinstance(value, list):
        raise gotext.PrintError(f"{gotext.type_name(value)} is not array or slice")
    length = len(value)
    start = node.start or 0
    end = length if node.end is None else node.end
    start += length if start < 0 else 0
    if end < 0 or (end == 0 and node.derived):
        end += length
    if start == end:
        return []
    if not 0 <= start < length:
        raise gotext.PrintError(f"array index out of bounds: index {start}, length {length}")
    if not 0 <= end <= length:
        raise gotext.PrintError(f"array index out of bounds: index {end - 1}, length {length}")
    if start > end:
        raise gotext.PrintError(f"starting index {start} is greater than ending index {end}")
    if node.step is not None and node.step <= 0:
        raise gotext.PrintError("step must be > 0")
    return value[start : end : node.step or 1]


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


def _compare(left: Any, right: Any, operator: str) -> bool:
    if operator not in _OPERATORS:
        raise gotext.PrintError(f"unrecognized filter operator {operator}")
    kinds = [type(value) for value in (left, right)]
    if any(kind not in (bool, int, float, str) for kind in kinds):
        raise gotext.PrintError("invalid type for comparison")
    if kinds[0] is not kinds[1]:
        raise gotext.PrintError("incompatible types for comparison")
    if kinds[0] is bool and operator not in ("==", "!="):
        raise gotext.PrintError("invalid type for comparison")
    return _OPERATORS[operator](left, right)


# ---- printing

_RELAXED = re.compile(r"\{\.?([^{}]+)\}|\.?([^{}]+)")


def relaxed(path: str) -> str:
    """`spec.type`, `.spec.type`, `{spec.type}` all mean `{.spec.type}`: for columns, sorting and waiting."""
    if not path:
        return path
    match = _RELAXED.fullmatch(path)
    if match is None:
        raise gotext.PrintError(
            "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'"
        )
    return f"{{.{match[1] or match[2]}}}"


class Printer:
    """`-o jsonpath=TEMPLATE` and, with `as_json`, `-o jsonpath-as-json=TEMPLATE`."""

    def __init__(self, template: str, *, as_json: bool = False) -> None:
        self.template = template
        self.as_json = as_json
        try:
            self.path = Path(template)
        except gotext.PrintError as error:
            raise gotext.PrintError(f"error parsing jsonpath {template}, {error}") from error

    def text(self, obj: Any) -> str:
        """What the template makes of an object."""
        try:
            groups = self.path.find(obj)
        except gotext.PrintError as error:
            raise gotext.PrintError(self._complaint(error, obj)) from error
        if self.as_json:
            return "".join(outputs.indented_json(group) + "\n" for group in groups)
        return "".join(" ".join(map(_text, group)) for group in groups)

    def _complaint(self, error: gotext.PrintError, obj: Any) -> str:
        return (
            f"error executing jsonpath {errors.quote(self.template)}: Error executing template: {error}. "
            "Printing more information for debugging the template:\n"
            f"\ttemplate was:\n\t\t{self.template}\n"
            f"\tobject given to jsonpath engine was:\n\t\t{gotext.sharp(obj)}\n\n"
        )


def _text(value: Any) -> str:
    if isinstance(value, dict | list) or value is None:
        return outputs.compact_json(value)
    return gotext.plain(value)
