"""`-o custom-columns=NAME:.metadata.name,...` and `-o custom-columns-file=FILE`: a table of one's own.

Stands for kubectl/pkg/cmd/get/customcolumn.go.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from kubelab.api import meta
from kubelab.printers import gotext, jsonpath, layout, texts

EMPTY = "custom-columns format specified but no custom columns given"
EXPECTED = "Expected format is one line of space separated headers, one line of space separated column specs."


@dataclass(frozen=True, slots=True)
class Column:
    """A header and the path of the field below it."""

    header: str
    path: str


def from_spec(spec: str) -> list[Column]:
    """The columns of `NAME:.metadata.name,...`; PrintError if they cannot be read."""
    if not spec:
        raise gotext.PrintError(EMPTY)
    return [_column(part) for part in spec.split(",")]


def _column(part: str) -> Column:
    header, colon, path = part.partition(":")
    if not colon:
        raise gotext.PrintError(f"unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>")
    return Column(header, jsonpath.relaxed(path))


def from_template(text: str) -> list[Column]:
    """The columns of a file: a line of headers, a line of paths."""
    lines = text.split("\n") if text else []
    if not lines:
        raise gotext.PrintError(f"invalid template, missing header line. {EXPECTED}")
    if len(lines) < 2 or lines[1:] == [""]:
        raise gotext.PrintError(f"invalid template, missing spec line. {EXPECTED}")
    headers, paths = lines[0].split(), lines[1].split()
    if len(headers) != len(paths):
        counts = f"number of headers ({len(headers)}) and field specifications ({len(paths)})"
        raise gotext.PrintError(f"{counts} don't match")
    return [Column(header, jsonpath.relaxed(path)) for header, path in zip(headers, paths, strict=True)]


class Printer:
    """Prints rows; the headers come once, before the first object (and even if none comes)."""

    def __init__(self, columns: list[Column], *, headers: bool = True) -> None:
        self.columns = columns
        self.headers = headers
        self._writer = layout.table_writer()

    def text(self, objs: Iterable[meta.Obj]) -> str:
        """Objects as rows; PrintError (with nothing printed but the headers, see `begun`) where a path does not fit."""
        self._begin()
        paths = [jsonpath.Path(column.path) for column in self.columns]
        for obj in objs:
            self._writer.write("\t".join(_cell(path, obj) for path in paths) + "\n")
        return self._writer.flush()

    def begun(self) -> str:
        """What was written before an error."""
        return self._writer.flush()

    def _begin(self) -> None:
        if self.headers:
            self._writer.write("\t".join(column.header for column in self.columns) + "\n")
            self.headers = False


def _cell(path: jsonpath.Path, obj: meta.Obj) -> str:
    groups = path.find(obj)
    values = [gotext.plain(value).translate(layout.MARKS) for group in groups for value in group]
    if not groups or not groups[0]:
        values.insert(0, texts.NONE)
    return ",".join(values)
