"""Writes fields.json: which fields the served kinds have, and of which Go type each is.

Run as `python -m kubelab.api.generate_fields`. Names and structure come from the lightkube-models package. What Go's
error sentences need and the OpenAPI document does not tell (int64, named string types, embedded structs) is listed
here, as kubectl itself printed it. Types behind refused fields are left out, and so are fields newer than the server.

A type in the table is one of: `int32`, `int64`, `bool`, `string`, `v1.Protocol` (a string with a Go name), `time`,
`microtime`, `quantity`, `int-or-string`, `any`, `refused` (see coverage.py), a struct of the table
(`core_v1.ServicePort`), or a list (`[]`) or a map (`{}`) of these.
"""

import json
from pathlib import Path
from typing import Any

from kubelab.api import coverage, kinds, models

TABLE = Path(__file__).with_name("fields.json")

PLAIN = {
    "int": "int32",
    "str": "string",
    "bool": "bool",
    "dict": "{}string",
    "Time": "time",
    "MicroTime": "microtime",
    "Quantity": "quantity",
    "IntOrString": "int-or-string",
    "FieldsV1": "any",
}

NAMED = {
    "int64": """
        apps_v1.DeploymentStatus.observedGeneration apps_v1.ReplicaSetStatus.observedGeneration
        core_v1.ContainerImage.sizeBytes core_v1.LinuxContainerUser.gid core_v1.LinuxContainerUser.supplementalGroups
        core_v1.LinuxContainerUser.uid core_v1.NodeSwapStatus.capacity core_v1.PodCondition.observedGeneration
        core_v1.PodSecurityContext.fsGroup core_v1.PodSecurityContext.runAsGroup core_v1.PodSecurityContext.runAsUser
        core_v1.PodSecurityContext.supplementalGroups core_v1.PodSpec.activeDeadlineSeconds
        core_v1.PodSpec.terminationGracePeriodSeconds core_v1.PodStatus.observedGeneration
        core_v1.SecurityContext.runAsGroup core_v1.SecurityContext.runAsUser
        core_v1.ServiceAccountTokenProjection.expirationSeconds core_v1.Toleration.tolerationSeconds
        meta_v1.Condition.observedGeneration meta_v1.ObjectMeta.deletionGracePeriodSeconds
        meta_v1.ObjectMeta.generation""",
    "quantity": """
        core_v1.ContainerStatus.allocatedResources core_v1.NodeStatus.allocatable core_v1.NodeStatus.capacity
        core_v1.PodStatus.allocatedResources core_v1.ResourceRequirements.limits
        core_v1.ResourceRequirements.requests""",
    "types.UID": """
        core_v1.ObjectReference.uid meta_v1.ObjectMeta.uid meta_v1.OwnerReference.uid""",
    "v1.AddressType": "discovery_v1.EndpointSlice.addressType",
    "v1.AppArmorProfileType": "core_v1.AppArmorProfile.type",
    "v1.Capability": "core_v1.Capabilities.add core_v1.Capabilities.drop",
    "v1.ConditionStatus": """
        apps_v1.DeploymentCondition.status apps_v1.ReplicaSetCondition.status core_v1.NamespaceCondition.status
        core_v1.NodeCondition.status core_v1.PodCondition.status meta_v1.Condition.status""",
    "v1.DNSPolicy": "core_v1.PodSpec.dnsPolicy",
    "v1.DeploymentConditionType": "apps_v1.DeploymentCondition.type",
    "v1.DeploymentStrategyType": "apps_v1.DeploymentStrategy.type",
    "v1.FinalizerName": "core_v1.NamespaceSpec.finalizers",
    "v1.HostPathType": "core_v1.HostPathVolumeSource.type",
    "v1.IPFamily": "core_v1.ServiceSpec.ipFamilies",
    "v1.IPFamilyPolicy": "core_v1.ServiceSpec.ipFamilyPolicy",
    "v1.LabelSelectorOperator": "meta_v1.LabelSelectorRequirement.operator",
    "v1.LoadBalancerIPMode": "core_v1.LoadBalancerIngress.ipMode",
    "v1.ManagedFieldsOperationType": "meta_v1.ManagedFieldsEntry.operation",
    "v1.MountPropagationMode": "core_v1.VolumeMount.mountPropagation",
    "v1.NamespaceConditionType": "core_v1.NamespaceCondition.type",
    "v1.NamespacePhase": "core_v1.NamespaceStatus.phase",
    "v1.NodeAddressType": "core_v1.NodeAddress.type",
    "v1.NodeConditionType": "core_v1.NodeCondition.type",
    "v1.NodePhase": "core_v1.NodeStatus.phase",
    "v1.OSName": "core_v1.PodOS.name",
    "v1.PodConditionType": "core_v1.PodCondition.type",
    "v1.PodFSGroupChangePolicy": "core_v1.PodSecurityContext.fsGroupChangePolicy",
    "v1.PodPhase": "core_v1.PodStatus.phase",
    "v1.PodQOSClass": "core_v1.PodStatus.qosClass",
    "v1.PodResizeStatus": "core_v1.PodStatus.resize",
    "v1.PodSELinuxChangePolicy": "core_v1.PodSecurityContext.seLinuxChangePolicy",
    "v1.PreemptionPolicy": "core_v1.PodSpec.preemptionPolicy",
    "v1.ProcMountType": "core_v1.SecurityContext.procMount",
    "v1.Protocol": """
        core_v1.ContainerPort.protocol core_v1.EndpointPort.protocol core_v1.PortStatus.protocol
        core_v1.ServicePort.protocol discovery_v1.EndpointPort.protocol""",
    "v1.PullPolicy": "core_v1.Container.imagePullPolicy",
    "v1.RecursiveReadOnlyMode": "core_v1.VolumeMount.recursiveReadOnly core_v1.VolumeMountStatus.recursiveReadOnly",
    "v1.ReplicaSetConditionType": "apps_v1.ReplicaSetCondition.type",
    "v1.ResourceHealthStatus": "core_v1.ResourceHealth.health",
    "v1.ResourceID": "core_v1.ResourceHealth.resourceID",
    "v1.ResourceName": "core_v1.ResourceStatus.name",
    "v1.RestartPolicy": "core_v1.PodSpec.restartPolicy",
    "v1.SeccompProfileType": "core_v1.SeccompProfile.type",
    "v1.ServiceAffinity": "core_v1.ServiceSpec.sessionAffinity",
    "v1.ServiceExternalTrafficPolicy": "core_v1.ServiceSpec.externalTrafficPolicy",
    "v1.ServiceInternalTrafficPolicy": "core_v1.ServiceSpec.internalTrafficPolicy",
    "v1.ServiceType": "core_v1.ServiceSpec.type",
    "v1.Signal": "core_v1.ContainerStatus.stopSignal",
    "v1.StorageMedium": "core_v1.EmptyDirVolumeSource.medium",
    "v1.SupplementalGroupsPolicy": "core_v1.PodSecurityContext.supplementalGroupsPolicy",
    "v1.TaintEffect": "core_v1.Taint.effect core_v1.Toleration.effect",
    "v1.TerminationMessagePolicy": "core_v1.Container.terminationMessagePolicy",
    "v1.TolerationOperator": "core_v1.Toleration.operator",
    "v1.URIScheme": "core_v1.HTTPGetAction.scheme",
    "v1.UniqueVolumeName": "core_v1.AttachedVolume.name core_v1.NodeStatus.volumesInUse",
}
"""Go types that differ from what PLAIN says (for a list or a map: of its elements)."""

EMBEDDED: dict[str, dict[str, tuple[str, ...]]] = {
    "core_v1.ConfigMapProjection": {"LocalObjectReference": ("name",)},
    "core_v1.Probe": {"ProbeHandler": ("exec", "grpc", "httpGet", "tcpSocket")},
    "core_v1.SecretProjection": {"LocalObjectReference": ("name",)},
    "core_v1.Volume": {"VolumeSource": ("downwardAPI", "emptyDir", "hostPath", "projected")},
}
"""Fields that in Go live in an embedded struct, whose name then shows in error sentences."""

POINTERS = {
    "apps_v1.DeploymentSpec": "progressDeadlineSeconds replicas revisionHistoryLimit",
    "apps_v1.DeploymentStatus": "collisionCount terminatingReplicas",
    "apps_v1.ReplicaSetSpec": "replicas",
    "apps_v1.ReplicaSetStatus": "terminatingReplicas",
    "core_v1.AppArmorProfile": "localhostProfile",
    "core_v1.ClientIPConfig": "timeoutSeconds",
    "core_v1.ConfigMapProjection": "optional",
    "core_v1.ContainerStatus": "started stopSignal",
    "core_v1.DownwardAPIVolumeFile": "mode",
    "core_v1.DownwardAPIVolumeSource": "defaultMode",
    "core_v1.EndpointAddress": "nodeName",
    "core_v1.EndpointPort": "appProtocol",
    "core_v1.GRPCAction": "service",
    "core_v1.HostPathVolumeSource": "type",
    "core_v1.KeyToPath": "mode",
    "core_v1.LoadBalancerIngress": "ipMode",
    "core_v1.PodResourceClaimStatus": "resourceClaimName",
    "core_v1.PodSecurityContext": """fsGroup fsGroupChangePolicy runAsGroup runAsNonRoot runAsUser seLinuxChangePolicy
        supplementalGroupsPolicy""",
    "core_v1.PodSpec": """activeDeadlineSeconds automountServiceAccountToken enableServiceLinks preemptionPolicy
        priority setHostnameAsFQDN shareProcessNamespace terminationGracePeriodSeconds""",
    "core_v1.PortStatus": "error",
    "core_v1.ProjectedVolumeSource": "defaultMode sources",
    "core_v1.ResourceHealth": "message",
    "core_v1.SeccompProfile": "localhostProfile",
    "core_v1.SecretProjection": "optional",
    "core_v1.SecurityContext": """allowPrivilegeEscalation privileged procMount readOnlyRootFilesystem runAsGroup
        runAsNonRoot runAsUser""",
    "core_v1.ServiceAccountTokenProjection": "expirationSeconds",
    "core_v1.ServicePort": "appProtocol",
    "core_v1.ServiceSpec": """allocateLoadBalancerNodePorts internalTrafficPolicy ipFamilyPolicy loadBalancerClass
        trafficDistribution""",
    "core_v1.Toleration": "tolerationSeconds",
    "core_v1.VolumeMount": "mountPropagation recursiveReadOnly",
    "core_v1.VolumeMountStatus": "recursiveReadOnly",
    "discovery_v1.Endpoint": "hostname nodeName zone",
    "discovery_v1.EndpointConditions": "ready serving terminating",
    "discovery_v1.EndpointPort": "appProtocol name port protocol",
    "meta_v1.ObjectMeta": "deletionGracePeriodSeconds",
    "meta_v1.OwnerReference": "blockOwnerDeletion controller",
}
"""Optional fields that Go keeps apart from their zero value (pointers): an explicit 0, "" or false stays."""

LATER = {
    "core_v1.DownwardAPIVolumeFile.user",
    "core_v1.DownwardAPIVolumeSource.defaultUser",
    "core_v1.EmptyDirVolumeSource.mode",
    "core_v1.GRPCAction.mode",
    "core_v1.HTTPGetAction.protocol",
    "core_v1.KeyToPath.user",
    "core_v1.NodeSpec.podPreemptionPolicy",
    "core_v1.PodSpec.evictionResponders",
    "core_v1.PodStatus.nodeAllocatableResourceClaimStatuses",
    "core_v1.PodStatus.volumeHealth",
    "core_v1.ProjectedVolumeSource.defaultUser",
    "core_v1.ServiceAccountTokenProjection.user",
    "core_v1.VolumeMount.bindMountOptions",
}
"""Fields of v1.37, which a v1.36 server does not know."""

UNTOUCHED = {
    "core_v1.NodeStatus.config",
    "core_v1.PodStatus.extendedResourceClaimStatus",
    "core_v1.VolumeProjection.clusterTrustBundle",
    "core_v1.VolumeProjection.podCertificate",
    "core_v1.PodSecurityContext.windowsOptions",
    "core_v1.SecurityContext.windowsOptions",
}
"""Corners of status and of volumes that nobody comes near: their types are not followed."""

ROOTS = {"": "core_v1", "apps": "apps_v1", "discovery.k8s.io": "discovery_v1"}


def _go_types() -> dict[str, str]:
    return {path: go_type for go_type, paths in NAMED.items() for path in paths.split()}


def _field_type(module: str, written: str, path: str, named: dict[str, str]) -> str:
    if written.startswith("List["):
        return "[]" + _field_type(module, written[5:-1], path, named)
    if path in UNTOUCHED:
        return "{}any"
    if path in named:
        return ("{}" if written == "dict" else "") + named[path]
    if (found := models.resolve(module, written)) is not None:
        return ".".join(found)
    return PLAIN[written.rpartition(".")[2]]


def table() -> dict[str, Any]:
    """The whole table, from the installed package."""
    named, types = _go_types(), dict[str, dict[str, str]]()
    roots = {kind.kind: f"{ROOTS[kind.group]}.{kind.kind}" for kind in kinds.KINDS}
    waiting = list(roots.values())
    while waiting:
        struct = waiting.pop()
        module, _, name = struct.partition(".")
        if struct in types or not module.endswith("_v1"):
            continue
        types[struct] = {}
        for field, (written, _required) in models.fields(module, name).items():
            path = f"{struct}.{field}"
            if path in LATER:
                continue
            if field in coverage.REFUSED.get(struct, {}):
                types[struct][field] = "refused"
                continue
            types[struct][field] = _field_type(module, written, path, named)
            waiting.append(types[struct][field].removeprefix("[]"))
    embedded = {
        struct: {field: outer for outer, inner in parts.items() for field in inner}
        for struct, parts in EMBEDDED.items()
    }
    kept = {struct: _kept(struct) for struct in sorted(types)}
    return {
        "models": models.version(),
        "kinds": roots,
        "embedded": embedded,
        "kept": {struct: names for struct, names in kept.items() if names},
        "types": dict(sorted(types.items())),
    }


def _kept(struct: str) -> list[str]:
    module, _, name = struct.partition(".")
    required = [field for field, (_type, needed) in models.fields(module, name).items() if needed]
    return sorted({*required, *POINTERS.get(struct, "").split()})


def text() -> str:
    """The table as the file holds it: one struct a line."""
    lines = ["{"]
    parts = table()
    for at, (part, value) in enumerate(parts.items(), 1):
        comma = "," if at < len(parts) else ""
        if isinstance(value, dict):
            rows = [f"  {json.dumps(key)}: {json.dumps(entry)}" for key, entry in value.items()]
            lines += [f"{json.dumps(part)}: {{", ",\n".join(rows), "}" + comma]
        else:
            lines.append(f"{json.dumps(part)}: {json.dumps(value)}{comma}")
    return "\n".join([*lines, "}", ""])


if __name__ == "__main__":
    TABLE.write_text(text(), encoding="utf-8")
