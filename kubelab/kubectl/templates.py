"""The pod template in an object: what `set` and `rollout` share.

Stands for kubectl's pkg/polymorphichelpers (updatepodspec.go) and pkg/cmd/set/helper.go.
"""

from kubelab.api import meta
from kubelab.api.meta import Obj
from kubelab.kubectl import console, resources

OWNERS = ("ReplicaSet", "Deployment")
"""Kinds with a pod template."""

GROUPS = ("initContainers", "containers")
"""The lists of containers in a pod spec."""


def pod_spec(info: resources.Info) -> Obj:
    """The pod spec in an object; Failure if it has none."""
    spec = info.object.get("spec") or {}
    if info.kind.kind == "Pod":
        return dict(spec)
    if info.kind.kind in OWNERS:
        return dict((spec.get("template") or {}).get("spec") or {})
    problem = f"the object is not a pod or does not have a pod template: *v1.{info.kind.kind}"
    raise console.Failure(f"error: {info.kind.plural}/{info.name} {problem}")


def without_hash(template: Obj) -> Obj:
    """A pod template without the label that tells a Deployment's ReplicaSets apart."""
    copied: Obj = meta.copy(template)
    (copied.get("metadata") or {}).get("labels", {}).pop("pod-template-hash", None)
    return copied
