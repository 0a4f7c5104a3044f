"""What every controller is: it watches kinds, notes the keys of what may need work, and reconciles them one by one.

Stands for the work queue pattern of client-go. A queue is nothing but timers on the clock (`soon`: no duplicates), so
controllers have no state of their own: all that they know they read from the store. `reconcile` looks at what is and
moves it towards what is asked; it is safe to run twice.

Differs from Kubernetes: informers are never behind, so no expectations are kept and no write meets a conflict.
"""

from kubelab.api import meta
from kubelab.sim.chance import Chance
from kubelab.sim.clock import Clock
from kubelab.sim.trace import Trace
from kubelab.store.recorder import Recorder
from kubelab.store.store import Event, Store

ROOM = "controllers"


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
