"""The status of a pod, made from what runs for it.

Stands for generateAPIPodStatus, getPhase and convertStatusToAPIStatus in pkg/kubelet/kubelet_pods.go and for
pkg/kubelet/status/generate.go. Plain functions: nothing here writes.
"""

from kubelab.api import meta, times
from kubelab.api.meta import Obj
from kubelab.nodes import images
from kubelab.nodes.runtime import Container, Pod


def status(pod: Obj, here: Pod, host: str, now: int) -> Obj:
    """The status to report; `host` is the node's address."""
    before = pod.get("status") or {}
    made: Obj = {
        "phase": phase(pod, here),
        "hostIP": host,
        "hostIPs": [{"ip": host}],
        "startTime": times.stamp(here["started"]),
        "qosClass": qos_class(pod),
    }
    if address := here["ip"]:
        made |= {"podIP": address, "podIPs": [{"ip": address}]}
    if generation := pod["metadata"].get("generation"):
        made["observedGeneration"] = generation
    made["containerStatuses"] = [_container(here["containers"][c["name"]], c) for c in pod["spec"]["containers"]]
    made["conditions"] = _conditions(pod, here, made["phase"], before.get("conditions") or [], now)
    return made


# ---- phase


def restarts(pod: Obj, record: Container) -> bool:
    """Whether a container that has ended is to be started again."""
    policy = pod["spec"].get("restartPolicy", "Always")
    return bool(policy == "Always" or (policy == "OnFailure" and record["code"] != 0))


def has_ended(record: Container) -> bool:
    """Whether a container has run and runs no more."""
    return bool(record["id"]) and not record["alive"]


def phase(pod: Obj, here: Pod) -> str:
    """The pod's phase (getPhase)."""
    policy = pod["spec"].get("restartPolicy", "Always")
    mains = [here["containers"][c["name"]] for c in pod["spec"]["containers"]]
    leaving = meta.is_deleting(pod) and not any(record["alive"] for record in mains)
    if any(not record["id"] for record in mains):
        return "Failed" if leaving and any(record["id"] for record in mains) else "Pending"
    if any(record["alive"] for record in mains):
        return "Running"
    if policy == "Always" and not leaving:
        return "Running"
    if all(record["code"] == 0 for record in mains):
        return "Succeeded"
    return "Failed" if policy == "Never" or leaving else "Running"


def qos_class(pod: Obj) -> str:
    """Guaranteed if all limits are set and equal the requests, BestEffort if nothing is set, else Burstable."""
    resources = [c.get("resources") or {} for c in pod["spec"]["containers"]]
    named = ("cpu", "memory")
    if not any((r.get(side) or {}).get(name) for r in resources for side in ("requests", "limits") for name in named):
        return "BestEffort"
    for each in resources:
        limits, requests = each.get("limits") or {}, each.get("requests") or {}
        if any(name not in limits or requests.get(name, limits[name]) != limits[name] for name in named):
            return "Burstable"
    return "Guaranteed"


# ---- containers


def _container(record: Container, spec: Obj) -> Obj:
    made: Obj = {
        "name": record["name"],
        "image": spec["image"],
        "imageID": "",
        "lastState": record["last"] or {},
        "ready": record["ready"],
        "restartCount": record["restarts"],
        "started": record["alive"] and record["booted"],
        "state": state(record),
    }
    if record["id"]:
        reference = images.parse(record["image"])
        made |= {"image": reference.full, "imageID": reference.id, "containerID": f"containerd://{record['id']}"}
        if record["waiting"]:
            made["lastState"] = {"terminated": terminated(record)}
    return made


def state(record: Container) -> Obj:
    """A container's state: waiting, running or terminated."""
    if record["waiting"]:
        reason, message = record["waiting"]
        return {"waiting": {"reason": reason} | ({"message": message} if message else {})}
    if record["alive"]:
        return {"running": {"startedAt": times.stamp(record["started"])}}
    return {"terminated": terminated(record)}


def terminated(record: Container) -> Obj:
    """How a container ended."""
    made = {
        "containerID": f"containerd://{record['id']}",
        "exitCode": record["code"],
        "finishedAt": times.stamp(record["finished"]),
        "reason": record["reason"],
        "startedAt": times.stamp(record["started"]),
    }
    return made | ({"message": record["message"]} if record["message"] else {})


# ---- conditions


def _conditions(pod: Obj, here: Pod, reached: str, before: list[Obj], now: int) -> list[Obj]:
    """The kubelet's four conditions in their order, then those of others."""
    over = reached in ("Succeeded", "Failed")
    ready = _containers_ready(pod, here, reached)
    found = [
        {"type": "PodReadyToStartContainers", "status": str(bool(here["ip"]) and not over)},
        {"type": "Initialized", "status": "True", **({"reason": "PodCompleted"} if reached == "Succeeded" else {})},
        {**ready, "type": "Ready"},
        {**ready, "type": "ContainersReady"},
    ]
    own = [condition["type"] for condition in found]
    kept = [dict(entry) for entry in before if entry["type"] not in own]
    dated = [_dated(pod, condition, before, now) for condition in found]
    for entry in kept:
        if entry["type"] == "PodScheduled" and pod["metadata"].get("generation"):
            entry["observedGeneration"] = pod["metadata"]["generation"]
    if not any(entry["type"] == "PodScheduled" for entry in kept):
        kept.append(_dated(pod, {"type": "PodScheduled", "status": "True"}, before, now))
    return [*dated, *kept]


def _dated(pod: Obj, condition: Obj, before: list[Obj], now: int) -> Obj:
    old = next((entry for entry in before if entry["type"] == condition["type"]), None)
    same = old is not None and old["status"] == condition["status"]
    since = old["lastTransitionTime"] if old is not None and same else times.stamp(now)
    made: Obj = {"lastProbeTime": None, "lastTransitionTime": since, **condition}
    if generation := pod["metadata"].get("generation"):
        made["observedGeneration"] = generation
    return made


def _containers_ready(pod: Obj, here: Pod, reached: str) -> Obj:
    if reached in ("Succeeded", "Failed"):
        return {"status": "False", "reason": "PodCompleted" if reached == "Succeeded" else "PodFailed"}
    unready = [c["name"] for c in pod["spec"]["containers"] if not here["containers"][c["name"]]["ready"]]
    if not unready:
        return {"status": "True"}
    message = f"containers with unready status: [{' '.join(unready)}]"
    return {"status": "False", "reason": "ContainersNotReady", "message": message}
