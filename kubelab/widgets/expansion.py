"""What a shell would make of a line before kubectl sees it, as far as a notebook's `%kubectl` goes.

A notebook's variables stand where a shell's would: `$pod`, `${pod}` and IPython's `{pod}`, outside single quotes and
only where a variable of that name holds a text or a number. So `jsonpath='{.items[0].metadata.name}'`,
`custom-columns=...` and `-p '{"spec":...}'` go through untouched, whatever the notebook's variables are called.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

NAME = re.compile(r"\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\}")
SHELL_SIGNS = "|;&<>`"


def texts(variables: Mapping[str, Any]) -> dict[str, str]:
    """The notebook's variables that a shell can hold: texts, numbers, what a magic printed."""
    found = {}
    for name, value in variables.items():
        if name.startswith("_"):
            continue
        if isinstance(value, str) or hasattr(value, "stdout"):
            found[name] = str(value).strip()
        elif type(value) in (int, float):
            found[name] = str(value)
    return found


def expand(line: str, values: Mapping[str, str], *, shell: bool = False) -> str:
    """The line with the variables filled in; where a shell follows, `$name` is left to it."""
    out: list[str] = []
    at = 0
    for start, end in _single_quoted(line):
        out += [_fill(line[at:start], values, shell), line[start:end]]
        at = end
    return "".join([*out, _fill(line[at:], values, shell)])


def _fill(text: str, values: Mapping[str, str], shell: bool) -> str:
    def value(match: re.Match[str]) -> str:
        if shell and match[3] is None:
            return match[0]
        return values.get(match[1] or match[2] or match[3], match[0])

    return NAME.sub(value, text)


def _single_quoted(line: str) -> Iterator[tuple[int, int]]:
    """Where single-quoted parts begin and end; an open one runs to the end of the line."""
    at, double = 0, False
    while at < len(line):
        letter = line[at]
        if letter == "\\":
            at += 1
        elif letter == '"':
            double = not double
        elif letter == "'" and not double:
            end = line.find("'", at + 1)
            end = len(line) if end < 0 else end + 1
            yield at, end
            at = end - 1
        at += 1


def is_shell(line: str) -> bool:
    """Whether a line asks for more than one program: a pipe, a list, a redirection, a substitution."""
    at, quote = 0, ""
    while at < len(line):
        letter = line[at]
        if letter == "\\" and quote != "'":
            at += 1
        elif quote:
            quote = "" if letter == quote else quote
            if quote != "'" and line.startswith("$(", at):
                return True
        elif letter in "'\"":
            quote = letter
        elif letter in SHELL_SIGNS or line.startswith("$(", at):
            return True
        elif letter == "#" and (at == 0 or line[at - 1].isspace()):
            return False
        at += 1
    return False
