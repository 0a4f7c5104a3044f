"""What each panel draws: pure functions from a cluster (or from traffic) to plain frozen values. No Jupyter in here.

Endpoints are read from the EndpointSlices, which carry the truth since Kubernetes 1.21; a pod that the Service selects
but that no slice lists yet (it has no address) is shown as joining.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kubelab.api import kinds, labels, meta
from kubelab.api.meta import Obj
from kubelab.sim.trace import Line

READY, UNREADY, JOINING, LEAVING = "ready", "unready", "joining", "leaving"
SERVICE_LABEL = "kubernetes.io/service-name"


# ---- replicas


@dataclass(frozen=True, slots=True)
class PodDot:
    """One pod of a controller."""

    name: str
    state: str


@dataclass(frozen=True, slots=True)
class Replicas:
    """How many pods a ReplicaSet or Deployment wants and has."""

    kind: str
    name: str
    wanted: int
    current: int
    ready: int
    pods: tuple[PodDot, ...]


def target(text: str) -> tuple[kinds.Kind, str]:
    """`rs/mynapp-rs` as kind and name; ValueError if it is not the name of something with replicas."""
    word, _, name = text.partition("/")
    kind = kinds.find(word)
    if kind is None or not kind.scalable or not name:
        raise ValueError(f"{text!r}: expected rs/NAME or deployment/NAME")
    return kind, name


def replicas(cluster: Any, what: str, namespace: str = "default") -> Replicas | None:
    """The replicas of `rs/NAME` or `deployment/NAME`; None if there is no such object."""
    kind, name = target(what)
    obj = cluster.store.find(kind.kind, namespace, name)
    if obj is None:
        return None
    status = obj.get("status") or {}
    selector = labels.from_label_selector(obj["spec"].get("selector"))
    pods = [pod for pod in cluster.store.list("Pod", namespace) if selector.matches(meta.labels(pod))]
    dots = tuple(PodDot(meta.name(pod), pod_state(pod)) for pod in pods if not meta.is_finished(pod))
    return Replicas(
        kind=kind.kind,
        name=name,
        wanted=int(obj["spec"].get("replicas", 1)),
        current=int(status.get("replicas", 0)),
        ready=int(status.get("readyReplicas", 0)),
        pods=dots,
    )


def pod_state(pod: Obj) -> str:
    """Ready, not ready, joining (no address yet) or leaving."""
    if meta.is_deleting(pod):
        return LEAVING
    if meta.is_ready(pod):
        return READY
    return UNREADY if (pod.get("status") or {}).get("podIP") else JOINING


# ---- endpoints


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One line of the endpoint list; `was` is its state at the last look ("" if it is new, None if never compared)."""

    pod: str
    address: str
    node: str
    state: str
    was: str | None = None

    @property
    def key(self) -> str:
        """What stays the same between two looks."""
        return self.pod or self.address


@dataclass(frozen=True, slots=True)
class EndpointList:
    """A Service and all that stands behind it, or is on its way."""

    service: str
    type: str
    address: str
    ports: tuple[str, ...]
    selector: str
    external_name: str
    rows: tuple[Endpoint, ...]
    gone: tuple[Endpoint, ...] = ()

    @property
    def ready(self) -> int:
        """How many endpoints take traffic."""
        return sum(row.state == READY for row in self.rows)

    @property
    def changed(self) -> bool:
        """Whether anything differs from the last look."""
        return bool(self.gone) or any(row.was is not None for row in self.rows)


def endpoints(cluster: Any, service: str, namespace: str = "default") -> EndpointList | None:
    """What stands behind a Service; None if there is no such Service."""
    obj = cluster.store.find("Service", namespace, service)
    if obj is None:
        return None
    spec = obj["spec"]
    selector: Mapping[str, str] = spec.get("selector") or {}
    return EndpointList(
        service=service,
        type=spec.get("type", "ClusterIP"),
        address=spec.get("clusterIP", ""),
        ports=tuple(_port(port) for port in spec.get("ports") or ()),
        selector=",".join(f"{key}={value}" for key, value in selector.items()),
        external_name=spec.get("externalName", ""),
        rows=tuple(_rows(cluster, service, namespace, selector)),
    )


def _port(port: Obj) -> str:
    return f"{port['port']}→{port.get('targetPort', port['port'])}"


def _rows(cluster: Any, service: str, namespace: str, selector: Mapping[str, str]) -> list[Endpoint]:
    found: dict[str, Endpoint] = {}
    for part in cluster.store.list("EndpointSlice", namespace, labels=f"{SERVICE_LABEL}={service}"):
        for entry in part.get("endpoints") or ():
            row = _slice_row(entry)
            found.setdefault(row.key, row)
    for pod in cluster.store.list("Pod", namespace):
        name = meta.name(pod)
        if name not in found and not meta.is_finished(pod) and labels.matches_map(selector, meta.labels(pod)):
            found[name] = _pod_row(pod)
    return sorted(found.values(), key=lambda row: row.key)


def _slice_row(entry: Obj) -> Endpoint:
    conditions = entry.get("conditions") or {}
    state = LEAVING if conditions.get("terminating") else READY if conditions.get("ready", True) else UNREADY
    pod = str((entry.get("targetRef") or {}).get("name") or "")
    return Endpoint(pod, str(entry["addresses"][0]), str(entry.get("nodeName") or ""), state)


def _pod_row(pod: Obj) -> Endpoint:
    address = str((pod.get("status") or {}).get("podIP") or "")
    state = LEAVING if meta.is_deleting(pod) else JOINING
    return Endpoint(meta.name(pod), address, str(pod["spec"].get("nodeName") or ""), state)


def compared(now: EndpointList, before: EndpointList | None) -> EndpointList:
    """`now`, with what changed since `before` marked."""
    if before is None:
        return now
    old = {row.key: row for row in before.rows}
    rows = tuple(replace(row, was=_was(row, old.get(row.key))) for row in now.rows)
    kept = {row.key for row in now.rows}
    gone = tuple(replace(row, was=row.state) for row in before.rows if row.key not in kept)
    return replace(now, rows=rows, gone=gone)


def _was(row: Endpoint, before: Endpoint | None) -> str | None:
    if before is None:
        return ""
    return None if before.state == row.state and before.address == row.address else before.state


def unmarked(view: EndpointList) -> EndpointList:
    """The list without what changed."""
    return replace(view, rows=tuple(replace(row, was=None) for row in view.rows), gone=())


# ---- traffic


@dataclass(frozen=True, slots=True)
class Share:
    """How often one pod answered, beside what chance lets expect."""

    pod: str
    count: int

    @property
    def label(self) -> str:
        """The end of a generated name: what tells the pods of one set apart."""
        return self.pod.rsplit("-", 1)[-1]


@dataclass(frozen=True, slots=True)
class Distribution:
    """Many requests to one Service: who answered, and the clients x pods table."""

    service: str
    affinity: bool
    requests: int
    failures: Mapping[str, int]
    shares: tuple[Share, ...]
    expected: float
    low: float
    high: float
    clients: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]

    @property
    def counts(self) -> dict[str, int]:
        """Requests by pod."""
        return {share.pod: share.count for share in self.shares}

    @property
    def failed(self) -> int:
        """How many requests were not answered."""
        return sum(self.failures.values())

    @property
    def kept(self) -> int:
        """How many clients met one pod only (of those that asked and were answered)."""
        return sum(sum(1 for n in row if n) == 1 for row in self.cells)


def distribution(cluster: Any, sent: Any, namespace: str = "default") -> Distribution:
    """Traffic beside its expectation; pods that could have answered and did not are there with 0."""
    shares = tuple(Share(pod, count) for pod, count in sent.counts.items())
    total = sum(share.count for share in shares)
    low, high = sent.band
    return Distribution(
        service=sent.service,
        affinity=has_affinity(cluster, sent.service, namespace),
        requests=sent.requests,
        failures=dict(sent.failures),
        shares=shares,
        expected=total * sent.expected,
        low=low,
        high=high,
        clients=tuple(sent.clients),
        cells=tuple(tuple(row) for row in sent.table.tolist()),
    )


def has_affinity(cluster: Any, service: str, namespace: str = "default") -> bool:
    """Whether the Service keeps a client with its pod."""
    obj = cluster.store.find("Service", namespace, service)
    return obj is not None and obj["spec"].get("sessionAffinity") == "ClientIP"


def fingerprint(cluster: Any, service: str, namespace: str = "default") -> object:
    """What requests to a Service depend on; None if there is no such Service."""
    obj = cluster.store.find("Service", namespace, service)
    now = endpoints(cluster, service, namespace)
    if obj is None or now is None:
        return None
    ready = tuple((row.pod, row.address) for row in now.rows if row.state == READY)
    return now.ports, ready, str(obj["spec"].get("sessionAffinity")), str(obj["spec"].get("sessionAffinityConfig"))


# ---- the timeline


@dataclass(frozen=True, slots=True)
class Timeline:
    """What the loops did, oldest first: the last lines of the trace, and how many there are in all."""

    lines: tuple[Line, ...]
    total: int
    now: int
    next_at: int | None

    @property
    def lanes(self) -> tuple[str, ...]:
        """Who did something, in the order of appearance."""
        return tuple(dict.fromkeys(line.who for line in self.lines))


def timeline(cluster: Any, last: int) -> Timeline:
    """The end of the cluster's trace."""
    lines = cluster.trace.lines
    return Timeline(tuple(lines[-last:]), len(lines), cluster.clock.now, cluster.clock.next_at())


# ---- the board


@dataclass(frozen=True, slots=True)
class Choice:
    """A pod that the board can act on: whether it carries the Service's label, and how to make it (un)ready."""

    pod: str
    carries: bool
    breaks: str
    mends: str
    patience: int


def choices(cluster: Any, service: str, namespace: str = "default") -> tuple[str, tuple[Choice, ...]]:
    """The label that decides (`app=mynapp-rs`), and the pods that belong to a controller."""
    obj = cluster.store.find("Service", namespace, service)
    pairs = list(((obj or {}).get("spec", {}).get("selector") or {}).items())
    key, value = pairs[0] if pairs else ("app", "")
    pods = [
        pod
        for pod in cluster.store.list("Pod", namespace)
        if (meta.controller_of(pod) or key in meta.labels(pod)) and not meta.is_deleting(pod)
    ]
    found = tuple(Choice(meta.name(pod), meta.labels(pod).get(key) == value, *_switch(pod)) for pod in pods)
    return f"{key}={value}", found


def _switch(pod: Obj) -> tuple[str, str, int]:
    """What makes the pod's readiness probe fail, what mends it (if it looks at a file), and how long (s) that takes."""
    for container in pod["spec"].get("containers") or ():
        probe = container.get("readinessProbe") or {}
        command = [str(word) for word in (probe.get("exec") or {}).get("command") or []]
        patience = int(probe.get("periodSeconds", 10)) * (int(probe.get("failureThreshold", 3)) + 1)
        if command[:-1] in (["cat"], ["ls"], ["test", "-f"], ["test", "-e"]):
            return f"rm {command[-1]}", f"touch {command[-1]}", patience
        if command[:-1] in (["test", "!", "-f"], ["test", "!", "-e"]):
            return f"touch {command[-1]}", f"rm {command[-1]}", patience
    return "", "", 0
