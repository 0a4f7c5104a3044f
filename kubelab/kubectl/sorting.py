"""`--sort-by`: objects in the order of a field.

Stands for kubectl's pkg/cmd/get/sorter.go: quantities by amount, other texts in natural order (`web-9` before
`web-10`), objects without the field first. Differs where more than a dozen objects have equal fields: Go's sort is not
stable then, this one is.
"""

import functools
import itertools
import re
from collections.abc import Sequence
from typing import Any

from kubelab.api import errors, quantities
from kubelab.api.meta import Obj
from kubelab.kubectl import console
from kubelab.printers import jsonpath


def by_path(objects: Sequence[Obj], path: str) -> list[Obj]:
    """The objects sorted by a JSONPath; Failure if none of them has such a field."""
    try:
        template = jsonpath.relaxed(path)
        parsed = jsonpath.Path(template)
        fields = [next(iter(parsed.find(obj)), []) for obj in objects]
    except ValueError as error:
        raise console.Failure(str(error)) from None
    if objects and not any(fields):
        quoted = errors.quote(template)
        raise console.Failure(f"couldn't find any field with path {quoted} in the list of objects")
    rows = [(field[0] if field else None, obj) for field, obj in zip(fields, objects, strict=True)]
    return [obj for _, obj in sorted(rows, key=functools.cmp_to_key(lambda a, b: compare(a[0], b[0])))]


def compare(a: Any, b: Any) -> int:
    """Less, equal or more: -1, 0, 1."""
    if a is None or b is None:
        return (b is None) - (a is None)
    if isinstance(a, str) and isinstance(b, str):
        return _texts(a, b)
    if isinstance(a, list) and isinstance(b, list):
        differences = (compare(x, y) for x, y in zip(a, b, strict=False))
        return next((difference for difference in differences if difference), _numbers(len(a), len(b)))
    if isinstance(a, int | float) and isinstance(b, int | float):
        return _numbers(a, b)
    raise console.Failure(f"unsortable type: {type(a).__name__}")


def _numbers(a: float, b: float) -> int:
    return (a > b) - (a < b)


def _texts(a: str, b: str) -> int:
    try:
        return _numbers(float(quantities.value(a)), float(quantities.value(b)))
    except ValueError:
        return _natural(a, b)


def _natural(a: str, b: str) -> int:
    """Digits count as numbers, everything else letter by letter (fvbommel/sortorder)."""
    for x, y in itertools.zip_longest(re.findall(r"\d+|\D", a), re.findall(r"\d+|\D", b), fillvalue=""):
        if x.isdigit() and y.isdigit() and int(x) != int(y):
            return _numbers(int(x), int(y))
        if x != y and not (x.isdigit() and y.isdigit()):
            return -1 if x < y else 1
    return _numbers(len(a), len(b))
