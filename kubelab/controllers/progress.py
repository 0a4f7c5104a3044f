"""How a rollout stands: the status of a Deployment and its conditions.

Stands for pkg/controller/deployment/progress.go and the status part of sync.go.
"""

from dataclasses import dataclass

from kubelab.api import meta
from kubelab.api.meta import Obj
from kubelab.controllers import loop, rollout


@dataclass(slots=True)
class World:
    """A Deployment and its replica sets, as they are while it is being synced."""

    deployment: Obj
    newest: Obj | None
    old: list[Obj]

    @property
    def sets(self) -> list[Obj]:
        """All replica sets."""
        return [*self.old, *([self.newest] if self.newest else [])]

    def put(self, rs: Obj) -> None:
        """Take note of a replica set that has been written."""
        if self.newest is not None and meta.uid(self.newest) == meta.uid(rs):
            self.newest = rs
        self.old = [rs if meta.uid(rs) == meta.uid(known) else known for known in self.old]


class Reporter(loop.Controller):
    """The part of the Deployment controller that writes status."""

    def note_pause(self, deployment: Obj) -> Obj:
        """Keep the Progressing condition in step with spec.paused, so that a pause does not count as being stuck."""
        if not rollout.has_deadline(deployment):
            return deployment
        progress = rollout.find(deployment["status"].get("conditions") or [], "Progressing")
        reason = progress["reason"] if progress else ""
        if reason == "ProgressDeadlineExceeded":
            return deployment
        world = World(deployment, None, [])
        if deployment["spec"].get("paused") and reason != "DeploymentPaused":
            self.set_progress(world, "Unknown", "DeploymentPaused", "Deployment is paused")
        elif not deployment["spec"].get("paused") and reason == "DeploymentPaused":
            self.set_progress(world, "Unknown", "DeploymentResumed", "Deployment is resumed")
        return world.deployment

    def set_progress(self, world: World, status: str, reason: str, message: str) -> None:
        """Write the Progressing condition at once."""
        condition = rollout.make("Progressing", status, reason, message, self.clock.now)
        before = world.deployment["status"]
        conditions = rollout.put(before.get("conditions") or [], condition)
        changed = {**world.deployment, "status": {**before, "conditions": conditions}}
        world.deployment = self.store.update_status(changed)

    def counts(self, world: World) -> Obj:
        """The status that the replica sets add up to (calculateStatus)."""
        deployment, sets = world.deployment, world.sets
        before, available = deployment["status"], rollout.counted(sets, "availableReplicas")
        counts = {
            "observedGeneration": deployment["metadata"].get("generation", 0),
            "replicas": rollout.counted(sets, "replicas"),
            "updatedReplicas": rollout.counted([world.newest] if world.newest else [], "replicas"),
            "readyReplicas": rollout.counted(sets, "readyReplicas"),
            "availableReplicas": available,
            "unavailableReplicas": max(rollout.total(sets) - available, 0),
            "collisionCount": before.get("collisionCount", 0),
        }
        status: Obj = {key: value for key, value in counts.items() if value}
        if any("terminatingReplicas" in (rs.get("status") or {}) for rs in sets):
            status["terminatingReplicas"] = rollout.counted(sets, "terminatingReplicas")
        enough = available >= rollout.size(deployment) - rollout.max_unavailable(deployment)
        reason = "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable"
        message = f"Deployment {'has' if enough else 'does not have'} minimum availability."
        condition = rollout.make("Available", str(enough), reason, message, self.clock.now)
        status["conditions"] = rollout.put(before.get("conditions") or [], condition)
        return status

    def write_progress(self, world: World) -> None:
        """Write the status with the news of the rollout (syncRolloutStatus)."""
        deployment, status = world.deployment, self.counts(world)
        status.setdefault("observedGeneration", 0)
        conditions: list[Obj] = status["conditions"]
        before = rollout.find(deployment["status"].get("conditions") or [], "Progressing")
        complete = status.get("replicas", 0) == status.get("updatedReplicas", 0)
        if not rollout.has_deadline(deployment):
            conditions = rollout.without(conditions, "Progressing")
        elif not (complete and before and before["reason"] == "NewReplicaSetAvailable"):
            conditions = self._progress(world, status, before)
        failures = [c for rs in world.sets for c in (rs.get("status") or {}).get("conditions") or []]
        failure = rollout.find(failures, "ReplicaFailure")
        conditions = rollout.without(conditions, "ReplicaFailure") if failure is None else conditions
        if failure is not None:
            what = failure["status"], failure["reason"], failure["message"]
            told = rollout.make("ReplicaFailure", *what, self.clock.now)
            conditions = rollout.put(conditions, told)
        status["conditions"] = conditions
        self.write_status(world, status)

    def _progress(self, world: World, status: Obj, before: Obj | None) -> list[Obj]:
        deployment, conditions = world.deployment, status["conditions"]
        about = f'ReplicaSet "{meta.name(world.newest)}"' if world.newest else f'Deployment "{meta.name(deployment)}"'

        def condition(state: str, reason: str, end: str) -> Obj:
            return rollout.make("Progressing", state, reason, f"{about} {end}", self.clock.now)

        if rollout.is_complete(deployment, status):
            done = condition("True", "NewReplicaSetAvailable", "has successfully progressed.")
            return rollout.put(conditions, done)
        if rollout.is_progressing(deployment["status"], status):
            news = condition("True", "ReplicaSetUpdated", "is progressing.")
            if before and before["status"] == "True":
                news["lastTransitionTime"] = before["lastTransitionTime"]
            return [*rollout.without(conditions, "Progressing"), news]
        if rollout.is_timed_out(deployment, status, self.clock.now):
            return rollout.put(conditions, condition("False", "ProgressDeadlineExceeded", "has timed out progressing."))
        return list(conditions)

    def write_status(self, world: World, status: Obj) -> None:
        """Write the status if it is news; while a rollout is under way, come back when its deadline has passed."""
        if status != world.deployment["status"]:
            self.store.update_status({**world.deployment, "status": status})
        condition = rollout.find(status["conditions"], "Progressing")
        if condition is None or not rollout.has_deadline(world.deployment):
            return
        if condition["reason"] not in ("NewReplicaSetAvailable", "ProgressDeadlineExceeded", "DeploymentPaused"):
            moment = rollout.deadline_at(world.deployment, condition) + 1000
            wait, why = max(moment - self.clock.now, 1000), f"deadline {moment}"
            self.clock.soon(loop.ROOM, self.name, *meta.key(world.deployment), why, delay=wait, background=True)
