"""fields.json: what the generator writes, and nothing by hand."""

import json

import pytest

from kubelab.api import coverage, decoding, generate_fields, kinds, models

PLAIN = {"int32", "int64", "bool", "string", "time", "microtime", "quantity", "int-or-string", "any", "refused"}


def test_the_table_is_as_the_generator_writes_it():
    if json.loads(generate_fields.TABLE.read_text(encoding="utf-8"))["models"] != models.version():
        pytest.skip("another version of lightkube-models than the one the table was made from")
    assert generate_fields.TABLE.read_text(encoding="utf-8") == generate_fields.text()


def test_every_type_is_known():
    types = decoding.table()["types"]
    for struct, fields in types.items():
        for name, type_ in fields.items():
            inner = type_.removeprefix("[]").removeprefix("{}").removeprefix("[]")
            named = inner.startswith(("v1.", "types."))
            assert inner in PLAIN or inner in types or named, (struct, name, type_)


def test_every_kind_has_a_root():
    table = decoding.table()
    assert table["kinds"].keys() == {kind.kind for kind in kinds.KINDS}
    assert set(table["kinds"].values()) <= table["types"].keys()


def test_the_lists_of_the_generator_name_fields_that_exist():
    types = decoding.table()["types"]
    for paths in generate_fields.NAMED.values():
        for struct, name in (path.rsplit(".", 1) for path in paths.split()):
            assert name in types[struct]
    for struct, names in generate_fields.POINTERS.items():
        assert set(names.split()) <= types[struct].keys(), struct
    for path in generate_fields.LATER:
        struct, _, name = path.rpartition(".")
        assert name not in types[struct]


def test_refused_fields_are_marked():
    types = decoding.table()["types"]
    for struct, fields in coverage.REFUSED.items():
        assert all(types[struct][name] == "refused" for name in fields), struct
