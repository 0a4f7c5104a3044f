"""Where the lessons stand: the source files beside this module, in the order of the course.

They are read when they are asked for, each once.
"""

import functools
import importlib.resources

from kubelab.lessons import lesson, source


def names() -> tuple[str, ...]:
    """The names of all lessons, in the order of the course."""
    folder = importlib.resources.files("kubelab.lessons") / "sources"
    return tuple(sorted(file.name.removesuffix(".md") for file in folder.iterdir() if file.name.endswith(".md")))


@functools.cache
def find(name: str) -> lesson.Lesson:
    """The lesson of this name."""
    file = importlib.resources.files("kubelab.lessons") / "sources" / f"{name}.md"
    return source.parse(name, file.read_text(encoding="utf-8"))


def question(id: str) -> lesson.Question | None:
    """The question `1-4.q1`, None if there is none."""
    return next((asked for home in _home(id) for asked in home.questions if asked.id == id), None)


def exercise(id: str) -> lesson.Exercise | None:
    """The exercise `1-4.e1`, None if there is none."""
    return next((asked for home in _home(id) for asked in home.exercises if asked.id == id), None)


def ids() -> tuple[str, ...]:
    """The ids of all questions and exercises."""
    books = [find(name) for name in names()]
    return tuple(sorted([q.id for book in books for q in book.questions] + [e.id for b in books for e in b.exercises]))


def _home(id: str) -> list[lesson.Lesson]:
    number = str(id).partition(".")[0]
    return [find(name) for name in names() if lesson.number(name) == number]
