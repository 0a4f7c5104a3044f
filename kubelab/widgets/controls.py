"""The panel of the ways back: undo, redo, a fresh start, and the moments that `lab.mark` has given a name."""

import re
from collections.abc import Sequence
from typing import Any

import ipywidgets

from kubelab.widgets import base

SHOWN = 60


class ControlsPanel(base.Panel):
    """Buttons for what `lab.undo()`, `redo()`, `reset()` and `back_to()` do; each shows the call it made."""

    title = "controls"
    height = 0

    def __init__(self, lab: Any, *, scale: float = 1.0) -> None:
        self.steps: tuple[str, ...] = ()
        super().__init__(lab, scale=scale, compact=True)

    def controls(self) -> Sequence[ipywidgets.Widget]:
        """Undo, redo, reset, and a button for each marked moment."""
        self.undo, self.redo, self.fresh = (self._button(self.say(way), way) for way in ("undo", "redo", "reset"))
        self.moments: dict[str, ipywidgets.Button] = {}
        self._shown: tuple[str, ...] = ()
        self._marked = ipywidgets.HBox([], layout={"flex_flow": "row wrap"})
        return self.undo, self.redo, self.fresh, self._marked

    def _button(self, label: str, way: str, *where: str) -> ipywidgets.Button:
        button = ipywidgets.Button(description=label, tooltip=_call(way, *where), layout={"width": "auto"})
        button.on_click(self.guarded(lambda _: self.go(way, *where)))
        return button

    def _label(self, name: str) -> str:
        """What the button to a mark says; the lessons mark `step 2` and `exercise`."""
        step = re.fullmatch(r"step (\d+)", name)
        if step:
            return self.say("to_step", n=step[1])
        return self.say("to_exercise") if name == "exercise" else self.say("to_mark", name=name)

    @property
    def value(self) -> tuple[str, ...]:
        """What can be taken back, the last step last."""
        return self.steps

    def go(self, way: str, *where: str) -> None:
        """Make the call, and show it."""
        said = getattr(self.lab, way)(*where)
        self.show_command(_call(way, *where), said or "", prompt=">>>")

    def look(self, cluster: Any) -> None:
        """Which ways are open."""
        self.steps = self.lab.steps
        for name in self.lab.marks:
            if name not in self.moments:
                self.moments[name] = self._button(self._label(name), "back_to", name)
        if list(self._shown) != list(self.lab.marks):
            self._shown = self.lab.marks
            self._marked.children = tuple(self.moments[name] for name in self._shown)
        self.undo.disabled, self.redo.disabled = not self.steps, not self.lab.undone

    def drawn(self) -> str:
        """There is no picture."""
        return ""

    def said(self) -> Sequence[str]:
        """How far back one can go, and what the last step was."""
        moments = ", ".join(self._shown)
        marked = self.say("moments_said", moments=moments) if moments else self.say("no_moments")
        if not self.steps:
            return self.say("no_steps"), marked
        last = self.steps[-1]
        last = last if len(last) <= SHOWN else last[: SHOWN - 1] + "…"
        return self.say("steps_said", n=len(self.steps), last=last), marked


def _call(way: str, *where: str) -> str:
    """The call that a button makes, as one would type it."""
    return f"lab.{way}({', '.join(map(repr, where))})"
