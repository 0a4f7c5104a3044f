"""`$((...))`: whole numbers with + - * / %, comparisons and brackets. Bits, logic and assignments are refused."""

import re
from collections.abc import Callable

_TOKEN = re.compile(r"\s*(0|[1-9]\d{0,17}|[A-Za-z_]\w*|[=!<>]=|[()]|([-+*/%<>])(?!\2))")
LEVELS = (("==", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "/", "%"))
LARGEST = 1 << 63


class Problem(ValueError):
    """An expression that is none, in the shell's words."""


def evaluate(text: str, value: Callable[[str], str]) -> int:
    """The value of an expression; variables are looked up with `value`."""
    tokens, at, text = [], 0, text.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise Problem(f"kubelab's shell cannot calculate {text!r}: it has + - * / % and comparisons")
        tokens.append(found[1])
        at = found.end()
    if not tokens:
        return 0
    result = _level(tokens, value, 0)
    if tokens:
        raise Problem("arithmetic syntax error")
    return result


def _level(tokens: list[str], value: Callable[[str], str], depth: int) -> int:
    """What the operators of one level, and of those that bind closer, make of the next tokens."""
    if depth == len(LEVELS):
        return _operand(tokens, value)
    left = _level(tokens, value, depth + 1)
    while tokens and tokens[0] in LEVELS[depth]:
        left = _apply(tokens.pop(0), left, _level(tokens, value, depth + 1))
    return left


def _operand(tokens: list[str], value: Callable[[str], str]) -> int:
    token = tokens.pop(0) if tokens else ""
    if token in ("+", "-"):
        return _operand(tokens, value) * (-1 if token == "-" else 1)
    if token == "(":
        inner = _level(tokens, value, 0)
        if tokens and tokens.pop(0) == ")":
            return inner
    elif token.isdigit():
        return int(token)
    elif token.isidentifier():
        text = value(token).strip() or "0"
        if re.fullmatch(r"[-+]?\d{1,19}", text):
            return int(text)
        raise Problem(f"{text}: arithmetic syntax error")
    raise Problem("arithmetic syntax error")


def _apply(operator: str, left: int, right: int) -> int:
    if operator in ("/", "%"):
        if right == 0:
            raise Problem("divide by zero")
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return quotient if operator == "/" else left - quotient * right
    results: dict[str, Callable[[], int]] = {
        "==": lambda: left == right,
        "!=": lambda: left != right,
        "<": lambda: left < right,
        "<=": lambda: left <= right,
        ">": lambda: left > right,
        ">=": lambda: left >= right,
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
    }
    # 64 bits, as the shell counts.
    return (int(results[operator]()) + LARGEST) % (2 * LARGEST) - LARGEST
