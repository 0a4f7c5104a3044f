"""The words beside each picture, from a view's values: the sentence that stands for it, and its table twin."""

from dataclasses import dataclass

from kubelab.network import hops
from kubelab.widgets import draw, hopwords, views, words

MOST_ROWS, SHORT = 100, 12


@dataclass(frozen=True, slots=True)
class Table:
    """A table that can become HTML or text."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    foot: tuple[object, ...] = ()

    def html(self, lang: str) -> str:
        """As an HTML table, at most `MOST_ROWS` rows."""
        shown, left = self.rows[:MOST_ROWS], len(self.rows) - MOST_ROWS
        more = f"<p>{draw.esc(words.say(lang, 'and_more', n=left))}</p>" if left > 0 else ""
        return draw.table(self.caption, self.heads, shown, foot=self.foot) + more

    def folded(self, lang: str) -> str:
        """The same; a long table is folded away under its caption."""
        if len(self.rows) <= SHORT:
            return self.html(lang)
        return f"<details><summary>{draw.esc(self.caption)}</summary>{self.html(lang)}</details>"

    def text(self) -> str:
        """As plain text under its caption."""
        shown = self.rows[:MOST_ROWS] + ((self.foot,) if self.foot else ())
        return f"{self.caption}\n{draw.plain(self.heads, shown)}"


def _heads(lang: str, *keys: str) -> tuple[str, ...]:
    return tuple(words.say(lang, key) for key in keys)


# ---- replicas


def replicas_said(view: views.Replicas, lang: str) -> str:
    """`ReplicaSet/mynapp-rs: 6 wanted, 3 ready`."""
    return f"{view.kind}/{view.name}: " + words.say(lang, "wanted_ready", wanted=view.wanted, ready=view.ready)


def replicas(view: views.Replicas, lang: str) -> Table:
    """Pods and their states."""
    rows = tuple((pod.name, words.say(lang, pod.state)) for pod in view.pods)
    return Table(replicas_said(view, lang), _heads(lang, "pod", "state"), rows)


# ---- endpoints


def endpoints_said(view: views.EndpointList, lang: str) -> str:
    """`mynapp-svc: 3 ready of 4 endpoints`."""
    if view.type == "ExternalName":
        return words.say(lang, "external", name=view.external_name)
    if not view.rows:
        key = "no_endpoints" if view.selector else "no_selector"
        return words.say(lang, key, selector=view.selector)
    return words.say(lang, "endpoints_said", service=view.service, ready=view.ready, all=len(view.rows))


def changes_said(view: views.EndpointList, lang: str) -> str:
    """What changed since the last look, in one line: `new → ready (2): web-1, web-2`."""
    groups: dict[str, list[str]] = {}
    for row in view.rows:
        if row.was is not None:
            groups.setdefault(f"{change(row, lang)} → {words.say(lang, row.state)}", []).append(row.key)
    for row in view.gone:
        groups.setdefault(words.say(lang, "gone"), []).append(row.key)
    if not groups:
        return words.say(lang, "nothing_changed")
    return "; ".join(
        f"{what} ({len(who)}): {', '.join(who[:2])}{' …' * (len(who) > 2)}" for what, who in groups.items()
    )


def change(row: views.Endpoint, lang: str) -> str:
    """What is different about one endpoint: "", new, or what it was."""
    if row.was is None:
        return ""
    return words.say(lang, "was", state=words.say(lang, row.was)) if row.was else words.say(lang, "new")


def endpoints(view: views.EndpointList, lang: str) -> Table:
    """One line per endpoint."""
    rows = [(*_whom(row), words.say(lang, row.state), change(row, lang)) for row in view.rows]
    rows += [(*_whom(row), words.say(lang, "gone"), "") for row in view.gone]
    return Table(endpoints_said(view, lang), _heads(lang, "pod", "address", "node", "state", "change"), tuple(rows))


def _whom(row: views.Endpoint) -> tuple[str, str, str]:
    return row.key, row.address or "-", row.node or "-"


# ---- the timeline


def clock(ms: int) -> str:
    """`00:01:02.345` of the cluster's day."""
    seconds = ms // 1000 % 86_400
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms % 1000:03}"


def timeline_said(view: views.Timeline, lang: str) -> str:
    """How far the record goes."""
    return words.say(lang, "timeline_said", total=view.total, now=clock(view.now))


def timeline(view: views.Timeline, lang: str) -> Table:
    """One line per thing that a loop did."""
    rows = tuple((clock(line.at), line.who, line.what) for line in view.lines)
    return Table(timeline_said(view, lang), _heads(lang, "time", "who", "what"), rows)


# ---- traffic


def sent_said(view: views.Distribution, lang: str) -> str:
    """How many requests were sent, from how many clients."""
    sent = words.say(lang, "sent", requests=view.requests, clients=len(view.clients), failures=view.failed)
    return f"{view.service}: {sent}"


def distribution_said(view: views.Distribution, lang: str) -> str:
    """The same, with how often each pod answered."""
    counts = ", ".join(f"{share.pod} {share.count}" for share in view.shares[:12])
    return sent_said(view, lang) + (f" ({counts})" if counts else "")


def failures_said(view: views.Distribution, lang: str) -> str:
    """How often requests failed, and why: the two first reasons."""
    return "; ".join(f"{count} × {hopwords.failure(reason, lang)}" for reason, count in list(view.failures.items())[:2])


def expectation_said(view: views.Distribution, lang: str) -> str:
    """What chance lets expect."""
    return words.say(lang, "expect_line", expected=draw.num(view.expected), low=round(view.low), high=round(view.high))


def distribution(view: views.Distribution, lang: str) -> Table:
    """Requests per pod with share, expectation and band."""
    answered = sum(share.count for share in view.shares)
    band = f"{round(view.low)}–{round(view.high)}"
    expected = draw.num(view.expected)
    rows = tuple((share.pod, share.count, percent(share.count, answered), expected, band) for share in view.shares)
    caption = sent_said(view, lang)
    foot = (words.say(lang, "total"), answered, percent(answered, answered), "", "")
    return Table(caption, _heads(lang, "pod", "count", "share", "expected", "band"), rows, foot)


def percent(part: float, whole: float) -> str:
    """`33.3 %`, or a dash of nothing."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def affinity_title(view: views.Distribution, lang: str) -> str:
    """Which Service, and whether it keeps its clients."""
    return words.say(lang, "with" if view.affinity else "without", service=view.service)


def kept_said(view: views.Distribution, lang: str) -> str:
    """How many clients met one pod only."""
    return f"{affinity_title(view, lang)}. {words.say(lang, 'kept', kept=view.kept, clients=len(view.clients))}"


def clients(view: views.Distribution, lang: str) -> Table:
    """Clients x pods."""
    heads = (words.say(lang, "client"), *(share.pod for share in view.shares))
    rows = tuple((client, *row) for client, row in zip(view.clients, view.cells, strict=True))
    foot = (words.say(lang, "total"), *(share.count for share in view.shares))
    return Table(kept_said(view, lang), heads, rows, foot)


# ---- one request


def request_said(path: hops.Path, shown: int, lang: str) -> str:
    """Where the request has come to."""
    if shown > len(path.hops):
        end = f"{hopwords.outcome(path.verdict.outcome, lang)}: {hopwords.told(path.verdict, lang)}"
        return f"{path.client} → {path.target}: {end}"
    if not shown:
        return f"{path.client} → {path.target}"
    return f"{shown}/{len(path.hops) + 1}. {hopwords.told(path.hops[shown - 1], lang)}"


def request(path: hops.Path, lang: str) -> Table:
    """One line per hop, and how it ended."""
    rows: list[tuple[object, ...]] = [
        (i, hopwords.stage(hop.stage, lang), f"{hop.where} {hop.rule}".strip(), hopwords.told(hop, lang))
        for i, hop in enumerate(path.hops, 1)
    ]
    end = hopwords.outcome(path.verdict.outcome, lang)
    rows.append((len(rows) + 1, end, path.verdict.address, hopwords.told(path.verdict, lang)))
    caption = request_said(path, len(path.hops) + 1, lang)
    return Table(caption, _heads(lang, "number", "stage", "where", "why"), tuple(rows))
