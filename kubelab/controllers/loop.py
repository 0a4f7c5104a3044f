"""What every controller is: it watches kinds, notes the keys of what may need work, and reconciles them one by one.

Stands for the work queue pattern of client-go. A queue is nothing but timers on the clock (`soon`: no duplicates), so
controllers have no state of their own: all that they know they read from the store. `reconcile` looks at what is and
moves it towards what is asked; it is safe to run twice.

Differs from Kubernetes: informers are never behind, so no expectations are kept and no write meets a conflict.
"""

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from kubelab.api import meta
from kubelab.api.meta import Key, Obj
from kubelab.sim.chance import Chance
from kubelab.sim.clock import Clock
from kubelab.sim.trace import Trace
from kubelab.store.recorder import Recorder
from kubelab.store.store import Event, Store

ROOM = "controllers"
T = TypeVar("T")


class Controller:
    """A reconcile loop. Subclasses say their `name`, the kinds they watch, and how to reconcile a key."""

    name = ""
    watches: tuple[str, ...] = ()
    delay = 10
    """ms from noticing a change to acting on it; changes in between count once."""

    def __init__(self, store: Store, clock: Clock, chance: Chance, recorder: Recorder, trace: Trace) -> None:
        self.store, self.clock, self.chance = store, clock, chance
        self.recorder, self.trace = recorder, trace

    def see(self, event: Event) -> None:
        """Take note of a change if it is of a kind that this loop watches."""
        if event.obj["kind"] in self.watches:
            self.on_event(event)

    def on_event(self, event: Event) -> None:
        """Enqueue what the change may concern; by default the object itself."""
        self.enqueue(*meta.key(event.obj))

    def enqueue(self, namespace: str, name: str, delay: int | None = None, *, background: bool = False) -> None:
        """Have `reconcile(namespace, name)` called soon, once."""
        wait = self.delay if delay is None else delay
        self.clock.soon(ROOM, self.name, namespace, name, delay=wait, background=background)

    def reconcile(self, namespace: str, name: str) -> None:
        """Move what is towards what is asked."""
        raise NotImplementedError

    def note(self, what: str) -> None:
        """Write a line into the trace."""
        self.trace.add(self.clock.now, self.name, what)


class Memo(Generic[T]):
    """What follows from each of many stored objects, worked out again only where another object stands now.

    When thousands of pods become ready in batches, a loop that looks at all of them after each batch would do most of
    its work over and over. A stored object never changes, a write puts another in its place: so what was worked out of
    it holds while it is that very object (it is kept here, so that no other can have its id) and the context is equal.
    This is no state: whatever an undo or a state file brings is not known yet and worked out anew.
    """

    def __init__(self, work: Callable[..., T]) -> None:
        self._work = work
        self._context: tuple[Any, ...] = ()
        self._known: dict[int, tuple[Obj, T]] = {}

    def of(self, objects: Iterable[Obj], *context: Any) -> list[tuple[Obj, T]]:
        """Each object with `work(obj, *context)`, none of them twice; what is not asked for again is forgotten."""
        known = self._known if context == self._context else {}
        now = {id(obj): known.get(id(obj)) or (obj, self._work(obj, *context)) for obj in objects}
        self._known, self._context = now, context
        return list(now.values())


Memos = dict[Key, Memo[T]]
"""One for each key that a loop reconciles."""
