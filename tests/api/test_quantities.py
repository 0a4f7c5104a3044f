"""Quantities: their canonical form, and the words for what is none."""

import contextlib
import decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubelab.api import quantities


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("0", "0"), ("1", "1"), ("1.5", "1500m"), ("100m", "100m"), ("1000m", "1"), ("1500", "1500"), ("1000", "1k"),
        ("1e3", "1e3"), ("1E3", "1e3"), ("12e6", "12e6"), ("128Mi", "128Mi"), ("1024Mi", "1Gi"), ("0.5Gi", "512Mi"),
        ("1Ki", "1Ki"), ("0.5Ki", "512"), (".5", "500m"), ("-1", "-1"), ("+2", "2"), ("1u", "1u"), ("0.1n", "1n"),
        ("-1.5n", "-2n"), ("5.", "5"),
    ],
)  # fmt: skip
def test_canonical_forms(text, canonical):
    assert quantities.canonical(text) == canonical


@pytest.mark.parametrize("text", ["", "x", "1x", "1.2.3", "Mi", "-", "1 Mi", "1MiB", "1e", "..", "1e99999"])
def test_what_is_none(text):
    with pytest.raises(ValueError, match=r"^(quantities must match|unable to parse)"):
        quantities.canonical(text)


TEXTS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "+", "-"]),
    st.decimals(0, 10**6, places=3).map(lambda number: format(number, "f")),
    st.sampled_from(["", "m", "u", "n", "k", "M", "G", "Ki", "Mi", "Gi", "e3", "E2", "e-2"]),
)


@given(TEXTS)
def test_the_canonical_form_is_canonical_and_means_as_much(text):
    canonical = quantities.canonical(text)
    assert quantities.canonical(canonical) == canonical
    value = quantities.value(text)
    assert abs(quantities.value(canonical) - value) < decimal.Decimal("1e-9")


@given(st.text(max_size=12))
def test_any_text_is_a_quantity_or_none(text):
    with contextlib.suppress(ValueError):
        quantities.canonical(text)
