"""Validation: the causes of `is invalid`, in Kubernetes' order and words."""

import contextlib
import copy
from pathlib import Path

import pytest
import yaml
from hypothesis import given

from kubelab.api import decoding, defaults, errors, kinds, manifests, meta, validation
from kubelab.api.validation import services
from kubelab.sim.chance import Chance
from kubelab.sim.clock import Clock
from kubelab.store.store import Store
from tests.api import recordings, shapes

WORKLOAD = """
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec: {containers: [{name: a, image: b}]}
"""
PLAIN = {
    "Pod": "{spec: {containers: [{name: a, image: b}]}}",
    "ReplicaSet": WORKLOAD,
    "Deployment": WORKLOAD,
    "Namespace": "{}",
    "Node": "{}",
    "Endpoints": "{subsets: [{addresses: [{ip: 10.0.0.1}], ports: [{port: 80}]}]}",
    "EndpointSlice": "{addressType: IPv4, endpoints: [{addresses: [10.0.0.1]}], ports: [{port: 80}]}",
    "Service": "{spec: {ports: [{port: 80}], clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1]}}",
}
SENTENCES = {
    "<label>": "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
    "and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    "<subdomain>": "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
    "must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    "<name part>": "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    "<label value>": "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used "
    "for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
}


def plain(kind):
    obj = yaml.safe_load(PLAIN[kind])
    namespace = {"namespace": "default"} if kinds.of(kind).namespaced else {}
    return {**obj, "apiVersion": kinds.of(kind).api_version, "kind": kind, "metadata": {"name": "x", **namespace}}


def change(obj, changes):
    """Change an object in place: "spec.replicas=3;spec.selector=DEL"."""
    for each in filter(None, changes.split(";")):
        path, _, value = each.partition("=")
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        place = obj
        for step in way:
            place = place[step] if isinstance(step, int) else place.setdefault(step, {})
        if value == "DEL":
            place.pop(last)
        else:
            place[last] = yaml.safe_load(value)


def ready(obj):
    """The object as validation gets to see it."""
    decoded, _ = decoding.decode(obj, kinds.of(obj["kind"]))
    defaults.apply(decoded, lambda: "abcde")
    return decoded


def cases():
    found = []
    for line in Path(__file__).with_name("causes.txt").read_text(encoding="utf-8").splitlines()[1:]:
        for short, sentence in SENTENCES.items():
            line = line.replace(short, sentence)
        if line.startswith("  "):
            found[-1][2].append(line.strip())
        else:
            found.append((*line.split(" ", 1), []))
    return found


@pytest.mark.parametrize("kind", PLAIN)
def test_plain_objects_are_valid(kind):
    obj = ready(plain(kind))
    assert validation.create(obj) == []
    assert validation.update(obj, copy.deepcopy(obj)) == []


@pytest.mark.parametrize(("kind", "changes", "causes"), cases())
def test_new_objects(kind, changes, causes):
    obj = plain(kind)
    change(obj, changes)
    assert [cause.text for cause in validation.create(ready(obj))] == causes


IMMUTABLE = "field is immutable"
UPDATES = [
    ("ReplicaSet", "spec.replicas=3", []),
    (
        "ReplicaSet",
        "spec.selector.matchLabels={a: b, c: d};spec.template.metadata.labels={a: b, c: d}",
        ['spec.selector: Invalid value: {"matchLabels":{"a":"b","c":"d"}}: field is immutable'],
    ),
    (
        "Deployment",
        "spec.selector.matchLabels={c: d};spec.template.metadata.labels={c: d}",
        ['spec.selector: Invalid value: {"matchLabels":{"c":"d"}}: field is immutable'],
    ),
    ("Deployment", "spec.template.spec.containers.0.image=c", []),
    ("Pod", "spec.containers.0.image=c", []),
    ("Pod", "metadata.labels={a: b}", []),
    ("Pod", "spec.activeDeadlineSeconds=30", []),
    ("Pod", "spec.containers.0.image=DEL", ["spec.containers[0].image: Required value"]),
    (
        "Pod",
        "spec.containers=[{name: a, image: b}, {name: c, image: d}]",
        ["spec.containers: Forbidden: pod updates may not add or remove containers"],
    ),
    (
        "Service",
        "spec.clusterIP=10.0.0.2;spec.clusterIPs=[10.0.0.2]",
        ['spec.clusterIPs[0]: Invalid value: ["10.0.0.2"]: may not change once set'],
    ),
    ("Service", "spec.type=NodePort;spec.ports.0.nodePort=30080", []),
    ("Service", "spec.type=ExternalName;spec.externalName=a.b;spec.clusterIP=DEL;spec.clusterIPs=DEL", []),
    ("EndpointSlice", "addressType=IPv6;endpoints=[]", ['addressType: Invalid value: "IPv6": field is immutable']),
    ("EndpointSlice", "ports=[]", []),
    ("Endpoints", "subsets=[]", []),
    ("Namespace", "metadata.labels={a: b}", []),
]


@pytest.mark.parametrize(("kind", "changes", "causes"), UPDATES)
def test_changed_objects(kind, changes, causes):
    old = plain(kind)
    new = copy.deepcopy(old)
    change(new, changes)
    assert [cause.text for cause in validation.update(ready(new), ready(old))] == causes


def test_a_pod_that_changes_too_much_shows_where():
    old = plain("Pod")
    new = copy.deepcopy(old)
    change(new, "spec.hostname=h")
    (cause,) = validation.update(ready(new), ready(old))
    first, *rest = cause.text.split("\n")
    assert first == (
        "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
        "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing "
        "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
    )
    assert '+ "hostname": "h",' in rest


# ---- Services, as the class's server answered


class Answers:
    """A server with room for Services, and what kubectl would print."""

    def __init__(self):
        self.store = Store(Clock(), Chance(1))
        self.store.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}}, trusted=True)
        own = {"clusterIP": "10.233.0.1", "ports": [{"port": 443}]}
        metadata = {"name": "kubernetes", "namespace": "default"}
        service = {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": own}
        self.store.create(service, trusted=True)

    def to(self, text):
        (obj,) = manifests.documents(text)
        try:
            self.store.create(obj)
        except errors.StatusError as error:
            return self._refusal(error)
        return f"service/{meta.name(obj)} created"

    def _refusal(self, error):
        if error.reason != "Invalid":
            return f'Error from server ({error.reason}): error when creating "in.yaml": {error.message}'
        head, causes = f'The {error.kind} "{error.name}" is invalid: ', [cause.text for cause in error.causes]
        return head + (causes[0] if len(causes) == 1 else "".join(f"\n* {cause}" for cause in causes))


def test_services_are_answered_as_the_server_answered():
    server = Answers()  # one after the other: later ones meet the node ports of earlier ones
    for text, answer in recordings.load("services"):
        assert server.to(text) == answer


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("{clusterIPs: [None], externalIPs: [1.2.3.4]}", ["spec.externalIPs is ignored for headless services"]),
        ("{externalName: a.b, type: ClusterIP}", ['spec.externalName is ignored when spec.type is not "ExternalName"']),
        ("{type: ClusterIP}", []),
    ],
)
def test_warnings(spec, words):
    assert validation.warnings({"kind": "Service", "spec": yaml.safe_load(spec)}) == words
    assert validation.warnings({"kind": "Pod", "spec": {}}) == []


@pytest.mark.parametrize(
    ("spec", "headless"), [("{clusterIPs: [None]}", True), ("{clusterIPs: [10.0.0.1]}", False), ("{}", False)]
)
def test_headless(spec, headless):
    assert services.is_headless(yaml.safe_load(spec)) is headless


# ---- laws


@given(shapes.objects())
def test_whatever_decodes_is_validated_and_left_alone(obj):
    try:
        decoded, _ = decoding.decode(obj, kinds.of(obj["kind"]), "Ignore")
        defaults.apply(decoded, lambda: "abcde")
    except errors.StatusError:
        return
    before = meta.copy(decoded)
    found = validation.create(decoded)
    assert all(cause.text.isprintable() or "\n" in cause.text for cause in found)
    assert len(set(found)) == len(found)
    validation.update(decoded, before)
    validation.warnings(decoded)
    assert decoded == before


@given(shapes.objects(("Service", "Pod", "Deployment")), shapes.objects(("Service", "Pod", "Deployment")))
def test_any_change_is_validated(new, old):
    if new["kind"] != old["kind"]:
        return
    try:
        pair = [decoding.decode(obj, kinds.of(obj["kind"]), "Ignore")[0] for obj in (new, old)]
        for obj in pair:
            defaults.apply(obj, lambda: "abcde")
    except errors.StatusError:
        return
    validation.update(*pair)


@given(shapes.objects())
def test_the_store_answers_whatever_comes(obj):
    server = Answers()
    with contextlib.suppress(errors.StatusError):
        server.store.create(obj, validation="Ignore")
