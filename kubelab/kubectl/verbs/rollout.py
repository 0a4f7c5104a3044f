"""`kubectl rollout`: how a Deployment changes from one pod template to the next.

Stands for kubectl's pkg/cmd/rollout and pkg/polymorphichelpers (rollout_status.go, history.go, rollback.go,
objectpauser.go, objectrestarter.go). `status` lets the cluster move and prints a line for every change that it sees.
Without a timeout it gives up when nothing moves any more and no deadline is to come, where the real command waits on.
"""

import re
from collections.abc import Callable

from kubelab.api import errors, meta, times
from kubelab.api.meta import Obj
from kubelab.controllers import rollout as deadlines
from kubelab.kubectl import console, files, following, output, parser, recording, resources, templates
from kubelab.printers import layout
from kubelab.printers.describe import pods, writer
from kubelab.store import store as stores

REVISION = "deployment.kubernetes.io/revision"
RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
KEPT = (
    resources.LAST_APPLIED, REVISION, "deployment.kubernetes.io/revision-history",
    "deployment.kubernetes.io/desired-replicas", "deployment.kubernetes.io/max-replicas",
    "deprecated.deployment.rollback.to",
)  # fmt: skip
"""Annotations that stay the Deployment's own when it is rolled back."""

MOMENT = 100
"""How long (ms) kubectl takes to start: by then, the controller has seen what the last command changed."""

GRACE = 2000
"""How long (ms) after the deadline the controller has noticed for certain."""

MANAGED = (
    "Warning: resource {resource} was previously managed with 'kubectl apply'. Rolling back will not update the "
    "kubectl.kubernetes.io/last-applied-configuration annotation, which may cause unexpected behavior on future "
    "'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead."
)


def _select(context: console.Context, command: parser.Command) -> resources.Selection:
    """The objects that are meant; types alone mean all of them."""
    if not command.args and not command.items("filename"):
        raise console.Failure("required resource not specified")
    return resources.select(
        context,
        command.args,
        resources.Wanted(
            filenames=command.items("filename"), recursive=command.on("recursive"), selector=command.text("selector"),
            bare_types=True, latest=True,
        ),
    )  # fmt: skip


def _check_revision(command: parser.Command) -> None:
    if command.number("revision") < 0:
        raise console.Failure(f"revision must be a positive integer: {command.number('revision')}")


def _revision(obj: Obj) -> int:
    text = meta.annotations(obj).get(REVISION, "")
    return int(text) if re.fullmatch(r"[+-]?\d+", text) else 0


# ---- status


def _status(context: console.Context, command: parser.Command) -> None:
    selection = _select(context, command)
    _check_revision(command)
    timeout = command.number("timeout") or None
    context.cluster.clock.run_for(MOMENT)

    def watch(info: resources.Info) -> None:
        if info.kind.kind != "Deployment":
            raise console.Failure(f"no status viewer has been implemented for {info.kind.group_kind}")

        def seen(event: stores.Event) -> bool:
            if event.type == "DELETED":
                raise console.Failure("object has been deleted")
            line, done = progress(event.obj, command.number("revision"))
            context.out(line)
            return done or not command.on("watch")

        if not following.follow(context, info, seen, timeout, lambda: _deadline(context, info)):
            raise console.Failure("timed out waiting for the condition" if timeout else _stuck(info))

    selection.each(watch)


def _deadline(context: console.Context, info: resources.Info) -> int:
    """By when (ms) the controller will have given the rollout up; 0 if it never will."""
    deployment = context.cluster.store.find(info.kind.kind, info.namespace, info.name)
    progressing = meta.condition(deployment, "Progressing") if deployment else None
    if deployment is None or progressing is None or deployment["spec"].get("paused"):
        return 0
    if progressing.get("reason") in (None, "NewReplicaSetAvailable") or not deadlines.has_deadline(deployment):
        return 0
    return deadlines.deadline_at(deployment, progressing) + GRACE


def _stuck(info: resources.Info) -> str:
    return f"deployment {errors.quote(info.name)} does not move any more, and kubectl would wait for ever"


def progress(deployment: Obj, wanted: int = 0) -> tuple[str, bool]:
    """How far a rollout is, in kubectl's words, and whether it is done; Failure if it will never be."""
    name, status = errors.quote(meta.name(deployment)), deployment.get("status") or {}
    if wanted and wanted != _revision(deployment):
        running = _revision(deployment)
        raise console.Failure(f"desired revision ({wanted}) is different from the running revision ({running})")
    if meta.of(deployment).get("generation", 0) > status.get("observedGeneration", 0):
        return "Waiting for deployment spec update to be observed...", False
    if (meta.condition(deployment, "Progressing") or {}).get("reason") == "ProgressDeadlineExceeded":
        raise console.Failure(f"deployment {name} exceeded its progress deadline")
    replicas = deployment["spec"].get("replicas", 1)
    total, updated, available = (status.get(f, 0) for f in ("replicas", "updatedReplicas", "availableReplicas"))
    waiting = f"Waiting for deployment {name} rollout to finish:"
    if updated < replicas:
        return f"{waiting} {updated} out of {replicas} new replicas have been updated...", False
    if total > updated:
        return f"{waiting} {total - updated} old replicas are pending termination...", False
    if available < updated:
        return f"{waiting} {available} of {updated} updated replicas are available...", False
    return f"deployment {name} successfully rolled out", True


# ---- history


def replica_sets(context: console.Context, deployment: Obj) -> dict[int, Obj]:
    """The Deployment's replica sets by revision (0: an adopted one that never was its newest)."""
    found = context.cluster.store.list("ReplicaSet", meta.namespace(deployment))
    mine = {_revision(rs): rs for rs in found if meta.is_controlled_by(rs, deployment)}
    return dict(sorted(mine.items()))


def _history(context: console.Context, command: parser.Command) -> None:
    selection = _select(context, command)
    _check_revision(command)
    printer = output.Printer(context, command, "")
    wanted = command.number("revision")

    def view(info: resources.Info) -> None:
        _only_deployments(info, "history viewer", "history")
        found = replica_sets(context, info.object)
        if wanted and wanted not in found:
            raise console.Failure("unable to find the specified revision")
        if printer.render is not None:
            for rs in [found[wanted]] if wanted else found.values():
                printer.print(rs)
            return
        head = f"with revision #{wanted}" if wanted else ""
        body = _template_text(_with_cause(found[wanted])) if wanted else _revisions(found)
        context.out(f"{info.typed_name} {head}\n{body}")

    selection.each(view)


def _only_deployments(info: resources.Info, helper: str, what: str) -> None:
    kind = errors.quote(info.kind.group_kind)
    if info.kind.kind in ("Pod", "ReplicaSet"):
        raise console.Failure(f"no {helper} has been implemented for {kind}")
    if info.kind.kind != "Deployment":
        where = f"{{{info.kind.group} {info.kind.kind}}}"
        raise console.Failure(f"error retrieving {what} for {kind}, no visitor method exists for {where}")


def _revisions(found: dict[int, Obj]) -> str:
    if not found:
        return "No rollout history found."
    rows = [(str(number), meta.annotations(rs).get(recording.CHANGE_CAUSE) or "<none>") for number, rs in found.items()]
    return layout.columns("".join(f"{a}\t{b}\n" for a, b in [("REVISION", "CHANGE-CAUSE"), *rows]))


def _with_cause(rs: Obj) -> Obj:
    """The pod template of a replica set, annotated with what caused it."""
    template = meta.copy(rs["spec"]["template"])
    if cause := meta.annotations(rs).get(recording.CHANGE_CAUSE):
        template.setdefault("metadata", {}).setdefault("annotations", {})[recording.CHANGE_CAUSE] = cause
    return dict(template)


def _template_text(template: Obj) -> str:
    """A pod template as it is printed here: with its tabs, because no columns are made of it."""
    page = writer.Page(0)
    pods.template({"spec": {"template": template}}, page)
    return re.sub(r"(?m)^ +\t", "\t", page.raw())


# ---- undo


def _undo(context: console.Context, command: parser.Command) -> None:
    dry_run = console.dry_run(context, command)
    selection = _select(context, command)

    def undo(info: resources.Info) -> None:
        if resources.LAST_APPLIED in meta.annotations(info.object):
            context.err(MANAGED.format(resource=f"{info.kind.plural}/{info.name}"))
        _only_deployments(info, "rollbacker", "rollbacker")
        result = _roll_back(context, info, command.number("to-revision"), dry_run)
        output.Printer(context, command, result, dry_run).print(info.object)

    selection.each(undo)


def _roll_back(context: console.Context, info: resources.Info, wanted: int, dry_run: str) -> str:
    """Write the pod template of an older revision into the Deployment; what was done."""
    deployment = info.object
    target = _target(context, deployment, wanted)
    template = target["spec"]["template"]
    if dry_run == "client":
        return _template_text(template)
    if deployment["spec"].get("paused"):
        hint = "resume it first with 'kubectl rollout resume' and try again"
        raise console.Failure(f"you cannot rollback a paused deployment; {hint}")
    if templates.without_hash(template) == templates.without_hash(deployment["spec"]["template"]):
        return f"skipped rollback (current template already matches revision {wanted})"
    theirs, mine = meta.annotations(target), meta.annotations(deployment)
    annotations = {key: mine[key] for key in KEPT if key in mine}
    annotations |= {key: value for key, value in theirs.items() if key not in KEPT}
    patch = [
        {"op": "replace", "path": "/spec/template", "value": templates.without_hash(template)},
        {"op": "replace", "path": "/metadata/annotations", "value": annotations},
    ]
    try:
        context.ask("Deployment").patch(
            "Deployment", info.namespace, info.name, patch, "json", dry_run=dry_run == "server"
        )
    except errors.StatusError as error:
        raise console.Failure(f"failed restoring revision {wanted}: {error}") from None
    return "rolled back"


def _target(context: console.Context, deployment: Obj, wanted: int) -> Obj:
    """The replica set of the revision that is wanted (0: the one before the latest)."""
    found = replica_sets(context, deployment)
    if wanted:
        if wanted not in found:
            raise console.Failure(f"unable to find specified revision {wanted} in history")
        return found[wanted]
    if len(found) < 2:
        raise console.Failure(f"no rollout history found for deployment {errors.quote(meta.name(deployment))}")
    return found[sorted(found)[-2]]


# ---- restart, pause, resume


def _patched(operation: str, change: Callable[[console.Context, resources.Info], Obj]) -> Callable[..., None]:
    """What runs a subcommand that patches each Deployment as `change` says."""

    def run(context: console.Context, command: parser.Command) -> None:
        selection = _select(context, command)
        found, failures = selection.infos()
        if not found and not failures:
            context.err(f"No resources found in {context.namespace} namespace.")
        for info in found:
            try:
                patch = change(context, info)
                store = context.ask("Deployment")
                obj = store.patch("Deployment", info.namespace, info.name, patch)
                output.Printer(context, command, operation).print(obj)
            except errors.StatusError as error:
                failures.append(console.Failure(f"failed to patch: {error}"))
            except console.Failure as failure:
                failures.append(failure)
        console.raise_all(failures)

    return run


def _refusal(info: resources.Info, why: str) -> console.Failure:
    return console.Failure(f"error: {info.kind.resource} {errors.quote(info.name)} {why}")


def _restart(context: console.Context, info: resources.Info) -> Obj:
    if info.kind.kind != "Deployment":
        raise _refusal(info, "restarting is not supported")
    if info.object["spec"].get("paused"):
        raise _refusal(info, "can't restart paused deployment (run rollout resume first)")
    now = times.stamp(context.cluster.clock.now)
    if meta.annotations(info.object["spec"]["template"]).get(RESTARTED_AT) == now:
        raise console.Failure(
            f"failed to create patch for {info.name}: if restart has already been triggered within the past second, "
            "please wait before attempting to trigger another"
        )
    return {"spec": {"template": {"metadata": {"annotations": {RESTARTED_AT: now}}}}}


def _pause(context: console.Context, info: resources.Info) -> Obj:
    if info.kind.kind != "Deployment":
        raise _refusal(info, "pausing is not supported")
    if info.object["spec"].get("paused"):
        raise _refusal(info, "is already paused")
    return {"spec": {"paused": True}}


def _resume(context: console.Context, info: resources.Info) -> Obj:
    if info.kind.kind != "Deployment":
        raise _refusal(info, "resuming is not supported")
    if not info.object["spec"].get("paused"):
        raise _refusal(info, "is not paused")
    return {"spec": {"paused": None}}


# ---- the verb and its subcommands

SELECTOR = parser.Flag("selector", "l", about="only objects with these labels")
MANAGER = parser.Flag("field-manager", default="kubectl-rollout", about="accepted; kubelab manages no fields")

STATUS = parser.Verb(
    name="status",
    use="rollout status (TYPE NAME | TYPE/NAME)",
    about="Show the status of the rollout",
    flags=(
        *files.FLAGS,
        SELECTOR,
        parser.Flag("revision", "", "int", about="fail if this is not the revision that runs"),
        parser.Flag("timeout", "", "duration", about="how long to watch; 0: until it is done"),
        parser.Flag("watch", "w", "bool", default=True, about="watch until it is done"),
    ),
    lacks=files.LACKS,
    run=_status,
    watches=True,
)

HISTORY = parser.Verb(
    name="history",
    use="rollout history (TYPE NAME | TYPE/NAME)",
    about="View rollout history",
    flags=(
        *files.FLAGS, *output.FLAGS, SELECTOR,
        parser.Flag("revision", "", "int", about="show the pod template of this revision"),
    ),
    lacks=files.LACKS,
    run=_history,
)  # fmt: skip

UNDO = parser.Verb(
    name="undo",
    use="rollout undo (TYPE NAME | TYPE/NAME)",
    about="Undo a previous rollout",
    flags=(
        *files.FLAGS, *output.FLAGS, SELECTOR, console.DRY_RUN,
        parser.Flag("to-revision", "", "int", about="the revision to go back to; 0: the one before"),
    ),
    lacks=files.LACKS,
    run=_undo,
    changes=True,
)  # fmt: skip


def _verb(
    name: str, about: str, operation: str, change: Callable[[console.Context, resources.Info], Obj]
) -> parser.Verb:
    return parser.Verb(
        name=name,
        use=f"rollout {name} RESOURCE",
        about=about,
        flags=(*files.FLAGS, *output.FLAGS, SELECTOR, MANAGER),
        lacks=files.LACKS,
        run=_patched(operation, change),
        changes=True,
    )


VERB = parser.Verb(
    name="rollout",
    use="rollout SUBCOMMAND",
    about="Manage the rollout of a resource",
    subverbs=(
        HISTORY,
        _verb("pause", "Mark the provided resource as paused", "paused", _pause),
        _verb("restart", "Restart a resource", "restarted", _restart),
        _verb("resume", "Resume a paused resource", "resumed", _resume),
        STATUS,
        UNDO,
    ),
)
