"""A bar for what takes more than a moment: shown in a notebook only, once a second of real time has gone by.

It is one output that changes, an HTML `progress` element with a sentence beside it; IPython is asked for only when it
is there already, so scripts and tests see nothing of it.
"""

import sys
import time
from typing import Any

from kubelab.widgets import words

PATIENCE = 1.0
"""So many seconds nobody needs to be told."""
PAUSE = 0.2
"""So many seconds between two pictures."""


class Bar:
    """Call it with what is done and what there is to do."""

    def __init__(self, lang: str, show: Any) -> None:
        self.lang, self._show = lang, show
        self._handle: Any = None
        self._next = time.monotonic() + PATIENCE

    def __call__(self, done: int, total: int) -> None:
        """Show how far it is, if it is time to."""
        if time.monotonic() < self._next and not (self._handle is not None and done >= total):
            return
        self._next = time.monotonic() + PAUSE
        bundle = self.bundle(done, total)
        if self._handle is None:
            self._handle = self._show(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)

    def bundle(self, done: int, total: int) -> dict[str, str]:
        """The bar as HTML, and as plain text for whoever shows no HTML."""
        said = words.say(self.lang, "progress", done=f"{done:,}", total=f"{total:,}", percent=100 * done // total)
        bar = f'<progress value="{done}" max="{total}" aria-label="{said}"></progress>'
        return {"text/html": f"<div>{bar} {said}</div>", "text/plain": said}


def bar(lang: str) -> Bar | None:
    """A bar where there is a notebook to show it, else None."""
    python = sys.modules.get("IPython")
    shell = python.get_ipython() if python is not None else None
    if getattr(shell, "kernel", None) is None:
        return None
    from IPython.display import display

    return Bar(lang, display)
