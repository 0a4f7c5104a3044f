"""awk's values: texts that may be numbers, the line at hand, variables and functions."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kubelab.network.programs import basics, text
from kubelab.network.session import Process

Value = str | float
Expression = Callable[["Run"], Value]
Statement = Callable[["Run"], None]
MAX_STEPS = 2_000_000


class Problem(ValueError):
    """A program that awk (or kubelab's awk) cannot read."""


class Next(Exception):
    """`next`."""


class Quit(Exception):
    """`exit`."""


class Field(str):
    """Text from the input: a number if it looks like one."""

    __slots__ = ()


@dataclass(slots=True)
class Run:
    """A running program: its variables and the line at hand."""

    process: Process
    variables: dict[str, Value] = field(default_factory=dict)
    arrays: dict[str, dict[str, Value]] = field(default_factory=dict)
    fields: list[str] = field(default_factory=list)
    steps: int = 0

    def take(self, line: str) -> None:
        """Make a line the one at hand."""
        separator = self.text("FS")
        if separator == " ":
            pieces = line.split()
        elif len(separator) == 1 and separator != "|":
            pieces = line.split(separator) if line else []
        else:
            pieces = re.split(separator if len(separator) > 1 else re.escape(separator), line) if line else []
        self.fields = [line, *pieces]

    def text(self, name: str) -> str:
        """A variable as text."""
        return as_text(self.variables.get(name, ""))

    def get(self, index: int) -> Value:
        """A field."""
        return Field(self.fields[index]) if 0 <= index < len(self.fields) else ""

    def put(self, index: int, value: Value) -> None:
        """Change a field, and the line with it."""
        if index == 0:
            self.take(as_text(value))
            return
        self.fields += [""] * (index + 1 - len(self.fields))
        self.fields[index] = as_text(value)
        self.fields[0] = self.text("OFS").join(self.fields[1:])

    def step(self) -> None:
        """Count a statement."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise Problem("stopped after too many steps")


def as_text(value: Value) -> str:
    """A value as text: whole numbers without a point."""
    if isinstance(value, str):
        return str(value)
    return str(int(value)) if value == int(value) else f"{value:.6g}"


_NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+)")


def as_number(value: Value) -> float:
    """A value as a number: what a text begins with."""
    if not isinstance(value, str):
        return value
    found = _NUMBER.match(value)
    return float(found[0]) if found else 0.0


def is_numeric(value: Value) -> bool:
    """Whether a value counts as a number."""
    return not isinstance(value, str) or (isinstance(value, Field) and bool(_NUMBER.fullmatch(value.strip())))


def is_true(value: Value) -> bool:
    """Whether a value counts as true."""
    return as_number(value) != 0 if is_numeric(value) else value != ""


def compare(operator: str, left: Value, right: Value) -> float:
    """Compare as numbers if both look like numbers, else as texts."""
    a: Any = left
    b: Any = right
    if is_numeric(left) and is_numeric(right):
        a, b = as_number(left), as_number(right)
    else:
        a, b = as_text(left), as_text(right)
    results = {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}
    return float(results[operator])


def regex(pattern: str) -> "re.Pattern[str]":
    """A pattern, compiled; Problem if it is none."""
    try:
        return re.compile(re.sub(r"\[:(\w+):\]", lambda m: text.CLASSES.get(m[1], m[0]), pattern))
    except re.error:
        raise Problem(f"bad regular expression /{pattern}/") from None


# ---- functions

Stores = list[Callable[[Run, Value], None] | None]
Function = Callable[[Run, list[Value], list[str], Stores], Value]


def _length(state: Run, values: list[Value], words: list[str], stores: Stores) -> Value:
    if words and words[0] in state.arrays:
        return float(len(state.arrays[words[0]]))
    return float(len(as_text(values[0]) if values else state.fields[0]))


def _substr(state: Run, values: list[Value], words: list[str], stores: Stores) -> Value:
    whole, start = as_text(values[0]), round(as_number(values[1]))
    end = start + round(as_number(values[2])) if len(values) > 2 else len(whole) + 1
    return whole[max(start, 1) - 1 : max(end - 1, 0)]


def _split(state: Run, values: list[Value], words: list[str], stores: Stores) -> Value:
    separator = as_text(values[2]) if len(values) > 2 else state.text("FS")
    whole = as_text(values[0])
    if separator == " ":
        pieces = whole.split()
    else:
        pieces = re.split(separator if len(separator) > 1 else re.escape(separator), whole) if whole else []
    state.arrays[words[1]] = {str(at): Field(piece) for at, piece in enumerate(pieces, 1)}
    return float(len(pieces))


def _substitute(state: Run, values: list[Value], stores: Stores, count: int) -> Value:
    target = as_text(values[2]) if len(values) > 2 else state.fields[0]
    replacement = re.sub(r"\\&|&|\\", lambda m: {"&": r"\g<0>", "\\&": "&"}.get(m[0], "\\\\"), as_text(values[1]))
    changed, times = regex(as_text(values[0])).subn(replacement, target, count=count)
    store = stores[2] if len(values) > 2 else None
    if store is not None:
        store(state, changed)
    elif len(values) < 3 and times:
        state.take(changed)
    return float(times)


FUNCTIONS: dict[str, Function] = {
    "length": _length,
    "substr": _substr,
    "split": _split,
    "index": lambda state, values, words, stores: float(as_text(values[0]).find(as_text(values[1])) + 1),
    "tolower": lambda state, values, words, stores: as_text(values[0]).lower(),
    "toupper": lambda state, values, words, stores: as_text(values[0]).upper(),
    "int": lambda state, values, words, stores: float(int(as_number(values[0]))),
    "sprintf": lambda state, values, words, stores: basics.formatted(
        as_text(values[0]).replace("\\", "\\\\"), [as_text(v) for v in values[1:]]
    ),
    "sub": lambda state, values, words, stores: _substitute(state, values, stores, 1),
    "gsub": lambda state, values, words, stores: _substitute(state, values, stores, 0),
}
