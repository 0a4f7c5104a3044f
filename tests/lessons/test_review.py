"""The author's check: it is content with the lessons, and says what is wrong with a bad one."""

import pytest

from kubelab.lessons import build, review, shelf, source

GOOD = """minutes: 10

=== head 9-9
--- ko
# 제목
--- en
# Title

=== md text
--- ko
[어디](none.ipynb)
--- en
[where](none.ipynb)

=== question q1
--- ko
왜?
- 하나
- 둘
--- en
Why?
- one
- two
--- answer
1
--- after ko
그래서
--- after en
so
"""


@pytest.mark.parametrize("name", shelf.names())
def test_the_lessons_pass(name: str) -> None:
    assert list(review.findings(shelf.find(name))) == []


def test_a_bad_lesson_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = source.parse("9-9-bad", GOOD)
    monkeypatch.setattr(build.shelf, "names", lambda: ("9-9-bad",))
    said = "\n".join(review.findings(bad))
    for word in ("never recalled", "no such file: none.ipynb", "not what the source says", "minutes to read"):
        assert word in said


def test_an_unknown_name_is_no_success() -> None:
    assert review.main(["nothing-of-this-name"]) == 1
