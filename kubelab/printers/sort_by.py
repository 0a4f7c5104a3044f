"""`--sort-by=.spec.type`: the order of objects by a field.

Stands for kubectl/pkg/cmd/get/sorter.go: objects without the field come first (the later one before the earlier, since
Go's insertion sort meets them so), numbers by value, strings by quantity if both are some, else naturally (`a2` before
`a10`).
"""

import decimal
import functools
from typing import Any

from kubelab.api import errors, meta, quantities
from kubelab.printers import gotext, jsonpath


class Unsortable(gotext.PrintError):
    """Values that have no order; kubectl dies of them."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(problem)
        self.path, self.problem = path, problem

    def within(self, container: str) -> str:
        """kubectl's sentence, with the Go type that it found the field in."""
        return f"Field {self.path} in {container} is an unsortable type: interface, err: {self.problem}"


def sorted_by(objs: list[meta.Obj], field: str) -> list[meta.Obj]:
    """The objects in the order of a field; PrintError if the path is none, or no object has the field."""
    return [objs[index] for index in order(objs, field)]


def order(objs: list[meta.Obj], field: str) -> list[int]:
    """The places of the objects in the order of a field."""
    shown = jsonpath.relaxed(field)
    path = jsonpath.Path(shown)
    values = [_value(path, obj) for obj in objs]
    if objs and not any(values):
        raise gotext.PrintError(f"couldn't find any field with path {errors.quote(shown)} in the list of objects")
    try:
        return _sorted(values)
    except gotext.PrintError as error:
        raise Unsortable(shown, str(error)) from error


def _value(path: jsonpath.Path, obj: meta.Obj) -> list[Any]:
    """The first result, in a list of its own; an empty list for none."""
    groups = path.find(obj)
    return groups[0][:1] if groups else []


def _sorted(values: list[list[Any]]) -> list[int]:
    """Stable for equal values, but without the field the later one first: as Go's insertion sort leaves them."""

    def compare(i: int, j: int) -> int:
        return _compare(values[i][0], values[j][0])

    missing = [place for place, value in enumerate(values) if not value]
    present = [place for place, value in enumerate(values) if value]
    return [*reversed(missing), *sorted(present, key=functools.cmp_to_key(compare))]


def _compare(a: Any, b: Any) -> int:
    return -1 if less(a, b) else int(less(b, a))


def less(a: Any, b: Any) -> bool:
    """Whether one value comes before another; PrintError for values that have no order."""
    if a is None or b is None:
        return a is None and b is not None
    if isinstance(a, bool) or not isinstance(a, int | float | str):
        raise gotext.PrintError(f"unsortable type: {gotext.type_name(a)}")
    if type(a) is not type(b):
        raise gotext.PrintError("unsortable interface: interface")
    return _less_text(a, str(b)) if isinstance(a, str) else float(a) < float(b)


def _less_text(a: str, b: str) -> bool:
    this, that = _quantity(a), _quantity(b)
    return natural_less(a, b) if this is None or that is None else this < that


@functools.lru_cache(1024)
def _quantity(text: str) -> decimal.Decimal | None:
    try:
        return quantities.value(text)
    except ValueError:
        return None


def natural_less(a: str, b: str) -> bool:
    """Runs of digits by their number, all else by its code, digits before letters."""
    i = j = 0
    while i < len(a) and j < len(b):
        digits = [_is_digit(text[at]) for text, at in ((a, i), (b, j))]
        if digits[0] != digits[1]:
            return digits[0]
        if not digits[0]:
            if a[i] != b[j]:
                return a[i] < b[j]
            i, j = i + 1, j + 1
            continue
        (a_zeros, i), (b_zeros, j) = _run(a, i), _run(b, j)
        a_number, b_number = a[a_zeros:i], b[b_zeros:j]
        if a_number != b_number:
            return (len(a_number), a_number) < (len(b_number), b_number)
        if a_zeros != b_zeros:
            return a_zeros < b_zeros
    return len(a) < len(b)


def _is_digit(letter: str) -> bool:
    return "0" <= letter <= "9"


def _run(text: str, at: int) -> tuple[int, int]:
    """Where the zeros end that a run of digits begins with, and where the run ends."""
    while at < len(text) and text[at] == "0":
        at += 1
    zeros = at
    while at < len(text) and _is_digit(text[at]):
        at += 1
    return zeros, at
