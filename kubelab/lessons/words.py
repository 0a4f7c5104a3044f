"""What questions and checks say, in Korean and English: the file `words.txt` beside this module."""

import functools
import importlib.resources

from kubelab.lessons import lesson


def say(lang: str, key: str, **values: object) -> str:
    """The words for `key` in that language, with the values filled in."""
    return catalogue()[key][lesson.LANGS.index(lang)].format(**values)


@functools.cache
def catalogue() -> dict[str, tuple[str, ...]]:
    """All words by key: one line for each language."""
    text = (importlib.resources.files("kubelab.lessons") / "words.txt").read_text(encoding="utf-8")
    found: dict[str, tuple[str, ...]] = {}
    key = ""
    for line in text.splitlines():
        if line.startswith("    "):
            found[key] += (line.strip(),)
        elif line and not line.startswith("#"):
            key = line.strip()
            found[key] = ()
    return found
