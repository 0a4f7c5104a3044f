"""The shell's grammar: text to commands as values. What is not known is refused by name, with the shell's own word.

Stands for POSIX sh's grammar without functions, background jobs and here-documents; bash's `{1..9}` if asked for.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

# ---- words


@dataclass(frozen=True, slots=True)
class Literal:
    """Text as it stands; `tilde` if it begins with an unquoted `~`."""

    text: str
    quoted: bool = False
    tilde: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """`$name` or `${name-word}`; the operator `length` is `${#name}`."""

    name: str
    operator: str = ""
    word: "Word" = ()
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Substitution:
    """`$(commands)`."""

    body: "Sequence"
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`$((expression))`."""

    expression: "Word"
    quoted: bool = False


Part = Literal | Variable | Substitution | Arithmetic
Word = tuple[Part, ...]

# ---- commands


@dataclass(frozen=True, slots=True)
class Redirect:
    """`fd>target`: kind is <, >, >> or dup; fd -1 means both outputs."""

    fd: int
    kind: str
    target: Word


@dataclass(slots=True)
class Simple:
    """Assignments, words and redirections."""

    assignments: list[tuple[str, Word]] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    redirects: list[Redirect] = field(default_factory=list)

    @property
    def substitutes(self) -> bool:
        """Whether an assignment runs a command, whose exit code is then the command's."""
        return any(isinstance(part, Substitution) for _, word in self.assignments for part in word)


@dataclass(slots=True)
class Sequence:
    """Commands one after the other."""

    parts: "list[AndOr]"


@dataclass(slots=True)
class Pipeline:
    """Commands, each reading what the one before wrote."""

    parts: "list[Command]"
    negated: bool = False


@dataclass(slots=True)
class AndOr:
    """Pipelines joined by && and ||."""

    first: Pipeline
    rest: list[tuple[str, Pipeline]]


@dataclass(slots=True)
class Group:
    """`{ ...; }` or `( ... )`, and any compound command with redirections."""

    body: "Command"
    subshell: bool
    redirects: list[Redirect]


@dataclass(slots=True)
class For:
    """`for name in words; do ...; done`; not `given`: over the arguments."""

    name: str
    words: list[Word]
    given: bool
    body: Sequence


@dataclass(slots=True)
class While:
    """`while` or `until`."""

    condition: Sequence
    body: Sequence
    until: bool
    endless: bool
    """Whether nothing in it can end it: `while true`, `while :`, `until false` without a `break`."""


@dataclass(slots=True)
class If:
    """`if`, its `elif`s and its `else`."""

    branches: list[tuple[Sequence, Sequence]]
    otherwise: Sequence | None


@dataclass(slots=True)
class Case:
    """`case word in pattern) ...;; esac`."""

    subject: Word
    branches: list[tuple[list[Word], Sequence]]


Command = Simple | Sequence | Pipeline | AndOr | Group | For | While | If | Case


class SyntaxProblem(ValueError):
    """What a shell says of a text that it cannot read; `own` if it is kubelab's limit and no error of the text."""

    def __init__(self, said: str, *, own: bool = False) -> None:
        super().__init__(said)
        self.own = own


# ---- tokens

OPERATORS = ("&&", "||", ";;", ">>", "<<", ">&", "<&", "&>", ";", "&", "|", "<", ">", "(", ")", "\n")
RESERVED = "if then elif else fi for in do done while until case esac { } !".split()  # noqa: SIM905
NAME = re.compile(r"[A-Za-z_]\w*")
MAX_DEPTH = 60
ENDLESS = {False: (["true"], [":"], ["[", "1", "]"]), True: (["false"],)}


@dataclass(frozen=True, slots=True)
class Token:
    """An operator, or a word with its text as typed."""

    operator: str = ""
    word: Word = ()
    raw: str = ""
    fd: int | None = None


def parse(text: str, *, brace_ranges: bool = False, depth: int = 0) -> list[AndOr]:
    """Read a whole script."""
    if depth > MAX_DEPTH:
        raise SyntaxProblem("kubelab's shell does not nest that deep", own=True)
    parser = _Parser(_Lexer(text, brace_ranges, depth).tokens())
    parts = parser.list_until(())
    parser.expect_end()
    return parts


class _Lexer:
    """Cuts a text into tokens."""

    def __init__(self, text: str, brace_ranges: bool, depth: int) -> None:
        self.text, self.at = text, 0
        self.brace_ranges, self.depth = brace_ranges, depth

    def tokens(self) -> list[Token]:
        found: list[Token] = []
        while True:
            self._blanks()
            if self.at >= len(self.text):
                return found
            operator = next((o for o in OPERATORS if self.text.startswith(o, self.at)), None)
            if operator is not None:
                self.at += len(operator)
                found.append(Token(operator))
                continue
            start = self.at
            word = self.word()
            raw = self.text[start : self.at]
            if raw.isdigit() and self.at < len(self.text) and self.text[self.at] in "<>":
                operator = next(o for o in OPERATORS if self.text.startswith(o, self.at))
                self.at += len(operator)
                found.append(Token(operator, fd=int(raw)))
                continue
            found += [Token(word=w, raw=raw) for w in self._ranges(word)]

    def _blanks(self) -> None:
        while self.at < len(self.text):
            if self.text[self.at] in " \t\r":
                self.at += 1
            elif self.text.startswith("\\\n", self.at):
                self.at += 2
            elif self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return

    def _ranges(self, word: Word) -> list[Word]:
        """bash's `{1..5}`."""
        if self.brace_ranges:
            for at, part in enumerate(word):
                if not isinstance(part, Literal) or part.quoted:
                    continue
                found = re.fullmatch(r"(.*)\{(-?\d+)\.\.(-?\d+)\}(.*)", part.text)
                if found is not None:
                    low, high = int(found[2]), int(found[3])
                    numbers = range(low, high + 1) if low <= high else range(low, high - 1, -1)
                    texts = (Literal(f"{found[1]}{n}{found[4]}") for n in numbers[:10_000])
                    return [(*word[:at], text, *word[at + 1 :]) for text in texts]
        return [word]

    def word(self, stop: str = " \t\r\n;&|<>()", *, quoted: bool = False) -> Word:
        """A word up to one of the characters in `stop`."""
        parts: list[Part] = []
        plain = ""
        first = self.at

        def flush() -> None:
            nonlocal plain
            if plain:
                tilde = not quoted and not parts and plain.startswith("~") and self.text[first] == "~"
                parts.append(Literal(plain, quoted, tilde and plain[1:2] in ("", "/")))
                plain = ""

        while self.at < len(self.text) and self.text[self.at] not in stop:
            char = self.text[self.at]
            if char == "\\":
                self.at += 1
                escaped = self.text[self.at : self.at + 1]
                self.at += 1
                if quoted and escaped not in '$`"\\\n':
                    plain += "\\" + escaped
                elif escaped == "\n":
                    continue
                elif quoted:
                    plain += escaped
                else:
                    flush()
                    parts.append(Literal(escaped or "\\", True))
            elif char == "'" and not quoted:
                flush()
                end = self.text.find("'", self.at + 1)
                if end < 0:
                    raise SyntaxProblem("unterminated quoted string")
                parts.append(Literal(self.text[self.at + 1 : end], True))
                self.at = end + 1
            elif char == '"' and not quoted:
                flush()
                self.at += 1
                inner = self.word('"', quoted=True)
                if self.at >= len(self.text):
                    raise SyntaxProblem("unterminated quoted string")
                self.at += 1
                parts.extend(inner or (Literal("", True),))
            elif char == "$" or char == "`":
                flush()
                part = self._dollar(quoted) if char == "$" else self._backquote(quoted)
                if part is None:
                    plain += "$"
                    self.at += 1
                else:
                    parts.append(part)
            else:
                plain += char
                self.at += 1
        flush()
        return tuple(parts)

    def _backquote(self, quoted: bool) -> Part:
        end = self.at + 1
        while end < len(self.text) and self.text[end] != "`":
            end += 2 if self.text[end] == "\\" else 1
        if end >= len(self.text):
            raise SyntaxProblem("unterminated quoted string")
        inner = re.sub(r"\\([`$\\])", r"\1", self.text[self.at + 1 : end])
        self.at = end + 1
        return Substitution(Sequence(parse(inner, brace_ranges=self.brace_ranges, depth=self.depth + 1)), quoted)

    def _dollar(self, quoted: bool) -> Part | None:
        """What a `$` begins, None if it stands for itself."""
        rest = self.text[self.at + 1 :]
        if rest.startswith("(("):
            end = self._closing(self.at + 3, "((", "))")
            if end < 0 and ")" not in self.text[self.at :]:
                raise SyntaxProblem("missing '))'")
            if end >= 0:
                inner = _Lexer(self.text[self.at + 3 : end], self.brace_ranges, self.depth + 1).word("", quoted=True)
                self.at = end + 2
                return Arithmetic(inner, quoted)
        if rest.startswith("("):
            end = self._closing(self.at + 2, "(", ")")
            if end < 0:
                raise SyntaxProblem('unexpected end of file (expecting ")")')
            inside = self.text[self.at + 2 : end]
            self.at = end + 1
            return Substitution(Sequence(parse(inside, brace_ranges=self.brace_ranges, depth=self.depth + 1)), quoted)
        if rest.startswith("{"):
            return self._braced(quoted)
        found = NAME.match(rest) or re.match(r"[0-9@*#?$!-]", rest)
        if found is None:
            return None
        self.at += 1 + found.end()
        return Variable(found[0], quoted=quoted)

    def _closing(self, at: int, opening: str, closing: str) -> int:
        """Where the bracket opened before `at` is closed, minding quotes; -1 if nowhere."""
        depth, quote = 0, ""
        while at < len(self.text):
            char = self.text[at]
            if char == "\\" and quote != "'":
                at += 1
            elif quote:
                quote = "" if char == quote else quote
            elif char in "'\"":
                quote = char
            elif char == "(":
                depth += 1
            elif char == ")":
                if depth == 0 and self.text.startswith(closing, at):
                    return at
                depth -= 1
                if depth < 0:
                    return -1
            at += 1
        return -1

    def _braced(self, quoted: bool) -> Variable:
        found = re.compile(r"\$\{(#?)(\w+|[@*#?$!-])(:?[-=+?]|##?|%%?)?").match(self.text, self.at)
        if found is None:
            raise SyntaxProblem("bad substitution")
        length, name, operator = found[1], found[2], found[3] or ""
        self.at = found.end()
        word = self.word("}", quoted=quoted) if operator else ()
        if self.text[self.at : self.at + 1] != "}":
            raise SyntaxProblem("bad substitution" if self.at < len(self.text) else "unterminated quoted string")
        self.at += 1
        return Variable(name, "length" if length else operator, word, quoted)


# ---- grammar


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
            "if": self.if_, "for": self.for_, "while": self.while_, "until": self.while_, "case": self.case,
            "{": self.braces,
        }  # fmt: skip
        if word in readers:
            return self.with_redirects(readers[word]())
        if self.operator() == "(":
            self.at += 1
            body = self.body(")")
            self.expect(")")
            return Group(body, True, self.redirects())
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
        given = self.keyword() == "in"
        if given:
            self.at += 1
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
        return For(token.raw, words, given, body)

    def while_(self) -> While:
        until, start = self.keyword() == "until", self.at + 1
        self.at += 1
        condition = self.body("do")
        always = [t.raw for t in self.tokens[start : self.at] if not t.operator] in ENDLESS[until]
        self.expect("do")
        body = self.body("done")
        leaves = any(t.raw in ("break", "exit", "return", "exec") for t in self.tokens[start : self.at])
        self.expect("done")
        return While(condition, body, until, always and not leaves)

    def case(self) -> Case:
        self.expect("case")
        token = self.here
        if token is None or token.operator:
            raise self.unexpected("")
        self.at += 1
        self.newlines()
        self.expect("in")
        self.newlines()
        branches: list[tuple[list[Word], Sequence]] = []
        while self.keyword() != "esac":
            if self.operator() == "(":
                self.at += 1
            patterns = [self._pattern()]
            while self.operator() == "|":
                self.at += 1
                patterns.append(self._pattern())
            self.expect(")")
            branches.append((patterns, Sequence(self.list_until((";;", "esac")))))
            if self.operator() == ";;":
                self.at += 1
            self.newlines()
        self.expect("esac")
        return Case(token.word, branches)

    def _pattern(self) -> Word:
        token = self.here
        if token is None or token.operator:
            raise self.unexpected(")")
        self.at += 1
        return token.word

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
    return ((Literal(rest, tilde=rest.startswith("~")),) if rest else ()) + word[1:]
