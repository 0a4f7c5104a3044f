"""A bench for the loops: a store and a clock, nodes, and a make-believe kubelet that starts and stops pods at once."""

import pytest

from kubelab.api import meta, times
from kubelab.controllers import (
    deployment,
    endpoints,
    endpointslice,
    garbage,
    mirroring,
    namespace,
    replicaset,
    scheduler,
)
from kubelab.sim.chance import Chance
from kubelab.sim.clock import Clock
from kubelab.sim.trace import Trace
from kubelab.store.recorder import Recorder
from kubelab.store.store import Store

ALL = (
    scheduler.Scheduler,
    replicaset.ReplicaSetController,
    deployment.DeploymentController,
    endpoints.EndpointsController,
    endpointslice.EndpointSliceController,
    mirroring.MirroringController,
    garbage.GarbageCollector,
    namespace.NamespaceController,
)


class Bench:
    """Objects go in, the loops run, objects come out."""

    def __init__(self, workers=3, pods_per_node=110):
        self.clock, self.chance, self.trace = Clock(), Chance(1), Trace()
        self.store = Store(self.clock, self.chance)
        self.recorder = Recorder(self.store)
        self.loops = {c.name: c(self.store, self.clock, self.chance, self.recorder, self.trace) for c in ALL}
        self.clock.on("controllers", lambda name, *args: self.loops[name].reconcile(*args))
        self.clock.on("kubelet", self._kubelet)
        for each in self.loops.values():
            self.store.subscribe(each.see)
        self.store.subscribe(self._see)
        self.ready, self.addresses = True, 0
        for name in ("default", "kube-system"):
            self.store.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        taint = {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}
        self.node("kube-master1", pods_per_node, taints=[taint])
        for number in range(1, workers + 1):
            self.node(f"kube-node{number}", pods_per_node)

    def node(self, name, pods=110, **spec):
        made = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "spec": spec}
        stored = self.store.create(made, trusted=True)
        allocatable = {"pods": str(pods), "cpu": "2", "memory": "4Gi"}
        self.store.update_status({**stored, "status": {"allocatable": allocatable}})

    def _see(self, event):
        pod = event.obj
        if pod["kind"] == "Pod" and event.type != "DELETED" and pod["spec"].get("nodeName"):
            self.clock.soon("kubelet", "sync", *meta.key(pod), delay=100)

    def _kubelet(self, what, namespace, name):
        pod = self.store.find("Pod", namespace, name)
        if pod is None:
            return
        if meta.is_deleting(pod):
            self.store.delete("Pod", namespace, name, grace=0)
        elif pod["status"]["phase"] == "Pending":
            self.addresses += 1
            self.run(pod, f"10.233.64.{self.addresses}", self.ready)

    def run(self, pod, address, ready=True):
        status = {**pod["status"], "phase": "Running", "podIP": address, "podIPs": [{"ip": address}]}
        self.store.update_status({**pod, "status": status})
        self.mark(self.store.find("Pod", *meta.key(pod)), ready)

    def mark(self, pod, ready):
        turned = {"type": "Ready", "status": str(ready), "lastTransitionTime": times.stamp(self.clock.now)}
        others = [c for c in pod["status"].get("conditions", []) if c["type"] != "Ready"]
        self.store.update_status({**pod, "status": {**pod["status"], "conditions": [*others, turned]}})

    def create(self, obj):
        return self.store.create(obj, trusted=True)

    def settle(self):
        assert self.clock.settle()

    def pods(self, namespace="default"):
        return self.store.list("Pod", namespace)

    def events(self, reason=None):
        return [e["message"] for e in self.store.list("Event") if reason in (None, e["reason"])]

    def revision_after_reconciling_all(self):
        """Reconcile everything once more; the store's revision tells whether anything was written."""
        for each in self.loops.values():
            each.reconcile("", "")
            for kind in ("Deployment", "ReplicaSet", "Service", "Endpoints", "Namespace"):
                for obj in self.store.list(kind):
                    each.reconcile(*meta.key(obj))
        return self.store.revision


def pod_spec(**extra):
    return {"containers": [{"name": "c", "image": "nginx", "ports": [{"name": "web", "containerPort": 8080}]}], **extra}


def a_pod(name, labels=None, **spec):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "labels": labels or {}},
        "spec": pod_spec(**spec),
    }


def a_set(name="rs", replicas=3, labels=None, kind="ReplicaSet", **spec):
    labels = labels or {"app": name}
    template = {"metadata": {"labels": labels}, "spec": pod_spec()}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template, **spec},
    }


def a_service(name="svc", selector=None, ports=({"port": 80, "targetPort": 8080},), **spec):
    body = {"ports": [dict(port) for port in ports], **spec}
    if selector:
        body["selector"] = selector
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": "default"}, "spec": body}


@pytest.fixture
def bench():
    return Bench()
