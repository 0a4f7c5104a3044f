"""Watching one object while the cluster moves: every version that it takes, until a command has seen enough.

Stands for client-go's tools/watch (`UntilWithSync`). Where nothing waits to happen any more, a wait without a timeout
ends, because the real command would wait for ever.
"""

from collections.abc import Callable

from kubelab.api import meta
from kubelab.kubectl import console, resources
from kubelab.store import store as stores

Seen = Callable[[stores.Event], bool]
"""Told of every version of an object; says whether that was enough."""


def follow(
    context: console.Context, info: resources.Info, seen: Seen, timeout: int | None,
    patience: Callable[[], int] = lambda: 0,
) -> bool:  # fmt: skip
    """Show `seen` the object as it is, then each of its changes; False if `timeout` ms were not enough.

    Without a timeout (None) the wait goes on while anybody waits for anything in the cluster, and, even if nothing is
    going on, up to the moment (ms) that `patience` says: until then something may still come.
    """
    events: list[stores.Event] = []
    store, clock = context.cluster.store, context.cluster.clock
    now = store.find(info.kind.kind, info.namespace, info.name)
    if now is not None and seen(stores.Event("ADDED", now, None)):
        return True
    end = None if timeout is None else clock.now + timeout
    store.subscribe(events.append)
    try:
        while True:
            due = clock.next_at()
            if due is None or (end is None and clock.quiet and due > patience()):
                break
            if end is not None and due > end:
                break
            clock.step()
            mine = [event for event in events if _is_about(event, info)]
            events.clear()
            if any(seen(event) for event in mine):
                return True
    finally:
        store.unsubscribe(events.append)
    if end is not None:
        clock.run_until(end)
    return False


def _is_about(event: stores.Event, info: resources.Info) -> bool:
    return event.obj["kind"] == info.kind.kind and meta.key(event.obj) == (info.namespace, info.name)
