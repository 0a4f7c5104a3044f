"""What a learner has guessed and done, in one small file of the learner's own; nothing leaves the machine.

The file is `progress.json` in the user's data folder, or where KUBELAB_PROGRESS says (set but empty: nothing is kept).
It holds the choice of each question and how far each exercise got, no dates and no names. It is written all or nothing;
a file that cannot be read is set aside, one that cannot be written is left be: a lesson goes on either way.

    python -m kubelab.lessons.progress kim.json lee.json    a table of what learners have handed in
"""

import contextlib
import html
import json
import os
import pathlib
import sys
import unicodedata
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from kubelab import version
from kubelab.lessons import lesson, shelf, words

Kept = dict[str, dict[str, Any]]


def place() -> pathlib.Path | None:
    """Where progress is kept; None if it is not."""
    named = os.environ.get("KUBELAB_PROGRESS")
    if named is not None:
        return pathlib.Path(named) if named.strip() else None
    with contextlib.suppress(RuntimeError):
        home = pathlib.Path.home()
        folders = {"win32": home / "AppData" / "Roaming", "darwin": home / "Library" / "Application Support"}
        named = os.environ.get("XDG_DATA_HOME") or str(folders.get(sys.platform, home / ".local" / "share"))
        return pathlib.Path(named) / "kubelab" / "progress.json"
    return None


class Broken(ValueError):
    """A file that holds no progress."""


def read(file: pathlib.Path) -> Kept:
    """What a file holds, by the id of question or exercise; nothing if there is no file."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as problem:
        raise Broken(str(problem)) from None
    try:
        kept = json.loads(text)["progress"]
        return {id: _sound(entry) for id, entry in kept.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Broken("not a file of kubelab's progress") from None


def _sound(entry: dict[str, Any]) -> dict[str, Any]:
    kinds = {"choice": int, "state": str, "hints": int, "solution": bool}
    if any(not isinstance(value, kinds.get(key, object)) for key, value in entry.items()):
        raise Broken("")
    return {key: entry[key] for key in kinds if key in entry}


def note(id: str, **news: Any) -> None:
    """Keep what is new about a question or an exercise; an exercise that was done stays done."""
    file = place()
    if file is None:
        return
    with contextlib.suppress(OSError):
        try:
            kept = read(file)
        except Broken:
            file.replace(file.with_name(file.name + ".broken"))
            kept = {}
        entry = kept.get(id, {})
        if entry.get("state") == "done":
            news.pop("state", None)
        if entry | news != entry:
            write(file, {"progress": {**kept, id: entry | news}})


def write(file: pathlib.Path, data: Mapping[str, Any]) -> None:
    """Write all or nothing: the file is never half."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        text = json.dumps({"kubelab": version.__version__, **data}, ensure_ascii=False, indent=1, sort_keys=True)
        fresh.write_text(text + "\n", encoding="utf-8")
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


class Guesses(MutableMapping[str, int]):
    """The guesses of this kernel and those of earlier ones; a new one is kept at once."""

    def __init__(self, guesses: dict[str, int]) -> None:
        self._guesses = guesses

    def __getitem__(self, id: str) -> int:
        if id not in self._guesses:
            entry = current().get(id, {})
            question = shelf.question(id)
            if question is None or not 0 <= entry.get("choice", -1) < len(question.choices["en"]):
                raise KeyError(id)
            self._guesses[id] = entry["choice"]
        return self._guesses[id]

    def __setitem__(self, id: str, choice: int) -> None:
        self._guesses[id] = choice
        note(id, choice=choice)

    def __delitem__(self, id: str) -> None:
        del self._guesses[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._guesses)

    def __len__(self) -> int:
        return len(self._guesses)


def current() -> Kept:
    """What is kept on this machine; nothing if the file cannot be read."""
    file = place()
    with contextlib.suppress(Broken):
        return read(file) if file else {}
    return {}


# ---- showing


@dataclass(frozen=True, slots=True)
class Row:
    """One lesson: its title, how many questions were answered and how many rightly, how many exercises are done."""

    number: str
    title: str
    answered: int
    right: int
    questions: int
    done: int
    exercises: int


def rows(kept: Kept, lang: str) -> list[Row]:
    """The lessons that have been begun, in the order of the course."""
    found = []
    for book in map(shelf.find, shelf.names()):
        ids = [each.id for each in book.questions] + [each.id for each in book.exercises]
        if any(id in kept for id in ids):
            found.append(_row(book, kept, lang))
    return found


def _row(book: lesson.Lesson, kept: Kept, lang: str) -> Row:
    guesses = [(kept.get(each.id, {}).get("choice"), each.answer) for each in book.questions]
    answered = [guess == answer for guess, answer in guesses if guess is not None]
    done = sum(kept.get(each.id, {}).get("state") == "done" for each in book.exercises)
    total = len(book.questions), done, len(book.exercises)
    return Row(book.number, book.title[lang], len(answered), sum(answered), *total)


@dataclass(frozen=True, slots=True)
class Table:
    """Progress as a table, for a notebook and for plain text; `note` says what there is to say besides."""

    caption: str
    columns: Sequence[str]
    cells: Sequence[Sequence[str]]
    note: str

    def __repr__(self) -> str:
        lines = [self.caption, *_aligned([self.columns, *self.cells])] if self.cells else [self.caption]
        return "\n".join([*lines, self.note] if self.note else lines)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        def line(tag: str, scope: str, values: Sequence[str]) -> str:
            cells = "".join(f"<{tag}{scope}>{html.escape(value)}</{tag}>" for value in values)
            return f"<tr>{cells}</tr>"

        body = f"<p>{html.escape(self.caption)}</p>"
        if self.cells:
            head = line("th", ' scope="col" style="text-align:left"', self.columns)
            rest = "".join(line("td", ' style="text-align:left"', row) for row in self.cells)
            caption = f'<caption style="text-align:left">{html.escape(self.caption)}</caption>'
            body = f"<table>{caption}<thead>{head}</thead><tbody>{rest}</tbody></table>"
        return {"text/html": body + (f"<p>{html.escape(self.note)}</p>" if self.note else ""), "text/plain": repr(self)}


def _aligned(lines: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def table(lang: str) -> Table:
    """What `lab.progress()` shows."""

    def say(key: str, **values: object) -> str:
        return words.say(lang, key, **values)

    file, note, kept = place(), "", {}
    try:
        kept = read(file) if file else {}
    except Broken:
        note = say("progress_broken", file=file)
    found = rows(kept, lang)
    cells = [
        [row.title, say("progress_guessed", n=row.answered, of=row.questions, right=row.right), _part(row)]
        for row in found
    ]
    columns = [say("progress_lesson"), say("predict"), say("progress_exercises")]
    return Table(say("progress" if found else "progress_none"), columns, cells, note)


def _part(row: Row) -> str:
    return f"{row.done} / {row.exercises}" if row.exercises else "-"


def export(path: str) -> pathlib.Path:
    """Write this machine's progress to a file for the teacher; OSError if that cannot be."""
    kept = current()
    found = {
        row.number: {
            "answered": row.answered, "right": row.right, "questions": row.questions,
            "done": row.done, "exercises": row.exercises,
        }
        for row in rows(kept, "en")
    }  # fmt: skip
    file = pathlib.Path(path)
    write(file, {"lessons": found, "progress": kept})
    return file


# ---- for the teacher


def main(argv: list[str] | None = None) -> int:
    """Print a table of what learners have handed in; 1 if a file was none."""
    bad, lines, numbers = 0, [], []
    for name in sys.argv[1:] if argv is None else argv:
        file = pathlib.Path(name)
        try:
            if not file.exists():
                raise Broken("no such file")
            found = {row.number: row for row in rows(read(file), "en")}
        except Broken as problem:
            print(f"{name}: {problem}", file=sys.stderr)
            bad = 1
            continue
        numbers += [number for number in found if number not in numbers]
        lines.append((file.stem, found))
    order = [number for number in map(lesson.number, shelf.names()) if number in numbers]
    cells = [[name, *(_part(found[n]) if n in found else "" for n in order)] for name, found in lines]
    print("\n".join(_aligned([["", *order], *cells])))
    return bad


if __name__ == "__main__":
    sys.exit(main())
