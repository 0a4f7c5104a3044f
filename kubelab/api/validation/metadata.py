"""Metadata of every kind: names, labels, annotations, owners, finalizers.

Stands for apimachinery's pkg/api/validation/objectmeta.go. What the server itself writes (uid, times, generation) is
kept by the store and not checked here.
"""

from collections.abc import Callable

from kubelab.api import errors, labels, meta
from kubelab.api.errors import Cause
from kubelab.api.meta import Obj
from kubelab.api.validation import names

ANNOTATION_BYTES = 256 * 1024
STANDARD_FINALIZERS = ("kubernetes", "orphan", "foregroundDeletion")
IMMUTABLE = "field is immutable"


def create(obj: Obj, name_problems: Callable[[str], list[str]], *, namespaced: bool = True) -> list[Cause]:
    """The metadata of a new object."""
    metadata, found = meta.of(obj), list[Cause]()
    if prefix := metadata.get("generateName"):
        masked = prefix[:-2] + "a" if len(prefix) > 1 and prefix.endswith("-") else prefix
        found += names.invalid("metadata.generateName", prefix, name_problems(masked))
    if not meta.name(obj):
        found.append(errors.required("metadata.name", "name or generateName is required"))
    else:
        found += names.invalid("metadata.name", meta.name(obj), name_problems(meta.name(obj)))
    if namespaced:
        if not meta.namespace(obj):
            found.append(errors.required("metadata.namespace"))
        else:
            found += names.invalid("metadata.namespace", meta.namespace(obj), names.label(meta.namespace(obj)))
    elif meta.namespace(obj):
        found.append(errors.forbidden_field("metadata.namespace", "not allowed on this type"))
    return found + _common(metadata)


def update(obj: Obj, old: Obj) -> list[Cause]:
    """The metadata of a changed object."""
    found = []
    if meta.is_deleting(old):
        before = meta.of(old).get("finalizers") or []
        extra = sorted(set(meta.of(obj).get("finalizers") or []) - set(before))
        if extra:
            listed = "[]string{" + ", ".join(errors.quote(name) for name in extra) + "}"
            why = f"no new finalizers can be added if the object is being deleted, found new finalizers {listed}"
            found.append(errors.forbidden_field("metadata.finalizers", why))
    return found + _common(meta.of(obj))


def _common(metadata: Obj) -> list[Cause]:
    found = names.label_map("metadata.labels", metadata.get("labels") or {})
    found += annotations("metadata.annotations", metadata.get("annotations") or {})
    found += _owners(metadata.get("ownerReferences") or [])
    finalizers = metadata.get("finalizers") or []
    for name in finalizers:
        found += names.qualified("metadata.finalizers", name)
    if {"orphan", "foregroundDeletion"} <= set(finalizers):
        why = "finalizer orphan and foregroundDeletion cannot be both set"
        found.append(errors.invalid_value("metadata.finalizers", finalizers, why))
    for at, name in enumerate(finalizers):
        if "/" not in name and name not in STANDARD_FINALIZERS:
            why = "name is neither a standard finalizer name nor is it fully qualified"
            found.append(errors.invalid_value(f"metadata.finalizers[{at}]", name, why))
    return found


def annotations(path: str, pairs: dict[str, str]) -> list[Cause]:
    """Annotations: keys like labels' keys in any case, and not too much of them."""
    found: list[Cause] = []
    for key in sorted(pairs):
        found += names.invalid(path, key, labels.key_problems(key.lower()))
    if sum(len(key.encode()) + len(value.encode()) for key, value in pairs.items()) > ANNOTATION_BYTES:
        found.append(errors.too_long(path, ANNOTATION_BYTES))
    return found


def _owners(references: list[Obj]) -> list[Cause]:
    path, found, controller = "metadata.ownerReferences", list[Cause](), ""
    for reference in references:
        if not reference.get("apiVersion"):
            found.append(errors.invalid_value(f"{path}.apiVersion", "", "version must not be empty"))
        for field in ("kind", "name", "uid"):
            if not reference.get(field):
                found.append(errors.invalid_value(f"{path}.{field}", "", "must not be empty"))
        if reference.get("apiVersion") == "v1" and reference.get("kind") == "Event":
            why = "/v1, Kind=Event is disallowed from being an owner"
            found.append(errors.invalid_value(path, reference, why))
        if reference.get("controller"):
            this = f"{reference.get('kind', '')}/{reference.get('name', '')}"
            if controller:
                why = (
                    "Only one reference can have Controller set to true. "
                    f'Found "true" in references for {controller} and {this}'
                )
                found.append(errors.invalid_value(path, references, why))
            else:
                controller = this
    return found


def immutable(path: str, new: object, old: object) -> list[Cause]:
    """A field that may not change."""
    return [] if new == old else [errors.invalid_value(path, new, IMMUTABLE)]
