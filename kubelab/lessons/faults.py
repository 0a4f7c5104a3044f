"""The broken Services of lesson 4-2: what stands in the cluster before the repair, and what asks for it.

A fault is laid out in a fresh cluster, one at a time, from plain manifests. Nothing here stands for a part of
Kubernetes; the faults are those that people make.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kubelab.api.meta import Obj

APP, TOOL = "c1t1d0s7/myweb", "c1t1d0s7/network-multitool"
SHOP = "shop"
SINCE = 120_000
"""How long (ms) the fault has been there when the learner is called."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A Service that does not do its work, and the pod that suffers: it runs `ask` to reach it."""

    service: str
    objects: tuple[Obj, ...]
    ask: str
    client: str = "nettool"
    namespace: str = "default"


def _replicaset(name: str, labels: Mapping[str, str], *, count: int = 3, namespace: str = "default", **box: Any) -> Obj:
    box = {"name": "app", "image": APP, "ports": [{"name": "http", "containerPort": 8080}], **box}
    template = {"metadata": {"labels": dict(labels)}, "spec": {"containers": [box]}}
    spec = {"replicas": count, "selector": {"matchLabels": dict(labels)}, "template": template}
    meta = {"name": name, "namespace": namespace}
    return {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": meta, "spec": spec}


def _service(name: str, port: int = 80, target: int | str = 8080, *, app: str = "", **spec: Any) -> Obj:
    spec = {"selector": {"app": app or name}, "ports": [{"port": port, "targetPort": target}], **spec}
    meta = {"name": name, "namespace": "default"}
    return {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": spec}


def _client(name: str = "nettool", namespace: str = "default", **env: str) -> Obj:
    box: Obj = {"name": name, "image": TOOL}
    if env:
        box["env"] = [{"name": key, "value": value} for key, value in env.items()]
    meta = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [box]}}


def _app(name: str, **box: Any) -> Obj:
    return _replicaset(f"{name}-rs", {"app": name}, **box)


def _fault(service: str, *objects: Obj, ask: str = "", client: str = "nettool", namespace: str = "default") -> Fault:
    return Fault(service, objects, ask or f"curl -s -m 3 http://{service}", client, namespace)


_PROBE = {"httpGet": {"path": "/", "port": 80}, "periodSeconds": 5}
_NAMESPACE: Obj = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SHOP}}

FAULTS: dict[str, Fault] = {
    "4-2.e1": _fault("cart", _app("cart"), _service("cart", app="catr"), _client()),
    "4-2.e2": _fault("catalog", _app("catalog"), _service("catalog", 8080, 80), _client()),
    "4-2.e3": _fault("search", _app("search"), _service("search", target="web"), _client()),
    "4-2.e4": _fault("orders", _app("orders", readinessProbe=_PROBE), _service("orders"), _client()),
    "4-2.e5": _fault(
        "stock",
        _NAMESPACE,
        _app("stock", namespace=SHOP),
        _service("stock"),
        _client(namespace=SHOP),
        namespace=SHOP,
    ),
    "4-2.e6": _fault(
        "price",
        _app("price"),
        _service("price"),
        _client("cashier", PRICE_URL="http://prices"),
        ask="curl -s -m 3 $PRICE_URL",
        client="cashier",
    ),
    "4-2.e7": _fault(
        "review",
        _replicaset("review-rs", {"app": "review", "version": "v2"}),
        _replicaset("review-old-rs", {"app": "review", "version": "v1"}, count=1, command=["sleep", "1d"]),
        _service("review"),
        _client(),
    ),
    "4-2.e8": _fault(
        "login",
        _app("login"),
        _service("login", sessionAffinity="ClientIP", sessionAffinityConfig={"clientIP": {"timeoutSeconds": 10_800}}),
        _client("gateway"),
        client="gateway",
    ),
}
