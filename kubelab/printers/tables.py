"""Objects as a table: the columns that the API server makes, and how kubectl shows them.

`table` stands for pkg/printers/storage (what a server answers to `Accept: ...;as=Table`), `tabbed` for kubectl's
printers.HumanReadablePrinter, which hides wide columns, adds NAMESPACE, label columns and the kind before the name.
Widths are not decided here: feed the text to `layout.table_writer()`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kubelab.api import meta
from kubelab.printers import layout, texts
from kubelab.printers.columns import base, places, pods, services, workloads

LOCAL = ""
"""The kind of what did not come from a server, which alone makes tables: kubectl shows a name and an age."""

_ANY = base.Spec((base.NAME, base.AGE), lambda obj, now: (meta.name(obj), base.age(obj, now)))

SPECS: dict[str, base.Spec] = {LOCAL: _ANY, **pods.TABLES, **services.TABLES, **workloads.TABLES, **places.TABLES}


@dataclass(frozen=True, slots=True)
class Row:
    """An object's cells, one for each column."""

    cells: tuple[base.Cell, ...]
    obj: meta.Obj


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows; wide columns included."""

    columns: tuple[base.Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Options:
    """What of a table is shown: kubectl's flags. `prefix` is `service`, `replicaset.apps`... before each name."""

    wide: bool = False
    headers: bool = True
    namespace: bool = False
    prefix: str = ""
    label_columns: tuple[str, ...] = ()
    show_labels: bool = False
    event: str = ""


def table(kind: str, objs: Iterable[meta.Obj], now: int) -> Table:
    """The server's table of objects of one kind at a moment (ms)."""
    spec = SPECS[kind]
    return Table(spec.columns, tuple(Row(spec.row(obj, now), obj) for obj in objs))


def decorated(wanted: Table, options: Options) -> Table:
    """The table as the options want it: columns hidden and added, priorities gone."""
    kept = [i for i, column in enumerate(wanted.columns) if options.wide or column.priority == 0]
    columns = (
        *([base.Column("Event")] if options.event else []),
        *([base.Column("Namespace")] if options.namespace else []),
        *(replace(wanted.columns[i], priority=0) for i in kept),
        *(base.Column(label.rsplit("/", 1)[-1]) for label in options.label_columns),
        *([base.Column("Labels")] if options.show_labels else []),
    )
    return Table(columns, tuple(Row(_cells(wanted, row, kept, options), row.obj) for row in wanted.rows))


def _cells(wanted: Table, row: Row, kept: list[int], options: Options) -> tuple[base.Cell, ...]:
    own = [
        f"{options.prefix}/{row.cells[i]}" if options.prefix and wanted.columns[i].format == "name" else row.cells[i]
        for i in kept
    ]
    found = meta.labels(row.obj)
    return (
        *([options.event.ljust(8)] if options.event else []),
        *([meta.namespace(row.obj)] if options.namespace else []),
        *own,
        *(found.get(label, "") for label in options.label_columns),
        *([texts.pairs(found)] if options.show_labels else []),
    )


def tabbed(wanted: Table, options: Options | None = None) -> str:
    """The table as text with tabs, a line for the headers (unless there are no rows) and one for each row."""
    shown = decorated(wanted, options or Options())
    lines = ["\t".join(layout.cell(cell) for cell in row.cells) + "\n" for row in shown.rows]
    if lines and (options is None or options.headers):
        lines.insert(0, "\t".join(column.name.upper() for column in shown.columns) + "\n")
    return "".join(lines)


def text(wanted: Table, options: Options | None = None) -> str:
    """The table in columns, on its own."""
    writer = layout.table_writer()
    writer.write(tabbed(wanted, options))
    return writer.flush()
