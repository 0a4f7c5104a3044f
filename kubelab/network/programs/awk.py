"""awk: print, counting, arrays and the usual functions; enough for the one-liners behind a pipe.

Stands for POSIX awk without functions of one's own, `getline`, ranges and output to files, which are refused by name.
"""

import re

from kubelab.network.programs import awk_parser, awk_values, basics, options, text
from kubelab.network.programs.awk_values import Expression, Field, Run, Statement
from kubelab.network.session import Process

_TOKEN = re.compile(
    r"""\s*(?:\#[^\n]*)?(?:
    (?P<number>\d+\.?\d*(?:e[-+]?\d+)?|\.\d+)|(?P<string>"(?:[^"\\]|\\.)*")|(?P<name>[A-Za-z_]\w*)|
    (?P<operator>\+\+|--|\+=|-=|\*=|/=|%=|==|!=|<=|>=|&&|\|\||!~|[-+*/%^!<>=~?:,;{}()\[\]$\n|]))""",
    re.X,
)
_REGEX = re.compile(r"\s*/((?:[^/\\\n]|\\.)*)/")


def tokens(source: str) -> list[tuple[str, str]]:
    """Cut a program into (kind, text)."""
    found: list[tuple[str, str]] = []
    at = 0
    source = source.replace("\\\n", " ").rstrip()
    while at < len(source):
        value_before = bool(found) and (found[-1][0] in ("number", "string", "name") or found[-1][1] in (")", "]", "$"))
        regex = None if value_before else _REGEX.match(source, at)
        match = regex or _TOKEN.match(source, at)
        if match is None:
            raise awk_values.Problem(f"syntax error at {source[at : at + 20]!r}")
        found.append(("regex", match[1]) if regex else (str(match.lastgroup), match[match.lastgroup or 0]))
        at = match.end()
    return found


def run(process: Process) -> int:
    """The program."""
    try:
        found = options.parse(process.args, "F:v:f:", stop=True)
    except (options.Unknown, options.Missing) as problem:
        return process.unsupported(f"option {problem}")
    if "f" in found or not found.operands:
        return process.unsupported("program file: write it on the line")
    state = Run(process, {"FS": " ", "OFS": " ", "ORS": "\n", "NR": 0.0})
    if "F" in found:
        state.variables["FS"] = basics.unescaped(found.last("F"))
    for assignment in found.all("v"):
        name, _, value = assignment.partition("=")
        state.variables[name] = Field(basics.unescaped(value))
    try:
        rules = awk_parser.rules(tokens(found.operands[0]))
        return _execute(state, rules, found.operands[1:])
    except (awk_values.Problem, IndexError, KeyError) as problem:
        return process.complain(f"awk: {problem}", 2)


def _execute(state: Run, rules: list[tuple[str, Expression | None, Statement]], files: list[str]) -> int:
    code = 0
    state.fields = [""]
    try:
        for when, _, body in rules:
            if when == "BEGIN":
                body(state)
        if any(when != "BEGIN" for when, _, _ in rules):
            content, code = state.process.input(files)
            for line in text.lines(content):
                state.variables["NR"] = awk_values.as_number(state.variables["NR"]) + 1
                state.take(line)
                _line(state, rules)
    except awk_values.Quit:
        pass
    try:
        for when, _, body in rules:
            if when == "END":
                body(state)
    except awk_values.Quit:
        pass
    return code


def _line(state: Run, rules: list[tuple[str, Expression | None, Statement]]) -> None:
    try:
        for when, pattern, body in rules:
            if not when and (pattern is None or awk_values.is_true(pattern(state))):
                body(state)
    except awk_values.Next:
        pass
