"""A load balancer provider for a cluster that has none: addresses for Services of type LoadBalancer from a pool.

Stands for MetalLB in layer 2 mode, which the course installs. Until there is a pool, such Services stay `<pending>`, as
on any bare cluster. The pool is an annotation of the namespace `metallb-system`, so that it can be undone and kept like
all else. Differs from MetalLB: one pool, no custom resources, no pods of its own; one node answers for all addresses.
"""

import ipaddress
from collections.abc import Iterator

from kubelab.api import meta
from kubelab.api.meta import Obj
from kubelab.controllers import loop
from kubelab.store.store import Event, Store

NAMESPACE = "metallb-system"
POOL = "kubelab/address-pool"
COMPONENT = "metallb-controller"


def addresses(text: str) -> list[str]:
    """The addresses of `192.168.56.200-192.168.56.205`, `192.168.56.0/29`, or both with a comma; at most 1,024 a part.

    ValueError if the text names none.
    """
    found: list[str] = []
    for part in text.replace(" ", "").split(","):
        if "-" in part:
            first, last = (ipaddress.IPv4Address(end) for end in part.split("-", 1))
            if last < first or int(last) - int(first) >= 1024:
                raise ValueError(f"no range of addresses: {part}")
            found += [str(ipaddress.IPv4Address(number)) for number in range(int(first), int(last) + 1)]
        else:
            network = ipaddress.IPv4Network(part)
            if network.num_addresses > 1024:
                raise ValueError(f"too many addresses: {part}")
            found += [str(address) for address in network]
    return found


def install(store: Store, text: str) -> None:
    """Give the cluster a provider with this pool, or another pool; ValueError if the text names no addresses."""
    addresses(text)
    there = store.find("Namespace", "", NAMESPACE)
    space: Obj = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    space = meta.copy(there) if there else space
    space["metadata"].setdefault("annotations", {})[POOL] = text
    if there:
        store.update(space, trusted=True)
    else:
        store.create(space, trusted=True)


class LoadBalancerController(loop.Controller):
    """Gives each Service of type LoadBalancer an address of the pool, and takes it back."""

    name = "metallb-controller"
    watches = ("Service", "Namespace")

    def on_event(self, event: Event) -> None:
        """Wake for Services that have or want an address; all of them when the pool changes or an address is free."""
        obj = event.obj
        if obj["kind"] == "Service":
            if _wants(obj) or _held(obj):
                self.enqueue(*meta.key(obj))
            if event.type == "DELETED" and _held(obj):
                self._wake_all()
        elif meta.name(obj) == NAMESPACE:
            self._wake_all()

    def _wake_all(self) -> None:
        for service in self.store.list("Service"):
            if _wants(service) or _held(service):
                self.enqueue(*meta.key(service))

    def reconcile(self, namespace: str, name: str) -> None:
        """Assign an address, keep a good one, or withdraw one that is no longer due."""
        service, pool = self.store.find("Service", namespace, name), self._pool()
        if service is None:
            return
        held = _held(service)
        if not _wants(service):
            if held:
                self._write(service, None)
                self._wake_all()
            return
        if not pool or (held and held in pool):
            return
        address = next(self._free(service, pool), None)
        if address is None:
            message = f'Failed to allocate IP for "{namespace}/{name}": no available IPs'
            self.recorder.event(service, "Warning", "AllocationFailed", message, COMPONENT)
            return
        self._write(service, address)
        self.note(f"assign {address} to {namespace}/{name}")
        self.recorder.event(service, "Normal", "IPAllocated", f'Assigned IP ["{address}"]', COMPONENT)

    def _pool(self) -> list[str]:
        space = self.store.find("Namespace", "", NAMESPACE)
        text = meta.annotations(space).get(POOL, "") if space is not None and not meta.is_deleting(space) else ""
        return addresses(text) if text else []

    def _free(self, service: Obj, pool: list[str]) -> Iterator[str]:
        others = [other for other in self.store.list("Service") if meta.key(other) != meta.key(service)]
        taken = {_held(other) for other in others}
        asked = service["spec"].get("loadBalancerIP")
        return (address for address in pool if address not in taken and asked in (None, "", address))

    def _write(self, service: Obj, address: str | None) -> None:
        ingress = {"ingress": [{"ip": address, "ipMode": "VIP"}]} if address else {}
        self.store.update_status({**service, "status": {**(service.get("status") or {}), "loadBalancer": ingress}})


def _wants(service: Obj) -> bool:
    spec = service.get("spec") or {}
    return spec.get("type") == "LoadBalancer" and not spec.get("loadBalancerClass")


def _held(service: Obj) -> str | None:
    """The address that a Service has been given."""
    ingress = ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    return str(ingress[0]["ip"]) if ingress and "ip" in ingress[0] else None
