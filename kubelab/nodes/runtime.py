"""What runs on the nodes: pods and their containers as plain data. The kubelet writes it, the network room reads it.

Stands for containerd and for the processes themselves. A container is one dict:

    name, id, image             as in the spec; 64 hexadecimal digits; the image's name as in the spec
    argv, env                   the command line; the environment, {name: value} in the order in which `env` prints it
    ports                       [[8080, "tcp"], ...]: what its process listens on; empty once the process is gone
    files                       {path: text}: what has been written in it
    logs                        [[ms, text], ...]: what it has written, perhaps some of it in the future
    alive, started, finished    whether the process runs; when it began (ms); when it ended, or None
    code, reason, message       how it ended
    restarts, ready, booted     how often it was started again; what the probes say (booted: startup probe)
    waiting                     [reason, message] while there is nothing to run yet, or no more
    last, previous              how the container before this one ended; what that one had written
    backoff, backoff_at         the pause before the next restart, and when it was last raised
    probes                      {kind: [successes, failures] in a row}
    stopping                    the grace with which it has been told to stop
    busy, trying, attempt       whether it is about to be made; from which image; how often that was begun
    pull_backoff                the pause before the next pull

The hooks `entrypoint`, `execute` and `http` are how the network room lends its shell and its servers; without them the
simplest thing that can be true happens.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kubelab.api import meta
from kubelab.api.meta import Obj
from kubelab.nodes import addresses
from kubelab.sim.clock import Clock

Container = dict[str, Any]
Pod = dict[str, Any]
"""namespace, name, node, ip, started (ms), containers {name: Container}."""

ROOM = "kubelet"


@dataclass(frozen=True, slots=True)
class Run:
    """What a program does: what it writes, how it ends, after how many ms (None: never)."""

    stdout: str = ""
    stderr: str = ""
    code: int = 0
    ms: int | None = 0
    started: bool = True
    """False if there is no such program; stderr says so."""
    log: tuple[tuple[int, str], ...] = ()
    """If given: what it writes after how many ms, instead of stdout and stderr at the end."""


Entrypoint = Callable[[Obj, Container, list[str]], Run | None]
Execute = Callable[[Obj, Container, list[str]], Run]
Http = Callable[[Obj, Container, int, str], int]


class Runtime:
    """All pods on all nodes."""

    def __init__(self) -> None:
        self.pods: dict[str, Pod] = {}
        self._at: dict[str, dict[str, Pod]] = {}
        """The same by node."""
        self.images: dict[str, dict[str, int]] = {}
        self.blocks: addresses.Blocks = {}
        self._kept: dict[str, Pod] = {}
        """The pods of the last snapshot: what has not changed since then is shared with the next."""
        self.clock: Clock | None = None
        self.entrypoint: Entrypoint = _entrypoint
        """What a command line does in a container: a Run, or None for a server that runs on."""
        self.execute: Execute = _execute
        """Run a program beside the main one (exec probes)."""
        self.http: Http = _http
        """The status code of a GET on a port and path of a container that listens there."""

    # ---- for the network room and kubectl

    def of(self, uid: str) -> Pod | None:
        """What runs for the pod with that uid."""
        return self.pods.get(uid)

    def containers(self, pod: Obj) -> list[Container]:
        """The containers of a pod that have been made, in the order of its spec."""
        here = self.pods.get(meta.uid(pod))
        return [c for c in here["containers"].values() if c["id"]] if here else []

    def container(self, pod: Obj, name: str) -> Container | None:
        """One of the containers that have been made."""
        return next((c for c in self.containers(pod) if c["name"] == name), None)

    def listens(self, pod: Obj, port: int, protocol: str = "tcp") -> bool:
        """Whether a process of the pod has that port open."""
        return any([port, protocol] in c["ports"] for c in self.containers(pod) if c["alive"])

    def write_file(self, pod: Obj, container: str, path: str, text: str) -> None:
        """Write a file in a container."""
        if (found := self.container(pod, container)) is not None:
            found["files"][path] = text

    def remove_file(self, pod: Obj, container: str, path: str) -> None:
        """Remove a file from a container."""
        if (found := self.container(pod, container)) is not None:
            found["files"].pop(path, None)

    def kill(self, pod: Obj, container: str, code: int = 137) -> None:
        """End a container's process now; its kubelet will notice."""
        found = self.container(pod, container)
        if found is not None and found["alive"] and self.clock is not None:
            self.end(found, code)
            self.clock.soon(ROOM, "ended", meta.uid(pod), container, found["id"])

    def end(self, container: Container, code: int, reason: str = "") -> None:
        """Mark a container's process as gone."""
        now = self.clock.now if self.clock else 0
        container["alive"], container["ready"], container["ports"] = False, False, []
        container["code"], container["finished"] = code, now
        container["reason"] = reason or ("Completed" if code == 0 else "Error")
        container["logs"] = [line for line in container["logs"] if line[0] <= now]

    def lines(self, pod: Obj, container: str, *, previous: bool = False) -> list[tuple[int, str]]:
        """What a container (or the one before it) has written up to now, as (ms, text)."""
        found = self.container(pod, container)
        now = self.clock.now if self.clock else 0
        written = (found["previous"] if previous else found["logs"]) if found else []
        return [(at, text) for at, text in written if at <= now]

    def logs(self, pod: Obj, container: str, *, previous: bool = False) -> str:
        """The same as one text."""
        return "".join(text for _, text in self.lines(pod, container, previous=previous))

    # ---- for the kubelet

    def address_for(self, node: str) -> str:
        """A free pod address on the node."""
        used = [pod["ip"] for pod in self._at.get(node, {}).values()]
        return addresses.take(self.blocks, node, used)

    def admit(self, uid: str, pod: Pod) -> None:
        """A pod begins on its node."""
        self.pods[uid] = self._at.setdefault(pod["node"], {})[uid] = pod

    def forget(self, uid: str) -> None:
        """The pod is no more."""
        if (gone := self.pods.pop(uid, None)) is not None:
            self._at[gone["node"]].pop(uid)

    # ---- undo and state files

    def snapshot(self) -> dict[str, Any]:
        """All of it as JSON-like data. Only changed pods are copied: comparing is twenty times as quick."""
        kept = self._kept
        self._kept = {u: kept[u] if kept.get(u) == pod else meta.copy(pod) for u, pod in self.pods.items()}
        return {"pods": self._kept, "images": meta.copy(self.images), "blocks": meta.copy(self.blocks)}

    def restore(self, data: dict[str, Any]) -> None:
        """Be as at the snapshot."""
        self.images, self.blocks = meta.copy(data["images"]), meta.copy(data["blocks"])
        self.pods, self._at = {}, {}
        for uid, pod in data["pods"].items():
            self.admit(uid, meta.copy(pod))


# ---- what happens while no hook is set


def _entrypoint(pod: Obj, container: Container, argv: list[str]) -> Run | None:
    """Sleepers, and programs that end at once; everything else runs on."""
    program = argv[0].rpartition("/")[2] if argv else ""
    if program == "sleep" and len(argv) > 1:
        seconds = argv[1]
        return Run(ms=int(float(seconds) * 1000) if seconds.replace(".", "").isdigit() else None)
    if program in ("sh", "bash", "zsh", "true", "false", "echo") and len(argv) < 3:
        return Run(code=int(program == "false"))
    return None


def _execute(pod: Obj, container: Container, argv: list[str]) -> Run:
    """Programs that look for a file; `false` fails; everything else succeeds."""
    program, *rest = argv
    if program in ("cat", "ls", "test") and rest and rest[-1] not in container["files"]:
        return Run(stderr=f"{program}: can't open '{rest[-1]}': No such file or directory\n", code=1)
    return Run(code=int(program == "false"))


def _http(pod: Obj, container: Container, port: int, path: str) -> int:
    return 200
