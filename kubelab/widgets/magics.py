"""`%kubectl` and `%%kubectl`: a notebook's cell as the learner's terminal.

`%kubectl get pods` runs on the notebook's lab and prints what kubectl prints; `%%kubectl apply -f -` gives it the rest
of the cell as standard input. Errors are printed and do not stop Run All: a learner's mistake is part of the lesson.
What went to stderr is printed as plain text too, a warning before the table it belongs to, so that nothing turns red.
The value (`made = %kubectl get pods -o name`) has `stdout`, `stderr` and `code`; as the last value of a cell it shows
nothing.
"""

import contextlib
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from IPython.core.completer import SimpleCompletion, context_matcher
from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand

from kubelab.widgets import expansion, here, streams
from kubelab.widgets.lock import LOCK

PREFIX = re.compile(r"^\s*(?:\w+\s*=\s*)?%?%?kubectl\s+")
CELL = re.compile(r"^\s*%%kubectl\b")


@dataclass(frozen=True)
class Output:
    """What a line printed; as text it is its standard output, so that `{name}` and `$name` can take it up again."""

    stdout: str
    stderr: str
    code: int

    def __str__(self) -> str:
        return self.stdout.strip()

    def _ipython_display_(self) -> None:
        """It has been printed already."""


def run(line: str, stdin: str | None, variables: dict[str, Any]) -> Output:
    """Run one line on the notebook's lab and print what it says."""
    values = expansion.texts(variables)
    line = line.rstrip().removesuffix(";") if stdin is None else line
    if expansion.is_shell(line):
        return script(f"kubectl {line}", stdin, variables)
    with LOCK:
        result = here.current().kubectl(expansion.expand(line, values), stdin=stdin or "")
    _print(streams.in_order(result.stdout, result.stderr))
    return Output(result.stdout, result.stderr, result.code)


def script(text: str, stdin: str | None, variables: dict[str, Any]) -> Output:
    """Run a line with pipes, or several lines, in the shell of the learner's machine."""
    from kubelab.widgets import desk

    values = expansion.texts(variables)
    with LOCK:
        said = desk.run(here.current(), expansion.expand(text, values, shell=True), values, stdin or "")
    _print(said.text)
    return Output(said.stdout, said.stderr, said.code)


def _print(text: str) -> None:
    """Print it; what the next command prints begins on a line of its own (jsonpath ends without one)."""
    sys.stdout.write(text if not text or text.endswith("\n") else text + "\n")


@magics_class
class KubectlMagics(Magics):
    """The magics of kubelab."""

    @no_var_expand
    @line_cell_magic
    def kubectl(self, line: str, cell: str | None = None) -> Output:
        """Run kubectl on this notebook's simulated cluster.

        %kubectl get pods -o wide           one line
        %kubectl get pods | grep web        pipes, $(kubectl ...) and redirections work, too
        %%kubectl apply -f -                the rest of the cell is standard input

        `$name` and `{name}` take the value of a notebook variable (not inside single quotes).
        """
        return run(line, cell, self._variables())

    @no_var_expand
    @line_cell_magic("shell")  # type: ignore[arg-type]
    def lines(self, line: str, cell: str | None = None) -> Output:
        """Run shell lines at the learner's machine: kubectl, grep, sort, head, wc, for loops and the like.

        %shell kubectl get pods -o name | wc -l
        """
        return script(line if cell is None else f"{line}\n{cell}", None, self._variables())

    def _variables(self) -> dict[str, Any]:
        return self.shell.user_ns if self.shell else {}


# ---- Tab


def words_after(text: str) -> str | None:
    """What stands behind `%kubectl` on the line that is being typed; None if it is no such line."""
    found = PREFIX.match(text)
    return text[found.end() :] if found else None


@context_matcher()  # type: ignore[untyped-decorator]
def complete(context: Any) -> Any:
    """IPython's question what could stand at the cursor."""
    with contextlib.suppress(Exception):  # Tab must never fail
        line = context.line_with_cursor[: context.cursor_position]
        typed = words_after(line)
        if typed is not None:
            found = list(candidates(typed))
            word = typed.rpartition(" ")[2]
            shown = [SimpleCompletion(text=text, type="kubectl") for text in found]
            return {"completions": shown, "suppress": True, "matched_fragment": word, "ordered": True}
        if CELL.match(context.full_text):
            # a completion that changes nothing keeps IPython's own guesses out of the YAML
            return {"completions": [SimpleCompletion(text=context.token)], "suppress": True}
    return {"completions": []}


complete.matcher_identifier = "kubelab.kubectl"


def candidates(typed: str) -> Iterator[str]:
    """What could end the last word."""
    from kubelab.kubectl import completion

    with LOCK:
        yield from completion.complete(here.current().cluster, typed, os.getcwd())


def load(ipython: Any) -> None:
    """Register the magics and the completion, once."""
    ipython.register_magics(KubectlMagics)
    matchers = ipython.Completer.custom_matchers
    matchers[:] = [m for m in matchers if getattr(m, "matcher_identifier", "") != complete.matcher_identifier]
    matchers.append(complete)
