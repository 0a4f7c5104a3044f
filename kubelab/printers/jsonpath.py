"""kubectl's JSONPath: templates such as `{range .items[*]}{.metadata.name}{"\\n"}{end}`.

Stands for client-go's util/jsonpath/jsonpath.go (`pathparse` is its parser.go) and cli-runtime's printers/jsonpath.go,
whose rules are their own: fields may be missing, results are joined by a blank, maps and lists print as JSON, filters
compare one pair and know no `&&`. One thing differs: where Go walks a map in random order (`..`, `.*`), keys are sorted
here.
"""

import re
from collections.abc import Callable
from typing import Any

from kubelab.api import errors
from kubelab.printers import gotext, outputs, pathparse


class Path:
    """A template that has been read; PrintError if it cannot be."""

    def __init__(self, template: str) -> None:
        self.nodes = pathparse.parse(template)

    def find(self, data: Any) -> list[list[Any]]:
        """What each part of the template yields; PrintError where it does not fit the data."""
        return _Run(self.nodes).find(data, 0)


class _Run:
    """One evaluation: Go counts the ranges that are open, so do we."""

    def __init__(self, nodes: list[pathparse.Node]) -> None:
        self.nodes = nodes
        self.begun = self.inside = self.ended = 0
        self.last_end = -1

    def find(self, data: Any, start: int) -> list[list[Any]]:
        found: list[list[Any]] = []
        at = start
        while at < len(self.nodes):
            results = self.walk([data], self.nodes[at])
            if 0 < self.ended <= self.inside:
                self.ended -= 1
                self.last_end = at
                break
            if self.begun:
                found += self.loop(results, at + 1)
                at = max(at, self.last_end)
            else:
                found.append(results)
            at += 1
        return found

    def loop(self, values: list[Any], start: int) -> list[list[Any]]:
        self.begun -= 1
        self.inside += 1
        found: list[list[Any]] = []
        for value in values:
            found += self.find(value, start)
        if not values:
            self.find(None, start)  # only to see where the range ends
        self.inside -= 1
        return found

    def walk(self, values: list[Any], node: pathparse.Node) -> list[Any]:
        match node:
            case pathparse.Steps():
                for step in node.nodes:
                    values = self.walk(values, step)
                return values
            case pathparse.Text():
                return [node.value]
            case pathparse.Field():
                return [v[node.name] for v in values if isinstance(v, dict) and node.name in v]
            case pathparse.Wildcard():
                return [child for value in values for child in _children(value)]
            case pathparse.Recursive():
                return _descend(values)
            case pathparse.Slice():
                return [item for value in values if value is not None for item in _sliced(value, node)]
            case pathparse.Union():
                return [item for branch in node.branches for item in self.walk(values, branch)]
            case pathparse.Filter():
                return [item for value in values for item in self.filtered(value, node)]
            case pathparse.Word():
                return self.word(values, node.name)

    def word(self, values: list[Any], name: str) -> list[Any]:
        if name == "range":
            self.begun += 1
            return values
        if name != "end":
            raise gotext.PrintError(f"unrecognized identifier {name}")
        if not self.inside:
            raise gotext.PrintError("not in range, nothing to end")
        self.ended += 1
        return []

    def filtered(self, value: Any, node: pathparse.Filter) -> list[Any]:
        if not isinstance(value, list):
            raise gotext.PrintError(f"{gotext.plain(value)} is not array or slice and cannot be filtered")
        return [item for item in value if self.passes(item, node)]

    def passes(self, item: Any, node: pathparse.Filter) -> bool:
        if node.operator == "exists":
            return bool(self.lenient([item], node.left))
        left = self.walk([item], node.left)
        if not left:
            return False
        right = self.walk([item], node.right)
        if len(left) > 1 or len(right) > 1:
            raise gotext.PrintError("can only compare one element at a time")
        return bool(right) and _compare(left[0], right[0], node.operator)

    def lenient(self, values: list[Any], steps: pathparse.Steps) -> list[Any]:
        """What a path has found up to its first error."""
        for step in steps.nodes:
            try:
                values = self.walk(values, step)
            except gotext.PrintError:
                return values
        return values


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [value[key] for key in sorted(value)]
    if isinstance(value, list):
        return value
    return list(value.encode()) if isinstance(value, str) else []


def _descend(values: list[Any]) -> list[Any]:
    return [found for value in values if (below := _children(value)) for found in (value, *_descend(below))]


def _sliced(value: Any, node: pathparse.Slice) -> list[Any]:
    if not isinstance(value, list):
        raise gotext.PrintError(f"{gotext.type_name(value)} is not array or slice")
    length = len(value)
    start = node.start or 0
    end = length if node.end is None else node.end
    start += length if start < 0 else 0
    if end < 0 or (end == 0 and node.derived):
        end += length
    if start == end:
        return []
    if not 0 <= start < length:
        raise gotext.PrintError(f"array index out of bounds: index {start}, length {length}")
    if not 0 <= end <= length:
        raise gotext.PrintError(f"array index out of bounds: index {end - 1}, length {length}")
    if start > end:
        raise gotext.PrintError(f"starting index {start} is greater than ending index {end}")
    if node.step is not None and node.step <= 0:
        raise gotext.PrintError("step must be > 0")
    return value[start : end : node.step or 1]


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


def _compare(left: Any, right: Any, operator: str) -> bool:
    if operator not in _OPERATORS:
        raise gotext.PrintError(f"unrecognized filter operator {operator}")
    kinds = [type(value) for value in (left, right)]
    if any(kind not in (bool, int, float, str) for kind in kinds):
        raise gotext.PrintError("invalid type for comparison")
    if kinds[0] is not kinds[1]:
        raise gotext.PrintError("incompatible types for comparison")
    if kinds[0] is bool and operator not in ("==", "!="):
        raise gotext.PrintError("invalid type for comparison")
    return _OPERATORS[operator](left, right)


# ---- printing

_RELAXED = re.compile(r"\{\.?([^{}]+)\}|\.?([^{}]+)")


def relaxed(path: str) -> str:
    """`spec.type`, `.spec.type`, `{spec.type}` all mean `{.spec.type}`: for columns, sorting and waiting."""
    if not path:
        return path
    match = _RELAXED.fullmatch(path)
    if match is None:
        raise gotext.PrintError(
            "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'"
        )
    return f"{{.{match[1] or match[2]}}}"


class Printer:
    """`-o jsonpath=TEMPLATE` and, with `as_json`, `-o jsonpath-as-json=TEMPLATE`."""

    def __init__(self, template: str, *, as_json: bool = False) -> None:
        self.template = template
        self.as_json = as_json
        try:
            self.path = Path(template)
        except gotext.PrintError as error:
            raise gotext.PrintError(f"error parsing jsonpath {template}, {error}") from error

    def text(self, obj: Any) -> str:
        """What the template makes of an object."""
        try:
            groups = self.path.find(obj)
        except gotext.PrintError as error:
            raise gotext.PrintError(self._complaint(error, obj)) from error
        if self.as_json:
            return "".join(outputs.indented_json(group) + "\n" for group in groups)
        return "".join(" ".join(map(_text, group)) for group in groups)

    def _complaint(self, error: gotext.PrintError, obj: Any) -> str:
        return (
            f"error executing jsonpath {errors.quote(self.template)}: Error executing template: {error}. "
            "Printing more information for debugging the template:\n"
            f"\ttemplate was:\n\t\t{self.template}\n"
            f"\tobject given to jsonpath engine was:\n\t\t{gotext.sharp(obj)}\n\n\n"
        )


def _text(value: Any) -> str:
    if isinstance(value, dict | list) or value is None:
        return outputs.compact_json(value)
    return gotext.plain(value)
