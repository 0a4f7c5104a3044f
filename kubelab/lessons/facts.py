"""What happened, as the cluster shows it: the values that fill the account of a question.

A fact is None as long as there is nothing to see.
"""

from collections.abc import Callable

from kubelab.api import meta
from kubelab.lessons import scene

Fact = dict[str, object]


def _address(name: str, namespace: str = "default") -> Callable[[scene.Scene], Fact | None]:
    def fact(look: scene.Scene) -> Fact | None:
        service = look.service(name, namespace)
        return {"address": service["spec"].get("clusterIP", "")} if service else None

    return fact


def _endpoints(name: str, namespace: str = "default") -> Callable[[scene.Scene], Fact | None]:
    def fact(look: scene.Scene) -> Fact | None:
        service = look.service(name, namespace)
        if service is None:
            return None
        ready = look.ready(name, namespace)
        address = service["spec"].get("clusterIP", "")
        return {"address": address, "count": len(ready), "pods": ", ".join(ready)}

    return fact


def _some_endpoints(name: str) -> Callable[[scene.Scene], Fact | None]:
    """Like `_endpoints`, but nothing to see as long as nobody is ready."""

    def fact(look: scene.Scene) -> Fact | None:
        return _endpoints(name)(look) if look.ready(name) else None

    return fact


def _outer_address(name: str) -> Callable[[scene.Scene], Fact | None]:
    def fact(look: scene.Scene) -> Fact | None:
        service = look.service(name) or {}
        given = ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
        return {"address": given[0].get("ip", "")} if given else None

    return fact


def _pods_after_delete(look: scene.Scene) -> Fact | None:
    pods = look.pods({"app": "mynapp-rs"})
    youngest = max(pods, key=lambda pod: int(meta.of(pod).get("resourceVersion", 0)), default=None)
    if youngest is None:
        return None
    return {"count": len(look.ready("mynapp-svc")), "pod": meta.name(youngest)}


def _environment(look: scene.Scene) -> Fact | None:
    pods = [pod for pod in look.pods({"app": "mynapp-rs"}) if (pod.get("status") or {}).get("phase") == "Running"]
    service = look.service("mynapp-svc")
    if not pods or service is None:
        return None
    known = look.run(pods[0], ["env"]).splitlines()
    value = next((line.partition("=")[2] for line in known if line.startswith("MYNAPP_SVC_SERVICE_HOST=")), "-")
    return {"pod": meta.name(pods[0]), "value": value, "address": service["spec"].get("clusterIP", "")}


FACTS: dict[str, Callable[[scene.Scene], Fact | None]] = {
    "1-1.q1": _endpoints("kubernetes"),
    "1-1.q2": _endpoints("coredns", "kube-system"),
    "1-2.q1": _address("mynapp-svc"),
    "1-2.q2": _address("mynapp-svc"),
    "1-3.q1": _endpoints("mynapp-svc"),
    "1-3.q2": _endpoints("mynapp-svc"),
    "1-4.q1": _endpoints("mynapp-svc"),
    "1-4.q2": _pods_after_delete,
    "1-5.q1": _endpoints("mynapp-svc"),
    "1-5.q2": _endpoints("mynapp-svc"),
    "1-6.q1": _endpoints("mynapp-svc-ses-aff"),
    "1-6.q2": _endpoints("mynapp-svc-ses-aff"),
    "1-6.q3": _endpoints("mynapp-svc-ses-aff"),
    "1-7.q2": _endpoints("mynapp-svc-multi"),
    "2-1.q1": _environment,
    "2-1.q2": _environment,
    "2-2.q1": _endpoints("mynapp-svc"),
    "2-2.q3": _endpoints("mynapp-svc-headless"),
    "3-1.q1": _endpoints("mynapp-svc-np"),
    "3-2.q2": _outer_address("mynapp-svc-lb"),
    "3-3.q2": _address("db"),
    "4-1.q1": _some_endpoints("mynapp-svc"),
    "4-1.q2": _some_endpoints("mynapp-svc"),
    "4-1.q3": _some_endpoints("mynapp-svc-ses-aff"),
    "4-1.q4": _some_endpoints("mynapp-svc-ses-aff"),
    "4-2.q1": _endpoints("empty"),
}
