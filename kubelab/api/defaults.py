"""What the API server fills in: defaults of every kind, and what admission adds to a new pod.

Stands for pkg/apis/{core,apps,discovery}/v1/defaults.go and the admission plugins ServiceAccount, Priority and
DefaultTolerationSeconds. Works in place. Cluster addresses and node ports are no defaults: the store allocates them.

Differs from Kubernetes: the only service account is `default`, the only priority classes are the system's two.
"""

from collections.abc import Callable

from kubelab.api import errors, kinds, meta
from kubelab.api.meta import Obj

TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
TIMEOUT_SECONDS = 10800
"""How long ClientIP affinity lasts unless told otherwise."""

PRIORITIES = {"": 0, "system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}


def apply(obj: Obj, suffix: Callable[[], str]) -> None:
    """Fill in an object's defaults; `suffix` makes the random part of a new pod's token volume.

    StatusError Forbidden if a new pod names a service account or priority class that does not exist.
    """
    defaulting = _BY_KIND.get(obj["kind"])
    if defaulting is not None:
        defaulting(obj)
    if obj["kind"] == "Pod":
        if not meta.uid(obj):
            _admit(obj, suffix)
        for taint in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"):
            _tolerate(obj["spec"], taint)


# ---- Services and endpoints


def externally_accessible(spec: Obj) -> bool:
    """Whether traffic from outside reaches a Service by a node port, a load balancer or external addresses."""
    kind = spec.get("type")
    return kind in ("NodePort", "LoadBalancer") or (kind == "ClusterIP" and bool(spec.get("externalIPs")))


def _service(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    spec["sessionAffinity"] = spec.get("sessionAffinity") or "None"
    if spec["sessionAffinity"] == "None":
        spec.pop("sessionAffinityConfig", None)
    elif spec["sessionAffinity"] == "ClientIP":
        config = spec.setdefault("sessionAffinityConfig", {}).setdefault("clientIP", {})
        config.setdefault("timeoutSeconds", TIMEOUT_SECONDS)
    kind = spec["type"] = spec.get("type") or "ClusterIP"
    for port in spec.get("ports") or []:
        port["protocol"] = port.get("protocol") or "TCP"
        port["targetPort"] = port.get("targetPort") or port.get("port", 0)
    if externally_accessible(spec):
        spec["externalTrafficPolicy"] = spec.get("externalTrafficPolicy") or "Cluster"
    if kind in ("ClusterIP", "NodePort", "LoadBalancer"):
        spec.setdefault("internalTrafficPolicy", "Cluster")
    if kind == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)
        for ingress in ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []:
            if ingress.get("ip"):
                ingress.setdefault("ipMode", "VIP")


def _endpoints(obj: Obj) -> None:
    for subset in obj.get("subsets") or []:
        for port in subset.get("ports") or []:
            port["protocol"] = port.get("protocol") or "TCP"


def _endpoint_slice(obj: Obj) -> None:
    for port in obj.get("ports") or []:
        port.setdefault("name", "")
        port.setdefault("protocol", "TCP")
    for field in ("endpoints", "ports"):  # Go prints them also when there are none
        obj[field] = obj.get(field) or None


# ---- pods and what makes them


def _replica_set(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    spec.setdefault("replicas", 1)
    _template(spec)


def _deployment(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    spec.setdefault("replicas", 1)
    strategy = spec.setdefault("strategy", {})
    strategy["type"] = strategy.get("type") or "RollingUpdate"
    if strategy["type"] == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        rolling.setdefault("maxSurge", "25%")
        rolling.setdefault("maxUnavailable", "25%")
    spec.setdefault("revisionHistoryLimit", 10)
    spec.setdefault("progressDeadlineSeconds", 600)
    _template(spec)


def _template(spec: Obj) -> None:
    template = spec.setdefault("template", {})
    template.setdefault("metadata", {})
    pod_spec(template.setdefault("spec", {}))


def _pod(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    spec.setdefault("enableServiceLinks", True)
    for container in spec.get("containers") or []:
        wanted = container.get("resources") or {}
        for resource, amount in (wanted.get("limits") or {}).items():
            wanted.setdefault("requests", {}).setdefault(resource, amount)
        if spec.get("hostNetwork"):
            for port in container.get("ports") or []:
                port.setdefault("hostPort", port.get("containerPort", 0))
    pod_spec(spec)


def pod_spec(spec: Obj) -> None:
    """Fill in a pod's or a template's spec."""
    spec["dnsPolicy"] = spec.get("dnsPolicy") or "ClusterFirst"
    spec["restartPolicy"] = spec.get("restartPolicy") or "Always"
    spec["schedulerName"] = spec.get("schedulerName") or "default-scheduler"
    spec.setdefault("securityContext", {})
    spec.setdefault("terminationGracePeriodSeconds", 30)
    account = spec.get("serviceAccountName") or spec.get("serviceAccount")
    if account:
        spec["serviceAccount"] = spec["serviceAccountName"] = account
    for container in spec.get("containers") or []:
        _container(container)
    for volume in spec.get("volumes") or []:
        _volume(volume)


def _container(container: Obj) -> None:
    container.setdefault("resources", {})
    container["terminationMessagePath"] = container.get("terminationMessagePath") or "/dev/termination-log"
    container["terminationMessagePolicy"] = container.get("terminationMessagePolicy") or "File"
    container["imagePullPolicy"] = container.get("imagePullPolicy") or pull_policy(container.get("image", ""))
    for port in container.get("ports") or []:
        port["protocol"] = port.get("protocol") or "TCP"
    for variable in container.get("env") or []:
        _field_ref(variable.get("valueFrom") or {})
    for field in ("livenessProbe", "readinessProbe", "startupProbe"):
        if field in container:
            _probe(container[field])


def pull_policy(image: str) -> str:
    """When an image is pulled unless the manifest says: always if its tag is `latest`, or it has none."""
    name, _, digest = image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    return "Always" if tag == "latest" or not (tag or digest) else "IfNotPresent"


def _field_ref(source: Obj) -> None:
    if "fieldRef" in source:
        source["fieldRef"]["apiVersion"] = source["fieldRef"].get("apiVersion") or "v1"


PROBE = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}


def _probe(probe: Obj) -> None:
    for field, value in PROBE.items():
        probe[field] = probe.get(field) or value
    if "httpGet" in probe:
        probe["httpGet"]["path"] = probe["httpGet"].get("path") or "/"
        probe["httpGet"]["scheme"] = probe["httpGet"].get("scheme") or "HTTP"
    if "grpc" in probe:
        probe["grpc"].setdefault("service", "")


def _volume(volume: Obj) -> None:
    if set(volume) <= {"name"}:
        volume["emptyDir"] = {}
    if "hostPath" in volume:
        volume["hostPath"].setdefault("type", "")
    for field in ("downwardAPI", "projected"):
        if field in volume:
            volume[field].setdefault("defaultMode", 420)
    for source in (volume.get("projected") or {}).get("sources") or []:
        if "serviceAccountToken" in source:
            source["serviceAccountToken"].setdefault("expirationSeconds", 3600)
        for item in (source.get("downwardAPI") or {}).get("items") or []:
            _field_ref(item)
    for item in (volume.get("downwardAPI") or {}).get("items") or []:
        _field_ref(item)


# ---- admission of a new pod


def _admit(pod: Obj, suffix: Callable[[], str]) -> None:
    spec = pod["spec"]
    _priority(pod, spec)
    account = spec.get("serviceAccountName") or "default"
    if account != "default":
        where = f"{meta.namespace(pod) or 'default'}/{account}"
        why = f'error looking up service account {where}: serviceaccount "{account}" not found'
        raise errors.forbidden(kinds.of("Pod"), meta.name(pod), why)
    spec["serviceAccount"] = spec["serviceAccountName"] = account
    if spec.get("automountServiceAccountToken", True):
        _mount_token(spec, suffix)


def _priority(pod: Obj, spec: Obj) -> None:
    name = spec.get("priorityClassName") or ""
    if name not in PRIORITIES:
        why = f"no PriorityClass with name {name} was found"
        raise errors.forbidden(kinds.of("Pod"), meta.name(pod), why)
    spec.setdefault("priority", PRIORITIES[name])
    spec.setdefault("preemptionPolicy", "PreemptLowerPriority")


def _mount_token(spec: Obj, suffix: Callable[[], str]) -> None:
    without = [
        container
        for container in spec.get("containers") or []
        if all(mount.get("mountPath") != TOKEN_PATH for mount in container.get("volumeMounts") or [])
    ]
    if not without:
        return
    volumes = spec.setdefault("volumes", [])
    name = next((v["name"] for v in volumes if v.get("name", "").startswith("kube-api-access-")), "")
    if not name:
        name = f"kube-api-access-{suffix()}"
        volumes.append({"name": name, "projected": _token_projection()})
    for container in without:
        mount = {"mountPath": TOKEN_PATH, "name": name, "readOnly": True}
        container.setdefault("volumeMounts", []).append(mount)


def _token_projection() -> Obj:
    namespace = {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}, "path": "namespace"}
    return {
        "defaultMode": 420,
        "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"items": [{"key": "ca.crt", "path": "ca.crt"}], "name": "kube-root-ca.crt"}},
            {"downwardAPI": {"items": [namespace]}},
        ],
    }


def _tolerate(spec: Obj, taint: str) -> None:
    for toleration in spec.get("tolerations") or []:
        if toleration.get("key", "") in ("", taint) and toleration.get("effect", "") in ("", "NoExecute"):
            return
    spec.setdefault("tolerations", []).append(
        {"effect": "NoExecute", "key": taint, "operator": "Exists", "tolerationSeconds": 300}
    )


# ---- the rest


def _namespace(obj: Obj) -> None:
    metadata = obj.setdefault("metadata", {})
    if metadata.get("name"):
        metadata.setdefault("labels", {})["kubernetes.io/metadata.name"] = metadata["name"]
    if not metadata.get("uid"):
        finalizers = obj.setdefault("spec", {}).setdefault("finalizers", [])
        if "kubernetes" not in finalizers:
            finalizers.append("kubernetes")


def _node(obj: Obj) -> None:
    status = obj.get("status") or {}
    if "allocatable" not in status and "capacity" in status:
        status["allocatable"] = dict(status["capacity"])
    for taint in (obj.get("spec") or {}).get("taints") or []:
        taint.setdefault("effect", "")


_BY_KIND: dict[str, Callable[[Obj], None]] = {
    "Deployment": _deployment,
    "EndpointSlice": _endpoint_slice,
    "Endpoints": _endpoints,
    "Namespace": _namespace,
    "Node": _node,
    "Pod": _pod,
    "ReplicaSet": _replica_set,
    "Service": _service,
}
