"""Command line options, taken apart as getopt does; each program words its own refusals."""

import getopt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kubelab.network.session import Process

Program = Callable[[Process], int]


class Unknown(Exception):
    """An option that the program does not have."""


class Missing(Exception):
    """An option without the argument that it needs."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options by their short letters (or long names), in the order given, and the operands."""

    given: list[tuple[str, str]]
    operands: list[str]

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
    letters = long or {}
    names = [name + "=" * (f"{letter}:" in short) for name, letter in letters.items()]
    read = getopt.getopt if stop else getopt.gnu_getopt
    try:
        found, operands = read(args, short, names)
    except getopt.GetoptError as problem:
        option = ("-" if len(problem.opt) == 1 else "--") + problem.opt
        raise (Missing if "requires" in problem.msg else Unknown)(option) from None
    return Options([(letters.get(name[2:], name[1:]), value) for name, value in found], list(operands))
