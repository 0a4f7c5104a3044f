"""`$((...))`: whole numbers with + - * / %, comparisons and brackets. Bits, logic and assignments are refused.

What is left has the same grammar in the shell as in Python, whose reader is used; the values are the shell's.
"""

import ast
import re
from collections.abc import Callable

LARGEST = 1 << 63
_TEXT = re.compile(r"(?!.*(\+\+|--|\b\d+[a-z_]))[\w +*/%<>=!()-]{1,200}", re.I)


class Problem(ValueError):
    """An expression that is none, in the shell's words."""


def evaluate(text: str, value: Callable[[str], str]) -> int:
    """The value of an expression; variables are looked up with `value`."""
    text = " ".join(text.split())
    if not text:
        return 0
    try:
        if _TEXT.fullmatch(text):
            return _value(ast.parse(text, mode="eval").body, value)
    except SyntaxError:
        pass
    raise Problem(f"arithmetic syntax error in '{text}': kubelab's shell has + - * / % and comparisons")


def _value(node: ast.expr, value: Callable[[str], str]) -> int:
    match node:
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            return _wrapped(number)
        case ast.Name(id=name):
            text = value(name).strip() or "0"
            if re.fullmatch(r"[-+]?(0|[1-9]\d{0,18})", text):
                return _wrapped(int(text))
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=inner):
            return _wrapped(_value(inner, value) * (-1 if isinstance(sign, ast.USub) else 1))
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATORS:
            return _wrapped(OPERATORS[type(operator)](_value(left, value), _value(right, value)))
        case ast.Compare(left=left, ops=[operator], comparators=[right]) if type(operator) in OPERATORS:
            return int(OPERATORS[type(operator)](_value(left, value), _value(right, value)))
    raise SyntaxError


def _wrapped(value: int) -> int:
    """64 bits, as the shell counts."""
    return (value + LARGEST) % (2 * LARGEST) - LARGEST


def _quotient(left: int, right: int) -> int:
    """Division towards zero."""
    if right == 0:
        raise Problem("divide by zero")
    return abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)


OPERATORS: dict[type[ast.AST], Callable[[int, int], int]] = {
    ast.Add: int.__add__,
    ast.Sub: int.__sub__,
    ast.Mult: int.__mul__,
    ast.Div: _quotient,
    ast.Mod: lambda left, right: left - _quotient(left, right) * right,
    ast.Eq: int.__eq__,
    ast.NotEq: int.__ne__,
    ast.Lt: int.__lt__,
    ast.LtE: int.__le__,
    ast.Gt: int.__gt__,
    ast.GtE: int.__ge__,
}
