"""Text filters: cat, head, tail, wc, sort, uniq, tr, cut, seq, and xargs that makes arguments of what they leave.

Stands for busybox' and GNU's versions as far as both agree. An option that is not here is refused by name.
"""

import itertools
import re
from collections.abc import Callable, Iterable

from kubelab.network.programs.options import Options, Program, program
from kubelab.network.session import Forever, Process


def lines(text: str) -> list[str]:
    """The lines of a text, without their ends."""
    found = text.split("\n")
    return found[:-1] if found[-1] == "" else found


def _write(process: Process, rows: Iterable[str]) -> None:
    process.write("".join(row + "\n" for row in rows))


def _cat(process: Process, found: Options) -> int:
    text, code = process.input(found.operands)
    process.write(text)
    return code


def _head(process: Process, found: Options) -> int:
    return _ends(process, found, lambda rows, count: rows[:count])


def _tail(process: Process, found: Options) -> int:
    if "f" in found or "F" in found:
        raise Forever
    if found.last("n").startswith("+"):
        return _ends(process, found, lambda rows, count: rows[max(0, count - 1) :])
    return _ends(process, found, lambda rows, count: rows[len(rows) - min(abs(count), len(rows)) :])


def _ends(process: Process, found: Options, cut: Callable[[list[str], int], list[str]]) -> int:
    """The lines at one end: `-n 5`, or `-5`."""
    count = found.last("n") or "".join(letter for letter, _ in found.given if letter.isdigit()) or "10"
    if not re.fullmatch(r"[-+]?[0-9]{1,9}", count):
        return process.complain(f"{process.name}: invalid number '{count}'")
    text, code = process.input(found.operands)
    _write(process, cut(lines(text), int(count)))
    return code


def _wc(process: Process, found: Options) -> int:
    if len(found.operands) > 1:
        return process.unsupported("counts of several files")
    text, code = process.input(found.operands)
    counts = {"l": text.count("\n"), "w": len(text.split()), "c": len(text.encode())}
    values = [str(counts[letter]) for letter in "lwc" if letter in found or not found.given]
    if len(values) > 1 and not found.operands:
        width = 10 if process.busybox else 7
        process.line(("" if process.busybox else " ").join(f"{value:>{width}}" for value in values))
    else:
        process.line(" ".join(values + found.operands[:1]))
    return code


def _number(text: str) -> float:
    found = re.match(r"\s*-?\d+(\.\d+)?", text)
    return float(found[0]) if found else 0.0


def _sort(process: Process, found: Options) -> int:
    if len(found.all("k")) > 1:
        return process.unsupported("second key")
    text, code = process.input(found.operands)
    key = re.fullmatch(r"([1-9]\d?)(?:,(\d{1,2}))?([nr]*)", found.last("k", "1"))
    if key is None:
        return process.unsupported(f"key '{found.last('k')}'")
    flags = key[3] + "".join(letter for letter, _ in found.given)
    columns = slice(int(key[1]) - 1, int(key[2]) if key[2] else None)

    def by(row: str) -> tuple[float, str]:
        wanted = " ".join(row.split()[columns]) if "k" in found else row
        return (_number(wanted), "") if "n" in flags else (0.0, wanted)

    rows = sorted(lines(text), key=lambda row: (by(row), row), reverse="r" in flags)
    if "u" in flags:
        rows = [next(same) for _, same in itertools.groupby(rows, by)]
    _write(process, rows)
    return code


def _uniq(process: Process, found: Options) -> int:
    text, code = process.input(found.operands[:1])
    for row, same in itertools.groupby(lines(text)):
        process.line(f"{len(list(same)):>7} {row}" if "c" in found else row)
    return code


def _tr(process: Process, found: Options) -> int:
    sets = [_set(text) for text in found.operands]
    if not sets or (len(sets) < 2 and not found.given):
        return process.complain("tr: missing operand")
    first, text = sets[0], process.stdin
    if "d" in found:
        text = "".join(char for char in text if char not in first)
    elif len(sets) > 1:
        second = sets[1] or [""]
        table = {char: second[min(at, len(second) - 1)] for at, char in enumerate(first)}
        text = "".join(table.get(char, char) for char in text)
    if "s" in found:
        text = re.sub(r"(.)\1+", lambda m: m[1] if m[1] in sets[-1] else m[0], text, flags=re.S)
    process.write(text)
    return 0


CLASSES = {"upper": "A-Z", "lower": "a-z", "digit": "0-9", "space": " \t\n\r", "alpha": "A-Za-z", "alnum": "A-Za-z0-9"}


def with_classes(text: str) -> str:
    """`[:digit:]` and its like as the characters that they stand for."""
    return re.sub(r"\[:(\w+):\]", lambda m: CLASSES.get(m[1], m[0]), text)


def _set(text: str) -> list[str]:
    """The characters of a `tr` set, its ranges written out."""
    text = re.sub(r"\\([ntr\\])", lambda m: {"n": "\n", "t": "\t", "r": "\r"}.get(m[1], m[1]), with_classes(text))
    pieces = re.findall(r"(.)-(.)|(.)", text, re.S)
    return [chr(n) for low, high, one in pieces for n in range(ord(low or one), ord(high or one) + 1)]


def _cut(process: Process, found: Options) -> int:
    spec = found.last("f") or found.last("c")
    if not re.fullmatch(r"(\d{1,9}(-\d{0,9})?|-\d{1,9})(,(\d{1,9}(-\d{0,9})?|-\d{1,9}))*", spec):
        return process.complain("cut: you must specify a list of bytes, characters, or fields" if not spec else
                                f"cut: invalid list '{spec}'")  # fmt: skip
    text, code = process.input(found.operands)
    separator = "" if "c" in found else found.last("d", "\t") or "\t"
    for row in lines(text):
        pieces = row.split(separator) if separator else list(row)
        whole = separator != "" and len(pieces) == 1
        process.line(row if whole else separator.join(pieces[i] for i in _spots(spec, len(pieces))))
    return code


def _spots(spec: str, size: int) -> list[int]:
    chosen: dict[int, None] = {}
    for piece in spec.split(","):
        low, dash, high = piece.partition("-")
        last = int(high) if high else size if dash else int(low)
        chosen |= dict.fromkeys(range(int(low or 1) - 1, min(last, size)))
    return sorted(chosen)


def _seq(process: Process) -> int:
    words = process.args
    if not 1 <= len(words) <= 3 or not all(re.fullmatch(r"-?\d{1,9}", word) for word in words):
        return process.complain(f"seq: invalid number '{' '.join(words)}'" if words else "seq: missing operand")
    first = int(words[0]) if len(words) > 1 else 1
    step = int(words[1]) if len(words) > 2 else 1
    if step == 0:
        return process.complain("seq: increment must not be 0")
    _write(process, map(str, range(first, int(words[-1]) + (1 if step > 0 else -1), step)[:1_000_000]))
    return 0


def _xargs(process: Process, found: Options) -> int:
    command = found.operands or ["echo"]
    words = lines(process.stdin) if "I" in found else process.stdin.split()
    if "I" in found:
        calls = [[part.replace(found.last("I"), word) for part in command] for word in words]
    else:
        size = int(found.last("n")) if re.fullmatch(r"[1-9]\d{0,8}", found.last("n")) else len(words) or 1
        calls = [[*command, *words[at : at + size]] for at in range(0, len(words), size)]
        calls = calls or ([] if "r" in found else [command])
    code = 0
    for argv in calls:
        if not process.session.has(argv[0]):
            return process.complain(f"xargs: {argv[0]}: No such file or directory", 127)
        if process.session.run(argv, "", process.out, process.err, process.env):
            code = 123
    return code


PROGRAMS: dict[str, Program] = {
    "cat": program("", _cat),
    "head": program("n:0123456789", _head),
    "tail": program("n:0123456789fF", _tail),
    "wc": program("lwc", _wc),
    "sort": program("nruk:", _sort),
    "uniq": program("c", _uniq),
    "tr": program("ds", _tr),
    "cut": program("d:f:c:", _cut),
    "seq": _seq,
    "xargs": program("n:I:r", _xargs, stop=True),
}
