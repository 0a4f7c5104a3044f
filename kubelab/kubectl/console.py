"""What a verb has in its hands: the cluster, where to print, what to say when something goes wrong.

Stands for kubectl's IOStreams, factory and pkg/cmd/util/helpers.go (`checkErr`: how errors are printed). Exit codes and
the wording of refusals are decided here and nowhere else.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from kubelab import cluster as clusters
from kubelab.api import errors, times
from kubelab.kubectl import parser, values
from kubelab.store import store as stores

DEPRECATED = {"Endpoints": stores.ENDPOINTS_DEPRECATED}
"""What the API server says, once per command, to whoever asks for a kind."""

CONTEXT = "kubelab"
"""The one context (kubeconfig) that there is."""

DRY_RUN_SUFFIX = {"none": "", "client": " (dry run)", "server": " (server dry run)"}
"""What follows `created`, `deleted`, ... on a dry run."""

DRY_RUN = parser.Flag(
    "dry-run", default="none", no_option_default="unchanged", values=("none", "client", "server"),
    about="none, client (print only) or server (ask, but keep nothing)",
)  # fmt: skip
"""The flag that `dry_run` reads."""


class Failure(Exception):
    """A command that ends with `error: MESSAGE` (the prefix is added if it is not there) and an exit code."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


class Exit(Exception):
    """A command that ends with this code and says nothing more (or only `message`, as it is)."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(message)
        self.code = code


class Aggregate(Exception):
    """Several failures: each on its own line, without `error: `."""

    def __init__(self, failures: Iterable[Exception]) -> None:
        self.failures = list(flatten(failures))
        texts = list(dict.fromkeys(str(failure) for failure in self.failures))
        super().__init__(texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]")


class Unread(Aggregate):
    """What could not be read from files: it stays together, after what else went wrong, whatever it is put into."""


EXPECTED = (Failure, Aggregate, errors.StatusError)
"""What goes wrong with one object without keeping kubectl from the next."""


def flatten(failures: Iterable[Exception]) -> Iterable[Exception]:
    """Aggregates opened up."""
    for failure in failures:
        if isinstance(failure, Aggregate) and not isinstance(failure, Unread):
            yield from failure.failures
        else:
            yield failure


def without(failures: Iterable[Exception], ignore: Callable[[Exception], bool] | None) -> list[Exception]:
    """The failures, aggregates opened up, but for those that `ignore` says yes to."""
    kept: list[Exception] = []
    for failure in flatten(failures):
        if isinstance(failure, Unread):
            rest = without(failure.failures, ignore)
            kept += [Unread(rest)] if rest else []
        elif ignore is None or not ignore(failure):
            kept.append(failure)
    return kept


def raise_all(failures: Iterable[Exception]) -> None:
    """Raise what was collected: nothing, the one failure, or all together."""
    found = list(flatten(failures))
    if len(found) == 1:
        raise found[0]
    if found:
        raise Aggregate(found)


def usage(command: parser.Command, message: str) -> Failure:
    """kubectl's UsageErrorf."""
    return Failure(f"{message}\nSee '{command.path} -h' for help and examples")


def report(failure: Exception) -> tuple[str, int]:
    """What goes to stderr for a failure, and the exit code (kubectl's checkErr)."""
    if isinstance(failure, Exit):
        return str(failure), failure.code
    if isinstance(failure, Aggregate) and len(failure.failures) == 1:
        failure = failure.failures[0]
    if isinstance(failure, Aggregate):
        return "".join(f"{_plain(each)}\n" for each in failure.failures), 1
    if isinstance(failure, errors.StatusError) and failure.reason == "Invalid":
        return _invalid(failure), 1
    text = _plain(failure)
    if not isinstance(failure, errors.StatusError) and not text.startswith("error: "):
        text = f"error: {text}"
    return text.removesuffix("\n") + "\n", failure.code if isinstance(failure, Failure) else 1


def _plain(failure: Exception) -> str:
    """kubectl's messageForError."""
    if not isinstance(failure, errors.StatusError):
        return str(failure)
    if failure.reason == "Unauthorized":
        return f"error: You must be logged in to the server ({failure})"
    return f"Error from server ({failure.reason}): {failure}" if failure.reason else f"Error from server: {failure}"


def _invalid(failure: errors.StatusError) -> str:
    """`The Service "x" is invalid: ...`, each cause on a line of its own if there are several."""
    head = f"The {failure.kind} {errors.quote(failure.name)} is invalid" if failure.kind or failure.name else ""
    head = head or "The request is invalid"
    causes = list(dict.fromkeys(f"{cause.field}: {cause.body}" for cause in failure.causes))
    if not causes:
        return f"{head}: {failure}\n" if head == "The request is invalid" else f"{head}\n"
    if len(causes) == 1:
        return f"{head}: {causes[0]}\n"
    return f"{head}: \n" + "".join(f"* {cause}\n" for cause in causes)


def with_source(verb: str, source: str, failure: Exception) -> Exception:
    """The failure, naming the file it came from: `error when creating "svc.yml": ...` (kubectl's AddSourceToErr)."""
    if not source:
        return failure
    message = f"error when {verb} {errors.quote(source)}: {failure}"
    if isinstance(failure, errors.StatusError):
        return errors.StatusError(
            failure.reason, failure.code, message, failure.name, failure.kind, failure.group, failure.causes
        )
    return Failure(message)


@dataclass(frozen=True)
class Streams:
    """What was printed so far."""

    out: list[str]
    err: list[str]


class Context:
    """One command's world: the cluster, the namespace it works in, its working directory, stdin and both outputs.

    `explicit` says whether `-n` was given: then objects in files may not name another namespace.
    """

    def __init__(
        self, cluster: clusters.Cluster, *, namespace: str = "default", explicit: bool = False,
        cwd: str = ".", stdin: str = "",
    ) -> None:  # fmt: skip
        self.cluster = cluster
        self.namespace = namespace
        self.explicit = explicit
        self.cwd = Path(cwd)
        self.stdin = stdin
        self.streams = Streams([], [])
        self.warned: list[str] = []

    # ---- output

    def out(self, text: str = "", end: str = "\n") -> None:
        """Print to stdout."""
        self.streams.out.append(text + end)

    def err(self, text: str = "", end: str = "\n") -> None:
        """Print to stderr."""
        self.listen()
        self.streams.err.append(text + end)

    def warn(self, text: str) -> None:
        """`Warning: ...` on stderr, each text once."""
        if text not in self.warned:
            self.warned.append(text)
            self.streams.err.append(f"Warning: {text}\n")

    def log(self, place: str, text: str, severity: str = "W") -> None:
        """A line of klog on stderr: `W1123 01:38:39.663325    4014 helpers.go:714] ...`."""
        moment = times.stamp(self.cluster.clock.now)
        ms = self.cluster.clock.now % 1000
        self.err(f"{severity}{moment[5:7]}{moment[8:10]} {moment[11:19]}.{ms:03d}000    4014 {place}] {text}")

    # ---- the server

    def ask(self, kind: str) -> stores.Store:
        """The API server, after it has said what it has to say about this kind."""
        if kind in DEPRECATED:
            self.warn(DEPRECATED[kind])
        return self.cluster.store

    def listen(self) -> None:
        """Print the warnings that came with the server's answers."""
        for warning in self.cluster.store.take_warnings():
            self.warn(warning)

    def wait(self, done: Callable[[], bool], timeout: int) -> bool:
        """Let the cluster move, step by step, until `done` or until `timeout` ms have passed; whether it is done.

        Where nothing waits to happen any more the wait is over early: it could not end otherwise.
        """
        clock = self.cluster.clock
        end = clock.now + timeout
        while not done():
            upcoming = clock.next_at()
            if upcoming is None or upcoming > end:
                clock.run_until(end)
                return done()
            clock.step()
        return True


def dry_run(context: Context, command: parser.Command) -> str:
    """The value of --dry-run: none, client or server."""
    value = command.text("dry-run")
    if value == "unchanged":
        context.log("helpers.go:714", "--dry-run is deprecated and can be replaced with --dry-run=client.")
        return "client"
    if value in DRY_RUN_SUFFIX:
        return value
    try:
        meaning, line = ("client", 728) if values.boolean(value) else ("none", 731)
    except ValueError:
        raise Failure(f'Invalid dry-run value ({value}). Must be "none", "server", or "client".') from None
    advice = f"--dry-run={value} is deprecated (boolean value) and can be replaced with --dry-run={meaning}."
    context.log(f"helpers.go:{line}", advice)
    return meaning
