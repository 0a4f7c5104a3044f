"""Namespaces on their way out: first all that is in them, then they themselves.

Stands for pkg/controller/namespace (deletion/namespaced_resources_deleter.go). Pods take their time to stop; until the
last one is gone the namespace is Terminating and says what remains.
"""

from kubelab.api import kinds, meta, times
from kubelab.api.meta import Obj
from kubelab.controllers import loop
from kubelab.store.store import Event

_FINE = (
    ("NamespaceDeletionDiscoveryFailure", "ResourcesDiscovered", "All resources successfully discovered"),
    ("NamespaceDeletionGroupVersionParsingFailure", "ParsedGroupVersions", "All legacy kube types successfully parsed"),
    (
        "NamespaceDeletionContentFailure",
        "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization",
    ),
)
_REMAINING = ("NamespaceContentRemaining", "SomeResourcesRemain", "ContentRemoved", "All content successfully removed")
_FINALIZERS = (
    "NamespaceFinalizersRemaining",
    "SomeFinalizersRemain",
    "ContentHasNoFinalizers",
    "All content-preserving finalizers finished",
)


class NamespaceController(loop.Controller):
    """Empties and removes namespaces that are being deleted."""

    name = "namespace-controller"
    watches = tuple(kind.kind for kind in kinds.KINDS if kind.kind != "Event")

    def on_event(self, event: Event) -> None:
        """Wake for a namespace that is to go, and for each thing that leaves one."""
        obj = event.obj
        if obj["kind"] == "Namespace":
            if meta.is_deleting(obj):
                self.enqueue("", meta.name(obj))
        elif event.type == "DELETED":
            home = self.store.find("Namespace", "", meta.namespace(obj))
            if home is not None and meta.is_deleting(home):
                self.enqueue("", meta.name(home))

    def reconcile(self, namespace: str, name: str, why: str = "") -> None:
        """Send away what is left; when nothing is, remove the namespace."""
        space = self.store.find("Namespace", "", name)
        if space is None or not meta.is_deleting(space):
            return
        for kind in kinds.KINDS:
            for obj in self.store.list(kind.kind, name) if kind.namespaced else []:
                if self.store.find(kind.kind, *meta.key(obj)) is not None and not meta.is_deleting(obj):
                    self.store.delete(kind.kind, *meta.key(obj))
        left = {k: objects for k in kinds.KINDS if k.namespaced and (objects := self.store.list(k.kind, name))}
        if left or space["metadata"].get("finalizers"):
            self._tell(space, left)
        elif not space["metadata"].get("finalizers"):
            self.store.remove("Namespace", "", name)
            self.note(f"{name} is gone")

    def _tell(self, space: Obj, left: dict[kinds.Kind, list[Obj]]) -> None:
        """Write what remains into the status."""
        counts = sorted(f"{k.plural}.{k.group} has {len(objects)} resource instances" for k, objects in left.items())
        held: dict[str, int] = {}
        for obj in (obj for objects in left.values() for obj in objects):
            for finalizer in obj["metadata"].get("finalizers") or []:
                held[finalizer] = held.get(finalizer, 0) + 1
        waiting = ", ".join(f"{finalizer} in {count} resource instances" for finalizer, count in sorted(held.items()))
        told = [(kind, "False", reason, message) for kind, reason, message in _FINE]
        if left:
            told.append((_REMAINING[0], "True", _REMAINING[1], f"Some resources are remaining: {', '.join(counts)}"))
        else:
            told.append((_REMAINING[0], "False", *_REMAINING[2:]))
        if waiting:
            message = f"Some content in the namespace has finalizers remaining: {waiting}"
            told.append((_FINALIZERS[0], "True", _FINALIZERS[1], message))
        else:
            told.append((_FINALIZERS[0], "False", *_FINALIZERS[2:]))
        conditions = [self._condition(space, *entry) for entry in told]
        status = {**(space.get("status") or {}), "conditions": conditions}
        if status != space.get("status"):
            self.store.update_status({**space, "status": status})
        if not left and space["spec"].get("finalizers"):
            emptied = meta.copy(self.store.read("Namespace", "", meta.name(space)))
            self.store.update({**emptied, "spec": {}}, trusted=True)

    def _condition(self, space: Obj, kind: str, state: str, reason: str, message: str) -> Obj:
        before = meta.condition(space, kind)
        since = before["lastTransitionTime"] if before and before["status"] == state else times.stamp(self.clock.now)
        return {"type": kind, "status": state, "reason": reason, "message": message, "lastTransitionTime": since}
