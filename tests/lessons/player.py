"""Plays a lesson's code cells without Jupyter: `%kubectl`, `%%kubectl`, `%%writefile` act on the lab of the cells."""

import contextlib
import io
import pathlib
import re
from typing import Any
from unittest import mock

from IPython.core import inputtransformer2

from kubelab import lab as door
from kubelab.lessons import lesson
from kubelab.widgets import magics

SHOWN = re.compile(r"^lab\.(predict|recall|check|controls|endpoints|replicas|distribution|affinity)\(.*$", re.MULTILINE)


class Player:
    """One notebook's memory, and as much of IPython's shell as the cells need."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"get_ipython": lambda: self, "display": lambda *_: None}
        self.transform = inputtransformer2.TransformerManager().transform_cell

    @property
    def lab(self) -> door.Lab:
        return self.names["lab"]

    def play(self, cell: str) -> None:
        """One cell; the magics act on this notebook's lab, whichever was made last."""
        quiet, mine = (
            contextlib.redirect_stdout(io.StringIO()),
            mock.patch.object(door, "current", return_value=self.names.get("lab")),
        )
        with quiet, mine:
            exec(self.transform(cell), self.names)

    def play_until(self, book: lesson.Lesson, key: str) -> None:
        """All code cells before the one called `key`, without what only shows something."""
        for cell in book.cells:
            if cell.key == key:
                return
            if isinstance(cell, lesson.Code):
                self.play(SHOWN.sub("", cell.text))

    def run_line_magic(self, name: str, line: str, *_: Any, **__: Any) -> magics.Output:
        assert name in ("kubectl", "shell"), name
        act = magics.run if name == "kubectl" else magics.script
        return act(line, None, self.names)

    def run_cell_magic(self, name: str, line: str, cell: str) -> None:
        if name == "writefile":
            pathlib.Path(line.strip()).write_text(cell, encoding="utf-8")
        elif name == "shell":
            magics.script(cell, None, self.names)
        else:
            magics.run(line, cell, self.names)
