"""Patches: JSON, merge and strategic, and the one that `kubectl apply` works out."""

import contextlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubelab.api import errors, meta, patches
from kubelab.api.patches import jsonpatch
from tests.api import recordings

ANSWERS = recordings.load("patches")
NOTED = "kubectl.kubernetes.io/last-applied-configuration"


@pytest.mark.parametrize(("name", "type_", "patch", "answer"), ANSWERS[1:])
def test_patches_give_what_kubectl_gives(name, type_, patch, answer):
    obj = ANSWERS[0]["objects"][name]
    before, sent = meta.copy(obj), meta.copy(patch)
    try:
        got = patches.strategic(obj["kind"], obj, patch) if type_ == "strategic" else patches.merge_patch(obj, patch)
    except errors.StatusError as error:
        got = error.message
    assert got == answer
    assert (obj, patch) == (before, sent)


@pytest.mark.parametrize(("kind", "original", "modified", "live", "answer"), recordings.load("apply"))
def test_apply_sends_what_kubectl_sends(kind, original, modified, live, answer):
    modified["metadata"].setdefault("annotations", {})[NOTED] = "new"
    if original:
        live["metadata"].setdefault("annotations", {})[NOTED] = "old"
    answer.setdefault("metadata", {}).setdefault("annotations", {})[NOTED] = "new"
    assert patches.three_way(kind, original, modified, live) == answer


SERVICE = {"kind": "Service", "spec": {"ports": [{"port": 80}, {"port": 81}], "selector": {"a": "b"}}}


def service(**spec):
    return {"kind": "Service", "spec": {**SERVICE["spec"], **spec}}


OPERATIONS = [
    ({"op": "add", "path": "/spec/ports/-", "value": {}}, service(ports=[{"port": 80}, {"port": 81}, {}])),
    ({"op": "add", "path": "/spec/ports/0", "value": {}}, service(ports=[{}, {"port": 80}, {"port": 81}])),
    ({"op": "remove", "path": "/spec/ports/0"}, service(ports=[{"port": 81}])),
    ({"op": "remove", "path": "/spec/ports/-1"}, service(ports=[{"port": 80}])),
    ({"op": "replace", "path": "/spec/ports/0/port", "value": 8080}, service(ports=[{"port": 8080}, {"port": 81}])),
    ({"op": "add", "path": "/spec/selector/x~1y", "value": "z"}, service(selector={"a": "b", "x/y": "z"})),
    ({"op": "copy", "from": "/spec/selector/a", "path": "/spec/selector/c"}, service(selector={"a": "b", "c": "b"})),
    ({"op": "move", "from": "/spec/selector/a", "path": "/spec/selector/c"}, service(selector={"c": "b"})),
    ({"op": "test", "path": "/spec/selector", "value": {"a": "b"}}, SERVICE),
    ({"op": "test", "path": "/spec/nothing", "value": None}, SERVICE),
]  # fmt: skip
IMPOSSIBLE = [
    {"op": "remove", "path": "/spec/nothing"},
    {"op": "add", "path": "/a/b", "value": 1},
    {"op": "add", "path": "/spec/ports/4", "value": 1},
    {"op": "add", "path": "/spec/ports/x", "value": 1},
    {"op": "remove", "path": "/spec/ports/" + "9" * 5000},
    {"op": "remove", "path": f"/spec/ports/{'9' * 5000}/port"},
    {"op": "test", "path": "/spec/ports/0/port", "value": 81},
    {"op": "test", "path": "/spec/ports/0", "value": {"port": True}},
    {"op": "frob", "path": "/spec"},
    {"op": "add"},
    {"op": ["add"], "path": 1},
    {"op": "copy", "from": "/a/b", "path": "/c"},
    {},
]


@pytest.mark.parametrize(("operation", "result"), OPERATIONS)
def test_json_patches(operation, result):
    before = meta.copy(SERVICE)
    assert patches.json_patch(SERVICE, [operation]) == result
    assert before == SERVICE


@pytest.mark.parametrize("operation", IMPOSSIBLE, ids=range(len(IMPOSSIBLE)))
def test_operations_that_cannot_be_done(operation):
    with pytest.raises(errors.StatusError) as caught:
        patches.json_patch(SERVICE, [operation])
    assert (caught.value.code, caught.value.message) == (422, patches.REJECTED)


def test_what_is_no_operation():
    with pytest.raises(errors.StatusError) as caught:
        patches.json_patch(SERVICE, [1])
    words = "json: cannot unmarshal number into Go value of type jsonpatch.Operation"
    assert (caught.value.code, caught.value.message) == (400, words)


GREEDY = {
    "doubling": [{"op": "copy", "from": "/spec", "path": f"/spec/{n}"} for n in range(64)],
    "a ladder of copies": [{"op": "copy", "from": "/spec/selector", "path": "/spec/selector/x"}] * 9000,
    "a ladder of maps": [{"op": "add", "path": "/spec" + "/x" * n, "value": {}} for n in range(1, 900)],
    "too many": [{"op": "test", "path": "/kind", "value": "Service"}] * 10_001,
}


@pytest.mark.parametrize("what", GREEDY)
def test_greedy_patches_are_refused_at_once(what):
    started = time.perf_counter()
    with pytest.raises(errors.StatusError):
        patches.json_patch(SERVICE, GREEDY[what])
    assert time.perf_counter() - started < 5


# ---- laws

NAMES = st.sampled_from(["a", "b", "c"])
SCALARS = st.sampled_from(["x", "y", 1, 2, True])
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner), max_leaves=8)
MAPS = st.dictionaries(NAMES, VALUES)


@given(MAPS, MAPS)
def test_the_difference_of_two_maps_takes_one_to_the_other(old, new):
    assert patches.merge_patch(old, patches.merge_difference(old, new)) == new


@given(MAPS)
def test_there_is_no_difference_to_oneself(old):
    assert patches.merge_difference(old, meta.copy(old)) == {}


def named(key, keys, more):
    """Lists of maps that have different values of a key."""
    item = st.fixed_dictionaries({key: keys}, optional=more)
    return st.lists(item, max_size=3, unique_by=lambda element: element[key])


PORTS = named("port", st.sampled_from([53, 80, 443]), {"name": NAMES, "targetPort": st.sampled_from([8080, "http"])})
LABELS = st.dictionaries(NAMES, st.sampled_from(["1", "2"]))
SERVICES = st.fixed_dictionaries(
    {
        "kind": st.just("Service"),
        "metadata": st.fixed_dictionaries({"name": st.just("a")}, optional={"labels": LABELS}),
    },
    optional={
        "spec": st.fixed_dictionaries(
            {},
            optional={
                "ports": PORTS,
                "selector": LABELS,
                "type": st.sampled_from(["ClusterIP", "NodePort"]),
                "externalIPs": st.lists(st.sampled_from(["1.1.1.1", "2.2.2.2"]), unique=True),
            },
        )
    },
)
VARIABLES = named("name", NAMES, {"value": st.sampled_from(["1", "2"])})
CONTAINERS = named("name", NAMES, {"image": NAMES, "env": VARIABLES, "args": st.lists(NAMES, max_size=2)})
VOLUMES = named("name", NAMES, {"emptyDir": st.just({}), "hostPath": st.just({"path": "/a"})})
PODS = st.fixed_dictionaries(
    {"kind": st.just("Pod"), "spec": st.fixed_dictionaries({}, optional={"containers": CONTAINERS, "volumes": VOLUMES})}
)


def without_empty(value):
    """The value, its lists and maps only where something is in them: patches may leave empty ones."""
    if isinstance(value, dict):
        kept = {key: without_empty(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in ({}, [])}
    return [without_empty(item) for item in value] if isinstance(value, list) else value


@given(SERVICES | PODS, st.data())
def test_what_is_edited_is_what_comes_out(old, data):
    new = data.draw(SERVICES if old["kind"] == "Service" else PODS)
    patch = patches.two_way(old["kind"], old, new)
    assert without_empty(patches.strategic(old["kind"], old, patch)) == without_empty(new)


@given(SERVICES | PODS)
def test_applying_the_same_twice_changes_nothing(obj):
    assert patches.three_way(obj["kind"], obj, meta.copy(obj), meta.copy(obj)) == {}


@given(SERVICES, SERVICES)
def test_what_is_applied_is_what_comes_out(old, new):
    patch = patches.three_way("Service", old, new, old)
    applied = patches.strategic("Service", old, patch)
    assert without_empty(applied) == without_empty(new)
    assert patches.three_way("Service", new, new, applied) == {}


@given(SERVICES, SERVICES, LABELS)
def test_apply_leaves_alone_what_others_set(old, new, labels):
    foreign = {f"other/{key}": value for key, value in labels.items()}
    old, new = meta.copy(old), meta.copy(new)
    for obj in (old, new):  # a map that a manifest no longer has goes as a whole
        obj["metadata"].setdefault("labels", {})
    live = meta.copy(old)
    live["metadata"]["labels"].update(foreign)
    live["status"] = {"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}}
    applied = patches.strategic("Service", live, patches.three_way("Service", old, new, live))
    assert applied["status"] == live["status"]
    assert meta.labels(applied) == {**meta.labels(new), **foreign}


@given(st.sampled_from(ANSWERS[1:]), st.sampled_from(["Service", "Pod", "Deployment", "Node"]), MAPS)
def test_any_patch_is_applied_or_refused(answer, kind, more):
    for patch in (answer[2], {**answer[2], **more}, {"spec": more}, {"metadata": answer[2]}):
        for obj in ANSWERS[0]["objects"].values():
            with contextlib.suppress(errors.StatusError):
                json.dumps(patches.strategic(kind, obj, patch))
            json.dumps(patches.merge_patch(obj, patch))


WORDS = ["add", "remove", "replace", "move", "copy", "test", "/spec", "/spec/ports/0", "/spec/ports/-", "/", "x", 1, {}]
FIELDS = st.sampled_from(["op", "path", "from", "value"])


@given(st.lists(st.dictionaries(FIELDS, st.sampled_from(WORDS)), max_size=5))
def test_any_operations_are_done_or_refused(operations):
    with contextlib.suppress(jsonpatch.JsonPatchError):
        json.dumps(jsonpatch.apply(SERVICE, operations))
