"""awk's grammar: a program's text to closures over a running state."""

from collections.abc import Callable

from kubelab.network.programs import awk_closures, basics
from kubelab.network.programs.awk_values import (
    FUNCTIONS,
    Expression,
    Field,
    Next,
    Problem,
    Quit,
    Run,
    Statement,
    Value,
    as_number,
    as_text,
    is_true,
    regex,
)


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
            body = self.block() if self.peek()[1] == "{" else awk_closures.print_line
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
            return awk_closures.raising(Next)
        if self.accept("exit"):
            if self.peek()[0] == "number":
                self.at += 1
            return awk_closures.raising(Quit)
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
            state.process.write(basics.formatted(form.replace("\\", "\\\\"), rest))

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
            if is_true(condition(state)):
                then(state)
            elif otherwise is not None:
                otherwise(state)

        return run

    def _while(self) -> Statement:
        self.expect("(")
        condition = self.expression()
        self.expect(")")
        self.blanks()
        return awk_closures.loop(condition, self.statement(), None)

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
        inner = awk_closures.loop(condition, self.statement(), after)

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
                value = awk_closures.calculate(operator[0], as_number(left(state)), as_number(value))
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
        return lambda state: first(state) if is_true(condition(state)) else second(state)

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
                left = awk_closures.member(left, self.tokens[self.at][1])
                self.at += 1
            elif operator in ("~", "!~") and self.peek()[0] == "regex":
                left = awk_closures.binary(operator, left, awk_closures.constant(self.peek()[1]))
                self.at += 1
            else:
                left = awk_closures.binary(operator, left, self._level(depth + 1, plain))
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
                return lambda state: float(not is_true(inner(state)))
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
            literal = basics.unescaped(word[1:-1].replace("\\/", "/"))
            return lambda state: literal
        if kind == "regex":
            pattern = regex(word)
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
        return lambda state: awk_closures.variable(state, name)

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
                    arguments.append(awk_closures.constant(word))
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


def rules(found: list[tuple[str, str]]) -> list[tuple[str, Expression | None, Statement]]:
    """A program as (BEGIN or END or "", pattern, action)."""
    return _Compiler(found).program()
