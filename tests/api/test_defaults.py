"""Defaults: what `get -o yaml` shows of objects whose manifests said little."""

import itertools

import pytest
import yaml
from hypothesis import given

from kubelab.api import decoding, defaults, errors, kinds, meta
from tests.api import shapes


def filled(text):
    obj = yaml.safe_load(text)
    defaults.apply(obj, lambda: "abcde")
    return obj


def test_a_service_of_a_few_lines():
    service = filled("{kind: Service, metadata: {name: a}, spec: {ports: [{port: 80}], selector: {app: a}}}")
    assert service["spec"] == {
        "internalTrafficPolicy": "Cluster",
        "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}],
        "selector": {"app": "a"},
        "sessionAffinity": "None",
        "type": "ClusterIP",
    }


@pytest.mark.parametrize(
    ("spec", "more"),
    [
        ("{type: NodePort}", {"externalTrafficPolicy": "Cluster", "internalTrafficPolicy": "Cluster"}),
        ("{type: ClusterIP, externalIPs: [1.2.3.4]}", {"externalTrafficPolicy": "Cluster"}),
        (
            "{type: LoadBalancer}",
            {"allocateLoadBalancerNodePorts": True, "externalTrafficPolicy": "Cluster", "type": "LoadBalancer"},
        ),
        ("{sessionAffinity: ClientIP}", {"sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 10800}}}),
        ("{type: NodePort, externalTrafficPolicy: Local}", {"externalTrafficPolicy": "Local"}),
    ],
)
def test_services_of_other_types(spec, more):
    got = filled(f"{{kind: Service, metadata: {{name: a}}, spec: {spec}}}")["spec"]
    assert got == {**got, **more}


def test_an_external_name_has_no_traffic_policy():
    got = filled("{kind: Service, metadata: {name: a}, spec: {type: ExternalName, externalName: a.b}}")["spec"]
    assert got == {"externalName": "a.b", "sessionAffinity": "None", "type": "ExternalName"}


def test_affinity_none_has_no_config():
    spec = "{sessionAffinity: None, sessionAffinityConfig: {clientIP: {timeoutSeconds: 5}}}"
    assert "sessionAffinityConfig" not in filled(f"{{kind: Service, metadata: {{name: a}}, spec: {spec}}}")["spec"]


POD = """
kind: Pod
metadata: {name: a, namespace: default}
spec:
  containers:
  - name: web
    image: c1t1d0s7/myweb
    ports: [{containerPort: 8080}]
    readinessProbe: {httpGet: {port: 8080}}
"""
ADMITTED = """
containers:
- image: c1t1d0s7/myweb
  imagePullPolicy: Always
  name: web
  ports: [{containerPort: 8080, protocol: TCP}]
  readinessProbe:
    failureThreshold: 3
    httpGet: {path: /, port: 8080, scheme: HTTP}
    periodSeconds: 10
    successThreshold: 1
    timeoutSeconds: 1
  resources: {}
  terminationMessagePath: /dev/termination-log
  terminationMessagePolicy: File
  volumeMounts:
  - {mountPath: /var/run/secrets/kubernetes.io/serviceaccount, name: kube-api-access-abcde, readOnly: true}
dnsPolicy: ClusterFirst
enableServiceLinks: true
preemptionPolicy: PreemptLowerPriority
priority: 0
restartPolicy: Always
schedulerName: default-scheduler
securityContext: {}
serviceAccount: default
serviceAccountName: default
terminationGracePeriodSeconds: 30
tolerations:
- {effect: NoExecute, key: node.kubernetes.io/not-ready, operator: Exists, tolerationSeconds: 300}
- {effect: NoExecute, key: node.kubernetes.io/unreachable, operator: Exists, tolerationSeconds: 300}
volumes:
- name: kube-api-access-abcde
  projected:
    defaultMode: 420
    sources:
    - serviceAccountToken: {expirationSeconds: 3607, path: token}
    - configMap:
        items: [{key: ca.crt, path: ca.crt}]
        name: kube-root-ca.crt
    - downwardAPI:
        items: [{fieldRef: {apiVersion: v1, fieldPath: metadata.namespace}, path: namespace}]
"""


def test_a_new_pod_is_admitted():
    assert filled(POD)["spec"] == yaml.safe_load(ADMITTED)


def test_a_pod_that_exists_is_not_admitted_again():
    pod = yaml.safe_load(POD)
    pod["metadata"]["uid"] = "u"
    defaults.apply(pod, lambda: "abcde")
    assert "volumes" not in pod["spec"]
    assert "priority" not in pod["spec"]
    assert len(pod["spec"]["tolerations"]) == 2  # this admission plugin looks at updates, too


def test_own_tolerations_and_mounts_are_kept():
    pod = yaml.safe_load(POD)
    pod["spec"]["tolerations"] = [{"operator": "Exists"}]
    pod["spec"]["automountServiceAccountToken"] = False
    defaults.apply(pod, lambda: "abcde")
    assert pod["spec"]["tolerations"] == [{"operator": "Exists"}]
    assert "volumes" not in pod["spec"]


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        (
            "serviceAccountName",
            "nobody",
            'pods "a" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found',
        ),
        ("priorityClassName", "high", 'pods "a" is forbidden: no PriorityClass with name high was found'),
    ],
)
def test_pods_that_name_what_is_not_there_are_forbidden(field, value, why):
    pod = yaml.safe_load(POD)
    pod["spec"][field] = value
    with pytest.raises(errors.StatusError) as caught:
        defaults.apply(pod, lambda: "abcde")
    assert (caught.value.reason, caught.value.message) == ("Forbidden", why)


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("nginx", "Always"),
        ("nginx:latest", "Always"),
        ("nginx:1.27", "IfNotPresent"),
        ("localhost:5000/nginx", "Always"),
        ("localhost:5000/nginx:1", "IfNotPresent"),
        ("nginx@sha256:abc", "IfNotPresent"),
        ("nginx:latest@sha256:abc", "Always"),
        ("", "Always"),
    ],
)
def test_the_tag_decides_when_to_pull(image, policy):
    assert defaults.pull_policy(image) == policy


def test_a_replica_set_and_a_deployment():
    template = "{metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}"
    replica_set = filled(f"{{kind: ReplicaSet, metadata: {{name: a}}, spec: {{template: {template}}}}}")["spec"]
    deployment = filled(f"{{kind: Deployment, metadata: {{name: a}}, spec: {{template: {template}}}}}")["spec"]
    assert replica_set["replicas"] == 1
    assert deployment["template"] == replica_set["template"]
    assert "enableServiceLinks" not in deployment["template"]["spec"]
    assert {k: v for k, v in deployment.items() if k != "template"} == {
        "progressDeadlineSeconds": 600,
        "replicas": 1,
        "revisionHistoryLimit": 10,
        "strategy": {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}, "type": "RollingUpdate"},
    }


def test_recreate_has_no_rolling_update():
    spec = filled("{kind: Deployment, metadata: {name: a}, spec: {strategy: {type: Recreate}}}")["spec"]
    assert spec["strategy"] == {"type": "Recreate"}


def test_endpoints_and_slices_get_protocols():
    endpoints = filled("{kind: Endpoints, metadata: {name: a}, subsets: [{ports: [{port: 80}]}]}")
    piece = filled("{kind: EndpointSlice, metadata: {name: a}, ports: [{port: 80}]}")
    assert endpoints["subsets"] == [{"ports": [{"port": 80, "protocol": "TCP"}]}]
    assert piece["ports"] == [{"name": "", "port": 80, "protocol": "TCP"}]
    assert piece["endpoints"] is None  # Go prints it also when there are none


@given(shapes.objects())
def test_defaults_twice_are_defaults_once(obj):
    suffixes = itertools.count()
    try:
        once, _ = decoding.decode(obj, kinds.of(obj["kind"]), "Ignore")
        defaults.apply(once, lambda: str(next(suffixes)))
    except errors.StatusError:
        return
    twice = meta.copy(once)
    defaults.apply(twice, lambda: str(next(suffixes)))
    assert twice == once
    again, said = decoding.decode(once, kinds.of(obj["kind"]), "Strict")
    defaults.apply(again, lambda: str(next(suffixes)))
    assert (again, said) == (once, [])
