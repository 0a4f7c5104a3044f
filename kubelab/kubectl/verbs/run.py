"""`kubectl run`: one pod from flags; with `-i` or `--attach` also what its program prints.

Stands for kubectl's pkg/cmd/run and pkg/cmd/attach. Attaching lets the cluster move until the program has ended, or
until nothing moves any more (a server). There is no terminal: what a shell reads is the text that came with the command
(a cell of `%%kubectl`, a pipe), so a shell without such a text ends at once.
"""

import re
from collections.abc import Sequence

from kubelab.api import errors, meta
from kubelab.api.meta import Obj
from kubelab.kubectl import console, generators, output, parser, resources

RECORDED = (
    "All commands and output from this session will be recorded in container logs, "
    "including credentials and sensitive information passed through the command prompt."
)
PROMPT = "If you don't see a command prompt, try pressing enter."
RESTARTS = ("Always", "OnFailure", "Never")
PULLS = ("Always", "IfNotPresent", "Never")
_DOMAIN = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_PATH = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
IMAGE = re.compile(
    rf"(?:{_DOMAIN}(?:\.{_DOMAIN})*(?::[0-9]+)?/)?{_PATH}(?:/{_PATH})*(?::\w[\w.-]{{0,127}})?(?:@{_DIGEST})?", re.ASCII
)
"""The name of an image (distribution's reference grammar)."""
ENV_NAME = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
SHELLS = ("sh", "bash", "ash", "/bin/sh", "/bin/bash")


def run(context: console.Context, command: parser.Command) -> None:
    """Create the pod, and follow its program if that is asked for."""
    labels = generators.pairs(command.text("labels")) if command.text("labels") else {}
    annotations = _annotations(command.items("annotations"))
    env = _env(command.items("env"))
    attach = command.on("attach") if command.given("attach") else command.on("stdin")
    _check_words(command)
    dry_run = console.dry_run(context, command)
    printer = output.Printer(context, command, "created", dry_run, typed=dry_run == "client")
    _check(command, attach, dry_run)
    name, *args = command.args
    pod = generators.pod(
        generators.PodWish(
            name, command.text("image"), labels or {"run": name}, annotations, args, command.on("command"), env,
            command.text("port"), command.on("stdin"), command.on("stdin") and not command.on("leave-stdin-open"),
            command.on("tty"), command.text("image-pull-policy"), command.text("restart"), command.on("privileged"),
        )
    )  # fmt: skip
    session = _Session(context, command, dry_run)
    session.create(pod)
    if command.on("expose"):
        port = int(command.text("port"))
        session.create(generators.run_service(name, labels, labels or {"run": name}, port), keep_going=True)
    if attach:
        session.follow(name)
        return
    for obj in session.created:
        printer.print(obj)
    console.raise_all(session.failures)


def _check_words(command: parser.Command) -> None:
    restart, pull = command.text("restart"), command.text("image-pull-policy")
    if restart not in RESTARTS:
        raise console.Failure(f"invalid restart policy: {restart}, valid values are: {', '.join(RESTARTS)}")
    if pull not in ("", *PULLS):
        raise console.Failure(f"invalid image pull policy: {pull}, valid values are: {', '.join(PULLS)}")
    if command.number("pod-running-timeout") <= 0:
        raise console.Failure("--pod-running-timeout must be higher than zero")


def _check(command: parser.Command, attach: bool, dry_run: str) -> None:
    """RunOptions.Validate."""
    image, port = command.text("image"), command.text("port")
    if not command.args or command.dash == 0:
        raise console.Failure("NAME is required for run")
    if not image:
        raise console.Failure("--image is required")
    if not IMAGE.fullmatch(image):
        raise console.Failure(f"invalid image name {errors.quote(image)}: invalid reference format")
    if command.on("tty") and not command.on("stdin"):
        raise console.Failure("-i/--stdin is required for containers with -t/--tty=true")
    if command.on("expose") and not port:
        raise console.Failure("--port must be set when exposing a service")
    if port and not re.fullmatch(r"[+-]?[0-9]{1,18}", port):
        raise console.Failure("--port must be a number")
    if command.on("rm") and not attach:
        raise console.Failure("--rm should only be used for attached containers")
    if attach and dry_run != "none":
        raise console.Failure(
            "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)"
        )


def _annotations(texts: Sequence[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise console.Failure(f"invalid annotations format: {text}")
        found[key] = value
    return found


def _env(texts: Sequence[str]) -> list[tuple[str, str]]:
    found = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not ENV_NAME.fullmatch(name) or name.startswith(".."):
            raise console.Failure(f"invalid env: {text}")
        found.append((name, value))
    return found


class _Session:
    """One run of the command: what it created, and the program that it follows."""

    def __init__(self, context: console.Context, command: parser.Command, dry_run: str) -> None:
        self.context = context
        self.command = command
        self.dry_run = dry_run
        self.created: list[Obj] = []
        self.failures: list[Exception] = []

    def create(self, obj: Obj, keep_going: bool = False) -> None:
        """Send one object to the server (or, on a client's dry run, only note it)."""
        if self.dry_run == "client":
            if self.context.explicit:
                obj["metadata"]["namespace"] = self.context.namespace
            self.created.append(obj)
            return
        if self.command.on("save-config"):
            obj = resources.remembering(obj, typed=True)
        obj = {**obj, "metadata": {**obj["metadata"], "namespace": self.context.namespace}}
        try:
            store = self.context.ask(obj["kind"])
            self.created.append(store.create(obj, validation="Ignore", dry_run=self.dry_run == "server"))
        except errors.StatusError as error:
            if not keep_going:
                raise
            self.failures.append(error)

    # ---- attached

    def follow(self, name: str) -> None:
        """Show what the program prints; with --rm, delete the pod when it has ended, whatever came of it."""
        quiet = self.command.on("quiet")
        try:
            self._wait_until_started(name)
            if not quiet:
                self.context.err(RECORDED)
                self.context.err(PROMPT)
            self._attach(name)
            ended = self._outcome(name)
        finally:
            if self.command.on("rm"):
                self._remove(quiet)
        if ended is not None:
            raise ended

    def _pod(self, name: str) -> Obj:
        return self.context.cluster.store.read("Pod", self.context.namespace, name)

    def _wait_until_started(self, name: str) -> None:
        """Let the cluster move until the pod runs, or has run."""

        def started() -> bool:
            pod = self._pod(name)
            return meta.is_finished(pod) or meta.is_ready(pod) or _ended(pod) is not None

        if not self.context.wait(started, self.command.number("pod-running-timeout")):
            raise console.Failure("timed out waiting for the condition")

    def _attach(self, name: str) -> None:
        """Print what the program prints until it ends, or until nothing moves any more."""
        clock = self.context.cluster.clock
        pod = self._pod(name)
        if self.command.on("stdin") and self._is_shell(pod):
            self._type(pod)
            return
        while not clock.quiet and not meta.is_finished(pod) and _ended(pod) is None:
            clock.step()
            pod = self._pod(name)
        self.context.out(self.context.cluster.runtime.logs(pod, name), end="")

    def _is_shell(self, pod: Obj) -> bool:
        """Whether the program is a shell that reads its commands from standard input."""
        container = pod["spec"]["containers"][0]
        words = [*container.get("command", ()), *container.get("args", ())]
        return bool(words) and words[0] in SHELLS and not [word for word in words[1:] if not word.startswith("-i")]

    def _type(self, pod: Obj) -> None:
        """Give the shell what came on standard input."""
        container = pod["spec"]["containers"][0]
        words = [*container.get("command", ()), *container.get("args", ())]
        cluster = self.context.cluster
        done = cluster.exec(pod, container["name"], words, stdin=self.context.stdin, tty=self.command.on("tty"))
        self.context.out(done.stdout, end="")
        if done.stderr:
            self.context.err(done.stderr, end="")
        cluster.runtime.kill(pod, container["name"], done.code)
        cluster.settle()

    def _outcome(self, name: str) -> console.Exit | None:
        """How the command ends: with the program's exit code where the pod is not restarted."""
        if self.command.text("restart") == "Always" or self.command.on("leave-stdin-open"):
            return None
        pod = self._pod(name)
        home = meta.namespace(pod)
        ended = _ended(pod)
        if ended is None or not ended.get("exitCode"):
            return None
        if self.command.text("restart") == "OnFailure":
            self._wait_for_success(name)
            return None
        reason, message = ended.get("reason", "Error"), ended.get("message", "")
        return console.Exit(int(ended["exitCode"]), f"pod {home}/{name} terminated ({reason})\n{message}")

    def _wait_for_success(self, name: str) -> None:
        """A program that failed is run again: wait until it succeeds."""

        def succeeded() -> bool:
            return bool(self._pod(name)["status"].get("phase") == "Succeeded")

        if not self.context.wait(succeeded, self.command.number("pod-running-timeout")):
            raise console.Failure("timed out waiting for the condition")

    def _remove(self, quiet: bool) -> None:
        for obj in self.created:
            info = resources.info_of(obj)
            store = self.context.cluster.store
            if store.find(info.kind.kind, info.namespace, info.name) is None:
                continue
            store.delete(info.kind.kind, info.namespace, info.name)
            if not quiet:
                home = f" from {info.namespace} namespace" if info.namespace else ""
                self.context.out(f"{info.kind.typed} {errors.quote(info.name)} deleted{home}")


def _ended(pod: Obj) -> Obj | None:
    """The state in which the pod's program last ended, if it has."""
    for status in (pod.get("status") or {}).get("containerStatuses") or []:
        for state in ("state", "lastState"):
            if "terminated" in (status.get(state) or {}):
                return dict(status[state]["terminated"])
    return None


VERB = parser.Verb(
    name="run",
    use='run NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--command] -- '
        "[COMMAND] [args...]",
    about="Run a particular image on the cluster",
    flags=(
        parser.Flag("annotations", "", "array", about="KEY=VALUE, may be repeated"),
        parser.Flag("attach", "", "bool", about="show what the program prints; the default with -i"),
        parser.Flag("command", "", "bool", about="the words after -- are the command, not its arguments"),
        console.DRY_RUN,
        parser.Flag("env", "", "array", about="NAME=VALUE, may be repeated"),
        parser.Flag("expose", "", "bool", about="also create a Service; needs --port"),
        parser.Flag("field-manager", default="kubectl-run", about="accepted; kubelab manages no fields"),
        parser.Flag("image", about="the image"),
        parser.Flag("image-pull-policy", values=PULLS, about="when to pull the image"),
        parser.Flag("labels", "l", about="KEY=VALUE,..., instead of run=NAME"),
        parser.Flag("leave-stdin-open", "", "bool", about="keep standard input open"),
        *output.FLAGS,
        parser.Flag("pod-running-timeout", "", "duration", default=60_000, about="how long to wait for the pod"),
        parser.Flag("port", about="the port that the container exposes"),
        parser.Flag("privileged", "", "bool", about="accepted; kubelab has no privileges"),
        parser.Flag("quiet", "q", "bool", about="no messages"),
        parser.Flag("restart", default="Always", values=RESTARTS, about="Always, OnFailure or Never"),
        parser.Flag("rm", "", "bool", about="delete the pod when the program has ended"),
        parser.Flag("save-config", "", "bool", about="note the configuration for a later apply"),
        parser.Flag("stdin", "i", "bool", about="give the program what comes on standard input, and attach"),
        parser.Flag("tty", "t", "bool", about="accepted with -i; there is no terminal"),
    ),
    lacks=("--cascade", "--detach-keys", "-f, --filename", "--force", "--grace-period", "-k, --kustomize",
           "--override-type", "--overrides", "-R, --recursive", "--timeout", "--wait"),
    required=("image",),
    run=run,
    changes=True,
)  # fmt: skip
