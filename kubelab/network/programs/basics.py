"""What scripts are made of: echo, printf, test, expr, true and false, basename and dirname.

Stands for the versions that shells have built in (busybox' and dash's, as far as they agree).
"""

import posixpath
import re
from collections.abc import Callable

from kubelab.network import arithmetic
from kubelab.network.session import Process


def _echo(process: Process) -> int:
    words, newline, escapes = list(process.args), True, False
    while words and re.fullmatch(r"-[neE]+", words[0]):
        flags = words.pop(0)
        newline, escapes = newline and "n" not in flags, "e" in flags or (escapes and "E" not in flags)
    text = " ".join(words)
    process.write((unescaped(text) if escapes else text) + ("\n" if newline else ""))
    return 0


ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\033"}
ESCAPES |= {c: c for c in '"\\'}


def unescaped(text: str) -> str:
    """`\\n` and its like as the characters that they stand for."""

    def one(found: "re.Match[str]") -> str:
        if found[1][0] in "01234567":
            return chr(int(found[1], 8) % 256)
        return ESCAPES.get(found[1], found[0])

    return re.sub(r"\\([0-7]{1,3}|.)", one, text)


def formatted(form: str, values: list[str]) -> str:
    """printf's text; the form is used again while there are values left."""
    out, rest, first = "", list(values), True
    while first or rest:
        first = False
        before = len(rest)

        def one(found: "re.Match[str]") -> str:
            if found[0] == "%%":
                return "%"
            kind = found[2]
            value = rest.pop(0) if rest else ""
            if kind in "di":
                return f"%{found[1]}d" % (int(value) if re.fullmatch(r"[-+]?\d+", value) else 0)
            if kind in "fge":
                return f"%{found[1]}{kind}" % (float(value) if re.fullmatch(r"[-+]?\d*\.?\d+", value) else 0.0)
            if kind in "xXo":
                return f"%{found[1]}{kind}" % (int(value) if value.isdigit() else 0)
            if kind == "c":
                return value[:1]
            return f"%{found[1]}s" % (unescaped(value) if kind == "b" else value)

        out += re.sub(r"%(?:%|([-+ 0]*\d{0,4}(?:\.\d{1,4})?)([a-zA-Z]))", one, unescaped(form))
        if len(rest) == before:
            break
    return out


def _printf(process: Process) -> int:
    if not process.args:
        return process.complain("printf: usage: printf FORMAT [ARGUMENT...]", 2)
    process.write(formatted(process.args[0], process.args[1:]))
    return 0


def _test(process: Process) -> int:
    words = list(process.args)
    if process.name == "[" and (not words or words.pop() != "]"):
        return process.complain("sh: missing ]" if process.busybox else "[: missing ]", 2)
    try:
        return int(not _true(process, words))
    except ValueError as problem:
        return process.complain(f"sh: {problem}", 2)


def _true(process: Process, words: list[str]) -> bool:
    for operator in ("-o", "-a"):
        if operator in words[1:-1]:
            at = words.index(operator, 1)
            left, right = _true(process, words[:at]), _true(process, words[at + 1 :])
            return (left or right) if operator == "-o" else (left and right)
    if words[:1] == ["!"]:
        return not _true(process, words[1:])
    if len(words) < 2:
        return bool(words and words[0])
    if len(words) == 2:
        return _unary(process, *words)
    if len(words) == 3:
        return _binary(*words)
    raise ValueError(f"{words[0]}: unknown operand")


def _unary(process: Process, operator: str, operand: str) -> bool:
    files, path = process.session.files, process.path(operand)
    if operator == "-z":
        return not operand
    if operator == "-n":
        return bool(operand)
    if operator == "-d":
        return files.is_folder(path)
    if operator in ("-f", "-s", "-r", "-w", "-x", "-e"):
        text = files.read(path)
        if operator == "-s":
            return bool(text)
        return text is not None or (operator != "-f" and files.is_folder(path))
    raise ValueError(f"{operator}: unknown operand")


def _binary(left: str, operator: str, right: str) -> bool:
    texts: dict[str, Callable[[str, str], bool]] = {"=": str.__eq__, "==": str.__eq__, "!=": str.__ne__}
    if operator in texts:
        return texts[operator](left, right)
    numbers: dict[str, Callable[[int, int], bool]] = {
        "-eq": lambda a, b: a == b,
        "-ne": lambda a, b: a != b,
        "-lt": lambda a, b: a < b,
        "-le": lambda a, b: a <= b,
        "-gt": lambda a, b: a > b,
        "-ge": lambda a, b: a >= b,
    }
    if operator not in numbers:
        raise ValueError(f"{operator}: unknown operand")
    for value in (left, right):
        if not re.fullmatch(r"\s*[-+]?\d+\s*", value):
            raise ValueError(f"{value}: bad number")
    return numbers[operator](int(left), int(right))


def _basename(process: Process) -> int:
    if not process.args:
        return process.complain(f"{process.name}: missing operand")
    path = process.args[0].rstrip("/") or "/"
    name = posixpath.basename(path) or "/"
    if process.name == "dirname":
        process.line(posixpath.dirname(path) or ".")
    else:
        process.line(name.removesuffix(process.args[1]) if len(process.args) > 1 else name)
    return 0


def _expr(process: Process) -> int:
    try:
        value = arithmetic.evaluate(" ".join(process.args), lambda name: "0")
    except arithmetic.Problem:
        return process.complain("expr: syntax error", 2)
    process.line(str(value))
    return int(value == 0)


def _constant(code: int) -> Callable[[Process], int]:
    return lambda process: code


PROGRAMS: dict[str, Callable[[Process], int]] = {
    "echo": _echo,
    "printf": _printf,
    "test": _test,
    "[": _test,
    "true": _constant(0),
    "false": _constant(1),
    "expr": _expr,
    "basename": _basename,
    "dirname": _basename,
}
