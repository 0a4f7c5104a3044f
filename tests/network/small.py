"""A small world to walk in: nodes, pods that run at once, Services with their slices. No controllers, no kubelet."""

from typing import Any

from kubelab.api import times
from kubelab.network import ExecResult, Network
from kubelab.nodes import launcher
from kubelab.nodes.runtime import Runtime
from kubelab.sim.chance import Chance
from kubelab.sim.clock import EPOCH, Clock
from kubelab.sim.trace import Trace
from kubelab.store.store import Store

MULTITOOL = "c1t1d0s7/network-multitool"
MYWEB = "c1t1d0s7/myweb"
BLOCKS = {"kube-node1": "10.233.101", "kube-node2": "10.233.103", "kube-node3": "10.233.76"}


class Small:
    """A store, a runtime and a network, filled by hand."""

    def __init__(self, seed: int = 1) -> None:
        self.clock, self.chance = Clock(), Chance(seed)
        self.store = Store(self.clock, self.chance)
        self.runtime = Runtime()
        self.runtime.clock = self.clock
        self.network = Network(self.store, self.clock, self.chance, self.runtime, Trace())
        for name in ("default", "kube-system", "other"):
            self._put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        self._node("kube-master1", "192.168.56.11", {"node-role.kubernetes.io/control-plane": ""})
        for number in (1, 2, 3):
            self._node(f"kube-node{number}", f"192.168.56.{20 + number}", {})
        self.pod("coredns-1", "kube-node1", image="registry.k8s.io/coredns/coredns:v1", namespace="kube-system",
                 ports=[[53, "udp"], [53, "tcp"]])  # fmt: skip
        self.service("coredns", {"clusterIP": "10.233.0.3"}, [("dns", 53, 53, "UDP")], namespace="kube-system")
        self.slice("coredns", ["coredns-1"], [("dns", 53, "UDP")], namespace="kube-system")
        self.service("kubernetes", {"clusterIP": "10.233.0.1"}, [("https", 443, 6443, "TCP")])
        self.slice("kubernetes", ["192.168.56.11"], [("https", 6443, "TCP")])

    def _put(self, obj: dict[str, Any]) -> dict[str, Any]:
        metadata = obj["metadata"]
        known = self.store.find(obj["kind"], metadata.get("namespace", ""), metadata["name"])
        stored = self.store.update(obj, trusted=True) if known else self.store.create(obj, trusted=True)
        return self.store.update_status({**stored, "status": obj["status"]}) if "status" in obj else stored

    def _node(self, name: str, ip: str, labels: dict[str, str]) -> None:
        status = {"addresses": [{"type": "InternalIP", "address": ip}]}
        metadata = {"name": name, "labels": labels}
        self._put({"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": {}, "status": status})

    def pod(self, name: str, node: str = "kube-node1", *, image: str = MYWEB, ports: list[list[Any]] | None = None,
            namespace: str = "default", ip: str = "", **spec: Any) -> dict[str, Any]:  # fmt: skip
        """A pod that runs, is ready and listens."""
        used = [p["status"]["podIP"] for p in self.store.list("Pod") if p["spec"]["nodeName"] == node]
        address = ip or f"{BLOCKS[node]}.{len(used) + 2}"
        spec = {"nodeName": node, "containers": [{"name": "main", "image": image}], **spec}
        stored = self._put({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": namespace}, "spec": spec,
            "status": {"phase": "Running", "podIP": address, "conditions": [{"type": "Ready", "status": "True"}],
                       "startTime": times.stamp(EPOCH)},
        })  # fmt: skip
        record = launcher.blank("main")
        env = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOSTNAME": name,
            "HOME": "/root",
        }
        record.update(id="0" * 64, image=image, env=env, alive=True, waiting=None, started=EPOCH, argv=["main"])
        record["ports"] = [[8080, "tcp"]] if ports is None else ports
        uid = stored["metadata"]["uid"]
        about = {"namespace": namespace, "name": name, "node": node, "ip": address, "started": EPOCH}
        self.runtime.admit(uid, {**about, "containers": {"main": record}})
        return stored

    def service(self, name: str, spec: dict[str, Any], ports: list[tuple[str, int, int, str]] | None = None, *,
                namespace: str = "default", labels: dict[str, str] | None = None) -> None:  # fmt: skip
        """A Service; ports are (name, port, targetPort, protocol)."""
        given = [("", 80, 8080, "TCP")] if ports is None else ports
        rows = [{k: v for k, v in (("name", n), ("port", p), ("targetPort", t), ("protocol", proto)) if v}
                for n, p, t, proto in given]  # fmt: skip
        for row in rows:
            if spec.get("nodePort"):
                row["nodePort"] = spec["nodePort"]
        spec = {k: v for k, v in spec.items() if k != "nodePort"}
        metadata = {"name": name, "namespace": namespace, "labels": labels or {}}
        body = {"type": "ClusterIP", "clusterIP": "10.233.10.5", **spec, "ports": rows}
        self._put({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": body})

    def slice(self, service: str, pods: list[str], ports: list[tuple[str, int, str]] | None = None, *,
              namespace: str = "default", headless: bool = False, **conditions: dict[str, bool]) -> None:  # fmt: skip
        """The Service's one slice: all of these pods (or addresses); conditions by name of pod."""
        entries = []
        for name in pods:
            pod = self.store.find("Pod", namespace, name)
            given = {"ready": True, "serving": True, "terminating": False, **conditions.get(name.replace("-", "_"), {})}
            entry: dict[str, Any] = {"addresses": [pod["status"]["podIP"] if pod else name], "conditions": given}
            if pod:
                entry |= {"nodeName": pod["spec"]["nodeName"], "targetRef": {"kind": "Pod", "name": name}}
            entries.append(entry)
        labels = {"kubernetes.io/service-name": service}
        if headless:
            labels["service.kubernetes.io/headless"] = ""
        rows = [
            {"name": n, "port": p, "protocol": proto}
            for n, p, proto in ([("", 8080, "TCP")] if ports is None else ports)
        ]
        metadata = {"name": f"{service}-abcde", "namespace": namespace, "labels": labels}
        self._put({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata,
                   "addressType": "IPv4", "endpoints": entries, "ports": rows})  # fmt: skip

    def container(self, pod: str, namespace: str = "default") -> dict[str, Any]:
        """The running container of a pod."""
        stored = self.store.find("Pod", namespace, pod)
        assert stored is not None
        return self.runtime.containers(stored)[0]

    def exec(self, pod: str, *argv: str, stdin: str = "", tty: bool = False) -> ExecResult:
        """Run a program in a pod."""
        stored = self.store.find("Pod", "default", pod)
        assert stored is not None
        return self.network.exec(stored, "main", list(argv), stdin=stdin, tty=tty)

    def sh(self, script: str, pod: str = "nettool", stdin: str = "") -> ExecResult:
        """Run a script in a pod's shell."""
        return self.exec(pod, "sh", "-c", script, stdin=stdin)


def web(count: int = 3, seed: int = 1, **spec: Any) -> Small:
    """A world with `web` (10.233.10.5:80) before pods web-1 ... on the workers in turn, and a client `nettool`."""
    small = Small(seed)
    small.pod("nettool", "kube-node1", image=MULTITOOL, ports=[[80, "tcp"]])
    names = [f"web-{number + 1}" for number in range(count)]
    for at, name in enumerate(names):
        small.pod(name, f"kube-node{at % 3 + 1}")
    small.service("web", spec)
    small.slice("web", names)
    return small
