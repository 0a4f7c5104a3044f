"""The panel that shows what each loop did, in order, and lets a class go through it step by step."""

from collections.abc import Sequence
from typing import Any

import ipywidgets

from kubelab.widgets import base, pictures, tables, views

KEPT = 60


class TimelinePanel(base.Panel):
    """The end of the cluster's trace; step by step, back and forward again. `view` holds the plain values."""

    title = "timeline"
    height = pictures.TIMELINE_HEIGHT

    def __init__(self, lab: Any, *, scale: float = 1.0, compact: bool = False) -> None:
        self.view = views.Timeline((), 0, 0, None)
        self._compact = compact
        super().__init__(lab, scale=scale, compact=compact)

    def controls(self) -> Sequence[ipywidgets.Widget]:
        """Whether to go step by step; step, back, forward."""
        layout = {"width": "auto"}
        self.paused = ipywidgets.Checkbox(False, description=self.say("paused"), indent=False, layout=layout)
        self.step = ipywidgets.Button(description=self.say("step"), layout=layout)
        self.back = ipywidgets.Button(description=self.say("undo"), layout=layout)
        self.forward = ipywidgets.Button(description=self.say("redo"), layout=layout)
        self.paused.observe(self.guarded(self._pause), "value")
        self.step.on_click(self.guarded(lambda _: self._go("step")))
        self.back.on_click(self.guarded(lambda _: self._go("undo")))
        self.forward.on_click(self.guarded(lambda _: self._go("redo")))
        return (self.paused, self.step) if self._compact else (self.paused, self.step, self.back, self.forward)

    @property
    def value(self) -> list[str]:
        """The lines, as text."""
        return [f"{line.who}: {line.what}" for line in self.view.lines]

    def _pause(self, _: Any) -> None:
        self._watch.paused = bool(self.paused.value)
        self._watch.changed()

    def _go(self, way: str) -> None:
        if way == "step" and not self.paused.value:
            self._watch.paused = self.paused.value = True
        said = getattr(self.lab, way)()
        self.show_command(f"lab.{way}()", said or self.say("nothing_waits"), prompt=">>>")

    def look(self, cluster: Any) -> None:
        """Read the end of the trace."""
        self.view = views.timeline(cluster, KEPT)
        self.paused.value = self._watch.paused

    def drawn(self) -> str:
        """A lane for each loop."""
        return pictures.timeline(self.view, self.lang)

    def said(self) -> Sequence[str]:
        """How far the record goes."""
        return (tables.timeline_said(self.view, self.lang),)

    def twins(self) -> Sequence[tables.Table]:
        """The lines."""
        return [tables.timeline(self.view, self.lang)]

    def figure(self) -> Any:
        """The lanes, static."""
        from kubelab.widgets import figures

        return figures.timeline(self.view) if self.view.lines else None
