"""What may be created and what may be changed: the causes of `is invalid`, in Kubernetes' order.

Stands for pkg/apis/*/validation and the registries' ValidateUpdate. Objects come decoded, defaulted and, for Services,
with addresses and ports allocated; the store makes one StatusError of the causes.
"""

from collections.abc import Callable

from kubelab.api.errors import Cause
from kubelab.api.meta import Obj
from kubelab.api.validation import changes, cluster, endpoints, pods, services, workloads

_CREATE: dict[str, Callable[[Obj], list[Cause]]] = {
    "Deployment": workloads.create_deployment,
    "EndpointSlice": endpoints.create_slice,
    "Endpoints": endpoints.create,
    "Event": cluster.create_event,
    "Namespace": cluster.create_namespace,
    "Node": cluster.create_node,
    "Pod": pods.create,
    "ReplicaSet": workloads.create_replica_set,
    "Service": services.create,
}
_UPDATE: dict[str, Callable[[Obj, Obj], list[Cause]]] = {
    "Deployment": workloads.update_deployment,
    "EndpointSlice": endpoints.update_slice,
    "Endpoints": endpoints.update,
    "Event": cluster.update_event,
    "Namespace": cluster.update_namespace,
    "Node": cluster.update_node,
    "Pod": changes.update,
    "ReplicaSet": workloads.update_replica_set,
    "Service": services.update,
}


def create(obj: Obj) -> list[Cause]:
    """What is wrong with a new object, [] if nothing is."""
    return _once(_CREATE[obj["kind"]](obj))


def update(obj: Obj, old: Obj) -> list[Cause]:
    """What is wrong with an object that is to replace `old`, [] if nothing is."""
    return _once(_UPDATE[obj["kind"]](obj, old))


def warnings(obj: Obj) -> list[str]:
    """What the server accepts and warns of."""
    return services.warnings(obj) if obj["kind"] == "Service" else []


def _once(causes: list[Cause]) -> list[Cause]:
    """Each cause once: checks of creation and of change overlap."""
    return list(dict.fromkeys(causes))
