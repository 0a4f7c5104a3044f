"""A tiny stand-in for a lab: enough cluster to look at, so that panels are tested without the engine."""

import copy
import re
from dataclasses import dataclass, field
from typing import Any

import numpy

from kubelab.network import traffic


def sent(
    service: str, by_client: dict[str, dict[str, int]], failures: int = 0, sticky: bool = False
) -> traffic.Traffic:
    pods = sorted({pod for row in by_client.values() for pod in row})
    table = numpy.array([[row.get(pod, 0) for pod in pods] for row in by_client.values()], dtype=numpy.int64)
    table = table.reshape(len(by_client), len(pods))
    squares = int((table.sum(axis=1) ** 2).sum()) if sticky else int(table.sum())
    total = int(table.sum()) + failures
    why = {"refused: no endpoints": failures} if failures else {}
    return traffic.Traffic(service, total, tuple(by_client), tuple(pods), table, why, len(pods), squares)


@dataclass
class Result:
    stdout: str = ""
    stderr: str = ""
    code: int = 0


def pod(name: str, address: str = "", *, ready: bool = True, leaving: bool = False, app: str = "web") -> dict[str, Any]:
    meta: dict[str, Any] = {"name": name, "namespace": "default", "labels": {"app": app}}
    if leaving:
        meta["deletionTimestamp"] = "2026-11-23T00:00:00Z"
    status: dict[str, Any] = {"phase": "Running" if address else "Pending"}
    if address:
        status |= {"podIP": address, "conditions": [{"type": "Ready", "status": "True" if ready else "False"}]}
    return {"kind": "Pod", "metadata": meta, "spec": {"nodeName": "kube-node1"}, "status": status}


def service(name: str, **spec: Any) -> dict[str, Any]:
    spec = {
        "type": "ClusterIP",
        "clusterIP": "10.233.8.1",
        "ports": [{"port": 80, "targetPort": 8080}],
        "selector": {"app": "web"},
    } | spec
    return {"kind": "Service", "metadata": {"name": name, "namespace": "default"}, "spec": spec}


def replica_set(name: str, wanted: int) -> dict[str, Any]:
    spec = {"replicas": wanted, "selector": {"matchLabels": {"app": "web"}}}
    return {"kind": "ReplicaSet", "metadata": {"name": name, "namespace": "default"}, "spec": spec, "status": {}}


class Store:
    def __init__(self) -> None:
        self.objects: dict[tuple[str, str, str], dict[str, Any]] = {}

    def put(self, *objects: dict[str, Any]) -> None:
        for obj in objects:
            self.objects[obj["kind"], obj["metadata"]["namespace"], obj["metadata"]["name"]] = obj

    def drop(self, kind: str, name: str) -> None:
        del self.objects[kind, "default", name]

    def find(self, kind: str, namespace: str, name: str) -> dict[str, Any] | None:
        return self.objects.get((kind, namespace, name))

    def list(self, kind: str, namespace: str | None = None, labels: str = "") -> list[dict[str, Any]]:
        wanted = dict([labels.split("=")]) if labels else {}
        found = [obj for (k, ns, _), obj in sorted(self.objects.items()) if k == kind and namespace in (None, ns)]
        return [obj for obj in found if wanted.items() <= obj["metadata"].get("labels", {}).items()]


class Network:
    def __init__(self, cluster: "Cluster") -> None:
        self.cluster = cluster

    def traffic(self, name: str, requests: int = 1000, clients: int = 1) -> traffic.Traffic:
        obj = self.cluster.store.find("Service", "default", name)
        assert obj is not None
        sticky = obj["spec"].get("sessionAffinity") == "ClientIP"
        pods = [p["metadata"]["name"] for p in self.cluster.ready()]
        by_client: dict[str, dict[str, int]] = {f"10.0.0.{c + 1}": dict.fromkeys(pods, 0) for c in range(clients)}
        for i in range(requests if pods else 0):
            client = i % clients
            answered = pods[(client if sticky else i // clients + client) % len(pods)]
            by_client[f"10.0.0.{client + 1}"][answered] += 1
        return sent(name, by_client, 0 if pods else requests, sticky)


@dataclass
class Cluster:
    store: Store = field(default_factory=Store)

    def __post_init__(self) -> None:
        self.network = Network(self)

    def ready(self) -> list[dict[str, Any]]:
        pods = self.store.list("Pod", "default")
        return [p for p in pods if (p["status"].get("conditions") or [{}])[0].get("status") == "True"]

    def snapshot(self) -> Any:
        return copy.deepcopy(self.store.objects)

    def restore(self, data: Any) -> None:
        self.store.objects = data

    def settle(self) -> bool:
        for rs in self.store.list("ReplicaSet", "default"):
            wanted = rs["spec"]["replicas"]
            for p in self.store.list("Pod", "default")[wanted:]:
                self.store.drop("Pod", p["metadata"]["name"])
            for i in range(wanted):
                if self.store.find("Pod", "default", f"web-{i}") is None:
                    self.store.put(pod(f"web-{i}", f"10.233.101.{i + 1}"))
            rs["status"] = {"replicas": wanted, "readyReplicas": wanted}
        for svc in self.store.list("Service", "default"):
            self.store.put(slices(svc["metadata"]["name"], self.store.list("Pod", "default")))
        return True


def slices(name: str, pods: list[dict[str, Any]]) -> dict[str, Any]:
    entries = [
        {
            "addresses": [p["status"]["podIP"]],
            "conditions": {
                "ready": p["status"]["conditions"][0]["status"] == "True" and "deletionTimestamp" not in p["metadata"],
                "terminating": "deletionTimestamp" in p["metadata"],
            },
            "nodeName": p["spec"]["nodeName"],
            "targetRef": {"kind": "Pod", "name": p["metadata"]["name"]},
        }
        for p in pods
        if "podIP" in p["status"]
    ]
    labels = {"kubernetes.io/service-name": name}
    return {
        "kind": "EndpointSlice",
        "metadata": {"name": f"{name}-x", "namespace": "default", "labels": labels},
        "endpoints": entries,
    }


class Lab:
    def __init__(self, lang: str = "en", wanted: int = 3) -> None:
        self.lang = lang
        self.cluster = Cluster()
        self.cluster.store.put(
            replica_set("web", wanted), service("svc"), service("sticky", sessionAffinity="ClientIP")
        )
        self.cluster.settle()
        self.lines: list[str] = []
        self.listeners: list[Any] = []

    def kubectl(self, line: str, stdin: str = "") -> Result:
        self.cluster.settle()
        self.lines.append(line)
        result = self._run(line)
        self.tell()
        return result

    def _run(self, line: str) -> Result:
        found = re.match(r"scale rs/(\S+) --replicas=(-?\d+)", line)
        rs = self.cluster.store.find("ReplicaSet", "default", found[1]) if found else None
        if not found or rs is None:
            return Result(stderr='Error from server (NotFound): replicasets.apps "<b>" not found\n', code=1)
        rs["spec"]["replicas"] = int(found[2])
        return Result(f"replicaset.apps/{found[1]} scaled\n")

    def traffic(self, name: str, requests: int = 1000, clients: int = 1) -> traffic.Traffic:
        self.cluster.settle()
        made = self.cluster.network.traffic(name, requests, clients)
        self.tell()
        return made

    def settle(self) -> None:
        self.cluster.settle()

    def listen(self, callback: Any) -> Any:
        self.listeners.append(callback)
        return lambda: self.listeners.remove(callback)

    def tell(self) -> None:
        for listener in list(self.listeners):
            listener()
