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


OPERATORS = ("&&", "||", ";;", ">>", "<<", ">&", "<&", "&>", ";", "&", "|", "<", ">", "(", ")", "\n")
NAME = re.compile(r"[A-Za-z_]\w*")
MAX_DEPTH = 60


@dataclass(frozen=True, slots=True)
class Token:
    """An operator, or a word with its text as typed."""

    operator: str = ""
    word: Word = ()
    raw: str = ""
    fd: int | None = None


Parse = Callable[[str], Sequence]


class Lexer:
    """Cuts a text into tokens; `parse` reads the commands inside of `$(...)`."""

    def __init__(self, text: str, brace_ranges: bool, parse: Parse) -> None:
        self.text, self.at = text, 0
        self._brace_ranges, self._parse = brace_ranges, parse

    def tokens(self) -> list[Token]:
        """All tokens of the text."""
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
        if self._brace_ranges:
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
        """A word up to one of the characters in `stop`; `quoted`: inside of double quotes."""
        parts: list[Part] = []
        start, plain = self.at, ""

        def flush() -> None:
            nonlocal plain
            if plain:
                tilde = not quoted and not parts and self.text[start] == "~" and plain[1:2] in ("", "/")
                parts.append(Literal(plain, quoted, tilde))
                plain = ""

        while self.at < len(self.text) and self.text[self.at] not in stop:
            char = self.text[self.at]
            if char == "\\":
                escaped, literally = self._escaped(quoted)
                if literally:
                    flush()
                    parts.append(Literal(escaped, True))
                else:
                    plain += escaped
            elif char in "'\"" and not quoted:
                flush()
                parts.extend(self._quoted(char))
            elif char in "$`":
                part = self._dollar(quoted) if char == "$" else self._backquote(quoted)
                if part is None:
                    plain += "$"
                    self.at += 1
                else:
                    flush()
                    parts.append(part)
            else:
                plain += char
                self.at += 1
        flush()
        return tuple(parts)

    def _escaped(self, quoted: bool) -> tuple[str, bool]:
        """What a backslash makes of the next character, and whether that stands for itself whatever it is."""
        char = self.text[self.at + 1 : self.at + 2]
        self.at += 2
        if char == "\n":
            return "", False
        if quoted:
            return (char if char and char in '$`"\\' else "\\" + char), False
        return char or "\\", True

    def _quoted(self, mark: str) -> Word:
        """Text in single or double quotes."""
        if mark == "'":
            end = self.text.find("'", self.at + 1)
            if end < 0:
                raise SyntaxProblem("unterminated quoted string")
            inside = self.text[self.at + 1 : end]
            self.at = end + 1
            return (Literal(inside, True),)
        self.at += 1
        inner = self.word('"', quoted=True)
        if self.at >= len(self.text):
            raise SyntaxProblem("unterminated quoted string")
        self.at += 1
        return inner or (Literal("", True),)

    def _backquote(self, quoted: bool) -> Part:
        end = self.at + 1
        while end < len(self.text) and self.text[end] != "`":
            end += 2 if self.text[end] == "\\" else 1
        if end >= len(self.text):
            raise SyntaxProblem("unterminated quoted string")
        inner = re.sub(r"\\([`$\\])", r"\1", self.text[self.at + 1 : end])
        self.at = end + 1
        return Substitution(self._parse(inner), quoted)

    def _dollar(self, quoted: bool) -> Part | None:
        """What a `$` begins, None if it stands for itself."""
        rest = self.text[self.at + 1 :]
        if rest.startswith("(("):
            end = self._closing(self.at + 3, "((", "))")
            if end < 0 and ")" not in self.text[self.at :]:
                raise SyntaxProblem("missing '))'")
            if end >= 0:
                inner = Lexer(self.text[self.at + 3 : end], self._brace_ranges, self._parse).word("", quoted=True)
                self.at = end + 2
                return Arithmetic(inner, quoted)
        if rest.startswith("("):
            end = self._closing(self.at + 2, "(", ")")
            if end < 0:
                raise SyntaxProblem('unexpected end of file (expecting ")")')
            inside = self.text[self.at + 2 : end]
            self.at = end + 1
            return Substitution(self._parse(inside), quoted)
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
