"""Resource quantities (`500m`, `1Gi`): reading them and writing them in their canonical form.

Stands for apimachinery's pkg/api/resource. Nothing in kubelab counts resources; quantities are kept and printed.
"""

import re
from decimal import ROUND_UP, Context, Decimal

WRONG = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
NOT_NUMERIC = "unable to parse numeric part of quantity"
BAD_SUFFIX = "unable to parse quantity's suffix"

_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_SHAPE = re.compile(r"([+-]?[0-9]*(?:\.[0-9]*)?)(.*)", re.DOTALL)
_EXPONENT = re.compile(r"[eE][+-]?[0-9]+")
_EXACT = Context(prec=80)


def canonical(text: str) -> str:
    """The quantity as Kubernetes prints it; ValueError with its words if it is none."""
    value, form = _parse(text.strip())
    if not value:
        return "0"
    if form == "binary" and abs(value) >= 1024 and value == value.to_integral_value():
        return _binary(int(value))
    number, exponent = _decimal(value)
    if form == "exponent":
        return f"{number}e{exponent}" if exponent else str(number)
    return str(number) + next(suffix for suffix, power in _DECIMAL.items() if power == exponent)


def value(text: str) -> Decimal:
    """The number that a quantity means; ValueError if it is none."""
    return _parse(text.strip())[0]


def _parse(text: str) -> tuple[Decimal, str]:
    shape = _SHAPE.fullmatch(text)
    number, suffix = (shape[1], shape[2]) if shape else ("", "")
    if not re.search("[0-9]", number):
        raise ValueError(WRONG if number in ("", "+", "-") else NOT_NUMERIC)
    if re.fullmatch(r"[eEinumkKMGTP]*[-+]?[0-9]*", suffix) is None:
        raise ValueError(WRONG)
    if suffix in _BINARY:
        return _EXACT.multiply(Decimal(number), Decimal(1024) ** _BINARY[suffix]), "binary"
    if suffix in _DECIMAL:
        return _EXACT.scaleb(Decimal(number), _DECIMAL[suffix]), "decimal"
    if _EXPONENT.fullmatch(suffix) and len(suffix) < 6:
        return _EXACT.scaleb(Decimal(number), int(suffix[1:])), "exponent"
    raise ValueError(BAD_SUFFIX)


def _binary(number: int) -> str:
    power = 0
    while number % 1024 == 0 and power < 6:
        number, power = number // 1024, power + 1
    return str(number) + next((suffix for suffix, steps in _BINARY.items() if steps == power), "")


def _decimal(value: Decimal) -> tuple[int, int]:
    """A whole number and a power of ten divisible by three, as large as it can be, at least nano."""
    for exponent in range(18, -10, -3):
        scaled = _EXACT.scaleb(value, -exponent)
        if scaled == scaled.to_integral_value():
            return int(scaled), exponent
    return int(_EXACT.scaleb(value, 9).to_integral_value(rounding=ROUND_UP)), -9
