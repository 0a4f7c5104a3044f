"""Whole objects as text: `-o yaml`, `-o json`, `-o kyaml`, `-o name`, and the List that wraps several.

Stands for cli-runtime's printers (yaml.go, json.go, kyaml.go, name.go) and Go's encoding/json, which sorts the keys of
maps and writes `<`, `>` and `&` as escapes. Objects have no managedFields here, so there is nothing to hide.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from kubelab.api import kinds, meta
from kubelab.printers import kyamltext, yamltext

_GO = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def compact_json(value: Any) -> str:
    """JSON on one line, as Go's json.Marshal writes maps."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).translate(_GO)


def indented_json(value: Any) -> str:
    """JSON with four blanks a level, no new line at the end."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=4).translate(_GO)


def to_json(obj: meta.Obj) -> str:
    """An object for `-o json`."""
    return indented_json(obj) + "\n"


def to_yaml(obj: meta.Obj) -> str:
    """An object for `-o yaml`."""
    return yamltext.dump(obj)


def to_kyaml(obj: meta.Obj) -> str:
    """An object for `-o kyaml`."""
    return kyamltext.dump(obj)


def resource_name(obj: meta.Obj) -> str:
    """`service/mynapp-svc`, `replicaset.apps/mynapp-rs`."""
    return f"{kinds.of(obj).typed}/{meta.name(obj)}"


def name_line(obj: meta.Obj) -> str:
    """An object for `-o name`."""
    return resource_name(obj) + "\n"


def as_list(objs: Iterable[meta.Obj]) -> meta.Obj:
    """The List that kubectl makes of several objects."""
    return {"apiVersion": "v1", "items": list(objs), "kind": "List", "metadata": {"resourceVersion": ""}}


FORMATS: dict[str, Callable[[meta.Obj], str]] = {
    "json": to_json,
    "kyaml": to_kyaml,
    "name": name_line,
    "yaml": to_yaml,
}


def documents(objs: Sequence[meta.Obj], output: str) -> str:
    """Objects printed one after the other, with `---` between YAML documents."""
    separator = "---\n" if output == "yaml" else ""
    return separator.join(FORMATS[output](obj) for obj in objs)
