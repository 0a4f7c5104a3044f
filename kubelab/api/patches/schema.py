"""Which fields of which structs merge how: merge keys and strategies, as tags on Kubernetes' Go structs say.

Stands for strategicpatch's PatchMetaFromStruct. A field that is not listed is merged if it is a map and replaced if it
is a list.
"""

from dataclasses import dataclass

from kubelab.api import decoding

MERGE_KEYS: dict[str, dict[str, str]] = {
    "apps_v1.DeploymentStatus": {"conditions": "type"},
    "apps_v1.ReplicaSetStatus": {"conditions": "type"},
    "core_v1.Container": {"env": "name", "ports": "containerPort", "volumeMounts": "mountPath"},
    "core_v1.NamespaceStatus": {"conditions": "type"},
    "core_v1.NodeSpec": {"podCIDRs": ""},
    "core_v1.NodeStatus": {"addresses": "type", "conditions": "type"},
    "core_v1.PodSpec": {
        "containers": "name", "hostAliases": "ip", "imagePullSecrets": "name", "initContainers": "name",
        "topologySpreadConstraints": "topologyKey", "volumes": "name",
    },
    "core_v1.PodStatus": {"conditions": "type", "hostIPs": "ip", "podIPs": "ip"},
    "core_v1.ServiceSpec": {"ports": "port"},
    "core_v1.ServiceStatus": {"conditions": "type"},
    "meta_v1.ObjectMeta": {"finalizers": "", "ownerReferences": "uid"},
}  # fmt: skip
"""Lists that are merged, with the field that tells their elements apart ("" for lists of scalars)."""

RETAIN_KEYS = {"apps_v1.DeploymentSpec": ("strategy",), "core_v1.PodSpec": ("volumes",)}
"""Fields of which only the keys that a patch names remain (unions)."""


@dataclass(frozen=True, slots=True)
class Field:
    """How a field is patched: the type of its value or elements, whether its list is merged and by which key."""

    type: str
    merged: bool = False
    key: str = ""
    retain_keys: bool = False


class UnknownField(ValueError):
    """A map or list in a field that the struct has not."""


def of(kind: str) -> str:
    """The type at the root of a kind's objects."""
    return str(decoding.table()["kinds"][kind])


def field(type_: str, name: str) -> Field:
    """How the field `name` of a type of the field table is patched; UnknownField if the type has no such field."""
    if type_.startswith("{}"):
        return Field(type_[2:])
    fields = decoding.table()["types"].get(type_)
    if fields is None:
        return Field("any")
    if name not in fields:
        struct = type_.rpartition(".")[2]
        raise UnknownField(f'unable to find api field in struct {struct} for the json field "{name}"')
    keys = MERGE_KEYS.get(type_, {})
    inner = fields[name].removeprefix("[]")
    return Field(inner, name in keys, keys.get(name, ""), name in RETAIN_KEYS.get(type_, ()))
