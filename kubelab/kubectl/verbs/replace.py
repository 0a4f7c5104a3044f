"""`kubectl replace`: put the object of a file in the place of the one that is there.

Stands for kubectl's pkg/cmd/replace. `--force` deletes, waits until the old object has gone, and creates; otherwise a
missing object is an error, but for the few kinds that a PUT may create (Services among them).
"""

from kubelab.api import errors, meta
from kubelab.api.meta import Obj
from kubelab.kubectl import console, files, output, parser, recording, resources
from kubelab.kubectl.verbs import create

MINUTE = 60_000
CASCADES = ("background", "foreground", "orphan")
CREATED_BY_PUT = ("Service", "Endpoints", "Event")
"""Kinds whose registry allows create-on-update."""


def run(context: console.Context, command: parser.Command) -> None:
    """Replace the objects that files hold."""
    recording.begin(context, command)
    strictness = create.validation(command)
    dry_run = console.dry_run(context, command)
    printer = output.Printer(context, command, "replaced", dry_run)
    propagation(command)
    if not command.items("filename"):
        raise console.Failure("must specify one of -f and -k")
    _check(command, dry_run)
    if command.on("force"):
        _force(context, command, printer, strictness)
        return

    def replace(info: resources.Info) -> None:
        obj = _remembered(command, info.object)
        if dry_run != "client":
            try:
                obj = put(context, info, obj, strictness, dry_run == "server")
            except console.EXPECTED as failure:
                raise console.with_source("replacing", info.source, failure) from None
        printer.print(obj)

    _select(context, command, validated=strictness != "Ignore").each(replace)


def propagation(command: parser.Command) -> str:
    """The value of --cascade as the server takes it."""
    value = command.text("cascade")
    if value not in CASCADES:
        raise console.Failure(f'invalid cascade value ({value}). Must be "background", "foreground", or "orphan"')
    return value.capitalize()


def _check(command: parser.Command, dry_run: str) -> None:
    forced = command.on("force")
    if command.number("grace-period") >= 0 and not forced:
        raise console.Failure("--grace-period must have --force specified")
    if command.number("timeout") and not forced:
        raise console.Failure("--timeout must have --force specified")
    if forced and dry_run != "none":
        raise console.Failure("--dry-run can not be used when --force is set")


def _select(context: console.Context, command: parser.Command, *, validated: bool) -> resources.Selection:
    wanted = resources.Wanted(
        filenames=command.items("filename"), recursive=command.on("recursive"), validated=validated
    )
    return resources.select(context, (), wanted)


def _remembered(command: parser.Command, obj: Obj) -> Obj:
    """The object with its configuration noted (if asked for, or noted in the file) and the command line."""
    noted = command.on("save-config") or resources.LAST_APPLIED in meta.annotations(obj)
    return recording.noted(command, resources.remembering(obj) if noted else obj)


def put(context: console.Context, info: resources.Info, obj: Obj, strictness: str, trial: bool) -> Obj:
    """Put the object in the place of the server's, whatever the server's version is."""
    if not info.name:
        raise console.Failure("resource name may not be empty")
    store = context.ask(info.kind.kind)
    if info.kind.kind in CREATED_BY_PUT and store.find(info.kind.kind, info.namespace, info.name) is None:
        return store.create(obj, validation=strictness, dry_run=trial)
    return store.update(obj, validation=strictness, dry_run=trial)


# ---- by force


def _force(context: console.Context, command: parser.Command, printer: output.Printer, strictness: str) -> None:
    gone: list[tuple[resources.Info, str]] = []

    def take(info: resources.Info) -> None:
        try:
            gone.append((info, _delete(context, command, info)))
        except errors.StatusError as error:
            if error.reason != "NotFound":
                raise console.with_source("deleting", info.source, error) from None

    _select(context, command, validated=False).each(take)
    for info, uid in gone:
        _wait(context, command, info, uid)

    def make(info: resources.Info) -> None:
        obj = _remembered(command, info.object)
        printer.print(context.ask(info.kind.kind).create(obj, validation=strictness))

    if not _select(context, command, validated=strictness != "Ignore").each(make):
        raise console.Failure("no objects passed to replace")


def remove(context: console.Context, command: parser.Command, info: resources.Info) -> None:
    """Delete an object without a word and wait until it has gone."""
    _wait(context, command, info, _ask_to_go(context, command, info))


def _ask_to_go(context: console.Context, command: parser.Command, info: resources.Info) -> str:
    """The uid of the object that is asked to go."""
    grace = command.number("grace-period")
    deleted = context.ask(info.kind.kind).delete(
        info.kind.kind, info.namespace, info.name,
        grace=None if grace < 0 else max(grace, 1), propagation=propagation(command),
    )  # fmt: skip
    return meta.uid(deleted)


def _delete(context: console.Context, command: parser.Command, info: resources.Info) -> str:
    """Ask an object to go, and say so; its uid."""
    uid = _ask_to_go(context, command, info)
    if command.text("output") == "name":
        context.out(info.typed_name)
    else:
        home = f" from {info.namespace} namespace" if info.namespace else ""
        context.out(f"{info.kind.typed} {errors.quote(info.name)} deleted{home}")
    return uid


def _wait(context: console.Context, command: parser.Command, info: resources.Info, uid: str) -> None:
    def is_gone() -> bool:
        found = context.cluster.store.find(info.kind.kind, info.namespace, info.name)
        return found is None or meta.uid(found) != uid

    if not context.wait(is_gone, command.number("timeout") or 5 * MINUTE):
        raise console.Failure("timed out waiting for the condition")


VERB = parser.Verb(
    name="replace",
    use="replace -f FILENAME",
    about="Replace a resource by file name or stdin",
    flags=(
        *files.FLAGS,
        *output.FLAGS,
        console.DRY_RUN,
        create.VALIDATE,
        parser.Flag("cascade", default="background", no_option_default="background",
                    values=CASCADES, about="with --force: what becomes of the objects that it owns"),
        parser.Flag("field-manager", default="kubectl-replace", about="accepted; kubelab manages no fields"),
        parser.Flag("force", "", "bool", about="delete the old object and create the new one"),
        parser.Flag("grace-period", "", "int", default=-1, about="with --force: seconds to end in"),
        recording.FLAG,
        parser.Flag("save-config", "", "bool", about="note the configuration for a later apply"),
        parser.Flag("timeout", "", "duration", about="with --force: how long to wait for the end"),
        parser.Flag("wait", "", "bool", about="accepted; --force waits always"),
    ),
    lacks=(*files.LACKS, "--raw", "--subresource"),
    run=run,
    changes=True,
)  # fmt: skip
