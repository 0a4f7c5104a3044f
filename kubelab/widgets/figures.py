"""Figures by matplotlib's object API: what a learner's own cell draws, and the static pictures of the panels.

Never pyplot: no global state, nothing to close, safe on any thread. A figure's words are English and ASCII, because a
machine without a Korean font would draw boxes; the Korean caption and table stand beside it as HTML (`Picture`).
Importing this module imports matplotlib, so the panels do so only when a static picture is asked for.
"""

import base64
import io
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from kubelab.network import hops
from kubelab.widgets import draw, pictures, tables, views

WIDE = 7.2
MOST_CELLS = 40


def ascii_only(text: str) -> str:
    """Text that any font can draw."""
    return text.encode("ascii", "replace").decode()


class Picture(Figure):
    """A figure that shows itself in a notebook with a sentence and a table beside it."""

    said: str = ""
    lang: str = "en"
    twins: Sequence[tables.Table] = ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return bundle(self)


def new(width: float = WIDE, height: float = 2.7) -> Picture:
    """An empty figure on a white card, with a canvas of its own."""
    figure = Picture(figsize=(width, height), dpi=100, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def told(figure: Picture, said: str, shown: Sequence[tables.Table], lang: str) -> Picture:
    """The figure with its words."""
    figure.said, figure.twins, figure.lang = said, tuple(shown), lang
    return figure


def png(figure: Figure) -> bytes:
    """The figure as a PNG, the same bytes every time."""
    out = io.BytesIO()
    figure.savefig(out, format="png", facecolor="white", metadata={"Software": None})
    return out.getvalue()


def bundle(figure: Picture) -> dict[str, str]:
    """Static picture, table and text: what is read without a kernel."""
    data = base64.b64encode(png(figure)).decode()
    html = draw.picture(data, figure.said) + "".join(table.folded(figure.lang) for table in figure.twins)
    text = "\n\n".join([figure.said, *(table.text() for table in figure.twins)])
    return {"text/html": html, "image/png": data, "text/plain": text}


# ---- one function per view


def replicas(view: views.Replicas) -> Picture:
    """A square per pod, coloured by its state."""
    wanted = max(view.wanted, len(view.pods))
    figure = new(height=0.5 + 0.32 * min(3, max(1, -(-wanted // 20))))
    axes = figure.subplots()
    missing = max(0, view.wanted - len(view.pods))
    states = ([pod.state for pod in view.pods] + ["missing"] * missing)[:60]
    for i, state in enumerate(states):
        _mark(axes, i % 20, -(i // 20), state)
    axes.set(xlim=(-0.7, 19.7), ylim=(0.6 - min(3, max(1, -(-wanted // 20))), 0.6), xticks=[], yticks=[])
    axes.set_title(
        ascii_only(f"{view.kind}/{view.name}: {view.wanted} wanted, {view.ready} ready"), fontsize=11, loc="left"
    )
    axes.axis("off")
    return figure


def _mark(axes: Axes, x: float, y: float, state: str) -> None:
    hatches = {"ready": "", "unready": "///", "joining": "...", "leaving": "xx", "missing": ""}
    colour = draw.STATE_COLOURS[state] if state != "missing" else "#9e9e9e"
    face = colour if state == "ready" else "white"
    axes.scatter([x], [y], s=150, marker="s", facecolor=face, edgecolor=colour, hatch=hatches[state], linewidth=1.2)


def endpoints(view: views.EndpointList) -> Picture:
    """A line per endpoint with its state."""
    shown = view.rows[:16]
    figure = new(height=0.7 + 0.26 * max(1, len(shown)))
    axes = figure.subplots()
    for i, row in enumerate(shown):
        _mark(axes, 0, -i, row.state)
        words = f"{row.key:<22} {row.address or '-':<16} {row.node:<12} {_english(row.state)}"
        axes.text(0.4, -i, ascii_only(words), va="center", family="monospace", fontsize=9)
    left = len(view.rows) - len(shown)
    more = f" (and {left} more)" if left else ""
    title = f"{view.service} {view.address}: {view.ready} ready of {len(view.rows)}{more}"
    axes.set_title(ascii_only(title), fontsize=11, loc="left")
    axes.set(xlim=(-0.5, 9), ylim=(-max(1, len(shown)) + 0.3, 0.7), xticks=[], yticks=[])
    axes.axis("off")
    return figure


def _english(state: str) -> str:
    return {"unready": "not ready"}.get(state, state)


def distribution(view: views.Distribution) -> Picture:
    """Requests per pod with the expected number and the 95 % band."""
    figure = new()
    _bars(figure.subplots(), view, pictures.highest([view]), legend=True)
    return figure


def _bars(axes: Axes, view: views.Distribution, top: float, *, legend: bool) -> None:
    shown = view.shares[: pictures.MOST_BARS]
    places = range(len(shown))
    bars = axes.bar(places, [share.count for share in shown], color=draw.BLUE, width=0.72)
    if len(shown) <= 20:
        for number in axes.bar_label(bars, fontsize=9):
            number.set_path_effects([withStroke(linewidth=2.5, foreground="white")])
    axes.axhspan(view.low, view.high, color=draw.ORANGE, alpha=0.25, linewidth=0, label="95% of draws")
    axes.axhline(view.expected, color=draw.RED, linestyle="--", label=f"expected {draw.num(view.expected)}")
    long = sum(len(share.pod) for share in shown) > (80 if legend else 36)
    labels = [ascii_only(share.label if long else share.pod) for share in shown]
    axes.set_xticks(list(places), labels if len(shown) <= 20 else [""] * len(shown), fontsize=8)
    axes.set_ylim(0, top)
    sticky = "ClientIP affinity" if view.affinity else "no affinity"
    clients = f", {len(view.clients)} clients" if legend else ""
    axes.set_title(ascii_only(f"{view.service}: {sticky}{clients}"), fontsize=10 if legend else 9)
    axes.set_ylabel("requests")
    axes.spines[["top", "right"]].set_visible(False)
    if legend and shown:
        axes.legend(loc="lower right", fontsize=8, framealpha=0.9)


def affinity(shown: Sequence[views.Distribution]) -> Picture:
    """Services side by side on the same axes: bars above, clients x pods below."""
    figure = new(height=5.4)
    grid: Any = figure.subplots(2, len(shown), squeeze=False)
    top = pictures.highest(shown)
    dark = max([1, *(n for view in shown for row in view.cells for n in row)])
    for column, view in enumerate(shown):
        _bars(grid[0][column], view, top, legend=False)
        _heat(grid[1][column], view, dark)
    return figure


def clients(view: views.Distribution) -> Picture:
    """The clients x pods picture alone."""
    figure = new(height=1.2 + 0.16 * min(MOST_CELLS, max(4, len(view.cells))))
    _heat(figure.subplots(), view, max([1, *(n for row in view.cells for n in row)]))
    return figure


def _heat(axes: Axes, view: views.Distribution, dark: int) -> None:
    cells = [row[: pictures.MOST_BARS] for row in view.cells[:MOST_CELLS]]
    if cells and cells[0]:
        axes.imshow(cells, cmap="Blues", vmin=0, vmax=dark * 1.4, aspect="auto")
        if len(cells) <= 25 and len(cells[0]) <= 12:
            for y, row in enumerate(cells):
                for x, n in enumerate(row):
                    ink = "white" if n > 0.7 * dark else "black"
                    axes.text(x, y, str(n or ""), ha="center", va="center", fontsize=7, color=ink)
    labels = [ascii_only(share.label) for share in view.shares[: pictures.MOST_BARS]]
    axes.set_xticks(list(range(len(labels))), labels if len(labels) <= 20 else [""] * len(labels), fontsize=8)
    marks = range(0, len(cells), max(1, len(cells) // 5))
    axes.set_yticks(list(marks), [str(mark + 1) for mark in marks], fontsize=8)
    axes.set_ylabel("clients")
    axes.set_title(f"{view.kept} of {len(view.clients)} clients met one pod only", fontsize=9)


def request(path: hops.Path) -> Picture:
    """The hops of one request as a numbered list."""
    figure = new(height=0.6 + 0.24 * (len(path.hops) + 1))
    axes = figure.subplots()
    for i, hop in enumerate(path.hops):
        axes.scatter([0], [-i], s=90, color=pictures.STAGE_COLOURS.get(hop.stage, draw.BLUE))
        axes.text(0.3, -i, ascii_only(f"{i + 1}. [{hop.where}] {hop.text}"), va="center", fontsize=8)
    end = f"{path.verdict.outcome}: {path.verdict.text}"
    axes.text(0.3, -len(path.hops), ascii_only(end), va="center", fontsize=9, weight="bold")
    axes.set(xlim=(-0.3, 10), ylim=(-len(path.hops) - 0.7, 0.7), xticks=[], yticks=[])
    axes.set_title(ascii_only(f"{path.client} -> {path.target}"), fontsize=10)
    axes.axis("off")
    return figure


def timeline(view: views.Timeline) -> Picture:
    """A lane for each loop, a dot for each thing it did."""
    lanes = list(view.lanes)
    figure = new(height=0.8 + 0.28 * max(1, len(lanes)))
    axes = figure.subplots()
    for i, line in enumerate(view.lines):
        lane = lanes.index(line.who)
        axes.scatter([i], [lane], s=40, color=pictures.LANE_COLOURS[lane % len(pictures.LANE_COLOURS)])
    axes.set_yticks(list(range(len(lanes))), [ascii_only(lane) for lane in lanes], fontsize=8)
    axes.set_xticks([])
    axes.set_xlabel("order of events", fontsize=8)
    axes.invert_yaxis()
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    return figure


def traffic(cluster: Any, sent: Any, lang: str = "en") -> Picture:
    """What `Traffic.figure()` shows: the distribution, and its table."""
    view = views.distribution(cluster, sent)
    return told(distribution(view), tables.distribution_said(view, lang), [tables.distribution(view, lang)], lang)


def compare(cluster: Any, sent: Sequence[Any], lang: str = "en") -> Picture:
    """Several Traffics side by side on the same axes."""
    shown = [views.distribution(cluster, one) for one in sent]
    said = ". ".join(tables.kept_said(view, lang) for view in shown)
    return told(affinity(shown), said, [tables.clients(view, lang) for view in shown], lang)
