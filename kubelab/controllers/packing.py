"""Putting endpoints into slices: fill what changes anyway, leave the rest alone, never rebalance.

Stands for k8s.io/endpointslice reconciler.go (reconcileByPortMapping, finalize) and its twin for mirroring. A `Plan` is
what is to be created, updated and deleted.

Differs from Kubernetes: new endpoints are put in in the order in which they come; there they come from a set.
"""

from dataclasses import dataclass, field

from kubelab.api import meta
from kubelab.api.meta import Obj
from kubelab.controllers import backends
from kubelab.store.store import Store

SERVICE_NAME = "kubernetes.io/service-name"
MANAGED_BY = "endpointslice.kubernetes.io/managed-by"

PortKey = tuple[tuple[tuple[str, object], ...], ...]
Identity = tuple[str, str]
"""Address and uid of an endpoint."""
Desired = dict[PortKey, tuple[list[Obj], dict[Identity, Obj]]]
"""Ports and endpoints of a Service, by what makes the ports the same."""


@dataclass(slots=True)
class Plan:
    """What is to be done to the slices of one Service."""

    create: list[Obj] = field(default_factory=list)
    update: list[Obj] = field(default_factory=list)
    delete: list[Obj] = field(default_factory=list)
    keep: list[Obj] = field(default_factory=list)


def port_key(ports: list[Obj] | None) -> PortKey:
    """What makes two slices' ports the same."""
    return tuple(sorted(tuple(sorted(port.items())) for port in ports or []))


def identity(endpoint: Obj) -> Identity:
    """Which endpoint it is, whatever its conditions."""
    return endpoint["addresses"][0], (endpoint.get("targetRef") or {}).get("uid", "")


def pack(
    existing: list[Obj], desired: dict[Identity, Obj], labels: dict[str, str], limit: int, fresh: Obj, plan: Plan
) -> None:
    """Plan for the slices of one set of ports: `desired` endpoints, at most `limit` each, new ones made of `fresh`."""
    wanted, changed, unchanged = dict(desired), [], []
    for old in existing:
        kept = [found for e in old.get("endpoints") or [] if (found := wanted.pop(identity(e), None))]
        if not kept:
            plan.delete.append(old)
        elif kept != old["endpoints"] or meta.labels(old) != labels:
            changed.append(_with(old, kept))
        else:
            unchanged.append(old)
    left = list(wanted.values())
    for part in sorted(changed, key=lambda s: -len(s["endpoints"])):
        room = limit - len(part["endpoints"])
        part["endpoints"] += left[:room]
        del left[:room]
    while left:
        chosen = _roomy(unchanged, len(left), limit)
        if chosen is None:
            plan.create.append({**fresh, "endpoints": left[:limit]})
        else:
            unchanged.remove(chosen)
            changed.append(_with(chosen, [*chosen["endpoints"], *left[:limit]]))
        del left[:limit]
    plan.update += changed
    plan.keep += unchanged


def _with(old: Obj, endpoints: list[Obj]) -> Obj:
    return {**old, "endpoints": endpoints}


def _roomy(unchanged: list[Obj], count: int, limit: int) -> Obj | None:
    """The slice that takes them all and ends closest to full."""
    fits = [s for s in unchanged if len(s["endpoints"]) + count <= limit]
    return max(fits, key=lambda s: len(s["endpoints"]), default=None)


def recycle(plan: Plan) -> None:
    """Rather than delete one slice and create another, make the one into the other."""
    while plan.create and plan.delete and plan.delete[0]["addressType"] == plan.create[-1]["addressType"]:
        fresh, gone = plan.create.pop(), plan.delete.pop(0)
        plan.update.append({**fresh, "metadata": {**gone["metadata"]}})


def carry_out(
    store: Store, plan: Plan, labels: dict[str, str], annotations: dict[str, str], trigger: str | None
) -> None:
    """Write the plan, deletions last. Without a trigger time, an older one is taken off what is written."""

    def dressed(obj: Obj) -> Obj:
        notes = {k: v for k, v in meta.annotations(obj).items() if k != backends.TRIGGER} | annotations
        if trigger:
            notes[backends.TRIGGER] = trigger
        return {**obj, "metadata": {**obj["metadata"], "labels": labels, "annotations": notes}}

    for obj in plan.create:
        if not backends.is_closing(store, meta.namespace(obj)):
            store.create(dressed(obj), trusted=True)
    for obj in plan.update:
        store.update(dressed(obj), trusted=True)
    for obj in plan.delete:
        store.remove("EndpointSlice", *meta.key(obj))


def blank(owner: Obj, address_type: str, ports: list[Obj]) -> Obj:
    """A new slice of `owner` (a Service, or Endpoints that are mirrored)."""
    made: Obj = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "generateName": f"{meta.name(owner)}-",
            "namespace": meta.namespace(owner),
            "ownerReferences": [meta.owner_reference(owner)],
        },
        "addressType": address_type,
        "endpoints": [],
        "ports": ports,
    }
    return made
