"""Programs that run outside of an exec's eyes: a container's main program, exec probes, hooks.

A main program is played when its container starts, against the cluster as it is then; what it writes is kept with the
moment at which it would write it. Scripts with a loop are played round by round (`loops`). Programs that kubelab does
not play are taken for servers that run on.
"""

from kubelab.api.meta import Obj
from kubelab.network import loops, programs, toolbox
from kubelab.network.containers import Container
from kubelab.network.session import Forever, Out, Process, Session, Stop
from kubelab.network.world import World
from kubelab.nodes import images
from kubelab.nodes.runtime import Run

SHELLS = ("sh", "bash", "ash", "zsh")


def entrypoint(world: World, pod: Obj, container: Container, argv: list[str]) -> Run | None:
    """What a container's command line does: a Run, or None for a server that runs on."""
    if not argv:
        return Run(stderr="no command specified", code=128, started=False)
    session = Session(world, pod, container, launch_main, live=False)
    name = argv[0].rpartition("/")[2]
    if not _may_run(session, name):
        missing = f'exec: "{argv[0]}": executable file not found in $PATH'
        return Run(stderr=missing, code=128, started=False)
    if loops.is_looping(argv):
        return _looping(world, pod, container, argv)
    log: list[tuple[int, str]] = []
    out = Out(lambda text: log.append((session.elapsed, text)))
    try:
        code = session.run(argv, "", out, out)
    except (Forever, Stop):
        return Run(ms=None, log=tuple(log)) if log or name in programs.PROGRAMS else None
    return Run(code=code, ms=session.elapsed, log=tuple(log) or ((0, ""),))


def _looping(world: World, pod: Obj, container: Container, argv: list[str]) -> Run:
    """A script that is played round by round."""
    played = loops.begin(world, pod, container, argv, launch_main)
    return Run(code=played.code or 0, ms=None if played.code is None else played.ms, log=played.log or ((0, ""),))


def _may_run(session: Session, name: str) -> bool:
    """Whether the image has the program: one that kubelab plays must be listed, others may be its own."""
    if session.image.has(name):
        return True
    return name not in programs.PROGRAMS and not session.image.closed


def launch_main(process: Process) -> int:
    """Like any launch, but a program that kubelab does not play is a server, and takes its ports."""
    listening = ports(process)
    if listening:
        process.session.container["ports"] = [[port, "tcp"] for port in listening]
        raise Forever
    if process.name not in programs.PROGRAMS and process.name not in toolbox.REFUSED:
        raise Forever
    return programs.launch(process)


def ports(process: Process) -> list[int]:
    """The ports that a command line opens, [] if it is no server."""
    args, name = process.args, process.name
    if name in ("nc", "netcat") and any(word.startswith("-l") for word in args):
        return [int(word) for word in args if word.isdigit()][:1]
    if name == "httpd" and process.busybox:
        at = args.index("-p") + 1 if "-p" in args else 0
        return [int(args[at].rpartition(":")[2])] if at and args[at].rpartition(":")[2].isdigit() else [80]
    if name.startswith("python") and "http.server" in args:
        return [*(int(word) for word in args if word.isdigit()), 8000][:1]
    image = images.find(images.parse(process.session.container["image"]))
    if name in SHELLS:  # an entrypoint is often a script, and then begins with the shell that reads it
        return []
    if image is not None and name in (word.rpartition("/")[2] for word in (*image.cmd[:1], *image.entrypoint[:1])):
        return [port for port, protocol in image.ports if protocol == "tcp"]
    return []


def execute(world: World, pod: Obj, container: Container, argv: list[str]) -> Run:
    """Run a program beside the main one, without moving the clock: probes and hooks."""
    session = Session(world, pod, container, programs.launch, live=False)
    if not argv or not session.has(argv[0]):
        return Run(stderr=not_found(argv[0] if argv else ""), code=127, started=False)
    out, err = Out(), Out()
    try:
        code = session.run(argv, "", out, err)
    except (Forever, Stop) as stop:
        return Run(out.text, err.text + f"{stop}\n", 130, session.elapsed)
    return Run(out.text, err.text, code, session.elapsed)


def not_found(program: str) -> str:
    """The container runtime's word for a program that an image does not have."""
    return (
        "OCI runtime exec failed: exec failed: unable to start container process: "
        f'exec: "{program}": executable file not found in $PATH'
    )
