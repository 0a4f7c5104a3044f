"""`kubectl get`: objects as a table, or as `-o` says; with `-w` also what becomes of them.

Stands for kubectl's pkg/cmd/get. Watching advances the cluster's clock, step by step, until nothing is going on any
more (the real command watches until it is stopped).
"""

from collections.abc import Callable

from kubelab.api import kinds, labels, meta
from kubelab.api.meta import Obj
from kubelab.kubectl import console, files, output, parser, resources
from kubelab.printers import gotext, layout, outputs, sort_by, tables
from kubelab.store import store as stores

SUGGEST = 'Use "kubectl api-resources" for a complete list of supported resources.'
NOTHING_NAMED = (
    'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource '
    "(e.g. kubectl explain pods)."
)
TABLE: Obj = {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": {"resourceVersion": "0"}}
"""What the server answers each request for a table with, but for columns and rows."""

TOO_MANY = "watch is only supported on individual resources and resource collections - more than 1 resource was found"


def run(context: console.Context, command: parser.Command) -> None:
    """Print what is asked for."""
    watching = command.on("watch") or command.on("watch-only")
    if watching and command.text("sort-by"):
        context.err("warning: --watch or --watch-only requested, --sort-by will be ignored")
    if not watching and not command.args and not command.items("filename"):
        context.err(f"You must specify the type of resource to get. {SUGGEST}\n")
        raise console.usage(command, NOTHING_NAMED)
    value = command.text("output")
    if command.on("show-labels") and value not in ("", "wide"):
        raise console.Failure(f"--show-labels option cannot be used with {value} printer")
    if command.on("output-watch-events") and not watching:
        raise console.Failure("--output-watch-events option can only be used with --watch or --watch-only")
    if watching:
        _Watch(context, command).run()
        return
    selection = resources.select(context, command.args, _wanted(command))
    if _is_human(command):
        _table(context, command, selection)
    else:
        _generic(context, command, selection)


def _is_human(command: parser.Command) -> bool:
    """Whether a table is asked for."""
    return command.text("output") == "wide" or not (command.text("output") or command.text("template"))


def _wanted(command: parser.Command, *, one_type: bool = False) -> resources.Wanted:
    return resources.Wanted(
        filenames=command.items("filename"), recursive=command.on("recursive"), selector=command.text("selector"),
        fields=command.text("field-selector"), all_namespaces=command.on("all-namespaces"), bare_types=True,
        latest=True, one_type=one_type, keep_going=not one_type,
    )  # fmt: skip


def _options(command: parser.Command, kind: kinds.Kind, *, prefix: bool, event: str = "") -> tables.Options:
    return tables.Options(
        wide=command.text("output").lower() == "wide",
        headers=not command.on("no-headers"),
        namespace=command.on("all-namespaces") and kind.namespaced,
        prefix=kind.typed if prefix or command.on("show-kind") else "",
        label_columns=tuple(command.items("label-columns")),
        show_labels=command.on("show-labels"),
        event=event,
    )


# ---- tables


def _table(context: console.Context, command: parser.Command, selection: resources.Selection) -> None:
    """One table for each kind in a row; what went wrong comes after them."""
    infos, failures = selection.infos(resources.is_not_found if command.on("ignore-not-found") else None)
    seen = dict.fromkeys([*selection.listed, *(info.kind for info in infos)])
    written = 0
    for kind, objects in _groups(context, infos, selection, command):
        own = all(meta.name(obj) for obj in objects)
        table = tables.table(kind.kind if own else tables.LOCAL, objects, context.cluster.clock.now)
        text = tables.text(table, _options(command, kind, prefix=len(seen) > 1))
        if text and written and not command.on("no-headers"):
            context.out()
        context.out(text, end="")
        written += len(text)
    if not written and not failures and not command.on("ignore-not-found"):
        namespaced = not command.on("all-namespaces") and all(kind.namespaced for kind in seen)
        context.err(f"No resources found in {context.namespace} namespace." if namespaced else "No resources found")
    if failures:
        raise console.Aggregate(failures)


def _groups(
    context: console.Context, infos: list[resources.Info], selection: resources.Selection, command: parser.Command
) -> list[tuple[kinds.Kind, list[Obj]]]:
    """Neighbours of one kind, which share a table. Only what came as a list is sorted."""
    groups: list[tuple[kinds.Kind, list[Obj]]] = []
    for info in infos:
        if not groups or groups[-1][0] is not info.kind or bool(meta.name(groups[-1][1][0])) != bool(info.name):
            groups.append((info.kind, []))
        groups[-1][1].append(info.object)
    if not command.text("sort-by"):
        return groups
    tables_got = len(selection.listed) or len(infos)
    if tables_got > 1:  # then kubectl sorts the tables: it asks them, not their rows, for the field
        _sorted(context, [TABLE] * tables_got, command)
        return groups
    return [(kind, _sorted_rows(context, objects, command)) for kind, objects in groups]


def _sorted_rows(context: console.Context, objects: list[Obj], command: parser.Command) -> list[Obj]:
    """The rows of the one table in the order of --sort-by. By a field that none has kubectl loses them."""
    if len(objects) == 1:
        return objects
    try:
        return sort_by.sorted_by(objects, command.text("sort-by"))
    except sort_by.Unsortable as error:
        raise _fatal(context, "sorter.go:375", error.within("[][][]reflect.Value")) from None
    except gotext.PrintError:
        return []


def _fatal(context: console.Context, place: str, text: str) -> console.Exit:
    context.log(place, text, "F")
    return console.Exit(1)


def _sorted(context: console.Context, objects: list[Obj], command: parser.Command) -> list[Obj]:
    """The objects in the order of --sort-by, if it is given."""
    try:
        return sort_by.sorted_by(objects, command.text("sort-by")) if command.text("sort-by") else objects
    except sort_by.Unsortable as error:
        raise _fatal(context, "sorter.go:329", error.within("*unstructured.Unstructured")) from None
    except gotext.PrintError as error:
        raise console.Failure(str(error)) from None


# ---- whole objects


def _generic(context: console.Context, command: parser.Command, selection: resources.Selection) -> None:
    """The one object that is meant, or a List."""
    infos, failures = selection.infos(resources.is_not_found if command.on("ignore-not-found") else None)
    if failures and selection.single:
        console.raise_all(failures)
    if not infos and command.on("ignore-not-found"):
        console.raise_all(failures)
        return
    form = output.parse(command, columns=True)
    render = output.renderer(context, command, form, typed=False)
    objects = [info.object for info in infos]
    try:
        if selection.single and len(objects) == 1:
            text = render(objects[0])
        elif form.name == "name":
            text = "".join(render(obj) for obj in _sorted(context, objects, command))
        else:
            text = render(outputs.as_list(_sorted(context, objects, command)))
        context.out(text, end="")
    except console.Failure as failure:
        failures.append(failure)
    console.raise_all(failures)


# ---- watching


class _Watch:
    """`get -w`: what is there, then every change, until the cluster is quiet."""

    def __init__(self, context: console.Context, command: parser.Command) -> None:
        self.context = context
        self.command = command
        self.form = output.parse(command, columns=True)
        self.human = _is_human(command)
        self.writer = layout.table_writer()
        self.events: list[stores.Event] = []
        self.printed = False

    def run(self) -> None:
        """Print the objects, then their changes."""
        context, command = self.context, self.command
        selection = resources.select(context, command.args, _wanted(command, one_type=True))
        infos, failures = selection.infos()
        console.raise_all(failures)
        found = list(dict.fromkeys([*selection.listed, *(info.kind for info in infos)]))
        if len(found) != 1 or (not selection.listed and len(infos) > 1):
            raise console.Failure(TOO_MANY)
        self.kind = found[0]
        self.keep = self._filter(selection, infos)
        if not command.on("watch-only"):
            self._show([("ADDED", info.object) for info in infos])
        context.cluster.store.subscribe(self.events.append)
        try:
            self._follow()
        finally:
            context.cluster.store.unsubscribe(self.events.append)

    def _filter(self, selection: resources.Selection, infos: list[resources.Info]) -> Callable[[Obj], bool]:
        """Whether an object is among those that are watched."""
        home = None if self.command.on("all-namespaces") or not self.kind.namespaced else self.context.namespace
        wanted = labels.parse(self.command.text("selector"))
        by_field = labels.parse_fields(self.command.text("field-selector"), self.kind.kind)
        only = None if selection.listed else meta.key(infos[0].object)
        return lambda obj: (
            obj["kind"] == self.kind.kind
            and (meta.key(obj) == only if only else home is None or meta.namespace(obj) == home)
            and wanted.matches(meta.labels(obj))
            and by_field(obj)
        )

    def _follow(self) -> None:
        """Let the cluster move as long as anything in it does."""
        clock = self.context.cluster.clock
        while not clock.quiet:
            clock.step()
            self._show(list(filter(None, map(self._event, self.events))))
            self.events.clear()

    def _event(self, event: stores.Event) -> tuple[str, Obj] | None:
        """The event as this watch sees it: an object that no longer matches is one that was deleted."""
        now, before = self.keep(event.obj), event.old is not None and self.keep(event.old)
        if not now and not before:
            return None
        if event.type == "DELETED" or not now:
            return "DELETED", event.obj
        return ("MODIFIED" if before else "ADDED"), event.obj

    def _show(self, events: list[tuple[str, Obj]]) -> None:
        for type_, obj in events:
            if self.human:
                self._row(type_, obj)
            else:
                self._whole(type_, obj)
        if self.human:
            self.context.out(self.writer.flush(), end="")

    def _row(self, type_: str, obj: Obj) -> None:
        event = type_ if self.command.on("output-watch-events") else ""
        options = _options(self.command, self.kind, prefix=False, event=event)
        table = tables.table(self.kind.kind, [obj], self.context.cluster.clock.now)
        lines = tables.tabbed(table, options).splitlines(keepends=True)
        self.writer.write("".join(lines[1:] if self.printed and options.headers else lines))
        self.printed = True

    def _whole(self, type_: str, obj: Obj) -> None:
        if self.command.on("output-watch-events"):
            obj = {"object": obj, "type": type_}
        if self.printed and self.form.name == "yaml":
            self.context.out("---")
        self.context.out(output.renderer(self.context, self.command, self.form, typed=False)(obj), end="")
        self.printed = True


VERB = parser.Verb(
    name="get",
    use="get [(-o|--output=)FORMAT] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...)",
    about="Display one or many resources",
    flags=(
        *files.FLAGS,
        parser.Flag("all-namespaces", "A", "bool", about="in all namespaces"),
        *(flag for flag in output.FLAGS if flag.name != "output"),
        parser.Flag("chunk-size", "", "int", default=500, about="accepted; lists come in one piece"),
        parser.Flag("field-selector", about="only objects with these fields"),
        parser.Flag("ignore-not-found", "", "bool", about="what is not there is no error"),
        parser.Flag("label-columns", "L", "list", about="labels that get a column of their own"),
        parser.Flag("no-headers", "", "bool", about="no headers"),
        parser.Flag("output", "o", values=("wide", "yaml", "json", "name", "jsonpath=", "custom-columns=",
                                           "go-template=", "kyaml"), about="how to print"),
        parser.Flag("output-watch-events", "", "bool", about="with -w: say what happened"),
        parser.Flag("selector", "l", about="only objects with these labels"),
        parser.Flag("server-print", "", "bool", default=True, about="accepted; tables come from the server"),
        parser.Flag("show-kind", "", "bool", about="the kind before each name"),
        parser.Flag("show-labels", "", "bool", about="all labels in the last column"),
        parser.Flag("sort-by", about="the field to sort by"),
        parser.Flag("watch", "w", "bool", about="then print every change, until nothing moves"),
        parser.Flag("watch-only", "", "bool", about="print the changes only"),
    ),
    lacks=(*files.LACKS, "--raw", "--subresource"),
    run=run,
    watches=lambda command: command.on("watch") or command.on("watch-only"),
)  # fmt: skip
