"""The shell's grammar: tokens to commands. What is not known is refused by name, with the shell's own word.

Stands for POSIX sh's grammar without `case`, functions, background jobs and here-documents; bash's `{1..9}` if asked
for.
"""

import re
from collections.abc import Callable

from kubelab.network.lexer import MAX_DEPTH, NAME, Lexer, SyntaxProblem, Token
from kubelab.network.tree import (
    Command,
    For,
    Group,
    If,
    Literal,
    Pipeline,
    Redirect,
    Sequence,
    Simple,
    While,
    Word,
)

RESERVED = "if then elif else fi for in do done while until case esac { } !".split()  # noqa: SIM905
REFUSED = {"case": "has no case", "&": "runs nothing in the background (&)", "<<": "has no here-documents (<<)"}
ENDLESS = {False: (["true"], [":"], ["[", "1", "]"]), True: (["false"],)}


def parse(text: str, *, brace_ranges: bool = False, depth: int = 0) -> Sequence:
    """Read a whole script."""
    if depth > MAX_DEPTH:
        raise SyntaxProblem("kubelab's shell does not nest that deep", own=True)

    def inner(inside: str) -> Sequence:
        return parse(inside, brace_ranges=brace_ranges, depth=depth + 1)

    return _Parser(Lexer(text, inner).tokens(brace_ranges)).script()


class _Parser:
    """Puts tokens together."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.at = tokens, 0

    @property
    def here(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    @property
    def sign(self) -> str:
        """The operator or reserved word that stands here, "" if it is another word or the end."""
        token = self.here
        if token is None or token.operator:
            return token.operator if token else ""
        reserved = token.raw in RESERVED and all(isinstance(part, Literal) and not part.quoted for part in token.word)
        return token.raw if reserved else ""

    def accept(self, *signs: str) -> str:
        """Go on if one of these signs stands here; which."""
        found = self.sign if self.sign in signs else ""
        self.at += bool(found)
        return found

    def expect(self, sign: str) -> None:
        if not self.accept(sign):
            raise self.unexpected(sign)

    def newlines(self) -> None:
        while self.accept("\n"):
            pass

    def unexpected(self, wanted: str = "") -> SyntaxProblem:
        token = self.here
        if self.sign in REFUSED:
            return SyntaxProblem(f"kubelab's shell {REFUSED[self.sign]}", own=True)
        more = f' (expecting "{wanted}")' if wanted else ""
        if token is None:
            return SyntaxProblem(f"unexpected end of file{more}")
        shown = "newline" if token.operator == "\n" else f'"{token.operator or token.raw}"'
        return SyntaxProblem(f"unexpected {shown}{more}")

    # ---- lists and pipes

    def script(self) -> Sequence:
        found = self.list_until()
        if self.here is not None:
            raise self.unexpected()
        return found

    def list_until(self, *stops: str) -> Sequence:
        """Commands up to one of these signs, or to the end."""
        parts: list[Pipeline] = []
        joined = ";"
        self.newlines()
        while joined != ";" or (self.here is not None and self.sign not in stops):
            parts.append(self.pipeline(joined))
            joined = self.accept("&&", "||") or ";"
            if joined == ";" and not self.accept(";", "\n") and self.here is not None and self.sign not in stops:
                raise self.unexpected()
            self.newlines()
        return Sequence(parts)

    def body(self, *stops: str) -> Sequence:
        found = self.list_until(*stops)
        if not found.parts or self.here is None:
            raise self.unexpected(stops[0] if self.here is None else "")
        return found

    def pipeline(self, joined: str) -> Pipeline:
        negated = False
        while self.accept("!"):
            negated = not negated
        parts = [self.command()]
        while self.accept("|"):
            self.newlines()
            parts.append(self.command())
        return Pipeline(parts, negated, joined)

    # ---- commands

    def command(self) -> Command:
        readers: dict[str, Callable[[], Command]] = {
            "if": self.if_, "for": self.for_, "while": self.while_, "until": self.while_, "{": self.braces,
            "(": self.brackets,
        }  # fmt: skip
        if self.sign not in readers:
            return self.simple()
        command = readers[self.sign]()
        redirects = self.redirects()
        return Group(command, False, redirects) if redirects else command

    def braces(self) -> Sequence:
        self.expect("{")
        body = self.body("}")
        self.expect("}")
        return body

    def brackets(self) -> Group:
        self.expect("(")
        body = self.body(")")
        self.expect(")")
        return Group(body, True, [])

    def if_(self) -> If:
        branches: list[tuple[Sequence, Sequence]] = []
        while self.accept("if", "elif"):
            condition = self.body("then")
            self.expect("then")
            branches.append((condition, self.body("elif", "else", "fi")))
        otherwise = self.body("fi") if self.accept("else") else None
        self.expect("fi")
        return If(branches, otherwise)

    def for_(self) -> For:
        self.expect("for")
        token = self.here
        if token is None or not NAME.fullmatch(token.raw):
            raise SyntaxProblem("bad for loop variable" if token else 'unexpected end of file (expecting "do")')
        self.at += 1
        if self.sign in (";", "\n", "do"):
            raise SyntaxProblem("kubelab's shell has no arguments to loop over", own=True)
        self.expect("in")
        words: list[Word] = []
        while self.here is not None and not self.here.operator:
            words.append(self.here.word)
            self.at += 1
        if self.here is None:
            raise self.unexpected()
        self.accept(";")
        self.newlines()
        self.expect("do")
        body = self.body("done")
        self.expect("done")
        return For(token.raw, words, body)

    def while_(self) -> While:
        until, start = self.accept("while", "until") == "until", self.at
        condition = self.body("do")
        always = [t.raw for t in self.tokens[start : self.at] if not t.operator] in ENDLESS[until]
        self.expect("do")
        body = self.body("done")
        leaves = any(t.raw in ("break", "exit", "exec") for t in self.tokens[start : self.at])
        self.expect("done")
        return While(condition, body, until, always and not leaves)

    def simple(self) -> Simple:
        command = Simple()
        if self.sign in RESERVED and self.sign != "in":
            raise self.unexpected()
        while self.here is not None:
            token = self.here
            command.redirects += self.redirects()
            if token is not self.here:
                continue
            if token.operator:
                break
            assigned = re.match(r"([A-Za-z_]\w*)=", token.raw)
            if assigned and not command.words:
                command.assignments.append((assigned[1], _without(token.word, len(assigned[0]))))
            else:
                command.words.append(token.word)
            self.at += 1
        if self.sign == "(" and len(command.words) == 1:
            raise SyntaxProblem("kubelab's shell has no functions", own=True)
        if not (command.words or command.assignments or command.redirects):
            raise self.unexpected()
        return command

    def redirects(self) -> list[Redirect]:
        found: list[Redirect] = []
        while token := self.here:
            operator = self.accept("<", ">", ">>", ">&", "&>")
            if not operator:
                break
            target = self.here
            if target is None or target.operator:
                raise self.unexpected()
            self.at += 1
            fd = token.fd if token.fd is not None else int(operator != "<")
            if operator == ">&" and target.raw in ("1", "2"):
                found.append(Redirect(fd, "dup", target.word))
            elif operator in (">&", "&>"):
                found.append(Redirect(-1, ">", target.word))
            else:
                found.append(Redirect(fd, operator, target.word))
        return found


def _without(word: Word, length: int) -> Word:
    """A word without its first characters, which are plain."""
    first = word[0]
    assert isinstance(first, Literal)
    rest = first.text[length:]
    return ((Literal(rest),) if rest else ()) + word[1:]
