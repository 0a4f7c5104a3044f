"""Reading a go-template into parts: the other half is `gotemplate`.

Stands for Go's text/template/parse. What is not here is refused by name: `define`, `template` and `block`, and the
functions of `gofuncs.ELSEWHERE`.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from kubelab.printers import gofuncs, gotext, pathparse

# ---- what a template is made of


@dataclass(slots=True)
class Operand:
    """A value in a command: `const`, `nil`, `dot`, `var`, `func` or `pipe` (in parentheses); then its fields."""

    kind: str
    value: Any
    text: str
    pos: int
    fields: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Command:
    """Operands side by side: a function and its arguments, or one value."""

    operands: list[Operand]

    @property
    def text(self) -> str:
        """The command as Go shows it in errors."""
        return " ".join(operand.text for operand in self.operands)


@dataclass(slots=True)
class Pipe:
    """Commands, each given to the next; `$a, $b :=` before them declares (or `=` assigns)."""

    variables: list[str]
    declares: bool
    commands: list[Command]


@dataclass(slots=True)
class Part:
    """`text`, `print`, `if`, `with`, `range`, `break` or `continue`."""

    kind: str
    text: str = ""
    pipe: Pipe | None = None
    then: list["Part"] = field(default_factory=list)
    other: list["Part"] = field(default_factory=list)


# ---- reading

_ACTION = re.compile(r"\{\{(-\s+)?(/\*.*?\*/)?", re.DOTALL)
_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<string>"(?:\\.|[^"\\\n])*")|(?P<raw>`[^`]*`)|(?P<char>'(?:\\.[^']*|[^'\\])')"""
    r"""|(?P<number>[-+]?(?:0[xX][0-9a-fA-F]+|\d[\d_]*\.?\d*(?:[eE][-+]?\d+)?|\.\d+))|(?P<field>\.\w+)|(?P<dot>\.)"""
    r"""|(?P<var>\$\w*)|(?P<word>\w+)|(?P<sign>:=|=|\||,|\(|\))"""
)
_BLOCKS = ("if", "with", "range")
_REFUSED = ("define", "template", "block")


def parse(text: str) -> list[Part]:
    """The parts of a template; PrintError with Go's words if it cannot be read."""
    return _Parser(text).parts()[0]


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.ranges = 0
        self.known = ["$"]
        self.tokens: list[tuple[str, str, int]] = []

    def problem(self, words: str) -> gotext.PrintError:
        line = self.text.count("\n", 0, self.at) + 1
        return gotext.PrintError(f"template: output:{line}: {words}")

    def parts(self, *, inside: bool = False) -> tuple[list[Part], str]:
        """Parts up to the end, or inside a block up to its `end` or `else` (which is told)."""
        found: list[Part] = []
        scope = len(self.known)
        while True:
            self.literal(found)
            if self.at >= len(self.text):
                if inside:
                    raise self.problem("unexpected EOF")
                return found, ""
            self.action()
            word = self.tokens[0][1] if self.tokens and self.tokens[0][0] == "word" else ""
            if word in ("end", "else"):
                if not inside:
                    raise self.problem(f"unexpected {{{{{word}}}}}")
                del self.known[scope:]
                return found, word
            found += self.part(word)

    def literal(self, found: list[Part]) -> None:
        start = self.text.find("{{", self.at)
        end = len(self.text) if start < 0 else start
        text = self.text[self.at : end]
        if self.text[end : end + 3] == "{{-" and self.text[end + 3 : end + 4].isspace():
            text = text.rstrip(" \t\r\n")
        if text:
            found.append(Part("text", text))
        self.at = end

    def action(self) -> None:
        """The tokens of one action; a comment has none."""
        head = _ACTION.match(self.text, self.at)
        assert head is not None
        self.at = head.end()
        self.tokens = []
        while not self.closed():
            match = _TOKEN.match(self.text, self.at)
            if match is None:
                self.bad()
            elif match.lastgroup != "space":
                self.tokens.append((match.lastgroup or "", match[0], self.at))
            self.at = match.end() if match else self.at
        if head[2] and not self.tokens:
            self.tokens = [("comment", "", self.at)]

    def closed(self) -> bool:
        """Whether the action ends here (and then goes behind it)."""
        trim = re.compile(r"\s-\}\}\s*").match(self.text, self.at)
        end = trim or re.compile(r"\}\}").match(self.text, self.at)
        if end:
            self.at = end.end()
        return end is not None

    def bad(self) -> None:
        letter = self.text[self.at : self.at + 1]
        if letter == '"':
            raise self.problem("unterminated quoted string")
        if letter == "":
            raise self.problem("unclosed action")
        if letter == "{":
            raise self.problem('unexpected "{" in command')
        raise self.problem(f"bad character U+{ord(letter):04X} '{letter}'")

    def part(self, word: str) -> list[Part]:
        if self.tokens and self.tokens[0][0] == "comment":
            return []
        if word in _REFUSED:
            raise self.problem(f"{{{{{word}}}}} is known to kubectl, not to kubelab")
        if word in ("break", "continue"):
            if not self.ranges:
                raise self.problem(f"{{{{{word}}}}} outside {{{{range}}}}")
            return [Part(word)]
        if word in _BLOCKS:
            return [self.block(self.tokens.pop(0)[1])]
        return [Part("print", pipe=self.whole("command"))]

    def whole(self, context: str) -> Pipe:
        """A pipe that is all of an action."""
        pipe = self.pipe(context)
        if self.tokens:
            raise self.problem("unexpected right paren")
        return pipe

    def block(self, kind: str) -> Part:
        scope = len(self.known)
        part = Part(kind, pipe=self.whole(kind))
        self.ranges += kind == "range"
        part.then, ended = self.parts(inside=True)
        self.ranges -= kind == "range"
        if ended == "else":
            del self.tokens[0]
            if self.tokens and self.tokens[0][1] in ("if", "with"):
                part.other = [self.block(self.tokens.pop(0)[1])]
            else:
                part.other, ended = self.parts(inside=True)
                if ended == "else":
                    raise self.problem("expected end; found {{else}}")
        del self.known[scope:]
        return part

    def pipe(self, context: str) -> Pipe:
        variables, declares = self.declaration()
        commands: list[Command] = []
        operands: list[Operand] = []
        while self.tokens and self.tokens[0][1] != ")":
            if self.tokens[0][:2] != ("sign", "|"):
                operands.append(self.operand())
                continue
            if not operands:
                raise self.problem('unexpected "|" in command')
            commands.append(Command(operands))
            operands = []
            del self.tokens[0]
        if operands:
            commands.append(Command(operands))
        if not commands:
            raise self.problem(f"missing value for {context}")
        for stage, command in enumerate(commands[1:], 2):
            if command.operands[0].kind in ("const", "nil"):
                raise self.problem(f"non executable command in pipeline stage {stage}")
        self.known += variables if declares else []
        return Pipe(variables, declares, commands)

    def declaration(self) -> tuple[list[str], bool]:
        for signs in ((":=", "="), (",",)):
            if len(self.tokens) > 1 and self.tokens[0][0] == "var" and self.tokens[1][1] in signs:
                count = 1 if signs[0] == ":=" else 2
                names = [self.tokens[2 * i][1] for i in range(count)]
                sign = self.tokens[2 * count - 1][1]
                del self.tokens[: 2 * count]
                return names, sign == ":="
        return [], False

    def operand(self) -> Operand:
        kind, text, pos = self.tokens.pop(0)
        if text == "(":
            inner = self.pipe("parenthesized pipeline")
            if not self.tokens:
                raise self.problem("unclosed left paren")
            end = self.tokens.pop(0)[2] + 1
            shown = " | ".join(command.text for command in inner.commands)
            operand = Operand("pipe", inner, f"({shown})", pos)
        else:
            operand = self.single(kind, text, pos)
            end = pos + len(text)
        while self.tokens and self.tokens[0][0] == "field" and self.tokens[0][2] == end:
            _, text, pos = self.tokens.pop(0)
            end = pos + len(text)
            operand.fields.append(text[1:])
            operand.text += text
            if len(operand.fields) == (2 if kind == "field" else 1):
                operand.pos = pos
        return operand

    def single(self, kind: str, text: str, pos: int) -> Operand:
        if kind == "field":
            return Operand("dot", None, text, pos, [text[1:]])
        if kind == "var":
            if text not in self.known:
                raise self.problem(f'undefined variable "{text}"')
            return Operand("var", text, text, pos)
        if kind == "word":
            return self.word(text, pos)
        if kind == "sign":
            raise self.problem(f'unexpected "{text}" in operand')
        if kind == "dot":
            return Operand("dot", None, text, pos)
        return Operand("const", self.constant(kind, text), text, pos)

    def word(self, text: str, pos: int) -> Operand:
        if text in ("true", "false"):
            return Operand("const", text == "true", text, pos)
        if text == "nil":
            return Operand("nil", None, text, pos)
        if text in gofuncs.ELSEWHERE:
            raise self.problem(f'function "{text}" is known to kubectl, not to kubelab')
        if text not in gofuncs.FUNCTIONS and text not in gofuncs.LAZY:
            raise self.problem(f'function "{text}" not defined')
        return Operand("func", text, text, pos)

    def constant(self, kind: str, text: str) -> Any:
        if kind == "raw":
            return text[1:-1]
        if kind in ("string", "char"):
            value = pathparse.unquoted(text)
            return value if kind == "string" else ord(value)
        try:
            return int(text.replace("_", ""), 0)
        except ValueError:
            number = float(text)
        return int(number) if number.is_integer() and "." not in text else number
