"""`kubectl label`: set, change and remove labels.

Stands for kubectl's pkg/cmd/label. Only the values of labels are checked here; what a key may be is for the API server
to say. `--list` sorts the labels, which the real command prints in no fixed order.
"""

from kubelab.api import errors, labels
from kubelab.api.meta import Obj
from kubelab.kubectl import console, marks, output, pairs, parser, resources

UNCHANGED = "not labeled"
"""What the command says of an object that it did not ask the server to change."""


def run(context: console.Context, command: parser.Command) -> None:
    """Change the labels of the objects that are named."""
    dry_run = console.dry_run(context, command)
    words, specs = pairs.split(command.args, "label")
    change = _change(specs, command.text("resource-version"))
    if command.on("list") and command.text("output"):
        raise console.Failure("--list and --output may not be specified together")
    marks.check(command, words, dry_run, "pod")
    if not change.wanted and not change.removed and not command.on("list"):
        raise console.Failure("at least one label update is required")
    selection = marks.select(context, command, words)

    def label(info: resources.Info) -> None:
        here = marks.only_here(command, dry_run)
        if not here:
            _report_missing(context, info.object, change)
        if not command.on("overwrite"):
            _refuse_overwriting(info.object, change)
        operation = _operation(info.object, change)
        if here:
            obj = change.applied(info.object)
        else:
            obj = info.object if operation == UNCHANGED else marks.send(context, info, change, dry_run)
        if command.on("list"):
            marks.show(context, info, obj, change, selection.single)
        else:
            output.Printer(context, command, operation, dry_run).print(obj)

    selection.each(label)


def _change(specs: list[str], version: str) -> marks.Change:
    """`a=b` and `a-` as a Change."""
    wanted: dict[str, str] = {}
    removed: list[str] = []
    for spec in specs:
        if "=" in spec:
            parts = spec.split("=")
            if len(parts) != 2:
                raise console.Failure(f"invalid label spec: {spec}")
            if problems := labels.value_problems(parts[1]):
                raise console.Failure(f"invalid label value: {errors.quote(spec)}: {';'.join(problems)}")
            wanted[parts[0]] = parts[1]
        else:
            removed.append(spec.removesuffix("-"))
    if any(key in wanted for key in removed):
        raise console.Failure("can not both modify and remove a label in the same command")
    return marks.Change("labels", wanted, removed, version)


def _report_missing(context: console.Context, obj: Obj, change: marks.Change) -> None:
    for key in change.removed:
        if key not in change.present(obj):
            context.out(f"label {errors.quote(key)} not found.")


def _refuse_overwriting(obj: Obj, change: marks.Change) -> None:
    console.raise_all(
        console.Failure(f"'{key}' already has a value ({value}), and --overwrite is false")
        for key, value in change.taken(obj).items()
    )


def _operation(obj: Obj, change: marks.Change) -> str:
    """What was done to the object, in kubectl's words."""
    present = change.present(obj)
    set_some = any(present.get(key) != value for key, value in change.wanted.items())
    removed_some = any(key in present for key in change.removed)
    if set_some and removed_some:
        return "modified"
    return "labeled" if set_some else "unlabeled" if removed_some else UNCHANGED


VERB = parser.Verb(
    name="label",
    use="label [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]",
    about="Update the labels on a resource",
    flags=marks.FLAGS,
    lacks=marks.LACKS,
    run=run,
    changes=True,
)
