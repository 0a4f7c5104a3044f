"""What a notebook shows of a question, a check, a hint: text for every reader, HTML for those who have it.

The state is said in words and set off by a mark, never by colour alone; everything that is filled in is escaped.
"""

import html
import re
from dataclasses import dataclass
from typing import Any

_COLOURS = {"plain": "#56B4E9", "untried": "#999999", "almost": "#E69F00", "done": "#009E73"}
_MARKS = {"plain": "", "untried": "○ ", "almost": "◐ ", "done": "● "}


@dataclass(frozen=True, slots=True)
class Card:
    """A title, lines of text, a list, a piece of code, parts to unfold: any of them may be empty.

    What is folded in HTML is left out of the plain text: it is there to be asked for.
    """

    title: str
    lines: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    code: str = ""
    folds: tuple[tuple[str, str], ...] = ()
    tone: str = "plain"

    def __repr__(self) -> str:
        parts = [_MARKS[self.tone] + self.title, *map(bare, self.lines)]
        parts += [f"  {number}. {bare(item)}" for number, item in enumerate(self.items, 1)]
        parts += [f"    {line}".rstrip() for line in self.code.splitlines()]
        return "\n".join(parts)

    def html(self) -> str:
        """The card as HTML."""
        body = [self.prompt()]
        if self.items:
            rows = "".join(f"<li>{marked(item)}</li>" for item in self.items)
            body.append(f'<ol style="margin:4px 0">{rows}</ol>')
        if self.code:
            body.append(f'<pre style="margin:4px 0">{html.escape(self.code)}</pre>')
        for summary, text in self.folds:
            body.append(f"<details><summary>{html.escape(summary)}</summary>{marked(text)}</details>")
        style = f"border-left:4px solid {_COLOURS[self.tone]};padding:4px 12px;margin:4px 0;max-width:48em"
        return f'<div style="{style}">{"".join(body)}</div>'

    def prompt(self) -> str:
        """The title and the lines as HTML."""
        lines = [f'<p style="margin:4px 0">{marked(line)}</p>' for line in self.lines]
        return f"<strong>{html.escape(_MARKS[self.tone] + self.title)}</strong>" + "".join(lines)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self.html()}


def marked(text: str) -> str:
    """Escaped text; `code` and **strong** as in markdown."""
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
    return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text)


def bare(text: str) -> str:
    """The text without its marks."""
    return re.sub(r"\*\*([^*]+)\*\*", r"\1", re.sub(r"`([^`]+)`", r"\1", text))
