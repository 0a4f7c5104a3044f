"""JSON-like data as YAML, letter for letter as kubectl prints it.

Stands for sigs.k8s.io/yaml with its fork of go-yaml v2, itself a port of libyaml's emitter: block style, sequences not
indented, long lines folded at 80, keys in a natural order (`a2` before `a10`), quotes only where a reader would not
get the same string back. Of the emitter there is what JSON-like data needs: no tags, anchors, comments or flow style.
One thing differs: a key of more than 128 letters, which go-yaml sets off with `?`, stays on its line.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

WIDTH = 80


def dump(value: Any) -> str:
    """A whole document, ending with a new line."""
    out = _Writer()
    out.node(value, 0, inline=True)
    return "".join(out.text).lstrip(" ") + "\n"


# ---- the order of keys


@functools.cmp_to_key
def natural(a: str, b: str) -> int:
    """Letters by code, digits by their number, other signs before letters: go-yaml's keyList."""
    for i in range(min(len(a), len(b))):
        if a[i] != b[i]:
            return _compare(a, b, i)
    return len(a) - len(b)


def _compare(a: str, b: str, i: int) -> int:
    if a[i].isalpha() or b[i].isalpha():
        both = a[i].isalpha() and b[i].isalpha()
        return -1 if (a[i] < b[i] if both else b[i].isalpha()) else 1
    start = "1" if "0" in (a[i], b[i]) and re.search(r"[1-9]\d*$", a[:i]) else ""
    a_digits, b_digits = _digits(a, i), _digits(b, i)
    by_number = int(start + a_digits or 0) - int(start + b_digits or 0)
    return by_number or len(a_digits) - len(b_digits) or (-1 if a[i] < b[i] else 1)


def _digits(text: str, at: int) -> str:
    end = at
    while end < len(text) and text[end].isdigit():
        end += 1
    return text[at:end]


# ---- what a plain string would be read as

WORDS = frozenset(
    form
    for word in ("y", "yes", "true", "on", "n", "no", "false", "off", "null")
    for form in (word, word.title(), word.upper())
) | {"", "~", ".nan", ".NaN", ".NAN", *(sign + inf for sign in ("", "+", "-") for inf in (".inf", ".Inf", ".INF"))}
_NUMBER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)")
_DOTTED = re.compile(r"\.\d(?!.*__)")
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_TIMESTAMP = re.compile(
    r"\d{4}-(0?[1-9]|1[0-2])-(0?[1-9]|[12]\d|3[01])"
    r"([Tt]CLOCK(Z|[-+]\d\d:\d\d)| CLOCK)?".replace("CLOCK", r"([01]?\d|2[0-3]):[0-5]?\d:[0-5]?\d([.,]\d+)?")
)


def is_text(value: str) -> bool:
    """Whether YAML would read the letters, without quotes, as a string."""
    if value in WORDS or _BASE_60.fullmatch(value) or _TIMESTAMP.fullmatch(value):
        return False
    plain = value.replace("_", "") if value[0] in "+-0123456789" or _DOTTED.match(value) else value
    return not _NUMBER.fullmatch(plain)


# ---- how a string may be written

_FIRST = frozenset("#,[]{}&*!|>'\"%@`")
_BREAKS = frozenset("\n\r\x85\u2028\u2029")
_SPECIAL = re.compile("[^\n -~\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
_INDICATOR = re.compile(r":(?=[ \t]|$)|(?<=[ \t\n\r\x85\u2028\u2029])#|^(?:---|\.\.\.)|^[?:-](?=[ \t]|$)", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Styles:
    plain: bool
    single: bool
    literal: bool


def _styles(text: str) -> _Styles:
    """Which styles would give the string back (libyaml's analyze_scalar)."""
    breaks = not _BREAKS.isdisjoint(text)
    special = bool(_SPECIAL.search(text)) or (breaks and bool(re.search("[ ][\n\r\x85\u2028\u2029]", text)))
    break_space = breaks and bool(re.search("[\n\r\x85\u2028\u2029][ ]", text))
    edges = text[0] == " " or text[-1] == " "
    indicators = text[0] in _FIRST or bool(_INDICATOR.search(text))
    return _Styles(
        plain=not (special or breaks or edges or indicators),
        single=not (special or break_space),
        literal=not (special or text[-1] == " "),
    )


_ESCAPES = {
    "\0": "\\0", "\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r",
    "\x1b": "\\e", '"': '\\"', "\\": "\\\\", "\x85": "\\N", "\xa0": "\\_", "\u2028": "\\L", "\u2029": "\\P",
}  # fmt: skip


def escaped(letter: str) -> str:
    """A letter as it is written between double quotes."""
    if letter in '"\\' or _SPECIAL.match(letter) or letter in _BREAKS:
        return escape(letter)
    return letter


def escape(letter: str) -> str:
    """A letter's escape."""
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    code = ord(letter)
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


class _Writer:
    """Block style, from the first column on."""

    def __init__(self) -> None:
        self.text: list[str] = []

    def node(self, value: Any, indent: int, *, inline: bool = False, indentless: bool = False) -> None:
        """A value after `key:` or `-`; `inline`: a mapping or sequence may begin on this very line."""
        if isinstance(value, dict) and value:
            self._mapping(value, indent, inline)
        elif isinstance(value, list) and value:
            self._sequence(value, indent - 2 if indentless else indent, inline)
        else:
            self.text.append(" " + self._scalar(value, indent))

    def _mapping(self, value: dict[str, Any], indent: int, inline: bool) -> None:
        for key in sorted(value, key=natural):
            self.text.append(" " if inline else "\n" + " " * indent)
            inline = False
            self.text.append(self._key(key) + ":")
            self.node(value[key], indent + 2, indentless=True)

    def _sequence(self, value: list[Any], indent: int, inline: bool) -> None:
        for item in value:
            self.text.append(" -" if inline else "\n" + " " * indent + "-")
            inline = False
            self.node(item, indent + 2, inline=True)

    def _column(self) -> int:
        """How far the line has come."""
        column = 0
        for piece in reversed(self.text):
            _, newline, tail = piece.rpartition("\n")
            column += len(tail)
            if newline:
                return column
        return column - 1  # the blank before the first key is taken away in the end

    def _key(self, key: str) -> str:
        return _quoted(key, _styles(key) if key else _Styles(False, True, False), 0, None)

    def _scalar(self, value: Any, indent: int) -> str:
        if not isinstance(value, str):
            return plain(value)
        if not value:
            return '""'
        styles = _styles(value)
        if "\n" in value and styles.literal:
            return _literal(value, indent)
        return _quoted(value, styles, indent, self._column() + 1 if " " in value else None)


def plain(value: Any) -> str:
    """What is neither a string nor a filled mapping or list."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number(value)
    return str(value) if isinstance(value, int) else "{}" if isinstance(value, dict) else "[]"


def number(value: float) -> str:
    """A float without a needless `.0`."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)


def _quoted(text: str, styles: _Styles, indent: int, column: int | None) -> str:
    """On one line, or folded if `column` (where the text starts) is given."""
    if "\n" in text or not text or not is_text(text):
        written = f'"{"".join(map(escaped, text))}"'
    elif styles.plain:
        written = text
    elif styles.single:
        written = "'" + text.replace("'", "''") + "'"
    else:
        written = f'"{"".join(map(escaped, text))}"'
    if column is None or column + len(written) <= WIDTH:
        return written
    return "".join(_folded(written, indent, column, "" if written is text else written[0]))


def _folded(written: str, indent: int, column: int, quote: str) -> Iterator[str]:
    """A single blank beyond the width becomes the end of a line; between double quotes, the first of several may."""
    after_blank, last = False, len(written) - 2
    for i, letter in enumerate(written):
        fold = letter == " " and column > WIDTH and not after_blank and (not quote or 1 < i < last)
        after_blank = letter == " "
        if fold and written[i + 1] != " ":
            yield "\n" + " " * indent
            column = indent
        elif fold and quote == '"':
            yield "\n" + " " * indent + "\\"
            column = indent + 1
        else:
            yield letter
            column += 1


def _literal(text: str, indent: int) -> str:
    hint = "2" if text[0] in " \n" else ""
    chomp = "" if text[-1] == "\n" else "-"
    if text[-1] == "\n" and (len(text) == 1 or text[-2] == "\n"):
        chomp = "+"
    lines = text.removesuffix("\n").split("\n")
    return f"|{hint}{chomp}" + "".join("\n" + (" " * indent + line if line else "") for line in lines)
