"""What lesson 4-1 asks: that the memory of session affinity is large enough for a crowd on one node."""

from collections.abc import Callable

from kubelab.lessons import scene, verdicts

CROWD, NODE = 500, "kube-node1"


def crowd_remembered(look: scene.Scene) -> verdicts.Verdict:
    """4-1.e1: each of 500 clients on one node meets the same pod twice; the lists are empty at first."""
    name = "mynapp-svc-ses-aff"
    service = look.service(name)
    if service is None:
        replicaset = look.store.find("ReplicaSet", "default", "mynapp-rs")
        return verdicts.almost("gone", kind="Service", name=name) if replicaset else verdicts.untried()
    affinity = service["spec"].get("sessionAffinity", "None")
    if affinity != "ClientIP":
        return verdicts.almost("affinity_off", service=name, have=affinity)
    if wrong := verdicts.selects_nobody(look, service) or verdicts.refuses(look, name):
        return wrong
    ready = len(look.ready(name))
    met = look.send(name, 2 * CROWD, CROWD, node=NODE, forget=True).by_client.values()
    strayed = sum(len(pods) != 1 for pods in met)
    if not strayed:
        return verdicts.done("crowd_kept", service=name, clients=CROWD, have=ready)
    timeout = service["spec"]["sessionAffinityConfig"]["clientIP"]["timeoutSeconds"]
    if ready == 3 and timeout == 10800:
        return verdicts.untried("crowd_as_before", service=name, clients=CROWD, strayed=strayed, have=ready)
    return verdicts.almost("crowd_strays", service=name, clients=CROWD, strayed=strayed, have=ready)


CHECKS: dict[str, Callable[[scene.Scene], verdicts.Verdict]] = {"4-1.e1": crowd_remembered}
