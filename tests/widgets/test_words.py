import re
import string

import pytest

from kubelab.widgets import words

HANGUL = re.compile(r"[가-힣]")


@pytest.mark.parametrize("key", words.WORDS)
def test_both_languages_say_it_with_the_same_values(key: str) -> None:
    fields = [{field for _, field, _, _ in string.Formatter().parse(text) if field} for text in words.WORDS[key]]
    assert fields[0] == fields[1]
    korean, english = words.WORDS[key]
    assert bool(korean) == bool(english)
    assert not HANGUL.search(english)


def test_sentences_are_korean() -> None:
    without = [key for key, (korean, english) in words.WORDS.items() if english and not HANGUL.search(korean)]
    assert without == []


def test_no_particle_stands_behind_a_value() -> None:
    particles = re.compile(r"\}(은|는|이|가|을|를|와|과|으로|로)\b")
    assert [korean for korean, _ in words.WORDS.values() if particles.search(korean)] == []
