"""Objects of a real v1.36 cluster, as `kubectl get -o yaml` printed them, for the printers to print again."""

from typing import Any

import yaml

from kubelab.api import times

SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {"apiVersion":"v1","kind":"Service","metadata":{"annotations":{},"labels":{"app":"mynapp-rs"},"name":"mynapp-svc-multi","namespace":"default"},"spec":{"ports":[{"name":"mynapp-http","nodePort":31112,"port":80,"targetPort":8080},{"name":"mynapp-https","nodePort":31113,"port":443,"targetPort":8443}],"selector":{"app":"mynapp-rs"},"type":"NodePort"}}
  creationTimestamp: "2026-11-23T01:38:42Z"
  labels:
    app: mynapp-rs
  name: mynapp-svc-multi
  namespace: default
  resourceVersion: "1104"
  uid: 1aa13a97-af47-40a0-a734-1c9411ee6e3d
spec:
  clusterIP: 10.233.45.65
  clusterIPs:
  - 10.233.45.65
  externalTrafficPolicy: Cluster
  internalTrafficPolicy: Cluster
  ipFamilies:
  - IPv4
  ipFamilyPolicy: SingleStack
  ports:
  - name: mynapp-http
    nodePort: 31112
    port: 80
    protocol: TCP
    targetPort: 8080
  - name: mynapp-https
    nodePort: 31113
    port: 443
    protocol: TCP
    targetPort: 8443
  selector:
    app: mynapp-rs
  sessionAffinity: None
  type: NodePort
status:
  loadBalancer: {}
"""

EXTERNAL_NAME = """\
apiVersion: v1
kind: Service
metadata:
  creationTimestamp: "2026-11-23T01:38:07Z"
  name: mynapp-svc-ext
  namespace: default
  resourceVersion: "857"
  uid: 0a211048-62d4-4807-8d01-9ff81470a461
spec:
  externalName: www.google.com
  sessionAffinity: None
  type: ExternalName
status:
  loadBalancer: {}
"""

REPLICA_SET = """\
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  creationTimestamp: "2026-11-23T01:38:42Z"
  generation: 1
  labels:
    app: mynapp-rs
  name: mynapp-rs
  namespace: default
  resourceVersion: "1127"
  uid: d672d785-a573-4baa-9bb9-45a2758bfda1
spec:
  replicas: 2
  selector:
    matchLabels:
      app: mynapp-rs
  template:
    metadata:
      labels:
        app: mynapp-rs
    spec:
      containers:
      - image: c1t1d0s7/myweb
        imagePullPolicy: Always
        name: mynapp
        ports:
        - containerPort: 8080
          protocol: TCP
        resources: {}
        terminationMessagePath: /dev/termination-log
        terminationMessagePolicy: File
      dnsPolicy: ClusterFirst
      restartPolicy: Always
      schedulerName: default-scheduler
      securityContext: {}
      terminationGracePeriodSeconds: 30
status:
  availableReplicas: 2
  fullyLabeledReplicas: 2
  observedGeneration: 1
  readyReplicas: 2
  replicas: 2
  terminatingReplicas: 0
"""

POD = """\
apiVersion: v1
kind: Pod
metadata:
  creationTimestamp: "2026-11-23T01:38:44Z"
  generation: 1
  labels:
    app: myweb
    tier: front
  name: myweb-pod
  namespace: default
  resourceVersion: "1135"
  uid: ea41d5e9-6a60-4b64-8642-35f06134dc97
spec:
  containers:
  - image: c1t1d0s7/myweb
    imagePullPolicy: Always
    name: myweb
    ports:
    - containerPort: 8080
      protocol: TCP
    resources: {}
    terminationMessagePath: /dev/termination-log
    terminationMessagePolicy: File
    volumeMounts:
    - mountPath: /var/run/secrets/kubernetes.io/serviceaccount
      name: kube-api-access-gjjjl
      readOnly: true
  dnsPolicy: ClusterFirst
  enableServiceLinks: true
  nodeName: kube-node1
  preemptionPolicy: PreemptLowerPriority
  priority: 0
  restartPolicy: Always
  schedulerName: default-scheduler
  securityContext: {}
  serviceAccount: default
  serviceAccountName: default
  terminationGracePeriodSeconds: 30
  tolerations:
  - effect: NoExecute
    key: node.kubernetes.io/not-ready
    operator: Exists
    tolerationSeconds: 300
  - effect: NoExecute
    key: node.kubernetes.io/unreachable
    operator: Exists
    tolerationSeconds: 300
  volumes:
  - name: kube-api-access-gjjjl
    projected:
      defaultMode: 420
      sources:
      - serviceAccountToken:
          expirationSeconds: 3607
          path: token
      - configMap:
          items:
          - key: ca.crt
            path: ca.crt
          name: kube-root-ca.crt
      - downwardAPI:
          items:
          - fieldRef:
              apiVersion: v1
              fieldPath: metadata.namespace
            path: namespace
status:
  conditions:
  - lastProbeTime: null
    lastTransitionTime: "2026-11-23T01:38:44Z"
    observedGeneration: 1
    status: "True"
    type: PodReadyToStartContainers
  - lastProbeTime: null
    lastTransitionTime: "2026-11-23T01:38:44Z"
    observedGeneration: 1
    status: "True"
    type: Initialized
  - lastProbeTime: null
    lastTransitionTime: "2026-11-23T01:38:44Z"
    observedGeneration: 1
    status: "True"
    type: Ready
  - lastProbeTime: null
    lastTransitionTime: "2026-11-23T01:38:44Z"
    observedGeneration: 1
    status: "True"
    type: ContainersReady
  - lastProbeTime: null
    lastTransitionTime: "2026-11-23T01:38:44Z"
    observedGeneration: 1
    status: "True"
    type: PodScheduled
  containerStatuses:
  - containerID: containerd://3c2136afab2462c97275d114afeeff36fcedf71815f0b342e59e4ef044c1c7f6
    image: docker.io/c1t1d0s7/myweb:latest
    imageID: docker.io/c1t1d0s7/myweb@sha256:51252c63775c0724c91a3a4302e3bcf7e8dccf663f906154798ad8aaf49c5929
    lastState: {}
    name: myweb
    ready: true
    restartCount: 0
    started: true
    state:
      running:
        startedAt: "2026-11-23T01:38:44Z"
  hostIP: 192.168.56.21
  hostIPs:
  - ip: 192.168.56.21
  observedGeneration: 1
  phase: Running
  podIP: 10.233.101.17
  podIPs:
  - ip: 10.233.101.17
  qosClass: BestEffort
  startTime: "2026-11-23T01:38:44Z"
"""

ENDPOINTS = """\
apiVersion: v1
kind: Endpoints
metadata:
  annotations:
    endpoints.kubernetes.io/last-change-trigger-time: "2026-11-23T01:37:44Z"
  creationTimestamp: "2026-11-23T01:37:42Z"
  labels:
    endpoints.kubernetes.io/managed-by: endpoint-controller
  name: mynapp-svc-multi
  namespace: default
  resourceVersion: "725"
  uid: f0cf98ca-a7fe-42af-9bdc-fa97db1a38fa
subsets:
- addresses:
  - ip: 10.233.101.11
    nodeName: kube-node1
    targetRef:
      kind: Pod
      name: mynapp-rs-z2c9w
      namespace: default
      uid: 9e4b8dff-f3f3-4a9f-a77f-62c8bba2094e
  - ip: 10.233.103.11
    nodeName: kube-node2
    targetRef:
      kind: Pod
      name: mynapp-rs-br25x
      namespace: default
      uid: 4ce6cca2-8984-4197-abe0-212f9d8e405b
  - ip: 10.233.76.7
    nodeName: kube-node3
    targetRef:
      kind: Pod
      name: mynapp-rs-xddps
      namespace: default
      uid: cdfa68bb-000f-4214-954e-b0fc6dac34ac
  ports:
  - name: mynapp-https
    port: 8443
    protocol: TCP
  - name: mynapp-http
    port: 8080
    protocol: TCP
"""

ENDPOINT_SLICE = """\
addressType: IPv4
apiVersion: discovery.k8s.io/v1
endpoints:
- addresses:
  - 10.233.101.13
  conditions:
    ready: true
    serving: true
    terminating: false
  nodeName: kube-node1
  targetRef:
    kind: Pod
    name: mynapp-rs-zvmjg
    namespace: default
    uid: 3a73b4b6-16e5-4742-93a7-f53d5dbc7f9b
- addresses:
  - 10.233.103.13
  conditions:
    ready: true
    serving: true
    terminating: false
  nodeName: kube-node2
  targetRef:
    kind: Pod
    name: mynapp-rs-tg5wq
    namespace: default
    uid: 3082ce80-05a1-41a4-80c6-f4172f794201
- addresses:
  - 10.233.76.9
  conditions:
    ready: true
    serving: true
    terminating: false
  nodeName: kube-node3
  targetRef:
    kind: Pod
    name: mynapp-rs-9v4qx
    namespace: default
    uid: fb15979f-daa0-442c-8f27-945a58368236
kind: EndpointSlice
metadata:
  annotations:
    endpoints.kubernetes.io/last-change-trigger-time: "2026-11-23T01:38:16Z"
  creationTimestamp: "2026-11-23T01:38:14Z"
  generateName: mynapp-svc-
  generation: 4
  labels:
    endpointslice.kubernetes.io/managed-by: endpointslice-controller.k8s.io
    kubernetes.io/service-name: mynapp-svc
  name: mynapp-svc-wr5df
  namespace: default
  ownerReferences:
  - apiVersion: v1
    blockOwnerDeletion: true
    controller: true
    kind: Service
    name: mynapp-svc
    uid: cece9743-f01b-4d21-a33e-93120adb95f1
  resourceVersion: "928"
  uid: 89700514-e9fc-4c32-9261-38cf5dc3756e
ports:
- name: ""
  port: 8080
  protocol: TCP
"""

ALL = {
    "Service": SERVICE,
    "ExternalName": EXTERNAL_NAME,
    "ReplicaSet": REPLICA_SET,
    "Pod": POD,
    "Endpoints": ENDPOINTS,
    "EndpointSlice": ENDPOINT_SLICE,
}


def load(text: str) -> dict[str, Any]:
    return yaml.safe_load(text)


def at(stamp: str) -> int:
    return times.parse(f"2026-11-23T{stamp}Z")


def obj(kind: str, name: str, *, created: str = "00:00:00", **parts: Any) -> dict[str, Any]:
    """A small object; `parts` are its other top-level fields."""
    metadata = {"name": name, "namespace": "default", "creationTimestamp": f"2026-11-23T{created}Z"}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata | parts.pop("metadata", {}), **parts}
