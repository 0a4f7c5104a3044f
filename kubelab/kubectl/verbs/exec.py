"""`kubectl exec`: run a program in a container.

Stands for kubectl's pkg/cmd/exec, for the kubelet's checks and for what containerd says of a program that is not there.
There is never a terminal: with `-it` the program runs as with `-i`, after the real command's remark.
"""

from kubelab.api import errors, meta
from kubelab.api.meta import Obj
from kubelab.kubectl import chosen, console, parser

NO_TERMINAL = "Unable to use a TTY - input is not a terminal or the right kind of file"
NO_DASHES = "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead"


def run(context: console.Context, command: parser.Command) -> None:
    """Run the program and print what it writes; its exit code is the command's."""
    word = command.args[0] if command.args and command.dash != 0 else ""
    argv = command.after_dash or []
    if command.dash < 0 and len(command.args) > 1:
        raise console.usage(command, NO_DASHES)
    if command.number("pod-running-timeout") <= 0:
        raise console.usage(command, "--pod-running-timeout must be higher than zero")
    if not word:
        raise console.Failure("pod, type/name or --filename must be specified")
    if not argv:
        raise console.Failure("you must specify at least one command for the container")
    pod = _pod(context, command, word)
    phase = (pod.get("status") or {}).get("phase")
    if phase in ("Succeeded", "Failed"):
        raise console.Failure(f"cannot exec into a container in a completed pod; current phase is {phase}")
    name = chosen.container(context, pod, command.text("container"), quiet=command.on("quiet"))
    interactive = command.on("stdin")
    if interactive and command.on("tty") and not command.on("quiet"):
        context.err(NO_TERMINAL)
    _check_running(context, pod, name)
    result = context.cluster.exec(pod, name, argv, stdin=context.stdin if interactive else "")
    context.out(result.stdout, end="")
    if not result.started:
        raise _not_started(context, result.stderr)
    context.err(result.stderr, end="")
    if result.code:
        raise console.Exit(result.code, f"command terminated with exit code {result.code}\n")


def _pod(context: console.Context, command: parser.Command, word: str) -> Obj:
    """The pod that is named, or the best pod of the object that is named."""
    info = chosen.target(context, word)
    if info.kind.kind == "Pod":
        return info.object
    try:
        return chosen.pods(context, info, chosen.for_exec, command.number("pod-running-timeout"))[0]
    except console.Failure as failure:
        if str(failure) == chosen.TIMED_OUT:
            raise
        raise console.Failure(f"cannot attach to *v1.{info.kind.kind}: {failure}") from None


def _check_running(context: console.Context, pod: Obj, name: str) -> None:
    if not pod["spec"].get("nodeName"):
        raise errors.bad_request(f"pod {meta.name(pod)} does not have a host assigned")
    container = context.cluster.runtime.container(pod, name)
    if container is None or not container["alive"]:
        raise console.Failure(f'unable to upgrade connection: container not found ("{name}")')


def _not_started(context: console.Context, why: str) -> console.Failure:
    """What containerd says when the program is not in the image (it names the exec by a random id)."""
    return console.Failure(
        "Internal error occurred: error executing command in container: failed to exec in container: "
        f'failed to start exec "{context.cluster.chance.hex(64)}": {why.strip()}: unknown'
    )


VERB = parser.Verb(
    name="exec",
    use="exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]",
    about="Execute a command in a container",
    flags=(
        parser.Flag("container", "c", about="in this container"),
        parser.Flag("pod-running-timeout", "", "duration", default=60_000, about="how long to wait for a pod"),
        parser.Flag("quiet", "q", "bool", about="print only what the program writes"),
        parser.Flag("stdin", "i", "bool", about="pass standard input on"),
        parser.Flag("tty", "t", "bool", about="accepted; there is no terminal here"),
    ),
    lacks=("-f, --filename",),
    run=run,
    changes=True,
)
