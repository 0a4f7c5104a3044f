"""What the exercises ask of a cluster: one predicate for each, over objects and traffic, never over printed text.

Each returns a verdict: `untried`, `almost` with the difference by name, or `done` with what was seen. The words are in
`words`, by key. Predicates are tried in the order in which a learner meets the things: is the object there, does the
selector find a pod, is it ready, do requests get an answer.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kubelab.api import meta
from kubelab.api.meta import Obj
from kubelab.lessons import scene

UNTRIED, ALMOST, DONE = "untried", "almost", "done"
REQUESTS, CLIENTS = 60, 12
LISTENS = 8080  # the port of the class's application


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far an exercise is: the state, and the words (a key of `words` and what to fill in)."""

    state: str
    key: str
    values: dict[str, Any] = field(default_factory=dict)


def untried(key: str = "start", **values: Any) -> Verdict:
    """Nothing done yet."""
    return Verdict(UNTRIED, key, values)


def almost(key: str, **values: Any) -> Verdict:
    """Something is still different; the words say what."""
    return Verdict(ALMOST, key, values)


def done(key: str, **values: Any) -> Verdict:
    """The task is done; the words say what was seen."""
    return Verdict(DONE, key, values)


# ---- differences that many exercises share


def lost_service(look: scene.Scene, name: str, given: tuple[str, ...] = ()) -> Verdict | None:
    """No Service of that name: not tried yet, unless another new one carries a name much like it."""
    if look.service(name):
        return None
    known = {"kubernetes", "mynapp-svc", *given}
    others = [meta.name(each) for each in look.store.list("Service", "default") if meta.name(each) not in known]
    if others:
        return almost("other_name", kind="Service", name=name, found=", ".join(others))
    return untried()


def selects_nobody(look: scene.Scene, service: Obj, namespace: str = "default") -> Verdict | None:
    """The Service's selector finds no pod, or no Ready one."""
    name, selector = meta.name(service), service["spec"].get("selector") or {}
    if not selector:
        return almost("no_selector", service=name)
    pods = look.pods(selector, namespace)
    if not pods:
        text, nearest = scene.selector_text(selector), look.nearest(selector, namespace)
        if nearest:
            return almost("selector_nearest", service=name, selector=text, nearest=nearest)
        return almost("selector_nobody", service=name, selector=text)
    if not any(meta.is_ready(pod) for pod in pods):
        return almost("not_ready", service=name, pods=len(pods))
    return None


def wrong_port(service: Obj, want: int) -> Verdict | None:
    """The Service listens on another port than asked for."""
    ports = [port["port"] for port in service["spec"].get("ports") or []]
    if want in ports:
        return None
    return almost("port", service=meta.name(service), have=", ".join(map(str, ports)) or "-", want=want)


def refuses(look: scene.Scene, name: str) -> Verdict | None:
    """Requests to the Service (or some of them) get no answer."""
    failures = sum(look.send(name, REQUESTS, CLIENTS).failures.values())
    if not failures:
        return None
    service = look.service(name)
    targets = {port.get("targetPort") for port in service["spec"].get("ports") or []} if service else set()
    if targets and LISTENS not in targets:
        return almost("target_port", service=name, target=", ".join(map(str, targets)), listens=LISTENS)
    return almost("failing", service=name, requests=REQUESTS, failures=failures)


def flows(look: scene.Scene, name: str) -> Verdict:
    """Every request to the Service is answered, or what is in the way."""
    service = look.service(name)
    if service is None:
        return untried()
    if wrong := selects_nobody(look, service) or refuses(look, name):
        return wrong
    pods = len(look.send(name, REQUESTS, CLIENTS).counts)
    return done("flows", service=name, requests=REQUESTS, pods=pods)


# ---- the exercises, in the order of the course


def hello(look: scene.Scene) -> Verdict:
    """00.e1: a namespace called hello."""
    if look.store.find("Namespace", "", "hello"):
        return done("namespace_done", name="hello")
    first = {"default", "kube-node-lease", "kube-public", "kube-system"}
    others = [meta.name(each) for each in look.store.list("Namespace") if meta.name(each) not in first]
    if others:
        return almost("other_name", kind="Namespace", name="hello", found=", ".join(others))
    return untried()


def three_behind_dns(look: scene.Scene) -> Verdict:
    """1-1.e1: three pods behind the Service coredns, its address as before."""
    namespace, address = "kube-system", "10.233.0.3"
    service = look.service("coredns", namespace)
    if service is None:
        return almost("gone", kind="Service", name="coredns")
    if service["spec"].get("clusterIP") != address:
        return almost("address_changed", service="coredns", have=service["spec"].get("clusterIP"), want=address)
    ready = look.ready("coredns", namespace)
    if len(ready) == 3:
        return done("spread_done", service="coredns", address=address, have=3)
    deployment = look.store.find("Deployment", namespace, "coredns")
    if deployment and deployment["spec"].get("replicas") == 2 and len(ready) == 2:
        return untried("still_two", service="coredns", have=2)
    return almost("count", service="coredns", have=len(ready), want=3)


def web_on_8000(look: scene.Scene) -> Verdict:
    """1-2.e1: a Service web, 8000 -> 8080, in front of the pods of mynapp-rs."""
    if lost := lost_service(look, "web", given=("mynapp-svc2",)):
        return lost
    service = look.service("web") or {}
    if wrong := wrong_port(service, 8000) or selects_nobody(look, service):
        return wrong
    return flows(look, "web")


def one_letter(look: scene.Scene) -> Verdict:
    """1-3.e1: the Service my-web finds the pod myweb."""
    service = look.service("my-web")
    if service is None:
        return untried()
    if look.store.find("Pod", "default", "myweb") is None:
        return almost("no_target", name="myweb")
    selector = service["spec"].get("selector") or {}
    if selector == {"app": "my-web"} and not look.pods(selector):
        return untried()
    return flows(look, "my-web")


def set_apart(look: scene.Scene) -> Verdict:
    """1-4.e1: a Service debug-svc that leads to the pod set apart, and only to it."""
    apart = [pod for pod in look.pods() if meta.name(pod).startswith("mynapp-rs-") and meta.controller_of(pod) is None]
    if not apart:
        begun = look.store.find("ReplicaSet", "default", "mynapp-rs") is not None
        return almost("not_apart", label="app=mynapp-rs") if begun else untried()
    if lost := lost_service(look, "debug-svc"):
        return lost
    if wrong := selects_nobody(look, look.service("debug-svc") or {}):
        return wrong
    names = {meta.name(pod) for pod in apart}
    strangers = [name for name in look.ready("debug-svc") if name not in names]
    if strangers:
        return almost("mixed", service="debug-svc", pods=", ".join(strangers))
    return flows(look, "debug-svc")


def eight_in_the_file(look: scene.Scene) -> Verdict:
    """1-5.e1: eight replicas, in the cluster and in the manifest applied last."""
    replicaset = look.store.find("ReplicaSet", "default", "mynapp-rs")
    if replicaset is None:
        return almost("gone", kind="ReplicaSet", name="mynapp-rs")
    have, applied = replicaset["spec"].get("replicas", 1), _applied_replicas(replicaset)
    if have != 8:
        begun = (have, applied) in ((3, None), (6, None), (2, 2))  # where the lesson's cells lead
        return untried() if begun else almost("scaled", name="mynapp-rs", have=have, want=8)
    if applied is None:
        return almost("not_applied", name="mynapp-rs", have=have)
    if applied != have:
        return almost("drift", name="mynapp-rs", have=have, file=applied)
    ready = look.ready("mynapp-svc")
    if len(ready) != 8:
        return almost("count", service="mynapp-svc", have=len(ready), want=8)
    return flows(look, "mynapp-svc")


def _applied_replicas(obj: Obj) -> int | None:
    text = meta.annotations(obj).get(scene.APPLIED)
    if not text:
        return None
    spec = json.loads(text).get("spec") or {}
    return int(spec.get("replicas", 1))


def remembered_a_minute(look: scene.Scene) -> Verdict:
    """1-6.e1: a Service mynapp-svc-short that remembers each client for 60 seconds."""
    name = "mynapp-svc-short"
    if lost := lost_service(look, name, given=("mynapp-svc-ses-aff",)):
        return lost
    service = look.service(name) or {}
    affinity = service["spec"].get("sessionAffinity", "None")
    if affinity != "ClientIP":
        return almost("no_affinity", service=name, have=affinity)
    seconds = service["spec"]["sessionAffinityConfig"]["clientIP"]["timeoutSeconds"]
    if seconds != 60:
        return almost("timeout", service=name, have=seconds, want=60)
    if wrong := wrong_port(service, 80) or selects_nobody(look, service) or refuses(look, name):
        return wrong
    strayed = [pods for pods in look.send(name, REQUESTS, CLIENTS).by_client.values() if len(pods) != 1]
    if strayed:
        return almost("strays", service=name, clients=len(strayed))
    return done("sticks", service=name, clients=CLIENTS, want=60)


def born_after(look: scene.Scene) -> Verdict:
    """2-1.e1: the pod db-client knows the Service db-svc by its environment."""
    if lost := lost_service(look, "db-svc"):
        return lost
    service = look.service("db-svc") or {}
    if wrong := wrong_port(service, 5432):
        return wrong
    pod, address = look.store.find("Pod", "default", "db-client"), service["spec"].get("clusterIP")
    if address in (None, "None"):
        return almost("headless", service="db-svc")
    if pod is None:
        return almost("no_object", kind="Pod", name="db-client")
    if (pod.get("status") or {}).get("phase") != "Running":
        return almost("not_running", name="db-client")
    variable = "DB_SVC_SERVICE_HOST"
    known = dict(line.split("=", 1) for line in look.run(pod, ["env"]).splitlines() if "=" in line)
    if variable not in known:
        return almost("pod_older", pod="db-client", variable=variable)
    if known[variable] != address:
        return almost("stale", pod="db-client", variable=variable, have=known[variable], want=address)
    return done("env_done", pod="db-client", variable=variable, have=address)


CHECKS: dict[str, Callable[[scene.Scene], Verdict]] = {
    "00.e1": hello,
    "1-1.e1": three_behind_dns,
    "1-2.e1": web_on_8000,
    "1-3.e1": one_letter,
    "1-4.e1": set_apart,
    "1-5.e1": eight_in_the_file,
    "1-6.e1": remembered_a_minute,
    "2-1.e1": born_after,
}
