"""The notebook's lab, for those who were not given one: the magics, and a Traffic that is asked for its figure.

The lab stands a floor above this room, so it is asked for at the moment of use, not imported.
"""

import importlib
from typing import Any


def current() -> Any:
    """The lab that was made last."""
    return importlib.import_module("kubelab.lab").current()


def figure(sent: Any) -> Any:
    """What `Traffic.figure()` shows, in the language of the notebook's lab."""
    from kubelab.widgets import figures

    lab = current()
    return figures.traffic(lab.cluster, sent, lab.lang)
