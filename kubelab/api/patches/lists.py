"""Lists in strategic merge patches: finding elements by their merge key, and keeping order.

Stands for the helpers at the end of strategicpatch/patch.go.
"""

from typing import Any

DIRECTIVE = "$patch"
RETAIN_KEYS = "$retainKeys"
DELETE_PRIMITIVES = "$deleteFromPrimitiveList"
SET_ORDER = "$setElementOrder"


class PatchError(ValueError):
    """What strategicpatch says of a patch that makes no sense."""


def no_merge_key(element: Any, key: str) -> PatchError:
    """An element of a merged list does not say which one it is."""
    return PatchError(f"map: {go_print(element)} does not contain declared merge key: {key}")


def go_print(value: Any) -> str:
    """A value as Go's %v prints it."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{go_print(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(go_print(item) for item in value) + "]"
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)


def same(one: Any, other: Any) -> bool:
    """Equality that, as in Go, keeps true and 1 apart."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def element_type(*lists: list[Any]) -> type:
    """The type of all elements of some lists; PatchError if there are several, or lists of lists."""
    found: type | None = None
    for elements in lists:
        for element in elements:
            if found is None and isinstance(element, list):
                raise PatchError("lists of lists are not supported")
            if found is not None and type(element) is not found:
                raise PatchError(f"list element types are not identical: {go_print(list(lists))}")
            found = type(element)
    if found is None:
        raise PatchError("no elements in any of the given slices")
    return found


def index(elements: list[Any], wanted: Any, key: str) -> int:
    """Where the element like `wanted` is in a list, -1 if nowhere."""
    for at, element in enumerate(elements):
        if key and isinstance(element, dict) and isinstance(wanted, dict):
            if key in element and key in wanted and same(element[key], wanted[key]):
                return at
        elif not key and same(element, wanted):
            return at
    return -1


def not_a_list(value: Any) -> PatchError:
    """A field that should be a list is something else."""
    return PatchError(f"expected a []interface {{}}, but received a {_GO_TYPES[type(value)]}")


_GO_TYPES = {
    bool: "bool",
    dict: "map[string]interface {}",
    float: "float64",
    int: "int64",
    list: "[]interface {}",
    str: "string",
    type(None): "%!s(<nil>)",
}


def check_keys(key: str, *lists: list[Any]) -> None:
    """All elements of some lists must say which one they are."""
    for elements in lists:
        for element in elements:
            if not isinstance(element, dict):
                raise PatchError(f"expected a map, but received a {_GO_TYPES[type(element)]}")
            if key not in element:
                raise no_merge_key(element, key)


def partition(elements: list[Any], order: list[Any], key: str) -> tuple[list[Any], list[Any]]:
    """The elements that a list of elements names, and the others."""
    named = [element for element in elements if index(order, element, key) >= 0]
    others = [element for element in elements if index(order, element, key) < 0]
    return named, others


def ordered(elements: list[Any], order: list[Any], key: str) -> list[Any]:
    """Elements in the order of a list that names them; what is to be deleted comes last."""
    deleted: list[Any] = []
    if key:
        check_keys(key, elements, order)
        deleted = [element for element in elements if element.get(DIRECTIVE) == "delete"]
        elements = [element for element in elements if element.get(DIRECTIVE) != "delete"]
    at = {id(element): index(order, element, key) for element in elements}
    return sorted(elements, key=lambda element: at[id(element)]) + deleted


def arranged(patched: list[Any], own: list[Any], order: list[Any], before: list[Any], key: str) -> list[Any]:
    """Elements of the patch in its order among the server's own, which keep the order that they had."""
    left, right = ordered(own, before, key), ordered(patched, order, key)
    found: list[Any] = []
    while left and right:
        mine, theirs = index(before, left[0], key), index(before, right[0], key)
        found.append(left.pop(0) if 0 <= mine < theirs else right.pop(0))
    return found + left + right
