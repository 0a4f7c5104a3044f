"""Garbage: what belonged to an owner that is gone goes too, and owners wait for or let go of what they own.

Stands for pkg/controller/garbagecollector: an object none of whose owners exists is deleted (Background); an owner with
the finalizer `foregroundDeletion` waits until its blocking dependents are gone; with `orphan`, its dependents lose
their reference and stay.

Differs from Kubernetes: no graph is kept; a change that may matter leads to one sweep over all objects (but Events).
"""

from collections import defaultdict
from typing import Any

from kubelab.api import kinds, meta
from kubelab.api.meta import Obj
from kubelab.controllers import claims, loop
from kubelab.store.store import Event

FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"


class GarbageCollector(loop.Controller):
    """Deletes what has lost its owners."""

    name = "garbage-collector-controller"
    watches = tuple(kind.kind for kind in kinds.KINDS if kind.kind != "Event")

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._ties = loop.Memo(_ties)

    def on_event(self, event: Event) -> None:
        """Wake for what goes, what is to go, and what arrives with an owner."""
        arrived_owned = event.type == "ADDED" and bool(meta.owner_references(event.obj))
        if event.type == "DELETED" or arrived_owned or _held(event.obj):
            self.enqueue("", "")

    def reconcile(self, namespace: str, name: str, why: str = "") -> None:
        """One sweep (the key is always empty)."""
        ties = self._ties.of(obj for kind in self.watches for obj in self.store.list(kind))
        alive = {uid: None for _, (uid, _, _) in ties}
        dependents: defaultdict[str, list[Obj]] = defaultdict(list)
        for obj, (_, owners, _) in ties:
            for owner in owners:
                dependents[owner].append(obj)
        for obj, (uid, _, held) in ties:
            if held:
                self._let_go(obj, dependents.get(uid, []))
        for uid, orphans in dependents.items():
            if uid not in alive:
                for obj in orphans:
                    self._lost(obj, alive)

    def _lost(self, obj: Obj, alive: dict[str, None]) -> None:
        """Delete an object without living owners; with some left, take off the references to the dead."""
        current = self.store.find(obj["kind"], *meta.key(obj))
        if current is None or meta.is_deleting(current) or meta.uid(current) != meta.uid(obj):
            return
        refs = meta.owner_references(current)
        if any(ref["uid"] in alive for ref in refs):
            for ref in refs:
                if ref["uid"] not in alive:
                    claims.release(self.store, self.store.read(obj["kind"], *meta.key(obj)), ref["uid"])
            return
        self.store.delete(obj["kind"], *meta.key(obj), propagation="Background")
        self.note(f"{obj['kind']} {meta.namespace(obj)}/{meta.name(obj)} has lost its owner")

    def _let_go(self, owner: Obj, dependents: list[Obj]) -> None:
        """Deal with a finalizer: free the dependents, or send them away and wait for those that block."""
        finalizers = owner["metadata"]["finalizers"]
        if ORPHAN in finalizers:
            for obj in dependents:
                claims.release(self.store, obj, meta.uid(owner))
            self._take_off(owner, ORPHAN)
            return
        blocking = [obj for obj in dependents if _blocks(obj, owner)]
        for obj in blocking:
            if not meta.is_deleting(obj):
                self.store.delete(obj["kind"], *meta.key(obj), propagation=self._way(obj))
        if not blocking:
            self._take_off(owner, FOREGROUND)

    def _way(self, obj: Obj) -> str:
        """Dependents that may own something themselves go in the foreground too."""
        return "Foreground" if obj["kind"] == "ReplicaSet" else "Background"

    def _take_off(self, owner: Obj, finalizer: str) -> None:
        current = self.store.find(owner["kind"], *meta.key(owner))
        if current is not None and finalizer in (current["metadata"].get("finalizers") or []):
            changed = meta.copy(current)
            changed["metadata"]["finalizers"].remove(finalizer)
            self.store.update(changed, trusted=True)


def _ties(obj: Obj) -> tuple[str, list[str], bool]:
    """An object's uid, its owners' uids, and whether it is held."""
    return meta.uid(obj), [ref["uid"] for ref in meta.owner_references(obj)], _held(obj)


def _blocks(obj: Obj, owner: Obj) -> bool:
    refs = meta.owner_references(obj)
    return any(ref["uid"] == meta.uid(owner) and ref.get("blockOwnerDeletion") for ref in refs)


def _held(obj: Obj) -> bool:
    """Whether the collector has to act on a finalizer before the object can go."""
    return meta.is_deleting(obj) and any(name in (FOREGROUND, ORPHAN) for name in meta.of(obj).get("finalizers") or ())
