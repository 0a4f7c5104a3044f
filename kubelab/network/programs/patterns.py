"""grep and sed (`s`, `p`, `d`, `q`): programs that look for patterns.

Stands for busybox' and GNU's versions, of which it knows the part that one-liners use; anything else is refused by
name.
"""

import re
from dataclasses import dataclass

from kubelab.network.programs import text
from kubelab.network.programs.options import Options, Program, program
from kubelab.network.session import Process


def posix(pattern: str, *, extended: bool) -> str:
    """A POSIX pattern as Python writes it."""
    pattern = text.with_classes(pattern)
    if extended:
        return pattern
    # Basic patterns have it the other way round: `\(` groups, `(` is itself.
    pattern = re.sub(r"\\([(){}|+?])|([(){}|+?])", lambda m: m[1] or "\\" + m[2], pattern)
    return re.sub(r"^\*", r"\\*", pattern)


# ---- grep


def _grep(process: Process, found: Options) -> int:
    operands = list(found.operands)
    given = found.all("e") or ([operands.pop(0)] if operands else [])
    if not given:
        return process.complain("Usage: grep [OPTION]... PATTERNS [FILE]...", 2)
    try:
        wanted = _wanted([row for pattern in given for row in pattern.split("\n")], process.name, found)
    except re.error:
        return process.complain("grep: bad regex")
    hits, code = 0, 0
    for name in operands or ["-"]:
        content = process.stdin if name == "-" else process.session.files.read(process.path(name))
        if content is None:
            code = process.complain(f"grep: {name}: No such file or directory", 2)
            continue
        prefix = f"{name}:" if len(operands) > 1 else ""
        hits += _search(process, found, wanted, text.lines(content), prefix)
    return code or int(not hits)


def _wanted(given: list[str], name: str, found: Options) -> "re.Pattern[str]":
    extended = "E" in found or name == "egrep"
    each = (re.escape(row) if "F" in found else posix(row, extended=extended) for row in given)
    joined = "|".join(f"(?:{pattern})" for pattern in each)
    return re.compile(rf"\b(?:{joined})\b" if "w" in found else joined, re.I if "i" in found else 0)


def _search(process: Process, found: Options, wanted: "re.Pattern[str]", rows: list[str], prefix: str) -> int:
    """Search one file and print what is asked for; the number of lines that fit."""
    limit = int(found.last("m")) if found.last("m").isdecimal() else len(rows)
    chosen = [at for at, row in enumerate(rows) if bool(wanted.search(row)) != ("v" in found)][:limit]
    if "q" in found:
        return len(chosen)
    if "c" in found:
        process.line(f"{prefix}{len(chosen)}")
        return len(chosen)
    before, after = _span(found, "B"), _span(found, "A")
    shown = -1
    for at in chosen:
        if "o" in found:
            number = f"{at + 1}:" if "n" in found else ""
            matches = (match[0] for match in wanted.finditer(rows[at]) if match[0])
            process.write("".join(f"{prefix}{number}{match}\n" for match in matches))
            continue
        first, last = max(at - before, shown + 1), min(at + after, len(rows) - 1)
        if (before or after) and 0 <= shown < first - 1:
            process.line("--")
        for spot in range(first, last + 1):
            mark = ":" if spot in chosen else "-"
            process.line(f"{prefix}{f'{spot + 1}{mark}' if 'n' in found else ''}{rows[spot]}")
        shown = max(shown, last)
    return len(chosen)


def _span(found: Options, letter: str) -> int:
    """How many lines around a hit are wanted."""
    size = found.last(letter) or found.last("C")
    return int(size) if size.isdecimal() else 0


# ---- sed

_STEP = re.compile(r"[\s;]*(?:(\d{1,9}|\$)(?:,(\d{1,9}|\$))?|/((?:[^/\\]|\\.)*)/)?\s*([spdq])")
_REST = re.compile(r"[\s;]*")


@dataclass(slots=True)
class _Step:
    """One command of a sed script, and the lines for which it is."""

    kind: str
    first: str = ""
    last: str = ""
    address: "re.Pattern[str] | None" = None
    search: "re.Pattern[str] | None" = None
    replacement: str = ""
    flags: str = ""

    def applies(self, number: int, count: int, row: str) -> bool:
        """Whether it is for this line of so many."""
        if not self.first:
            return self.address is None or self.address.search(row) is not None
        first, last = (count if at == "$" else int(at) for at in (self.first, self.last or self.first))
        return number == first or first <= number <= last


def _sed(process: Process, found: Options) -> int:
    operands = list(found.operands)
    scripts = found.all("e") or ([operands.pop(0)] if operands else [])
    if not scripts:
        return process.complain("sed: no script")
    quiet, files, code = "n" in found, process.session.files, 0
    try:
        steps = [step for script in scripts for step in _steps(script, "E" in found or "r" in found)]
        if "i" not in found:
            content, code = process.input(operands)
            process.write(_edit(steps, content, quiet))
            return code
        for name in operands:
            kept = files.read(process.path(name))
            if kept is None:
                code = process.complain(f"sed: {name}: No such file or directory")
            else:
                files.write(process.path(name), _edit(steps, kept, quiet))
    except (ValueError, re.error) as problem:
        return process.complain(f"sed: {problem}")
    return code


def _steps(script: str, extended: bool) -> list[_Step]:
    steps: list[_Step] = []
    at = 0
    while not _REST.fullmatch(script, at):
        match = _STEP.match(script, at)
        if match is None:
            raise ValueError(f"kubelab's sed does not know `{script[at:]}': it has s, p, d and q")
        first, last, address, kind = match.groups()
        step = _Step(kind, first or "", last or "", re.compile(posix(address, extended=extended)) if address else None)
        at = match.end()
        if kind == "s":
            at = _substitution(step, script, at, extended)
        steps.append(step)
    return steps


def _substitution(step: _Step, script: str, at: int, extended: bool) -> int:
    """Read what stands behind an `s`; where it ends."""
    mark = script[at : at + 1]
    sign = re.escape(mark)
    piece = rf"((?:[^\\{sign}]|\\.)*)"
    match = re.compile(rf"{sign}{piece}{sign}{piece}{sign}(\w*)", re.S).match(script, at) if mark else None
    if match is None or mark.isalnum():
        raise ValueError(f"unterminated `s' command: {script}")
    if set(match[3]) - set("gip"):
        raise ValueError("kubelab's sed knows the flags g, i and p")
    source, target = (part.replace("\\" + mark, mark) for part in match.groups()[:2])
    step.search = re.compile(posix(source, extended=extended), re.I if "i" in match[3] else 0)
    step.replacement, step.flags = re.sub(r"\\(.)|&", _template, target), match[3]
    return match.end()


def _template(found: "re.Match[str]") -> str:
    """What a special sign of a replacement is to Python: `&` is the whole match, `\\1` a group, `\\n` a new line."""
    char = found[1] or "0"
    return f"\\g<{char}>" if char.isdecimal() else {"n": "\n", "\\": r"\\"}.get(char, char)


def _edit(steps: list[_Step], content: str, quiet: bool) -> str:
    rows, out = text.lines(content), []
    for number, row in enumerate(rows, 1):
        kind = ""
        for step in (step for step in steps if step.applies(number, len(rows), row)):
            kind = step.kind
            if step.search is not None:
                row, changes = step.search.subn(step.replacement, row, count=0 if "g" in step.flags else 1)
                kind = "p" if changes and "p" in step.flags else kind
            if kind == "p":
                out.append(row)
            elif kind in ("d", "q"):
                break
        if not quiet and kind != "d":
            out.append(row)
        if kind == "q":
            break
    return "".join(row + "\n" for row in out)


PROGRAMS: dict[str, Program] = {
    "grep": program("cvioEnqFe:wm:A:B:C:", _grep),
    "egrep": program("cvioEnqFe:wm:A:B:C:", _grep),
    "sed": program("ne:rEi", _sed),
}
