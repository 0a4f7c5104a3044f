"""The learner's own machine: the shell around kubectl in a notebook's line or `%%shell` cell.

The same small shell that runs in the containers, with kubectl and the text filters of a workstation as its programs, so
that `kubectl get pods | grep web | wc -l`, `$(kubectl get pods -o name)` and `for` loops work as on a real machine. Its
files are those of the notebook's folder. It stands outside the cluster, as the class's host of virtual machines does
(192.168.56.1): its `curl` reaches the nodes and the addresses of load balancers, nothing else; all other requests are
made from inside a pod.
"""

import contextlib
import os
import pathlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kubelab.network import dns, hops, hosts, programs, resolver, servers, shell, toolbox, web
from kubelab.network.network import Network
from kubelab.network.session import MAX_COMMANDS, Forever, Out, Process, Stop
from kubelab.widgets import streams

FILTERS = [
    "[", "awk", "cat", "cut", "date", "echo", "egrep", "env", "false", "grep", "head", "ls", "printf", "pwd", "sed",
    "seq", "sleep", "sort", "tail", "test", "tr", "true", "uniq", "watch", "wc", "xargs",
]  # fmt: skip
INSIDE = ["curl", "dig", "host", "ip", "nc", "nslookup", "ping", "wget"]
"""Programs that a workstation has, too, but that would not reach the cluster from there."""


class Folder:
    """The working directory, by the names that a shell uses; nothing outside of it is written."""

    def __init__(self, root: str) -> None:
        self.root = pathlib.Path(root)

    def read(self, path: str) -> str | None:
        """The text of a file, None if there is none."""
        try:
            return pathlib.Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    def write(self, path: str, text: str, *, append: bool = False) -> str:
        """Write a file of the notebook's folder; what is wrong if that cannot be."""
        if path == "/dev/null":
            return ""
        if self.root not in pathlib.Path(path).parents:
            return "kubelab writes to the notebook's own folder only"
        try:
            with open(path, "a" if append else "w", encoding="utf-8") as file:
                file.write(text)
        except OSError as problem:
            return problem.strerror or str(problem)
        return ""

    def is_folder(self, path: str) -> bool:
        """Whether it is a folder."""
        return pathlib.Path(path).is_dir()

    def listing(self, path: str) -> list[str]:
        """The names in a folder."""
        return sorted(entry.name for entry in pathlib.Path(path).iterdir()) if self.is_folder(path) else []


@dataclass
class Desk:
    """What the shell and its programs ask of the machine they run on (see network.session)."""

    lab: Any
    cwd: str = field(default_factory=os.getcwd)
    env: dict[str, str] = field(default_factory=lambda: {"HOME": os.path.expanduser("~"), "LANG": "C.UTF-8"})
    commands: int = 0
    tty: bool = False
    container: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.image = toolbox.Image(frozenset(["kubectl", *FILTERS, *INSIDE]))
        self.files = Folder(self.cwd)

    @property
    def world(self) -> Any:
        """The cluster, for the few programs that ask it for the time or for chance."""
        return self.lab.cluster.network.world

    @property
    def place(self) -> Any:
        """Where the machine stands: outside the cluster."""
        return self.lab.cluster.network.place("outside")

    @property
    def now(self) -> int:
        """The cluster's moment."""
        return int(self.lab.cluster.clock.now)

    def has(self, name: str) -> bool:
        """Whether there is a program of that name."""
        program = name.rpartition("/")[2]
        return self.image.has(program) or program in toolbox.REFUSED

    def tick(self) -> None:
        """Count a command; Stop if there were too many."""
        self.commands += 1
        if self.commands > MAX_COMMANDS:
            raise Stop(f"stopped after {MAX_COMMANDS} commands, as by Ctrl-C")

    def sleep(self, ms: int) -> None:
        """Let time pass in the cluster."""
        self.lab.wait(ms / 1000)

    def resolve(self, name: str) -> resolver.Resolution:
        """The addresses of a name, as a machine outside the cluster finds them."""
        return resolver.resolve(name, resolver.Config(), "", lambda _, asked, kind: dns.outside(asked, kind))

    def connect(self, ip: str, port: int, protocol: str = "tcp", seen: list[hops.Hop] | None = None) -> hops.Verdict:
        """Open a connection from outside the cluster."""
        network: Network = self.lab.cluster.network
        return network.roads.connect(self.place, ip, port, protocol, seen)

    def fetch(self, verdict: hops.Verdict, request: web.Request) -> web.Response | None:
        """Send a request over an open connection."""
        return servers.respond(self.world, verdict, request)

    def run(self, argv: list[str], stdin: str, out: Out, err: Out, env: dict[str, str] | None = None) -> int:
        """Run kubectl, or one of the filters."""
        self.tick()
        name = argv[0].rpartition("/")[2]
        if name == "kubectl":
            result = self.lab.kubectl(argv[1:], stdin=stdin)
            before, after = streams.parted(result.stderr)
            err.write(before)
            out.write(result.stdout)
            err.write(after)
            return int(result.code)
        if name == "curl" and is_outward(argv[1:]):
            self.lab.settle()
            machine: Any = Outside(self.lab, self.cwd, self.env)
            code = programs.launch(Process(machine, argv, stdin, out, err, self.env))
            self.lab.history.note(["curl", argv])
            self.lab.tell()
            return code
        if name in INSIDE:
            err.write(f"{name}: the cluster's addresses answer inside the cluster: kubectl exec POD -- {name} ...\n")
            return 1
        if not self.has(name):  # a builtin of the shell, which is about processes that are not here
            err.write(f"{name}: kubelab does not play this program here\n")
            return 127
        process: Any = Process(self, argv, stdin, out, err, self.env if env is None else env)  # type: ignore[arg-type]
        return programs.launch(process)


class Outside(Desk):
    """The same machine while a request is under way: it takes its moment and is no step to be undone."""

    def sleep(self, ms: int) -> None:
        """Let time pass."""
        self.lab.cluster.clock.run_for(ms)


def is_outward(arguments: list[str]) -> bool:
    """Whether all that a `curl` asks for are addresses outside the ranges of pods and Services."""
    found = []
    for argument in arguments:
        with contextlib.suppress(web.BadUrl):
            host = web.parse(argument).host
            if hosts.is_address(host):
                found.append(host)
    inside = (hosts.POD_RANGE, hosts.SERVICE_RANGE)
    return bool(found) and not any(hosts.in_range(host, cidr) for host in found for cidr in inside)


@dataclass(frozen=True)
class Said:
    """What a script printed: each stream, and both in order."""

    stdout: str
    stderr: str
    code: int
    text: str


def run(lab: Any, script: str, variables: Mapping[str, str], stdin: str = "") -> Said:
    """Run a script at the learner's machine."""
    together = Out()
    out, err = Out(together.write), Out(together.write)
    desk: Any = Desk(lab)
    running = shell.Shell(desk, "bash", dict(desk.env), dict(variables))
    try:
        code = running.script(script, shell.Streams(stdin, out, err))
    except (Forever, Stop) as stop:
        err.write(f"{stop}\n")
        code = 130
    return Said(out.text, err.text, code, together.text)
