"""The shell's patterns: `*`, `?` and `[...]`."""

import fnmatch
import re


def is_pattern(text: str) -> bool:
    """Whether a text has anything to match with."""
    return bool(re.search(r"[*?[]", text))


def literal(text: str) -> str:
    """A text as a pattern that fits only itself."""
    return re.sub(r"([*?[])", r"[\1]", text)


def trimmed(value: str, operator: str, pattern: str) -> str:
    """`#`, `##`, `%`, `%%`: the value without the shortest or longest piece that fits."""
    spots = range(len(value) + 1)
    if operator.startswith("#"):
        ends = spots if operator == "#" else reversed(spots)
        return next((value[at:] for at in ends if fnmatch.fnmatchcase(value[:at], pattern)), value)
    starts = reversed(spots) if operator == "%" else spots
    return next((value[:at] for at in starts if fnmatch.fnmatchcase(value[at:], pattern)), value)
