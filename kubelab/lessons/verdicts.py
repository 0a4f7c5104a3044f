"""How far an exercise is, and the differences that many exercises share.

A predicate over objects and traffic, never over printed text, returns a verdict: `untried`, `almost` with the
difference by name, or `done` with what was seen. The words are in `words`, by key.
"""

from dataclasses import dataclass, field
from typing import Any

from kubelab.api import meta
from kubelab.api.meta import Obj
from kubelab.lessons import scene

UNTRIED, ALMOST, DONE = "untried", "almost", "done"
REQUESTS, CLIENTS = 60, 12
LISTENS = 8080  # the port of the class's application
CACHES_FORGET = 60_000
"""Time (ms) for a DNS cache to forget that there was no such name, or another address."""


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
    """No Service of that name: not tried yet, unless there is another new one."""
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
    service = look.service(name)
    if service and service["spec"].get("clusterIP") == "None":
        return almost("no_cluster_ip", service=name)
    failures = sum(look.send(name, REQUESTS, CLIENTS).failures.values())
    if not failures:
        return None
    targets = {port.get("targetPort") for port in service["spec"].get("ports") or []} if service else set()
    if targets and LISTENS not in targets:
        return almost("target_port", service=name, target=", ".join(map(str, targets)), listens=LISTENS)
    return almost("failing", service=name, requests=REQUESTS, failures=failures)


def other_pods(look: scene.Scene, service: Obj, want: dict[str, str]) -> Verdict | None:
    """Behind the Service stand pods that do not carry these labels."""
    name, wanted = meta.name(service), {meta.name(pod) for pod in look.pods(want)}
    if set(look.ready(name)) <= wanted:
        return None
    selector = scene.selector_text(service["spec"].get("selector") or {})
    return almost("selector_other", service=name, selector=selector, wanted=scene.selector_text(want))


def flows(look: scene.Scene, name: str) -> Verdict:
    """Every request to the Service is answered, or what is in the way."""
    service = look.service(name)
    if service is None:
        return untried()
    if wrong := selects_nobody(look, service) or refuses(look, name):
        return wrong
    pods = len(look.send(name, REQUESTS, CLIENTS).counts)
    return done("flows", service=name, requests=REQUESTS, pods=pods)
