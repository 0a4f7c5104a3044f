"""Command line options, taken apart as getopt does; each program words its own refusals."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kubelab.network.session import Process

Program = Callable[[Process], int]


class Unknown(Exception):
    """An option that the program does not have."""


class Missing(Exception):
    """An option without the argument that it needs."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options by their short letters (or long names), in the order given, and the operands."""

    given: list[tuple[str, str]] = field(default_factory=list)
    operands: list[str] = field(default_factory=list)

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.given)

    def last(self, name: str, default: str = "") -> str:
        """The option's last argument."""
        return next((value for key, value in reversed(self.given) if key == name), default)

    def all(self, name: str) -> list[str]:
        """All arguments that the option was given."""
        return [value for key, value in self.given if key == name]


def program(short: str, body: Callable[[Process, Options], int], *, stop: bool = False) -> Program:
    """A program whose options are `short`; others are refused by name."""

    def run(process: Process) -> int:
        try:
            found = parse(process.args, short, stop=stop)
        except Unknown as problem:
            return process.unsupported(f"option {problem}")
        except Missing as problem:
            return process.complain(f"{process.name}: option requires an argument -- '{str(problem).lstrip('-')}'", 2)
        return body(process, found)

    return run


def parse(args: list[str], short: str, long: Mapping[str, str] | None = None, *, stop: bool = False) -> Options:
    """Sort `args`: `short` as for getopt (`sm:`), `long` from names to letters; `stop` at the first operand."""
    takes = {letter: short[at + 1 : at + 2] == ":" for at, letter in enumerate(short) if letter != ":"}
    long = long or {}
    options, rest = Options(), list(args)
    while rest:
        word = rest.pop(0)
        if word == "--":
            options.operands.extend(rest)
            break
        if word.startswith("--"):
            _long(word, rest, options, takes, long)
        elif word.startswith("-") and len(word) > 1:
            _short(word, rest, options, takes)
        else:
            options.operands.append(word)
            if stop:
                options.operands.extend(rest)
                break
    return options


def _long(word: str, rest: list[str], options: Options, takes: Mapping[str, bool], long: Mapping[str, str]) -> None:
    name, mark, value = word[2:].partition("=")
    if name not in long:
        raise Unknown(word)
    letter = long[name]
    if takes.get(letter):
        if not mark:
            if not rest:
                raise Missing(word)
            value = rest.pop(0)
    elif mark:
        raise Unknown(word)
    options.given.append((letter, value))


def _short(word: str, rest: list[str], options: Options, takes: Mapping[str, bool]) -> None:
    for at, letter in enumerate(word[1:], 1):
        if letter not in takes:
            raise Unknown(word if len(word) == 2 else f"-{letter}")
        if not takes[letter]:
            options.given.append((letter, ""))
            continue
        value = word[at + 1 :]
        if not value:
            if not rest:
                raise Missing(f"-{letter}")
            value = rest.pop(0)
        options.given.append((letter, value))
        return
