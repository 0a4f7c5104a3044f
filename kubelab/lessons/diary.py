"""What the learner has guessed and asked for in this kernel; it outlives the worlds that first cells make anew."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Diary:
    """Guesses by question (the choice, from 0), and how many hints of an exercise have been given."""

    guesses: dict[str, int] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)


DIARY = Diary()
