"""Safe to play: every cell of a lesson may be run twice, and a lesson may be begun again from its first cell."""

import pathlib

import pytest

from kubelab.lessons import lesson, shelf
from tests.lessons import player


@pytest.mark.parametrize("name", shelf.names())
def test_every_cell_may_be_run_twice(name: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    one = player.Player()
    for cell in shelf.find(name).cells:
        if isinstance(cell, lesson.Code):
            for _ in range(2):
                one.play(player.SHOWN.sub("", cell.text))


@pytest.mark.parametrize("name", shelf.names())
def test_the_first_cell_begins_anew(name: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    book, one = shelf.find(name), player.Player()
    first = next(cell for cell in book.cells if isinstance(cell, lesson.Code))
    one.play(first.text)
    before = one.lab.cluster.snapshot()
    one.play_until(book, "nav")
    one.play(first.text)
    assert one.lab.cluster.snapshot() == before
