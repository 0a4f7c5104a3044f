"""Decoding: which fields there are, of which Go types, and the server's words about others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubelab.api import coverage, decoding, errors, kinds, meta
from tests.api import recordings, shapes

SERVICE = kinds.of("Service")
NO_VALUE = (None, [])


def service(**spec):
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": spec}


def pod(**spec):
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": spec}


def refusal(obj, strict="Strict"):
    with pytest.raises(errors.StatusError) as caught:
        decoding.decode(obj, kinds.of(obj["kind"]), strict)
    assert (caught.value.reason, caught.value.code) == ("BadRequest", 400)
    return caught.value.message


@pytest.mark.parametrize(("obj", "answer"), recordings.load("decoding"))
def test_wrong_types_are_refused_in_gos_words(obj, answer):
    kind, version = obj["kind"], kinds.of(obj["kind"]).version
    assert refusal(obj, "Ignore") == f'{kind} in version "{version}" cannot be handled as a {kind}: {answer}'


def test_unknown_fields_are_named_in_the_order_of_the_manifest():
    obj = service(ports=[{"port": 80, "targetport": 1, "zz": 2}], selektor={}, Selector={})
    obj["speck"] = {}
    words = 'unknown field "spec.Selector", unknown field "spec.ports[0].targetport", unknown field "spec.ports[0].zz"'
    words += ', unknown field "spec.selektor", unknown field "speck"'
    assert refusal(obj) == f'Service in version "v1" cannot be handled as a Service: strict decoding error: {words}'


def test_unknown_fields_can_be_warned_of_or_passed_over():
    obj = service(ports=[{"port": 80}], foo=1)
    kept, warned = decoding.decode(obj, SERVICE, "Warn")
    assert warned == ['unknown field "spec.foo"']
    assert decoding.decode(obj, SERVICE, "Ignore") == (kept, [])
    assert "foo" not in kept["spec"]
    assert obj["spec"]["foo"] == 1  # what came in is left alone


def test_a_wrong_type_comes_before_unknown_fields():
    assert "cannot unmarshal string" in refusal(service(foo=1, ports=[{"port": "80"}]))


def test_what_kubelab_does_not_model_is_refused_by_name():
    said = refusal(pod(affinity={"nodeAffinity": {"x": 1}}, containers=[{"name": "a"}]), "Ignore")
    assert 'field "spec.affinity" is known to Kubernetes, not to kubelab' in said
    assert "unknown field" not in said
    assert decoding.decode(pod(affinity={}), kinds.of("Pod"), "Ignore")[0]["spec"] == {}  # as good as absent


def test_every_refused_field_is_refused_by_name():
    types = decoding.table()["types"]
    refused = [(struct, name) for struct, fields in types.items() for name in fields if fields[name] == "refused"]
    assert len(refused) > 50
    for struct, name in refused:
        assert coverage.REFUSED[struct][name]


def test_every_refused_or_inert_field_has_a_reason_and_exists():
    types = decoding.table()["types"]
    for listed in (coverage.REFUSED, coverage.INERT):
        for struct, fields in listed.items():
            for name, why in fields.items():
                assert len(why) > 5, (struct, name)
                assert name in types[struct], (struct, name)


def test_empty_values_are_dropped_as_go_drops_them():
    got, _ = decoding.decode(service(ports=None, selector={}, type="", publishNotReadyAddresses=False), SERVICE)
    assert got["spec"] == {}


def test_pointers_keep_their_zero():
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": 0, "minReadySeconds": 0}}
    got, _ = decoding.decode(deployment, kinds.of("Deployment"))
    assert got["spec"]["replicas"] == 0
    assert "minReadySeconds" not in got["spec"]


@pytest.mark.parametrize(("value", "kept"), [("1000m", "1"), (1, "1"), (0.5, "500m"), ("1024Mi", "1Gi")])
def test_quantities_become_canonical(value, kept):
    obj = pod(containers=[{"name": "a", "resources": {"limits": {"cpu": value}}}])
    got, _ = decoding.decode(obj, kinds.of("Pod"))
    assert got["spec"]["containers"][0]["resources"]["limits"]["cpu"] == kept


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ({"a": True}, "bool into Go struct field ObjectMeta.metadata.labels of type string"),
        ({"a": 1.5}, "number into Go struct field ObjectMeta.metadata.labels of type string"),
        (["a"], "array into Go struct field ObjectMeta.metadata.labels of type map[string]string"),
    ],
)
def test_kubectl_itself_refuses_metadata(labels, words):
    with pytest.raises(ValueError, match=r"^json: ") as caught:
        decoding.check_metadata({"apiVersion": "v1", "kind": "Service", "metadata": {"labels": labels}})
    assert str(caught.value) == f"json: cannot unmarshal {words}"


def test_kubectl_accepts_metadata_that_it_can_read():
    decoding.check_metadata({"metadata": {"name": "a", "labels": {"a": "b"}, "annotations": None, "foo": 1}})
    decoding.check_metadata({})


@given(shapes.objects())
def test_decoding_twice_is_decoding_once(obj):
    kind = kinds.of(obj["kind"])
    try:
        once, _ = decoding.decode(obj, kind, "Ignore")
    except errors.StatusError:
        return
    assert decoding.decode(once, kind, "Strict") == (once, [])
    assert all(value not in NO_VALUE for value in once.get("spec", {}).values() if obj["kind"] == "Service")


@given(shapes.objects(), st.sampled_from(["Strict", "Warn", "Ignore"]))
def test_whatever_comes_in_is_answered_and_left_alone(obj, strict):
    before = meta.copy(obj)
    try:
        decoding.decode(obj, kinds.of(obj["kind"]), strict)
        decoding.check_metadata(obj)
    except (errors.StatusError, ValueError):
        pass
    assert obj == before
