"""What fields mean: the documentation behind `kubectl explain`."""

import pytest

from kubelab.api import decoding, docs, kinds


@pytest.mark.parametrize("kind", [kind.kind for kind in kinds.KINDS])
def test_every_kind_is_described(kind):
    found = docs.lookup(kind)
    assert (found.kind, found.version, found.group) == (kind, kinds.of(kind).version, kinds.of(kind).group)
    assert found.field_type == found.name == ""
    assert len(found.description) > 40
    assert {"apiVersion", "kind", "metadata"} <= {field.name for field in found.fields}
    assert [field.name for field in found.fields] == sorted(field.name for field in found.fields)


def test_a_field_of_structs():
    ports = docs.lookup("Service", ["spec", "ports"])
    assert (ports.name, ports.field_type) == ("ports", "[]ServicePort")
    assert ports.description.startswith("The list of ports that are exposed by this service. More info:")
    assert ports.description.endswith("\nServicePort contains information on service's port.")
    fields = {field.name: (field.type, field.required) for field in ports.fields}
    assert fields == {
        "appProtocol": ("string", False),
        "name": ("string", False),
        "nodePort": ("integer", False),
        "port": ("integer", True),
        "protocol": ("string", False),
        "targetPort": ("IntOrString", False),
    }


def test_a_field_of_few_values():
    affinity = docs.lookup("Service", ["spec", "sessionAffinity"])
    assert affinity.field_type == "string"
    assert affinity.enum == ("ClientIP", "None")
    assert affinity.fields == ()
    assert affinity.description.endswith(
        'Possible enum values:\n - `"ClientIP"` is the Client IP based.\n - `"None"` - no session affinity.'
    )


@pytest.mark.parametrize(
    ("path", "type_"),
    [
        (["spec", "selector"], "map[string]string"),
        (["metadata", "labels"], "map[string]string"),
        (["metadata"], "ObjectMeta"),
        (["spec", "externalIPs"], "[]string"),
        (["spec", "publishNotReadyAddresses"], "boolean"),
        (["metadata", "creationTimestamp"], "string"),
        (["status"], "ServiceStatus"),
    ],
)
def test_types(path, type_):
    assert docs.lookup("Service", path).field_type == type_


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (["foo"], "foo"),
        (["spec", "foo"], "foo"),
        (["spec", "ports", "port", "x"], "x"),
        (["spec", "selector", "a"], "a"),
    ],
)
def test_paths_that_lead_nowhere(path, name):
    with pytest.raises(docs.NoSuchField) as caught:
        docs.lookup("Service", path)
    assert str(caught.value) == f'field "{name}" does not exist'
    with pytest.raises(docs.NoSuchField):
        docs.children("Service", path)


def test_fields_that_kubelab_refuses_are_explained_all_the_same():
    assert "scheduling constraints" in docs.lookup("Pod", ["spec", "affinity"]).description


def test_every_field_of_the_table_can_be_looked_up():
    types = decoding.table()["types"]
    for kind in kinds.KINDS:
        waiting = [([], decoding.table()["kinds"][kind.kind])]
        while waiting:
            path, type_ = waiting.pop()
            found = {field.name for field in docs.children(kind.kind, path)}
            assert set(types[type_]) <= found, path
            for name, inner in types[type_].items():
                inner = inner.removeprefix("[]")
                if inner in types and len(path) < 4:
                    waiting.append(([*path, name], inner))


def test_broken_lines_are_joined():
    full, rest = "word " * 15 + "two", "and more of the same words, with which the line ends."
    assert docs.joined([full, rest]) == f"{full} {rest}"
    assert docs.joined(["Short.", rest]) == f"Short.\n\n{rest}"
