"""What checks look at: the objects of a cluster, and the answers to requests sent in a copy of it.

Traffic moves the clock, the choices of chance and the affinity memory; a check must not. So requests run in a copy of
the cluster, made from its snapshot.
"""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from kubelab.api import labels, meta
from kubelab.api.meta import Obj
from kubelab.store.store import Store

SERVICE_LABEL = "kubernetes.io/service-name"
APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class Traffic(Protocol):
    """As much of `lab.traffic(...)` as checks need."""

    @property
    def counts(self) -> Mapping[str, int]:
        """Requests answered, by pod."""

    @property
    def by_client(self) -> Mapping[str, Mapping[str, int]]:
        """The same for each client: the pods that answered it."""

    @property
    def failures(self) -> Mapping[str, int]:
        """Requests without an answer, by what was wrong."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One look at a cluster: `send(service, requests, clients)` and `run(pod, argv)` act in a copy.

    With `forget=True` the copy's proxies remember no client; other options of `send` are those of `lab.traffic`.
    `run(..., after=ms)` lets that time pass first.
    """

    store: Store
    send: Callable[..., Traffic]
    run: Callable[..., str]

    def service(self, name: str, namespace: str = "default") -> Obj | None:
        """The Service, if there."""
        return self.store.find("Service", namespace, name)

    def pods(self, selector: Mapping[str, str] | None = None, namespace: str = "default") -> list[Obj]:
        """The pods that are neither finished nor leaving, all or those that carry the labels."""
        chosen = labels.from_map(selector or {})
        pods = [pod for pod in self.store.list("Pod", namespace) if meta.is_active(pod)]
        return [pod for pod in pods if chosen.matches(meta.labels(pod))]

    def ready(self, service: str, namespace: str = "default") -> tuple[str, ...]:
        """The names of the pods behind the Service's ready endpoints (addresses where there is no pod)."""
        found = {}
        for part in self.store.list("EndpointSlice", namespace, labels=f"{SERVICE_LABEL}={service}"):
            for endpoint in part.get("endpoints") or []:
                if (endpoint.get("conditions") or {}).get("ready"):
                    address = endpoint["addresses"][0]
                    found[(endpoint.get("targetRef") or {}).get("name", address)] = address
        return tuple(sorted(found))

    def nearest(self, selector: Mapping[str, str], namespace: str = "default") -> str | None:
        """The label on a pod that looks most like one of the selector's."""
        wanted = [f"{key}={value}" for key, value in selector.items()]
        carried = [f"{key}={value}" for pod in self.pods(None, namespace) for key, value in meta.labels(pod).items()]
        for text in wanted:
            if near := difflib.get_close_matches(text, sorted({*carried} - {*wanted}), 1, 0.6):
                return near[0]
        return None


def selector_text(selector: Mapping[str, str]) -> str:
    """A selector as kubectl prints it: `app=mynapp-rs`."""
    return ",".join(f"{key}={value}" for key, value in selector.items())
