"""awk as it stands behind a pipe: `{print $2}`, for all lines or those that a pattern chooses.

Stands for the one-liners that cut a table: fields, NF, NR, strings, `-F`, and before the braces a `/pattern/` or one
comparison (`NR>1`, `$3=="Running"`, `$1~/web/`). awk as a language is refused by name.
"""

import re

from kubelab.network.programs import basics, patterns, text
from kubelab.network.programs.options import Options, Program, program
from kubelab.network.session import Process

_REGEX = r"/(?:[^/\\]|\\.)*/"
_VALUE = r'"(?:[^"\\]|\\.)*"|\$?NF\b|\$\d{1,9}|NR\b|\d{1,9}'
_PROGRAM = re.compile(
    rf"\s*(?:(?P<regex>{_REGEX})|(?P<left>{_VALUE})\s*(?P<sign>[=!<>]=|!?~|[<>])\s*(?P<right>{_VALUE}|{_REGEX}))?"
    rf"\s*(?:(?P<action>\{{)\s*print\b(?P<items>(?:{_VALUE}|[\s,])*);?\s*\}})?\s*",
)
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def _awk(process: Process, found: Options) -> int:
    source = found.operands[0] if found.operands else ""
    wanted = _PROGRAM.fullmatch(source)
    if wanted is None or not source.strip():
        return process.unsupported(f"language for '{source}': it has [/pattern/] {{print $1, \"text\"}}")
    separator = basics.unescaped(found.last("F", " "))
    content, code = process.input(found.operands[1:])
    try:
        for number, row in enumerate(text.lines(content), 1):
            fields = [row, *_split(row, separator)]
            if _chosen(wanted, fields, number):
                process.line(_printed(wanted["items"] or "", fields, number))
    except re.error:
        return process.complain("awk: bad regex", 2)
    return code


def _split(row: str, separator: str) -> list[str]:
    if separator == " ":
        return row.split()
    return re.split(separator if len(separator) > 1 else re.escape(separator), row) if row else []


def _value(word: str, fields: list[str], number: int) -> str:
    """A string, a field, NF, NR or a number, as text."""
    if word.startswith('"'):
        return basics.unescaped(word[1:-1])
    if word.startswith("$"):
        index = len(fields) - 1 if word == "$NF" else int(word[1:])
        return fields[index] if index < len(fields) else ""
    return {"NF": str(len(fields) - 1), "NR": str(number)}.get(word, word)


def _chosen(wanted: "re.Match[str]", fields: list[str], number: int) -> bool:
    """Whether the pattern before the braces fits a line."""
    if wanted["regex"]:
        return re.search(patterns.posix(wanted["regex"][1:-1], extended=True), fields[0]) is not None
    if not wanted["left"]:
        return True
    sign, word = wanted["sign"], wanted["right"]
    left = _value(wanted["left"], fields, number)
    if "~" in sign:
        pattern = word[1:-1] if word.startswith("/") else _value(word, fields, number)
        return (re.search(patterns.posix(pattern, extended=True), left) is not None) == (sign == "~")
    right = _value(word, fields, number)
    if '"' not in (word[0], wanted["left"][0]) and _NUMBER.fullmatch(left) and _NUMBER.fullmatch(right):
        order = (float(left) > float(right)) - (float(left) < float(right))
    else:
        order = (left > right) - (left < right)
    answers = {"=": order == 0, "<": order < 0, ">": order > 0}
    return order != 0 if sign == "!=" else answers[sign[0]] or (sign[1:] == "=" and order == 0)


def _printed(items: str, fields: list[str], number: int) -> str:
    """What `print` says: values side by side, a blank for each comma; without values the line."""
    words = re.findall(rf"{_VALUE}|,", items)
    return "".join(" " if word == "," else _value(word, fields, number) for word in words) if words else fields[0]


PROGRAMS: dict[str, Program] = {"awk": program("F:", _awk, stop=True)}
