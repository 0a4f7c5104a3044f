"""The keeper of objects: create, read, update, delete, with versions, generations, finalizers and watches.

Stands for kube-apiserver's generic registry (pkg/registry/generic/registry/store.go) over etcd. One revision counts for
the whole cluster, as etcd's does. What comes in is copied (of what the clients that are part of the cluster write, only
the surface: below it, it is theirs no more); what goes out is the stored object itself, which nobody may change
(`meta.copy` first): that is what makes big clusters quick and undo cheap. One path, `_commit`, writes and tells the
watchers.

Differs from Kubernetes: watchers are called at once and may only take note; no server-side apply, no managedFields; the
clients that are part of the cluster (`trusted=True`) are not validated again.
"""

import bisect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kubelab.api import decoding, defaults, errors, kinds, labels, meta, patches, times, validation
from kubelab.api.meta import Key, Obj
from kubelab.sim.chance import Chance
from kubelab.sim.clock import Clock
from kubelab.store import patched, services, strategies

PROTECTED_NAMESPACES = ("default", "kube-system", "kube-public")
ENDPOINTS_DEPRECATED = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"

Objects = list[Obj]  # in the class, `list` is the verb
Keys = list[Key]
Texts = list[str]


@dataclass(frozen=True, slots=True)
class Event:
    """What a watcher sees: ADDED, MODIFIED or DELETED, the object now, and what it was before."""

    type: str
    obj: Obj
    old: Obj | None


class Store:
    """All objects of one cluster."""

    def __init__(self, clock: Clock, chance: Chance) -> None:
        self.clock = clock
        self.chance = chance
        self.revision = 0
        self.warnings: list[str] = []
        self._objects: dict[str, dict[Key, Obj]] = {kind.kind: {} for kind in kinds.KINDS}
        self._order: dict[str, tuple[list[Key], list[Obj]]] = {}
        """The same by namespace and name: keys and objects, made when first asked for."""
        self._watchers: list[Callable[[Event], None]] = []

    # ---- reading

    def find(self, kind: str, namespace: str, name: str) -> Obj | None:
        """The stored object, or None. It is shared: do not change it."""
        return self._objects[kind].get((namespace, name))

    def read(self, kind: str, namespace: str, name: str) -> Obj:
        """The stored object; StatusError NotFound if there is none."""
        found = self.find(kind, namespace, name)
        if found is None:
            raise errors.not_found(kinds.of(kind), name)
        return found

    def list(
        self,
        kind: str,
        namespace: str | None = None,
        *,
        labels: "str | labels.Selector | None" = None,
        fields: str | None = None,
    ) -> Objects:
        """All objects of a kind by namespace and name; StatusError BadRequest if a selector is none."""
        found = self._sorted(kind)[1][:] if namespace is None else self.named(kind, namespace, "")
        if labels or fields:
            keep = self._selection(kind, labels, fields)
            found = [obj for obj in found if keep(obj)]
        return found

    def named(self, kind: str, namespace: str, prefix: str) -> Objects:
        """All objects of a kind and namespace whose names begin with `prefix`."""
        keys, objects = self._sorted(kind)
        first, end = (bisect.bisect_left(keys, (namespace, prefix + last)) for last in ("", chr(sys.maxunicode)))
        return objects[first:end]

    def _sorted(self, kind: str) -> tuple[Keys, Objects]:
        if kind not in self._order:
            keys = sorted(self._objects[kind])
            self._order[kind] = keys, [self._objects[kind][key] for key in keys]
        return self._order[kind]

    def _selection(
        self, kind: str, selector: "str | labels.Selector | None", fields: str | None
    ) -> Callable[[Obj], bool]:
        try:
            wanted = labels.parse(selector) if isinstance(selector, str) else selector or labels.EVERYTHING
            by_field = labels.parse_fields(fields or "", kind)
        except ValueError as problem:
            group = kinds.of(kind)
            resource = f"{group.api_version if group.group else '/v1'}, Resource={group.plural}"
            raise errors.bad_request(
                f'Unable to find "{resource}" that match label selector "{selector or ""}", '
                f'field selector "{fields or ""}": {problem}'
            ) from None
        return lambda obj: wanted.matches(meta.labels(obj)) and by_field(obj)

    # ---- watching

    def subscribe(self, watcher: Callable[[Event], None]) -> None:
        """Have `watcher` told of every change, at once. It may take note (enqueue), not write."""
        self._watchers.append(watcher)

    def unsubscribe(self, watcher: Callable[[Event], None]) -> None:
        """Tell `watcher` no more."""
        self._watchers.remove(watcher)

    def take_warnings(self) -> Texts:
        """The warnings of the requests since the last call."""
        taken, self.warnings = self.warnings, []
        return taken

    # ---- writing

    def create(self, obj: Obj, *, validation: str = "Strict", dry_run: bool = False, trusted: bool = False) -> Obj:
        """Store a new object and return it as stored. StatusError if it is refused."""
        kind = kinds.by_gvk(obj.get("apiVersion", ""), obj.get("kind", ""))
        if kind is None:
            raise errors.no_such_resource()
        obj = {**obj, "metadata": {**obj.get("metadata", {})}} if trusted else self._decode(obj, kind, validation)
        self._place(obj, kind)
        with self._trial(dry_run):
            self._name(obj)
            defaults.apply(obj, self.chance.suffix)
            strategies.new_status(obj)
            if kind.kind == "Service":
                services.prepare(obj, None, self.list("Service"), self.chance)
            if not trusted:
                self._validate(obj, None, kind)
            if (there := self._objects[kind.kind].get(meta.key(obj))) is not None:
                raise errors.already_exists(kind, meta.name(obj), leaving=meta.is_deleting(there))
            self._born(obj, kind)
            return obj if dry_run else self._commit("ADDED", obj, None)

    def update(self, obj: Obj, *, validation: str = "Strict", dry_run: bool = False, trusted: bool = False) -> Obj:
        """Replace an object (PUT) but for its status; Conflict if it names another resourceVersion than the stored."""
        kind = kinds.of(obj)
        obj = {**obj, "metadata": {**obj["metadata"]}} if trusted else self._decode(obj, kind, validation)
        home = meta.namespace(obj) if kind.namespaced else ""
        if home and self.find("Namespace", "", home) is None:
            raise errors.not_found(kinds.of("Namespace"), home)
        old = self.read(kind.kind, home, meta.name(obj))
        self._check_version(obj, old, kind)
        with self._trial(dry_run):
            strategies.keep_identity(obj, old)
            strategies.keep_status(obj, old)
            strategies.keep_priority(obj, old)
            defaults.apply(obj, self.chance.suffix)
            if kind.kind == "Service":
                services.prepare(obj, old, self.list("Service"), self.chance)
            if not trusted:
                self._validate(obj, old, kind)
            return self._write(obj, old, dry_run)

    def update_status(self, obj: Obj) -> Obj:
        """Replace an object's status and nothing else."""
        old = self.read(obj["kind"], meta.namespace(obj), meta.name(obj))
        changed = dict(old)
        changed["metadata"] = dict(old["metadata"])
        changed["status"] = obj.get("status") or {}
        return self._write(changed, old, dry_run=False)

    def patch(
        self,
        kind: str,
        namespace: str,
        name: str,
        patch: Any,
        type: str = "strategic",
        *,
        validation: str = "Warn",
        dry_run: bool = False,
    ) -> Obj:
        """Change part of an object; `type` is strategic, merge or json. Returns it as stored."""
        old = self.read(kind, namespace, name)
        current = {"apiVersion": old["apiVersion"], "kind": old["kind"], **old}
        if type == "json":
            changed = patches.json_patch(current, patch)
        elif type == "merge":
            changed = patches.merge_patch(current, patch)
        else:
            changed = patches.strategic(kind, current, patch)
        changed = {**changed, "apiVersion": old["apiVersion"], "kind": old["kind"]}
        changed, warnings = patched.decode(changed, kinds.of(kind), patch, type, validation)
        self.warnings += warnings
        if meta.name(changed) != name:
            shown = meta.name(changed)
            raise errors.bad_request(f"the name of the object ({shown}) does not match the name on the URL ({name})")
        if meta.namespace(changed) != meta.namespace(old):
            raise errors.bad_request(
                "the namespace of the provided object does not match the namespace sent on the request"
            )
        return self.update(changed, validation="Ignore", dry_run=dry_run)

    def scale(self, kind: str, namespace: str, name: str, replicas: int, *, dry_run: bool = False) -> Obj:
        """Set spec.replicas through the scale subresource."""
        if not kinds.of(kind).scalable:
            raise errors.no_such_resource()
        changed = meta.copy(self.read(kind, namespace, name))
        changed["spec"]["replicas"] = replicas
        return self.update(changed, dry_run=dry_run)

    def bind(self, namespace: str, name: str, node: str, conditions: Objects) -> Obj:
        """Give a pod its node and conditions (the binding subresource); that is no new generation."""
        old = self.read("Pod", namespace, name)
        bound = {**old, "metadata": dict(old["metadata"]), "spec": {**old["spec"], "nodeName": node}}
        bound["status"] = {**(old.get("status") or {}), "conditions": conditions}
        return self._commit("MODIFIED", bound, old)

    def delete(
        self,
        kind: str,
        namespace: str,
        name: str,
        *,
        grace: int | None = None,
        propagation: str = "Background",
        dry_run: bool = False,
    ) -> Obj:
        """Ask an object to go; it goes at once unless a grace period (s) or a finalizer keeps it."""
        old = self.read(kind, namespace, name)
        if kind == "Namespace" and name in PROTECTED_NAMESPACES:
            raise errors.forbidden(kinds.of(kind), name, "this namespace may not be deleted")
        if dry_run:
            return old
        going = {**old, "metadata": dict(old["metadata"])}
        self._add_finalizers(going, propagation)
        wait = self._grace(old, grace)
        if wait or going["metadata"].get("finalizers") or kind == "Namespace":
            return self._mark(going, old, wait)
        return self.remove(kind, namespace, name)

    def remove(self, kind: str, namespace: str, name: str) -> Obj:
        """Take an object away now."""
        old = self.read(kind, namespace, name)
        gone = {**old, "metadata": dict(old["metadata"])}
        self._commit("DELETED", gone, old)
        if kind == "Service" and self.find("Endpoints", namespace, name):
            self.remove("Endpoints", namespace, name)
        return gone

    # ---- the steps of a write

    def _decode(self, obj: Obj, kind: kinds.Kind, strictness: str) -> Obj:
        decoded, warnings = decoding.decode(obj, kind, strictness)
        self.warnings += warnings
        return decoded

    def _place(self, obj: Obj, kind: kinds.Kind) -> None:
        metadata = obj.setdefault("metadata", {})
        if not kind.namespaced:
            metadata.pop("namespace", None)
            return
        home = metadata.setdefault("namespace", "default")
        namespace = self.find("Namespace", "", home)
        if namespace is None:
            raise errors.not_found(kinds.of("Namespace"), home)
        if meta.is_deleting(namespace):
            why = f"unable to create new content in namespace {home} because it is being terminated"
            raise errors.forbidden(kind, meta.name(obj), why)

    def _name(self, obj: Obj) -> None:
        metadata = obj["metadata"]
        if not metadata.get("name") and metadata.get("generateName"):
            metadata["name"] = metadata["generateName"][:58] + self.chance.suffix()

    def _validate(self, obj: Obj, old: Obj | None, kind: kinds.Kind) -> None:
        causes = validation.create(obj) if old is None else validation.update(obj, old)
        if causes:
            raise errors.invalid(kind, meta.name(obj), causes)
        self.warnings += validation.warnings(obj)

    def _born(self, obj: Obj, kind: kinds.Kind) -> None:
        metadata = obj["metadata"]
        for field in ("deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "selfLink", "generation"):
            metadata.pop(field, None)
        metadata["uid"] = self.chance.uid()
        metadata["creationTimestamp"] = times.stamp(self.clock.now)
        if kind.kind in strategies.COUNTS_GENERATIONS:
            metadata["generation"] = 1
        strategies.tidy(obj)

    def _check_version(self, obj: Obj, old: Obj, kind: kinds.Kind) -> None:
        metadata = obj["metadata"]
        if metadata.get("uid") and metadata["uid"] != meta.uid(old):
            why = f"Precondition failed: UID in precondition: {metadata['uid']}, UID in object meta: {meta.uid(old)}"
            raise errors.conflict(kind, meta.name(obj), why)
        version = metadata.get("resourceVersion")
        if version and version != old["metadata"]["resourceVersion"]:
            raise errors.conflict(kind, meta.name(obj))

    def _write(self, obj: Obj, old: Obj, dry_run: bool) -> Obj:
        strategies.tidy(obj)
        obj["metadata"]["resourceVersion"] = old["metadata"]["resourceVersion"]
        if obj == old:
            return old
        if obj["kind"] in strategies.COUNTS_GENERATIONS and strategies.content(obj) != strategies.content(old):
            obj["metadata"]["generation"] = old["metadata"].get("generation", 0) + 1
        if dry_run:
            return obj
        if meta.is_deleting(obj) and not self._kept(obj):
            return self._commit("DELETED", obj, old)
        return self._commit("MODIFIED", obj, old)

    def _kept(self, obj: Obj) -> bool:
        """Whether something still holds an object that is to go."""
        waiting = obj["metadata"].get("deletionGracePeriodSeconds")
        return bool(obj["metadata"].get("finalizers")) or obj["kind"] == "Namespace" or bool(waiting)

    def _add_finalizers(self, obj: Obj, propagation: str) -> None:
        finalizer = {"Foreground": "foregroundDeletion", "Orphan": "orphan"}.get(propagation)
        held = list(obj["metadata"].get("finalizers") or [])
        if finalizer and finalizer not in held:
            obj["metadata"]["finalizers"] = [*held, finalizer]

    def _grace(self, obj: Obj, asked: int | None) -> int:
        if obj["kind"] != "Pod":
            return 0
        spec = obj.get("spec") or {}
        if not spec.get("nodeName") or meta.is_finished(obj):
            return 0
        if asked is not None and asked < 0:
            return 1
        return int(spec.get("terminationGracePeriodSeconds", 30)) if asked is None else asked

    def _mark(self, obj: Obj, old: Obj, grace: int) -> Obj:
        metadata = obj["metadata"]
        if meta.is_deleting(old):
            shorter = grace < metadata.get("deletionGracePeriodSeconds", 0)
            if not shorter and metadata.get("finalizers") == old["metadata"].get("finalizers"):
                return old
        metadata["deletionTimestamp"] = times.stamp(self.clock.now + grace * 1000)
        metadata["deletionGracePeriodSeconds"] = grace
        if obj["kind"] == "Namespace":
            metadata.pop("deletionGracePeriodSeconds")
            obj["status"] = {**(obj.get("status") or {}), "phase": "Terminating"}
        if "generation" in metadata:
            metadata["generation"] += 1
        return self._commit("MODIFIED", obj, old)

    @contextmanager
    def _trial(self, dry_run: bool) -> Iterator[None]:
        """A dry run has drawn names and addresses: put the chance back, so that it changes nothing."""
        state = self.chance.snapshot() if dry_run else None
        try:
            yield
        finally:
            if state is not None:
                self.chance.restore(state)

    def _commit(self, type: str, obj: Obj, old: Obj | None) -> Obj:
        self.revision += 1
        obj["metadata"]["resourceVersion"] = str(self.revision)
        objects, key = self._objects[obj["kind"]], meta.key(obj)
        keys, ordered = self._sorted(obj["kind"])
        at = bisect.bisect_left(keys, key)
        place = slice(at, at + (key in objects))
        if type == "DELETED":
            del objects[key], keys[place], ordered[place]
        else:
            objects[key], keys[place], ordered[place] = obj, [key], [obj]
        event = Event(type, obj, old)
        for watcher in self._watchers:
            watcher(event)
        return obj

    # ---- undo and state files

    def snapshot(self) -> dict[str, Any]:
        """All objects (shared, not copied) and the revision, as JSON-like data."""
        return {"revision": self.revision, "objects": {k: list(v.values()) for k, v in self._objects.items()}}

    def restore(self, data: dict[str, Any]) -> None:
        """Be as at the snapshot. Watchers are not told: the rooms restore their own state beside this."""
        self.revision = data["revision"]
        self._objects = {kind: {meta.key(o): o for o in objects} for kind, objects in data["objects"].items()}
        self._order = {}
        self.warnings = []
