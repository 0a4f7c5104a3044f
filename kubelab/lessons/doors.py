"""What the exercises on ports, names and the doors to the outside ask: lessons 1-7, 2-2, 3-1, 3-2, 3-3.

See `checks`, which holds the others and the table of all.
"""

from typing import Any

from kubelab.api.meta import Obj
from kubelab.lessons import scene, verdicts


def by_port_name(look: scene.Scene) -> verdicts.Verdict:
    """1-7.e1: the Service shop-svc finds the pods' port by a name that they have."""
    name = "shop-svc"
    if lost := verdicts.lost_service(look, name, ("mynapp-svc-multi", "mynapp-svc-named")):
        return lost
    service = look.service(name) or {}
    if wrong := verdicts.wrong_port(service, 80) or verdicts.selects_nobody(look, service):
        return wrong
    pods, target = look.pods(service["spec"]["selector"]), _target(service, 80)
    if not isinstance(target, str):
        return verdicts.almost("port_number", service=name, target=target)
    missing = [pod for pod in pods if target not in _port_names(pod)]
    if missing == pods and target == "http":
        return verdicts.untried()
    if missing:
        have = ", ".join(sorted({each for pod in pods for each in _port_names(pod)}))
        return verdicts.almost("port_lacking", service=name, target=target, pods=len(missing), have=have)
    return verdicts.flows(look, name)


def _target(service: Obj, port: int) -> Any:
    return next(each.get("targetPort") for each in service["spec"]["ports"] if each["port"] == port)


def _port_names(pod: Obj) -> list[str]:
    ports = [port for container in pod["spec"]["containers"] for port in container.get("ports") or []]
    return [port["name"] for port in ports if port.get("name")]


def peers(look: scene.Scene) -> verdicts.Verdict:
    """2-2.e1: the name peers stands for the pods, and its SRV record tells their port."""
    given = ("late-svc", "mynapp-svc-headless")
    if lost := verdicts.lost_service(look, "peers", given):
        return lost
    service = look.service("peers") or {}
    if service["spec"].get("type") == "ExternalName":
        return verdicts.almost("kind", service="peers", have="ExternalName", want="ClusterIP (clusterIP: None)")
    if service["spec"].get("clusterIP") != "None":
        return verdicts.almost("not_headless", service="peers", address=service["spec"].get("clusterIP", ""))
    if wrong := verdicts.selects_nobody(look, service):
        return wrong
    record = "_web._tcp.peers.default.svc.cluster.local"
    client = look.store.find("Pod", "default", "nettool")
    if client is None:
        return verdicts.almost("no_target", name="nettool")
    asked = look.run(client, ["dig", "+short", "SRV", record], after=verdicts.CACHES_FORGET)
    answers = [line.split() for line in asked.splitlines()]
    if not answers:
        names = [port.get("name") or "-" for port in service["spec"].get("ports") or []]
        return verdicts.almost("no_srv", record=record, have=", ".join(names) or "-")
    wrong_ports = sorted({words[2] for words in answers} - {str(verdicts.LISTENS)})
    if wrong_ports:
        target, listens = ", ".join(wrong_ports), verdicts.LISTENS
        return verdicts.almost("target_port", service="peers", target=target, listens=listens)
    return verdicts.done("srv_done", record=record, pods=len(answers), port=verdicts.LISTENS)


def chosen_door(look: scene.Scene) -> verdicts.Verdict:
    """3-1.e1: a NodePort Service web-np at 30080 whose pods see who calls."""
    name, want = "web-np", 30080
    if lost := verdicts.lost_service(look, name, ("mynapp-svc-np", "first", "who")):
        return lost
    service = look.service(name) or {}
    kind = service["spec"].get("type")
    if kind not in ("NodePort", "LoadBalancer"):
        return verdicts.almost("kind", service=name, have=kind, want="NodePort")
    if wrong := verdicts.wrong_port(service, 80) or verdicts.selects_nobody(look, service):
        return wrong
    have = next(port.get("nodePort") for port in service["spec"]["ports"] if port["port"] == 80)
    if have != want:
        return verdicts.almost("node_port", service=name, have=have, want=want)
    if service["spec"].get("externalTrafficPolicy") != "Local":
        return verdicts.almost("masked", service=name, have=service["spec"].get("externalTrafficPolicy"))
    if wrong := verdicts.refuses(look, name):
        return wrong
    nodes = sorted({pod["spec"].get("nodeName", "") for pod in look.pods(service["spec"]["selector"])})
    return verdicts.done("door_done", service=name, have=have, nodes=", ".join(nodes))


def address_found(look: scene.Scene) -> verdicts.Verdict:
    """3-2.e1: shop-lb has an address, and mynapp-svc-lb still has its own."""
    kept, name, want = look.service("mynapp-svc-lb"), "shop-lb", "192.168.56.200"
    service = look.service(name)
    if service is None and (kept is None or not _outer(kept)):
        return verdicts.untried()
    if kept is None:
        return verdicts.almost("gone", kind="Service", name="mynapp-svc-lb")
    if _outer(kept) != want:
        return verdicts.almost("address_changed", service="mynapp-svc-lb", have=_outer(kept) or "-", want=want)
    if service is None:
        return verdicts.almost("gone", kind="Service", name=name)
    if service["spec"].get("type") != "LoadBalancer":
        return verdicts.almost("kind", service=name, have=service["spec"].get("type"), want="LoadBalancer")
    if not _outer(service):
        holders = [each for each in look.store.list("Service") if _outer(each)]
        asked = {"loadBalancerIP", "externalIPs"} & set(service["spec"])
        if not asked and len(holders) >= 6 and all(look.service(f"spare-{n}") for n in range(1, 6)):
            return verdicts.untried("no_address", service=name, holders=len(holders))
        return verdicts.almost("no_address", service=name, holders=len(holders))
    if wrong := verdicts.selects_nobody(look, service) or verdicts.refuses(look, name):
        return wrong
    return verdicts.done("address_done", service=name, have=_outer(service), other="mynapp-svc-lb", kept=want)


def _outer(service: Obj) -> str:
    """The address outside that a Service was given, "" if none."""
    given = ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    return str(given[0].get("ip", "")) if given else ""


def alias(look: scene.Scene) -> verdicts.Verdict:
    """3-3.e1: the name api in the namespace default leads to the Service api of backend."""
    there, want = look.service("api", "backend"), "api.backend.svc.cluster.local"
    service = look.service("api")
    if there is None:
        return verdicts.almost("gone", kind="Service", name="backend/api") if service else verdicts.untried()
    if lost := verdicts.lost_service(look, "api", ("mynapp-svc-ext", "db", "by-ip")):
        return lost
    spec = (service or {})["spec"]
    if spec.get("type") != "ExternalName":
        if spec.get("selector"):
            return verdicts.almost("other_namespace", service="api", selector=scene.selector_text(spec["selector"]))
        return verdicts.almost("kind", service="api", have=spec.get("type"), want="ExternalName")
    if spec.get("externalName", "").rstrip(".") != want:
        return verdicts.almost("alias", service="api", have=spec.get("externalName"), want=want)
    client = look.store.find("Pod", "default", "nettool")
    if client is None:
        return verdicts.almost("no_target", name="nettool")
    asked = ["curl", "-s", "-m", "5", "-o", "/dev/null", "-w", "%{http_code}", "http://api"]
    code = look.run(client, asked, after=verdicts.CACHES_FORGET)
    if code != "200":
        return verdicts.almost("failing", service="api", requests=1, failures=1)
    return verdicts.done("alias_done", service="api", have=want)


CHECKS = {
    "1-7.e1": by_port_name,
    "2-2.e1": peers,
    "3-1.e1": chosen_door,
    "3-2.e1": address_found,
    "3-3.e1": alias,
}
