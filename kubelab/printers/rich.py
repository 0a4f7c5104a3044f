"""A table for a notebook: plain HTML that a screen reader can read, nothing but a string.

kubectl has no such format; the cells are those of `tables`. Colours and styles are left to the page.
"""

from html import escape

from kubelab.printers import layout, tables


def html(wanted: tables.Table, caption: str, options: tables.Options | None = None) -> str:
    """The table with a caption, headers for columns and, in the first column, for rows."""
    shown = tables.decorated(wanted, options or tables.Options())
    heads = "".join(f'<th scope="col">{escape(column.name)}</th>' for column in shown.columns)
    rows = "".join(f"<tr>{_cells([layout.cell(cell) for cell in row.cells])}</tr>" for row in shown.rows)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _cells(cells: list[str]) -> str:
    first, *rest = map(escape, cells)
    return f'<th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in rest)
