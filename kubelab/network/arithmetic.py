"""`$((...))`: the shell's integer arithmetic, by precedence climbing."""

import re
from collections.abc import Callable

_TOKEN = re.compile(r"\s*(\d+|[A-Za-z_]\w*|\*\*|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%<>!~&|^()?:])")
LEVELS = (("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!="), ("<", "<=", ">", ">="), ("<<", ">>"), ("+", "-"),
          ("*", "/", "%"))  # fmt: skip
LARGEST = 1 << 63


class Problem(ValueError):
    """An expression that is none, in the shell's words."""


def evaluate(text: str, value: Callable[[str], str]) -> int:
    """The value of an expression; variables are looked up with `value`."""
    tokens, at = [], 0
    text = text.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise Problem("arithmetic syntax error")
        tokens.append(found[1])
        at = found.end()
    if not tokens:
        return 0
    reader = _Reader(tokens, value)
    result = reader.choice()
    if reader.tokens:
        raise Problem("arithmetic syntax error")
    return result


class _Reader:
    def __init__(self, tokens: list[str], value: Callable[[str], str]) -> None:
        self.tokens, self.value = tokens, value

    def next(self) -> str:
        if not self.tokens:
            raise Problem("arithmetic syntax error")
        return self.tokens.pop(0)

    def choice(self) -> int:
        condition = self.level(0)
        if self.tokens[:1] != ["?"]:
            return condition
        self.next()
        first = self.choice()
        if self.next() != ":":
            raise Problem("arithmetic syntax error")
        second = self.choice()
        return first if condition else second

    def level(self, depth: int) -> int:
        if depth == len(LEVELS):
            return self.unary()
        left = self.level(depth + 1)
        while self.tokens and self.tokens[0] in LEVELS[depth]:
            left = _apply(self.next(), left, self.level(depth + 1))
        return left

    def unary(self) -> int:
        token = self.next()
        if token in "+-!~" and len(token) == 1:
            operand = self.unary()
            return {"+": operand, "-": -operand, "!": int(not operand), "~": ~operand}[token]
        if token == "(":
            inner = self.choice()
            if self.next() != ")":
                raise Problem("arithmetic syntax error")
            return inner
        if token.isdigit():
            return _wrapped(int(token, 8) if token.startswith("0") and token.strip("01234567") == "" else int(token))
        if token[0].isalpha() or token[0] == "_":
            text = self.value(token).strip() or "0"
            if not re.fullmatch(r"[-+]?\d+", text):
                raise Problem(f"{text}: arithmetic syntax error")
            return _wrapped(int(text))
        raise Problem("arithmetic syntax error")


def _wrapped(value: int) -> int:
    """64 bits, as the shell counts."""
    return (value + LARGEST) % (2 * LARGEST) - LARGEST


def _apply(operator: str, left: int, right: int) -> int:
    if operator in ("/", "%"):
        if right == 0:
            raise Problem("divide by zero")
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return quotient if operator == "/" else left - quotient * right
    if operator in ("<<", ">>"):
        return _wrapped(left << (right & 63)) if operator == "<<" else left >> (right & 63)
    results = {
        "||": lambda: int(bool(left or right)),
        "&&": lambda: int(bool(left and right)),
        "|": lambda: left | right,
        "^": lambda: left ^ right,
        "&": lambda: left & right,
        "==": lambda: int(left == right),
        "!=": lambda: int(left != right),
        "<": lambda: int(left < right),
        "<=": lambda: int(left <= right),
        ">": lambda: int(left > right),
        ">=": lambda: int(left >= right),
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
    }
    return _wrapped(results[operator]())
