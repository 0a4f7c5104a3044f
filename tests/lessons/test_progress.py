"""What a learner has done is kept, shown, handed in; a broken file stops nobody."""

import json
import pathlib
from typing import Any

import pytest

import kubelab
from kubelab.lessons import diary, progress


@pytest.fixture
def file(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setattr(diary, "DIARY", diary.Diary())
    monkeypatch.setenv("KUBELAB_PROGRESS", str(tmp_path / "deep" / "progress.json"))
    return tmp_path / "deep" / "progress.json"


def kept(file: pathlib.Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text(encoding="utf-8"))["progress"])


def test_guesses_checks_hints_and_solutions_are_kept(file: pathlib.Path) -> None:
    lab = kubelab.Lab(lang="en")
    lab.predict("00.q1").choices.value = 2
    lab.check("00.e1")
    lab.hint("00.e1")
    lab.solution("00.e1")
    assert kept(file) == {"00.q1": {"choice": 2}, "00.e1": {"hints": 1, "solution": True, "state": "untried"}}
    lab.kubectl("create namespace hello")
    lab.check("00.e1")
    lab.reset()
    lab.check("00.e1")
    assert kept(file)["00.e1"]["state"] == "done"
    assert [path.name for path in file.parent.iterdir()] == ["progress.json"]


def test_another_kernel_knows_the_guess(file: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = kubelab.Lab(lang="en")
    lab.predict("00.q1").choices.value = 0
    monkeypatch.setattr(diary, "DIARY", diary.Diary())
    assert lab.predict("00.q1").choices.value == 0
    assert "kube-node1" in repr(lab.recall("00.q1"))


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_table_shows_what_was_begun(file: pathlib.Path, lang: str) -> None:
    lab = kubelab.Lab(lang=lang)
    empty = lab.progress()
    assert len(repr(empty).splitlines()) == 1
    assert "<table" not in empty._repr_mimebundle_()["text/html"]
    lab.predict("1-4.q1").choices.value = 0
    lab.check("00.e1")
    shown = lab.progress()
    assert len(repr(shown).splitlines()) == 4
    assert "0 / 1" in repr(shown)
    assert shown._repr_mimebundle_()["text/html"].count("<tr>") == 3


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "5", '{"progress": 5}', '{"progress": {"a": 5}}', "\udcff", "[" * 99_999,
        '{"progress": {"00.q1": {"choice": "x"}}}',
    ],
)  # fmt: skip
def test_a_broken_file_is_set_aside(file: pathlib.Path, text: str) -> None:
    file.parent.mkdir()
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    lab = kubelab.Lab(lang="en")
    assert lab.predict("00.q1").choices.value is None
    assert len(repr(lab.progress()).splitlines()) == 2
    assert "cannot be read" in repr(lab.progress())
    lab.predict("00.q1").choices.value = 1
    assert kept(file) == {"00.q1": {"choice": 1}}
    assert file.with_name("progress.json.broken").exists()
    assert "cannot be read" not in repr(lab.progress())


@pytest.mark.parametrize("choice", [-1, 99])
def test_a_choice_that_is_none(file: pathlib.Path, choice: int) -> None:
    file.parent.mkdir()
    file.write_text(json.dumps({"progress": {"00.q1": {"choice": choice}, "gone.q9": {"choice": 1}}}))
    lab = kubelab.Lab(lang="en")
    assert lab.predict("00.q1").choices.value is None
    assert repr(lab.recall("00.q1"))
    assert repr(lab.progress())


def test_where_nothing_can_be_written_lessons_go_on(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").touch()
    lab = kubelab.Lab(lang="en")
    for place in ("/dev/null/x", str(tmp_path / "file" / "below"), str(tmp_path), ""):
        monkeypatch.setenv("KUBELAB_PROGRESS", place)
        assert repr(lab.check("00.e1"))
        assert repr(lab.progress())


def test_a_teacher_collects(
    file: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab = kubelab.Lab(lang="en")
    lab.kubectl("create namespace hello")
    lab.check("00.e1")
    lab.check("1-4.e1")
    names = [lab.export_progress(str(tmp_path / f"{name}.json")) for name in ("kim", "이")]
    handed = json.loads(pathlib.Path(names[0]).read_text(encoding="utf-8"))
    assert handed["lessons"]["00"] == {"answered": 0, "done": 1, "exercises": 1, "questions": 1, "right": 0}
    assert progress.main(names) == 0
    assert capsys.readouterr().out.splitlines() == ["     00     1-4", "kim  1 / 1  0 / 1", "이   1 / 1  0 / 1"]
    assert progress.main([*names, "none.json"]) == 1
    with pytest.raises(kubelab.LabError, match="cannot write"):
        lab.export_progress(str(tmp_path / "kim.json" / "x"))


def test_where_it_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.delenv("KUBELAB_PROGRESS")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert progress.place() == tmp_path / "kubelab" / "progress.json"
