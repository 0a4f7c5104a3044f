"""The shell's words: a text cut into tokens, with quotes, variables and substitutions taken apart."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from kubelab.network.tree import Arithmetic, Literal, Part, Sequence, Substitution, Variable, Word


class SyntaxProblem(ValueError):
    """What a shell says of a text that it cannot read; `own` if it is kubelab's limit and no error of the text."""

    def __init__(self, said: str, *, own: bool = False) -> None:
        super().__init__(said)
        self.own = own


NAME = re.compile(r"[A-Za-z_]\w*")
_PARAMETER = re.compile(r"[A-Za-z_]\w*|[0-9@*#?$!-]")
ENDS = " \t\r\n;&|<>()"
MAX_DEPTH = 60
_OPERATOR = re.compile(r"(\d(?=[<>]))?(&&|\|\||>>|<<|>&|<&|&>|[;&|<>()\n])")
_BLANKS = re.compile(r"(?:[ \t\r]|\\\n)*(?:#[^\n]*)?")
_TILDE = re.compile(r"~(?=[/\s;&|)]|$)")
_RANGE = re.compile(r"([^'\"{}]*)\{(-?\d{1,6})\.\.(-?\d{1,6})\}([^'\"{}]*)")
_BRACED = re.compile(r"\$\{(\w+|[@*#?$])(:-|-|##?|%%?)?")


@dataclass(frozen=True, slots=True)
class Token:
    """An operator, or a word with its text as typed."""

    operator: str = ""
    word: Word = ()
    raw: str = ""
    fd: int | None = None


class Lexer:
    """Cuts a text into tokens; `parse` reads the commands inside of `$(...)`."""

    def __init__(self, text: str, parse: Callable[[str], Sequence]) -> None:
        self.text, self.at, self._parse = text, 0, parse

    def tokens(self, brace_ranges: bool) -> list[Token]:
        """All tokens of the text; with bash's `{1..5}` if asked for."""
        found: list[Token] = []
        while self._skip(_BLANKS) and self.at < len(self.text):
            operator = self._skip(_OPERATOR)
            if operator is not None:
                found.append(Token(operator[2], fd=int(operator[1]) if operator[1] else None))
                continue
            start = self.at
            word = self.word(ENDS)
            raw = self.text[start : self.at]
            spread = _RANGE.fullmatch(raw) if brace_ranges else None
            if spread is None:
                found.append(Token(word=word, raw=raw))
            else:
                texts = [f"{spread[1]}{number}{spread[4]}" for number in _numbers(int(spread[2]), int(spread[3]))]
                found += [Token(word=Lexer(text, self._parse).word(ENDS), raw=text) for text in texts]
        return found

    def _skip(self, pattern: "re.Pattern[str]") -> "re.Match[str] | None":
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found

    def word(self, stop: str, *, quoted: bool = False) -> Word:
        """A word up to one of the characters in `stop`; `quoted`: inside of double quotes."""
        parts: list[Part] = []
        plain = ""
        if not quoted and self._skip(_TILDE):
            parts.append(Variable("HOME", quoted=True))
        while self.at < len(self.text) and self.text[self.at] not in stop:
            char = self.text[self.at]
            found: Word = ()
            if char == "\\":
                char, found = self._escaped(quoted)
            elif char in "'\"" and not quoted:
                found = self._quoted(char)
            elif char in "$`":
                found = self._dollar(quoted) if char == "$" else self._backquote(quoted)
            else:
                self.at += 1
            if not found:
                plain += char
                continue
            parts += [Literal(plain, quoted), *found] if plain else found
            plain = ""
        return (*parts, Literal(plain, quoted)) if plain else tuple(parts)

    def _escaped(self, quoted: bool) -> tuple[str, Word]:
        """What a backslash makes of the next character: text, or a part that stands for itself."""
        char = self.text[self.at + 1 : self.at + 2]
        self.at += 2
        if char == "\n":
            return "", ()
        if quoted:
            return (char if char and char in '$`"\\' else "\\" + char), ()
        return "", (Literal(char or "\\", True),)

    def _quoted(self, mark: str) -> Word:
        """Text in single or double quotes."""
        end = self.text.find("'", self.at + 1)
        self.at += 1
        inner: Word
        if mark == "'":
            inner = (Literal(self.text[self.at : end], True),)
            self.at = end if end >= 0 else len(self.text)
        else:
            inner = self.word('"', quoted=True) or (Literal("", True),)
        if self.at >= len(self.text):
            raise SyntaxProblem("unterminated quoted string")
        self.at += 1
        return inner

    def _backquote(self, quoted: bool) -> Word:
        found = re.compile(r"`((?:[^`\\]|\\.)*)`", re.S).match(self.text, self.at)
        if found is None:
            raise SyntaxProblem("unterminated quoted string")
        self.at = found.end()
        return (Substitution(self._parse(re.sub(r"\\([`$\\])", r"\1", found[1])), quoted),)

    def _dollar(self, quoted: bool) -> Word:
        """What a `$` begins; () if it stands for itself."""
        if self.text.startswith("$((", self.at):
            end = self._closing(self.at + 3, "))")
            if end < 0 and ")" not in self.text[self.at :]:
                raise SyntaxProblem("missing '))'")
            if end >= 0:
                inner = Lexer(self.text[self.at + 3 : end], self._parse).word("", quoted=True)
                self.at = end + 2
                return (Arithmetic(inner, quoted),)
        if self.text.startswith("$(", self.at):
            end = self._closing(self.at + 2, ")")
            if end < 0:
                raise SyntaxProblem('unexpected end of file (expecting ")")')
            inside = self.text[self.at + 2 : end]
            self.at = end + 1
            return (Substitution(self._parse(inside), quoted),)
        if self.text.startswith("${", self.at):
            return (self._braced(quoted),)
        self.at += 1
        found = self._skip(_PARAMETER)
        return (Variable(found[0], quoted=quoted),) if found else ()

    def _closing(self, at: int, closing: str) -> int:
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
        found = self._skip(_BRACED)
        if found is None:
            raise SyntaxProblem("bad substitution")
        word = self.word("}", quoted=quoted) if found[2] else ()
        if self.at >= len(self.text):
            raise SyntaxProblem("unterminated quoted string")
        if self.text[self.at] != "}":
            raise SyntaxProblem("kubelab's shell has ${x}, ${x:-y}, ${x#y} and ${x%y} only", own=True)
        self.at += 1
        return Variable(found[1], found[2] or "", word, quoted)


def _numbers(low: int, high: int) -> range:
    return (range(low, high + 1) if low <= high else range(low, high - 1, -1))[:10_000]
