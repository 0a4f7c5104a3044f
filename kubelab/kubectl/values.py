"""Flag values as Go reads them: strconv, time.ParseDuration and encoding/csv, with their error sentences."""

import csv
import re
from collections.abc import Callable
from typing import Any

from kubelab.api import errors, times

TRUE = ("1", "t", "T", "TRUE", "true", "True")
FALSE = ("0", "f", "F", "FALSE", "false", "False")


def go_char(letter: str) -> str:
    """A character as Go's %q prints it."""
    return "'\\''" if letter == "'" else f"'{letter}'"


def boolean(text: str) -> bool:
    """strconv.ParseBool."""
    if text in TRUE or text in FALSE:
        return text in TRUE
    raise ValueError(f"strconv.ParseBool: parsing {errors.quote(text)}: invalid syntax")


def integer(text: str, bits: int = 64, function: str = "ParseInt") -> int:
    """strconv.ParseInt with base 0 (`0x10` and `1_000` are numbers, `010` is eight)."""
    try:
        if not re.fullmatch(r"[+-]?[0-9a-fA-FoOxX_]+", text):
            raise ValueError
        old_octal = re.fullmatch(r"([+-]?)0([0-7_]+)", text)
        number = int(f"{old_octal[1]}0o{old_octal[2]}" if old_octal else text, 0)
    except ValueError:
        raise ValueError(f"strconv.{function}: parsing {errors.quote(text)}: invalid syntax") from None
    if not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
        raise ValueError(f"strconv.{function}: parsing {errors.quote(text)}: value out of range")
    return number


def integer32(text: str) -> int:
    """A number that fits in 32 bits."""
    return integer(text, bits=32)


def atoi(text: str) -> int:
    """strconv.Atoi: a number in base 10."""
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise ValueError(f"strconv.Atoi: parsing {errors.quote(text)}: invalid syntax")
    if len(text) > 20 or abs(int(text)) >= 2**63:
        raise ValueError(f"strconv.Atoi: parsing {errors.quote(text)}: value out of range")
    return int(text)


def unsigned(text: str, bits: int) -> int:
    """strconv.ParseUint in base 10."""
    if not re.fullmatch(r"[0-9]+", text):
        raise ValueError(f"strconv.ParseUint: parsing {errors.quote(text)}: invalid syntax")
    if len(text) > 20 or int(text) >= 2**bits:
        raise ValueError(f"strconv.ParseUint: parsing {errors.quote(text)}: value out of range")
    return int(text)


def duration(text: str) -> int:
    """time.ParseDuration, in ms."""
    return times.go_duration(text)


def comma_list(text: str) -> tuple[str, ...]:
    """pflag's StringSlice: one line of comma separated values."""
    if not text:
        return ()
    return tuple(next(csv.reader([text]), []))


def one(text: str) -> tuple[str, ...]:
    """pflag's StringArray: the value as it is."""
    return (text,)


READERS: dict[str, Callable[[str], Any]] = {
    "string": str,
    "bool": boolean,
    "int": integer,
    "int32": integer32,
    "duration": duration,
    "list": comma_list,
    "array": one,
}
"""What reads each type of flag."""
