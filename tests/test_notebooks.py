"""The notebooks: as their sources say, the same code in both languages, run from top to bottom to the same outputs."""

import functools
import itertools
import json
import pathlib
import re
from typing import Any

import nbformat
import pytest

from kubelab.lessons import build, lesson, shelf

NAMES = shelf.names()
BOOKS = [(name, lang) for name in NAMES for lang in lesson.LANGS]
LINK = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")
HANGUL = re.compile("[가-힣]")


@functools.cache
def committed(name: str, lang: str) -> dict[str, Any]:
    return json.loads(build.path(shelf.find(name), lang).read_text(encoding="utf-8"))


def prose(name: str, lang: str) -> dict[str, str]:
    return {c["id"]: "".join(c["source"]) for c in committed(name, lang)["cells"] if c["cell_type"] == "markdown"}


def headings(text: str) -> list[str]:
    return re.findall(r"^(#+) ", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)


def places(text: str) -> list[str]:
    return [re.sub(r"\.\./(ko|en)/", "../", url) for _, url in LINK.findall(text)]


@pytest.mark.parametrize(("name", "lang"), BOOKS)
def test_a_notebook_is_what_its_source_says(name: str, lang: str) -> None:
    fresh = build.notebook(shelf.find(name), lang)
    assert build.text_of(build.without_outputs(committed(name, lang))) == build.text_of(fresh)


def test_there_are_no_other_notebooks() -> None:
    found = sorted(str(file.relative_to(build.NOTEBOOKS)) for file in build.NOTEBOOKS.glob("*/*.ipynb"))
    assert found == sorted(f"{lang}/{name}.ipynb" for name, lang in BOOKS)


@pytest.mark.parametrize(("name", "lang"), BOOKS)
def test_a_notebook_is_valid_and_clean(name: str, lang: str) -> None:
    text = build.path(shelf.find(name), lang).read_text(encoding="utf-8")
    nbformat.validate(nbformat.reads(text, as_version=4))
    assert build.text_of(json.loads(text)) == text
    book = committed(name, lang)
    assert set(book["metadata"]) == {"kernelspec", "language_info"}
    assert "widget-view" not in text
    code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1)), "not run from top to bottom"
    outputs = [output for cell in code for output in cell["outputs"]]
    assert not [output for output in outputs if output["output_type"] == "error"]
    assert not [output for output in outputs if output.get("name") == "stderr"]


@pytest.mark.parametrize("name", NAMES)
def test_code_is_the_same_in_both_languages(name: str) -> None:
    korean, english = (build.code_of(committed(name, lang)) for lang in lesson.LANGS)
    assert korean == english
    assert not HANGUL.search(json.dumps(english, ensure_ascii=False))


@pytest.mark.parametrize("name", NAMES)
def test_prose_is_parallel(name: str) -> None:
    korean, english = (prose(name, lang) for lang in lesson.LANGS)
    assert list(korean) == list(english)
    for key in korean:
        assert headings(korean[key]) == headings(english[key]), key
        assert places(korean[key]) == places(english[key]), key
        assert HANGUL.search(korean[key]), key
        told = LINK.sub("", english[key]) if key in ("head", "nav", "contents") else english[key]
        assert key == "words" or not HANGUL.search(told), key


@pytest.mark.parametrize(("name", "lang"), BOOKS)
def test_a_notebook_can_be_read_by_everybody(name: str, lang: str) -> None:
    texts = prose(name, lang)
    levels = [len(mark) for text in texts.values() for mark in headings(text)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), levels
    for text in texts.values():
        assert "[!" not in text
        assert "<a " not in text
        assert not re.search(r"!\[\]\(", text), "a picture without a text"
        for label, _ in LINK.findall(text):
            assert len(label.strip()) > 1
            assert label.strip().lower() not in ("here", "여기", "link", "링크")
    for cell in committed(name, lang)["cells"]:
        for output in cell.get("outputs", []):
            html = "".join(output.get("data", {}).get("text/html", []))
            for image in re.findall(r"<img[^>]*>", html):
                assert re.search(r'alt="[^"]{20,}"', image), image[:200]


@pytest.mark.parametrize(("name", "lang"), BOOKS)
def test_links_lead_somewhere(name: str, lang: str) -> None:
    for text in prose(name, lang).values():
        for _, url in LINK.findall(text):
            if not re.match(r"https?://", url):
                assert (build.NOTEBOOKS / lang / pathlib.Path(url.partition("#")[0])).resolve().is_file(), url


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_short(name: str) -> None:
    cells = committed(name, "ko")["cells"]
    assert len(cells) <= (32 if name.startswith("4-") else 26)  # 4-2 has eight exercises of three cells each
    for cell in cells:
        if cell["cell_type"] == "code":
            assert len(cell["source"]) <= 15, cell["id"]


@pytest.mark.notebook
@pytest.mark.parametrize(("name", "lang"), BOOKS)
def test_a_notebook_run_again_prints_the_same(name: str, lang: str) -> None:
    book = committed(name, lang)
    again = build.execute(book, lang)
    assert build.same_outputs(book, again) == []


def test_the_builder_names_what_is_not_current(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "NOTEBOOKS", tmp_path)
    assert build.main(["--check", "00"]) == 1
    assert not list(tmp_path.iterdir())
    assert build.main(["00"]) == 0
    assert build.main(["--check", "00"]) == 0
    file = tmp_path / "ko" / f"{NAMES[0]}.ipynb"
    file.write_text(file.read_text(encoding="utf-8").replace("Shift+Enter", "Enter"), encoding="utf-8")
    assert build.main(["--check", "00"]) == 1


def test_outputs_are_kept_as_long_as_the_code_is_the_same() -> None:
    fresh = build.notebook(shelf.find(NAMES[0]), "ko")
    old = json.loads(json.dumps(fresh))
    at = next(number for number, cell in enumerate(fresh["cells"]) if cell["cell_type"] == "code")
    printed = [{"output_type": "stream", "name": "stdout", "text": "x\n"}]
    old["cells"][at] |= {"execution_count": 1, "outputs": printed}
    old["cells"][0]["source"] = "# other words"
    assert build.with_outputs_of(fresh, old)["cells"][at]["outputs"] == printed
    old["cells"][at]["source"] += "\n# other code"
    assert build.with_outputs_of(fresh, old) == fresh


@pytest.mark.parametrize("name", [name for name in NAMES if re.match(r"\d-", name)])
def test_the_teachers_table_tells_of_every_lesson(name: str) -> None:
    text = (build.NOTEBOOKS / "TEACHERS.md").read_text(encoding="utf-8")
    book = shelf.find(name)
    rows = re.findall(rf"^\| {book.number} \| (\d+) \| (.+\?) \| (.+) \|$", text, re.MULTILINE)
    assert [int(minutes) for minutes, _, _ in rows] == [book.minutes] * len(lesson.LANGS)
