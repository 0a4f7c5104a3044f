"""awk: print, counting, arrays and the usual functions; enough for the one-liners behind a pipe.

Stands for POSIX awk without functions of one's own, `getline`, ranges and output to files, which are refused by name.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kubelab.network.programs import options, system, text
from kubelab.network.session import Process

Value = str | float
Expression = Callable[["Run"], Value]
Statement = Callable[["Run"], None]
MAX_STEPS = 2_000_000


class Problem(ValueError):
    """A program that awk (or kubelab's awk) cannot read."""


class Next(Exception):
    """`next`."""


class Quit(Exception):
    """`exit`."""


class Field(str):
    """Text from the input: a number if it looks like one."""

    __slots__ = ()


_TOKEN = re.compile(
    r"""\s*(?:\#[^\n]*)?(?:
    (?P<number>\d+\.?\d*(?:e[-+]?\d+)?|\.\d+)|(?P<string>"(?:[^"\\]|\\.)*")|(?P<name>[A-Za-z_]\w*)|
    (?P<operator>\+\+|--|\+=|-=|\*=|/=|%=|==|!=|<=|>=|&&|\|\||!~|[-+*/%^!<>=~?:,;{}()\[\]$\n|]))""",
    re.X,
)
_REGEX = re.compile(r"\s*/((?:[^/\\\n]|\\.)*)/")


def tokens(source: str) -> list[tuple[str, str]]:
    """Cut a program into (kind, text)."""
    found: list[tuple[str, str]] = []
    at = 0
    source = source.replace("\\\n", " ").rstrip()
    while at < len(source):
        value_before = bool(found) and (found[-1][0] in ("number", "string", "name") or found[-1][1] in (")", "]", "$"))
        regex = None if value_before else _REGEX.match(source, at)
        match = regex or _TOKEN.match(source, at)
        if match is None:
            raise Problem(f"syntax error at {source[at : at + 20]!r}")
        found.append(("regex", match[1]) if regex else (str(match.lastgroup), match[match.lastgroup or 0]))
        at = match.end()
    return found


@dataclass(slots=True)
class Run:
    """A running program: its variables and the line at hand."""

    process: Process
    variables: dict[str, Value] = field(default_factory=dict)
    arrays: dict[str, dict[str, Value]] = field(default_factory=dict)
    fields: list[str] = field(default_factory=list)
    steps: int = 0

    def take(self, line: str) -> None:
        """Make a line the one at hand."""
        separator = self.text("FS")
        if separator == " ":
            pieces = line.split()
        elif len(separator) == 1 and separator != "|":
            pieces = line.split(separator) if line else []
        else:
            pieces = re.split(separator if len(separator) > 1 else re.escape(separator), line) if line else []
        self.fields = [line, *pieces]

    def text(self, name: str) -> str:
        """A variable as text."""
        return as_text(self.variables.get(name, ""))

    def get(self, index: int) -> Value:
        """A field."""
        return Field(self.fields[index]) if 0 <= index < len(self.fields) else ""

    def put(self, index: int, value: Value) -> None:
        """Change a field, and the line with it."""
        if index == 0:
            self.take(as_text(value))
            return
        self.fields += [""] * (index + 1 - len(self.fields))
        self.fields[index] = as_text(value)
        self.fields[0] = self.text("OFS").join(self.fields[1:])

    def step(self) -> None:
        """Count a statement."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise Problem("stopped after too many steps")


def as_text(value: Value) -> str:
    """A value as text: whole numbers without a point."""
    if isinstance(value, str):
        return str(value)
    return str(int(value)) if value == int(value) else f"{value:.6g}"


_NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+)")


def as_number(value: Value) -> float:
    """A value as a number: what a text begins with."""
    if not isinstance(value, str):
        return value
    found = _NUMBER.match(value)
    return float(found[0]) if found else 0.0


def _numeric(value: Value) -> bool:
    return not isinstance(value, str) or (isinstance(value, Field) and bool(_NUMBER.fullmatch(value.strip())))


def _true(value: Value) -> bool:
    return as_number(value) != 0 if _numeric(value) else value != ""


def compare(operator: str, left: Value, right: Value) -> float:
    """Compare as numbers if both look like numbers, else as texts."""
    a: Any = left
    b: Any = right
    if _numeric(left) and _numeric(right):
        a, b = as_number(left), as_number(right)
    else:
        a, b = as_text(left), as_text(right)
    results = {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}
    return float(results[operator])


class _Compiler:
    """Recursive descent from tokens to closures."""

    def __init__(self, found: list[tuple[str, str]]) -> None:
        self.tokens, self.at = found, 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def accept(self, *words: str) -> str:
        kind, word = self.peek()
        if kind in ("operator", "name") and word in words:
            self.at += 1
            return word
        return ""

    def expect(self, word: str) -> None:
        if not self.accept(word):
            raise Problem(f"syntax error: expected {word!r}, not {self.peek()[1] or 'the end'!r}")

    def blanks(self, *more: str) -> None:
        while self.accept("\n", *more):
            pass

    # ---- program and statements

    def program(self) -> list[tuple[str, Expression | None, Statement]]:
        rules: list[tuple[str, Expression | None, Statement]] = []
        self.blanks(";")
        while self.peek()[0] != "end":
            if self.peek()[1] == "function":
                raise Problem("kubelab's awk has no functions of one's own")
            when, pattern = self.accept("BEGIN", "END"), None
            if not when and self.peek()[1] != "{":
                pattern = self.expression()
                if self.peek()[1] == ",":
                    raise Problem("kubelab's awk has no ranges")
            body = self.block() if self.peek()[1] == "{" else _print_line
            rules.append((when, pattern, body))
            self.blanks(";")
        return rules

    def block(self) -> Statement:
        self.expect("{")
        statements: list[Statement] = []
        self.blanks(";")
        while not self.accept("}"):
            statements.append(self.statement())
            if self.peek()[1] not in (";", "\n", "}") and self.tokens[self.at - 1][1] not in ("}", ";"):
                raise Problem(f"syntax error at {self.peek()[1] or 'the end'!r}")
            self.blanks(";")

        def run(state: Run) -> None:
            for statement in statements:
                state.step()
                statement(state)

        return run

    def statement(self) -> Statement:
        word = self.peek()[1] if self.peek()[0] == "name" else ""
        if self.peek()[1] == "{":
            return self.block()
        if word in ("print", "printf", "if", "while", "for", "delete"):
            self.at += 1
            reader: Callable[[], Statement] = getattr(self, f"_{word}")
            return reader()
        if word in ("getline", "do", "break", "continue", "return"):
            raise Problem(f"kubelab's awk has no {word}")
        if self.accept("next"):
            return _raising(Next)
        if self.accept("exit"):
            if self.peek()[0] == "number":
                self.at += 1
            return _raising(Quit)
        value = self.expression()

        def run(state: Run) -> None:
            value(state)

        return run

    def _print(self) -> Statement:
        values = self._list()

        def run(state: Run) -> None:
            pieces = [as_text(value(state)) for value in values] if values else state.fields[:1]
            state.process.write(state.text("OFS").join(pieces) + state.text("ORS"))

        return run

    def _printf(self) -> Statement:
        values = self._list()

        def run(state: Run) -> None:
            form, *rest = [as_text(value(state)) for value in values]
            state.process.write(system.formatted(form.replace("\\", "\\\\"), rest))

        return run

    def _list(self) -> list[Expression]:
        """What print prints."""
        if self.peek()[1] in (";", "}", "\n", "") and self.peek()[0] != "string":
            return []
        start, grouped = self.at, self.accept("(")
        values = [self.expression(plain=not grouped)]
        while self.accept(","):
            values.append(self.expression(plain=not grouped))
        if grouped:
            self.expect(")")
            if self.peek()[1] not in (";", "}", "\n", "", "|", ">"):
                self.at = start
                values = [self.expression(plain=True)]
                while self.accept(","):
                    values.append(self.expression(plain=True))
        if self.peek()[1] in (">", "|"):
            raise Problem("kubelab's awk prints to standard output only")
        return values

    def _if(self) -> Statement:
        self.expect("(")
        condition = self.expression()
        self.expect(")")
        self.blanks()
        then, otherwise = self.statement(), None
        mark = self.at
        self.blanks(";")
        if self.accept("else"):
            self.blanks()
            otherwise = self.statement()
        else:
            self.at = mark

        def run(state: Run) -> None:
            if _true(condition(state)):
                then(state)
            elif otherwise is not None:
                otherwise(state)

        return run

    def _while(self) -> Statement:
        self.expect("(")
        condition = self.expression()
        self.expect(")")
        self.blanks()
        return _loop(condition, self.statement(), None)

    def _for(self) -> Statement:
        self.expect("(")
        if [t[1] for t in self.tokens[self.at + 1 : self.at + 2]] == ["in"] and self.tokens[self.at + 3][1] == ")":
            name, array = self.tokens[self.at][1], self.tokens[self.at + 2][1]
            self.at += 4
            self.blanks()
            body = self.statement()

            def each(state: Run) -> None:
                for key in list(state.arrays.get(array, {})):
                    state.variables[name] = Field(key)
                    body(state)

            return each
        first = self.statement() if self.peek()[1] != ";" else None
        self.expect(";")
        condition = self.expression() if self.peek()[1] != ";" else lambda state: 1.0
        self.expect(";")
        after = self.statement() if self.peek()[1] != ")" else None
        self.expect(")")
        self.blanks()
        inner = _loop(condition, self.statement(), after)

        def run(state: Run) -> None:
            if first is not None:
                first(state)
            inner(state)

        return run

    def _delete(self) -> Statement:
        name = self.tokens[self.at][1]
        self.at += 1
        key = None
        if self.accept("["):
            key = self.expression()
            self.expect("]")

        def run(state: Run) -> None:
            if key is None:
                state.arrays.pop(name, None)
            else:
                state.arrays.get(name, {}).pop(as_text(key(state)), None)

        return run

    # ---- expressions, loosest first

    def expression(self, plain: bool = False) -> Expression:
        """An expression; `plain`: a `>` ends it (in print)."""
        left, target = self._ternary(plain), self._target
        operator = self.accept("=", "+=", "-=", "*=", "/=", "%=") if target is not None else ""
        if not operator or target is None:
            return left
        right = self.expression(plain)
        store = target

        def run(state: Run) -> Value:
            value = right(state)
            if operator != "=":
                value = _calculate(operator[0], as_number(left(state)), as_number(value))
            store(state, value)
            return value

        return run

    _target: Callable[[Run, Value], None] | None = None

    def _ternary(self, plain: bool) -> Expression:
        condition = self._level(0, plain)
        if not self.accept("?"):
            return condition
        first = self.expression(plain)
        self.expect(":")
        second = self.expression(plain)
        self._target = None
        return lambda state: first(state) if _true(condition(state)) else second(state)

    LEVELS = (("||",), ("&&",), ("in",), ("~", "!~"), ("<", "<=", ">", ">=", "==", "!="), (" ",), ("+", "-"),
              ("*", "/", "%"))  # fmt: skip

    def _level(self, depth: int, plain: bool) -> Expression:
        if depth == len(self.LEVELS):
            return self._unary(plain)
        left = self._level(depth + 1, plain)
        while True:
            if self.LEVELS[depth] == (" ",):
                if not self._starts_value():
                    return left
                operator = " "
            else:
                words = [w for w in self.LEVELS[depth] if not (plain and w == ">")]
                operator = self.accept(*words)
            if not operator:
                return left
            if operator == "in":
                left = _member(left, self.tokens[self.at][1])
                self.at += 1
            elif operator in ("~", "!~") and self.peek()[0] == "regex":
                left = _binary(operator, left, _constant(self.peek()[1]))
                self.at += 1
            else:
                left = _binary(operator, left, self._level(depth + 1, plain))
            self._target = None

    def _starts_value(self) -> bool:
        kind, word = self.peek()
        if kind == "name":
            return word not in KEYWORDS
        return kind in ("number", "string", "regex") or word in ("$", "(", "!")

    def _unary(self, plain: bool) -> Expression:
        operator = self.accept("!", "-", "+", "++", "--")
        if operator in ("!", "-", "+"):
            inner = self._unary(plain)
            self._target = None
            if operator == "!":
                return lambda state: float(not _true(inner(state)))
            return lambda state: as_number(inner(state)) * (-1 if operator == "-" else 1)
        if operator:
            inner = self._primary(plain)
            return self._stepped(inner, operator, before=True)
        left = self._primary(plain)
        if self._target is not None and self.peek()[1] in ("++", "--") and self.peek()[0] == "operator":
            return self._stepped(left, self.accept("++", "--"), before=False)
        if self.accept("^"):
            power = self._unary(plain)
            self._target = None
            return lambda state: as_number(left(state)) ** as_number(power(state))
        return left

    def _stepped(self, inner: Expression, operator: str, *, before: bool) -> Expression:
        store = self._target
        if store is None:
            raise Problem(f"syntax error at {operator}")
        self._target = None

        def run(state: Run) -> Value:
            old = as_number(inner(state))
            new = old + (1 if operator == "++" else -1)
            store(state, new)
            return new if before else old

        return run

    def _primary(self, plain: bool) -> Expression:
        kind, word = self.peek()
        self.at += 1
        self._target = None
        if kind == "number":
            return lambda state: float(word)
        if kind == "string":
            literal = system.unescaped(word[1:-1].replace("\\/", "/"))
            return lambda state: literal
        if kind == "regex":
            pattern = _regex(word)
            return lambda state: float(bool(pattern.search(state.fields[0] if state.fields else "")))
        if word == "(":
            inner = self.expression()
            self.expect(")")
            self._target = None
            return inner
        if word == "$":
            index = self._unary(plain) if self.peek()[1] in ("++", "--") else self._primary(plain)
            self._target = lambda state, value: state.put(int(as_number(index(state))), value)
            return lambda state: state.get(int(as_number(index(state))))
        if kind == "name" and word not in KEYWORDS:
            return self._named(word)
        raise Problem(f"syntax error at {word or 'the end'!r}")

    def _named(self, name: str) -> Expression:
        if name in FUNCTIONS:
            return self._call(name)
        if self.accept("["):
            keys = [self.expression()]
            while self.accept(","):
                keys.append(self.expression())
            self.expect("]")

            def key(state: Run) -> str:
                return "\x1c".join(as_text(k(state)) for k in keys)

            self._target = lambda state, value: state.arrays.setdefault(name, {}).__setitem__(key(state), value)
            return lambda state: state.arrays.setdefault(name, {}).setdefault(key(state), "")
        if self.peek()[1] == "(" and self.peek()[0] == "operator" and name.isupper() is False:
            raise Problem(f"kubelab's awk has no function {name}")
        self._target = lambda state, value: state.variables.__setitem__(name, value)
        return lambda state: _variable(state, name)

    def _call(self, name: str) -> Expression:
        arguments: list[Expression] = []
        words: list[str] = []
        stores: list[Callable[[Run, Value], None] | None] = []
        if self.accept("("):
            while not self.accept(")"):
                kind, word = self.peek()
                words.append(word if kind in ("regex", "name") else "")
                patterned = kind == "regex" and name in ("sub", "gsub", "split", "match")
                if patterned:
                    self.at += 1
                    arguments.append(_constant(word))
                else:
                    arguments.append(self.expression())
                stores.append(self._target)
                self.accept(",")
        elif name != "length":
            raise Problem(f"syntax error at {name}")
        self._target = None
        function = FUNCTIONS[name]
        return lambda state: function(state, [a(state) for a in arguments], words, stores)


KEYWORDS = ("BEGIN", "END", "print", "printf", "if", "else", "while", "for", "in", "delete", "next", "exit", "getline")


def _regex(pattern: str) -> "re.Pattern[str]":
    try:
        return re.compile(re.sub(r"\[:(\w+):\]", lambda m: text.CLASSES.get(m[1], m[0]), pattern))
    except re.error:
        raise Problem(f"bad regular expression /{pattern}/") from None


def _variable(state: Run, name: str) -> Value:
    if name == "NF":
        return float(len(state.fields) - 1)
    return state.variables.get(name, "")


def _calculate(operator: str, left: float, right: float) -> float:
    if operator in "/%" and right == 0:
        raise Problem("division by zero")
    results: dict[str, Callable[[], float]] = {
        "+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right, "/": lambda: left / right,
        "%": lambda: left - right * int(left / right),
    }  # fmt: skip
    return results[operator]()


def _binary(operator: str, left: Expression, right: Expression) -> Expression:
    if operator == "||":
        return lambda state: float(_true(left(state)) or _true(right(state)))
    if operator == "&&":
        return lambda state: float(_true(left(state)) and _true(right(state)))
    if operator == " ":
        return lambda state: as_text(left(state)) + as_text(right(state))
    if operator in ("~", "!~"):
        wanted = operator == "~"
        return lambda state: float(bool(_regex(as_text(right(state))).search(as_text(left(state)))) == wanted)
    if operator in "+-*/%":
        return lambda state: _calculate(operator, as_number(left(state)), as_number(right(state)))
    return lambda state: compare(operator, left(state), right(state))


def _constant(value: Value) -> Expression:
    return lambda state: value


def _member(key: Expression, array: str) -> Expression:
    return lambda state: float(as_text(key(state)) in state.arrays.get(array, {}))


def _loop(condition: Expression, body: Statement, after: Statement | None) -> Statement:
    def run(state: Run) -> None:
        while _true(condition(state)):
            state.step()
            body(state)
            if after is not None:
                after(state)

    return run


def _raising(kind: type[Exception]) -> Statement:
    def run(state: Run) -> None:
        raise kind

    return run


def _print_line(state: Run) -> None:
    state.process.write(state.fields[0] + state.text("ORS"))


# ---- functions

Stores = list[Callable[[Run, Value], None] | None]
Function = Callable[[Run, list[Value], list[str], Stores], Value]


def _length(state: Run, values: list[Value], words: list[str], stores: Stores) -> Value:
    if words and words[0] in state.arrays:
        return float(len(state.arrays[words[0]]))
    return float(len(as_text(values[0]) if values else state.fields[0]))


def _substr(state: Run, values: list[Value], words: list[str], stores: Stores) -> Value:
    whole, start = as_text(values[0]), round(as_number(values[1]))
    end = start + round(as_number(values[2])) if len(values) > 2 else len(whole) + 1
    return whole[max(start, 1) - 1 : max(end - 1, 0)]


def _split(state: Run, values: list[Value], words: list[str], stores: Stores) -> Value:
    separator = as_text(values[2]) if len(values) > 2 else state.text("FS")
    whole = as_text(values[0])
    if separator == " ":
        pieces = whole.split()
    else:
        pieces = re.split(separator if len(separator) > 1 else re.escape(separator), whole) if whole else []
    state.arrays[words[1]] = {str(at): Field(piece) for at, piece in enumerate(pieces, 1)}
    return float(len(pieces))


def _substitute(state: Run, values: list[Value], stores: Stores, count: int) -> Value:
    target = as_text(values[2]) if len(values) > 2 else state.fields[0]
    replacement = re.sub(r"\\&|&|\\", lambda m: {"&": r"\g<0>", "\\&": "&"}.get(m[0], "\\\\"), as_text(values[1]))
    changed, times = _regex(as_text(values[0])).subn(replacement, target, count=count)
    store = stores[2] if len(values) > 2 else None
    if store is not None:
        store(state, changed)
    elif len(values) < 3 and times:
        state.take(changed)
    return float(times)


FUNCTIONS: dict[str, Function] = {
    "length": _length,
    "substr": _substr,
    "split": _split,
    "index": lambda state, values, words, stores: float(as_text(values[0]).find(as_text(values[1])) + 1),
    "tolower": lambda state, values, words, stores: as_text(values[0]).lower(),
    "toupper": lambda state, values, words, stores: as_text(values[0]).upper(),
    "int": lambda state, values, words, stores: float(int(as_number(values[0]))),
    "sprintf": lambda state, values, words, stores: system.formatted(
        as_text(values[0]).replace("\\", "\\\\"), [as_text(v) for v in values[1:]]
    ),
    "sub": lambda state, values, words, stores: _substitute(state, values, stores, 1),
    "gsub": lambda state, values, words, stores: _substitute(state, values, stores, 0),
}


def run(process: Process) -> int:
    """The program."""
    try:
        found = options.parse(process.args, "F:v:f:", stop=True)
    except (options.Unknown, options.Missing) as problem:
        return process.unsupported(f"option {problem}")
    if "f" in found or not found.operands:
        return process.unsupported("program file: write it on the line")
    state = Run(process, {"FS": " ", "OFS": " ", "ORS": "\n", "NR": 0.0})
    if "F" in found:
        state.variables["FS"] = system.unescaped(found.last("F"))
    for assignment in found.all("v"):
        name, _, value = assignment.partition("=")
        state.variables[name] = Field(system.unescaped(value))
    try:
        rules = _Compiler(tokens(found.operands[0])).program()
        return _execute(state, rules, found.operands[1:])
    except (Problem, IndexError, KeyError) as problem:
        return process.complain(f"awk: {problem}", 2)


def _execute(state: Run, rules: list[tuple[str, Expression | None, Statement]], files: list[str]) -> int:
    code = 0
    state.fields = [""]
    try:
        for when, _, body in rules:
            if when == "BEGIN":
                body(state)
        if any(when != "BEGIN" for when, _, _ in rules):
            content, code = state.process.input(files)
            for line in text.lines(content):
                state.variables["NR"] = as_number(state.variables["NR"]) + 1
                state.take(line)
                _line(state, rules)
    except Quit:
        pass
    try:
        for when, _, body in rules:
            if when == "END":
                body(state)
    except Quit:
        pass
    return code


def _line(state: Run, rules: list[tuple[str, Expression | None, Statement]]) -> None:
    try:
        for when, pattern, body in rules:
            if not when and (pattern is None or _true(pattern(state))):
                body(state)
    except Next:
        pass
