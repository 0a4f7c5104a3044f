"""Go's readers of numbers, durations and lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubelab.kubectl import values


@pytest.mark.parametrize(
    ("text", "number"),
    [("10", 10), ("-1", -1), ("+3", 3), ("0x10", 16), ("010", 8), ("1_000", 1000), ("0", 0), ("0b11", 3)],
)
def test_integers(text: str, number: int) -> None:
    assert values.integer(text) == number


@pytest.mark.parametrize("text", ["", " 1", "1.5", "two", "--1", "1e3", "٣"])
def test_what_is_no_integer(text: str) -> None:
    with pytest.raises(ValueError, match="invalid syntax"):
        values.integer(text)


@given(st.integers(-(2**31), 2**31 - 1))
def test_integers_read_what_was_printed(number: int) -> None:
    assert values.integer32(str(number)) == number


def test_ranges() -> None:
    with pytest.raises(ValueError, match="out of range"):
        values.integer32(str(2**31))
    with pytest.raises(ValueError, match="out of range"):
        values.unsigned("70000", 16)


def test_lists_are_one_line_of_csv() -> None:
    assert values.comma_list("a,b") == ("a", "b")
    assert values.comma_list('"a,b",c') == ("a,b", "c")
    assert values.comma_list("") == ()
