"""What lesson 4-2 asks of a repaired Service: that requests flow again, from its own client too.

The way is the request's: does the name lead to a Service, does its port fit, does it find pods, are they ready, does
anything listen, does the client's own request come back.
"""

import functools
from collections.abc import Callable
from typing import Any

from kubelab.api import meta, times
from kubelab.api.meta import Obj
from kubelab.lessons import faults, scene, verdicts

_PODS = 3
"""How many pods of the application stand behind each of the Services."""
_SYSTEM = ("kube-system", "kube-public", "kube-node-lease")
_DEFAULTED = (
    "clusterIP",
    "clusterIPs",
    "internalTrafficPolicy",
    "ipFamilies",
    "ipFamilyPolicy",
    "sessionAffinity",
    "type",
)
"""What the server writes into a Service's spec by itself."""


def repaired(id: str, look: scene.Scene) -> verdicts.Verdict:
    """Whether the fault's Service does its work; else what is in the way."""
    fault = faults.FAULTS[id]
    if not any(_stored(look, each) for each in fault.objects if each["kind"] in ("ReplicaSet", "Service")):
        return verdicts.untried("fault_absent", id=id)
    if _untouched(look, fault):
        return verdicts.untried("fault_untouched")
    service = look.service(fault.service, fault.namespace)
    if service is None:
        name = fault.service if fault.namespace == "default" else f"{fault.namespace}/{fault.service}"
        return verdicts.almost("no_object", kind="Service", name=name)
    if wrong := _in_the_way(look, service, fault.namespace):
        return wrong
    ready = len(look.ready(fault.service, fault.namespace))
    if ready < _PODS:
        return verdicts.almost("count", service=fault.service, have=ready, want=_PODS)
    if wrong := _client_waits(look, fault) or _one_pod(look, fault):
        return wrong
    traffic = look.send(_full(fault), verdicts.REQUESTS, verdicts.CLIENTS)
    return verdicts.done("flows", service=fault.service, requests=verdicts.REQUESTS, pods=_used(traffic))


def _full(fault: faults.Fault) -> str:
    return f"{fault.namespace}/{fault.service}"


def _in_the_way(look: scene.Scene, service: Obj, namespace: str) -> verdicts.Verdict | None:
    """The first thing between a request to the Service and an answer."""
    wrong = _no_proxy(service) or verdicts.wrong_port(service, 80)
    if wrong := wrong or verdicts.selects_nobody(look, service, namespace):
        return wrong
    name = meta.name(service)
    target = next((port.get("targetPort") for port in service["spec"]["ports"] if port["port"] == 80), None)
    names = _port_names(look.pods(service["spec"]["selector"], namespace))
    if isinstance(target, str) and target not in names:
        return verdicts.almost("port_name", service=name, target=target, have=", ".join(names) or "-")
    failures = sum(look.send(f"{namespace}/{name}", verdicts.REQUESTS, verdicts.CLIENTS).failures.values())
    if failures == verdicts.REQUESTS and target not in (verdicts.LISTENS, "http"):
        return verdicts.almost("target_port", service=name, target=target, listens=verdicts.LISTENS)
    if failures:
        return verdicts.almost("failing", service=name, requests=verdicts.REQUESTS, failures=failures)
    return None


def _no_proxy(service: Obj) -> verdicts.Verdict | None:
    """kube-proxy does nothing for the Service: it is a name for something outside, or headless."""
    name, spec = meta.name(service), service["spec"]
    if spec.get("type") == "ExternalName":
        return verdicts.almost("kind", service=name, have="ExternalName", want="ClusterIP")
    return verdicts.almost("no_cluster_ip", service=name) if spec.get("clusterIP") == "None" else None


def _port_names(pods: list[Obj]) -> list[str]:
    boxes = [box for pod in pods for box in pod["spec"]["containers"]]
    return sorted({port["name"] for box in boxes for port in box.get("ports") or [] if port.get("name")})


def _client_waits(look: scene.Scene, fault: faults.Fault) -> verdicts.Verdict | None:
    """The client's own request, name and all, gets no answer."""
    pod = look.store.find("Pod", fault.namespace, fault.client)
    if pod is None:
        return verdicts.almost("no_object", kind="Pod", name=fault.client)
    if not meta.is_ready(pod):
        return verdicts.almost("not_running", name=fault.client)
    if "Hostname:" in look.run(pod, ["sh", "-c", fault.ask], after=verdicts.CACHES_FORGET):
        return None
    _, _, variable = fault.ask.partition("$")
    if variable and not look.run(pod, ["sh", "-c", f"echo ${variable}"]).strip():
        return verdicts.almost("client_unset", pod=fault.client, variable=variable)
    asked = look.run(pod, ["sh", "-c", f"echo {fault.ask}"]).strip()
    return verdicts.almost("client_waits", pod=fault.client, ask=asked)


def _one_pod(look: scene.Scene, fault: faults.Fault) -> verdicts.Verdict | None:
    """One client's connections all land on one of several pods."""
    used = _used(look.send(_full(fault), verdicts.REQUESTS, 1))
    ready = len(look.ready(fault.service, fault.namespace))
    return verdicts.almost("one_pod", service=fault.service, have=ready) if used == 1 and ready > 1 else None


def _used(traffic: scene.Traffic) -> int:
    return sum(count > 0 for count in traffic.counts.values())


# ---- as it was laid out?


def _stored(look: scene.Scene, obj: Obj) -> Obj | None:
    return look.store.find(obj["kind"], meta.namespace(obj), meta.name(obj))


def _untouched(look: scene.Scene, fault: faults.Fault) -> bool:
    """Whether what was laid out is there as it was, no other Service or pod beside it, and no pod made anew."""
    found = [_stored(look, wanted) for wanted in fault.objects]
    if not all(have and _as_given(wanted, have) for wanted, have in zip(fault.objects, found, strict=True)):
        return False
    given = {(each["kind"], *meta.key(each)) for each in fault.objects}
    mine = [each for kind in ("Service", "ReplicaSet", "Pod") for each in look.store.list(kind) if _is_mine(each)]
    laid_out = min(_made(have) for have in found if have)
    fresh = [pod for pod in look.store.list("Pod") if _made(pod) > laid_out + faults.SINCE // 2]
    return not fresh and all((each["kind"], *meta.key(each)) in given for each in mine)


def _as_given(wanted: Obj, have: Obj) -> bool:
    if wanted["kind"] == "Service" and not set(have["spec"]) <= {*wanted["spec"], *_DEFAULTED}:
        return False
    return _within(wanted.get("spec", {}), have.get("spec", {}))


def _made(obj: Obj) -> int:
    return times.parse(meta.of(obj)["creationTimestamp"])


def _is_mine(obj: Obj) -> bool:
    first = meta.name(obj) == "kubernetes" or meta.namespace(obj) in _SYSTEM
    return not first and meta.controller_of(obj) is None


def _within(wanted: Any, have: Any) -> bool:
    """Whether all that is wanted is there; the server's defaults may stand beside it, but not in a selector."""
    if isinstance(wanted, dict):
        same = wanted.get("selector") in (None, (have or {}).get("selector"))
        return same and all(_within(value, (have or {}).get(key)) for key, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(have, list) and len(wanted) <= len(have) and all(map(_within, wanted, have))
    return bool(wanted == have)


CHECKS: dict[str, Callable[[scene.Scene], verdicts.Verdict]] = {
    id: functools.partial(repaired, id) for id in faults.FAULTS
}
