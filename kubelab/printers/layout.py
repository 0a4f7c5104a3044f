"""Columns that line up: the elastic tabs behind every table and every description.

Stands for Go's text/tabwriter and for kubectl's fork of it (github.com/liggitt/tabwriter, whose one addition is that
the widths of columns are remembered over flushes). A cell is ended by a tab; what follows the last tab of a line is not
in a column. A column is a block of neighbouring lines that have that cell; a line without it ends the block. Only what
kubectl asks of the Go package is here: spaces as padding, cells to the left, no minimum tab stops.
"""

import re

MARKS = str.maketrans({"\x1b": "^[", "\r": "\\r"})
"""What kubectl does to letters that would command a terminal."""


_LINE_END = re.compile(r"[\f\n\r]")


class TabWriter:
    """Text with tabs goes in, text in columns comes out."""

    def __init__(self, min_width: int, padding: int, *, remember: bool = False) -> None:
        self.min_width = min_width
        self.padding = padding
        self.remember = remember
        self._widest: list[int] = []
        self._text: list[str] = []

    def write(self, text: str) -> None:
        """Take text; nothing is laid out before `flush`."""
        self._text.append(text)

    def flush(self) -> str:
        """All that was written since the last flush, in columns."""
        text = "".join(self._text)
        self._text.clear()
        if not text:
            return ""
        lines = [line.split("\t") for line in text.split("\n")]
        out: list[str] = []
        self._format(lines, [], out)
        return "\n".join(out)

    def forget(self) -> None:
        """Let the next table choose its own widths."""
        self._widest.clear()

    def _format(self, lines: list[list[str]], widths: list[int], out: list[str]) -> None:
        column, at, done = len(widths), 0, 0
        while at < len(lines):
            if column >= len(lines[at]) - 1:
                at += 1
                continue
            out.extend(_padded(line, widths) for line in lines[done:at])
            done = at
            width = self.min_width
            while at < len(lines) and column < len(lines[at]) - 1:
                width = max(width, len(lines[at][column]) + self.padding)
                at += 1
            self._format(lines[done:at], [*widths, self._remembered(column, width)], out)
            done = at
        out.extend(_padded(line, widths) for line in lines[done:])

    def _remembered(self, column: int, width: int) -> int:
        if not self.remember:
            return width
        if column == len(self._widest):
            self._widest.append(width)
        self._widest[column] = max(width, self._widest[column])
        return self._widest[column]


def _padded(line: list[str], widths: list[int]) -> str:
    return "".join(cell.ljust(widths[index]) if index < len(widths) else cell for index, cell in enumerate(line))


def table_writer() -> TabWriter:
    """The writer of `kubectl get`: columns at least 6 wide, 3 blanks between, widths only grow."""
    return TabWriter(6, 3, remember=True)


def columns(text: str, *, padding: int = 2) -> str:
    """One text of `kubectl describe` in columns (2 blanks between)."""
    writer = TabWriter(0, padding)
    writer.write(text)
    return writer.flush()


def cell(value: object) -> str:
    """A table's cell as kubectl writes it: cut at a line's end, without letters that command a terminal."""
    text = "" if value is None else str(value)
    end = _LINE_END.search(text)
    return text.translate(MARKS) if end is None else text[: end.start()].translate(MARKS) + "..."
