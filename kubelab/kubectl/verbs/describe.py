"""`kubectl describe`: all about one object, or about several.

Stands for kubectl's pkg/cmd/describe; the text itself comes from `kubelab.printers.describe`. A name that no object has
is taken as the beginning of names, as there.
"""

from kubelab.api import kinds, meta
from kubelab.api.meta import Obj
from kubelab.kubectl import console, files, parser, resources
from kubelab.kubectl.verbs import get
from kubelab.printers import describe


def run(context: console.Context, command: parser.Command) -> None:
    """Print the description of each object that is meant."""
    if not command.args and not command.items("filename"):
        raise console.Failure(f"You must specify the type of resource to describe. {get.SUGGEST}\n")
    selection = resources.select(
        context,
        command.args,
        resources.Wanted(
            filenames=command.items("filename"), recursive=command.on("recursive"), selector=command.text("selector"),
            all_namespaces=command.on("all-namespaces"), bare_types=True,
        ),
    )  # fmt: skip
    infos, failures = selection.infos()
    if len(command.args) == 2 and len(failures) == 1 and resources.is_not_found(failures[0]):
        _by_prefix(context, command, failures[0])
        return
    events = command.on("show-events") if command.given("show-events") else len(infos) == 1 and not failures
    texts = []
    for info in infos:
        found = resources.read(context, info) if info.source else info
        if isinstance(found, Exception):
            failures.append(found)
        else:
            texts.append(text(context, found.object, events))
    context.out("\n\n".join(texts), end="")
    if not infos and not failures:
        everywhere = command.on("all-namespaces")
        context.err("No resources found" if everywhere else f"No resources found in {context.namespace} namespace.")
    console.raise_all(failures)


def _by_prefix(context: console.Context, command: parser.Command, missing: Exception) -> None:
    """Describe the objects whose names begin with what was typed; `missing` if there are none.

    Events belong to the description of the one object that is named; these come without, unless they are asked for.
    """
    if "," in command.args[0]:
        raise console.Failure("you may only specify a single resource type")
    kind, prefix = resources.find_kind(command.args[0]), command.args[1]
    objects = context.ask(kind.kind).list(kind.kind, context.namespace if kind.namespaced else None)
    found = [obj for obj in objects if meta.name(obj).startswith(prefix)]
    if not found:
        raise missing
    for obj in found:
        context.out(text(context, obj, command.given("show-events") and command.on("show-events")))


def text(context: console.Context, obj: Obj, events: bool) -> str:
    """The description of one object."""

    def related(kind: str, namespace: str | None) -> list[Obj]:
        home = namespace if kinds.of(kind).namespaced else None
        return context.cluster.store.list(kind, home)

    if obj["kind"] not in describe.DESCRIBERS:
        raise console.Failure(f"no description has been implemented for {obj['kind']}")
    return describe.describe(obj, related, context.cluster.clock.now, show_events=events)


VERB = parser.Verb(
    name="describe",
    use="describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)",
    about="Show details of a specific resource or group of resources",
    flags=(
        *files.FLAGS,
        parser.Flag("all-namespaces", "A", "bool", about="in all namespaces"),
        parser.Flag("chunk-size", "", "int", default=500, about="accepted; lists come in one piece"),
        parser.Flag("selector", "l", about="only objects with these labels"),
        parser.Flag("show-events", "", "bool", default=True, about="with the events about the object"),
    ),
    lacks=files.LACKS,
    run=run,
)
