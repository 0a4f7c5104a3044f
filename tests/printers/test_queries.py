"""JSONPath, go-templates, custom columns and sort keys: as kubectl 1.37.1 answered (asked.json), or by rule."""

import json
import pathlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubelab.printers import custom_columns, gotemplate, gotext, jsonpath, sort_by
from tests.printers import samples

ASKED = json.loads((pathlib.Path(__file__).parent / "asked.json").read_text("utf-8"))
OBJ = ASKED["object"]


def answer(printer: Any, template: str, **options: Any) -> list[str]:
    """Standard output and standard error; what a failure prints for debugging is left out, as in the file."""
    try:
        return [printer(template, **options).text(OBJ), ""]
    except gotext.PrintError as error:
        printed = getattr(error, "printed", "")
        return [text.split("Printing more")[0] for text in (printed, f"error: {error}\n")]


@pytest.mark.parametrize("template", ASKED["jsonpath"])
def test_jsonpath(template: str) -> None:
    assert answer(jsonpath.Printer, template) == ASKED["jsonpath"][template]


@pytest.mark.parametrize("template", ASKED["jsonpath-as-json"])
def test_jsonpath_as_json(template: str) -> None:
    assert answer(jsonpath.Printer, template, as_json=True) == ASKED["jsonpath-as-json"][template]


@pytest.mark.parametrize("template", ASKED["go-template"])
def test_go_template(template: str) -> None:
    assert answer(gotemplate.Printer, template) == ASKED["go-template"][template]


def test_a_jsonpath_that_does_not_fit_shows_the_object_in_go_syntax() -> None:
    with pytest.raises(gotext.PrintError) as failure:
        jsonpath.Printer("{.a[1]}").text({"a": [None], "b": {"c": "한\n", "d": 1.5, "e": True}})
    assert str(failure.value) == (
        'error executing jsonpath "{.a[1]}": Error executing template: array index out of bounds: index 1, length 1. '
        "Printing more information for debugging the template:\n\ttemplate was:\n\t\t{.a[1]}\n"
        "\tobject given to jsonpath engine was:\n"
        '\t\tmap[string]interface {}{"a":[]interface {}{interface {}(nil)}, '
        '"b":map[string]interface {}{"c":"한\\n", "d":1.5, "e":true}}\n\n\n'
    )


def test_a_template_that_does_not_fit_prints_what_it_had_and_the_object() -> None:
    with pytest.raises(gotemplate.TemplateError) as failure:
        gotemplate.Printer("a{{index .b 1}}").text({"b": []})
    problem = 'template: output:1:3: executing "output" at <index .b 1>: error calling index: index out of range: 1'
    assert str(failure.value) == f'error executing template "a{{{{index .b 1}}}}": {problem}'
    assert failure.value.printed == (
        f"aError executing template: {problem}. Printing more information for debugging the template:\n"
        "\ttemplate was:\n\t\ta{{index .b 1}}\n\traw data was:\n\t\t{\"b\":[]}\n"
        "\tobject given to template engine was:\n\t\tmap[b:[]]\n\n"
    )


@pytest.mark.parametrize(("template", "name"), [("{{html .a}}", "html"), ('{{define "x"}}{{end}}', "define")])
def test_what_kubelab_lacks_is_refused_by_name(template: str, name: str) -> None:
    with pytest.raises(gotext.PrintError, match=f"{name}.*is known to kubectl, not to kubelab"):
        gotemplate.Printer(template)


NAMES = st.text("abc.'\\ /한", min_size=1, max_size=8)


@given(st.dictionaries(NAMES, st.integers()), NAMES)
def test_every_key_can_be_asked_for_with_escapes(data: dict[str, int], name: str) -> None:
    quoted = "".join(f"\\{letter}" if letter in ".' " else letter for letter in name if letter != "\\")
    wanted = name.replace("\\", "")
    if quoted and wanted not in ("*",):
        assert jsonpath.Path(f"{{.{quoted}}}").find(data) == [[data[wanted]] if wanted in data else []]


@given(st.lists(st.integers(), max_size=6), st.integers(-8, 8), st.integers(-8, 8))
def test_slices_are_pythons_where_they_are_not_errors(values: list[int], start: int, end: int) -> None:
    try:
        found = jsonpath.Path(f"{{.a[{start}:{end}]}}").find({"a": values})
    except gotext.PrintError:
        return
    assert found == [values[start:end]] or start == end


# ---- custom columns


def columns(spec: str, *objs: dict[str, Any], headers: bool = True) -> str:
    return custom_columns.Printer(custom_columns.from_spec(spec), headers=headers).text(objs)


def test_custom_columns() -> None:
    objs = [samples.load(samples.SERVICE), samples.load(samples.EXTERNAL_NAME)]
    assert columns("NAME:.metadata.name,PORTS:.spec.ports[*].port,L:{.metadata.labels},NOSUCH:spec.nosuch", *objs) == (
        "NAME               PORTS    L                    NOSUCH\n"
        "mynapp-svc-multi   80,443   map[app:mynapp-rs]   <none>\n"
        "mynapp-svc-ext     <none>   <none>               <none>\n"
    )


def test_custom_columns_without_headers_and_with_an_empty_one() -> None:
    pod = samples.load(samples.POD)
    assert columns(":metadata.name", pod, headers=False) == "myweb-pod\n"
    assert columns(":metadata.name", pod) == "\nmyweb-pod\n"
    assert columns("A:.kind") == "A\n"


def test_custom_columns_from_a_file() -> None:
    found = custom_columns.from_template("SERVICE          IP\n.metadata.name   {.spec.clusterIP}\nrest\n")
    assert [(column.header, column.path) for column in found] == [
        ("SERVICE", "{.metadata.name}"),
        ("IP", "{.spec.clusterIP}"),
    ]


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (custom_columns.from_spec, "", custom_columns.EMPTY),
        (custom_columns.from_spec, "N:.a,X", "unexpected custom-columns spec: X, expected <header>:<json-path-expr>"),
        (custom_columns.from_spec, "A:{a}{b}", "unexpected path string, expected a 'name1.name2' or '.name1.name2' or"
         " '{name1.name2}' or '{.name1.name2}'"),
        (custom_columns.from_template, "", f"invalid template, missing header line. {custom_columns.EXPECTED}"),
        (custom_columns.from_template, "A\n", f"invalid template, missing spec line. {custom_columns.EXPECTED}"),
        (custom_columns.from_template, "A B\n.a", "number of headers (2) and field specifications (1) don't match"),
    ],
)  # fmt: skip
def test_custom_columns_that_cannot_be_read(read: Any, text: str, words: str) -> None:
    with pytest.raises(gotext.PrintError) as failure:
        read(text)
    assert str(failure.value) == words


def test_a_column_that_does_not_fit_stops_the_table() -> None:
    printer = custom_columns.Printer(custom_columns.from_spec("A:.spec.ports[9].port"))
    with pytest.raises(gotext.PrintError, match="array index out of bounds: index 9, length 2"):
        printer.text([samples.load(samples.SERVICE)])
    assert printer.begun() == "A\n"


# ---- sorting


def by(field: str, **values: Any) -> str:
    objs = [samples.obj("Pod", name, **({} if value is None else {"f": value})) for name, value in values.items()]
    return "".join(obj["metadata"]["name"] for obj in sort_by.sorted_by(objs, field))


@pytest.mark.parametrize(
    ("values", "order"),
    [
        ({"a": 3, "b": 20, "c": 1}, "cab"),
        ({"a": "x10", "b": "x9", "c": "X"}, "cba"),
        ({"a": "1Gi", "b": "500Mi", "c": "1k"}, "cba"),
        ({"a": "100m", "b": "1"}, "ab"),
        ({"a": 1, "b": None, "c": 0, "d": None}, "dbca"),  # missing ones first, the later before the earlier
        ({"a": "2026-11-23T01:00:00Z", "b": "2026-11-22T23:00:00Z"}, "ba"),
        ({"a": 1, "b": 1, "c": 1}, "abc"),
    ],
)
def test_the_order_of_values(values: dict[str, Any], order: str) -> None:
    assert by(".f", **values) == by("{f}", **values) == order


def test_a_field_that_nobody_has() -> None:
    with pytest.raises(gotext.PrintError) as failure:
        by("f.nosuch", a=1)
    assert str(failure.value) == 'couldn\'t find any field with path "{.f.nosuch}" in the list of objects'
    assert sort_by.sorted_by([], ".f") == []


def test_values_without_an_order() -> None:
    with pytest.raises(sort_by.Unsortable) as failure:
        by(".f", a={}, b={})
    problem = "is an unsortable type: interface, err: unsortable type: map[string]interface {}"
    assert failure.value.within("*T") == f"Field {{.f}} in *T {problem}"


@given(st.lists(st.integers()))
def test_numbers_are_sorted_by_value(values: list[int]) -> None:
    objs: list[dict[str, Any]] = [{"f": value} for value in values]
    assert [obj["f"] for obj in sort_by.sorted_by(objs, ".f")] == sorted(values) if values else True


@given(st.text("ab019", max_size=6), st.text("ab019", max_size=6))
def test_natural_order_is_an_order(a: str, b: str) -> None:
    assert sort_by.natural_less(a, b) + sort_by.natural_less(b, a) == (a != b)


def test_go_shows_what_json_can_say() -> None:
    value = json.loads('{"b": [1, 2.0, null, true], "a": {"x": "y"}}')
    assert gotext.plain(value) == "map[a:map[x:y] b:[1 2 <nil> true]]"
