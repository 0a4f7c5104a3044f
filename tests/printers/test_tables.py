import textwrap
from typing import Any

import pytest

from kubelab.printers import tables
from tests.printers import samples

NOW = samples.at("01:38:46")


def shown(kind: str, *objs: dict[str, Any], now: int = NOW, **options: Any) -> str:
    return tables.text(tables.table(kind, objs, now), tables.Options(**options))


def block(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


def test_services() -> None:
    objs = [samples.load(samples.EXTERNAL_NAME), samples.load(samples.SERVICE)]
    assert shown("Service", *objs) == block("""
        NAME               TYPE           CLUSTER-IP     EXTERNAL-IP      PORT(S)                      AGE
        mynapp-svc-ext     ExternalName   <none>         www.google.com   <none>                       39s
        mynapp-svc-multi   NodePort       10.233.45.65   <none>           80:31112/TCP,443:31113/TCP   4s
    """)


def test_wide_with_kind_namespace_and_labels() -> None:
    service = samples.load(samples.SERVICE)
    options = {"wide": True, "namespace": True, "prefix": "service", "label_columns": ("x/app",), "show_labels": True}
    assert shown("Service", service, **options) == block("""
        NAMESPACE   NAME                       TYPE       CLUSTER-IP     EXTERNAL-IP   PORT(S)                      AGE   SELECTOR        APP   LABELS
        default     service/mynapp-svc-multi   NodePort   10.233.45.65   <none>        80:31112/TCP,443:31113/TCP   4s    app=mynapp-rs         app=mynapp-rs
    """)  # noqa: E501


def test_replica_sets_wide() -> None:
    assert shown("ReplicaSet", samples.load(samples.REPLICA_SET), wide=True) == block("""
        NAME        DESIRED   CURRENT   READY   AGE   CONTAINERS   IMAGES           SELECTOR
        mynapp-rs   2         2         2       4s    mynapp       c1t1d0s7/myweb   app=mynapp-rs
    """)


def test_pods_wide_and_watched() -> None:
    assert shown("Pod", samples.load(samples.POD), wide=True, event="ADDED") == block("""
        EVENT      NAME        READY   STATUS    RESTARTS   AGE   IP              NODE         NOMINATED NODE   READINESS GATES
        ADDED      myweb-pod   1/1     Running   0          2s    10.233.101.17   kube-node1   <none>           <none>
    """)  # noqa: E501


def test_endpoints_show_three_and_count_the_rest() -> None:
    empty = samples.obj("Endpoints", "nobody")
    subset = {"notReadyAddresses": [{"ip": "1.2.3.4"}], "ports": [{"port": 1}]}
    objs = [samples.load(samples.ENDPOINTS), empty, samples.obj("Endpoints", "waiting", subsets=[subset])]
    assert [row.cells[1] for row in tables.table("Endpoints", objs, NOW).rows] == [
        "10.233.101.11:8443,10.233.103.11:8443,10.233.76.7:8443 + 3 more...",
        "<none>",
        "",
    ]


def test_slices_list_addresses_ready_or_not() -> None:
    full = samples.load(samples.ENDPOINT_SLICE)
    full["endpoints"][0]["conditions"]["ready"] = False
    empty = samples.obj("EndpointSlice", "empty", addressType="IPv4", endpoints=[], ports=[])
    assert shown("EndpointSlice", full, empty) == block("""
        NAME               ADDRESSTYPE   PORTS     ENDPOINTS                                 AGE
        mynapp-svc-wr5df   IPv4          8080      10.233.101.13,10.233.103.13,10.233.76.9   32s
        empty              IPv4          <unset>   <unset>                                   98m
    """)


def test_no_rows_no_headers() -> None:
    assert shown("Pod") == ""


def test_without_headers_the_widths_are_those_of_the_rows() -> None:
    namespace = samples.obj("Namespace", "default", status={"phase": "Active"})
    assert shown("Namespace", namespace, headers=False) == "default   Active   98m\n"


def node(**parts: Any) -> dict[str, Any]:
    info = {"osImage": "Ubuntu 18.04", "kernelVersion": "4.15.0", "architecture": "amd64", "kubeletVersion": "v1.36.2"}
    status = {
        "conditions": [{"type": "Ready", "status": "True"}],
        "addresses": [{"type": "InternalIP", "address": "192.168.56.11"}],
        "nodeInfo": info | {"containerRuntimeVersion": "containerd://2.1.4"},
    }
    return samples.obj("Node", "kube-master1", status=status, **parts)


def test_nodes_wide() -> None:
    master = node(metadata={"labels": {"node-role.kubernetes.io/control-plane": ""}}, spec={"unschedulable": True})
    assert shown("Node", master, wide=True) == block("""
        NAME           STATUS                     ROLES           AGE   VERSION   INTERNAL-IP     EXTERNAL-IP   OS-IMAGE       KERNEL-VERSION   CONTAINER-RUNTIME
        kube-master1   Ready,SchedulingDisabled   control-plane   98m   v1.36.2   192.168.56.11   <none>        Ubuntu 18.04   4.15.0 (amd64)   containerd://2.1.4
    """)  # noqa: E501


def test_events() -> None:
    event = samples.obj(
        "Event", "mynapp-rs.18", involvedObject={"kind": "ReplicaSet", "name": "mynapp-rs"}, type="Normal", count=3,
        reason="SuccessfulCreate", message="Created pod: x\n",
        source={"component": "replicaset-controller", "host": "m"},
        firstTimestamp="2026-11-23T01:38:40Z", lastTimestamp="2026-11-23T01:38:45Z",
    )  # fmt: skip
    assert shown("Event", event) == block("""
        LAST SEEN   TYPE     REASON             OBJECT                 MESSAGE
        1s          Normal   SuccessfulCreate   replicaset/mynapp-rs   Created pod: x
    """)
    assert tables.table("Event", [event], NOW).rows[0].cells[4:] == (
        "", "replicaset-controller, m", "Created pod: x", "6s", 3, "mynapp-rs.18",
    )  # fmt: skip


def test_a_load_balancer_waits_for_its_address() -> None:
    service = samples.load(samples.SERVICE)
    service["spec"]["type"] = "LoadBalancer"
    assert tables.table("Service", [service], NOW).rows[0].cells[3] == "<pending>"
    service["status"]["loadBalancer"] = {"ingress": [{"ip": "203.0.113.7"}, {"hostname": "a-rather-long-name.example"}]}
    service["spec"]["externalIPs"] = ["198.51.100.1"]
    assert tables.table("Service", [service], NOW).rows[0].cells[3] == (
        "203.0.113.7,a-rather-long-name.example,198.51.100.1"
    )


# ---- STATUS and RESTARTS of pods

CREATING = {"state": {"waiting": {"reason": "ContainerCreating"}}}
WAITING = {"state": {"waiting": {"reason": "CrashLoopBackOff"}}}
RUNNING = {"state": {"running": {}}, "ready": True}
DONE = {"state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}
FAILED = {"state": {"terminated": {"exitCode": 1, "reason": "Error"}}}


def pod(*statuses: dict[str, Any], **parts: Any) -> dict[str, Any]:
    names = [f"c{i}" for i in range(len(statuses))]
    spec = {"containers": [{"name": n} for n in names]}
    status = {
        "phase": "Running",
        "containerStatuses": [{"name": n} | s for n, s in zip(names, statuses, strict=True)],
        "conditions": [],
    }
    return samples.obj("Pod", "p", spec=spec, status=status | parts.pop("status", {}), **parts)


DELETED = {"deletionTimestamp": "2026-11-23T01:38:46Z"}


@pytest.mark.parametrize(
    ("obj", "ready", "status"),
    [
        (pod(CREATING, status={"phase": "Pending"}), "0/1", "ContainerCreating"),
        (pod(WAITING), "0/1", "CrashLoopBackOff"),
        (pod(RUNNING | {"ready": False}), "0/1", "Running"),
        (pod(RUNNING, WAITING), "1/2", "CrashLoopBackOff"),
        (pod(DONE, status={"phase": "Succeeded"}), "0/1", "Completed"),
        (pod({"state": {"terminated": {"exitCode": 137, "signal": 9}}}), "0/1", "Signal:9"),
        (pod({"state": {"terminated": {"exitCode": 3}}}), "0/1", "ExitCode:3"),
        (pod(DONE, RUNNING), "1/2", "NotReady"),
        (pod(DONE, RUNNING, status={"conditions": [{"type": "Ready", "status": "True"}]}), "1/2", "Running"),
        (pod(DONE, FAILED), "0/2", "Error"),
        (pod(RUNNING, metadata=DELETED), "1/1", "Terminating"),
        (pod(DONE, status={"phase": "Succeeded"}, metadata=DELETED), "0/1", "Completed"),
        (pod(RUNNING, status={"reason": "NodeLost"}, metadata=DELETED), "1/1", "Unknown"),
        (pod(status={"phase": "Failed", "reason": "Evicted"}), "0/0", "Evicted"),
    ],
)  # fmt: skip
def test_the_status_of_a_pod(obj: dict[str, Any], ready: str, status: str) -> None:
    assert tables.table("Pod", [obj], NOW).rows[0].cells[1:3] == (ready, status)


def test_restarts_tell_when() -> None:
    ended = {"lastState": {"terminated": {"finishedAt": "2026-11-23T01:38:05Z"}}, "restartCount": 3}
    assert tables.table("Pod", [pod(WAITING | ended)], NOW).rows[0].cells[3] == "3 (41s ago)"
    assert tables.table("Pod", [pod(WAITING | {"restartCount": 2})], NOW).rows[0].cells[3] == "2"
