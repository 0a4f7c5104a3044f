"""The panels' live pictures: one SVG per view, of a fixed height whatever it shows."""

from collections.abc import Iterator, Sequence

from kubelab.network import hops
from kubelab.widgets import draw, hopwords, tables, views, words

REPLICAS_HEIGHT = 150
ENDPOINTS_HEIGHT = 250
BARS_HEIGHT = 270
AFFINITY_HEIGHT = 470
TIMELINE_HEIGHT = 300
REQUEST_HEIGHT = 364
MOST_DOTS, MOST_BARS, MOST_CLIENTS, LINES = 44, 60, 40, 12


# ---- replicas


def replicas(view: views.Replicas, lang: str) -> str:
    """A square per pod, dashed where one is still missing, and `ready / wanted` in large figures."""
    return draw.svg(_replica_parts(view, lang), label=tables.replicas_said(view, lang), height=REPLICAS_HEIGHT)


def _replica_parts(view: views.Replicas, lang: str) -> Iterator[str]:
    yield draw.text(12, 84, f"{view.ready}/{view.wanted}", size=44, bold=True)
    yield draw.text(12, 112, clipped(f"{view.kind}/{view.name}", 28), size=13, mono=True, fill=draw.FAINT)
    missing = max(0, view.wanted - sum(pod.state != views.LEAVING for pod in view.pods))
    dots = [(pod.state, pod.name) for pod in view.pods] + [("missing", words.say(lang, "missing"))] * missing
    columns, size = (11, 32) if len(dots) <= MOST_DOTS else (22, 15)
    most = columns * (4 if columns == 11 else 8)
    shown = dots[: most if len(dots) <= most else most - columns]
    lines = -(-len(shown) // columns)
    top = (REPLICAS_HEIGHT - lines * size * 1.12) / 2
    for i, (state, name) in enumerate(shown):
        x, y = 250 + (i % columns) * (size * 1.3), top + (i // columns) * (size * 1.12)
        title = f"{name}: {words.say(lang, state)}" if state != "missing" else name
        yield draw.badge(x, y, size, state, title)
    if len(dots) > most:
        yield draw.text(250, REPLICAS_HEIGHT - 4, words.say(lang, "and_more", n=len(dots) - most + columns))


# ---- endpoints


def endpoints(view: views.EndpointList, lang: str) -> str:
    """The Service on the left, and a line to each endpoint: solid when it takes traffic."""
    label = tables.endpoints_said(view, lang)
    return draw.svg(_endpoint_parts(view, lang), label=label, height=ENDPOINTS_HEIGHT)


def _endpoint_parts(view: views.EndpointList, lang: str) -> Iterator[str]:
    middle = ENDPOINTS_HEIGHT / 2
    yield draw.rect(4, middle - 44, 152, 88, stroke=draw.BLUE, fill=draw.BLUE, opacity=0.12, radius=8)
    yield draw.text(80, middle - 16, clipped(view.service, 20), anchor="middle", bold=True)
    yield draw.text(80, middle + 6, view.address or view.type, anchor="middle", mono=True)
    yield draw.text(80, middle + 28, clipped(", ".join(view.ports), 20), anchor="middle", mono=True, size=12)
    rows = [(row, False) for row in view.rows] + [(row, True) for row in view.gone]
    if not rows:
        yield draw.text(176, middle + 5, tables.endpoints_said(view, lang), fill=draw.FAINT, size=12)
        return
    columns = 1 if len(rows) <= 8 else 2
    most = 8 * columns
    shown = rows if len(rows) <= most else rows[: most - 1]
    step = (ENDPOINTS_HEIGHT - 10) / 8
    top = middle - step * min(len(shown) + (len(shown) < len(rows)), 8) / 2
    for i, (row, gone) in enumerate(shown):
        x, y = 200 + (i // 8) * 262, top + (i % 8) * step
        if i < 8:
            yield _wire(156, middle, 200, y + step / 2, "gone" if gone else row.state)
        yield from _endpoint_row(row, gone, x, y, lang, narrow=columns == 2)
    if len(shown) < len(rows):
        yield draw.text(470, top + 7.6 * step, words.say(lang, "and_more", n=len(rows) - len(shown)))


def _wire(x1: float, y1: float, x2: float, y2: float, state: str) -> str:
    if state == views.READY:
        return draw.line(x1, y1, x2, y2, stroke=draw.GREEN, width=2)
    return draw.line(x1, y1, x2, y2, dash="2 5")


def _endpoint_row(row: views.Endpoint, gone: bool, x: float, y: float, lang: str, *, narrow: bool) -> Iterator[str]:
    state = words.say(lang, "gone" if gone else row.state)
    yield draw.badge(x + 4, y + 4, 20, views.LEAVING if gone else row.state, f"{row.key}: {state}")
    fill = draw.FAINT if gone else "currentColor"
    if narrow:
        yield draw.text(x + 30, y + 19, clipped(row.key, 15), mono=True, size=11, fill=fill)
        yield draw.text(x + 135, y + 19, row.address, mono=True, size=11, fill=fill)
        return
    yield draw.text(x + 32, y + 19, clipped(row.pod or "-", 20), mono=True, size=12, fill=fill)
    yield draw.text(x + 178, y + 19, row.address or "-", mono=True, size=12, fill=fill)
    yield draw.text(x + 288, y + 19, row.node, mono=True, size=12, fill=draw.FAINT)
    news = "" if gone else tables.change(row, lang)
    yield draw.text(x + 370, y + 19, f"{state}{' · ' + news if news else ''}", size=12, bold=bool(news) or gone)


def clipped(words_: str, most: int) -> str:
    """Text that fits: the middle goes, because a generated name differs at its end."""
    if len(words_) <= most:
        return words_
    return f"{words_[: most - 6]}…{words_[-5:]}"


# ---- distribution


def bars(view: views.Distribution, lang: str) -> str:
    """Requests per pod, with the expected number and its band."""
    label = tables.distribution_said(view, lang)
    if not view.shares:
        return draw.calm(words.say(lang, "no_answer", failures=view.failed), BARS_HEIGHT)
    top = highest([view])
    parts = [draw.text(4, 16, tables.expectation_said(view, lang), size=12)]
    parts += _bars(view, lang, x=0, y=26, width=draw.WIDTH, height=BARS_HEIGHT - 26, top=top)
    return draw.svg(parts, label=f"{label}. {tables.expectation_said(view, lang)}", height=BARS_HEIGHT)


def highest(shown: Sequence[views.Distribution]) -> float:
    """The end of an axis that several pictures share."""
    return max(1.0, *(max([view.high, *(share.count for share in view.shares)]) for view in shown)) * 1.08


def ticks(top: float) -> list[int]:
    """A few round numbers from 0 to `top`."""
    step = 1
    while top / step > 5:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return list(range(0, int(top) + 1, step))


def _bars(
    view: views.Distribution, lang: str, *, x: float, y: float, width: float, height: float, top: float
) -> Iterator[str]:
    left, foot, n = x + 40, y + height - 22, min(len(view.shares), MOST_BARS)
    room = width - 44
    per, scale = room / n, (height - 40) / top
    for tick in ticks(top):
        yield draw.line(left, foot - tick * scale, x + width - 4, foot - tick * scale)
        yield draw.text(left - 6, foot - tick * scale + 4, tick, anchor="end", size=11, fill=draw.FAINT)
    for i, share in enumerate(view.shares[:n]):
        yield _bar(share, left + i * per, foot, per, share.count * scale)
    low, high, expected = (foot - value * scale for value in (view.low, view.high, view.expected))
    yield draw.rect(left, high, room, low - high, fill=draw.ORANGE, opacity=0.25)
    yield draw.line(left, expected, x + width - 4, expected, stroke=draw.RED, width=2, dash="7 5")
    full = max(len(share.pod) for share in view.shares[:n]) * 7.4 < per
    for i, share in enumerate(view.shares[:n]):
        middle, head = left + (i + 0.5) * per, foot - share.count * scale - 5
        if per >= 20:
            yield draw.text(middle, head, share.count, anchor="middle", size=12 if per > 30 else 9, halo=True)
        if per >= 40 or full:
            name = share.pod if full else share.label
            yield draw.text(middle, foot + 16, name, anchor="middle", size=11, mono=True)
    if len(view.shares) > n:
        more = words.say(lang, "and_more", n=len(view.shares) - n)
        yield draw.text(x + width - 4, foot + 16, more, anchor="end", size=11)


def _bar(share: views.Share, x: float, foot: float, per: float, height: float) -> str:
    title = f"{share.pod}: {share.count}"
    return draw.rect(x + per * 0.14, foot - height, per * 0.72, height, fill=draw.BLUE, title=title)


# ---- affinity


def affinity(shown: Sequence[views.Distribution], lang: str) -> str:
    """Two Services, same requests, same scale: bars above, clients x pods below."""
    label = ". ".join(tables.kept_said(view, lang) for view in shown)
    return draw.svg(_affinity_parts(shown, lang), label=label, height=AFFINITY_HEIGHT)


def _affinity_parts(shown: Sequence[views.Distribution], lang: str) -> Iterator[str]:
    width, top = draw.WIDTH / 2 - 8, highest(shown)
    dark = max([1, *(n for view in shown for row in view.cells for n in row)])
    for i, view in enumerate(shown):
        x = i * (draw.WIDTH / 2 + 8)
        yield draw.text(x + 4, 16, clipped(tables.affinity_title(view, lang), 44), bold=True)
        kept = words.say(lang, "kept", kept=view.kept, clients=len(view.clients))
        if not view.shares:
            yield draw.text(x + 4, 120, words.say(lang, "no_answer", failures=view.failed), size=11, fill=draw.FAINT)
            continue
        yield from _bars(view, lang, x=x, y=22, width=width, height=200, top=top)
        yield draw.text(x + 4, 246, kept, size=12)
        yield draw.text(x + 4, 264, words.say(lang, "heat"), size=11, fill=draw.FAINT)
        yield from _heat(view, x=x + 40, y=272, width=width - 44, height=AFFINITY_HEIGHT - 276, dark=dark, lang=lang)


def _heat(
    view: views.Distribution, *, x: float, y: float, width: float, height: float, dark: int, lang: str
) -> Iterator[str]:
    clients, pods = min(len(view.cells), MOST_CLIENTS), min(len(view.shares), MOST_BARS)
    if not clients or not pods:
        return
    high, wide = min(24.0, height / clients), width / pods
    squares: dict[int, list[tuple[float, float]]] = {}
    for row in range(clients):
        at = y + row * high
        yield draw.rect(x, at, width - 2, high - 1.5, fill=draw.LINE, opacity=0.15)
        if high >= 11:
            yield draw.text(x - 6, at + 0.72 * high, row + 1, anchor="end", size=10, fill=draw.FAINT)
        for column in range(pods):
            if n := view.cells[row][column]:
                squares.setdefault(n, []).append((x + column * wide, at))
    for n, places in sorted(squares.items()):
        yield draw.squares(places, wide - 2, high - 1.5, fill=draw.SKY, opacity=0.15 + 0.5 * n / dark)
        if high >= 11 and wide >= 16:
            for left, at in places:
                yield draw.text(left + wide / 2, at + high * 0.72, n, anchor="middle", size=10)
    if len(view.cells) > clients:
        yield draw.text(x, y + height + 2, words.say(lang, "and_more", n=len(view.cells) - clients), size=10)


# ---- timeline


def timeline(view: views.Timeline, lang: str) -> str:
    """A lane for each loop, a dot for each thing it did, the newest at the bottom."""
    label = tables.timeline_said(view, lang)
    return draw.svg(_timeline_parts(view), label=label, height=TIMELINE_HEIGHT)


def _timeline_parts(view: views.Timeline) -> Iterator[str]:
    step = TIMELINE_HEIGHT / LINES
    lanes = view.lanes[-LANES:]
    for lane in range(len(lanes)):
        x = 100 + lane * 13
        yield draw.line(x, 4, x, TIMELINE_HEIGHT - 4)
    for i, line in enumerate(view.lines[-LINES:]):
        y = (i + 0.5) * step
        newest = i == min(len(view.lines), LINES) - 1
        yield draw.text(2, y + 4, tables.clock(line.at), size=11, mono=True, fill=draw.FAINT)
        if line.who in lanes:
            lane = lanes.index(line.who)
            yield draw.dot(100 + lane * 13, y, 5, LANE_COLOURS[lane % len(LANE_COLOURS)])
        who = ended(line.who.removesuffix("-controller"), 19)
        yield draw.text(208, y + 4, who, size=12, bold=newest)
        yield draw.text(352, y + 4, ended(line.what, 50), size=12, bold=newest)


def ended(text: str, most: int) -> str:
    """Text that fits: the end goes."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


LANES = 8
LANE_COLOURS = (draw.BLUE, draw.ORANGE, draw.GREEN, draw.RED, draw.SKY, draw.PURPLE, draw.YELLOW)


# ---- one request

STAGE_COLOURS = {
    hops.NAME: draw.PURPLE,
    hops.PACKET: draw.SKY,
    hops.RULE: draw.BLUE,
    hops.REWRITE: draw.ORANGE,
    hops.ARRIVE: draw.GREEN,
    hops.END: draw.GREEN,
}
HOPS_SHOWN = 9


def request(path: hops.Path, shown: int, lang: str) -> str:
    """The first `shown` steps of a request, numbered, each with where and why."""
    label = tables.request_said(path, shown, lang)
    return draw.svg(_request_parts(path, shown, lang), label=label, height=REQUEST_HEIGHT)


def _request_parts(path: hops.Path, shown: int, lang: str) -> Iterator[str]:
    yield draw.text(4, 18, clipped(f"{path.client} → {path.target}", 80), bold=True, mono=True)
    step, first = 33.0, max(0, min(shown, len(path.hops)) - HOPS_SHOWN)
    for i, hop in enumerate(path.hops[first:shown]):
        y = 30 + i * step
        if i or first:
            yield draw.line(16, y - 9, 16, y + 3)
        yield draw.dot(16, y + 13, 11, STAGE_COLOURS.get(hop.stage, draw.BLUE))
        ink = "#111" if hop.stage in (hops.REWRITE, hops.PACKET) else "#fff"
        yield draw.text(16, y + 17, first + i + 1, anchor="middle", size=12, fill=ink, bold=True)
        newest = first + i + 1 == shown
        where = f"{hopwords.stage(hop.stage, lang)} · {hop.where} {hop.rule}"
        yield draw.text(36, y + 9, ended(where, 90), size=10, fill=draw.FAINT)
        yield draw.text(36, y + 24, ended(hopwords.told(hop, lang), 92), size=12, bold=newest)
    if shown > len(path.hops):
        good = path.verdict.answered
        said = f"{hopwords.outcome(path.verdict.outcome, lang)}: {hopwords.told(path.verdict, lang)}"
        yield draw.text(4, REQUEST_HEIGHT - 6, "✓" if good else "✗", bold=True, fill=draw.GREEN if good else draw.RED)
        yield draw.text(24, REQUEST_HEIGHT - 6, ended(said, 92), size=13, bold=True)
