"""The lessons' door: questions, guesses, hints, solutions and cards, in both languages and without raising."""

import json

import pytest

import kubelab
from kubelab.lessons import book, cards, diary, lesson, shelf

QUESTIONS = [each for name in shelf.names() for each in shelf.find(name).questions]
EXERCISES = [each for name in shelf.names() for each in shelf.find(name).exercises]


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diary, "DIARY", diary.Diary())


@pytest.fixture(params=lesson.LANGS, scope="module")
def lab(request: pytest.FixtureRequest) -> kubelab.Lab:
    return kubelab.Lab(seed=1, lang=request.param)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_a_question_can_be_read_without_a_kernel(lab: kubelab.Lab, question: lesson.Question) -> None:
    bundle = lab.predict(question.id)._repr_mimebundle_()
    for choice in question.choices[lab.lang]:
        assert cards.bare(choice) in bundle["text/plain"]
        assert cards.marked(choice) in bundle["text/html"]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_a_question_recalled_too_early_does_not_raise(lab: kubelab.Lab, question: lesson.Question) -> None:
    assert repr(lab.recall(question.id))


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.id)
def test_hints_grow_and_end(lab: kubelab.Lab, exercise: lesson.Exercise) -> None:
    shown = [repr(lab.hint(exercise.id)) for _ in range(4)]
    for text, hint in zip(shown, [*exercise.hints[lab.lang], exercise.hints[lab.lang][2]], strict=True):
        assert cards.bare(hint) in text
    assert f'lab.solution("{exercise.id}")' in shown[2]
    assert "3" in shown[3].splitlines()[0]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.id)
def test_a_solution_is_shown_and_not_run(lab: kubelab.Lab, exercise: lesson.Exercise) -> None:
    before = lab.cluster.snapshot()
    card = lab.solution(exercise.id)
    assert exercise.solution.splitlines()[0] in repr(card)
    assert lab.cluster.snapshot() == before


def test_a_guess_is_kept_and_shown_beside_what_happened(lab: kubelab.Lab) -> None:
    panel = lab.predict("00.q1")
    assert panel.choices.value is None
    panel.choices.value = 0
    assert diary.DIARY.guesses == {"00.q1": 0}
    assert "kube-node1" in panel.kept.value
    told = repr(lab.recall("00.q1"))
    assert "kube-node1" in told
    assert "kube-master1" in told
    assert lab.predict("00.q1").choices.value == 0


def test_a_right_guess_is_called_right() -> None:
    lab = kubelab.Lab(lang="en")
    diary.DIARY.guesses["00.q1"] = 2
    assert "Your guess was right." in repr(lab.recall("00.q1"))


def test_an_unknown_id_names_those_near(lab: kubelab.Lab) -> None:
    for ask in (lab.predict, lab.recall, lab.check, lab.hint, lab.solution):
        assert "1-4.e1" in repr(ask("1-4.e"))
        assert repr(ask(""))


def test_a_check_that_fails_does_not_raise(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = kubelab.Lab(lang="en")

    def broken(_: object) -> None:
        raise RuntimeError("no <look>")

    monkeypatch.setitem(book.checks.CHECKS, "00.e1", broken)
    card = lab.check("00.e1")
    assert "could not be looked at" in repr(card)
    assert "no &lt;look&gt;" in card.html()


def test_cards_escape_what_they_are_given() -> None:
    card = cards.Card("<b>", ("`a<b` **c**",), ("<i>",), "x < y", tone="almost")
    html = card.html()
    assert "<b>" not in html
    assert "<i>" not in html
    assert "<code>a&lt;b</code> <strong>c</strong>" in html
    assert repr(card) == "◐ <b>\na<b c\n  1. <i>\n    x < y"
    assert json.dumps(card._repr_mimebundle_())


@pytest.mark.parametrize("call", ["predict", "recall", "check", "hint", "solution", "fault"])
def test_a_name_without_its_quotes_is_told_so(lab: kubelab.Lab, call: str) -> None:
    assert 'lab.check("1-2.e1")' in repr(getattr(lab, call)(1 - 2.0e1))
