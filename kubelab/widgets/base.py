"""What every panel is: a VBox that acts through kubectl, follows the cluster, and can be read without a kernel.

Jupyter may run the callbacks of one panel on several threads, and shows nobody an exception that one of them raises: so
every callback goes through `Panel.guarded`, which takes the one lock and turns an error into a message in the panel.
A panel's live picture and its words are one HTML widget whose text is replaced; there is no Output widget, no pyplot,
no thread.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import ipywidgets

from kubelab.network import traffic
from kubelab.widgets import cells, draw, tables, watch, words
from kubelab.widgets.lock import LOCK

STYLE = """<style>
.kubelab-panel{max-width:780px}
.kubelab-board{max-width:none}
.kubelab-panel table.kubelab-table{border-collapse:collapse;margin:4px 0}
.kubelab-panel table.kubelab-table :is(th,td){padding:1px 12px 1px 0;text-align:left;font-weight:normal}
.kubelab-panel table.kubelab-table caption{text-align:left;font-weight:600;white-space:normal}
.kubelab-panel table.kubelab-table th[scope=col]{font-weight:600}
.kubelab-panel .widget-html-content{line-height:1.45}
.kubelab-panel :is(button,input,select):focus-visible{outline:3px solid #0072B2;outline-offset:1px}
</style>"""


class Panel(ipywidgets.VBox):  # type: ignore[misc]
    """The base of all panels; a panel says what it looks at, and how that is drawn."""

    title = "board"
    height = 200
    words_height = 48

    def __init__(self, lab: Any, *, namespace: str = "default", scale: float = 1.0, compact: bool = False) -> None:
        self.lab = lab
        lab.lock = LOCK
        self.namespace = namespace
        self.lang = "ko" if lab.lang == "ko" else "en"
        self.ran = ""
        self._following = False
        self._watch = watch.of(lab)
        self._others: list[ipywidgets.Widget] = []
        self._head = ipywidgets.HTML(self._heading(scale))
        self._view = ipywidgets.HTML(layout={"min_height": f"{self.height + self.words_height + 6}px"})
        self._command = ipywidgets.HTML(layout={"min_height": "20px"})
        self._alert = ipywidgets.HTML()
        self._table = ipywidgets.HTML(layout={"display": "none"})
        self._with_table = ipywidgets.Checkbox(False, description=self.say("table"), indent=False)
        super().__init__(self._parts())
        self.add_class("kubelab-panel")
        self.add_class(f"kubelab-scale-{round(scale * 100)}")
        self._with_table.observe(self.guarded(self._toggle_table), "value")
        if compact:
            self._with_table.layout.display = "none"
        self._watch.add(self)
        self._watch.show(self)

    # ---- what a panel fills in

    def controls(self) -> Sequence[ipywidgets.Widget]:
        """The panel's controls, in the order of the Tab key."""
        return ()

    def look(self, cluster: Any) -> None:
        """Read the cluster into plain values; set the controls to what it says."""
        raise NotImplementedError

    def drawn(self) -> str:
        """The picture."""
        raise NotImplementedError

    def said(self) -> Sequence[str]:
        """The sentences under the picture."""
        raise NotImplementedError

    def alt(self) -> str:
        """The sentence that stands for the static picture."""
        return ". ".join(self.said())

    def twins(self) -> Sequence[tables.Table]:
        """The tables that say the same as the picture."""
        return ()

    def figure(self) -> Any:
        """The static picture (a `figures.Picture`), or None if there is nothing to draw."""
        return None

    # ---- acting

    def say(self, key: str, **values: object) -> str:
        """The panel's words in its language."""
        return words.say(self.lang, key, **values)

    def kubectl(self, line: str) -> bool:
        """Run a line as a learner would, show it and what it printed; False (and an alert) if it failed."""
        if self.namespace != "default":
            line += f" -n {self.namespace}"
        result = self.lab.kubectl(line)
        self.show_command(f"kubectl {line}", result.stdout)
        if result.code:
            self.alarm(self.say("wrong"), result.stderr)
        return not result.code

    def show_command(self, line: str, output: str = "", prompt: str = "$") -> None:
        """Show the line that the panel ran: `$` before a shell's, `>>>` before Python's."""
        self.ran = line
        _put(self._command, draw.command(line, "\n".join(output.splitlines()[:6]), prompt))

    def alarm(self, head: str, text: str) -> None:
        """Show an error, or take it away."""
        _put(self._alert, draw.alert(head, text))

    def guarded(self, act: Callable[[Any], None]) -> Callable[[Any], None]:
        """A callback under the lock, its errors shown in the panel; deaf while the panel sets its own controls."""

        def run(event: Any = None) -> None:
            with LOCK:
                if not self._following:
                    self.alarm("", "")
                    with self._showing_errors():
                        act(event)

        return run

    # ---- following

    def see(self, cluster: Any) -> None:
        """Look at the cluster without hearing one's own controls."""
        self._following = True
        try:
            with self._showing_errors():
                self.look(cluster)
        finally:
            self._following = False

    def draw(self) -> None:
        """Draw what was seen last; picture and words in one text, because each widget that changes is a message."""
        with self._showing_errors():
            _put(self._view, self.drawn() + draw.status(*self.said()))
            if self._with_table.value:
                _put(self._table, "".join(table.html(self.lang) for table in self.twins()))

    @contextlib.contextmanager
    def _showing_errors(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # Jupyter would swallow it
            if isinstance(error, traffic.TrafficError) or hasattr(
                error, "_render_traceback_"
            ):  # one line for a learner
                self.alarm(self.say("wrong"), str(error))
            else:
                self.alarm(self.say("bug"), f"{type(error).__name__}: {error}")

    # ---- being a widget

    def _parts(self) -> list[ipywidgets.Widget]:
        rest = [self._view, self._command, self._alert, self._with_table, self._table]
        if controls := list(self.controls()):
            rest.insert(0, ipywidgets.HBox(controls, layout={"flex_flow": "row wrap", "align_items": "center"}))
        return [self._head, *rest]

    def _heading(self, scale: float) -> str:
        zoom = f"<style>.kubelab-scale-{round(scale * 100)}{{zoom:{scale:.2f}}}</style>" if scale != 1 else ""
        title = f'<div role="heading" aria-level="4" style="font-weight:600">{draw.esc(self.heading())}</div>'
        return STYLE + zoom + title

    def heading(self) -> str:
        """The panel's title."""
        return self.say(self.title)

    def _toggle_table(self, _: Any) -> None:
        self._table.layout.display = "" if self._with_table.value else "none"
        self.draw()

    def close(self) -> None:
        """Stop following, and leave the page with all that belongs to the panel."""
        self._watch.remove(self)
        for widget in [*_inside(self), *self._others]:
            widget.close()
        super().close()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """The widget for a live notebook, and for every other reader the picture with its words and tables."""
        data = dict(super()._repr_mimebundle_(include=include, exclude=exclude) or {})
        with LOCK:
            data.update(self._static())
            cells.close_earlier(self)
        return data

    def _static(self) -> dict[str, str]:
        said, shown = list(self.said()), list(self.twins())
        head = f"<p><b>{draw.esc(self.heading())}</b></p>" + draw.status(*said)
        text = "\n".join([self.heading(), *said]) + "".join(f"\n\n{table.text()}" for table in shown)
        figure = self.figure()
        if figure is None:
            return {"text/html": head + "".join(table.folded(self.lang) for table in shown), "text/plain": text}
        from kubelab.widgets import figures

        static = figures.bundle(figures.told(figure, self.alt(), shown, self.lang))
        return {**static, "text/html": head + static["text/html"], "text/plain": text}


def offer(menu: ipywidgets.Dropdown, names: Sequence[str], otherwise: str = "") -> None:
    """Offer these names in a menu; what is chosen stays chosen, or `otherwise` takes its place, or the first name."""
    if list(menu.options) != list(names):
        chosen = next((name for name in (menu.value, otherwise) if name in names), next(iter(names), None))
        with menu.hold_sync():
            menu.options = names
            menu.value = chosen


def _put(widget: ipywidgets.HTML, value: str) -> None:
    if widget.value != value:
        widget.value = value


def _inside(box: ipywidgets.Box) -> Iterator[ipywidgets.Widget]:
    """All that belongs to a box and would outlive it."""
    for child in box.children:
        if isinstance(child, ipywidgets.Box):
            yield from _inside(child)
        if hasattr(child, "style"):
            yield child.style
        yield child.layout
        yield child
    yield box.layout
