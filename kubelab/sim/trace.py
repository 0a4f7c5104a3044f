"""What happened, when, and who did it: the timeline panel and the determinism test read it.

Lines are kept for the last `KEEP` steps only; undo takes them back with the rest.
"""

from typing import Any, NamedTuple

KEEP = 5_000


class Line(NamedTuple):
    """At `at` (ms), `who` did `what`. A tuple, so that snapshots can share it and JSON can hold it."""

    at: int
    who: str
    what: str


class Trace:
    """The lines so far, oldest first."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def add(self, at: int, who: str, what: str) -> None:
        """Note one thing that happened."""
        self.lines.append(Line(at, who, what))
        if len(self.lines) > 2 * KEEP:
            del self.lines[:-KEEP]

    def snapshot(self) -> list[Any]:
        """All lines (shared, not copied) as JSON-like data."""
        return list(self.lines)

    def restore(self, data: list[Any]) -> None:
        """Be as at the snapshot."""
        self.lines = [row if isinstance(row, Line) else Line(*row) for row in data]
