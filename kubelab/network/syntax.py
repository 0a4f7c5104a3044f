"""The shell's grammar: tokens to commands. What is not known is refused by name, with the shell's own word.

Stands for POSIX sh's grammar without `case`, functions, background jobs and here-documents; bash's `{1..9}` if asked
for.
"""

import re
from collections.abc import Callable

from kubelab.network.lexer import MAX_DEPTH, NAME, Lexer, SyntaxProblem, Token
from kubelab.network.tree import (
    AndOr,
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
ENDLESS = {False: (["true"], [":"], ["[", "1", "]"]), True: (["false"],)}


def parse(text: str, *, brace_ranges: bool = False, depth: int = 0) -> list[AndOr]:
    """Read a whole script."""
    if depth > MAX_DEPTH:
        raise SyntaxProblem("kubelab's shell does not nest that deep", own=True)

    def inner(inside: str) -> Sequence:
        return Sequence(parse(inside, brace_ranges=brace_ranges, depth=depth + 1))

    parser = _Parser(Lexer(text, inner).tokens(brace_ranges))
    parts = parser.list_until(())
    parser.expect_end()
    return parts


class _Parser:
    """Puts tokens together."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.at = tokens, 0

    @property
    def here(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def keyword(self) -> str:
        """The reserved word that stands here, "" if none does."""
        token = self.here
        if token is None or token.operator or len(token.word) != 1:
            return ""
        part = token.word[0]
        plain = isinstance(part, Literal) and not part.quoted and part.text in RESERVED
        return token.raw if plain else ""

    def operator(self) -> str:
        return self.here.operator if self.here is not None else ""

    def expect(self, word: str) -> None:
        if self.keyword() != word and self.operator() != word:
            raise self.unexpected(word)
        self.at += 1

    def expect_end(self) -> None:
        if self.here is not None:
            raise self.unexpected("")

    def unexpected(self, wanted: str) -> SyntaxProblem:
        token = self.here
        more = f' (expecting "{wanted}")' if wanted else ""
        if token is None:
            return SyntaxProblem(f"unexpected end of file{more}")
        shown = "newline" if token.operator == "\n" else f'"{token.operator or token.raw}"'
        return SyntaxProblem(f"unexpected {shown}{more}")

    def newlines(self) -> None:
        while self.operator() == "\n":
            self.at += 1

    def list_until(self, stops: tuple[str, ...]) -> list[AndOr]:
        """Commands up to a reserved word or operator in `stops`, or the end."""
        parts: list[AndOr] = []
        while True:
            while self.operator() in ("\n", ";") and (parts or self.operator() == "\n"):
                self.at += 1
            if self.here is None or self.keyword() in stops or (self.operator() and self.operator() in stops):
                return parts
            parts.append(self.and_or())
            if self.operator() == "&":
                raise SyntaxProblem("kubelab's shell runs nothing in the background (&)", own=True)
            if (
                self.here is not None
                and self.operator() not in ("\n", ";")
                and not (self.keyword() in stops or self.operator() in stops)
            ):
                raise self.unexpected("")

    def body(self, *stops: str) -> Sequence:
        parts = self.list_until(stops)
        if not parts or self.here is None:
            raise self.unexpected(stops[0] if self.here is None else "")
        return Sequence(parts)

    def and_or(self) -> AndOr:
        first, rest = self.pipeline(), []
        while self.operator() in ("&&", "||"):
            operator = self.operator()
            self.at += 1
            self.newlines()
            rest.append((operator, self.pipeline()))
        return AndOr(first, rest)

    def pipeline(self) -> Pipeline:
        negated = False
        while self.keyword() == "!":
            negated = not negated
            self.at += 1
        parts = [self.command()]
        while self.operator() == "|":
            self.at += 1
            self.newlines()
            parts.append(self.command())
        return Pipeline(parts, negated)

    def command(self) -> Command:
        word = self.keyword()
        readers: dict[str, Callable[[], Command]] = {
            "if": self.if_, "for": self.for_, "while": self.while_, "until": self.while_, "{": self.braces,
        }  # fmt: skip
        if word in readers:
            return self.with_redirects(readers[word]())
        if self.operator() == "(":
            self.at += 1
            body = self.body(")")
            self.expect(")")
            return Group(body, True, self.redirects())
        if word == "case":
            raise SyntaxProblem("kubelab's shell has no case", own=True)
        if word and word != "in":
            raise self.unexpected("")
        return self.simple()

    def with_redirects(self, command: Command) -> Command:
        redirects = self.redirects()
        return Group(command, False, redirects) if redirects else command

    def braces(self) -> Command:
        self.expect("{")
        body = self.body("}")
        self.expect("}")
        return body

    def if_(self) -> If:
        branches = []
        self.expect("if")
        while True:
            condition = self.body("then")
            self.expect("then")
            branches.append((condition, self.body("elif", "else", "fi")))
            if self.keyword() != "elif":
                break
            self.at += 1
        otherwise = None
        if self.keyword() == "else":
            self.at += 1
            otherwise = self.body("fi")
        self.expect("fi")
        return If(branches, otherwise)

    def for_(self) -> For:
        self.expect("for")
        token = self.here
        if token is None or not NAME.fullmatch(token.raw):
            raise SyntaxProblem("bad for loop variable" if token else 'unexpected end of file (expecting "do")')
        self.at += 1
        self.newlines()
        words: list[Word] = []
        self.expect("in")
        while self.here is not None and not self.operator():
            words.append(self.here.word)
            self.at += 1
        if self.here is None:
            raise SyntaxProblem("unexpected end of file")
        if self.operator() == ";":
            self.at += 1
        self.newlines()
        self.expect("do")
        body = self.body("done")
        self.expect("done")
        return For(token.raw, words, body)

    def while_(self) -> While:
        until, start = self.keyword() == "until", self.at + 1
        self.at += 1
        condition = self.body("do")
        always = [t.raw for t in self.tokens[start : self.at] if not t.operator] in ENDLESS[until]
        self.expect("do")
        body = self.body("done")
        leaves = any(t.raw in ("break", "exit", "exec") for t in self.tokens[start : self.at])
        self.expect("done")
        return While(condition, body, until, always and not leaves)

    def simple(self) -> Simple:
        command = Simple()
        while self.here is not None:
            token = self.here
            if not token.operator:
                assigned = re.match(r"([A-Za-z_]\w*)=", token.raw)
                if assigned and not command.words:
                    command.assignments.append((assigned[1], _without(token.word, len(assigned[0]))))
                else:
                    command.words.append(token.word)
                self.at += 1
            elif not self._redirect(command.redirects):
                break
        if self.operator() == "(" and len(command.words) == 1:
            raise SyntaxProblem("kubelab's shell has no functions", own=True)
        if not (command.words or command.assignments or command.redirects):
            raise self.unexpected("")
        return command

    def redirects(self) -> list[Redirect]:
        found: list[Redirect] = []
        while self._redirect(found):
            pass
        return found

    def _redirect(self, found: list[Redirect]) -> bool:
        token = self.here
        if token is None or token.operator not in ("<", ">", ">>", "<<", ">&", "<&", "&>"):
            return False
        if token.operator in ("<<", "<&"):
            what = "here-documents (<<)" if token.operator == "<<" else "<&"
            raise SyntaxProblem(f"kubelab's shell has no {what}", own=True)
        self.at += 1
        target = self.here
        if target is None or target.operator:
            raise self.unexpected("")
        self.at += 1
        fd = token.fd if token.fd is not None else 0 if token.operator == "<" else 1
        if token.operator == ">&" and target.raw in ("1", "2"):
            found.append(Redirect(fd, "dup", target.word))
        elif token.operator in (">&", "&>"):
            found.append(Redirect(-1, ">", target.word))
        else:
            found.append(Redirect(fd, token.operator, target.word))
        return True


def _without(word: Word, length: int) -> Word:
    """A word without its first characters, which are plain."""
    first = word[0]
    assert isinstance(first, Literal)
    rest = first.text[length:]
    return ((Literal(rest),) if rest else ()) + word[1:]
