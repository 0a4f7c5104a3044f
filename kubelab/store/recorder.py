"""Kubernetes Events: who noticed what about which object, counted when it comes again.

Stands for client-go's tools/record (events_cache.go: equal events are counted in one, from the tenth similar one on
they are combined, and a talkative source is cut off), for tools/events, and for the API server's hour after which an
Event is forgotten. What client-go remembers in caches is read off the stored Events. Differs: which of the messages
before a combined event are remembered is not left to chance, and a series is written at each turn.
"""

from collections.abc import Iterator

from kubelab.api import meta, times
from kubelab.api.meta import Obj
from kubelab.store.store import Store

HOUR = 3_600_000
SWEEP = 600_000
ROOM = "recorder"

SIMILAR = 10
"""So many different messages of one reason, and from then on they are combined..."""

WINDOW = 600_000
"""...unless nothing similar came for so long (ms)."""

COMBINED = "(combined from similar events): "

BURST = 25
"""So many Events a source may write about one object..."""

REFILL = 300_000
"""...and one more each time so much time (ms) has passed."""

SERIES = 360_000
"""How long (ms) the newer recorder counts equal events in a series."""


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
        source = {"component": component} | ({"host": host} if host else {})
        known = [event for event in self._of(obj) if event["source"] == source]
        if _spent(known, now) >= BURST:
            return
        similar = [event for event in known if (event["type"], event["reason"]) == (type, reason)]
        if len({message, *_lately(similar, now)}) >= SIMILAR:
            message = COMBINED + message
        for event in similar:
            same = event["message"] == message and event["involvedObject"].get("fieldPath", "") == field_path
            if same or (message.startswith(COMBINED) and event["message"].startswith(COMBINED)):
                self._again(event, {"count": event["count"] + 1, "lastTimestamp": times.stamp(now), "message": message})
                return
        seen = {"firstTimestamp": times.stamp(now), "lastTimestamp": times.stamp(now), "count": 1, "eventTime": None}
        reporter = {"source": source, "reportingComponent": component, "reportingInstance": host}
        self._new(obj, {"type": type, "reason": reason, "message": message, **seen, **reporter}, field_path)

    def report(self, obj: Obj, type: str, reason: str, action: str, message: str, component: str, host: str) -> None:
        """Record as client-go's newer recorder (tools/events) does, which the scheduler uses: a series, not a count."""
        now = self.store.clock.now
        reporter = {"source": {}, "reportingComponent": component, "reportingInstance": f"{component}-{host}"}
        what = {"type": type, "reason": reason, "action": action, **reporter}
        for event in self._of(obj):
            if what.items() <= event.items() and event["involvedObject"] == _involved(obj):
                series = event.get("series") or {"count": 1, "lastObservedTime": event["eventTime"]}
                if now - times.parse(series["lastObservedTime"]) <= SERIES:
                    lately = {"count": series["count"] + 1, "lastObservedTime": times.stamp_micro(now)}
                    self._again(event, {"series": lately})
                    return
        seen = {"firstTimestamp": None, "lastTimestamp": None, "eventTime": times.stamp_micro(now)}
        self._new(obj, {"message": message, **what, **seen})

    def _again(self, event: Obj, news: Obj) -> None:
        self.store.update({**meta.copy(event), **news}, trusted=True)

    def _new(self, obj: Obj, event: Obj, field_path: str = "") -> None:
        namespace = meta.namespace(obj) or "default"
        home = self.store.find("Namespace", "", namespace)
        if home is None or meta.is_deleting(home):
            return  # refused there, as all new objects are; a recorder does not insist
        involved = _involved(obj) | ({"fieldPath": field_path} if field_path else {})
        metadata = {"namespace": namespace, "name": self._name(obj, namespace, self.store.clock.now)}
        whole = {"apiVersion": "v1", "kind": "Event", "metadata": metadata, "involvedObject": involved, **event}
        self.store.create(whole, trusted=True)
        self.store.clock.soon(ROOM, "sweep", delay=SWEEP, background=True)

    def _of(self, obj: Obj) -> list[Obj]:
        found = self.store.named("Event", meta.namespace(obj) or "default", meta.name(obj) + ".")
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
            if _last(event) < now - HOUR:
                self.store.remove("Event", *meta.key(event))
        if self.store.list("Event"):
            self.store.clock.soon(ROOM, name, delay=SWEEP, background=True)


def _involved(obj: Obj) -> Obj:
    involved = {
        "kind": obj["kind"],
        "namespace": meta.namespace(obj),
        "name": meta.name(obj),
        "uid": meta.uid(obj),
        "apiVersion": obj["apiVersion"],
        "resourceVersion": meta.of(obj).get("resourceVersion", ""),
    }
    return {key: value for key, value in involved.items() if value}


def _last(event: Obj) -> int:
    """When (ms) an Event was last heard of."""
    series = (event.get("series") or {}).get("lastObservedTime")
    return times.parse(series or event.get("lastTimestamp") or event["eventTime"])


def _spent(events: list[Obj], now: int) -> int:
    """How much of its burst a source has used up on an object."""
    if not events:
        return 0
    since = min(times.parse(event["firstTimestamp"]) for event in events)
    return int(sum(event["count"] for event in events) - (now - since) // REFILL)


def _lately(similar: list[Obj], now: int) -> Iterator[str]:
    """The messages of similar events, back to where there was nothing for longer than the window."""
    since = now
    for event in sorted(similar, key=_last, reverse=True):
        if since - _last(event) > WINDOW:
            return
        since = min(since, times.parse(event["firstTimestamp"]))
        if not event["message"].startswith(COMBINED):
            yield event["message"]
