"""Applying a strategic merge patch: maps are merged, and so are the lists that have a merge key.

Stands for StrategicMergeMapPatch in apimachinery's pkg/util/strategicpatch/patch.go. The same code merges two patches
into one (`as_patch`): then nulls and directives are kept, for the server to see.
"""

from dataclasses import dataclass
from typing import Any

from kubelab.api.patches import lists, schema
from kubelab.api.patches.lists import DELETE_PRIMITIVES, DIRECTIVE, RETAIN_KEYS, SET_ORDER, PatchError

Map = dict[str, Any]

BAD_ORDER = "invalid patch format of setElementOrder list"
BAD_RETAIN = "invalid patch format of retainKeys"


@dataclass(frozen=True, slots=True)
class Merger:
    """One merge; `as_patch` if the original is a patch itself."""

    as_patch: bool = False

    def maps(self, original: Map, patch: Map, type_: str) -> Map:
        """The original with the patch merged into it. Both may be changed."""
        if DIRECTIVE in patch:
            return _whole(patch)
        self._retain_keys(original, patch)
        self._set_orders(original, patch, type_)
        for key in sorted(patch, key=lambda key: (key.startswith(DELETE_PRIMITIVES), key)):
            self._entry(original, key, patch[key], type_)
        return original

    def _entry(self, original: Map, key: str, value: Any, type_: str) -> None:
        deleting = key.startswith(DELETE_PRIMITIVES)
        if deleting:
            if self.as_patch:
                original[key] = value
                return
            key = _bare(key, DELETE_PRIMITIVES)
        if value is None:
            original.pop(key, None)
            if not self.as_patch:
                return
        if key not in original or type(original[key]) is not type(value):
            if not deleting:
                self._take(original, key, value)
            return
        if isinstance(value, dict):
            how = schema.field(type_, key)
            original[key] = self.maps(original[key], value, how.type)
        elif isinstance(value, list):
            how = schema.field(type_, key)
            original[key] = self.lists(original[key], value, how, deleting=deleting)
        else:
            original[key] = value

    def _take(self, original: Map, key: str, value: Any) -> None:
        if not self.as_patch:
            value = _without_nulls(value)
        value, keep = _without_directives(value)
        if keep:
            original[key] = value
        else:
            original.pop(key, None)

    def lists(self, original: list[Any], patch: list[Any], how: schema.Field, *, deleting: bool = False) -> list[Any]:
        """The original list with the patch's merged into it, or the patch's alone if the field says so."""
        if not (how.merged or deleting):
            return patch
        if not original and not patch:
            return original
        before = original
        if lists.element_type(original, patch) is dict:
            merged, before, patch = self._elements(original, patch, how)
        elif deleting and not self.as_patch:
            return [item for item in original if lists.index(patch, item, "") < 0]
        else:
            merged = _unique([*original, *patch])
        named, own = lists.partition(merged, patch, how.key)
        return lists.arranged(named, own, patch, before, how.key)

    def _elements(self, original: list[Any], patch: list[Any], how: schema.Field) -> tuple[list[Any], ...]:
        """The merged elements, the original ones without those that go, and the patch's without directives."""
        if not how.key:
            raise PatchError(f"cannot merge lists without merge key for {how.type.rpartition('.')[2]}")
        before, patch = _special_elements(original, patch, how.key)
        merged = list(before)
        for element in patch:
            if how.key not in element:
                raise lists.no_merge_key(element, how.key)
            at = lists.index(merged, element, how.key)
            if at < 0:
                merged.append(element)
            else:
                merged[at] = self.maps(merged[at], element, how.type)
        return merged, before, patch

    # ---- directives beside the fields

    def _retain_keys(self, original: Map, patch: Map) -> None:
        if RETAIN_KEYS not in patch:
            return
        kept = patch.pop(RETAIN_KEYS)
        if self.as_patch:
            if RETAIN_KEYS in original and not lists.same(original[RETAIN_KEYS], kept):
                both = f"{lists.go_print(original[RETAIN_KEYS])} and {lists.go_print(kept)}"
                raise PatchError(f"{both} are not deep equal: this may happen when calculating the 3-way diff patch")
            original[RETAIN_KEYS] = kept
            return
        if not isinstance(kept, list):
            raise PatchError(BAD_RETAIN)
        for key, value in patch.items():
            if value is not None and not key.startswith((DELETE_PRIMITIVES, SET_ORDER)) and key not in kept:
                raise PatchError(BAD_RETAIN)
        for key in [key for key in original if key not in kept]:
            del original[key]

    def _set_orders(self, original: Map, patch: Map, type_: str) -> None:
        for key in [key for key in sorted(patch) if key.startswith(SET_ORDER)]:
            order = patch.pop(key)
            if self.as_patch:
                if key in original and not lists.same(original[key], order):
                    raise PatchError(BAD_ORDER)
                original[key] = order
            if not isinstance(order, list):
                raise lists.not_a_list(order)
            self._set_order(original, patch, _bare(key, SET_ORDER), order, type_)

    def _set_order(self, original: Map, patch: Map, name: str, order: list[Any], type_: str) -> None:
        before, wanted = original.get(name), patch.get(name)
        for holder in (original, patch):
            if name in holder and not isinstance(holder[name], list):
                raise lists.not_a_list(holder[name])
        how = schema.field(type_, name)
        _check_order(wanted, order, how.key)
        if before is None and wanted is None:
            return
        if before is None or wanted is None:
            merged = before if wanted is None else _without_directives(wanted)[0]
        else:
            merged = self.lists(before, wanted, how)
        lists.element_type(before or [], wanted or [])
        named, own = lists.partition(merged or [], order, how.key)
        original[name] = lists.arranged(named, own, order, before or [], how.key)
        patch.pop(name, None)


def _bare(key: str, prefix: str) -> str:
    parts = key.split("/", 1)
    if len(parts) != 2 or parts[0] != prefix:
        raise PatchError("invalid JSON document")
    return parts[1]


def _whole(patch: Map) -> Map:
    directive = patch[DIRECTIVE]
    if directive == "replace":
        return {key: value for key, value in patch.items() if key != DIRECTIVE}
    if directive == "delete":
        return {}
    raise PatchError(f"unknown patch type: {lists.go_print(directive)} in map: {lists.go_print(patch)}")


def _special_elements(original: list[Any], patch: list[Any], key: str) -> tuple[list[Any], list[Any]]:
    """Elements that say `$patch: delete` take others away, one that says `replace` takes all away."""
    plain, replace = list[Any](), False
    for element in patch:
        directive = element.get(DIRECTIVE)
        if DIRECTIVE not in element:
            plain.append(element)
        elif directive == "delete":
            if key not in element:
                raise lists.no_merge_key(element, key)
            original = [item for item in original if lists.index([element], item, key) < 0]
        elif directive == "replace":
            replace = True
        elif directive == "merge":
            raise PatchError("merging lists cannot yet be specified in the patch")
        else:
            raise PatchError(f"unknown patch type: {lists.go_print(directive)} in map: {lists.go_print(element)}")
    return (plain, []) if replace else (original, plain)


def _check_order(patch: list[Any] | None, order: list[Any], key: str) -> None:
    """The elements that a patch adds or changes must be in its order list, in the same order."""
    if not patch or not order:
        return
    wanted = [item for item in patch if not (isinstance(item, dict) and DIRECTIVE in item)]
    for listed in order:
        if wanted and lists.index([listed], wanted[0], key) == 0:
            wanted.pop(0)
    if wanted:
        shown, listed = lists.go_print(patch), lists.go_print(order)
        raise PatchError(f"The order in patch list:\n{shown}\n doesn't match {SET_ORDER} list:\n{listed}\n")


def _unique(items: list[Any]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if lists.index(found, item, "") < 0:
            found.append(item)
    return found


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


def _without_directives(value: Any) -> tuple[Any, bool]:
    """A value that goes in as it is must not carry directives; what carries one itself does not go in."""
    if isinstance(value, dict):
        if DIRECTIVE in value:
            return None, False
        kept = ((key, *_without_directives(item)) for key, item in value.items())
        return {key: item for key, item, keep in kept if keep}, True
    if isinstance(value, list):
        items = (_without_directives(item) for item in value)
        return [item for item, keep in items if keep], True
    return value, True
