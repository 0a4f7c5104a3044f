"""`kubectl logs`: what a container has written.

Stands for kubectl's pkg/cmd/logs and the kubelet's checks before it opens a log. `-f` lets the cluster move until the
container has ended, or until nothing moves any more (the real command waits for Ctrl-C).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kubelab.api import errors, meta, times
from kubelab.api.meta import Obj
from kubelab.kubectl import chosen, console, parser, resources

USAGE = (
    "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\n"
    "POD or TYPE/NAME is a required argument for the logs command"
)
SELECTOR_TAIL = 10
"""How many lines of each pod are shown when pods are chosen by label."""

WAITING = {"ErrImagePull": "image can't be pulled", "ImagePullBackOff": "trying and failing to pull image"}


@dataclass(frozen=True)
class Options:
    """What part of a log is wanted."""

    since: int | None
    tail: int | None
    limit: int
    timestamps: bool
    previous: bool


@dataclass(frozen=True)
class Source:
    """One container whose log is wanted."""

    pod: Obj
    container: str


def run(context: console.Context, command: parser.Command) -> None:
    """Print the logs of the containers that are meant."""
    word, inline = _arguments(command)
    options = _options(context, command)
    info, listed = _find(context, command, word)
    _check(command, options, inline)
    every_pod = command.on("all-pods")
    asked = inline or command.text("container")
    found = listed if info is None else _pods_of(context, command, info)
    sources = [source for pod in found for source in _sources(context, command, pod, asked)]
    if command.on("follow") and len(sources) > command.number("max-log-requests"):
        raise console.Failure(
            f"you are attempting to follow {len(sources)} log streams, but maximum allowed concurrency is "
            f"{command.number('max-log-requests')}, use --max-log-requests to increase the limit"
        )
    prefix = command.on("prefix") or every_pod
    if command.on("follow"):
        _follow(context, sources, options, prefix)
        return
    for source in sources:
        _print(context, source, options, prefix)


# ---- the command line


def _arguments(command: parser.Command) -> tuple[str, str]:
    """The object and the container among the arguments."""
    args = command.args
    if len(args) > 2 or (not args and not command.text("selector")):
        raise console.usage(command, USAGE)
    if len(args) == 1 and command.text("selector"):
        raise console.usage(command, "only a selector (-l) or a POD name is allowed")
    return (*args, "", "")[0], (*args, "", "")[1]


def _options(context: console.Context, command: parser.Command) -> Options:
    since: int | None = None
    if stamp := command.text("since-time"):
        try:
            since = times.parse(stamp)
        except ValueError:
            layout = "2006-01-02T15:04:05Z07:00"
            shown = errors.quote(stamp)
            raise console.Failure(f'parsing time {shown} as "{layout}": cannot parse {shown} as "2006"') from None
    elif command.number("since"):
        since = context.cluster.clock.now - command.number("since")
    tail: int | None = command.number("tail")
    if tail == -1:
        tail = SELECTOR_TAIL if command.text("selector") and not command.given("tail") else None
    return Options(since, tail, command.number("limit-bytes"), command.on("timestamps"), command.on("previous"))


def _check(command: parser.Command, options: Options, inline: str) -> None:
    if command.text("since-time") and command.number("since"):
        raise console.Failure("at most one of `sinceTime` or `sinceSeconds` may be specified")
    if command.on("all-containers") and (inline or command.text("container")):
        name = inline or command.text("container")
        raise console.Failure(f"--all-containers=true should not be specified with container name {name}")
    if command.given("container") and inline:
        raise console.Failure("only one of -c or an inline [CONTAINER] arg is allowed")
    if options.limit < 0:
        raise console.Failure("--limit-bytes must be greater than 0")
    if command.number("since") < 0:
        raise console.Failure("--since must be greater than 0")
    if options.tail is not None and options.tail < -1:
        raise console.Failure("--tail must be greater than or equal to -1")


# ---- pods and containers


def _find(context: console.Context, command: parser.Command, word: str) -> tuple[resources.Info | None, list[Obj]]:
    """The object that is named, or the pods that a selector finds."""
    try:
        if word:
            return chosen.target(context, word), []
        found = context.ask("Pod").list("Pod", context.namespace, labels=command.text("selector"))
    except errors.StatusError as error:
        if error.reason != "NotFound":
            raise
        message = f'error from server (NotFound): {error} in namespace "{context.namespace}"'
        raise console.Failure(message) from None
    if not found:
        context.err(f"No resources found in {context.namespace} namespace.")
    return None, found


def _pods_of(context: console.Context, command: parser.Command, info: resources.Info) -> list[Obj]:
    if info.kind.kind == "Pod":
        return [info.object]
    try:
        found = chosen.pods(context, info, chosen.for_logs, command.number("pod-running-timeout"))
    except console.Failure as failure:
        if str(failure) == chosen.TIMED_OUT:
            raise
        raise console.Failure(f"cannot get the logs from *v1.{info.kind.kind}: {failure}") from None
    if command.on("all-pods"):
        return found
    if len(found) > 1:
        context.err(f"Found {len(found)} pods, using pod/{meta.name(found[0])}")
    return found[:1]


def _sources(context: console.Context, command: parser.Command, pod: Obj, asked: str) -> list[Source]:
    if command.on("all-containers"):
        return [Source(pod, name) for name in chosen.names(pod)]
    return [Source(pod, chosen.container(context, pod, asked, quiet=command.on("all-pods")))]


# ---- lines


def _print(context: console.Context, source: Source, options: Options, prefix: bool) -> None:
    _check_readable(source, options.previous)
    lines = list(_lines(context, source, options))
    if options.tail is not None:
        lines = lines[max(len(lines) - options.tail, 0) :]
    text = "".join(text for _, text in lines)
    if options.limit:
        text = text.encode()[: options.limit].decode("utf-8", "ignore")
    _write(context, source, text, prefix)


def _write(context: console.Context, source: Source, text: str, prefix: bool) -> None:
    mark = f"[pod/{meta.name(source.pod)}/{source.container}] " if prefix else ""
    context.out("".join(f"{mark}{line}" for line in text.splitlines(keepends=True)), end="")


def _lines(context: console.Context, source: Source, options: Options) -> Iterator[tuple[int, str]]:
    """The lines that a container has written since `options.since`, with the moment of each."""
    written = context.cluster.runtime.lines(source.pod, source.container, previous=options.previous)
    for at, text in written:
        if options.since is not None and at < options.since:
            continue
        for line in text.splitlines(keepends=True):
            yield at, (f"{_stamp(at)} {line}" if options.timestamps else line)


def _stamp(ms: int) -> str:
    return f"{times.stamp(ms)[:-1]}.{ms % 1000:03d}000000Z"


def _check_readable(source: Source, previous: bool) -> None:
    """The kubelet's refusal, if the container has no log yet (a pod without a node has an empty one)."""
    if not source.pod["spec"].get("nodeName"):
        return
    status = chosen.status(source.pod, source.container)
    what = f'container "{source.container}" in pod "{meta.name(source.pod)}"'
    if not status:
        raise errors.bad_request(f"{what} is not available")
    state, last = status.get("state") or {}, (status.get("lastState") or {}).get("terminated")
    if previous:
        if not last:
            raise errors.bad_request(f"previous terminated {what} not found")
    elif "waiting" in state and not last:
        reason = state["waiting"].get("reason", "")
        raise errors.bad_request(f"{what} is waiting to start: {WAITING.get(reason, reason)}")


# ---- following


def _follow(context: console.Context, sources: list[Source], options: Options, prefix: bool) -> None:
    """Print what is there and what comes, until all containers have ended or nothing moves any more."""
    clock = context.cluster.clock
    shown = dict.fromkeys(range(len(sources)), 0)
    for index, source in enumerate(sources):
        _check_readable(source, options.previous)
        total = len(list(_lines(context, source, options)))
        shown[index] = max(total - options.tail, 0) if options.tail is not None else 0
    while True:
        for index, source in enumerate(sources):
            lines = list(_lines(context, source, options))
            _write(context, source, "".join(text for _, text in lines[shown[index] :]), prefix)
            shown[index] = len(lines)
        due = _next(context, sources)
        if due is None:
            return
        clock.run_until(due)


def _next(context: console.Context, sources: list[Source]) -> int | None:
    """When to look again; None if no more lines can come that anybody waits for."""
    clock, runtime = context.cluster.clock, context.cluster.runtime
    containers = [runtime.container(source.pod, source.container) for source in sources]
    alive = [container for container in containers if container is not None and container["alive"]]
    coming = [at for container in alive for at, _ in container["logs"] if at > clock.now]
    due = clock.next_at()
    if alive and due is not None and not clock.quiet:
        coming.append(due)
    return min(coming) if coming else None


VERB = parser.Verb(
    name="logs",
    use="logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]",
    about="Print the logs for a container in a pod",
    flags=(
        parser.Flag("all-containers", "", "bool", about="of all containers of the pod"),
        parser.Flag("all-pods", "", "bool", about="of all pods of the object"),
        parser.Flag("container", "c", about="of this container"),
        parser.Flag("follow", "f", "bool", about="and what comes, until nothing moves"),
        parser.Flag("ignore-errors", "", "bool", about="accepted; a simulated log does not break off"),
        parser.Flag("limit-bytes", "", "int", about="at most so many bytes"),
        parser.Flag("max-log-requests", "", "int", default=5, about="how many logs may be followed at once"),
        parser.Flag("pod-running-timeout", "", "duration", default=20_000, about="how long to wait for a pod"),
        parser.Flag("prefix", "", "bool", about="pod and container before each line"),
        parser.Flag("previous", "p", "bool", about="of the container before the last restart"),
        parser.Flag("selector", "l", about="of pods with these labels"),
        parser.Flag("since", "", "duration", about="only what is newer than this long"),
        parser.Flag("since-time", about="only what is newer than this moment"),
        parser.Flag("tail", "", "int", default=-1, about="only so many lines from the end"),
        parser.Flag("timestamps", "", "bool", about="the moment before each line"),
    ),
    lacks=("--insecure-skip-tls-verify-backend",),
    run=run,
    watches=lambda command: command.on("follow"),
)
