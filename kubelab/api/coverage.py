"""Fields that Kubernetes knows and kubelab does not model: refused by name, or kept without effect, with reasons.

Data only. A field in REFUSED would change what a learner sees if it worked, so it is refused rather than ignored; the
generator of the field table stops there. A field in INERT is stored and printed, but nothing acts on it. Every other
field of the table is modelled somewhere in the engine (or is status, which the engine itself writes).
"""

_STORAGE = (
    "awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "ephemeral", "fc", "flexVolume",
    "flocker", "gcePersistentDisk", "gitRepo", "glusterfs", "image", "iscsi", "nfs", "persistentVolumeClaim",
    "photonPersistentDisk", "portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume",
)  # fmt: skip

REFUSED: dict[str, dict[str, str]] = {
    "core_v1.Container": {
        "envFrom": "there are no ConfigMaps and Secrets to read from",
        "lifecycle": "no hooks run",
        "resizePolicy": "no resources are accounted",
        "restartPolicy": "no sidecar containers",
        "restartPolicyRules": "no restart rules per container",
        "volumeDevices": "no block devices",
    },
    "core_v1.EnvVarSource": {
        "configMapKeyRef": "there are no ConfigMaps",
        "fileKeyRef": "containers have no files of their own",
        "resourceFieldRef": "no resources are accounted",
        "secretKeyRef": "there are no Secrets",
    },
    "core_v1.NodeSpec": {
        "configSource": "gone since v1.24",
        "externalID": "gone since v1.11",
    },
    "core_v1.PodSpec": {
        "affinity": "the scheduler knows node selectors only",
        "dnsConfig": "pods use the cluster's resolver settings",
        "ephemeralContainers": "no debug containers",
        "hostUsers": "no user namespaces",
        "hostnameOverride": "pods carry their own name",
        "initContainers": "no containers run before the others",
        "overhead": "no resources are accounted",
        "readinessGates": "nobody would set the conditions",
        "resourceClaims": "no devices",
        "resources": "no resources are accounted",
        "runtimeClassName": "one container runtime",
        "schedulingGates": "nobody would open them",
        "schedulingGroup": "no gang scheduling",
        "topologySpreadConstraints": "the scheduler spreads pods as it does by default",
    },
    "core_v1.Probe": {
        "terminationGracePeriodSeconds": "a failed probe's pod is stopped like any other",
    },
    "core_v1.ServiceSpec": {
        "loadBalancerSourceRanges": "the load balancer has no firewall",
    },
    "core_v1.Volume": {
        **dict.fromkeys(_STORAGE, "there is no storage"),
        "configMap": "there are no ConfigMaps",
        "secret": "there are no Secrets",
    },
}

INERT: dict[str, dict[str, str]] = {
    "core_v1.Container": {
        "resources": "no resources are accounted; a pod's QoS class follows from them",
        "securityContext": "containers have no privileges to take away",
        "terminationMessagePath": "containers leave no message",
        "terminationMessagePolicy": "containers leave no message",
        "volumeMounts": "programs do not read mounted files",
        "workingDir": "programs have no working directory",
    },
    "core_v1.PodSpec": {
        "automountServiceAccountToken": "pods do not call the API",
        "hostIPC": "no shared memory",
        "hostPID": "no process table",
        "imagePullSecrets": "registries are public",
        "os": "all nodes run Linux",
        "preemptionPolicy": "nodes are never full",
        "priority": "nodes are never full",
        "priorityClassName": "nodes are never full",
        "securityContext": "containers have no privileges to take away",
        "serviceAccount": "pods do not call the API",
        "serviceAccountName": "pods do not call the API",
        "setHostnameAsFQDN": "the short hostname is shown",
        "shareProcessNamespace": "no process table",
        "volumes": "programs do not read mounted files",
    },
    "core_v1.ServicePort": {"appProtocol": "a hint for implementations above TCP and UDP"},
    "core_v1.ServiceSpec": {"trafficDistribution": "the nodes are in no zones"},
    "meta_v1.ObjectMeta": {
        "annotations": "kept; a few are read by controllers",
        "managedFields": "no server-side apply",
        "selfLink": "deprecated",
    },
}
