"""`kubectl annotate`: set, change and remove annotations.

Stands for kubectl's pkg/cmd/annotate. `--list` sorts the annotations, which the real command prints in no fixed order.
"""

from kubelab.api.meta import Obj
from kubelab.kubectl import console, marks, output, pairs, parser, recording, resources


def run(context: console.Context, command: parser.Command) -> None:
    """Change the annotations of the objects that are named."""
    dry_run = console.dry_run(context, command)
    printer = output.Printer(context, command, "annotated", dry_run)
    if command.on("list") and command.text("output"):
        raise console.Failure("--list and --output may not be specified together")
    words, specs = pairs.split(command.args, "annotation")
    wanted, removed = pairs.parse(specs, "annotation", removals=True)
    change = marks.Change("annotations", wanted, removed, command.text("resource-version"))
    marks.check(command, words, dry_run, "rsrc")
    if not wanted and not removed and not command.on("list"):
        raise console.Failure("at least one annotation update is required")
    if both := [key for key in removed if key in wanted]:
        what = "can not both modify and remove the following annotation(s) in the same command"
        raise console.Failure(f"{what}: {', '.join(both)}")
    selection = marks.select(context, command, words)

    def annotate(info: resources.Info) -> None:
        if not command.on("overwrite"):
            _refuse_overwriting(info.object, change)
        here = marks.only_here(command, dry_run)
        obj = change.applied(info.object) if here else marks.send(context, info, change, dry_run)
        if command.on("list"):
            marks.show(context, info, obj, change, selection.single)
        else:
            printer.print(obj)

    selection.each(annotate)


def _refuse_overwriting(obj: Obj, change: marks.Change) -> None:
    taken = [
        f"'{key}' already has a value ({value})"
        for key, value in change.taken(obj).items()
        if key != recording.CHANGE_CAUSE  # says why the latest change was made, so it may always be overwritten
    ]
    if taken:
        what = "--overwrite is false but found the following declared annotation(s)"
        raise console.Failure(f"{what}: {'; '.join(taken)}")


VERB = parser.Verb(
    name="annotate",
    use="annotate [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]",
    about="Update the annotations on a resource",
    flags=marks.FLAGS,
    lacks=marks.LACKS,
    run=run,
    changes=True,
)
