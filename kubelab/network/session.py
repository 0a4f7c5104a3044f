"""One exec into a container, or one run of its main program: environment, files, time, and a way onto the network.

An exec moves the cluster's clock for real: `sleep 5` lets five seconds pass for everybody. A container's main program
is run at once when the container starts, and its time is only added up: the kubelet lets it pass before the container
ends.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kubelab.api.meta import Obj
from kubelab.network import dns, files, hops, hosts, resolver, servers, toolbox, web
from kubelab.network.containers import Container
from kubelab.network.hops import Verdict
from kubelab.network.world import World

MAX_COMMANDS = 20_000
MAX_ROUNDS = 100
"""How often a loop without an end (`while true`) goes round before it is stopped, as by Ctrl-C."""
MAX_OUTPUT = 4_000_000


class Stop(Exception):
    """A script is not allowed to go on; the text says why."""


class Forever(Exception):
    """A program that does not end of its own accord, like `sleep infinity`."""

    def __str__(self) -> str:
        return "a program without an end, stopped as by Ctrl-C"


class TimeUp(Exception):
    """The time that `timeout` gives a program has run out."""


class Out:
    """What a program writes: kept, and passed on to `also`. Several descriptors may share one."""

    def __init__(self, also: Callable[[str], object] | None = None) -> None:
        self._parts: list[str] = []
        self._size, self._also = 0, also

    def write(self, text: str) -> None:
        """Add some text."""
        self._size += len(text)
        if self._size > MAX_OUTPUT:
            raise Stop("more output than kubelab keeps")
        self._parts.append(text)
        if self._also is not None:
            self._also(text)

    @property
    def text(self) -> str:
        """All that was written."""
        return "".join(self._parts)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a run; `started` is False if the program could not even be started (stderr says why)."""

    stdout: str
    stderr: str
    code: int
    duration: int = 0
    started: bool = True


class Session:
    """What is the same for all programs of one exec."""

    def __init__(self, world: World, pod: Obj, container: Container, launch: "Launch", *, live: bool = True) -> None:
        self.world, self.pod, self.container = world, pod, container
        self.live, self.elapsed, self.commands = live, 0, 0
        self.tty = False
        self.deadline: int | None = None
        """The moment (ms) that a `timeout` has set."""
        self.place = hosts.of_pod(pod)
        self.image = toolbox.of(container["image"])
        self.env: dict[str, str] = dict(container["env"])
        self.cwd = self.env.get("PWD") or self.image.workdir
        self.files = files.Files(self)
        self._launch = launch

    # ---- time

    @property
    def now(self) -> int:
        """This session's moment (ms)."""
        return self.world.clock.now + (0 if self.live else self.elapsed)

    def sleep(self, ms: int) -> None:
        """Let time pass; TimeUp at the deadline."""
        left = ms if self.deadline is None else min(ms, max(0, self.deadline - self.now))
        self.elapsed += left
        if self.live:
            self.world.clock.run_for(left)
        if left < ms:
            raise TimeUp

    def tick(self) -> None:
        """Count a command; Stop if there were too many."""
        self.commands += 1
        if self.commands > MAX_COMMANDS:
            raise Stop(f"stopped after {MAX_COMMANDS} commands, as by Ctrl-C")

    # ---- programs

    def run(self, argv: list[str], stdin: str, out: Out, err: Out, env: dict[str, str] | None = None) -> int:
        """Run one program of the container's image; 127 with no word if the image has none of that name."""
        self.tick()
        process = Process(self, argv, stdin, out, err, self.env if env is None else env)
        return self._launch(process)

    def has(self, name: str) -> bool:
        """Whether the image offers a program."""
        return self.image.has(name.rpartition("/")[2])

    # ---- network

    def resolve(self, name: str) -> resolver.Resolution:
        """A name's addresses, as the C library in the container finds them."""
        config = resolver.parse(self.files.read("/etc/resolv.conf") or "")
        return resolver.resolve(name, config, self.files.read("/etc/hosts") or "", self.ask)

    def ask(self, server: str, name: str, kind: str) -> dns.Answer | None:
        """Ask a name server."""
        return self.world.ask(self.place, server, name, kind)

    def connect(self, ip: str, port: int, protocol: str = "tcp", seen: list[hops.Hop] | None = None) -> Verdict:
        """Open a connection from here."""
        return self.world.roads.connect(self.place, ip, port, protocol, seen)

    def fetch(self, verdict: Verdict, request: web.Request) -> web.Response | None:
        """Send a request over an open connection; None if what listens there does not speak HTTP."""
        return servers.respond(self.world, verdict, request)


@dataclass(slots=True)
class Process:
    """One running program: its arguments, its standard streams."""

    session: Session
    argv: list[str]
    stdin: str
    out: Out
    err: Out
    env: dict[str, str]

    @property
    def name(self) -> str:
        """The program's name, without a path."""
        return self.argv[0].rpartition("/")[2]

    @property
    def args(self) -> list[str]:
        """The arguments behind the name."""
        return self.argv[1:]

    @property
    def busybox(self) -> bool:
        """Whether this is busybox's version of the program."""
        return self.session.image.busybox

    def write(self, text: str) -> None:
        """To standard output."""
        self.out.write(text)

    def line(self, text: str) -> None:
        """A line to standard output."""
        self.out.write(text + "\n")

    def complain(self, text: str, code: int = 1) -> int:
        """A line to standard error; the exit code, to return it in one go."""
        self.err.write(text + "\n")
        return code

    def unsupported(self, option: str) -> int:
        """Refuse what the real program knows and this one does not."""
        return self.complain(f"{self.name}: kubelab's {self.name} has no {option}", 2)

    def input(self, operands: list[str]) -> tuple[str, int]:
        """The text of the files named, or standard input; the second is 1 if a file is missing (told on stderr)."""
        if not operands:
            return self.stdin, 0
        parts, code = [], 0
        for operand in operands:
            text = self.stdin if operand == "-" else self.session.files.read(self.path(operand))
            if text is None:
                code = self.complain(f"{self.name}: {self.missing(operand)}")
            parts.append(text or "")
        return "".join(parts), code

    def missing(self, operand: str) -> str:
        """What is wrong with a file that cannot be read."""
        if self.session.files.is_folder(self.path(operand)):
            return "read error: Is a directory" if self.busybox else f"{operand}: Is a directory"
        if self.busybox:
            return f"can't open '{operand}': No such file or directory"
        return f"{operand}: No such file or directory"

    def path(self, name: str) -> str:
        """An absolute path."""
        return files.absolute(self.session.cwd, name)


Launch = Callable[[Process], int]
