"""`kubectl delete`: ask objects to go, and wait until they have gone.

Stands for kubectl's pkg/cmd/delete. Waiting means letting the cluster move; an object that nothing takes away any more
(a finalizer that nobody removes) ends the wait, where the real command would wait for a week.
"""

from kubelab.api import errors, meta
from kubelab.kubectl import console, files, parser, resources, values

WEEK = 7 * 24 * 3_600_000
CASCADES = ("background", "foreground", "orphan")
FORCED = (
    "Immediate deletion does not wait for confirmation that the running resource has been terminated. "
    "The resource may continue to run on the cluster indefinitely."
)


def run(context: console.Context, command: parser.Command) -> None:
    """Delete what the arguments, the selector or the files name."""
    propagation = _propagation(context, command)
    grace = _grace(command)
    dry_run = console.dry_run(context, command)
    everything = command.on("all")
    selection = resources.select(
        context,
        command.args,
        resources.Wanted(
            filenames=command.items("filename"), recursive=command.on("recursive"), selector=command.text("selector"),
            fields=command.text("field-selector"), every=everything, all_namespaces=command.on("all-namespaces"),
            lazy=True,
        ),
    )  # fmt: skip
    _validate(context, command, grace)
    many = everything or bool(command.text("selector") or command.text("field-selector"))
    ignore_missing = command.on("ignore-not-found") if command.given("ignore-not-found") else many
    task = _Deletion(context, command, grace, propagation, dry_run)
    found = selection.each(task.delete, resources.is_not_found if ignore_missing else None)
    if not found:
        context.out("No resources found")
    elif command.on("wait") and dry_run == "none":
        task.wait()


def _grace(command: parser.Command) -> int:
    """The grace period in seconds, -1 for each object's own."""
    grace = command.number("grace-period")
    if command.on("now"):
        if grace != -1:
            raise console.Failure("--now and --grace-period cannot be specified together")
        return 1
    if grace == 0 and not command.on("force"):
        return 1
    return 0 if command.on("force") and grace < 0 else grace


def _propagation(context: console.Context, command: parser.Command) -> str:
    value = command.text("cascade")
    if value in CASCADES:
        return value.capitalize()
    try:
        meant = "background" if values.boolean(value) else "orphan"
    except ValueError:
        message = f'invalid cascade value ({value}). Must be "background", "foreground", or "orphan"'
        raise console.Failure(message) from None
    context.err(f"warning: --cascade={value} is deprecated (boolean value) and can be replaced with --cascade={meant}.")
    return meant.capitalize()


def _validate(context: console.Context, command: parser.Command, grace: int) -> None:
    output = command.text("output")
    if output not in ("", "name"):
        raise console.Failure(f"unexpected -o output mode: {output}. We only support '-o name'")
    if command.on("all") and command.text("selector"):
        raise console.Failure("cannot set --all and --selector at the same time")
    if command.on("all") and command.text("field-selector"):
        raise console.Failure("cannot set --all and --field-selector at the same time")
    if command.on("force"):
        if grace > 0:
            raise console.Failure("--force and --grace-period greater than 0 cannot be specified together")
        context.warn(FORCED)


class _Deletion:
    """One run of the command: what was asked to go, and how it was said."""

    def __init__(
        self, context: console.Context, command: parser.Command, grace: int, propagation: str, dry_run: str
    ) -> None:
        self.context = context
        self.grace = grace
        self.propagation = propagation
        self.dry_run = dry_run
        self.timeout = command.number("timeout")
        self.by_name = command.text("output") == "name"
        self.warn_scope = context.explicit and not command.on("all-namespaces")
        self.gone: list[tuple[resources.Info, str]] = []

    def delete(self, info: resources.Info) -> None:
        """Ask one object to go."""
        if self.warn_scope and not info.kind.namespaced:
            self.context.warn("deleting cluster-scoped resources, not scoped to the provided namespace")
            self.warn_scope = False
        if self.dry_run == "client":
            self.say(info)
            return
        if not info.name:
            raise console.with_source("deleting", info.source, console.Failure("resource name may not be empty"))
        try:
            deleted = self.context.ask(info.kind.kind).delete(
                info.kind.kind, info.namespace, info.name,
                grace=self.grace if self.grace >= 0 else None,
                propagation=self.propagation, dry_run=self.dry_run == "server",
            )  # fmt: skip
        except errors.StatusError as error:
            raise console.with_source("deleting", info.source, error) from None
        self.gone.append((info, meta.uid(deleted)))
        self.say(info)

    def say(self, info: resources.Info) -> None:
        """`service "web" deleted from default namespace`."""
        if self.by_name:
            self.context.out(info.typed_name)
            return
        operation = "force deleted" if self.grace == 0 else "deleted"
        home = f" from {info.namespace} namespace" if info.namespace else ""
        suffix = console.DRY_RUN_SUFFIX[self.dry_run]
        self.context.out(f"{info.kind.typed} {errors.quote(info.name)} {operation}{home}{suffix}")

    def wait(self) -> None:
        """Let the cluster move until all that was deleted has gone."""
        clock = self.context.cluster.clock
        end = clock.now + (self.timeout or WEEK)
        for info, uid in self.gone:
            while not self._is_gone(info, uid):
                due = clock.next_at()
                if clock.quiet and not self.timeout:
                    raise console.Failure(
                        f"{info.typed_name} stays: a finalizer keeps it, and kubectl would wait for ever"
                    )
                if due is None or due > end:
                    clock.run_until(end)
                    raise console.Failure(f"timed out waiting for the condition on {info.kind.plural}/{info.name}")
                clock.step()

    def _is_gone(self, info: resources.Info, uid: str) -> bool:
        found = self.context.cluster.store.find(info.kind.kind, info.namespace, info.name)
        return found is None or meta.uid(found) != uid


VERB = parser.Verb(
    name="delete",
    use="delete ([-f FILENAME] | TYPE [(NAME | -l label | --all)])",
    about="Delete resources by file names, stdin, resources and names, or by resources and label selector",
    flags=(
        *files.FLAGS,
        parser.Flag("all", "", "bool", about="all objects of the types named"),
        parser.Flag("all-namespaces", "A", "bool", about="in all namespaces"),
        parser.Flag("cascade", default="background", no_option_default="background",
                    values=CASCADES, about="what becomes of the objects that it owns"),
        console.DRY_RUN,
        parser.Flag("field-selector", about="only objects with these fields"),
        parser.Flag("force", "", "bool", about="at once, without waiting for the kubelet"),
        parser.Flag("grace-period", "", "int", default=-1, about="seconds to end in; -1: the object's own"),
        parser.Flag("ignore-not-found", "", "bool", about="what is not there is no error"),
        parser.Flag("now", "", "bool", about="the same as --grace-period=1"),
        parser.Flag("output", "o", values=("name",), about="name: print only type/name"),
        parser.Flag("selector", "l", about="only objects with these labels"),
        parser.Flag("timeout", "", "duration", about="how long to wait for the end"),
        parser.Flag("wait", "", "bool", default=True, about="wait until the objects have gone"),
    ),
    lacks=("-i, --interactive", *files.LACKS, "--raw"),
    run=run,
    changes=True,
)  # fmt: skip
