"""`kubectl api-resources` and `api-versions`: the kinds that this cluster serves."""

from kubelab.api import kinds
from kubelab.kubectl import console, parser
from kubelab.printers import layout

HEADERS = ("NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND")
WIDE_HEADERS = ("VERBS", "CATEGORIES")
VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
SORTS = {"": ("group", "plural"), "name": ("plural",), "kind": ("kind",)}


def run(context: console.Context, command: parser.Command) -> None:
    """List the resource types."""
    if command.args:
        raise console.usage(command, f"unexpected arguments: [{' '.join(command.args)}]")
    form, sort = command.text("output"), command.text("sort-by")
    if form not in ("", "wide", "name"):
        raise console.Failure(f"--output {form} is not available")
    if sort not in SORTS:
        raise console.Failure("--sort-by accepts only name or kind")
    found = [kind for kind in kinds.KINDS if _wanted(kind, command)]
    found.sort(key=lambda kind: tuple(getattr(kind, field) for field in SORTS[sort]))
    if form == "name":
        for kind in found:
            context.out(kind.resource)
        return
    wide = form == "wide"
    writer = layout.table_writer()
    rows = [_row(kind, wide) for kind in found]
    if not command.on("no-headers"):
        rows.insert(0, HEADERS + (WIDE_HEADERS if wide else ()))
    writer.write("".join("\t".join(row) + "\n" for row in rows))
    context.out(writer.flush(), end="")


def _wanted(kind: kinds.Kind, command: parser.Command) -> bool:
    return (
        not (command.given("api-group") and kind.group != command.text("api-group"))
        and not (command.given("namespaced") and kind.namespaced != command.on("namespaced"))
        and all(category in kind.categories for category in command.items("categories"))
        and all(verb in VERBS for verb in command.items("verbs"))
    )


def _row(kind: kinds.Kind, wide: bool) -> tuple[str, ...]:
    row = (
        kind.plural, ",".join(kind.short_names), kind.api_version, "true" if kind.namespaced else "false", kind.kind,
    )  # fmt: skip
    return (*row, ",".join(VERBS), ",".join(kind.categories)) if wide else row


def _versions(context: console.Context, command: parser.Command) -> None:
    """List the group versions."""
    if command.args:
        raise console.usage(command, f"unexpected arguments: [{' '.join(command.args)}]")
    for version in sorted({kind.api_version: None for kind in kinds.KINDS}):
        context.out(version)


VERB = parser.Verb(
    name="api-resources",
    use="api-resources",
    about="Print the supported API resources on the server",
    flags=(
        parser.Flag("api-group", about="only this group"),
        parser.Flag("categories", "", "list", about="only those in these categories"),
        parser.Flag("namespaced", "", "bool", default=True, about="only those with, or without, a namespace"),
        parser.Flag("no-headers", "", "bool", about="no headers"),
        parser.Flag("output", "o", values=("wide", "name"), about="wide or name"),
        parser.Flag("sort-by", values=("name", "kind"), about="name or kind"),
        parser.Flag("verbs", "", "list", about="only those with these verbs"),
    ),
    lacks=("--cached", "--show-managed-fields"),
    run=run,
)

API_VERSIONS = parser.Verb(
    name="api-versions",
    use="api-versions",
    about='Print the supported API versions on the server, in the form of "group/version"',
    run=_versions,
)
