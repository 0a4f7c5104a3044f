"""Programs with a language of their own: grep, sed (`s`, `p`, `d`, `q`), awk (print, patterns, counting).

Stands for busybox' and GNU's versions, of which it knows the part that one-liners use; anything else is refused by
name.
"""

import re

from kubelab.network.programs import awk, options, text
from kubelab.network.session import Process


def regex(pattern: str, *, extended: bool, fixed: bool = False) -> str:
    """A POSIX pattern as Python's."""
    if fixed:
        return re.escape(pattern)
    pattern = re.sub(r"\[:(\w+):\]", lambda m: text.CLASSES.get(m[1], m[0]), pattern)
    if extended:
        return pattern
    # Basic patterns have it the other way round: `\(` groups, `(` is itself.
    swapped = re.sub(r"\\([(){}|+?])|([(){}|+?])", lambda m: m[1] if m[1] else "\\" + m[2], pattern)
    return re.sub(r"^\*", r"\\*", swapped)


GREP_LONG = {
    "count": "c", "invert-match": "v", "ignore-case": "i", "extended-regexp": "E", "only-matching": "o",
    "line-number": "n", "quiet": "q", "silent": "q", "fixed-strings": "F", "regexp": "e", "word-regexp": "w",
    "line-regexp": "x", "max-count": "m", "after-context": "A", "before-context": "B", "context": "C",
    "no-messages": "s",
    "files-with-matches": "l", "no-filename": "h", "with-filename": "H", "line-buffered": "u", "color": "z",
}  # fmt: skip


def _grep(process: Process) -> int:
    args = [word for word in process.args if not word.startswith(("--color", "--colour"))]
    try:
        found = options.parse(args, "cviEonqFe:wxm:A:B:C:slhHuzG", GREP_LONG)
    except options.Unknown as problem:
        return process.unsupported(f"option {problem}")
    except options.Missing as problem:
        return process.complain(f"grep: option requires an argument -- '{str(problem).lstrip('-')}'", 2)
    operands = list(found.operands)
    patterns = found.all("e") or ([operands.pop(0)] if operands else [])
    if not patterns:
        return process.complain("Usage: grep [OPTION]... PATTERNS [FILE]...", 2)
    extended = "E" in found or process.name == "egrep"
    try:
        wanted = _matcher([row for p in patterns for row in p.split("\n")], found, extended)
    except re.error:
        return process.complain("grep: bad regex")
    hits, code = 0, 0
    for name in operands or ["-"]:
        content = process.stdin if name == "-" else process.session.files.read(process.path(name))
        if content is None:
            if "s" not in found:
                process.complain(f"grep: {name}: No such file or directory")
            code = 2
            continue
        prefix = f"{name}:" if (len(operands) > 1 and "h" not in found) or "H" in found else ""
        hits += _search(process, found, wanted, text.lines(content), prefix, name)
    return code or int(not hits)


def _matcher(patterns: list[str], found: options.Options, extended: bool) -> "re.Pattern[str]":
    joined = "|".join(f"(?:{regex(p, extended=extended, fixed='F' in found)})" for p in patterns)
    if "w" in found:
        joined = rf"\b(?:{joined})\b"
    if "x" in found:
        joined = rf"\A(?:{joined})\Z"
    return re.compile(joined, re.I if "i" in found else 0)


def _search(
    process: Process, found: options.Options, wanted: "re.Pattern[str]", rows: list[str], prefix: str, name: str
) -> int:
    """Search one file and print what is asked for; the number of lines that fit."""
    limit = int(found.last("m")) if found.last("m").isdigit() else len(rows)
    chosen = [at for at, row in enumerate(rows) if bool(wanted.search(row)) != ("v" in found)][:limit]
    if "q" in found:
        return len(chosen)
    if "l" in found:
        if chosen:
            process.line(name)
        return len(chosen)
    if "c" in found:
        process.line(f"{prefix}{len(chosen)}")
        return len(chosen)
    if "o" in found:
        for at in chosen:
            number = f"{at + 1}:" if "n" in found else ""
            for match in wanted.finditer(rows[at]):
                if match[0]:
                    process.line(f"{prefix}{number}{match[0]}")
        return len(chosen)
    _print_context(process, found, rows, chosen, prefix)
    return len(chosen)


def _print_context(process: Process, found: options.Options, rows: list[str], chosen: list[int], prefix: str) -> None:
    def span(letter: str) -> int:
        size = found.last(letter) or found.last("C")
        return int(size) if size.isdigit() else 0

    before, after, shown = span("B"), span("A"), -1
    for at in chosen:
        first = max(at - before, shown + 1)
        if (before or after) and shown >= 0 and first > shown + 1:
            process.line("--")
        for number in range(first, min(at + after, len(rows) - 1) + 1):
            if number <= shown or (number > at and number in chosen):
                break
            mark = ":" if number in chosen else "-"
            process.line(f"{prefix}{f'{number + 1}{mark}' if 'n' in found else ''}{rows[number]}")
            shown = number


# ---- sed

_ADDRESS = r"(?:(\d+|\$)|/((?:[^/\\]|\\.)*)/)?"
_COMMAND = re.compile(rf"\s*{_ADDRESS}(?:,(\d+|\$))?\s*(!?)([spdq=])")


def _sed(process: Process) -> int:
    try:
        found = options.parse(process.args, "ne:rEi", {"quiet": "n", "expression": "e", "regexp-extended": "E"})
    except (options.Unknown, options.Missing) as problem:
        return process.unsupported(f"option {problem}")
    operands = list(found.operands)
    scripts = found.all("e") or ([operands.pop(0)] if operands else [])
    extended = "E" in found or "r" in found
    try:
        steps = [step for script in scripts for step in _sed_steps(script, extended)]
    except (ValueError, re.error) as problem:
        return process.complain(f"sed: {problem}")
    if not steps:
        return process.complain("sed: no script")
    names = operands if "i" in found else ["-"]
    if "i" not in found:
        content, code = process.input(operands)
        process.write(_edit(steps, content, "n" in found))
        return code
    code = 0
    for name in names:
        kept = process.session.files.read(process.path(name))
        if kept is None:
            code = process.complain(f"sed: {name}: No such file or directory")
        else:
            process.session.files.write(process.path(name), _edit(steps, kept, "n" in found))
    return code


class _Step:
    """One command of a sed script."""

    def __init__(self, match: "re.Match[str]", extended: bool) -> None:
        self.line, self.until, self.negated, self.kind = match[1], match[3], bool(match[4]), match[5]
        self.pattern = re.compile(regex(match[2], extended=extended)) if match[2] is not None else None
        self.search: re.Pattern[str] | None = None
        self.replacement, self.everywhere, self.nth, self.prints = "", False, 1, False

    def applies(self, number: int, last: int, row: str) -> bool:
        def at(text: str) -> int:
            return last if text == "$" else int(text)

        if self.line and self.until:
            fits = at(self.line) <= number <= at(self.until)
        elif self.line:
            fits = number == at(self.line)
        else:
            fits = self.pattern is None or bool(self.pattern.search(row))
        return fits != self.negated


def _sed_steps(script: str, extended: bool) -> list[_Step]:
    steps, at = [], 0
    while at < len(script):
        if script[at] in "; \n\t":
            at += 1
            continue
        match = _COMMAND.match(script, at)
        if match is None:
            raise ValueError(f"kubelab's sed does not know `{script[at:]}': it has s, p, d, q and =")
        step = _Step(match, extended)
        at = match.end()
        if step.kind == "s":
            at = _substitution(step, script, at, extended)
        steps.append(step)
    return steps


def _substitution(step: _Step, script: str, at: int, extended: bool) -> int:
    mark = script[at : at + 1]
    if not mark or mark.isalnum():
        raise ValueError(f"unterminated `s' command: {script}")
    piece = rf"((?:[^\\{re.escape(mark)}]|\\.)*)"
    sign = re.escape(mark)
    match = re.compile(rf"{sign}{piece}{sign}{piece}{sign}([gIip0-9]*)", re.S).match(script, at)
    if match is None:
        raise ValueError(f"unterminated `s' command: {script}")
    flags = match[3]
    source = match[1].replace("\\" + mark, mark)
    step.search = re.compile(regex(source, extended=extended), re.I if "i" in flags.lower() else 0)
    # `&` is the whole match, `\1` a group, `\n` a new line.
    step.replacement = re.sub(r"\\n", "\n", match[2].replace("\\" + mark, mark))
    step.everywhere, step.prints = "g" in flags, "p" in flags
    numbers = re.sub(r"\D", "", flags)
    step.nth = int(numbers) if numbers else 1
    return match.end()


def _edit(steps: list[_Step], content: str, quiet: bool) -> str:
    rows, out = text.lines(content), []
    for number, row in enumerate(rows, 1):
        keep, stop = not quiet, False
        for step in steps:
            if not step.applies(number, len(rows), row):
                continue
            if step.kind == "s":
                row, changed = _replace(step, row)
                if changed and step.prints:
                    out.append(row)
            elif step.kind == "p":
                out.append(row)
            elif step.kind == "=":
                out.append(str(number))
            elif step.kind == "d":
                keep = False
                break
            else:
                stop = True
                break
        if keep:
            out.append(row)
        if stop:
            break
    return "".join(row + "\n" for row in out)


def _replace(step: _Step, row: str) -> tuple[str, bool]:
    assert step.search is not None
    count = 0

    def one(match: "re.Match[str]") -> str:
        nonlocal count
        count += 1
        if count < step.nth or (count > step.nth and not step.everywhere):
            return match[0]
        return re.sub(r"\\(.)|&", lambda m: (match[int(m[1])] or "") if m[1] and m[1].isdigit() else m[1] or match[0],
                      step.replacement)  # fmt: skip

    changed = step.search.sub(one, row)
    return changed, count >= step.nth


PROGRAMS = {"grep": _grep, "egrep": _grep, "sed": _sed, "awk": awk.run}
