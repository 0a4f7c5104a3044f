"""Kubernetes Events: who noticed what about which object, counted when it comes again.

Stands for client-go's tools/record, and for the API server's hour after which an Event is forgotten. Differs: events of
one object with the same reason and message are counted in one Event without a time window, and similar events are never
combined.
"""

from kubelab.api import meta, times
from kubelab.api.meta import Obj
from kubelab.store.store import Store

HOUR = 3_600_000
SWEEP = 600_000
ROOM = "recorder"


class Recorder:
    """Writes Events into the store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        store.clock.on(ROOM, self._sweep)

    def event(
        self, obj: Obj, type: str, reason: str, message: str, component: str, host: str = "", field_path: str = ""
    ) -> None:
        """Record that `component` (on `host`) noticed something about `obj`; `type` is Normal or Warning."""
        now = self.store.clock.now
        namespace = meta.namespace(obj) or "default"
        for event in self._of(obj, namespace):
            if (event["reason"], event["message"], event["source"].get("component")) == (reason, message, component):
                again = meta.copy(event)
                again["count"] += 1
                again["lastTimestamp"] = times.stamp(now)
                self.store.update(again, trusted=True)
                return
        home = self.store.find("Namespace", "", namespace)
        if home is None or meta.is_deleting(home):
            return  # refused there, as all new objects are; a recorder does not insist
        involved = {
            "kind": obj["kind"],
            "namespace": meta.namespace(obj),
            "name": meta.name(obj),
            "uid": meta.uid(obj),
            "apiVersion": obj["apiVersion"],
            "resourceVersion": meta.of(obj).get("resourceVersion", ""),
            "fieldPath": field_path,
        }
        self.store.create(
            {
                "apiVersion": "v1",
                "kind": "Event",
                "metadata": {"namespace": namespace, "name": self._name(obj, namespace, now)},
                "involvedObject": {k: v for k, v in involved.items() if v},
                "reason": reason,
                "message": message,
                "source": {"component": component} | ({"host": host} if host else {}),
                "firstTimestamp": times.stamp(now),
                "lastTimestamp": times.stamp(now),
                "count": 1,
                "type": type,
                "eventTime": None,
                "reportingComponent": component,
                "reportingInstance": host,
            },
            trusted=True,
        )
        self.store.clock.soon(ROOM, "sweep", delay=SWEEP, background=True)

    def _of(self, obj: Obj, namespace: str) -> list[Obj]:
        found = self.store.named("Event", namespace, meta.name(obj) + ".")
        return [event for event in found if event["involvedObject"].get("uid") == meta.uid(obj)]

    def _name(self, obj: Obj, namespace: str, now: int) -> str:
        """`<object>.<nanoseconds in hex>`, moved on while it is taken."""
        stamp = now * 1_000_000
        while self.store.find("Event", namespace, f"{meta.name(obj)}.{stamp:x}"):
            stamp += 1
        return f"{meta.name(obj)}.{stamp:x}"

    def _sweep(self, name: str) -> None:
        """Forget what is older than an hour; look again while events are left."""
        now = self.store.clock.now
        for event in self.store.list("Event"):
            if times.parse(event["lastTimestamp"]) < now - HOUR:
                self.store.remove("Event", *meta.key(event))
        if self.store.list("Event"):
            self.store.clock.soon(ROOM, name, delay=SWEEP, background=True)
