"""The Go structs behind a pod template and an Endpoints object: which fields, in which order, of which type.

Stands for the declarations in k8s.io/api/core/v1/types.go at v1.36, as far as `gohash` needs them. One line a struct,
`Name: json type, ...`; the Go field is the JSON name with a capital, or what follows a slash where it differs; an empty
JSON name is an embedded struct. What is in no line is a string type or, behind a pointer, a struct that no lesson sets.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a Go struct; `json` is empty for an embedded struct."""

    json: str
    name: str
    type: str


_TABLE = """
PodTemplateSpec: metadata/ObjectMeta ObjectMeta, spec PodSpec
ObjectMeta: name string, generateName string, namespace string, selfLink string, uid/UID types.UID,
 resourceVersion string, generation int64, creationTimestamp Time, deletionTimestamp *Time,
 deletionGracePeriodSeconds *int64, labels map[string]string, annotations map[string]string,
 ownerReferences []OwnerReference, finalizers []string, managedFields []ManagedFieldsEntry
Time: /Time time.Time
time.Time: wall/wall uint64, ext/ext int64, loc/loc *time.Location
PodSpec: volumes []Volume, initContainers []Container, containers []Container,
 ephemeralContainers []EphemeralContainer, restartPolicy RestartPolicy, terminationGracePeriodSeconds *int64,
 activeDeadlineSeconds *int64, dnsPolicy/DNSPolicy DNSPolicy, nodeSelector map[string]string,
 serviceAccountName string, serviceAccount/DeprecatedServiceAccount string, automountServiceAccountToken *bool,
 nodeName string, hostNetwork bool, hostPID bool, hostIPC bool, shareProcessNamespace *bool,
 securityContext *PodSecurityContext, imagePullSecrets []LocalObjectReference, hostname string, subdomain string,
 affinity *Affinity, schedulerName string, tolerations []Toleration, hostAliases []HostAlias,
 priorityClassName string, priority *int32, dnsConfig/DNSConfig *PodDNSConfig, readinessGates []PodReadinessGate,
 runtimeClassName *string, enableServiceLinks *bool, preemptionPolicy *PreemptionPolicy, overhead ResourceList,
 topologySpreadConstraints []TopologySpreadConstraint, setHostnameAsFQDN *bool, os/OS *PodOS, hostUsers *bool,
 schedulingGates []PodSchedulingGate, resourceClaims []PodResourceClaim, resources *ResourceRequirements,
 hostnameOverride *string, schedulingGroup *PodSchedulingGroup
Container: name string, image string, command []string, args []string, workingDir string, ports []ContainerPort,
 envFrom []EnvFromSource, env []EnvVar, resources ResourceRequirements, resizePolicy []ContainerResizePolicy,
 restartPolicy *ContainerRestartPolicy, restartPolicyRules []ContainerRestartRule, volumeMounts []VolumeMount,
 volumeDevices []VolumeDevice, livenessProbe *Probe, readinessProbe *Probe, startupProbe *Probe,
 lifecycle *Lifecycle, terminationMessagePath string, terminationMessagePolicy TerminationMessagePolicy,
 imagePullPolicy PullPolicy, securityContext *SecurityContext, stdin bool, stdinOnce bool, tty/TTY bool
ContainerPort: name string, hostPort int32, containerPort int32, protocol Protocol, hostIP string
EnvFromSource: prefix string, configMapRef *ConfigMapEnvSource, secretRef *SecretEnvSource
ConfigMapEnvSource: /LocalObjectReference LocalObjectReference, optional *bool
SecretEnvSource: /LocalObjectReference LocalObjectReference, optional *bool
EnvVar: name string, value string, valueFrom *EnvVarSource
EnvVarSource: fieldRef *ObjectFieldSelector, resourceFieldRef *ResourceFieldSelector,
 configMapKeyRef *ConfigMapKeySelector, secretKeyRef *SecretKeySelector, fileKeyRef *FileKeySelector
ObjectFieldSelector: apiVersion/APIVersion string, fieldPath string
ResourceFieldSelector: containerName string, resource string, divisor resource.Quantity
ConfigMapKeySelector: /LocalObjectReference LocalObjectReference, key string, optional *bool
SecretKeySelector: /LocalObjectReference LocalObjectReference, key string, optional *bool
LocalObjectReference: name string
ResourceRequirements: limits ResourceList, requests ResourceList, claims []ResourceClaim
ResourceClaim: name string, request string
resource.Quantity: i/i resource.int64Amount, d/d resource.infDecAmount, s/s string, format resource.Format
resource.int64Amount: value/value int64, scale/scale resource.Scale
resource.infDecAmount: /Dec *inf.Dec
VolumeMount: name string, readOnly bool, recursiveReadOnly *RecursiveReadOnlyMode, mountPath string, subPath string,
 mountPropagation *MountPropagationMode, subPathExpr string
Probe: /ProbeHandler ProbeHandler, initialDelaySeconds int32, timeoutSeconds int32, periodSeconds int32,
 successThreshold int32, failureThreshold int32, terminationGracePeriodSeconds *int64
ProbeHandler: exec *ExecAction, httpGet/HTTPGet *HTTPGetAction, tcpSocket/TCPSocket *TCPSocketAction,
 grpc/GRPC *GRPCAction
Lifecycle: postStart *LifecycleHandler, preStop *LifecycleHandler, stopSignal *Signal
LifecycleHandler: exec *ExecAction, httpGet/HTTPGet *HTTPGetAction, tcpSocket/TCPSocket *TCPSocketAction,
 sleep *SleepAction
ExecAction: command []string
HTTPGetAction: path string, port intstr.IntOrString, host string, scheme URIScheme,
 httpHeaders/HTTPHeaders []HTTPHeader
HTTPHeader: name string, value string
TCPSocketAction: port intstr.IntOrString, host string
GRPCAction: port int32, service *string
SleepAction: seconds int64
intstr.IntOrString: type intstr.Type, intVal int32, strVal string
SecurityContext: capabilities *Capabilities, privileged *bool, seLinuxOptions/SELinuxOptions *SELinuxOptions,
 windowsOptions *WindowsSecurityContextOptions, runAsUser *int64, runAsGroup *int64, runAsNonRoot *bool,
 readOnlyRootFilesystem *bool, allowPrivilegeEscalation *bool, procMount *ProcMountType,
 seccompProfile *SeccompProfile, appArmorProfile *AppArmorProfile
Capabilities: add []Capability, drop []Capability
SeccompProfile: type SeccompProfileType, localhostProfile *string
PodSecurityContext: seLinuxOptions/SELinuxOptions *SELinuxOptions, windowsOptions *WindowsSecurityContextOptions,
 runAsUser *int64, runAsGroup *int64, runAsNonRoot *bool, supplementalGroups []int64,
 supplementalGroupsPolicy *SupplementalGroupsPolicy, fsGroup/FSGroup *int64, sysctls []Sysctl,
 fsGroupChangePolicy/FSGroupChangePolicy *PodFSGroupChangePolicy, seccompProfile *SeccompProfile,
 appArmorProfile *AppArmorProfile, seLinuxChangePolicy/SELinuxChangePolicy *PodSELinuxChangePolicy
Toleration: key string, operator TolerationOperator, value string, effect TaintEffect, tolerationSeconds *int64
HostAlias: ip/IP string, hostnames []string
PodReadinessGate: conditionType PodConditionType
Volume: name string, /VolumeSource VolumeSource
VolumeSource: hostPath *HostPathVolumeSource, emptyDir *EmptyDirVolumeSource,
 gcePersistentDisk/GCEPersistentDisk *GCEPersistentDiskVolumeSource,
 awsElasticBlockStore/AWSElasticBlockStore *AWSElasticBlockStoreVolumeSource, gitRepo *GitRepoVolumeSource,
 secret *SecretVolumeSource, nfs/NFS *NFSVolumeSource, iscsi/ISCSI *ISCSIVolumeSource,
 glusterfs *GlusterfsVolumeSource, persistentVolumeClaim *PersistentVolumeClaimVolumeSource, rbd/RBD *RBDVolumeSource,
 flexVolume *FlexVolumeSource, cinder *CinderVolumeSource, cephfs/CephFS *CephFSVolumeSource,
 flocker *FlockerVolumeSource, downwardAPI *DownwardAPIVolumeSource, fc/FC *FCVolumeSource,
 azureFile *AzureFileVolumeSource, configMap *ConfigMapVolumeSource, vsphereVolume *VsphereVirtualDiskVolumeSource,
 quobyte *QuobyteVolumeSource, azureDisk *AzureDiskVolumeSource,
 photonPersistentDisk *PhotonPersistentDiskVolumeSource, projected *ProjectedVolumeSource,
 portworxVolume *PortworxVolumeSource, scaleIO *ScaleIOVolumeSource, storageos/StorageOS *StorageOSVolumeSource,
 csi/CSI *CSIVolumeSource, ephemeral *EphemeralVolumeSource, image *ImageVolumeSource
HostPathVolumeSource: path string, type *HostPathType
EmptyDirVolumeSource: medium StorageMedium, sizeLimit *resource.Quantity
SecretVolumeSource: secretName string, items []KeyToPath, defaultMode *int32, optional *bool
ConfigMapVolumeSource: /LocalObjectReference LocalObjectReference, items []KeyToPath, defaultMode *int32, optional *bool
KeyToPath: key string, path string, mode *int32
PersistentVolumeClaimVolumeSource: claimName string, readOnly bool
EndpointSubset: addresses []EndpointAddress, notReadyAddresses []EndpointAddress, ports []EndpointPort
EndpointAddress: ip/IP string, hostname string, nodeName *string, targetRef *ObjectReference
EndpointPort: name string, port int32, protocol Protocol, appProtocol *string
ObjectReference: kind string, namespace string, name string, uid/UID types.UID, apiVersion/APIVersion string,
 resourceVersion string, fieldPath string
"""


def _field(text: str) -> Field:
    names, go_type = text.split()
    json, _, name = names.partition("/")
    return Field(json, name or json[:1].upper() + json[1:], go_type)


def _structs() -> dict[str, tuple[Field, ...]]:
    lines = _TABLE.strip().replace("\n ", " ").splitlines()
    named = (line.partition(": ") for line in lines)
    return {name: tuple(_field(part) for part in body.split(", ")) for name, _, body in named}


STRUCTS = _structs()
"""Go type name -> its fields, in order."""
