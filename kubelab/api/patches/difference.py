"""Computing a strategic merge patch: what takes one object to another.

Stands for CreateThreeWayMergePatch and diffMaps in apimachinery's pkg/util/strategicpatch/patch.go, which `kubectl
apply` and `kubectl edit` use.
"""

from dataclasses import dataclass, replace
from typing import Any

from kubelab.api.patches import lists, schema
from kubelab.api.patches.lists import DELETE_PRIMITIVES, DIRECTIVE, RETAIN_KEYS, SET_ORDER

Map = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Differ:
    """One comparison: which differences count, and whether to say which keys are kept."""

    deletions: bool = True
    changes: bool = True
    retain_keys: bool = False

    def maps(self, original: Map, modified: Map, type_: str) -> Map:
        """The patch from one map to another."""
        patch: Map = {}
        for key in sorted(modified):
            if key in original:
                self._entry(patch, key, original[key], modified[key], type_)
            elif self.changes:
                patch[key] = modified[key]
        if self.deletions:
            patch.update((key, None) for key in original if key not in modified)
        kept = sorted(key for key, value in modified.items() if value is not None) if self.retain_keys else []
        if kept and (patch or any(key not in modified for key in original)):
            patch[RETAIN_KEYS] = kept
        return patch

    def _entry(self, patch: Map, key: str, original: Any, modified: Any, type_: str) -> None:
        if type(original) is not type(modified):
            if self.changes:
                patch[key] = modified
        elif isinstance(modified, dict | list):
            self._nested(patch, key, original, modified, type_)
        else:
            self._replace(patch, key, original, modified)

    def _replace(self, patch: Map, key: str, original: Any, modified: Any) -> None:
        if self.changes and not lists.same(original, modified):
            patch[key] = modified

    def _nested(self, patch: Map, key: str, original: Any, modified: Any, type_: str) -> None:
        try:
            how = schema.field(type_, key)
        except schema.UnknownField:
            if lists.same(original, modified):
                return
            raise
        inner = replace(self, retain_keys=how.retain_keys)
        if isinstance(modified, dict):
            if found := inner.maps(original, modified, how.type):
                patch[key] = found
        elif not how.merged:
            self._replace(patch, key, original, modified)
        else:
            added, deleted, order = inner.lists(original, modified, how)
            named = ((key, added), (f"{DELETE_PRIMITIVES}/{key}", deleted), (f"{SET_ORDER}/{key}", order))
            patch.update((name, value) for name, value in named if value)

    def lists(self, original: list[Any], modified: list[Any], how: schema.Field) -> tuple[list[Any], ...]:
        """What is added or changed in a merged list, what is deleted (scalars), and the order to keep."""
        if not original:
            return (modified, [], []) if self.changes else ([], [], [])
        if lists.element_type(original, modified) is not dict:
            return self._scalars(original, modified)
        changed, deleted = self._elements(original, modified, how)
        found = lists.ordered(changed, modified, how.key) + deleted
        moved = not _same_order(original, modified, how.key)
        if (self.changes and (found or moved)) or (self.deletions and found):
            return found, [], [{how.key: element[how.key]} for element in modified]
        return found, [], []

    def _scalars(self, original: list[Any], modified: list[Any]) -> tuple[list[Any], ...]:
        original = sorted(original, key=lists.go_print)  # so does Go, and then compares with what is not sorted
        added = [item for item in modified if lists.index(original, item, "") < 0] if self.changes else []
        deleted = [item for item in original if lists.index(modified, item, "") < 0] if self.deletions else []
        moved = self.changes and not lists.same(original, modified)
        return added, deleted, modified if moved or deleted else []

    def _elements(self, original: list[Any], modified: list[Any], how: schema.Field) -> tuple[list[Any], list[Any]]:
        """Changed and added elements, and directives for deleted ones."""
        lists.check_keys(how.key, original, modified)
        before, after = _by_key(original, how.key), _by_key(modified, how.key)
        changed, deleted = list[Any](), list[Any]()
        while before or after:  # both sorted by key; a key may occur twice (53/UDP and 53/TCP)
            if not before or (after and after[0][0] < before[0][0]):
                _name, element = after.pop(0)
                changed += [element] if self.changes else []
            elif not after or before[0][0] < after[0][0]:
                _name, element = before.pop(0)
                deleted += [{DIRECTIVE: "delete", how.key: element[how.key]}] if self.deletions else []
            else:
                (_name, old), (_name, new) = before.pop(0), after.pop(0)
                if found := self.maps(old, new, how.type):
                    changed.append({**found, how.key: new[how.key]})
        return changed, deleted


def _by_key(elements: list[Any], key: str) -> list[tuple[str, Any]]:
    # Go's sort takes equal keys for unordered ones, which turns their order round
    elements = elements[::-1]
    return sorted(((lists.go_print(element[key]), element) for element in elements), key=lambda pair: pair[0])


def _same_order(original: list[Any], modified: list[Any], key: str) -> bool:
    return [element[key] for element in original] == [element[key] for element in modified]
