"""Endpoints: for each Service with a selector, the addresses of the pods behind it.

Stands for pkg/controller/endpoint/endpoints_controller.go and pkg/api/v1/endpoints/util.go: addresses in the order of
their text, ports and subsets in the order of their hash, ports with the same addresses in one subset, at most 1000
addresses.
"""

import math
from collections.abc import Iterable
from typing import NamedTuple

from kubelab.api import meta
from kubelab.api.meta import Obj
from kubelab.controllers import backends, gohash
from kubelab.store.store import Event

CAPACITY = 1000
OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity"
MANAGED_BY = "endpoints.kubernetes.io/managed-by"

Entry = str
"""An address and its pod's uid: one pod may be behind a Service once per address. One text, since texts sort quickly;
a blank comes before all that may stand in an address."""
PortKey = tuple[tuple[str, object], ...]


class Backend(NamedTuple):
    """A pod behind a Service."""

    pod: Obj
    entry: Entry
    is_ready: bool
    address: Obj
    ports: list[tuple[PortKey, Obj | None]]
    """The endpoint ports with what makes them the same."""


class EndpointsController(backends.Follower[Backend]):
    """Keeps the Endpoints object of each Service."""

    name = "endpoint-controller"
    watches = ("Service", "Pod", "Endpoints")

    def on_result(self, event: Event) -> None:
        """Endpoints that somebody deleted are made again; those that somebody edited wait for the next change."""
        if event.type == "DELETED":
            self.enqueue(*meta.key(event.obj))

    def backend(self, pod: Obj, service: Obj, nodes: list[Obj]) -> Backend | None:
        """The pod as it stands in subsets."""
        return backend(pod, service)

    def write(self, service: Obj, found: list[Backend]) -> None:
        """Write the Endpoints of a Service if they are not what they should be."""
        namespace, name = meta.key(service)
        old = self.store.find("Endpoints", namespace, name)
        subsets, truncated = _truncate(subsets_of(found))
        annotations = dict(meta.annotations(old)) if old else {}
        was_truncated = annotations.pop(OVER_CAPACITY, None) == "truncated"
        carried = _labels(service)
        same = old is not None and (old.get("subsets") or [], meta.labels(old)) == (subsets, carried)
        if same and was_truncated == truncated:
            return
        annotations.pop(backends.TRIGGER, None)
        changed = _changed(found, old.get("subsets") or [] if old else [], subsets)
        if moment := backends.trigger_time(service, changed, first=old is None):
            annotations[backends.TRIGGER] = moment
        if truncated:
            annotations[OVER_CAPACITY] = "truncated"
        self._write(namespace, name, old, {"labels": carried, "annotations": annotations}, subsets)

    def _write(self, namespace: str, name: str, old: Obj | None, metadata: Obj, subsets: list[Obj]) -> None:
        body = {"subsets": subsets} if subsets else {}
        if old is None:
            if backends.is_closing(self.store, namespace):
                return
            named = {"namespace": namespace, "name": name, **metadata}
            self.store.create({"apiVersion": "v1", "kind": "Endpoints", "metadata": named, **body}, trusted=True)
        else:
            kept = {key: old[key] for key in ("apiVersion", "kind")}
            self.store.update({**kept, "metadata": {**old["metadata"], **metadata}, **body}, trusted=True)
        self.note(f"{namespace}/{name}: {', '.join(_addresses(subsets)) or 'none'}")


def _labels(service: Obj) -> dict[str, str]:
    carried = {key: value for key, value in meta.labels(service).items() if key != backends.HEADLESS}
    if backends.is_headless(service):
        carried[backends.HEADLESS] = ""
    return {**carried, MANAGED_BY: EndpointsController.name}


def _addresses(subsets: Iterable[Obj]) -> list[str]:
    return [address["ip"] for subset in subsets for address in subset.get("addresses") or []]


def backend(pod: Obj, service: Obj) -> Backend | None:
    """The pod as it stands in the subsets of the Service, None if it is not behind it."""
    early = backends.publishes_unready(service)
    if not backends.is_behind(pod, service, leaving=early):
        return None
    entry, ready = f"{backends.address(pod)} {meta.uid(pod)}", early or meta.is_ready(pod)
    ports = _ports(service, pod)
    keys: list[PortKey] = [tuple(sorted(port.items())) if port else () for port in ports]
    return Backend(pod, entry, ready, _address(service, pod), list(zip(keys, ports, strict=True)))


def subsets_of(found: Iterable[Backend]) -> list[Obj]:
    """The subsets that these pods make: ports that have exactly the same addresses share one."""
    known: dict[Entry, Obj] = {}
    by_port: dict[PortKey, tuple[Obj | None, dict[Entry, bool]]] = {}
    for _, entry, ready, address, ports in found:
        for key, port in ports:
            known[entry] = address
            by_port.setdefault(key, (port, {}))[1][entry] = ready
    shared: dict[tuple[tuple[Entry, bool], ...], list[Obj]] = {}
    for port, entries in by_port.values():
        shared.setdefault(tuple(sorted(entries.items())), []).extend([port] if port else [])
    subsets = [_subset(known, entries, ports) for entries, ports in shared.items()]
    return sorted(subsets, key=lambda s: gohash.order_key("EndpointSubset", s)) if len(subsets) > 1 else subsets


def _ports(service: Obj, pod: Obj) -> list[Obj | None]:
    """The endpoint ports in this pod; [None] stands for an address without ports (headless, no ports)."""
    declared = service["spec"].get("ports") or []
    if not declared:
        return [None] if backends.is_headless(service) else []
    made = backends.endpoint_ports(declared, pod)
    return [{key: value for key, value in port.items() if value != ""} for port in made]


def _address(service: Obj, pod: Obj) -> Obj:
    made = {"ip": backends.address(pod), "targetRef": backends.target(pod)}
    if node := pod["spec"].get("nodeName"):
        made["nodeName"] = node
    if hostname := backends.hostname(pod, service):
        made["hostname"] = hostname
    return made


def _subset(known: dict[Entry, Obj], entries: Iterable[tuple[Entry, bool]], ports: list[Obj]) -> Obj:
    ready = [known[entry] for entry, is_ready in entries if is_ready]
    unready = [known[entry] for entry, is_ready in entries if not is_ready]
    if len(ports) > 1:
        ports = sorted(ports, key=lambda port: gohash.order_key("EndpointPort", port))
    parts = {"addresses": ready, "notReadyAddresses": unready, "ports": ports}
    return {name: part for name, part in parts.items() if part}


def _truncate(subsets: list[Obj]) -> tuple[list[Obj], bool]:
    """At most CAPACITY addresses, ready ones first, each subset its share; and whether any had to go."""
    ready = sum(len(subset.get("addresses") or []) for subset in subsets)
    unready = sum(len(subset.get("notReadyAddresses") or []) for subset in subsets)
    if ready + unready <= CAPACITY:
        return subsets, False
    cut, among, room = "notReadyAddresses", unready, CAPACITY - ready
    if ready > CAPACITY:
        cut, among, room = "addresses", ready, CAPACITY
    left, kept = room, []
    for subset in subsets:
        listed = subset.get(cut) or []
        count = min(math.ceil(len(listed) / among * room), left)
        left -= count
        part = {**subset, cut: listed[:count]}
        if cut == "addresses":
            part.pop("notReadyAddresses", None)
        kept.append({name: value for name, value in part.items() if value})
    return kept, True


def _changed(found: Iterable[Backend], before: list[Obj], after: list[Obj]) -> list[Obj]:
    """The pods that are new in the subsets or have changed sides."""

    def sides(subsets: list[Obj]) -> dict[str, str]:
        listed = ((side, a) for s in subsets for side in ("addresses", "notReadyAddresses") for a in s.get(side) or [])
        return {address["targetRef"]["uid"]: side for side, address in listed if "targetRef" in address}

    then, now = sides(before), sides(after)
    uids = ((each.pod, each.address["targetRef"]["uid"]) for each in found)
    return [pod for pod, uid in uids if uid in now and now[uid] != then.get(uid)]
