"""Endpoint slices: the same as Endpoints in pieces of at most 100, with more to tell about each endpoint.

Stands for k8s.io/endpointslice (reconciler.go, utils.go) and pkg/controller/endpointslice. A pod that is leaving stays
in its slice, not ready but perhaps still serving, until it is gone. How endpoints are put into slices is in `packing`.

Differs from Kubernetes: IPv4 only; zone hints follow trafficDistribution alone, without topology aware heuristics.
"""

from typing import NamedTuple

from kubelab.api import meta
from kubelab.api.meta import Obj
from kubelab.controllers import backends, packing
from kubelab.store.store import Event

PER_SLICE = 100
MANAGER = "endpointslice-controller.k8s.io"
ZONE = "topology.kubernetes.io/zone"
CLOSE = ("PreferClose", "PreferSameZone", "PreferSameNode")


class Backend(NamedTuple):
    """A pod behind a Service: its ports, what makes them the same, and the endpoint that it is."""

    pod: Obj
    key: packing.PortKey
    ports: list[Obj]
    identity: packing.Identity
    endpoint: Obj


class EndpointSliceController(backends.Follower[Backend]):
    """Keeps the slices of each Service."""

    name = "endpoint-slice-controller"
    watches = ("Service", "Pod", "EndpointSlice")

    def on_result(self, event: Event) -> None:
        """Slices of this controller that somebody changed or deleted are put right."""
        carried = meta.labels(event.obj)
        if event.type != "ADDED" and carried.get(packing.MANAGED_BY) == MANAGER and packing.SERVICE_NAME in carried:
            self.enqueue(meta.namespace(event.obj), carried[packing.SERVICE_NAME])

    def backend(self, pod: Obj, service: Obj, nodes: list[Obj]) -> Backend | None:
        """The pod as an endpoint; one without a node is none, unless the Service publishes what is not ready."""
        if not backends.is_behind(pod, service, leaving=True):
            return None
        node = self.store.find("Node", "", pod["spec"].get("nodeName", ""))  # one of `nodes`
        if node is None and not backends.publishes_unready(service):
            return None
        ports = backends.endpoint_ports(service["spec"].get("ports") or [], pod)
        endpoint = _endpoint(service, pod, node)
        return Backend(pod, packing.port_key(ports), ports, packing.identity(endpoint), endpoint)

    def write(self, service: Obj, found: list[Backend]) -> None:
        """Write the slices of a Service that are not what they should be."""
        namespace, name = meta.key(service)
        mine = [s for s in self.store.list("EndpointSlice", namespace) if _is_of(s, name)]
        desired: packing.Desired = {}
        for _, key, ports, identity, endpoint in found:
            desired.setdefault(key, (ports, {}))[1][identity] = endpoint
        plan = packing.Plan(delete=[s for s in mine if _is_foreign(s, service)])
        mine = [s for s in mine if not _is_foreign(s, service)]
        labels = _labels(service)
        for ports, endpoints in desired.values():
            same = [s for s in mine if packing.port_key(s.get("ports")) == packing.port_key(ports)]
            packing.pack(same, endpoints, labels, PER_SLICE, packing.blank(service, "IPv4", ports), plan)
        plan.delete += [s for s in mine if packing.port_key(s.get("ports")) not in desired]
        self._keep_one(service, mine, labels, plan)
        packing.recycle(plan)
        if plan.create or plan.update or plan.delete:
            trigger = backends.trigger_time(service, _changed(found, mine, plan), first=not mine)
            packing.carry_out(self.store, plan, labels, {}, trigger)
            self.note(f"{namespace}/{name}: {len(found)} endpoints")

    def _keep_one(self, service: Obj, mine: list[Obj], labels: dict[str, str], plan: packing.Plan) -> None:
        """A Service without endpoints has one empty slice: made, or left as it is."""
        if plan.create or plan.update or plan.keep:
            return
        empty = [s for s in mine if not s.get("endpoints") and not s.get("ports") and meta.labels(s) == labels]
        if len(plan.delete) == 1 and plan.delete == empty:
            plan.delete = []
        else:
            plan.create.append(packing.blank(service, "IPv4", []))


def _is_of(obj: Obj, service: str) -> bool:
    carried = meta.labels(obj)
    return carried.get(packing.SERVICE_NAME) == service and carried.get(packing.MANAGED_BY) == MANAGER


def _is_foreign(obj: Obj, service: Obj) -> bool:
    """A slice of an earlier Service of the same name, or of another address family."""
    owned = any(ref["uid"] == meta.uid(service) for ref in meta.owner_references(obj))
    return not owned or obj["addressType"] != "IPv4"


def _labels(service: Obj) -> dict[str, str]:
    reserved = (backends.HEADLESS, packing.SERVICE_NAME, packing.MANAGED_BY)
    carried = {key: value for key, value in meta.labels(service).items() if key not in reserved}
    if backends.is_headless(service):
        carried[backends.HEADLESS] = ""
    return {**carried, packing.SERVICE_NAME: meta.name(service), packing.MANAGED_BY: MANAGER}


def _endpoint(service: Obj, pod: Obj, node: Obj | None) -> Obj:
    serving, leaving = meta.is_ready(pod), meta.is_deleting(pod)
    ready = backends.publishes_unready(service) or (serving and not leaving)
    made: Obj = {
        "addresses": [backends.address(pod)],
        "conditions": {"ready": ready, "serving": serving, "terminating": leaving},
        "targetRef": backends.target(pod),
    }
    if pod["spec"].get("nodeName"):
        made["nodeName"] = pod["spec"]["nodeName"]
    if hostname := backends.hostname(pod, service):
        made["hostname"] = hostname
    if node is not None and (zone := meta.labels(node).get(ZONE)):
        made["zone"] = zone
    if ready and (hints := _hints(service, made)):
        made["hints"] = hints
    return made


def _hints(service: Obj, endpoint: Obj) -> Obj:
    """Who should rather use this endpoint, if the Service asks for near ones."""
    distribution = service["spec"].get("trafficDistribution")
    hints: Obj = {}
    if distribution in CLOSE and "zone" in endpoint:
        hints["forZones"] = [{"name": endpoint["zone"]}]
    if distribution == "PreferSameNode" and "nodeName" in endpoint:
        hints["forNodes"] = [{"name": endpoint["nodeName"]}]
    return hints


def _changed(found: list[Backend], before: list[Obj], plan: packing.Plan) -> list[Obj]:
    """The pods that are new in the slices or of which the conditions have changed."""

    def told(slices: list[Obj]) -> dict[str, Obj]:
        return {packing.identity(e)[1]: e["conditions"] for s in slices for e in s.get("endpoints") or []}

    then, now = told(before), told([*plan.create, *plan.update])
    return [pod for pod, _, _, (_, uid), _ in found if uid in now and now[uid] != then.get(uid)]
