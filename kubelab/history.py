"""What was done to a cluster, and the way back: steps that can be undone and redone, and moments with a name.

A step keeps the whole state from before it (a snapshot shares what has not changed), so undo is exact, clock and chance
included. Beside it runs the list of acts that lead here from a fresh cluster, which is what `lab.share()` tells.
"""

import math
import re
from dataclasses import dataclass
from typing import Any

from kubelab.cluster import Cluster

STEPS_KEPT = 200
MOMENT = 1_000
"""How long (ms) a command may take and still count as one that did nothing."""

Acts = tuple[list[Any], ...]


@dataclass(frozen=True, slots=True)
class Past:
    """A state to go back to, what was done (or its name), and the acts that lead there."""

    what: str
    before: dict[str, Any]
    acts: Acts


@dataclass(slots=True)
class Step:
    """Something that is being done.

    One that did nothing is not kept, unless it is one `always`; of what was `refused` the draws do not count.
    """

    what: str
    act: list[Any]
    acts: Acts
    began: int
    before: dict[str, Any] | None
    refused: bool = False
    always: bool = False


class History:
    """The steps of one cluster: `past`, last one last, and those `undone`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.past: list[Past] = []
        self.undone: list[Past] = []
        self.marks: dict[str, Past] = {}
        self.acts: Acts = ()

    def note(self, act: list[Any]) -> None:
        """Note an act that has moved the cluster; coming to rest twice is coming to rest."""
        if act != ["settle"] or self.acts[-1:] != (act,):
            self.acts = (*self.acts, act)

    def begin(self, what: str, act: list[Any] | None = None, *, keep: bool = True) -> Step:
        """Something begins; only one to `keep` can be undone later."""
        before = self._cluster.snapshot() if keep else None
        return Step(what, act or ["?", what], self.acts, self._cluster.clock.now, before)

    def end(self, step: Step) -> None:
        """It has ended; kept is what has changed the cluster."""
        after = self._cluster.snapshot() if step.before is not None else None
        if step.before != after or self._cluster.clock.now != step.began:
            self.acts = step.acts
            self.note(step.act)
        if step.before is None or after is None:
            return
        if step.always or _differs(step.before, after, step.refused):
            self.past.append(Past(step.what, step.before, step.acts))
            del self.past[:-STEPS_KEPT]
            self.undone.clear()

    def undo(self) -> str:
        """Take the last step back; what it was, or "" if there is none."""
        return self._move(self.past, self.undone)

    def redo(self) -> str:
        """Take an undone step again; what it was, or "" if there is none."""
        return self._move(self.undone, self.past)

    def _move(self, source: list[Past], target: list[Past]) -> str:
        if not source:
            return ""
        entry = source.pop()
        target.append(Past(entry.what, self._cluster.snapshot(), self.acts))
        self._cluster.restore(entry.before)
        self.acts = entry.acts
        return entry.what

    def mark(self, name: str, *, anew: bool = False) -> bool:
        """Give this moment a name, unless what has that name already is still on the way here; whether it was given.

        A mark that came before its turn (one with a lower number was set after it) is set anew.
        """
        mark = self.marks.get(name)
        if not anew and mark and mark.acts == self.acts[: len(mark.acts)] and not self._came_early(name):
            return False
        self.marks.pop(name, None)
        self.marks[name] = Past(name, self._cluster.snapshot(), self.acts)
        return True

    def _came_early(self, name: str) -> bool:
        names = list(self.marks)
        return any(_place(other) < _place(name) for other in names[names.index(name) + 1 :])

    @property
    def marked(self) -> tuple[str, ...]:
        """The names of the marks, by their numbers, then as they were set."""
        return tuple(sorted(self.marks, key=_place))

    def go(self, there: Past) -> None:
        """Go to a state at once: a step that can be undone, after which only the acts that lead there count."""
        step = self.begin(there.what)
        self._cluster.restore(there.before)
        self.end(step)
        self.acts = there.acts


def _place(mark: str) -> float:
    """Where a mark belongs: `step 2` before `step 3`, what has no number (`exercise`) behind them."""
    number = re.search(r"\d+", mark)
    return int(number[0]) if number else math.inf


def _differs(before: dict[str, Any], after: dict[str, Any], refused: bool) -> bool:
    """Whether a step did more than take its moment; what was refused may have drawn a name for nothing."""
    if any(before[room] != after[room] for room in ("store", "runtime", "network", "preferences")):
        return True
    moved = after["clock"]["now"] - before["clock"]["now"]
    return not refused and (before["chance"] != after["chance"] or moved >= MOMENT)
