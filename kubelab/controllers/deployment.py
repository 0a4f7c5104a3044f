"""Deployments: from one pod template to the next by way of replica sets.

Stands for pkg/controller/deployment (deployment_controller.go, sync.go, rolling.go, recreate.go, progress.go): find or
make the replica set of the template, scale old and new against each other, keep history, tell how it goes. Rolling back
is kubectl's business (`rollout undo` writes an old template). The arithmetic is in `rollout`, the
status in `progress`.
"""

from kubelab.api import errors, kinds, labels, meta
from kubelab.api.meta import Obj
from kubelab.controllers import claims, gohash, progress, rollout
from kubelab.store.store import Event


class DeploymentController(progress.Reporter):
    """Rolls Deployments out."""

    name = "deployment-controller"
    watches = ("Deployment", "ReplicaSet", "Pod")

    def on_event(self, event: Event) -> None:
        """Enqueue the Deployment, or those that a replica set belongs to, belonged to or might belong to."""
        obj = event.obj
        if obj["kind"] == "Deployment":
            self.enqueue(*meta.key(obj))
        elif obj["kind"] == "ReplicaSet":
            for rs in (obj, event.old):
                ref = meta.controller_of(rs) if rs else None
                if ref and ref["kind"] == "Deployment":
                    self.enqueue(meta.namespace(obj), ref["name"])
            if meta.controller_of(obj) is None and event.type != "DELETED":
                self._enqueue_matching(obj)
        elif event.type == "DELETED":
            self._pod_gone(obj)

    def _enqueue_matching(self, rs: Obj) -> None:
        for deployment in self.store.list("Deployment", meta.namespace(rs)):
            if labels.from_label_selector(deployment["spec"]["selector"]).matches(meta.labels(rs)):
                self.enqueue(*meta.key(deployment))

    def _pod_gone(self, pod: Obj) -> None:
        """Recreate waits for the last old pod."""
        ref = meta.controller_of(pod)
        rs = self.store.find("ReplicaSet", meta.namespace(pod), ref["name"]) if ref else None
        above = meta.controller_of(rs) if rs else None
        if above:
            self.enqueue(meta.namespace(pod), above["name"])

    def reconcile(self, namespace: str, name: str, why: str = "") -> None:
        """Take the rollout one step on, and write how it stands."""
        deployment = self.store.find("Deployment", namespace, name)
        if deployment is None:
            return
        selector = labels.from_label_selector(deployment["spec"]["selector"])
        sets = claims.claim(self.store, deployment, selector, self.store.list("ReplicaSet", namespace))
        if meta.is_deleting(deployment):
            self.write_status(self._world(deployment, sets), self.counts(self._world(deployment, sets)))
            return
        deployment = self.note_pause(deployment)
        world = self._world(deployment, sets)
        if deployment["spec"].get("paused") or self._is_scaling(world):
            if world.newest is not None:
                self._update_newest(world)
            self._scale(world)
            if deployment["spec"].get("paused"):
                self._clean_up(world)
            self.write_status(world, self.counts(world))
        elif rollout.is_rolling(deployment):
            self._roll(world)
        else:
            self._recreate(world)

    # ---- replica sets of the Deployment

    def _world(self, deployment: Obj, sets: list[Obj]) -> progress.World:
        template = deployment["spec"]["template"]
        ordered = sorted(sets, key=rollout.by_age)
        newest = next((rs for rs in ordered if rollout.same_template(rs["spec"]["template"], template)), None)
        return progress.World(deployment, newest, [rs for rs in ordered if rs is not newest])

    def _is_scaling(self, world: progress.World) -> bool:
        asked = str(rollout.size(world.deployment))
        active = (rs for rs in world.sets if rollout.size(rs) > 0)
        return any(meta.annotations(rs).get(rollout.DESIRED, asked) != asked for rs in active)

    def _ensure_newest(self, world: progress.World) -> bool:
        """Find or make the replica set of the template; False if that must be tried again."""
        if world.newest is None:
            return self._make_newest(world)
        self._update_newest(world)
        found = f'Found new replica set "{meta.name(world.newest)}"'
        conditions = world.deployment["status"].get("conditions") or []
        if rollout.has_deadline(world.deployment) and rollout.find(conditions, "Progressing") is None:
            self.set_progress(world, "True", "FoundNewReplicaSet", found)
        return True

    def _update_newest(self, world: progress.World) -> None:
        assert world.newest is not None
        number = max((rollout.revision(rs) for rs in world.old), default=0) + 1
        changed = meta.copy(world.newest)
        changed["metadata"]["annotations"] = self._annotations(world, world.newest, number)
        if wait := world.deployment["spec"].get("minReadySeconds"):
            changed["spec"]["minReadySeconds"] = wait
        else:
            changed["spec"].pop("minReadySeconds", None)
        notes, spec = meta.annotations(world.newest), world.newest["spec"]
        if (changed["metadata"]["annotations"], changed["spec"]) != (notes, spec):
            world.put(self.store.update(changed, trusted=True))
        self._set_revision(world, rollout.revision(changed))

    def _annotations(self, world: progress.World, rs: Obj, number: int) -> dict[str, str]:
        """A replica set's annotations: the Deployment's, its revision, and the revisions that it had before."""
        notes = dict(meta.annotations(rs))
        mine = meta.annotations(world.deployment)
        notes.update({key: value for key, value in mine.items() if key not in rollout.NOT_COPIED})
        before = rollout.revision(rs)
        if before < number:
            if before:
                notes[rollout.HISTORY] = ",".join(filter(None, [notes.get(rollout.HISTORY, ""), str(before)]))
            notes[rollout.REVISION] = str(number)
        return notes

    def _set_revision(self, world: progress.World, number: int) -> None:
        if meta.annotations(world.deployment).get(rollout.REVISION) != str(number):
            changed = meta.copy(world.deployment)
            changed["metadata"].setdefault("annotations", {})[rollout.REVISION] = str(number)
            world.deployment = self.store.update(changed, trusted=True)

    def _make_newest(self, world: progress.World) -> bool:
        deployment = world.deployment
        collisions = deployment["status"].get("collisionCount")
        made = _replica_set_of(deployment, gohash.pod_template_hash(deployment["spec"]["template"], collisions))
        replicas = rollout.new_size(deployment, [*world.old, made], made)
        made["spec"]["replicas"] = replicas
        number = max((rollout.revision(rs) for rs in world.old), default=0) + 1
        made["metadata"]["annotations"] = {**self._annotations(world, made, number), **_sizes(deployment)}
        try:
            world.newest = self.store.create(made, trusted=True)
        except errors.StatusError as error:
            return self._not_made(world, made, error)
        name = meta.name(made)
        if replicas > 0:
            message = f"Scaled up replica set {name} from 0 to {replicas}"
            self.recorder.event(deployment, "Normal", "ScalingReplicaSet", message, self.name)
            self.note(message)
        self._set_revision(world, number)
        if rollout.has_deadline(deployment):
            self.set_progress(world, "True", "NewReplicaSetCreated", f'Created new replica set "{name}"')
        return True

    def _not_made(self, world: progress.World, made: Obj, error: errors.StatusError) -> bool:
        """The name is taken: by a stranger (count a collision, so that the next hash is another). Or no pods may be."""
        deployment = world.deployment
        if error.reason == "AlreadyExists":
            count = deployment["status"].get("collisionCount", 0) + 1
            status = {**deployment["status"], "collisionCount": count}
            self.store.update_status({**deployment, "status": status})
            self.enqueue(*meta.key(deployment))
        elif rollout.has_deadline(deployment):
            kind = kinds.of("ReplicaSet").plural
            self.set_progress(world, "False", "ReplicaSetCreateError", f"Failed to create {kind}: {error}")
        return False

    # ---- strategies

    def _roll(self, world: progress.World) -> None:
        if not self._ensure_newest(world):
            return
        if not self._grow(world) and not self._shrink(world) and self._is_done(world):
            self._clean_up(world)
        self.write_progress(world)

    def _is_done(self, world: progress.World) -> bool:
        status = world.deployment["status"]
        return "observedGeneration" in status and rollout.is_complete(world.deployment, status)

    def _grow(self, world: progress.World) -> bool:
        """Scale the newest replica set towards what is asked for."""
        assert world.newest is not None
        wanted, now = rollout.size(world.deployment), rollout.size(world.newest)
        target = wanted if now >= wanted else rollout.new_size(world.deployment, world.sets, world.newest)
        return target != now and self._resize(world, world.newest, target)

    def _shrink(self, world: progress.World) -> bool:
        """Scale old replica sets down as far as enough pods stay available: unhealthy pods first, then the oldest."""
        assert world.newest is not None
        deployment = world.deployment
        least = rollout.size(deployment) - rollout.max_unavailable(deployment)
        missing = rollout.size(world.newest) - rollout.counted([world.newest], "availableReplicas")
        most = rollout.total(world.sets) - least - missing
        if rollout.total(world.old) == 0 or most <= 0:
            return False
        healed = self._take(world, most, healthy=False)
        spare = rollout.counted(world.sets, "availableReplicas") - least
        return self._take(world, spare, healthy=True) + healed > 0

    def _take(self, world: progress.World, most: int, *, healthy: bool) -> int:
        """Take at most so many pods from old replica sets, oldest first; how many were taken."""
        taken = 0
        for rs in list(world.old):
            pods = rollout.size(rs) if healthy else rollout.size(rs) - rollout.counted([rs], "availableReplicas")
            count = min(most - taken, pods, rollout.size(rs))
            if count > 0:
                self._resize(world, rs, rollout.size(rs) - count)
                taken += count
        return taken

    def _recreate(self, world: progress.World) -> None:
        if world.newest is not None:
            self._update_newest(world)
        emptied = [self._resize(world, rs, 0) for rs in list(world.old) if rollout.size(rs) > 0]
        if not emptied and not self._old_pods_run(world):
            if not self._ensure_newest(world):
                return
            self._grow(world)
            if self._is_done(world):
                self._clean_up(world)
        self.write_progress(world)

    def _old_pods_run(self, world: progress.World) -> bool:
        uids = [meta.uid(rs) for rs in world.old]
        pods = self.store.list("Pod", meta.namespace(world.deployment)) if uids else []
        mine = (pod for pod in pods if not meta.is_finished(pod))
        return any((meta.controller_of(pod) or {}).get("uid") in uids for pod in mine)

    def _scale(self, world: progress.World) -> None:
        """Follow a change of spec.replicas: one replica set alone, or all in proportion while rolling out."""
        deployment = world.deployment
        only = rollout.active_or_latest(world.newest, world.old)
        if only is not None:
            self._resize(world, only, rollout.size(deployment))
        elif rollout.is_saturated(deployment, world.newest):
            for rs in [rs for rs in world.old if rollout.size(rs) > 0]:
                self._resize(world, rs, 0)
        elif rollout.is_rolling(deployment):
            self._scale_in_proportion(world)

    def _scale_in_proportion(self, world: progress.World) -> None:
        deployment = world.deployment
        asked = rollout.size(deployment)
        active = [rs for rs in world.sets if rollout.size(rs) > 0]
        to_add = (asked + rollout.max_surge(deployment) if asked else 0) - rollout.total(active)
        newest_first = sorted(active, key=rollout.by_age, reverse=to_add > 0)
        ordered = sorted(newest_first, key=rollout.size, reverse=True)
        added, sizes = 0, []
        for rs in ordered:
            part = rollout.share(deployment, rs, to_add, added)
            sizes.append(rollout.size(rs) + part)
            added += part
        if ordered:
            sizes[0] = max(sizes[0] + to_add - added, 0)
        for rs, replicas in zip(ordered, sizes, strict=True):
            self._resize(world, rs, replicas)

    def _resize(self, world: progress.World, rs: Obj, replicas: int) -> bool:
        """Give a replica set a size, and the annotations that tell what it is a part of."""
        before, notes = rollout.size(rs), {**meta.annotations(rs), **_sizes(world.deployment)}
        if before == replicas and notes == meta.annotations(rs):
            return False
        changed = meta.copy(rs)
        changed["metadata"]["annotations"] = notes
        changed["spec"]["replicas"] = replicas
        world.put(self.store.update(changed, trusted=True))
        if before != replicas:
            way = "up" if before < replicas else "down"
            message = f"Scaled {way} replica set {meta.name(rs)} from {before} to {replicas}"
            self.recorder.event(world.deployment, "Normal", "ScalingReplicaSet", message, self.name)
            self.note(message)
        return before != replicas

    def _clean_up(self, world: progress.World) -> None:
        """Delete the oldest replica sets beyond the history that is kept."""
        limit = world.deployment["spec"].get("revisionHistoryLimit")
        alive = [rs for rs in world.old if not meta.is_deleting(rs)]
        if limit is None or limit == 2**31 - 1 or len(alive) <= limit:
            return
        for rs in sorted(alive, key=rollout.revision)[: len(alive) - limit]:
            status = rs.get("status") or {}
            behind = rs["metadata"].get("generation", 0) > status.get("observedGeneration", 0)
            if not status.get("replicas") and not rollout.size(rs) and not behind:
                self.store.delete("ReplicaSet", *meta.key(rs))


def _sizes(deployment: Obj) -> dict[str, str]:
    asked = rollout.size(deployment)
    return {rollout.DESIRED: str(asked), rollout.MAXIMUM: str(asked + rollout.max_surge(deployment))}


def _replica_set_of(deployment: Obj, hashed: str) -> Obj:
    template = meta.copy(deployment["spec"]["template"])
    template.setdefault("metadata", {}).setdefault("labels", {})[rollout.HASH] = hashed
    selector = meta.copy(deployment["spec"]["selector"])
    selector.setdefault("matchLabels", {})[rollout.HASH] = hashed
    spec = {"replicas": 0, "selector": selector, "template": template}
    if wait := deployment["spec"].get("minReadySeconds"):
        spec["minReadySeconds"] = wait
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{meta.name(deployment)}-{hashed}",
            "namespace": meta.namespace(deployment),
            "labels": dict(template["metadata"]["labels"]),
            "ownerReferences": [meta.owner_reference(deployment)],
        },
        "spec": spec,
    }
