"""One watch per lab: when the lab says that something may have changed, all its panels look and draw.

Panels show the cluster at rest, as the next kubectl line will find it. To look there without going there the watch
takes a snapshot, lets the loops run, has every panel read what it needs, and puts the snapshot back: a panel never
changes what a cell prints, and `kubectl get -w` still sees the states between. What was seen so is kept: the lab goes
there at once when its cluster comes to rest from that very state. While a lab is being stepped, panels
show the present (`paused`, or the lab's own `stepping`).
"""

import contextlib
import weakref
from collections.abc import Iterator
from typing import Any, Protocol

from kubelab.widgets.lock import LOCK


class Watcher(Protocol):
    """What the watch needs of a panel."""

    def see(self, cluster: Any) -> None:
        """Read the cluster into plain values."""

    def draw(self) -> None:
        """Draw them."""


@contextlib.contextmanager
def ahead(lab: Any) -> Iterator[Any]:
    """The lab's cluster as it will be at rest; afterwards it is as before, chance and clock included."""
    cluster = lab.cluster
    before = cluster.snapshot()
    try:
        if not (getattr(lab, "stepping", False) or of(lab).paused):
            cluster.settle()
            lab.foreseen = before, cluster.snapshot()
        yield cluster
    finally:
        cluster.restore(before)


class Watch:
    """Tells the panels of one lab; it keeps neither them nor the lab alive."""

    def __init__(self, lab: Any) -> None:
        self._lab = weakref.ref(lab)
        self._watchers: list[weakref.ref[Any]] = []
        self._looking = False
        self._deaf: Any = None
        self.paused = False

    def add(self, watcher: Watcher) -> None:
        """Begin to tell a panel."""
        lab = self._lab()
        if lab is not None and self._deaf is None:
            self._deaf = lab.listen(self.changed)
        self._watchers.append(weakref.ref(watcher))

    def remove(self, watcher: Watcher) -> None:
        """Tell a panel no more; without panels the watch stops listening."""
        self._watchers = [ref for ref in self._watchers if ref() not in (None, watcher)]
        if not self._watchers and callable(self._deaf):
            self._deaf()
            self._deaf = None

    def changed(self, *_: Any) -> None:
        """The cluster may have changed, whoever changed it."""
        self.show(*[panel for ref in self._watchers if (panel := ref()) is not None])

    def show(self, *panels: Watcher) -> None:
        """Have these panels look and draw."""
        lab = self._lab()
        if lab is None or not panels:
            return
        with LOCK:
            if self._looking:
                return
            self._looking = True
            try:
                with ahead(lab) as cluster:
                    for panel in panels:  # each leaves as soon as it can
                        panel.see(cluster)
                        panel.draw()
            finally:
                self._looking = False


_watches: "weakref.WeakKeyDictionary[Any, Watch]" = weakref.WeakKeyDictionary()


def of(lab: Any) -> Watch:
    """The watch of a lab."""
    with LOCK:
        if lab not in _watches:
            _watches[lab] = Watch(lab)
        return _watches[lab]
