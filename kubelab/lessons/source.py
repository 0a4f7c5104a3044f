"""Reads a lesson's source file: both languages' text and the code cells once, in the order of the notebook.

The file begins with `minutes: 20` and `needs: NAME NAME`; then come blocks, each begun by a line `=== KIND KEY`:

    === head KEY       `# Title`, the story, and `- goals`, in two halves: `--- ko` and `--- en`
    === md KEY         a markdown cell, in two halves
    === code KEY TAGS  a code cell, the same for both languages
    === question q1    the prompt and its `- choices` in two halves, `--- answer` (the right choice, from 1),
                       `--- after ko` and `--- after en`; makes the cell that asks; where the guess is shown beside
                       what happened, the author writes `lab.recall("1-4.q1")`
    === exercise e1    the task in two halves, `--- start`, `--- hints ko`, `--- hints en`, `--- solution`,
                       `--- after ko`, `--- after en`; makes three cells: the task, a cell to work in, the check

The key of a block is the id of its cell in both notebooks.
"""

import re
from collections.abc import Iterator, Mapping

from kubelab.lessons import lesson, words

_BLOCK = re.compile(r"^=== (\w+) (\S+)(.*)$", re.MULTILINE)
_PART = re.compile(r"^--- (\S.*?)\s*$", re.MULTILINE)
_HALVES = lesson.LANGS


class SourceError(ValueError):
    """A source file that breaks its own rules; says which block and why."""


def parse(name: str, text: str) -> lesson.Lesson:
    """The lesson that a source file holds."""
    first = _BLOCK.search(text)
    if first is None:
        raise SourceError(f"{name}: no block (a line like '=== md intro')")
    facts = _facts(name, text[: first.start()])
    reader = _Reader(name, lesson.number(name))
    for kind, key, rest, body in _blocks(text):
        reader.take(kind, key, rest.split(), body)
    if not reader.title:
        raise SourceError(f"{name}: no '=== head'")
    return lesson.Lesson(
        name=name,
        title=reader.title,
        story=reader.story,
        goals=reader.goals,
        minutes=int(facts.get("minutes", "0")),
        needs=tuple(facts.get("needs", "").split()),
        cells=tuple(reader.cells),
        questions=tuple(reader.questions),
        exercises=tuple(reader.exercises),
    )


def _facts(name: str, text: str) -> dict[str, str]:
    facts = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        key, colon, value = line.partition(":")
        if not colon or key not in ("minutes", "needs"):
            raise SourceError(f"{name}: before the first block only 'minutes:' and 'needs:', not {line!r}")
        facts[key] = value.strip()
    return facts


def _blocks(text: str) -> Iterator[tuple[str, str, str, str]]:
    starts = list(_BLOCK.finditer(text))
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        yield start[1], start[2], start[3], text[start.end() : end.start() if end else len(text)].strip("\n")


def _parts(body: str) -> dict[str, str]:
    cut = _PART.split(body)
    return {name: part.strip("\n") for name, part in zip(cut[1::2], cut[2::2], strict=True)}


def _items(text: str) -> tuple[str, tuple[str, ...]]:
    """The text before a list, and the list's items (a line that is indented continues its item)."""
    head, *rest = re.split(r"^- ", text, flags=re.MULTILINE)
    return head.strip(), tuple(re.sub(r"\n\s+", " ", item.strip()) for item in rest)


class _Reader:
    """Collects the blocks of one file."""

    def __init__(self, name: str, number: str) -> None:
        self.name, self.number = name, number
        self.title: Mapping[str, str] = {}
        self.story: Mapping[str, str] = {}
        self.goals: Mapping[str, tuple[str, ...]] = {}
        self.cells: list[lesson.Prose | lesson.Code] = []
        self.questions: list[lesson.Question] = []
        self.exercises: list[lesson.Exercise] = []

    def take(self, kind: str, key: str, tags: list[str], body: str) -> None:
        """Reads one block."""
        if any(cell.key == key for cell in self.cells):
            raise SourceError(f"{self.name}: two blocks are called {key!r}")
        match kind:
            case "head":
                self._head(key, body)
            case "md":
                self.cells.append(lesson.Prose(key, self._halves(key, _parts(body))))
            case "code":
                self.cells.append(lesson.Code(key, body, tuple(tags)))
            case "question":
                self._question(key, _parts(body))
            case "exercise":
                self._exercise(key, _parts(body))
            case _:
                raise SourceError(f"{self.name}: block {key!r}: no such kind: {kind!r}")

    def _halves(self, key: str, parts: Mapping[str, str], prefix: str = "") -> dict[str, str]:
        missing = [lang for lang in _HALVES if not parts.get(prefix + lang, "").strip()]
        if missing:
            raise SourceError(f"{self.name}: block {key!r} lacks '--- {prefix}{missing[0]}'")
        return {lang: parts[prefix + lang].strip() for lang in _HALVES}

    def _part(self, key: str, parts: Mapping[str, str], name: str) -> str:
        if not parts.get(name, "").strip():
            raise SourceError(f"{self.name}: block {key!r} lacks '--- {name}'")
        return parts[name].strip("\n")

    def _head(self, key: str, body: str) -> None:
        halves = self._halves(key, _parts(body))
        split = {lang: _items(half) for lang, half in halves.items()}
        for lang, (text, _) in split.items():
            if not text.startswith("# "):
                raise SourceError(f"{self.name}: the head's '--- {lang}' must begin with '# Title'")
        self.title = {lang: text.partition("\n")[0][2:].strip() for lang, (text, _) in split.items()}
        self.story = {lang: text.partition("\n")[2].strip() for lang, (text, _) in split.items()}
        self.goals = {lang: goals for lang, (_, goals) in split.items()}

    def _question(self, key: str, parts: Mapping[str, str]) -> None:
        split = {lang: _items(half) for lang, half in self._halves(key, parts).items()}
        counts = {len(choices) for _, choices in split.values()}
        answer = int(self._part(key, parts, "answer"))
        if len(counts) != 1 or not 1 <= answer <= min(counts):
            raise SourceError(f"{self.name}: question {key!r}: choices and answer do not fit")
        question = lesson.Question(
            id=f"{self.number}.{key}",
            prompt={lang: prompt for lang, (prompt, _) in split.items()},
            choices={lang: choices for lang, (_, choices) in split.items()},
            answer=answer - 1,
            after=self._halves(key, parts, "after "),
        )
        self.questions.append(question)
        self.cells.append(lesson.Code(key, f'lab.predict("{question.id}")'))

    def _exercise(self, key: str, parts: Mapping[str, str]) -> None:
        hints = {lang: _items(half)[1] for lang, half in self._halves(key, parts, "hints ").items()}
        if any(len(each) != 3 for each in hints.values()):
            raise SourceError(f"{self.name}: exercise {key!r}: three hints, not {[len(h) for h in hints.values()]}")
        exercise = lesson.Exercise(
            id=f"{self.number}.{key}",
            task=self._halves(key, parts),
            start=self._part(key, parts, "start"),
            hints=hints,
            solution=self._part(key, parts, "solution"),
            after=self._halves(key, parts, "after "),
        )
        self.exercises.append(exercise)
        help_line = {lang: words.say(lang, "exercise_help", id=exercise.id) for lang in _HALVES}
        task = {lang: f"{exercise.task[lang]}\n\n{help_line[lang]}" for lang in _HALVES}
        self.cells.append(lesson.Prose(key, task))
        self.cells.append(lesson.Code(f"{key}-work", exercise.start))
        self.cells.append(lesson.Code(f"{key}-check", f'lab.check("{exercise.id}")'))
