"""Main programs that go round: a container's script runs up to its first loop, and then a round at a time.

`while true; do curl -s web; sleep 1; done` as a container's command would otherwise have to be played to its end when
the container starts, against a cluster that will have changed by then. So the script is left between two rounds, as
data in its container, and taken up again when the time of its last round has passed. Only loops at the top of a script
are treated so (`while`, `until`); a round takes a second at least.
"""

from dataclasses import dataclass

from kubelab.api import meta
from kubelab.api.meta import Obj
from kubelab.network import lexer, shell, shell_builtins, syntax, tree
from kubelab.network.containers import Container
from kubelab.network.session import Forever, Launch, Out, Session, Stop
from kubelab.network.world import World

ROOM = "network"
SHORTEST = 1_000
KEEP = 1_000
"""So many lines of output are kept."""


@dataclass(frozen=True, slots=True)
class Played:
    """How far a script came: its output, the time it took, how it ended (None: not yet), whether it will go on."""

    log: tuple[tuple[int, str], ...]
    ms: int
    code: int | None = None
    goes_on: bool = False


def loop_of(part: tree.Pipeline) -> tree.While | None:
    """The loop, if a command is one and nothing else."""
    only = part.parts[0]
    plain = part.joined == ";" and not part.negated and len(part.parts) == 1
    return only if plain and isinstance(only, tree.While) else None


def is_looping(argv: list[str]) -> bool:
    """Whether a command line is a script with a loop at its top."""
    if len(argv) != 3 or argv[1] != "-c" or argv[0].rpartition("/")[2] not in ("sh", "bash", "ash"):
        return False
    try:
        return any(map(loop_of, syntax.parse(argv[2], brace_ranges=argv[0].endswith("bash")).parts))
    except lexer.SyntaxProblem:
        return False


def begin(world: World, pod: Obj, container: Container, argv: list[str], launch: Launch) -> Played:
    """Start a script; if it goes on, its next round is set on the clock."""
    name = "bash" if argv[0].endswith("bash") else "sh"
    container["script"] = {
        "name": name, "text": argv[2], "at": 0, "status": 0, "variables": {}, "environment": dict(container["env"]),
        "cwd": "", "stop_on_error": False, "show": False,
    }  # fmt: skip
    played = _play(world, pod, container, launch)
    _again(world, pod, container, played)
    return played


def go_on(world: World, launch: Launch, uid: str, name: str, id: str) -> None:
    """The next round of a container's script, if it still runs."""
    found = _find(world, uid, name, id)
    if found is None:
        return
    pod, container = found
    played = _play(world, pod, container, launch)
    now = world.clock.now
    container["logs"] = [*container["logs"], *([now + at, text] for at, text in played.log)][-KEEP:]
    if played.code is not None:
        world.clock.after(played.ms, ROOM, "end", uid, name, id, played.code, background=True)
    _again(world, pod, container, played)


def end(world: World, uid: str, name: str, id: str, code: int) -> None:
    """A script has come to its end."""
    found = _find(world, uid, name, id)
    if found is not None:
        world.runtime.kill(found[0], name, code)


def _find(world: World, uid: str, name: str, id: str) -> tuple[Obj, Container] | None:
    here = world.runtime.of(uid)
    pod = world.store.find("Pod", here["namespace"], here["name"]) if here else None
    container = world.runtime.container(pod, name) if pod is not None and meta.uid(pod) == uid else None
    if pod is None or container is None or container["id"] != id or not container["alive"]:
        return None
    return pod, container


def _again(world: World, pod: Obj, container: Container, played: Played) -> None:
    if played.goes_on:
        about = (meta.uid(pod), container["name"], container["id"])
        world.clock.after(max(played.ms, SHORTEST), ROOM, "round", *about, background=True)


def _play(world: World, pod: Obj, container: Container, launch: Launch) -> Played:
    """From where the script was left to the end of its next round."""
    state = container["script"]
    session = Session(world, pod, container, launch, live=False)
    session.cwd = state["cwd"] or session.cwd
    running = shell.Shell(session, state["name"], dict(state["environment"]), dict(state["variables"]))
    running.status, running.stop_on_error, running.show = state["status"], state["stop_on_error"], state["show"]
    log: list[tuple[int, str]] = []
    out = Out(lambda text: log.append((session.elapsed, text)))
    code, goes_on = None, False
    try:
        goes_on = _run_on(running, shell.Streams("", out, out), state)
        code = None if goes_on else running.status
    except shell_builtins.Exit as ending:
        code = ending.code
    except (Forever, Stop, shell_builtins.Leave):
        pass
    state |= {
        "variables": running.variables, "environment": running.environment, "status": running.status,
        "cwd": session.cwd, "stop_on_error": running.stop_on_error, "show": running.show,
    }  # fmt: skip
    return Played(tuple(log), session.elapsed, code, goes_on)


def _run_on(running: shell.Shell, streams: shell.Streams, state: Container) -> bool:
    """Run commands until a loop has gone round once (True) or the script is over (False)."""
    commands = syntax.parse(state["text"], brace_ranges=state["name"] == "bash")
    while state["at"] < len(commands.parts):
        loop = loop_of(commands.parts[state["at"]])
        if loop is None:
            running.step(commands, state["at"], streams)
        elif running.holds(loop.condition, streams) != loop.until:
            try:
                running.run(loop.body, streams)
                return True
            except shell_builtins.Leave as leave:
                if str(leave) == "continue":
                    return True
        running.status = running.status if loop is None else 0
        state["at"] += 1
    return False
