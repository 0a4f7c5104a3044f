"""The little that this room needs to know of running containers; the runtime itself belongs to the nodes."""

from kubelab.api.meta import Obj
from kubelab.nodes.runtime import Container, Runtime

__all__ = ["Container", "Runtime", "listener", "listens"]


def listener(runtime: Runtime, pod: Obj, port: int, protocol: str = "tcp") -> Container | None:
    """The container of the pod that listens on a port."""
    for container in runtime.containers(pod):
        if container["alive"] and listens(container, port, protocol):
            return container
    return None


def listens(container: Container, port: int, protocol: str = "tcp") -> bool:
    """Whether a process in the container has that port open."""
    return [port, protocol] in container["ports"]
