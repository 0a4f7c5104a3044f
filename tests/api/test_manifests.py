"""Manifests: documents out of YAML and JSON, and what kubectl says when it cannot read one."""

import itertools
import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kubelab.api import jsontext, manifests
from tests.api import recordings

SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: mynapp-svc
spec:
  ports:
  - port: 80
    targetPort: "http"
  selector: {app: mynapp, on: yes}
"""
DIFFERS = ("cannot start any token", "tab character", "directive", "-alphabetical", "escape code")
"""What PyYAML's parser in Python tells apart in other ways."""


@pytest.fixture(params=["c", "python"])
def parser(request, monkeypatch):
    """Both of PyYAML's parsers: the one in C, and the one that Pyodide has."""
    if request.param == "python":
        monkeypatch.setattr(yaml, "__with_libyaml__", False)
    elif not yaml.__with_libyaml__:
        pytest.skip("PyYAML is installed without its C parser")
    return request.param


def read(text):
    """The documents that come before an error, and the error."""
    found = []
    try:
        found.extend(manifests.documents(text))
    except manifests.ManifestError as error:
        return found, str(error)
    return found, ""


@pytest.mark.parametrize(("text", "documents", "error"), recordings.load("yaml"))
def test_texts_are_read_as_kubectl_reads_them(text, documents, error, parser):
    got = read(text)
    if parser == "python" and "\t" in text and (got[1] == "") != (error == ""):
        return  # stricter about tabs
    if parser == "python" and any(words in got[1] + error for words in DIFFERS):
        return
    assert got[1] == error
    if error == "":
        assert got[0] == documents


def test_documents_before_a_bad_one_come_out():
    assert read(f"{SERVICE}---\na: [\n") == (
        list(manifests.documents(SERVICE)),
        "error converting YAML to JSON: yaml: line 1: did not find expected node content",  # lines of the document
    )


@pytest.mark.parametrize("text", ["", "\n", "---\n", "# nothing\n", "---\n---\n", "\ufeff"])
def test_empty_texts_have_no_objects(text):
    assert [document for document in manifests.documents(text) if document is not None] == []


def test_yes_and_on_are_booleans_also_as_keys():
    (document,) = manifests.documents(SERVICE)
    assert document["spec"]["selector"] == {"app": "mynapp", "true": True}


def test_windows_lines_and_byte_order_marks_do_not_matter():
    assert read("\ufeff" + SERVICE.replace("\n", "\r\n")) == read(SERVICE)


def test_of_a_key_that_comes_twice_the_last_counts():
    assert read("a: 1\nb:\n  c: 1\n  c: 2\n") == ([{"a": 1, "b": {"c": 2}}], "")  # kubectl does not tell


def test_one_text_is_one_value():
    assert manifests.load('{"spec": {"a": 1.0}}') == {"spec": {"a": 1}}
    assert manifests.load("spec:\n  a: yes\n") == {"spec": {"a": True}}
    with pytest.raises(manifests.ManifestError):
        manifests.load("{a")
    with pytest.raises(jsontext.SyntaxProblem, match="unexpected EOF"):
        jsontext.load(" ")


# ---- what no notebook should wait for

LETTERS = "abcdefghijklmnop"
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in itertools.pairwise(LETTERS)
)
LARGE = {
    "bomb": (BOMB, "yaml: document contains excessive aliasing"),
    "comments": ("# nothing\n" * 500_000, "the document is too large: limit is 3145728"),
    "one long line": ("a: " + "x" * 5_000_000, "the document is too large: limit is 3145728"),
    "large json": ('{"a": "' + "x" * 5_000_000 + '"}', "the document is too large: limit is 3145728"),
    "brackets": ("[" * 100_000, "exceeded max depth of 100"),
    "json brackets": ('{"a": ' + "[" * 100_000, "exceeded max depth"),
    "maps in maps": ("a: {" * 50_000, "exceeded max depth of 100"),
    "json maps in maps": ('{"a": ' * 50_000, "exceeded max depth"),
    "lists in lines": ("- " * 100_000, "exceeded max depth of 100"),
    "many digits": ("a: " + "1" * 100_000, ""),
    "json with many digits": ('{"a": ' + "1" * 100_000 + "}", "into Go value of type float64"),
    "one quote": ("a: '" + "x\n" * 100_000, "found unexpected end of stream"),
    "many separators": ("---\n" * 500, ""),
    "an endless key": ("x" * 1_000_000 + ": 1", "mapping values are not allowed in this context"),
}


@pytest.mark.parametrize("what", LARGE)
def test_large_manifests_are_answered_within_a_second(what, parser):
    text, words = LARGE[what]
    started = time.perf_counter()
    _, error = read(text)
    spent = time.perf_counter() - started
    assert words in error
    assert (error == "") == (words == "")
    assert spent < (2 if parser == "c" else 20)  # about a tenth of a second, on a machine with nothing else to do


def test_a_manifest_of_many_lines_is_read():
    text = "a:\n" + "- {b: 1}\n" * 50_000
    (document,) = manifests.documents(text)
    assert len(document["a"]) == 50_000


# ---- whatever is written, the answer is documents or a ManifestError

PIECES = [
    ":", "- ", " ", "\n", "\t", "#", "'", '"', "[", "]", "{", "}", "&a ", "*a", "!", "!!int ", "|", ">", "%", "@", "`",
    ",", "?", "\\", "0", "a", "~", ".", "<<: ", "---\n", "...\n", "é", "\u200b", "\r\n", "\x00", "\x07", "\ud800",
    "  ", "yes", "1e5", "0x1f", ".nan", "2026-01-01", "\U0001f600", "\u2028", "\ufeff", "=", "key: ",
]  # fmt: skip


@st.composite
def mutated(draw):
    text = draw(st.sampled_from([SERVICE, SERVICE + "---\n" + SERVICE, '{"kind": "Service", "a": [1, {"b": null}]}\n']))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(PIECES)) + text[at + draw(st.integers(0, 3)) :]
    return text


@given(mutated())
def test_mutated_manifests_are_read_or_refused(text):
    for document in read(text)[0]:
        assert json_like(document)


@given(st.text())
def test_any_text_is_read_or_refused(text):
    read(text)
    read("{" + text)


def json_like(value):
    if isinstance(value, dict):
        return all(isinstance(key, str) and json_like(item) for key, item in value.items())
    if isinstance(value, list):
        return all(json_like(item) for item in value)
    return value is None or isinstance(value, str | int | float | bool)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(-1e9, 1e9).filter(lambda f: f != 0)
    | st.text("abc é값'\"\\:#-[]{},&*!|>%@`?~/.\n"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(st.dictionaries(st.text("abc", min_size=1), JSON))
def test_what_json_wrote_is_read_again(value):
    assert list(manifests.documents(jsontext.json.dumps(value))) == [value]


@given(st.dictionaries(st.text("abc", min_size=1), JSON, min_size=1))
def test_what_yaml_wrote_is_read_again(value):
    assert list(manifests.documents(yaml.safe_dump(value, allow_unicode=True))) == [value]
