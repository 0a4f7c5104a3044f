"""The pod and the container that `logs` and `exec` are about, when they are told `deploy/web` or nothing at all.

Stands for kubectl's pkg/polymorphichelpers (helpers.go, attachablepodforobject.go, logsforobject.go), pkg/util/podutils
and pkg/cmd/util/podcmd: the best pod of a ReplicaSet, Deployment or Service, and the default container of a pod.
"""

from collections.abc import Callable

from kubelab.api import labels, meta, times
from kubelab.api.meta import Obj
from kubelab.kubectl import console, resources

DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
TIMED_OUT = "timed out waiting for the condition"

Rank = Callable[[Obj], tuple[int, ...]]
"""A sort key: the pod to choose comes first."""


def target(context: console.Context, word: str) -> resources.Info:
    """The object that the first argument names: a pod, or TYPE/NAME."""
    words = [word] if "/" in word else ["pods", word]
    found, failures = resources.select(context, words, resources.Wanted()).infos()
    console.raise_all(failures)
    return found[0]


def selector_of(info: resources.Info) -> labels.Selector:
    """The selector by which an object finds its pods; Failure if it has none."""
    spec = info.object.get("spec") or {}
    if info.kind.kind in ("ReplicaSet", "Deployment"):
        return labels.from_label_selector(spec["selector"])
    if info.kind.kind != "Service":
        raise console.Failure(f"selector for *v1.{info.kind.kind} not implemented")
    if not spec.get("selector"):
        raise console.Failure(f"invalid service '{info.name}': Service is defined without a selector")
    return labels.from_map(spec["selector"])


def pods(context: console.Context, info: resources.Info, rank: Rank, timeout: int) -> list[Obj]:
    """The pods of an object, the best first; waits for the first pod if there is none."""
    selector = selector_of(info)

    def found() -> list[Obj]:
        return context.cluster.store.list("Pod", info.namespace, labels=selector)

    if not found() and not context.wait(lambda: bool(found()), timeout):
        raise console.Failure(TIMED_OUT)
    return sorted(found(), key=rank)


def for_logs(pod: Obj) -> tuple[int, ...]:
    """Running, ready for the longest time, restarted most often, oldest (podutils.ByLogging)."""
    return (*_standing(pod), _ready_since(pod), -_restarts(pod), _born(pod))


def for_exec(pod: Obj) -> tuple[int, ...]:
    """Running, ready, not leaving, ready for the longest time, restarted least, oldest (podutils.ActivePods)."""
    return (*_standing(pod), int(meta.is_deleting(pod)), _ready_since(pod), _restarts(pod), _born(pod))


def _standing(pod: Obj) -> tuple[int, int, int]:
    phase = (pod.get("status") or {}).get("phase")
    order = {"Running": 0, "Unknown": 1, "Pending": 2}
    return int(not pod["spec"].get("nodeName")), order.get(str(phase), 3), int(not meta.is_ready(pod))


def _ready_since(pod: Obj) -> int:
    ready = meta.condition(pod, "Ready") or {}
    stamp = ready.get("lastTransitionTime") if ready.get("status") == "True" else None
    return times.parse(stamp) if stamp else 2**62


def _restarts(pod: Obj) -> int:
    statuses = (pod.get("status") or {}).get("containerStatuses") or []
    return max((status.get("restartCount", 0) for status in statuses), default=0)


def _born(pod: Obj) -> int:
    return times.parse(pod["metadata"]["creationTimestamp"])


# ---- containers


def names(pod: Obj) -> list[str]:
    """The names of a pod's containers."""
    return [container["name"] for container in pod["spec"]["containers"]]


def container(context: console.Context, pod: Obj, asked: str, *, quiet: bool = False) -> str:
    """The name of the container that is meant; Failure if the pod has none of that name."""
    listed = ", ".join(names(pod))
    if asked:
        if asked not in names(pod):
            raise console.Failure(f"container {asked} is not valid for pod {meta.name(pod)} out of: {listed}")
        return asked
    annotated = meta.annotations(pod).get(DEFAULT_CONTAINER, "")
    if annotated in names(pod):
        return annotated
    first: str = pod["spec"]["containers"][0]["name"]
    if len(names(pod)) > 1 and not quiet:
        context.err(f'Defaulted container "{first}" out of: {listed}')
    return first


def status(pod: Obj, name: str) -> Obj:
    """The status of a container ({} if there is none yet)."""
    entries = (pod.get("status") or {}).get("containerStatuses") or []
    return next((dict(entry) for entry in entries if entry["name"] == name), {})
