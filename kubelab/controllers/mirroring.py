"""Mirroring: Endpoints that somebody wrote by hand, shown as slices too, so that the proxies see them.

Stands for pkg/controller/endpointslicemirroring. Only for a Service without selector; at most 1000 addresses a subset.
"""

from kubelab.api import meta
from kubelab.api.meta import Obj
from kubelab.controllers import backends, loop, packing
from kubelab.store.store import Event

PER_SLICE = 1000
PER_SUBSET = 1000
MANAGER = "endpointslicemirroring-controller.k8s.io"
SKIP = "endpointslice.kubernetes.io/skip-mirror"
LEADER = "control-plane.alpha.kubernetes.io/leader"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class MirroringController(loop.Controller):
    """Keeps slices that mirror Endpoints without a controller."""

    name = "endpoint-slice-mirroring-controller"
    watches = ("Endpoints", "Service", "EndpointSlice")

    def on_event(self, event: Event) -> None:
        """Enqueue the name that Endpoints, Service and slices share."""
        if event.obj["kind"] != "EndpointSlice":
            self.enqueue(*meta.key(event.obj))
        elif event.type != "ADDED" and _is_mine(event.obj):
            self.enqueue(meta.namespace(event.obj), meta.labels(event.obj).get(packing.SERVICE_NAME, ""))

    def reconcile(self, namespace: str, name: str, why: str = "") -> None:
        """Write the mirror slices of one Endpoints object, or take them away."""
        slices = self.store.list("EndpointSlice", namespace)
        mine = [s for s in slices if _is_mine(s) and meta.labels(s).get(packing.SERVICE_NAME) == name]
        endpoints = self.store.find("Endpoints", namespace, name)
        if endpoints is None or not self._is_mirrored(endpoints):
            for obj in mine:
                self.store.remove("EndpointSlice", *meta.key(obj))
            return
        plan = self._plan(endpoints, mine)
        if plan.create or plan.update or plan.delete:
            notes = {k: v for k, v in meta.annotations(endpoints).items() if k not in (LAST_APPLIED, backends.TRIGGER)}
            trigger = meta.annotations(endpoints).get(backends.TRIGGER)
            packing.carry_out(self.store, plan, _labels(endpoints), notes, trigger)
            self.note(f"{namespace}/{name}: mirrored")

    def _is_mirrored(self, endpoints: Obj) -> bool:
        if meta.labels(endpoints).get(SKIP) == "true" or LEADER in meta.annotations(endpoints):
            return False
        service = self.store.find("Service", *meta.key(endpoints))
        return service is not None and not service["spec"].get("selector")

    def _plan(self, endpoints: Obj, mine: list[Obj]) -> packing.Plan:
        plan, seen = packing.Plan(), []
        for (family, key), (ports, listed) in _desired(endpoints).items():
            same = [s for s in mine if (s["addressType"], packing.port_key(s.get("ports"))) == (family, key)]
            seen += same
            fresh = packing.blank(endpoints, family, ports)
            packing.pack(same, listed, _labels(endpoints), PER_SLICE, fresh, plan)
        plan.delete += [s for s in mine if s not in seen]
        packing.recycle(plan)
        return plan


def _is_mine(obj: Obj) -> bool:
    return meta.labels(obj).get(packing.MANAGED_BY) == MANAGER


def _labels(endpoints: Obj) -> dict[str, str]:
    reserved = {packing.SERVICE_NAME: meta.name(endpoints), packing.MANAGED_BY: MANAGER}
    return {**meta.labels(endpoints), **reserved}


def _desired(endpoints: Obj) -> dict[tuple[str, packing.PortKey], tuple[list[Obj], dict[packing.Identity, Obj]]]:
    """The mirrored endpoints by address family and set of ports."""
    desired: dict[tuple[str, packing.PortKey], tuple[list[Obj], dict[packing.Identity, Obj]]] = {}
    for subset in endpoints.get("subsets") or []:
        ports = [{"name": "", "protocol": "TCP", **port} for port in subset.get("ports") or []]
        sides = ((True, subset.get("addresses") or []), (False, subset.get("notReadyAddresses") or []))
        all_of_it = [(ready, address) for ready, listed in sides for address in listed]
        for ready, address in all_of_it[:PER_SUBSET]:
            family = "IPv6" if ":" in address["ip"] else "IPv4"
            group = desired.setdefault((family, packing.port_key(ports)), (ports, {}))
            endpoint = _endpoint(address, ready)
            group[1][packing.identity(endpoint)] = endpoint
    return desired


def _endpoint(address: Obj, ready: bool) -> Obj:
    extra = {key: address[key] for key in ("hostname", "nodeName", "targetRef") if address.get(key)}
    return {"addresses": [address["ip"]], "conditions": {"ready": ready}, **extra}
