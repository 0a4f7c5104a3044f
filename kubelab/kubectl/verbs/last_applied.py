"""`kubectl apply view-last-applied` and `set-last-applied`: the note that apply leaves in an annotation.

Stands for kubectl's pkg/cmd/apply (apply_view_last_applied.go, apply_set_last_applied.go).
"""

import json

from kubelab.api import errors, meta
from kubelab.api.meta import Obj
from kubelab.kubectl import console, files, output, parser, resources
from kubelab.printers import outputs

NONE = "no last-applied-configuration annotation found on resource: {}"
HOW = "to create the annotation, run the command with --create-annotation"


def noted(info: resources.Info) -> str:
    """The configuration that was noted at the last apply, "" if none was."""
    return meta.annotations(info.object).get(resources.LAST_APPLIED, "")


def view(context: console.Context, command: parser.Command) -> None:
    """Print what was last applied."""
    selection = resources.select(
        context,
        command.args,
        resources.Wanted(
            filenames=command.items("filename"), recursive=command.on("recursive"), bare_types=command.on("all"),
            selector=command.text("selector"), latest=True, keep_going=False,
        ),
    )  # fmt: skip
    form = command.text("output")
    if form not in ("", "yaml", "json"):
        raise console.usage(command, f"Unexpected -o output mode: {form}, the flag 'output' must be one of yaml|json")
    texts: list[str] = []

    def take(info: resources.Info) -> None:
        texts.append(noted(info))
        if not texts[-1] and info.source:  # the real command makes its complaint out of a nil error
            raise console.Failure(f"error when {NONE.format(info.name)}\n {errors.quote(info.source)}: <nil>")

    selection.each(take)
    for text in filter(None, texts):
        configuration = json.loads(text)
        if form == "json":
            shown = json.dumps(configuration, indent=2, ensure_ascii=False, sort_keys=True)
            context.out(shown)
        else:
            context.out(outputs.to_yaml(configuration), end="")


def note(context: console.Context, command: parser.Command) -> None:
    """Note the configuration of files as if it had been applied."""
    dry_run = console.dry_run(context, command)
    selection = resources.select(context, (), resources.Wanted(filenames=command.items("filename")))
    changes: list[tuple[resources.Info, str]] = []

    def compare(info: resources.Info) -> None:
        live = resources.read(context, info)
        if isinstance(live, Exception):
            raise live
        text = errors.go_json(info.object, sort_keys=True) + "\n"
        old = noted(live)
        if old.rstrip("\n") == text.rstrip("\n"):
            context.out(f"set-last-applied {info.name}: no changes required.")
        elif not old and not command.on("create-annotation"):
            raise console.Failure(f"{NONE.format(info.name)}, {HOW}")
        else:
            changes.append((info, text))

    selection.each(compare)
    for info, text in changes:
        output.Printer(context, command, "configured", dry_run).print(_send(context, info, text, dry_run))


def _send(context: console.Context, info: resources.Info, text: str, dry_run: str) -> Obj:
    if dry_run == "client":
        return info.object
    patch = {"metadata": {"annotations": {resources.LAST_APPLIED: text}}}
    store = context.ask(info.kind.kind)
    return store.patch(info.kind.kind, info.namespace, info.name, patch, "merge", dry_run=dry_run == "server")


VIEW = parser.Verb(
    name="view-last-applied",
    use="apply view-last-applied (TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)",
    about="View the latest last-applied-configuration annotations of a resource/object",
    flags=(
        *files.FLAGS,
        parser.Flag("all", "", "bool", about="all objects of the types named"),
        parser.Flag("output", "o", default="yaml", values=("yaml", "json"), about="how to print"),
        parser.Flag("selector", "l", about="only objects with these labels"),
    ),
    lacks=files.LACKS,
    run=view,
)

SET = parser.Verb(
    name="set-last-applied",
    use="apply set-last-applied -f FILENAME",
    about="Set the last-applied-configuration annotation on a live object to match the contents of a file",
    flags=(
        files.FLAGS[0],
        *output.FLAGS,
        console.DRY_RUN,
        parser.Flag("create-annotation", "", "bool", about="also where nothing was noted before"),
    ),
    run=note,
    changes=True,
)
