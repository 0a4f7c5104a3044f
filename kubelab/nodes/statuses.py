"""The status of a pod, made from what runs for it.

Stands for generateAPIPodStatus, getPhase and convertStatusToAPIStatus in pkg/kubelet/kubelet_pods.go and for
pkg/kubelet/status/generate.go. Plain functions: nothing here writes.
"""

from typing import Any

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
    for field, spec in (("initContainerStatuses", "initContainers"), ("containerStatuses", "containers")):
        if found := [_container(here["containers"][c["name"]], c) for c in pod["spec"].get(spec) or []]:
            made[field] = found
    made["conditions"] = _conditions(pod, here, made["phase"], before.get("conditions") or [], now)
    return made


# ---- phase


def is_sidecar(container: Obj) -> bool:
    """Whether an init container keeps running beside the others."""
    return bool(container.get("restartPolicy") == "Always")


def restarts(pod: Obj, container: Obj, record: Container) -> bool:
    """Whether a container that has ended is to be started again."""
    policy = pod["spec"].get("restartPolicy", "Always")
    if record["init"]:
        return is_sidecar(container) or (record["code"] != 0 and policy != "Never")
    return bool(policy == "Always" or (policy == "OnFailure" and record["code"] != 0))


def has_ended(record: Container) -> bool:
    """Whether a container has run and runs no more."""
    return bool(record["id"]) and not record["alive"]


def init_done(pod: Obj, here: Pod) -> bool:
    """Whether all init containers have done their work (sidecars: have been started)."""
    for spec in pod["spec"].get("initContainers") or []:
        record = here["containers"][spec["name"]]
        if is_sidecar(spec):
            if not record["booted"]:
                return False
        elif not has_ended(record) or record["code"] != 0:
            return False
    return True


def phase(pod: Obj, here: Pod) -> str:
    """The pod's phase (getPhase)."""
    policy = pod["spec"].get("restartPolicy", "Always")
    mains = [here["containers"][c["name"]] for c in pod["spec"]["containers"]]
    inits = [here["containers"][c["name"]] for c in pod["spec"].get("initContainers") or [] if not is_sidecar(c)]
    failed_init = any(has_ended(record) and record["code"] != 0 for record in inits)
    leaving = meta.is_deleting(pod) and not any(record["alive"] for record in here["containers"].values())
    if failed_init and (policy == "Never" or leaving):
        return "Failed"
    if not init_done(pod, here) and not any(record["id"] for record in mains):
        return "Pending"
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
    containers = [*pod["spec"]["containers"], *(pod["spec"].get("initContainers") or [])]
    resources = [c.get("resources") or {} for c in containers]
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
    if record["init"] and not is_sidecar(spec) and has_ended(record):
        made["ready"] = record["code"] == 0
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
        _initialized(pod, here, reached),
        {**(_gates(pod, before) if ready["status"] == "True" else ready), "type": "Ready"},
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


def _initialized(pod: Obj, here: Pod, reached: str) -> Obj:
    if reached == "Succeeded":
        return {"type": "Initialized", "status": "True", "reason": "PodCompleted"}
    missing = _names(pod, here, "initContainers", _is_incomplete)
    if not missing:
        return {"type": "Initialized", "status": "True"}
    message = f"containers with incomplete status: [{' '.join(missing)}]"
    return {"type": "Initialized", "status": "False", "reason": "ContainersNotInitialized", "message": message}


def _is_incomplete(spec: Obj, record: Container) -> bool:
    if is_sidecar(spec):
        return not record["booted"]
    return not has_ended(record) or record["code"] != 0


def _containers_ready(pod: Obj, here: Pod, reached: str) -> Obj:
    if reached in ("Succeeded", "Failed"):
        return {"status": "False", "reason": "PodCompleted" if reached == "Succeeded" else "PodFailed"}
    unready = _names(pod, here, "containers", lambda spec, record: not record["ready"])
    sidecars = _names(pod, here, "initContainers", lambda spec, record: is_sidecar(spec) and not record["ready"])
    if not unready and not sidecars:
        return {"status": "True"}
    message = f"containers with unready status: [{' '.join([*sidecars, *unready])}]"
    return {"status": "False", "reason": "ContainersNotReady", "message": message}


def _names(pod: Obj, here: Pod, field: str, wanted: Any) -> list[str]:
    specs = pod["spec"].get(field) or []
    return [spec["name"] for spec in specs if wanted(spec, here["containers"][spec["name"]])]


def _gates(pod: Obj, before: list[Obj]) -> Obj:
    """Ready for all the containers' part: what the readiness gates say."""
    told = {entry["type"]: entry["status"] for entry in before}
    for gate in pod["spec"].get("readinessGates") or []:
        kind = gate["conditionType"]
        if kind not in told:
            message = f'corresponding condition of pod readiness gate "{kind}" does not exist.'
        elif told[kind] != "True":
            message = f'the status of pod readiness gate "{kind}" is not "True", but {told[kind]}'
        else:
            continue
        return {"status": "False", "reason": "ReadinessGatesNotReady", "message": message}
    return {"status": "True"}
