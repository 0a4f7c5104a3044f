"""Text filters: cat, grep, sort, uniq, head, tail, wc, tr, cut, sed, awk, tee, seq and their kin.

Stands for busybox' and GNU's versions as far as both agree. An option that is not here is refused by name.
"""

import re
from collections.abc import Callable, Iterable

from kubelab.network.programs import options
from kubelab.network.session import Forever, Process

Program = Callable[[Process], int]


def lines(text: str) -> list[str]:
    """The lines of a text, without their ends."""
    found = text.split("\n")
    return found[:-1] if found[-1] == "" else found


def _with(short: str, body: Callable[[Process, options.Options], int], long: dict[str, str] | None = None) -> Program:
    """A program whose options are `short` and `long`; others are refused."""

    def run(process: Process) -> int:
        try:
            found = options.parse(process.args, short, long)
        except options.Unknown as problem:
            return process.unsupported(f"option {problem}")
        except options.Missing as problem:
            return process.complain(f"{process.name}: option requires an argument -- '{str(problem).lstrip('-')}'", 2)
        return body(process, found)

    return run


def _write(process: Process, rows: Iterable[str]) -> None:
    process.write("".join(row + "\n" for row in rows))


def _cat(process: Process, found: options.Options) -> int:
    text, code = process.input(found.operands)
    if "n" in found:
        _write(process, (f"{number:>6}\t{row}" for number, row in enumerate(lines(text), 1)))
    else:
        process.write(text)
    return code


def _tee(process: Process, found: options.Options) -> int:
    code = 0
    for operand in found.operands:
        problem = process.session.files.write(process.path(operand), process.stdin, append="a" in found)
        code = process.complain(f"tee: {operand}: {problem}") if problem else code
    process.write(process.stdin)
    return code


def _head(process: Process, found: options.Options) -> int:
    return _ends(process, found, lambda rows, n: rows[:n] if n >= 0 else rows[: len(rows) + n])


def _tail(process: Process, found: options.Options) -> int:
    if "f" in found or "F" in found:
        raise Forever
    if found.last("n").startswith("+"):
        return _ends(process, found, lambda rows, n: rows[max(0, n - 1) :])
    return _ends(process, found, lambda rows, n: rows[len(rows) - min(abs(n), len(rows)) :])


def _ends(process: Process, found: options.Options, cut: Callable[[list[str], int], list[str]]) -> int:
    count = found.last("n") or next((letter for letter, _ in reversed(found.given) if letter.isdigit()), "10")
    if "c" in found:
        text, code = process.input(found.operands)
        size = found.last("c")
        if not size.lstrip("-+").isdigit():
            return process.complain(f"{process.name}: invalid number '{size}'")
        process.write(text[: int(size)] if process.name == "head" else text[-int(size) :])
        return code
    if not count.lstrip("-+").isdigit():
        return process.complain(f"{process.name}: invalid number '{count}'")
    text, code = process.input(found.operands)
    _write(process, cut(lines(text), int(count)))
    return code


def _numbered(program: Program) -> Program:
    """`head -5` for `head -n 5`."""

    def run(process: Process) -> int:
        process.argv = [process.argv[0]] + [
            piece for word in process.args for piece in (["-n", word[1:]] if re.fullmatch(r"-\d+", word) else [word])
        ]
        return program(process)

    return run


def _wc(process: Process, found: options.Options) -> int:
    text, code = process.input(found.operands)
    counts = {"l": text.count("\n"), "w": len(text.split()), "c": len(text.encode())}
    letters = [letter for letter in "lwc" if letter in found] or list("lwc")
    values = [str(counts[letter]) for letter in letters]
    name = found.operands[:1]
    if len(letters) == 1:
        process.line(" ".join(values + name))
    elif process.busybox and not name:
        process.line("".join(f"{value:>10}" for value in values))
    else:
        process.line(" ".join([*(f"{value:>7}" for value in values), *name]) if not name else " ".join(values + name))
    return code


def _key(text: str) -> Callable[[str], str]:
    """The part of a line that `sort -k 2,3` looks at."""
    first, _, last = text.partition(",")
    start = int(first.partition(".")[0] or 1)
    end = int(last.partition(".")[0]) if last.partition(".")[0].isdigit() else 0
    return lambda row: " ".join(row.split()[start - 1 : end or None])


def _number(text: str) -> float:
    found = re.match(r"\s*-?\d+(\.\d+)?", text)
    return float(found[0]) if found else 0.0


def _sort(process: Process, found: options.Options) -> int:
    text, code = process.input(found.operands)
    spec = found.last("k")
    flags = "".join(letter for letter, _ in found.given) + "".join(re.findall(r"[a-zA-Z]", spec))
    if spec and not re.fullmatch(r"\d+(\.\d+)?[nrfb]*(,\d+(\.\d+)?[nrfb]*)?", spec):
        return process.complain(f"sort: invalid key '{spec}'", 2)
    part = _separated(spec, found.last("t")) if "t" in found else _key(re.sub(r"[a-z]", "", spec)) if spec else str

    def by(row: str) -> tuple[float, str]:
        wanted = part(row).lower() if "f" in flags else part(row)
        return (_number(wanted), "") if "n" in flags else (0.0, wanted)

    rows = sorted(sorted(lines(text)) if "s" not in found else lines(text), key=by, reverse="r" in flags)
    if "u" in flags:
        unique: dict[object, str] = {}
        for row in rows:
            unique.setdefault(by(row), row)
        rows = list(unique.values())
    _write(process, rows)
    return code


def _separated(spec: str, separator: str) -> Callable[[str], str]:
    start = int(re.match(r"\d+", spec or "1")[0])  # type: ignore[index]
    return lambda row: separator.join(row.split(separator)[start - 1 :]) if separator else row


def _uniq(process: Process, found: options.Options) -> int:
    text, code = process.input(found.operands[:1])
    groups: list[tuple[str, int]] = []
    for row in lines(text):
        same = groups and (groups[-1][0].lower() == row.lower() if "i" in found else groups[-1][0] == row)
        if same:
            groups[-1] = (groups[-1][0], groups[-1][1] + 1)
        else:
            groups.append((row, 1))
    if "d" in found:
        groups = [group for group in groups if group[1] > 1]
    if "u" in found:
        groups = [group for group in groups if group[1] == 1]
    _write(process, (f"{count:>7} {row}" if "c" in found else row for row, count in groups))
    return code


def _tr(process: Process, found: options.Options) -> int:
    sets = [_set(text) for text in found.operands]
    if not sets or (len(sets) < 2 and not ("d" in found or "s" in found)):
        return process.complain("tr: missing operand")
    first, text = sets[0], process.stdin
    if "c" in found:
        first = [chr(n) for n in range(256) if chr(n) not in first]
    if "d" in found:
        text = "".join(char for char in text if char not in first)
    elif len(sets) > 1:
        second = sets[1] or [""]
        table = {char: second[min(at, len(second) - 1)] for at, char in enumerate(first)}
        text = "".join(table.get(char, char) for char in text)
    if "s" in found:
        squeezed = sets[-1] if len(sets) > 1 else first
        text = re.sub(r"(.)\1+", lambda m: m[1] if m[1] in squeezed else m[0], text, flags=re.S)
    process.write(text)
    return 0


CLASSES = {
    "upper": "A-Z",
    "lower": "a-z",
    "digit": "0-9",
    "space": " \t\n\r\v\f",
    "alpha": "A-Za-z",
    "alnum": "A-Za-z0-9",
    "punct": "!-/",
}


def _set(text: str) -> list[str]:
    text = re.sub(r"\[:(\w+):\]", lambda m: CLASSES.get(m[1], m[0]), text)
    text = text.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r").replace("\\\\", "\\")
    found: list[str] = []
    at = 0
    while at < len(text):
        if text[at + 1 : at + 2] == "-" and at + 2 < len(text):
            found += [chr(n) for n in range(ord(text[at]), ord(text[at + 2]) + 1)]
            at += 3
        else:
            found.append(text[at])
            at += 1
    return found


def _cut(process: Process, found: options.Options) -> int:
    spec = found.last("f") or found.last("c")
    if not re.fullmatch(r"(\d+(-\d*)?|-\d+)(,(\d+(-\d*)?|-\d+))*", spec):
        return process.complain("cut: you must specify a list of bytes, characters, or fields" if not spec else
                                f"cut: invalid list '{spec}'")  # fmt: skip
    text, code = process.input(found.operands)
    separator = found.last("d", "\t")
    for row in lines(text):
        if "c" in found:
            process.line("".join(row[i] for i in _spots(spec, len(row))))
        elif separator in row:
            pieces = row.split(separator)
            process.line(separator.join(pieces[i] for i in _spots(spec, len(pieces))))
        elif "s" not in found:
            process.line(row)
    return code


def _spots(spec: str, size: int) -> list[int]:
    chosen: dict[int, None] = {}
    for piece in spec.split(","):
        low, dash, high = piece.partition("-")
        last = int(high) if high else size if dash else int(low)
        chosen |= dict.fromkeys(range(int(low or 1) - 1, min(last, size)))
    return sorted(chosen)


def _seq(process: Process, found: options.Options) -> int:
    words = found.operands
    if not 1 <= len(words) <= 3 or not all(re.fullmatch(r"-?\d+", word) for word in words):
        return process.complain(f"seq: invalid number '{' '.join(words)}'" if words else "seq: missing operand")
    numbers = [int(word) for word in words]
    first, step, last = (1, 1, numbers[0]) if len(numbers) == 1 else (
        (numbers[0], 1, numbers[1]) if len(numbers) == 2 else (numbers[0], numbers[1], numbers[2])
    )  # fmt: skip
    if step == 0:
        return process.complain("seq: increment must not be 0")
    values = list(range(first, last + (1 if step > 0 else -1), step))[:1_000_000]
    width = max((len(str(v)) for v in values), default=0) if "w" in found else 0
    if values:
        process.write(found.last("s", "\n").join(str(v).zfill(width) for v in values) + "\n")
    return 0


def _xargs(process: Process) -> int:
    try:
        found = options.parse(process.args, "n:I:rt", stop=True)
    except (options.Unknown, options.Missing) as problem:
        return process.unsupported(f"option {problem}")
    command = found.operands or ["echo"]
    words = lines(process.stdin) if "I" in found else process.stdin.split()
    if "I" in found:
        calls = [[part.replace(found.last("I"), word) for part in command] for word in words]
    else:
        size = int(found.last("n")) if found.last("n").isdigit() else max(1, len(words))
        calls = [[*command, *words[at : at + size]] for at in range(0, len(words), size)] or [command]
    code = 0
    for argv in calls:
        if not process.session.has(argv[0]):
            return process.complain(f"xargs: {argv[0]}: No such file or directory", 127)
        if process.session.run(argv, "", process.out, process.err, process.env):
            code = 123
    return code


def _yes(process: Process, found: options.Options) -> int:
    process.write((" ".join(found.operands) or "y").join([""] + ["\n"] * 10_000))
    return 0


PROGRAMS: dict[str, Program] = {
    "cat": _with("nu", _cat),
    "tee": _with("a", _tee),
    "head": _numbered(_with("n:c:q", _head, {"lines": "n", "bytes": "c"})),
    "tail": _numbered(_with("n:c:qfF", _tail, {"lines": "n", "bytes": "c"})),
    "wc": _with("lwc", _wc, {"lines": "l", "words": "w", "bytes": "c"}),
    "sort": _with("nrufsk:t:b", _sort, {"numeric-sort": "n", "reverse": "r", "unique": "u", "key": "k"}),
    "uniq": _with("cdui", _uniq, {"count": "c", "repeated": "d", "unique": "u"}),
    "tr": _with("dsc", _tr),
    "cut": _with("d:f:c:s", _cut, {"delimiter": "d", "fields": "f", "characters": "c"}),
    "seq": _with("ws:", _seq),
    "xargs": _xargs,
    "yes": _with("", _yes),
}
