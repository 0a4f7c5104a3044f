"""`kubectl apply`: make the server's objects as the files say, and leave alone what the files never said.

Stands for kubectl's pkg/cmd/apply, client side: a three-way merge of the configuration noted at the last apply (an
annotation), the file, and the live object. `--server-side` and `--prune` are refused by name.
"""

import dataclasses
import json

from kubelab.api import errors, meta, patches
from kubelab.api.meta import Obj
from kubelab.kubectl import console, files, output, parser, recording, resources
from kubelab.kubectl.verbs import create, last_applied, replace

MISSING = (
    "Warning: resource {resource} is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is "
    "required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl "
    "create --save-config or kubectl apply. The missing annotation will be patched automatically."
)

RETRIES = 5
BACK_OFF = 1000
"""How often, and after how many ms, apply tries again if the object was changed meanwhile."""


def run(context: console.Context, command: parser.Command) -> None:
    """Apply the objects that files hold."""
    recording.begin(context, command)
    if command.args:
        raise console.usage(command, f"Unexpected args: [{' '.join(command.args)}]")
    dry_run = console.dry_run(context, command)
    if not command.items("filename"):
        raise console.Failure("must specify one of -f and -k")
    if dry_run == "server" and command.on("force"):
        raise console.Failure("--dry-run=server cannot be used with --force")
    strictness = create.validation(command)
    selection = resources.select(
        context,
        (),
        resources.Wanted(
            filenames=command.items("filename"), recursive=command.on("recursive"), selector=command.text("selector"),
            validated=strictness != "Ignore",
        ),
    )  # fmt: skip
    found, failures = selection.infos()
    if not found and not failures:
        raise console.Failure("no objects passed to apply")
    task = _Application(context, command, dry_run, strictness)
    for info in found:
        try:
            task.apply(info)
        except console.EXPECTED as failure:
            failures.append(failure)
    console.raise_all(failures)
    task.print_objects()


@dataclasses.dataclass(frozen=True)
class _Patched:
    """The patch that made an object what it is now."""

    patch: Obj
    obj: Obj


class _Application:
    """One run of the command."""

    def __init__(self, context: console.Context, command: parser.Command, dry_run: str, strictness: str) -> None:
        self.context = context
        self.command = command
        self.dry_run = dry_run
        self.strictness = strictness
        self.whole = output.parse(command).name not in ("", "name")
        self.results: list[Obj] = []

    def apply(self, info: resources.Info) -> None:
        """Create the object, or patch what differs."""
        info = dataclasses.replace(info, obj=recording.noted(self.command, info.object))
        generated = meta.of(info.object).get("generateName")
        if not info.name and generated:
            raise console.Failure(f"from {generated}: cannot use generate name with apply")
        live = resources.read(self.context, info)
        if isinstance(live, resources.Info):
            self._change(info, live.object)
        elif resources.is_not_found(live) and info.name:
            self._say(self._create(info), "created")
        else:
            raise console.with_source(
                f"retrieving current configuration of:\n{described(info)}\nfrom server for:", info.source, live
            )

    def _create(self, info: resources.Info) -> Obj:
        obj = resources.remembering(info.object)
        if self.dry_run == "client":
            return obj
        try:
            store = self.context.ask(info.kind.kind)
            return store.create(obj, validation=self.strictness, dry_run=self.dry_run == "server")
        except errors.StatusError as error:
            raise console.with_source("creating", info.source, error) from None

    def _change(self, info: resources.Info, live: Obj) -> None:
        if resources.LAST_APPLIED not in meta.annotations(live):
            self.context.err(MISSING.format(resource=f"{info.kind.plural}/{info.name}"))
        modified = resources.remembering(info.object)
        patched = self._patch(info, live, modified)
        if meta.is_deleting(patched.obj):
            self.context.err(f"Warning: Detected changes to resource {info.name} which is currently being deleted.")
        self._say(patched.obj, "configured" if patched.patch else "unchanged")

    def _patch(self, info: resources.Info, live: Obj, modified: Obj) -> _Patched:
        """Patch, again if the object was changed meanwhile, and by force if that is asked for."""
        attempts = 0
        while True:
            patch = difference(info, live, modified)
            try:
                return _Patched(patch, self._send(info, live, patch) if patch else live)
            except errors.StatusError as error:
                if error.reason == "Conflict" and attempts < RETRIES:
                    attempts += 1
                    live = self._again(info, attempts)
                    continue
                if error.reason in ("Conflict", "Invalid") and self.command.on("force"):
                    return _Patched(modified, self._recreate(info, live, modified))
                raise _patch_failure(info, patch, error) from None

    def _again(self, info: resources.Info, attempts: int) -> Obj:
        if attempts > 1:
            self.context.cluster.clock.run_for(BACK_OFF)
        return self.context.cluster.store.read(info.kind.kind, info.namespace, info.name)

    def _send(self, info: resources.Info, live: Obj, patch: Obj) -> Obj:
        if self.dry_run == "client":
            return patches.strategic(info.kind.kind, meta.copy(live), patch)
        return self.context.ask(info.kind.kind).patch(
            info.kind.kind, info.namespace, info.name, patch,
            validation=self.strictness, dry_run=self.dry_run == "server",
        )  # fmt: skip

    def _recreate(self, info: resources.Info, live: Obj, modified: Obj) -> Obj:
        """Delete the object, wait until it has gone, and create the new one."""
        replace.remove(self.context, self.command, info)
        return self.context.cluster.store.create(modified, validation=self.strictness)

    def _say(self, obj: Obj, operation: str) -> None:
        self.results.append(obj)
        if not self.whole:
            output.Printer(self.context, self.command, operation, self.dry_run).print(obj)

    def print_objects(self) -> None:
        """`-o yaml` and the like print all objects at the end, several as a List."""
        if not self.whole or not self.results:
            return
        several: Obj = {"apiVersion": "v1", "kind": "List", "metadata": {}, "items": self.results}
        obj = self.results[0] if len(self.results) == 1 else several
        output.Printer(self.context, self.command, "").print(obj)


def difference(info: resources.Info, live: Obj, modified: Obj) -> Obj:
    """The patch that takes the live object to what the file says, given what the file said last time."""
    noted = meta.annotations(live).get(resources.LAST_APPLIED)
    try:
        original = json.loads(noted) if noted else {}
        if not isinstance(original, dict):
            raise ValueError(noted)
    except ValueError:
        texts = (noted, f"{errors.go_json(modified, sort_keys=True)}\n", f"{errors.go_json(live, sort_keys=True)}\n")
        body = "".join(
            f"{name}:\n{text}\n" for name, text in zip(("original", "modified", "current"), texts, strict=True)
        )
        failure = console.Failure(f"creating patch with:\n{body}for: invalid JSON document")
        raise _patch_failure(info, None, failure) from None
    return patches.three_way(info.kind.kind, original, modified, live)


def _patch_failure(info: resources.Info, patch: Obj | None, error: Exception) -> Exception:
    sent = console.with_source("patching", info.source, error)
    shown = "" if patch is None else errors.go_json(patch, sort_keys=True)
    where = f"applying patch:\n{shown}\nto:\n{described(info)}\nfor:"
    return console.with_source(where, info.source, sent)


def described(info: resources.Info) -> str:
    """An object as kubectl's resource.Info prints itself."""
    group_version = info.kind.api_version if info.kind.group else "/v1"
    return (
        f'Resource: "{group_version}, Resource={info.kind.plural}", '
        f'GroupVersionKind: "{group_version}, Kind={info.kind.kind}"\n'
        f"Name: {errors.quote(info.name)}, Namespace: {errors.quote(info.namespace)}"
    )


VERB = parser.Verb(
    name="apply",
    use="apply -f FILENAME",
    about="Apply a configuration to a resource by file name or stdin",
    flags=(
        *files.FLAGS,
        *output.FLAGS,
        console.DRY_RUN,
        create.VALIDATE,
        parser.Flag("cascade", default="background", no_option_default="background",
                    values=replace.CASCADES, about="with --force: what becomes of the objects that it owns"),
        parser.Flag("field-manager", default="kubectl-client-side-apply", about="accepted; kubelab manages no fields"),
        parser.Flag("force", "", "bool", about="delete and create again what cannot be patched"),
        parser.Flag("grace-period", "", "int", default=-1, about="with --force: seconds to end in"),
        recording.FLAG,
        parser.Flag("selector", "l", about="only objects with these labels"),
        parser.Flag("timeout", "", "duration", about="with --force: how long to wait for the end"),
    ),
    lacks=(
        "--all", "--force-conflicts", *files.LACKS, "--openapi-patch", "--overwrite", "--prune", "--prune-allowlist",
        "--server-side", "--subresource", "--wait",
    ),
    subverbs=(
        parser.Verb("edit-last-applied", absent=True),
        last_applied.SET,
        last_applied.VIEW,
    ),
    run=run,
    changes=True,
)  # fmt: skip
