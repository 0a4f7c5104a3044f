"""JSON-like data as KYAML, the dialect of YAML that cannot be misread: flow style, double quotes, trailing commas.

Stands for sigs.k8s.io/yaml/kyaml, as `kubectl -o kyaml` uses it.
"""

import re
from typing import Any

from kubelab.printers import yamltext

_WORDS = frozenset(("t", "f", "true", "false", "inf", "infinity", "nan", "null", "y", "n", "yes", "no", "on", "off"))
_SAFE_KEY = re.compile(r"[^\W]([\w./-]*[^\W])?")


def dump(value: Any) -> str:
    """A whole document, with its `---` before and a new line after."""
    return f"---\n{_node(value, 0)}\n"


def _node(value: Any, indent: int) -> str:
    if isinstance(value, dict) and value:
        return _mapping(value, indent)
    if isinstance(value, list) and value:
        return _list(value, indent)
    if isinstance(value, str):
        return _string(value, indent)
    return yamltext.plain(value)


def _mapping(value: dict[str, Any], indent: int) -> str:
    inner = " " * (indent + 2)
    fields = (f"{inner}{_key(key)}: {_node(value[key], indent + 2)},\n" for key in sorted(value))
    return "{\n" + "".join(fields) + " " * indent + "}"


def _list(value: list[Any], indent: int) -> str:
    if all(isinstance(item, dict | list) for item in value):
        return "[" + ", ".join(_node(item, indent) for item in value) + "]"
    inner = " " * (indent + 2)
    items = (f"{inner}{_node(item, indent + 2)},\n" for item in value)
    return "[\n" + "".join(items) + " " * indent + "]"


def _key(key: str) -> str:
    plain = _SAFE_KEY.fullmatch(key) and key.lower() not in _WORDS and yamltext.is_text(key)
    return key if plain else f'"{_escaped(key)}"'.replace("\t", "\\t").replace("\n", "\\n")


def _string(text: str, indent: int) -> str:
    if "\n" not in text:
        return f'"{_escaped(text)}"'
    *lines, last = text.split("\n")
    inner = " " * (indent + 2)
    written = [_line(line) + "\\n\\\n" for line in lines] + ([_line(last) + "\\\n"] if last else [])
    return '"\\\n' + "".join(inner + line for line in written) + inner + '"'


def _line(line: str) -> str:
    return ("\\" if line[:1] in (" ", "\t") else " ") + _escaped(line)


def _escaped(text: str) -> str:
    return "".join(map(_letter, text))


def _letter(letter: str) -> str:
    if letter == "\t" or (letter.isprintable() and letter not in '"\\'):
        return letter
    written = yamltext.escape(letter)
    return written.lower() if written[:2] in ("\\u", "\\x") else written
