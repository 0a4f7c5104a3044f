"""What scripts are made of: echo, printf, test, true and false.

Stands for the versions that shells have built in (busybox' and dash's, as far as they agree).
"""

import re
from collections.abc import Callable

from kubelab.network.programs.options import Program
from kubelab.network.session import Process


def _echo(process: Process) -> int:
    words, newline, escapes = list(process.args), True, False
    while words and re.fullmatch(r"-[neE]+", words[0]):
        flags = words.pop(0)
        newline, escapes = newline and "n" not in flags, "e" in flags or (escapes and "E" not in flags)
    text = " ".join(words)
    process.write((unescaped(text) if escapes else text) + ("\n" if newline else ""))
    return 0


ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "e": "\033", '"': '"', "\\": "\\"}


def unescaped(text: str) -> str:
    """`\\n` and its like as the characters that they stand for."""
    return re.sub(r"\\(.)", lambda m: ESCAPES.get(m[1], m[0]), text)


_PLACE = re.compile(r"%(?:%|([-0]*\d{0,4}(?:\.\d{1,4})?)(.))", re.S)
_NUMBERS = {"d": r"[-+]?\d{1,18}", "f": r"[-+]?\d{0,18}\.?\d{1,18}"}


def _printf(process: Process) -> int:
    if not process.args:
        return process.complain("printf: usage: printf FORMAT [ARGUMENT...]", 2)
    form, rest = unescaped(process.args[0]), process.args[1:]
    unknown = [found[0] for found in _PLACE.finditer(form) if found[2] and found[2] not in "sdf"]
    if unknown:
        return process.unsupported(unknown[0])

    wrong: list[str] = []

    def filled(found: "re.Match[str]") -> str:
        if found[0] == "%%":
            return "%"
        value: str | int | float = rest.pop(0) if rest else ""
        if found[2] in _NUMBERS:
            convert = int if found[2] == "d" else float
            good = re.fullmatch(_NUMBERS[found[2]], str(value))
            wrong.extend([] if good or not value else [str(value)])
            value = convert(value) if good else 0
        return f"%{found[1]}{found[2]}" % value

    while True:  # the form is used again while there are values left
        before = len(rest)
        process.write(_PLACE.sub(filled, form))
        if not rest or len(rest) == before:
            break
    for value in wrong:
        said = f"invalid number '{value}'" if process.busybox else f"'{value}': invalid number"
        process.complain(f"printf: {said}")
    return int(bool(wrong))


def _test(process: Process) -> int:
    words = list(process.args)
    if process.name == "[" and (not words or words.pop() != "]"):
        return process.complain("sh: missing ]" if process.busybox else "[: missing ]", 2)
    try:
        return int(not _true(process, words))
    except ValueError as problem:
        return process.complain(f"sh: {problem}", 2)


def _true(process: Process, words: list[str]) -> bool:
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
    if operator in ("-z", "-n"):
        return bool(operand) == (operator == "-n")
    path = process.path(operand)
    text, is_folder = process.session.files.read(path), process.session.files.is_folder(path)
    answers = {"-d": is_folder, "-f": text is not None, "-s": bool(text), "-e": is_folder or text is not None}
    if operator not in answers:
        raise ValueError(f"{operator}: unknown operand")
    return answers[operator]


def _binary(left: str, operator: str, right: str) -> bool:
    if operator in ("=", "==", "!="):
        return (left == right) == (operator != "!=")
    numbers: dict[str, Callable[[int, int], bool]] = {
        "-eq": int.__eq__, "-ne": int.__ne__, "-lt": int.__lt__, "-le": int.__le__, "-gt": int.__gt__,
        "-ge": int.__ge__,
    }  # fmt: skip
    if operator not in numbers:
        raise ValueError(f"{operator}: unknown operand")
    for value in (left, right):
        if not re.fullmatch(r"\s*[-+]?\d{1,18}\s*", value):
            raise ValueError(f"{value}: bad number")
    return numbers[operator](int(left), int(right))


PROGRAMS: dict[str, Program] = {
    "echo": _echo,
    "printf": _printf,
    "test": _test,
    "[": _test,
    "true": lambda process: 0,
    "false": lambda process: 1,
}
