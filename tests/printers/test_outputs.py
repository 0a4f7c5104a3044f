import json
import math

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kubelab.printers import kyamltext, outputs, yamltext
from tests.printers import samples


@pytest.mark.parametrize("kind", samples.ALL)
def test_a_real_clusters_yaml_is_printed_again_to_the_letter(kind: str) -> None:
    assert outputs.to_yaml(samples.load(samples.ALL[kind])) == samples.ALL[kind]


def test_json_is_sorted_indented_by_four_and_escapes_like_go() -> None:
    obj = {"kind": "Service", "spec": {"b": [], "a": {}, "c": ["<&>", "한"]}}
    assert outputs.to_json(obj) == (
        '{\n    "kind": "Service",\n    "spec": {\n        "a": {},\n        "b": [],\n        "c": [\n'
        '            "\\u003c\\u0026\\u003e",\n            "한"\n        ]\n    }\n}\n'
    )


def test_compact_json() -> None:
    assert outputs.compact_json({"port": 80, "protocol": "TCP", "a": None}) == '{"a":null,"port":80,"protocol":"TCP"}'


def test_names_carry_the_group() -> None:
    assert outputs.resource_name(samples.load(samples.REPLICA_SET)) == "replicaset.apps/mynapp-rs"
    assert outputs.name_line(samples.load(samples.SERVICE)) == "service/mynapp-svc-multi\n"


def test_several_objects_become_a_list() -> None:
    objs = [samples.load(samples.SERVICE), samples.load(samples.POD)]
    wrapped = outputs.to_yaml(outputs.as_list(objs))
    assert wrapped.startswith("apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Service\n")
    assert wrapped.endswith('kind: List\nmetadata:\n  resourceVersion: ""\n')


def test_documents_are_set_apart() -> None:
    objs = [{"a": 1}, {"b": 2}]
    assert outputs.documents(objs, "yaml") == "a: 1\n---\nb: 2\n"
    assert outputs.documents(objs, "json") == '{\n    "a": 1\n}\n{\n    "b": 2\n}\n'
    assert outputs.documents(objs, "kyaml") == "---\n{\n  a: 1,\n}\n---\n{\n  b: 2,\n}\n"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        # each line is what kubectl 1.37 prints
        ("8080", '"8080"'), ("true", '"true"'), ("y", '"y"'), ("n", '"n"'), ("Off", '"Off"'), ("null", '"null"'),
        ("~", '"~"'), ("", '""'), ("None", "None"), ("ClientIP", "ClientIP"), ("1.5", '"1.5"'), ("1e3", '"1e3"'),
        ("1.", '"1."'), ("0x1F", '"0x1F"'), ("0o17", '"0o17"'), ("1_000", '"1_000"'), (".inf", '".inf"'),
        ("1:20", '"1:20"'), ("10.233.0.1", "10.233.0.1"), ("10.233.0.1:80", "10.233.0.1:80"), ("80:80", "80:80"),
        ("2026-11-23T01:38:42Z", '"2026-11-23T01:38:42Z"'), ("2026-11-23", '"2026-11-23"'),
        ("2026-13-01", "2026-13-01"),
        ("a: b", "'a: b'"), ("a #b", "'a #b'"), ("- a", "'- a'"), ("-a", "-a"), ("*a", "'*a'"), ("it's", "it's"),
        ("'a'", "'''a'''"), ('say "x"', 'say "x"'), (" a", "' a'"), ("a ", "'a '"), ("a\tb", '"a\\tb"'),
        ("한글", "한글"), ("😀", '"\\U0001F600"'), ("\x1b[31m", '"\\e[31m"'), ("a\\b", "a\\b"), ("<<", "<<"),
        ("=", "="), ("---", "'---'"), ("{}", "'{}'"),
        ("a\nb\n", "|\n  a\n  b"), ("a\nb", "|-\n  a\n  b"), ("a\n\n", "|+\n  a\n"),
        (" a\nb\n", "|2\n   a\n  b"), ("a \nb", '"a \\nb"'), ("\n", "|2+\n"),
        (None, "null"), (True, "true"), (0, "0"), ({}, "{}"), ([], "[]"), (1.5, "1.5"), (3.0, "3"),
    ],
)  # fmt: skip
def test_how_a_value_is_written(value: object, written: str) -> None:
    assert yamltext.dump({"k": value}) == f"k: {written}\n"


def test_long_lines_are_folded_at_a_single_blank_beyond_the_80th_column() -> None:
    words = " ".join(["aaaaaaaaa"] * 10)
    assert yamltext.dump({"k": words}) == f"k: {words[:79]}\n  {words[80:]}\n"
    assert yamltext.dump({"k": words.replace(" ", "  ")}) == f"k: {words.replace(' ', '  ')}\n"
    assert yamltext.dump({"k": "x" * 100}) == f"k: {'x' * 100}\n"


def test_keys_are_in_natural_order() -> None:
    assert list(yaml.safe_load(yamltext.dump(dict.fromkeys(["a10", "a2", "b", "B", "a-b", "a.b", "1"])))) == (
        ["1", "B", "a-b", "a.b", "a2", "a10", "b"]
    )


def test_nested_sequences_and_mappings() -> None:
    assert yamltext.dump({"a": [[1, [2]], {"b": {"c": [3]}}, {}]}) == (
        "a:\n- - 1\n  - - 2\n- b:\n    c:\n    - 3\n- {}\n"
    )


def test_kyaml_cuddles_lists_of_mappings() -> None:
    assert kyamltext.dump({"a": [{"b": "x\ny"}], "no": [1, "t"]}) == (
        '---\n{\n  a: [{\n    b: "\\\n       x\\n\\\n       y\\\n      ",\n  }],\n'
        '  "no": [\n    1,\n    "t",\n  ],\n}\n'
    )


# PyYAML gives `<<` and `=` a meaning that go-yaml does not, and cannot read all that JSON can say
UNREAD = "\x7f\ufeff\x85\u2028\u2029"
LETTERS = st.characters(codec="utf-8", exclude_characters=UNREAD, exclude_categories=["Cc", "Cs", "Cn"])
TEXTS = (
    st.text(LETTERS | st.sampled_from(" :#-'\"\\\n\t0123456789.&*?|"), max_size=30)
    .filter(lambda text: text not in ("<<", "="))
    | st.lists(st.sampled_from(["true", "a:", "#", "aaaaaaaaaaa", "'", ""]), max_size=30).map(" ".join)
)
KEYS = TEXTS.filter(lambda t: len(t) < 100 and "\n" not in t)
VALUES = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=50)
@given(VALUES)
def test_yaml_is_read_as_what_was_written(value: object) -> None:
    assert yaml.safe_load(yamltext.dump({"k": value})) == {"k": value}


@given(VALUES)
def test_json_is_read_as_what_was_written(value: object) -> None:
    assert json.loads(outputs.indented_json(value)) == json.loads(outputs.compact_json(value)) == value


@settings(max_examples=50)
@given(VALUES)
def test_kyaml_is_yaml(value: object) -> None:
    assert yaml.safe_load(kyamltext.dump({"k": value})) == {"k": value}


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_keep_their_value(value: float) -> None:
    assert math.isclose(float(yamltext.number(value)), value)
