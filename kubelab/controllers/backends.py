"""What both endpoint controllers ask: which pods are behind a Service, on which port, since when.

Stands for k8s.io/endpointslice/util (controller_utils.go, trigger_time_tracker.go) and pkg/api/v1/pod (FindPort).

Differs from Kubernetes: the trigger time is worked out from what the stored object says and what the pods say now; the
real tracker remembers the times that it saw.
"""

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from kubelab.api import labels, meta, times
from kubelab.api.meta import Obj
from kubelab.controllers import loop
from kubelab.store.store import Event, Store

TRIGGER = "endpoints.kubernetes.io/last-change-trigger-time"
HEADLESS = "service.kubernetes.io/headless"
B = TypeVar("B")


class Follower(loop.Controller, Generic[B]):
    """A controller that follows Services and the pods that their selectors match."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._known: loop.Memos[B | None] = {}

    def reconcile(self, namespace: str, name: str, why: str = "") -> None:
        """Write what a Service should have, if that is this controller's business."""
        service = self.store.find("Service", namespace, name)
        if service is None or not service["spec"].get("selector") or service["spec"].get("type") == "ExternalName":
            self._known.pop((namespace, name), None)
            return
        memo = self._known.setdefault((namespace, name), loop.Memo(self.backend))
        pods, nodes = self.store.list("Pod", namespace), self.store.list("Node")
        self.write(service, [found for _, found in memo.of(pods, service, nodes) if found is not None])

    def backend(self, pod: Obj, service: Obj, nodes: list[Obj]) -> B | None:
        """What the pod means for the Service, None if nothing. It may depend on these objects alone."""
        raise NotImplementedError

    def write(self, service: Obj, found: list[B]) -> None:
        """Write what follows from the pods behind the Service, if it is not there."""
        raise NotImplementedError

    def on_event(self, event: Event) -> None:
        """Enqueue the Service, or all Services that a changed pod is or was behind."""
        if event.obj["kind"] == "Service":
            self.enqueue(*meta.key(event.obj))
        elif event.obj["kind"] == "Pod":
            self._pod_changed(event)
        else:
            self.on_result(event)

    def on_result(self, event: Event) -> None:
        """Somebody changed what this controller writes."""

    def _pod_changed(self, event: Event) -> None:
        if event.type == "MODIFIED" and event.old and _matters(event.obj) == _matters(event.old):
            return
        before = meta.labels(event.old) if event.old else {}
        for service in self.store.list("Service", meta.namespace(event.obj)):
            selector = service["spec"].get("selector")
            if any(labels.matches_map(selector, carried) for carried in (meta.labels(event.obj), before)):
                self.enqueue(*meta.key(service))


def _matters(pod: Obj) -> tuple[object, ...]:
    """What about a pod an endpoint depends on."""
    status, spec = pod["status"], pod["spec"]
    facts = (meta.labels(pod), meta.is_deleting(pod), meta.is_ready(pod), meta.is_finished(pod))
    return (*facts, status.get("podIPs"), spec.get("hostname"), spec.get("subdomain"), spec.get("nodeName"))


def is_closing(store: Store, namespace: str) -> bool:
    """Whether nothing new may come into the namespace any more."""
    home = store.find("Namespace", "", namespace)
    return home is None or meta.is_deleting(home)


def is_headless(service: Obj) -> bool:
    """Whether the Service has no address of its own."""
    return bool(service["spec"].get("clusterIP") == "None")


def publishes_unready(service: Obj) -> bool:
    """Whether pods count from the start, ready or not."""
    return bool(service["spec"].get("publishNotReadyAddresses"))


def is_behind(pod: Obj, service: Obj, *, leaving: bool) -> bool:
    """Whether the Service selects the pod and it has an address; also one that is leaving, or not."""
    counts = address(pod) and not meta.is_finished(pod) and (leaving or not meta.is_deleting(pod))
    return bool(counts) and labels.matches_map(service["spec"].get("selector"), meta.labels(pod))


def address(pod: Obj) -> str:
    """The pod's IPv4 address, "" before it has one."""
    for entry in pod["status"].get("podIPs") or ():
        if ":" not in entry["ip"]:
            return str(entry["ip"])
    return ""


def hostname(pod: Obj, service: Obj) -> str:
    """The name under which DNS answers for this pod alone, if the pod asks for it in this Service's domain."""
    spec = pod["spec"]
    return str(spec.get("hostname") or "") if spec.get("subdomain") == meta.name(service) else ""


def target(pod: Obj) -> Obj:
    """The reference to the pod behind an address."""
    return {"kind": "Pod", "name": meta.name(pod), "namespace": meta.namespace(pod), "uid": meta.uid(pod)}


def port_number(pod: Obj, port: Obj) -> int | None:
    """The number that a Service port's targetPort means in this pod; None if it names a port that the pod has not."""
    wanted = port.get("targetPort", port["port"])
    if isinstance(wanted, int):
        return wanted
    for container in pod["spec"]["containers"]:
        for declared in container.get("ports") or []:
            same = declared.get("name") == wanted and declared.get("protocol", "TCP") == port.get("protocol", "TCP")
            if same:
                return int(declared["containerPort"])
    return None


def endpoint_ports(declared: Iterable[Obj], pod: Obj) -> list[Obj]:
    """The endpoint's ports for these Service ports; one that the pod has under no name is left out."""
    return [_endpoint_port(port, n) for port in declared if (n := port_number(pod, port)) is not None]


def _endpoint_port(port: Obj, number: int) -> Obj:
    """The Service port's name and protocol, the pod's number."""
    made = {"name": port.get("name") or "", "port": number, "protocol": port.get("protocol", "TCP")}
    return made | ({"appProtocol": port["appProtocol"]} if port.get("appProtocol") else {})


def trigger_time(service: Obj, changed: Iterable[Obj], *, first: bool) -> str | None:
    """When the change began that is about to be written: the Service's birth, or the earliest turn of a changed pod."""
    if first:
        return str(service["metadata"]["creationTimestamp"])
    turns = (meta.condition(pod, "Ready") for pod in changed)
    moments = [times.parse(turn["lastTransitionTime"]) for turn in turns if turn]
    return times.stamp(min(moments)) if moments else None
