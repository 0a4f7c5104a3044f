"""The table of kinds: what the API server serves, under which names.

Stands for API discovery (in the order in which `kubectl get all` and `api-resources` see it). `ELSEWHERE` names
resource types that Kubernetes has and kubelab has not, so that kubectl can say so by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of object and the names it goes by."""

    kind: str
    group: str
    version: str
    plural: str
    singular: str
    short_names: tuple[str, ...] = ()
    namespaced: bool = True
    categories: tuple[str, ...] = ()
    scalable: bool = False

    @property
    def api_version(self) -> str:
        """`v1` or `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def resource(self) -> str:
        """`services` or `replicasets.apps`, as in error messages."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def typed(self) -> str:
        """`service` or `replicaset.apps`, as kubectl prints before a name."""
        return f"{self.singular}.{self.group}" if self.group else self.singular

    @property
    def group_kind(self) -> str:
        """`Service` or `ReplicaSet.apps`."""
        return f"{self.kind}.{self.group}" if self.group else self.kind


KINDS = (
    Kind("Endpoints", "", "v1", "endpoints", "endpoints", ("ep",)),
    Kind("Event", "", "v1", "events", "event", ("ev",)),
    Kind("Namespace", "", "v1", "namespaces", "namespace", ("ns",), namespaced=False),
    Kind("Node", "", "v1", "nodes", "node", ("no",), namespaced=False),
    Kind("Pod", "", "v1", "pods", "pod", ("po",), categories=("all",)),
    Kind("Service", "", "v1", "services", "service", ("svc",), categories=("all",)),
    Kind("Deployment", "apps", "v1", "deployments", "deployment", ("deploy",), categories=("all",), scalable=True),
    Kind("ReplicaSet", "apps", "v1", "replicasets", "replicaset", ("rs",), categories=("all",), scalable=True),
    Kind("EndpointSlice", "discovery.k8s.io", "v1", "endpointslices", "endpointslice"),
)

ELSEWHERE = {
    "bindings": (),
    "componentstatuses": ("cs", "componentstatus"),
    "configmaps": ("cm", "configmap"),
    "limitranges": ("limits", "limitrange"),
    "persistentvolumeclaims": ("pvc", "persistentvolumeclaim"),
    "persistentvolumes": ("pv", "persistentvolume"),
    "podtemplates": ("podtemplate",),
    "replicationcontrollers": ("rc", "replicationcontroller"),
    "resourcequotas": ("quota", "resourcequota"),
    "secrets": ("secret",),
    "serviceaccounts": ("sa", "serviceaccount"),
    "daemonsets": ("ds", "daemonset"),
    "statefulsets": ("sts", "statefulset"),
    "controllerrevisions": ("controllerrevision",),
    "horizontalpodautoscalers": ("hpa", "horizontalpodautoscaler"),
    "cronjobs": ("cj", "cronjob"),
    "jobs": ("job",),
    "leases": ("lease",),
    "ingresses": ("ing", "ingress"),
    "ingressclasses": ("ingressclass",),
    "networkpolicies": ("netpol", "networkpolicy"),
    "ipaddresses": ("ip", "ipaddress"),
    "servicecidrs": ("servicecidr",),
    "poddisruptionbudgets": ("pdb", "poddisruptionbudget"),
    "clusterrolebindings": ("clusterrolebinding",),
    "clusterroles": ("clusterrole",),
    "rolebindings": ("rolebinding",),
    "roles": ("role",),
    "priorityclasses": ("pc", "priorityclass"),
    "storageclasses": ("sc", "storageclass"),
    "customresourcedefinitions": ("crd", "crds", "customresourcedefinition"),
}
"""Resource types that Kubernetes knows and kubelab does not: plural name -> other names."""

_BY_KIND = {kind.kind: kind for kind in KINDS}
_BY_GVK = {(kind.api_version, kind.kind): kind for kind in KINDS}
_BY_NAME = {name: kind for kind in KINDS for name in (kind.plural, kind.singular, *kind.short_names, kind.kind.lower())}


def of(what: str | Mapping[str, Any]) -> Kind:
    """The Kind of an object, or of a kind's name ("Service"); KeyError if kubelab has no such kind."""
    return _BY_KIND[what if isinstance(what, str) else what["kind"]]


def by_gvk(api_version: str, kind: str) -> Kind | None:
    """The Kind of a manifest's apiVersion and kind, if it is served."""
    return _BY_GVK.get((api_version, kind))


def find(name: str) -> Kind | None:
    """The Kind that a learner means by `svc`, `Services`, `rs.apps`, `deployments.v1.apps`; None if none is.

    Only short names must be in lower case; the beginning of a group will do.
    """
    head, _, rest = name.partition(".")
    kind = _BY_NAME.get(head.lower())
    if kind is None or (head.lower() in kind.short_names and head not in kind.short_names):
        return None
    return kind if kind.group.startswith(rest) or rest == f"{kind.version}.{kind.group}" else None


def elsewhere(name: str) -> str | None:
    """The plural name of a resource type that Kubernetes has and kubelab has not, if `name` means one."""
    head = name.lower().partition(".")[0]
    return next((plural for plural, others in ELSEWHERE.items() if head == plural or head in others), None)
