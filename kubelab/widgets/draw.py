"""Pictures as hand-made SVG and tables as HTML: strings from plain values.

The quickest way measured to show a change, small, readable by screen readers (role, label, captions), and drawn with
the reader's own theme and fonts, so that Korean needs no font file. Colours are Okabe-Ito's, always beside a number or
a shape.
"""

import html
import unicodedata
from collections.abc import Iterable, Sequence

BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, YELLOW = "#56B4E9", "#CC79A7", "#F0E442"

INK = "var(--jp-ui-font-color1,currentColor)"
FAINT = "var(--jp-ui-font-color2,currentColor)"
LINE = "var(--jp-border-color1,#9e9e9e)"
GROUND = "var(--jp-layout-color0,Canvas)"
FONT = (
    "var(--jp-ui-font-family,system-ui),'Pretendard','Noto Sans KR','Noto Sans CJK KR','Apple SD Gothic Neo',"
    "'Malgun Gothic',sans-serif"
)
MONO = "ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace"

WIDTH = 720


def esc(text: object) -> str:
    """Text that is safe inside HTML and attributes."""
    return html.escape(str(text), quote=True)


def num(value: float) -> str:
    """A coordinate: at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def svg(parts: Iterable[str], *, label: str, height: int, width: int = WIDTH) -> str:
    """A whole picture of a fixed height, with the sentence that stands for it."""
    style = f"max-width:{width}px;display:block;color:{INK};font-family:{FONT};font-size:13px"
    return (
        f'<svg role="img" aria-label="{esc(label)}" viewBox="0 0 {width} {height}" width="100%" fill="currentColor" '
        f'style="{style}">' + "".join(parts) + "</svg>"
    )


def text(
    x: float,
    y: float,
    words: object,
    *,
    anchor: str = "start",
    size: int = 13,
    fill: str = "currentColor",
    mono: bool = False,
    bold: bool = False,
    halo: bool = False,
) -> str:
    """One line of text; with a halo it stays readable on top of lines."""
    more = f' text-anchor="{anchor}"' if anchor != "start" else ""
    more += f' font-size="{size}"' if size != 13 else ""
    more += f' fill="{fill}"' if fill != "currentColor" else ""
    more += f' font-family="{MONO}"' if mono else ""
    more += ' font-weight="600"' if bold else ""
    more += f' style="paint-order:stroke;stroke:{GROUND};stroke-width:3px"' if halo else ""
    return f'<text x="{num(x)}" y="{num(y)}"{more}>{esc(words)}</text>'


def rect(
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    fill: str = "none",
    stroke: str = "none",
    opacity: float = 1,
    dash: str = "",
    title: str = "",
    radius: float = 0,
) -> str:
    """One rectangle."""
    more = f' stroke="{stroke}" stroke-width="1.5"' if stroke != "none" else ""
    more += f' fill-opacity="{num(opacity * 100)}%"' if opacity != 1 else ""
    more += f' stroke-dasharray="{dash}"' if dash else ""
    more += f' rx="{num(radius)}"' if radius else ""
    shape = f'x="{num(x)}" y="{num(y)}" width="{num(width)}" height="{num(height)}" fill="{fill}"{more}'
    return f"<rect {shape}><title>{esc(title)}</title></rect>" if title else f"<rect {shape}/>"


def squares(places: Iterable[tuple[float, float]], width: float, height: float, *, fill: str, opacity: float) -> str:
    """Many equal rectangles as one path: a tenth of the text."""
    side = f"h{num(width)}v{num(height)}h-{num(width)}z"
    path = "".join(f"M{num(x)} {num(y)}{side}" for x, y in places)
    return f'<path d="{path}" fill="{fill}" fill-opacity="{num(opacity * 100)}%"/>'


def line(x1: float, y1: float, x2: float, y2: float, *, stroke: str = LINE, width: float = 1, dash: str = "") -> str:
    """One straight line."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    ends = f'x1="{num(x1)}" y1="{num(y1)}" x2="{num(x2)}" y2="{num(y2)}"'
    return f'<line {ends} stroke="{stroke}" stroke-width="{num(width)}"{dashes}/>'


def dot(x: float, y: float, radius: float, fill: str) -> str:
    """One filled circle."""
    return f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(radius)}" fill="{fill}"/>'


# ---- the four states: a colour and a shape each

STATE_COLOURS = {"ready": GREEN, "joining": SKY, "unready": ORANGE, "leaving": RED, "missing": LINE}
STATE_SIGNS = {"ready": "✓", "joining": "…", "unready": "!", "leaving": "↗", "missing": ""}


def badge(x: float, y: float, size: float, state: str, title: str = "") -> str:
    """A square for one pod: filled when ready, outlined and hatched or dashed otherwise, with a sign in it."""
    colour, sign = STATE_COLOURS[state], STATE_SIGNS[state]
    middle, foot = x + size / 2, y + size * 0.72
    if state == "ready":
        square = rect(x, y, size, size, fill=colour, radius=size / 6, title=title)
        return square + text(middle, foot, sign, anchor="middle", size=round(size * 0.6), fill="#fff", bold=True)
    dash = "" if state == "unready" else "4 3"
    square = rect(x, y, size, size, stroke=colour, dash=dash, radius=size / 6, title=title)
    if state == "unready":
        square += "".join(_hatch(x, y, size, colour))
    return square + text(middle, foot, sign, anchor="middle", size=round(size * 0.6), bold=True)


def _hatch(x: float, y: float, size: float, colour: str) -> Iterable[str]:
    for step in (0.35, 0.7):
        yield line(x, y + size * step, x + size * step, y, stroke=colour)
        yield line(x + size * (1 - step), y + size, x + size, y + size * (1 - step), stroke=colour)


# ---- tables and sentences


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]], *, foot: Sequence[object] = ()) -> str:
    """An HTML table: caption, column heads, and the first cell of each row as its head."""
    out = ['<table class="kubelab-table" style="font-variant-numeric:tabular-nums">']
    out.append(f'<caption style="text-align:left;white-space:nowrap">{esc(caption)}</caption>')
    out.append("<thead><tr>" + "".join(f'<th scope="col">{esc(head)}</th>' for head in heads) + "</tr></thead><tbody>")
    out += [_row(cells) for cells in rows]
    out.append("</tbody>")
    if foot:
        out.append(f"<tfoot>{_row(foot)}</tfoot>")
    return "".join(out) + "</table>"


def _row(cells: Sequence[object]) -> str:
    head, *rest = cells
    return f'<tr><th scope="row">{esc(head)}</th>' + "".join(f"<td>{esc(cell)}</td>" for cell in rest) + "</tr>"


def plain(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The same table as text."""
    cells = [[str(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(_columns(row[i]) for row in cells) for i in range(len(heads))]
    padded = [[cell + " " * (width - _columns(cell)) for cell, width in zip(row, widths, strict=True)] for row in cells]
    return "\n".join("  ".join(row).rstrip() for row in padded)


def _columns(text: str) -> int:
    """How wide a text is in a terminal: Hangul takes two columns."""
    return len(text) + sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)


def status(*lines: str) -> str:
    """Sentences that a screen reader reads out when they change."""
    return f'<div role="status" aria-live="polite" style="line-height:1.5">{"<br>".join(map(esc, lines))}</div>'


def command(run: str, output: str, prompt: str = "$") -> str:
    """The line that a panel ran, and what it printed."""
    if not run:
        return ""
    said = f"\n{output.rstrip()}" if output.strip() else ""
    style = f"margin:0;white-space:pre-wrap;font-family:{MONO};color:{FAINT}"
    return f'<pre class="kubelab-command" style="{style}">{esc(prompt)} {esc(run)}{esc(said)}</pre>'


def alert(head: str, words: str) -> str:
    """An error that is read out at once; nothing for no words."""
    if not words:
        return ""
    style = f"border-left:4px solid {RED};padding:2px 10px;white-space:pre-wrap;color:{INK}"
    return f'<div role="alert" style="{style}"><b>⚠ {esc(head)}</b>\n{esc(words.rstrip())}</div>'


def calm(words: str, height: int) -> str:
    """A message where a picture would be, as tall as the picture."""
    parts = [rect(1, 1, WIDTH - 2, height - 2, stroke=LINE, dash="6 5", radius=6)]
    parts.append(text(WIDTH / 2, height / 2 + 5, words, anchor="middle", fill=FAINT))
    return svg(parts, label=words, height=height)


def picture(png: str, label: str) -> str:
    """A static picture with the sentence that stands for it; `png` is base64."""
    return f'<img alt="{esc(label)}" style="max-width:100%;background:#fff" src="data:image/png;base64,{png}">'
