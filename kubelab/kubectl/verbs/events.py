"""`kubectl events`: what has been noticed lately, oldest first.

Stands for kubectl's pkg/cmd/events. `-w` lets the cluster move and prints events as they come, until nothing moves any
more.
"""

from kubelab.api import labels, meta, times
from kubelab.api.meta import Obj
from kubelab.kubectl import console, output, parser, resources
from kubelab.printers import ages, layout
from kubelab.store import store as stores


def run(context: console.Context, command: parser.Command) -> None:
    """Print the events of a namespace, of an object, or of all namespaces."""
    fields = _about(command)
    form = output.parse(command)
    for value in command.items("types"):
        if value.lower() not in ("normal", "warning"):
            raise console.Failure("valid --types are Normal or Warning")
    home = None if command.on("all-namespaces") else context.namespace
    found = context.ask("Event").list("Event", home, fields=fields)
    found = [event for event in found if _is_wanted(event, command)]
    if command.on("watch"):
        _Watch(context, command, fields, found).run()
        return
    if not found:
        context.err("No events found." if home is None else f"No events found in {home} namespace.")
        return
    found.sort(key=_moment)
    if form.name:
        _whole(context, command, form, found)
        return
    writer = layout.table_writer()
    writer.write(_header(command) + "".join(_row(event, command, context.cluster.clock.now) for event in found))
    context.out(writer.flush(), end="")


def _about(command: parser.Command) -> str:
    """The field selector of --for."""
    word = command.text("for")
    if not word:
        return ""
    if "/" not in word:
        raise console.Failure("--for must be in resource/name form")
    if word.count("/") > 1:
        raise console.Failure("arguments in resource/name form may not have more than one slash")
    resource, name = word.split("/")
    try:
        kind = resources.find_kind(resource)
    except console.Failure as failure:
        raise console.Exit(1, f"{failure}\n") from None
    involved = f"involvedObject.kind={kind.kind},involvedObject.apiVersion={kind.api_version}"
    return f"{involved},involvedObject.name={name}"


def _is_wanted(event: Obj, command: parser.Command) -> bool:
    types = [value.lower() for value in command.items("types")]
    return not types or str(event.get("type", "")).lower() in types


def _moment(event: Obj) -> int:
    """The time (ms) by which events are sorted."""
    series = (event.get("series") or {}).get("lastObservedTime")
    stamp = series or event.get("lastTimestamp") or event.get("eventTime")
    return times.parse(str(stamp)) if stamp else 0


def _whole(context: console.Context, command: parser.Command, form: output.Format, found: list[Obj]) -> None:
    """The events as `-o` says. (As in the real command, `-o name` prints nothing.)"""
    if form.name != "name":
        events: Obj = {"kind": "EventList", "apiVersion": "v1", "metadata": {}, "items": found}
        context.out(output.renderer(context, command, form, typed=True)(events), end="")


def _header(command: parser.Command) -> str:
    if command.on("no-headers"):
        return ""
    first = "NAMESPACE\t" if command.on("all-namespaces") else ""
    return f"{first}LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n"


def _row(event: Obj, command: parser.Command, now: int) -> str:
    involved = event.get("involvedObject") or {}
    cells = [
        *([meta.namespace(event)] if command.on("all-namespaces") else []),
        interval(event, now),
        event.get("type", ""),
        event.get("reason", ""),
        f"{involved.get('kind', '')}/{involved.get('name', '')}",
        str(event.get("message", "")).strip(),
    ]
    return "\t".join(cells) + "\n"


def interval(event: Obj, now: int) -> str:
    """When an event was seen last, how often, and since when."""
    first = ages.since(event.get("eventTime") or event.get("firstTimestamp"), now)
    if series := event.get("series"):
        return f"{ages.since(series.get('lastObservedTime'), now)} (x{series.get('count', 0)} over {first})"
    if event.get("count", 0) > 1:
        return f"{ages.since(event.get('lastTimestamp'), now)} (x{event['count']} over {first})"
    return first


class _Watch:
    """`events -w`: the events that there are, then each as it comes."""

    def __init__(self, context: console.Context, command: parser.Command, fields: str, found: list[Obj]) -> None:
        self.context = context
        self.command = command
        self.by_field = labels.parse_fields(fields, "Event")
        self.found = found
        self.writer = layout.table_writer()
        self.coming: list[stores.Event] = []

    def run(self) -> None:
        """Print until nothing moves any more."""
        store, clock = self.context.cluster.store, self.context.cluster.clock
        self.writer.write(_header(self.command))
        for event in self.found:
            self._show(event)
        store.subscribe(self.coming.append)
        try:
            while not clock.quiet:
                clock.step()
                for change in self.coming:
                    if change.obj["kind"] == "Event" and change.type != "DELETED" and self._is_mine(change.obj):
                        self._show(change.obj)
                self.coming.clear()
        finally:
            store.unsubscribe(self.coming.append)

    def _is_mine(self, event: Obj) -> bool:
        home = None if self.command.on("all-namespaces") else self.context.namespace
        if home not in (None, meta.namespace(event)) or not _is_wanted(event, self.command):
            return False
        return self.by_field(event)

    def _show(self, event: Obj) -> None:
        self.writer.write(_row(event, self.command, self.context.cluster.clock.now))
        self.context.out(self.writer.flush(), end="")


VERB = parser.Verb(
    name="events",
    use="events [(-o|--output=)FORMAT] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]",
    about="List events",
    flags=(
        parser.Flag("all-namespaces", "A", "bool", about="in all namespaces"),
        *output.FLAGS,
        parser.Flag("chunk-size", "", "int", default=500, about="accepted; lists come in one piece"),
        parser.Flag("for", about="only events about this object, TYPE/NAME"),
        parser.Flag("no-headers", "", "bool", about="no headers"),
        parser.Flag("types", "", "list", values=("Normal", "Warning"), about="only events of these types"),
        parser.Flag("watch", "w", "bool", about="then print events as they come, until nothing moves"),
    ),
    run=run,
    watches=lambda command: command.on("watch"),
)
