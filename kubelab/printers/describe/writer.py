"""A page of `kubectl describe`: lines at levels, labels one under the other, and the events at its foot.

Stands for the PrefixWriter of kubectl/pkg/describe/describe.go and its helpers (printLabelsMultiline,
printAnnotationsMultiline, DescribeEvents). A level is two blanks inside the first cell, so what lines up is decided by
`layout` alone.
"""

from collections.abc import Callable, Iterable, Mapping

from kubelab.api import meta
from kubelab.printers import ages, layout, texts

Related = Callable[[str, str | None], list[meta.Obj]]
"""Lists the objects of a kind in a namespace (None: in all): what a description looks up beside its object."""

HIDDEN = "kubectl.kubernetes.io/last-applied-configuration"
LONGEST = 140
"""Longer annotations stand on lines of their own, and are cut there."""


class Page:
    """The text of one description as it grows."""

    def __init__(self, now: int) -> None:
        self.now = now
        self._text: list[str] = []

    def write(self, level: int, text: str) -> None:
        """One line (tabs end its cells)."""
        self._text.append("  " * level + text.translate(layout.MARKS) + "\n")

    def field(self, level: int, label: str, value: object) -> None:
        """`label:` and a value."""
        self.write(level, f"{label}:\t{value}")

    def table(self, level: int, headers: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
        """Headers with a rule under them (four dashes at least), and rows."""
        names = list(headers)
        self.write(level, "\t".join(names))
        self.write(level, "\t".join("-" * max(len(name), 4) for name in names))
        for row in rows:
            self.write(level, "\t".join(str(cell) for cell in row))

    def lines(self, label: str, values: Iterable[str], indent: str = "") -> None:
        """A label and its values, one under the other; `<none>` for none."""
        for index, value in enumerate(list(values) or [texts.NONE]):
            self.write(0, f"{indent}\t{value}" if index else f"{indent}{label}:\t{value}")

    def labels(self, label: str, pairs: Mapping[str, str] | None, indent: str = "") -> None:
        """Pairs as `key=value`, sorted."""
        self.lines(label, (f"{key}={value}" for key, value in sorted((pairs or {}).items())), indent)

    def annotations(self, label: str, pairs: Mapping[str, str] | None) -> None:
        """Pairs as `key: value`, sorted; long ones over several lines; without kubectl's own."""
        shown = sorted((key, value) for key, value in (pairs or {}).items() if key != HIDDEN)
        self.lines(label, (line for key, value in shown for line in _annotation(key, value.removesuffix("\n"))))

    def head(self, obj: meta.Obj) -> None:
        """Name and namespace."""
        self.field(0, "Name", meta.name(obj))
        self.field(0, "Namespace", meta.namespace(obj))

    def names(self, obj: meta.Obj) -> None:
        """Labels and annotations of the object itself."""
        self.labels("Labels", meta.labels(obj))
        self.annotations("Annotations", meta.annotations(obj))

    def events(self, events: list[meta.Obj] | None) -> None:
        """The table of events, oldest first; nothing if events were not asked for."""
        if events is None:
            return
        if not events:
            self.field(0, "Events", texts.NONE)
            return
        self.write(0, "Events:")
        ordered = sorted(events, key=lambda event: event.get("lastTimestamp") or "")
        self.table(1, ("Type", "Reason", "Age", "From", "Message"), (self._event(event) for event in ordered))

    def _event(self, event: meta.Obj) -> tuple[object, ...]:
        source = (event.get("source") or {}).get("component") or event.get("reportingComponent") or ""
        message = (event.get("message") or "").strip()
        if path := (event.get("involvedObject") or {}).get("fieldPath"):
            message = f"{path}: {message}"
        return event.get("type") or "", event.get("reason") or "", self._interval(event), source, message

    def _interval(self, event: meta.Obj) -> str:
        first = ages.since(event.get("eventTime") or event.get("firstTimestamp"), self.now)
        if series := event.get("series"):
            return f"{ages.since(series.get('lastObservedTime'), self.now)} (x{series.get('count') or 0} over {first})"
        if (event.get("count") or 0) > 1:
            return f"{ages.since(event.get('lastTimestamp'), self.now)} (x{event['count']} over {first})"
        return first

    def raw(self) -> str:
        """The page as it was written, tabs and all (so `rollout history --revision` prints it)."""
        return "".join(self._text)

    def text(self) -> str:
        """The page in columns."""
        return layout.columns(self.raw())


def _annotation(key: str, value: str) -> list[str]:
    if len(key) + len(value) + 2 <= LONGEST and "\n" not in value:
        return [f"{key}: {value}"]
    return [f"{key}:", *(f"  {_shortened(line)}" for line in value.split("\n"))]


def _shortened(line: str) -> str:
    return line[: LONGEST - 2] + "..." if len(line) > LONGEST - 2 else line


def events_of(obj: meta.Obj, related: Related, *, any_kind: bool = False, uid: str | None = None) -> list[meta.Obj]:
    """The events about an object."""
    wanted = {"name": meta.name(obj), "namespace": meta.namespace(obj), "uid": meta.uid(obj) if uid is None else uid}
    if not any_kind:
        wanted["kind"] = obj["kind"]
    found = related("Event", meta.namespace(obj))
    return [event for event in found if _is_about(event.get("involvedObject") or {}, wanted)]


def _is_about(target: meta.Obj, wanted: Mapping[str, str]) -> bool:
    return all((target.get(key) or "") == value for key, value in wanted.items() if key != "uid" or value)
