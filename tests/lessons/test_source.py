"""Source files: what the reader makes of them, what it refuses, and that those of the course are complete."""

import re

import pytest

from kubelab.lessons import checks, facts, lesson, shelf, source, words

GOOD = """minutes: 5
needs: 00-start
=== head h
--- ko
# 제목
이야기
- 목표
--- en
# Title
story
- goal
=== md text
--- ko
글
--- en
words
=== code run raises-exception
%kubectl get pods
=== question q1
--- ko
몇 개?
- 하나
- 둘
--- en
How many?
- one
- two,
  that is
--- answer
2
--- after ko
둘 {count}
--- after en
two {count}
=== exercise e1
--- ko
## 하기
--- en
## Do
--- start
# %kubectl ...
--- hints ko
- 가
- 나
- 다
--- hints en
- a
- b
- c
--- solution
%kubectl get pods
--- after ko
끝
--- after en
end
"""


def test_reads_every_kind_of_block() -> None:
    book = source.parse("9-9-test", GOOD)
    assert (book.number, book.minutes, book.needs, book.title["en"]) == ("9-9", 5, ("00-start",), "Title")
    assert book.goals["ko"] == ("목표",)
    assert [cell.key for cell in book.cells] == ["text", "run", "q1", "e1", "e1-work", "e1-check"]
    assert book.cells[1] == lesson.Code("run", "%kubectl get pods", ("raises-exception",))
    (question,) = book.questions
    assert (question.id, question.answer, question.choices["en"]) == ("9-9.q1", 1, ("one", "two, that is"))
    (exercise,) = book.exercises
    assert (exercise.id, exercise.hints["en"], exercise.after["ko"]) == ("9-9.e1", ("a", "b", "c"), "끝")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("--- en\nwords", "", "'text' lacks '--- en'"),
        ("# Title", "Title", "must begin with '# Title'"),
        ("--- answer\n2", "--- answer\n3", "choices and answer do not fit"),
        ("- b\n", "", "three hints"),
        ("=== code run", "=== code text", "two blocks are called 'text'"),
        ("=== code run", "=== cod run", "no such kind"),
        ("minutes: 5", "minuten: 5", "only 'minutes:' and 'needs:'"),
        ("--- solution\n%kubectl get pods\n", "", "lacks '--- solution'"),
    ],
)
def test_names_what_a_source_lacks(old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(source.SourceError, match=re.escape(told)):
        source.parse("9-9-test", GOOD.replace(old, new))


NUMBERED = [name for name in shelf.names() if name[0].isdigit()]
"""The lessons proper; the demo board teaches nothing by itself."""


def test_the_course_is_all_there() -> None:
    numbers = [lesson.number(name) for name in NUMBERED]
    courses = ("00", "1-1 1-2 1-3 1-4 1-5 1-6 1-7", "2-1 2-2", "3-1 3-2 3-3", "4-1 4-2")
    assert " ".join(numbers) == " ".join(courses)


@pytest.mark.parametrize("name", NUMBERED)
def test_every_lesson_asks_and_checks(name: str) -> None:
    book = shelf.find(name)
    assert book.questions
    assert book.exercises
    assert book.minutes >= 10
    code = "\n".join(cell.text for cell in book.cells if isinstance(cell, lesson.Code))
    for question in book.questions:
        assert code.count(f'lab.recall("{question.id}")') == 1, f"{question.id} is never shown beside what happened"
        holes = {hole for text in question.after.values() for hole in re.findall(r"\{(\w+)\}", text)}
        assert not holes or question.id in facts.FACTS
    for exercise in book.exercises:
        assert exercise.id in checks.CHECKS
        assert all(len(set(hints)) == 3 for hints in exercise.hints.values())


@pytest.mark.parametrize("name", shelf.names())
def test_both_languages_say_the_same_amount(name: str) -> None:
    book = shelf.find(name)
    pairs = [cell.text for cell in book.cells if isinstance(cell, lesson.Prose)]
    pairs += [each for exercise in book.exercises for each in (exercise.task, exercise.after)]
    pairs += [each for question in book.questions for each in (question.prompt, question.after)]
    for text in pairs:
        assert re.search("[가-힣]", text["ko"])
        assert 0.3 < len(text["ko"]) / len(text["en"]) < 1.7, text
        assert re.findall(r"\{(\w+)\}", text["ko"]).sort() == re.findall(r"\{(\w+)\}", text["en"]).sort()
    for exercise in book.exercises:
        assert all(re.search("[가-힣]", hint) for hint in exercise.hints["ko"])
        assert not any(re.search("[가-힣]", hint) for hint in exercise.hints["en"])


def test_words_fill_the_same_holes_in_both_languages() -> None:
    for key, texts in words.catalogue().items():
        assert len(texts) == 2, key
        korean, english = (sorted(set(re.findall(r"\{(\w+)\}", text))) for text in texts)
        assert korean == english, key
        assert re.search("[가-힣]", texts[0]), key
        assert not re.search("[가-힣]", texts[1]), key


def test_no_korean_particle_stands_behind_a_name_filled_in() -> None:
    for key, (korean, _) in words.catalogue().items():
        assert not re.search(r"\}(이|가|은|는|을|를|와|과|로|으로)([ .,]|$)", korean), key
