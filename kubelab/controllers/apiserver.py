"""The API server's own Service, `default/kubernetes`: whoever deletes it, it comes back.

Stands for pkg/controlplane/controller/kubernetesservice and pkg/controlplane/reconcilers, which look every ten seconds
whether the Service, its Endpoints and its slice are there. Differs from Kubernetes: what somebody edits stays edited.
"""

from kubelab.api import errors, meta
from kubelab.api.meta import Obj
from kubelab.controllers import loop, mirroring, packing
from kubelab.store import services
from kubelab.store.store import Event

KEY = ("default", "kubernetes")
INTERVAL = 10_000
ADDRESS = "192.168.56.11"
"""Where the API server listens, whatever becomes of the Node object of its machine."""
PORT = {"name": "https", "port": 6443, "protocol": "TCP"}


class KubernetesService(loop.Controller):
    """Makes what is missing of the Service `kubernetes`."""

    name = "kubernetes-service"
    watches = ("Service", "Endpoints", "EndpointSlice")

    def on_event(self, event: Event) -> None:
        """Look at the next full ten seconds, if something of it was deleted."""
        if event.type == "DELETED" and meta.key(event.obj) == KEY:
            self.enqueue(*KEY, INTERVAL - self.clock.now % INTERVAL)

    def reconcile(self, namespace: str, name: str) -> None:
        """Make the Service, the Endpoints and the slice that are not there."""
        for obj in self._parts():
            if self.store.find(obj["kind"], namespace, name) is None:
                obj["metadata"] |= {"name": name, "namespace": namespace}
                try:
                    self.store.create(obj, trusted=True)
                except errors.StatusError as refused:  # somebody has taken its address
                    self.note(f"{namespace}/{name}: {refused}")
                    self.enqueue(*KEY, INTERVAL, background=True)
                    return

    def _parts(self) -> list[Obj]:
        spec = {"clusterIP": str(services.RANGE[1]), "ports": [{**PORT, "port": 443, "targetPort": PORT["port"]}]}
        endpoint = {"addresses": [ADDRESS], "conditions": {"ready": True, "serving": True, "terminating": False}}
        return [
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {"labels": {"component": "apiserver", "provider": "kubernetes"}},
                "spec": spec,
            },
            {
                "apiVersion": "v1",
                "kind": "Endpoints",
                "metadata": {"labels": {mirroring.SKIP: "true"}},
                "subsets": [{"addresses": [{"ip": ADDRESS}], "ports": [PORT]}],
            },
            {
                "apiVersion": "discovery.k8s.io/v1",
                "kind": "EndpointSlice",
                "metadata": {"labels": {packing.SERVICE_NAME: KEY[1]}},
                "addressType": "IPv4",
                "endpoints": [endpoint],
                "ports": [PORT],
            },
        ]
