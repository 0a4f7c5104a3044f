"""What 4-1 says of one request is what its picture shows."""

import pathlib
import re

import pytest

from kubelab.lessons import lesson, shelf
from tests.lessons import player


def test_the_number_in_the_question_is_the_one_that_is_drawn(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUBELAB_LANG", "en")
    one, question = player.Player(), shelf.question("4-1.q2")
    assert question is not None
    one.play_until(shelf.find(next(name for name in shelf.names() if name.startswith("4-1"))), "follow")
    way = str(one.lab.path("http://mynapp-svc"))
    first, second = re.findall(r"drawn (0\.\d\d)", way)
    for lang in lesson.LANGS:
        assert first in question.prompt[lang]
    assert float(second) < 0.5
