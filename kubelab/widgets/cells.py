"""Which panel a cell has shown: when the cell is run again, the panel that it showed before is seen by nobody.

ipywidgets keeps every widget alive until it is closed, and a class runs its cells again and again.
"""

import sys
import weakref
from typing import Any

_shown: "dict[str, list[tuple[str, weakref.ref[Any]]]]" = {}


def close_earlier(panel: Any) -> None:
    """Note that the running cell shows this panel; close what only an earlier run of the same cell has shown."""
    cell, run = _running()
    if not cell:
        return
    for others in _shown.values():
        others[:] = [(when, ref) for when, ref in others if ref() not in (None, panel)]
    here = _shown.setdefault(cell, [])
    for when, ref in here:
        if when != run and (old := ref()) is not None:
            old.close()
    here[:] = [(when, ref) for when, ref in here if when == run] + [(run, weakref.ref(panel))]


def _running() -> tuple[str, str]:
    """The cell that is running and this run of it, as the front end names them; empty outside a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None or not hasattr(shell, "get_parent"):
        return "", ""
    parent = shell.get_parent() or {}
    return str((parent.get("metadata") or {}).get("cellId") or ""), str((parent.get("header") or {}).get("msg_id"))
