"""`kubectl describe`: an object and its surroundings as a page of text.

Stands for kubectl/pkg/describe/describe.go (1.37), for the kinds that kubelab has. What a page looks up beside its
object (endpoint slices, pods, events) comes through `related`, so nothing here knows a store.
"""

from collections.abc import Callable

from kubelab.api import meta
from kubelab.printers.describe import places, pods, services, workloads, writer

Related = writer.Related
Describer = Callable[[meta.Obj, Related, writer.Page], None]

DESCRIBERS: dict[str, Describer] = {
    "Deployment": workloads.deployment,
    "EndpointSlice": services.endpoint_slice,
    "Endpoints": services.endpoints,
    "Namespace": places.namespace,
    "Node": places.node,
    "Pod": pods.pod,
    "ReplicaSet": workloads.replica_set,
    "Service": services.service,
}


def describe(obj: meta.Obj, related: Related, now: int, *, show_events: bool = True) -> str:
    """The page about an object at a moment (ms); KeyError for a kind that has no description of its own."""
    page = writer.Page(now)
    DESCRIBERS[obj["kind"]](obj, related, page)
    page.events(_events(obj, related) if show_events else None)
    return page.text()


def _events(obj: meta.Obj, related: Related) -> list[meta.Obj] | None:
    match obj["kind"]:
        case "Namespace":
            return None
        case "Pod":
            return writer.events_of(obj, related, any_kind=True)
        case "Node":
            return writer.events_of(obj, related, uid="")
    return writer.events_of(obj, related)
