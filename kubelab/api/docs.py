"""What fields mean: the API's own documentation, for `kubectl explain`.

Stands for the OpenAPI document that kubectl explain asks the API server for. Descriptions are read from the source of
the lightkube-models package when somebody asks, and joined again where that package broke their lines.

Differs from Kubernetes: where the package lost an empty line, it is guessed; enumerated values come from enums.py. What
v1.37 changed is taken back where it is known (the package is of v1.37, the server of v1.36).
"""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from kubelab.api import decoding, enums, kinds, models

WIDTH = 78
"""How long a line of the package's descriptions may be."""

TYPES = {"str": "string", "int": "integer", "bool": "boolean", "Time": "string", "MicroTime": "string"}

PLAIN = {
    "IntOrString": "IntOrString is a type that can hold an int32 or a string.  When used in JSON or YAML marshalling "
    "and unmarshalling, it produces or consumes the inner type.  This allows you to have, for example, a JSON field "
    "that can accept a name or number.",
    "MicroTime": "MicroTime is version of Time with microsecond level precision.",
    "Time": "Time is a wrapper around time.Time which supports correct marshaling to YAML and JSON.  Wrappers are "
    "provided for many of the factory methods that the time package offers.",
}
"""What the OpenAPI document says of types that are no structs (not Quantity, whose text is a page)."""

NEEDED = {
    "apps_v1.Deployment.spec": False,
    "apps_v1.DeploymentCondition.status": True,
    "apps_v1.DeploymentCondition.type": True,
    "apps_v1.ReplicaSet.spec": False,
    "apps_v1.ReplicaSetCondition.status": True,
    "apps_v1.ReplicaSetCondition.type": True,
}
"""Whether a field is required, where v1.37 thinks otherwise."""

_PARAMETER = re.compile(r"      \* \*\*(\S+?)\*\* ``(.*?)`` - (.*)")


class NoSuchField(LookupError):
    """A path that leads nowhere, in kubectl's words."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a struct: what `explain` lists under FIELDS."""

    name: str
    type: str
    description: str
    required: bool
    enum: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doc:
    """What is known of a kind or of one of its fields; `field_type` is empty for the kind itself."""

    kind: str
    version: str
    group: str
    name: str
    field_type: str
    description: str
    fields: tuple[Field, ...]
    enum: tuple[str, ...] = ()


def lookup(kind: str, path: Sequence[str] = ()) -> Doc:
    """The documentation of a kind ("Service"), or of a field (`["spec", "ports"]`); NoSuchField if it has none."""
    served = kinds.of(kind)
    struct: str = decoding.table()["kinds"][kind]
    name, type_, description, enum = "", "", _description(struct), tuple[str, ...]()
    for name in path:
        found = next((field for field in _fields(struct) if field.name == name), None) if struct else None
        if found is None:
            raise NoSuchField(f'field "{name}" does not exist')
        about = _plain(struct, name)
        struct = _inner(struct, name)
        type_, enum = found.type, found.enum
        description = "\n".join(text for text in (found.description, about or _description(struct)) if text)
    fields = _fields(struct) if struct else ()
    return Doc(served.kind, served.version, served.group, name, type_, description, fields, enum)


def children(kind: str, path: Sequence[str] = ()) -> tuple[Field, ...]:
    """The fields under a path, () under a scalar (for `explain --recursive`)."""
    return lookup(kind, path).fields


def _split(struct: str) -> tuple[str, str]:
    module, _, name = struct.partition(".")
    return module, name


def _inner(struct: str, name: str) -> str:
    """The struct behind a field, be it in a list; "" if there is none."""
    module, own = _split(struct)
    written = models.fields(module, own)[name][0].removeprefix("List[").removesuffix("]")
    return ".".join(models.resolve(module, written) or ())


def _plain(struct: str, name: str) -> str:
    """What is said of a field's type if it is no struct; "" if nothing is."""
    module, own = _split(struct)
    written = models.fields(module, own)[name][0].removeprefix("List[").removesuffix("]")
    return PLAIN.get(written.rpartition(".")[2], "")


@functools.cache
def _fields(struct: str) -> tuple[Field, ...]:
    module, own = _split(struct)
    texts, known = _texts(struct), decoding.table()["types"].get(struct)
    found = []
    for name, (written, required) in sorted(models.fields(module, own).items()):
        if known is not None and name not in known:  # a field of v1.37
            continue
        values = enums.ENUMS.get((known or {}).get(name, ""), {})
        text = texts.get(name, "") + _listed(values)
        needed = NEEDED.get(f"{struct}.{name}", required)
        found.append(Field(name, _type(struct, name, written), text, needed, tuple(values)))
    return tuple(found)


def _listed(values: dict[str, str]) -> str:
    lines = [f' - `"{value}"` {meaning}'.rstrip() for value, meaning in values.items()]
    return "\n\nPossible enum values:\n" + "\n".join(lines) if lines else ""


def _type(struct: str, name: str, written: str) -> str:
    if written.startswith("List["):
        return "[]" + _type(struct, name, written[5:-1])
    if written == "dict":
        held = decoding.table()["types"].get(struct, {}).get(name, "")
        return "map[string]Quantity" if held == "{}quantity" else "map[string]string"
    last = written.rpartition(".")[2]
    return TYPES.get(last, last)


# ---- texts


def _docstring(struct: str) -> list[str]:
    module, own = _split(struct)
    node = models.classes(module)[own].body[0]
    text = getattr(getattr(node, "value", None), "value", "")
    return str(text).split("\n") if isinstance(text, str) else []


def _description(struct: str) -> str:
    if not struct:
        return ""
    lines = []
    for line in _docstring(struct):
        if line.strip() == "**parameters**":
            break
        lines.append(line.removeprefix("      "))
    while lines and not lines[-1].strip():
        lines.pop()
    return joined(lines)


def _texts(struct: str) -> dict[str, str]:
    """The descriptions of a struct's fields by name."""
    texts: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in _docstring(struct):
        parameter = _PARAMETER.match(line)
        if parameter:
            current = texts.setdefault(parameter[1], [parameter[3]])
        elif current is not None:
            current.append(line.removeprefix("        "))
    for lines in texts.values():
        while lines and not lines[-1].strip():
            lines.pop()
    return {name: joined(lines) for name, lines in texts.items()}


def joined(lines: Sequence[str]) -> str:
    """Lines as they were before they were broken: a break stays where the next word would still have fitted."""
    text, last = "", ""
    for line in lines:
        word = line.split(" ", 1)[0]
        if not text:
            text = line
        elif not line.strip():
            text += "\n"
        elif last.strip() and not line.startswith((" ", "* ", "- ")) and len(last) + 1 + len(word) > WIDTH:
            text += " " + line
        else:
            text += "\n" if line.startswith(" ") or not last.strip() else "\n\n"
            text += line
        last = line
    return text
