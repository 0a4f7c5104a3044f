"""What a lesson is: frozen values, in every language at once, without Jupyter.

Nothing here stands for a part of Kubernetes; it is the shape of the course.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LANGS = ("ko", "en")

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Prose:
    """A markdown cell."""

    key: str
    text: Texts


@dataclass(frozen=True, slots=True)
class Code:
    """A code cell, the same in every language."""

    key: str
    text: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A prediction: what will happen? `answer` counts the choices from 0; `after` tells what happened and why."""

    id: str
    prompt: Texts
    choices: Mapping[str, tuple[str, ...]]
    answer: int
    after: Texts


@dataclass(frozen=True, slots=True)
class Exercise:
    """A task for the learner: three hints of growing strength, a solution for a cell, an account of why it works."""

    id: str
    task: Texts
    start: str
    hints: Mapping[str, tuple[str, ...]]
    solution: str
    after: Texts


@dataclass(frozen=True, slots=True)
class Lesson:
    """One notebook: its cells in order (the head apart), and the questions and exercises among them."""

    name: str
    title: Texts
    story: Texts
    goals: Mapping[str, tuple[str, ...]]
    minutes: int
    needs: tuple[str, ...]
    cells: tuple[Prose | Code, ...]
    questions: tuple[Question, ...]
    exercises: tuple[Exercise, ...]

    @property
    def number(self) -> str:
        """The section's number, as in the course: `1-4`; `00` for the start page."""
        return number(self.name)


def number(name: str) -> str:
    """The number that begins a lesson's name: `1-4-pods-and-endpoints` -> `1-4`."""
    parts = name.split("-")
    return "-".join(parts[:2]) if len(parts) > 1 and parts[1].isdigit() else parts[0]
