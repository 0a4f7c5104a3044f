"""The panel of the ways back: undo, redo, a fresh start, and the moments that `lab.mark` has given a name."""

from collections.abc import Sequence
from typing import Any

import ipywidgets

from kubelab.widgets import base

SHOWN = 60


class ControlsPanel(base.Panel):
    """Buttons for what `lab.undo()`, `redo()`, `reset()` and `back_to()` do; each shows the call it made."""

    title = "controls"
    height = 0
    words_height = 24

    def __init__(self, lab: Any, *, scale: float = 1.0) -> None:
        self.steps: tuple[str, ...] = ()
        super().__init__(lab, scale=scale, compact=True)

    def controls(self) -> Sequence[ipywidgets.Widget]:
        """Undo, redo, reset; a marked moment, and the way there."""
        self.undo, self.redo, self.fresh = (self._button(way) for way in ("undo", "redo", "reset"))
        self.moment = ipywidgets.Dropdown(options=[], description=self.say("moment"), layout={"width": "260px"})
        self.there = ipywidgets.Button(description=self.say("go_there"), layout={"width": "auto"})
        self.there.on_click(self.guarded(lambda _: self.go("back_to", self.moment.value)))
        return self.undo, self.redo, self.fresh, self.moment, self.there

    def _button(self, way: str) -> ipywidgets.Button:
        button = ipywidgets.Button(description=self.say(way), layout={"width": "auto"})
        button.on_click(self.guarded(lambda _: self.go(way)))
        return button

    @property
    def value(self) -> tuple[str, ...]:
        """What can be taken back, the last step last."""
        return self.steps

    def go(self, way: str, *where: str) -> None:
        """Make the call, and show it."""
        said = getattr(self.lab, way)(*where)
        self.show_command(f"lab.{way}({', '.join(map(repr, where))})", said or "", prompt=">>>")

    def look(self, cluster: Any) -> None:
        """Which ways are open."""
        self.steps = self.lab.steps
        marks = list(self.lab.marks)
        if list(self.moment.options) != marks:
            self.moment.options = marks
            self.moment.value = marks[-1] if marks else None
        self.undo.disabled, self.redo.disabled = not self.steps, not self.lab.undone
        self.there.disabled = self.moment.disabled = not marks

    def drawn(self) -> str:
        """There is no picture."""
        return ""

    def said(self) -> Sequence[str]:
        """How far back one can go, and what the last step was."""
        if not self.steps:
            return (self.say("no_steps"),)
        last = self.steps[-1]
        last = last if len(last) <= SHOWN else last[: SHOWN - 1] + "…"
        return (self.say("steps_said", n=len(self.steps), last=last),)
