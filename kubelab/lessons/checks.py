"""What the exercises ask of a cluster: one predicate for each.

Predicates are tried in the order in which a learner meets the things: is the object there, does the selector find a
pod, is it ready, do requests get an answer.
"""

import json
from collections.abc import Callable

from kubelab.api import meta
from kubelab.api.meta import Obj
from kubelab.lessons import behind, doors, repairs, scene, verdicts

OURS = {"app": "mynapp-rs"}
"""The label of the pods that the class's manifests make."""

# ---- the exercises, in the order of the course


def hello(look: scene.Scene) -> verdicts.Verdict:
    """00.e1: a namespace called hello."""
    if look.store.find("Namespace", "", "hello"):
        return verdicts.done("namespace_done", name="hello")
    first = {"default", "kube-node-lease", "kube-public", "kube-system"}
    others = [meta.name(each) for each in look.store.list("Namespace") if meta.name(each) not in first]
    if others:
        return verdicts.almost("other_name", kind="Namespace", name="hello", found=", ".join(others))
    return verdicts.untried()


def three_behind_dns(look: scene.Scene) -> verdicts.Verdict:
    """1-1.e1: three pods behind the Service coredns, its address as before."""
    namespace, address = "kube-system", "10.233.0.3"
    service = look.service("coredns", namespace)
    if service is None:
        return verdicts.almost("gone", kind="Service", name="coredns")
    if service["spec"].get("clusterIP") != address:
        return verdicts.almost(
            "address_changed", service="coredns", have=service["spec"].get("clusterIP"), want=address
        )
    ready = look.ready("coredns", namespace)
    if len(ready) == 3:
        return verdicts.done("spread_done", service="coredns", address=address, have=3)
    deployment = look.store.find("Deployment", namespace, "coredns")
    if deployment and deployment["spec"].get("replicas") == 2 and len(ready) == 2:
        return verdicts.untried("still_two", service="coredns", have=2)
    return verdicts.almost("count", service="coredns", have=len(ready), want=3)


def web_on_8000(look: scene.Scene) -> verdicts.Verdict:
    """1-2.e1: a Service web, 8000 -> 8080, in front of the pods of mynapp-rs."""
    if lost := verdicts.lost_service(look, "web", given=("mynapp-svc2",)):
        return lost
    service = look.service("web") or {}
    if (
        wrong := verdicts.wrong_port(service, 8000)
        or verdicts.selects_nobody(look, service)
        or verdicts.other_pods(look, service, OURS)
    ):
        return wrong
    return verdicts.flows(look, "web")


def one_letter(look: scene.Scene) -> verdicts.Verdict:
    """1-3.e1: the Service my-web finds the pod myweb."""
    if lost := verdicts.lost_service(look, "my-web"):
        return lost
    service = look.service("my-web") or {}
    if look.store.find("Pod", "default", "myweb") is None:
        return verdicts.almost("given_lost", name="myweb")
    selector = service["spec"].get("selector") or {}
    if selector == {"app": "my-web"} and not look.pods(selector):
        return verdicts.untried()
    found = look.ready("my-web")
    if found and "myweb" not in found:
        return verdicts.almost("stranger", service="my-web", found=", ".join(found), pod="myweb")
    return verdicts.flows(look, "my-web")


def set_apart(look: scene.Scene) -> verdicts.Verdict:
    """1-4.e1: a Service debug-svc that leads to the pod set apart, and only to it; the rest is as it was."""
    apart = [pod for pod in look.pods() if meta.name(pod).startswith("mynapp-rs-") and meta.controller_of(pod) is None]
    if not apart:
        begun = look.store.find("ReplicaSet", "default", "mynapp-rs") is not None
        return verdicts.almost("not_apart", label="app=mynapp-rs") if begun else verdicts.untried()
    for kind, name in (("ReplicaSet", "mynapp-rs"), ("Service", "mynapp-svc")):
        if look.store.find(kind, "default", name) is None:
            return verdicts.almost("gone", kind=kind, name=name)
    kept = (look.service("mynapp-svc") or {})["spec"].get("selector") or {}
    if kept != OURS:
        have, want = scene.selector_text(kept), scene.selector_text(OURS)
        return verdicts.almost("selector_other", service="mynapp-svc", selector=have, wanted=want)
    if lost := verdicts.lost_service(look, "debug-svc"):
        return lost
    service = look.service("debug-svc") or {}
    if wrong := verdicts.wrong_port(service, 80) or verdicts.selects_nobody(look, service):
        return wrong
    names = {meta.name(pod) for pod in apart}
    strangers = [name for name in look.ready("debug-svc") if name not in names]
    if strangers:
        return verdicts.almost("mixed", service="debug-svc", pods=", ".join(strangers))
    return verdicts.flows(look, "debug-svc")


def eight_in_the_file(look: scene.Scene) -> verdicts.Verdict:
    """1-5.e1: eight replicas, in the cluster and in the manifest applied last."""
    replicaset = look.store.find("ReplicaSet", "default", "mynapp-rs")
    if replicaset is None:
        return verdicts.almost("gone", kind="ReplicaSet", name="mynapp-rs")
    have, applied = replicaset["spec"].get("replicas", 1), _applied_replicas(replicaset)
    if have != 8:
        begun = (have, applied) in ((3, None), (6, None), (2, 2))  # where the lesson's cells lead
        state = verdicts.untried if begun else verdicts.almost
        return state("not_scaled" if begun else "scaled", name="mynapp-rs", have=have, want=8)
    if applied is None:
        return verdicts.almost("not_applied", name="mynapp-rs", have=have)
    if applied != have:
        return verdicts.almost("drift", name="mynapp-rs", have=have, file=applied)
    ready = look.ready("mynapp-svc")
    if len(ready) != 8:
        return verdicts.almost("count", service="mynapp-svc", have=len(ready), want=8)
    return verdicts.flows(look, "mynapp-svc")


def _applied_replicas(obj: Obj) -> int | None:
    text = meta.annotations(obj).get(scene.APPLIED)
    if not text:
        return None
    spec = json.loads(text).get("spec") or {}
    return int(spec.get("replicas", 1))


def remembered_a_minute(look: scene.Scene) -> verdicts.Verdict:
    """1-6.e1: a Service mynapp-svc-short that remembers each client for 60 seconds."""
    name = "mynapp-svc-short"
    if lost := verdicts.lost_service(look, name, given=("mynapp-svc-ses-aff",)):
        return lost
    service = look.service(name) or {}
    affinity = service["spec"].get("sessionAffinity", "None")
    if affinity != "ClientIP":
        return verdicts.almost("no_affinity", service=name, have=affinity)
    seconds = service["spec"]["sessionAffinityConfig"]["clientIP"]["timeoutSeconds"]
    if seconds != 60:
        return verdicts.almost("timeout", service=name, have=seconds, want=60)
    if (
        wrong := verdicts.wrong_port(service, 80)
        or verdicts.selects_nobody(look, service)
        or verdicts.other_pods(look, service, OURS)
        or verdicts.refuses(look, name)
    ):
        return wrong
    strayed = [
        pods for pods in look.send(name, verdicts.REQUESTS, verdicts.CLIENTS).by_client.values() if len(pods) != 1
    ]
    if strayed:
        return verdicts.almost("strays", service=name, clients=len(strayed))
    return verdicts.done("sticks", service=name, clients=verdicts.CLIENTS, want=60)


def born_after(look: scene.Scene) -> verdicts.Verdict:
    """2-1.e1: the pod db-client knows the Service db-svc by its environment."""
    pod = look.store.find("Pod", "default", "db-client")
    if lost := verdicts.lost_service(look, "db-svc"):
        missing = pod is not None and lost.state == verdicts.UNTRIED
        return verdicts.almost("no_object", kind="Service", name="db-svc") if missing else lost
    service = look.service("db-svc") or {}
    if service["spec"].get("type") == "ExternalName":
        return verdicts.almost("kind", service="db-svc", have="ExternalName", want="ClusterIP")
    if wrong := verdicts.wrong_port(service, 5432):
        return wrong
    address = service["spec"].get("clusterIP")
    if address in (None, "None"):
        return verdicts.almost("headless", service="db-svc")
    if pod is None:
        return verdicts.almost("no_object", kind="Pod", name="db-client")
    if (pod.get("status") or {}).get("phase") != "Running":
        return verdicts.almost("not_running", name="db-client", status=_status(pod))
    variable = "DB_SVC_SERVICE_HOST"
    known = dict(line.split("=", 1) for line in look.run(pod, ["env"]).splitlines() if "=" in line)
    if variable not in known:
        return verdicts.almost("pod_older", pod="db-client", variable=variable)
    if known[variable] != address:
        return verdicts.almost("stale", pod="db-client", variable=variable, have=known[variable], want=address)
    return verdicts.done("env_done", pod="db-client", variable=variable, have=address)


def _status(pod: Obj) -> str:
    """What the column STATUS says of a pod that has not started."""
    status = pod.get("status") or {}
    waiting = [(each.get("state") or {}).get("waiting") or {} for each in status.get("containerStatuses") or []]
    return next((each["reason"] for each in waiting if each.get("reason")), str(status.get("phase", "Pending")))


CHECKS: dict[str, Callable[[scene.Scene], verdicts.Verdict]] = {
    "00.e1": hello,
    "1-1.e1": three_behind_dns,
    "1-2.e1": web_on_8000,
    "1-3.e1": one_letter,
    "1-4.e1": set_apart,
    "1-5.e1": eight_in_the_file,
    "1-6.e1": remembered_a_minute,
    "2-1.e1": born_after,
    **doors.CHECKS,
    **behind.CHECKS,
    **repairs.CHECKS,
}
