"""Which objects belong to a controller: adopting strays that match its selector, releasing what no longer does.

Stands for pkg/controller/controller_ref_manager.go.
"""

from collections.abc import Iterable

from kubelab.api import labels, meta
from kubelab.api.meta import Obj
from kubelab.store.store import Store


def claim(store: Store, owner: Obj, selector: labels.Selector, candidates: Iterable[Obj]) -> list[Obj]:
    """Those of the candidates that belong to `owner`, after adopting and releasing."""
    claimed = []
    for obj in candidates:
        matches = selector.matches(meta.labels(obj))
        ref = meta.controller_of(obj)
        if ref is None:
            if matches and not meta.is_deleting(owner) and not meta.is_deleting(obj):
                claimed.append(_adopt(store, owner, obj))
        elif ref["uid"] == meta.uid(owner):
            if matches:
                claimed.append(obj)
            elif not meta.is_deleting(owner):
                release(store, obj, meta.uid(owner))
    return claimed


def _adopt(store: Store, owner: Obj, obj: Obj) -> Obj:
    changed = meta.copy(obj)
    changed["metadata"]["ownerReferences"] = [*meta.owner_references(obj), meta.owner_reference(owner)]
    return store.update(changed, trusted=True)


def release(store: Store, obj: Obj, uid: str) -> Obj:
    """Take the reference to the owner with that uid off an object."""
    changed = meta.copy(obj)
    changed["metadata"]["ownerReferences"] = [ref for ref in meta.owner_references(obj) if ref["uid"] != uid]
    return store.update(changed, trusted=True)
