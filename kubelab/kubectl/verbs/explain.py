"""`kubectl explain`: what a resource and its fields mean.

Stands for kubectl's pkg/cmd/explain and pkg/explain (the template `plaintext.tmpl` and its functions). What is told of
the fields comes from api/docs.py.
"""

from collections.abc import Sequence

from kubelab.api import docs, errors, kinds
from kubelab.kubectl import console, parser, resources
from kubelab.printers import gotext, pathparse

WIDTH = 76
ENUMS = 4
"""How many values a line tells; a field's own page tells them all."""

OLD = "plaintext-openapiv2"

NO_TYPE = (
    'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported '
    "resources."
)
NO_FIELDS = "invalid jsonpath syntax, first node must be field node"


def run(context: console.Context, command: parser.Command) -> None:
    """Print what a resource or a field means."""
    depth, recursive = command.number("max-depth"), command.on("recursive")
    if not command.args:
        raise console.Failure(NO_TYPE)
    if len(command.args) > 1:
        raise console.Failure("We accept only this format: explain RESOURCE")
    if depth < 0:
        raise console.Failure("--max-depth must be non-negative")
    if depth and not recursive:
        raise console.Failure("--max-depth requires --recursive")
    kind, path = _target(command.args[0])
    _check_version(kind, command.text("api-version"))
    if command.text("output") == OLD:
        raise parser.Refused(f"the output format {OLD}")
    if command.text("output") != "plaintext":
        raise console.Failure(f"unrecognized format: {command.text('output')}")
    group = f"GROUP:      {kind.group}\n" if kind.group else ""
    context.out(f"{group}KIND:       {kind.kind}\nVERSION:    {kind.version}\n")
    try:
        doc = docs.lookup(kind.kind, path)
    except docs.NoSuchField:
        raise console.Failure(f"field {errors.quote(path[-1])} does not exist") from None
    context.out(_page(doc) + (_names(kind.kind, path, depth) if recursive else _list(doc)))


# ---- which kind, which field


def _target(word: str) -> tuple[kinds.Kind, list[str]]:
    """The kind and the path of fields that `svc.spec.ports` means."""
    try:
        nodes = pathparse.parse("{." + word.removesuffix(".") + "}")
    except gotext.PrintError as error:
        raise console.Failure(str(error)) from None
    if len(nodes) != 1 or not isinstance(nodes[0], pathparse.Steps):
        raise console.Failure("must pass in 1 jsonpath string")
    steps = [node.name for node in nodes[0].nodes if isinstance(node, pathparse.Field)]
    if len(steps) != len(nodes[0].nodes):
        raise console.Failure(NO_FIELDS)
    if not steps[0]:
        raise console.Failure("a resource must be present, got: /, Resource=")
    kind = _kind(steps[0])
    group = kind.group.split(".") if kind.group else []
    return kind, steps[1 + len(group) :] if steps[1 : 1 + len(group)] == group else steps[1:]


def _kind(word: str) -> kinds.Kind:
    kind = kinds.find(word)
    if kind is None and not kinds.elsewhere(word):
        raise console.Exit(1, f"the server doesn't have a resource type {errors.quote(word)}\n")
    return kind or resources.find_kind(word)


def _check_version(kind: kinds.Kind, wanted: str) -> None:
    if not wanted or wanted == kind.api_version:
        return
    if wanted.count("/") > 1:
        raise console.Failure(f"unexpected GroupVersion string: {wanted}")
    group, _, version = wanted.rpartition("/")
    resource = f"{group}/{version}, Resource={kind.plural}"
    if wanted in {served.api_version for served in kinds.KINDS}:
        raise console.Failure(f"GVR ({resource}) not found in OpenAPI schema")
    raise console.Failure(f'couldn\'t find resource for "{resource}"')


# ---- the page


def _page(doc: docs.Doc) -> str:
    """What is said before the list of fields."""
    head = ""
    if doc.name:
        values = "".join(f"\n    {value}" for value in doc.enum)
        head = f"FIELD: {doc.name} <{doc.field_type}>\n" + (f"ENUM:{values}" if values else "") + "\n\n"
    text = doc.description + "\n" if doc.description else "<empty>"
    return f"{head}DESCRIPTION:\n{indented(wrapped(text, WIDTH), 4)}\n" + ("FIELDS:\n" if doc.fields else "")


def _list(doc: docs.Doc) -> str:
    """The fields and what they mean."""
    text = ""
    for field in doc.fields:
        about = indented(wrapped(field.description or "<no description>", WIDTH), 4)
        text += f"{_name(field, 2)}{about}\n\n"
    return text


def _names(kind: str, path: Sequence[str], depth: int, level: int = 1) -> str:
    """The names of the fields and of their fields, down to a depth (0: all)."""
    text = ""
    for field in docs.children(kind, path):
        text += _name(field, 2 * level)
        if not depth or level < depth:
            text += _names(kind, [*path, field.name], depth, level + 1)
    return text


def _name(field: docs.Field, indent: int) -> str:
    required = " -required-" if field.required else ""
    line = f"{' ' * indent}{field.name}\t<{field.type}>{required}\n"
    if not field.enum:
        return line
    more = ", ...." if len(field.enum) > ENUMS else ""
    return f"{line}{' ' * indent}enum: {', '.join(field.enum[:ENUMS])}{more}\n"


def indented(text: str, count: int) -> str:
    """The text with every line moved to the right, empty ones, too."""
    return " " * count + text.replace("\n", "\n" + " " * count)


def wrapped(text: str, width: int) -> str:
    """The text with lines broken between words (mitchellh/go-wordwrap); longer words have a line of their own."""
    return "\n".join(_wrapped_line(line, width) for line in text.split("\n"))


def _wrapped_line(line: str, width: int) -> str:
    done, column, blanks = "", 0, ""
    for at, word in enumerate(line.split(" ")):
        blanks += " " if at else ""
        if not word:
            continue
        if column + len(blanks) + len(word) > width and (done or blanks):
            done, column, blanks = done + "\n", 0, ""
        done += blanks + word
        column, blanks = column + len(blanks) + len(word), ""
    return done + (blanks if column + len(blanks) <= width else "")


VERB = parser.Verb(
    name="explain",
    use="explain TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group]",
    about="Get documentation for a resource",
    flags=(
        parser.Flag("api-version", about="the API group and version, such as apps/v1"),
        parser.Flag("max-depth", "", "int", default=0, about="how deep --recursive goes; 0: to the end"),
        parser.Flag("output", "o", default="plaintext", values=("plaintext",), about="plaintext"),
        parser.Flag("recursive", "R", "bool", about="the names of all fields, at all depths"),
    ),
    run=run,
)
