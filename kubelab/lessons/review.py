"""The author's check: is a lesson whole, in both languages, and do its checks bite?

    python -m kubelab.lessons.review 1-8     one lesson; all of them without a name

Both languages present (the source could not be read otherwise), notebooks current, code runs to the end, every question
recalled and every exercise checked, checks say "not tried yet" at first and "done" after the solution, links hold, and
the reading time fits the minutes. A line for each finding; the exit code is 1 if there is one.
"""

import pathlib
import re
import sys
from collections.abc import Iterator

from kubelab.lessons import build, checks, lesson, shelf

LINK = re.compile(r"\]\(([^)\s]+)\)")
WORDS_A_MINUTE = {"ko": 110, "en": 200}
CELL_MINUTES, QUESTION_MINUTES, EXERCISE_MINUTES = 0.75, 1, 5
"""What running a cell and reading its output, thinking about a question, and an exercise take."""


def texts(book: lesson.Lesson, lang: str) -> list[str]:
    """All that a reader reads, in one language."""
    prose = [cell.text[lang] for cell in book.cells if isinstance(cell, lesson.Prose)]
    asked = [text for each in book.questions for text in (each.prompt[lang], each.after[lang])]
    return [book.story[lang], *prose, *asked, *(each.after[lang] for each in book.exercises)]


def reading_minutes(book: lesson.Lesson, lang: str) -> float:
    """How long one person takes: reading, cells, exercises."""
    count = sum(len(text.split()) for text in texts(book, lang))
    cells = sum(isinstance(cell, lesson.Code) for cell in book.cells)
    thinking = len(book.questions) * QUESTION_MINUTES + len(book.exercises) * EXERCISE_MINUTES
    return count / WORDS_A_MINUTE[lang] + cells * CELL_MINUTES + thinking


def findings(book: lesson.Lesson) -> Iterator[str]:
    """What is not right without running anything."""
    code = "\n".join(cell.text for cell in book.cells if isinstance(cell, lesson.Code))
    yield from (f"{q.id} is never recalled" for q in book.questions if f'lab.recall("{q.id}")' not in code)
    yield from (f"{e.id} has no check in checks.py" for e in book.exercises if e.id not in checks.CHECKS)
    for lang in lesson.LANGS:
        fresh, old = build.notebook(book, lang), build.read(build.path(book, lang))
        if old is None or build.text_of(build.without_outputs(old)) != build.text_of(fresh):
            yield f"{lang}: the notebook is not what the source says: python -m kubelab.lessons.build {book.number}"
        for cell in fresh["cells"]:
            if cell["cell_type"] == "markdown":
                yield from (f"{lang}: {cell['id']}: no such file: {url}" for url in _lost(cell["source"], lang))
        minutes = reading_minutes(book, lang)
        if not 0.4 <= minutes / max(book.minutes, 1) <= 2:
            yield f"{lang}: about {minutes:.0f} minutes to read and run; the head says {book.minutes}"


def _lost(text: str, lang: str) -> Iterator[str]:
    for url in LINK.findall(text):
        file = build.NOTEBOOKS / lang / pathlib.Path(url.partition("#")[0])
        if not re.match(r"https?://", url) and not file.resolve().is_file():
            yield url


def running(book: lesson.Lesson, lang: str) -> Iterator[str]:
    """What goes wrong when the notebook is run: as it is, and with every solution run."""
    for solved in (False, True):
        made = build.notebook(book, lang)
        if solved:
            made["cells"] = list(_solved(made["cells"], book))
        try:
            cells = build.execute(made, lang)["cells"]
        except Exception as error:  # the cell's own error, whatever it is
            yield f"{lang}: {str(error).strip().splitlines()[-1]}"
            return
        for cell in cells:
            if cell["id"].endswith("-check"):
                said = "".join(output.get("data", {}).get("text/plain", "") for output in cell["outputs"])
                if said.startswith("●") != solved:
                    yield f"{lang}: {cell['id']}, {'solved' if solved else 'unanswered'}: {said.splitlines()[:2]}"


def _solved(cells: list[build.Notebook], book: lesson.Lesson) -> Iterator[build.Notebook]:
    """The cells with each solution in a cell of its own behind the one to work in, as `lab.solution` puts it."""
    solutions = {f"{each.id.partition('.')[2]}-work": each.solution for each in book.exercises}
    for cell in cells:
        yield cell
        if cell["id"] in solutions:
            yield {**cell, "id": f"{cell['id']}-solution", "source": solutions[cell["id"]]}


def main(argv: list[str] | None = None) -> int:
    """Review the lessons whose names begin so; 1 if there is something to mend."""
    asked = tuple(sys.argv[1:] if argv is None else argv)
    names = [name for name in shelf.names() if not asked or name.startswith(asked)]
    wrong = 0 if names else 1
    for name in names:
        book = shelf.find(name)
        found = [*findings(book), *running(book, "en")]
        wrong += len(found)
        print(f"{name}: {'good' if not found else ''}")
        print("".join(f"  {line}\n" for line in found), end="")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
