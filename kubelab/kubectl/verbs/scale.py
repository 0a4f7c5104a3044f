"""`kubectl scale`: how many pods a ReplicaSet or Deployment is to have.

Stands for kubectl's pkg/cmd/scale and pkg/scale. `--timeout` lets the cluster move until the number is reached.
"""

from kubelab.api import errors, meta
from kubelab.api.meta import Obj
from kubelab.kubectl import console, files, output, parser, recording, resources

MAX_INT32 = 2**31 - 1


def run(context: console.Context, command: parser.Command) -> None:
    """Scale the objects that are named, one after the other, up to the first that cannot be scaled."""
    recording.begin(context, command)
    dry_run = console.dry_run(context, command)
    printer = output.Printer(context, command, "scaled", dry_run)
    _check(command)
    selection = resources.select(
        context,
        command.args,
        resources.Wanted(
            filenames=command.items("filename"), recursive=command.on("recursive"), bare_types=command.on("all"),
            selector=command.text("selector"),
        ),
    )  # fmt: skip
    found, missing = selection.infos()
    if command.text("resource-version") and len(found) > 1:
        raise console.Failure("cannot use --resource-version with multiple resources")
    if not found:
        console.raise_all(missing)
        raise console.Failure("no objects passed to scale")
    for info in found:
        if dry_run != "client":
            _scale(context, command, info, dry_run)
        printer.print(_with_replicas(info.object, command.number("replicas")))
    console.raise_all(missing)


def _check(command: parser.Command) -> None:
    if command.number("replicas") < 0:
        raise console.Failure("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    if command.number("current-replicas") < -1:
        raise console.Failure("The --current-replicas must specify an integer of -1 or greater")


def _scale(context: console.Context, command: parser.Command, info: resources.Info, dry_run: str) -> None:
    store = context.ask(info.kind.kind)
    replicas = command.number("replicas")
    if not info.kind.scalable:
        raise errors.no_such_resource()
    live = store.read(info.kind.kind, info.namespace, info.name)
    _check_preconditions(command, live)
    if replicas > MAX_INT32:
        raise _too_many(live, replicas)
    store.scale(info.kind.kind, info.namespace, info.name, replicas, dry_run=dry_run == "server")
    if (note := recording.patch(command)) and dry_run == "none":
        store.patch(info.kind.kind, info.namespace, info.name, note, "merge")
    if command.number("timeout") and dry_run == "none":
        _wait(context, info, replicas, command.number("timeout"))


def _check_preconditions(command: parser.Command, live: Obj) -> None:
    size, now = command.number("current-replicas"), live["spec"].get("replicas", 0)
    if size not in (-1, now):
        raise console.Failure(f"Expected replicas to be {size}, was {now}")
    version, is_now = command.text("resource-version"), live["metadata"]["resourceVersion"]
    if version and version != is_now:
        raise console.Failure(f"Expected resource version to be {version}, was {is_now}")


def _too_many(live: Obj, replicas: int) -> errors.StatusError:
    """The server's refusal of a number that its type cannot hold."""
    scale = {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {
            key: live["metadata"][key] for key in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
        },
        "spec": {"replicas": replicas},
        "status": {"replicas": (live.get("status") or {}).get("replicas", 0)},
    }
    problem = f"json: cannot unmarshal number {replicas} into Go struct field ScaleSpec.spec.replicas of type int32"
    cause = errors.invalid_value("patch", errors.go_json(scale), problem)
    return errors.StatusError("Invalid", 422, f' "" is invalid: {cause.text}', causes=(cause,))


def _wait(context: console.Context, info: resources.Info, replicas: int, timeout: int) -> None:
    def reached() -> bool:
        live = context.cluster.store.find(info.kind.kind, info.namespace, info.name)
        if live is None:
            return True
        status = live.get("status") or {}
        seen = status.get("observedGeneration", 0) >= live["metadata"].get("generation", 0)
        return bool(seen and status.get("replicas", 0) == replicas)

    if not context.wait(reached, timeout):
        raise console.Failure(f"timed out waiting for {errors.quote(info.name)} to be synced")


def _with_replicas(obj: Obj, replicas: int) -> Obj:
    changed = meta.copy(obj)
    changed.setdefault("spec", {})["replicas"] = replicas
    return dict(changed)


VERB = parser.Verb(
    name="scale",
    use="scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)",
    about="Set a new size for a deployment, replica set, or replication controller",
    flags=(
        *files.FLAGS,
        *output.FLAGS,
        console.DRY_RUN,
        parser.Flag("all", "", "bool", about="all objects of the types named"),
        parser.Flag(
            "current-replicas", "", "int", default=-1, about="only if this is the size now; -1: whatever it is"
        ),
        recording.FLAG,
        parser.Flag("replicas", "", "int", about="the new size"),
        parser.Flag("resource-version", about="only if this is still the object's version"),
        parser.Flag("selector", "l", about="only objects with these labels"),
        parser.Flag("timeout", "", "duration", about="wait so long for the size to be reached"),
    ),
    lacks=files.LACKS,
    required=("replicas",),
    run=run,
    changes=True,
)
