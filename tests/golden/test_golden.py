"""Transcripts of a real v1.36 cluster, replayed on a fresh one: every step equal but for what a cluster makes up.

The shell lines run in bash with `kubectl` standing for a small client that hands each call to this process: so pipes
and $(...) work, and no interpreter has to start for every call.
"""

import contextlib
import os
import pathlib
import socketserver
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from kubelab.cluster import Cluster
from kubelab.kubectl import kubectl
from tests.golden import compare, transcript

HERE = pathlib.Path(__file__).parent
SCENARIOS = sorted((HERE / "v1.36").glob("*.yaml"))

CLIENT = f"{sys.executable} -S {HERE / 'client.py'}"


class Door(socketserver.ThreadingUnixStreamServer):
    """One cluster behind a socket file."""

    daemon_threads = True
    cluster: Cluster


class Call(socketserver.StreamRequestHandler):
    """One kubectl call: working directory, arguments and standard input in; both outputs and the code out."""

    def handle(self) -> None:
        cwd, argv, stdin = client_message(self.rfile.read())
        with LOCK:
            result = kubectl.Kubectl(self.server.cluster).run(argv, stdin=stdin, cwd=cwd)  # type: ignore[attr-defined]
        self.wfile.write(repr((result.stdout, result.stderr, result.code)).encode())


LOCK = threading.Lock()


def client_message(raw: bytes) -> tuple[str, list[str], str]:
    import ast

    cwd, argv, stdin = ast.literal_eval(raw.decode())
    return cwd, argv, stdin


@contextlib.contextmanager
def door(folder: pathlib.Path) -> Iterator[Callable[..., tuple[str, str, int]]]:
    path = str(folder / "door")
    with Door(path, Call) as server:
        server.cluster = Cluster()
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        run = transcript.shell_runner(CLIENT, env={**os.environ, "KUBELAB_DOOR": path})
        run.reset = lambda name: None
        yield run
        server.shutdown()


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda p: p.stem)
def test_every_step_is_what_the_real_cluster_printed(path: pathlib.Path, tmp_path: pathlib.Path) -> None:
    with door(tmp_path) as run:
        steps = compare.replay(transcript.load(str(path)), run)
    different = [f"{step.run}\n{step.diff}" for step in steps if not step.equal]
    assert not different, f"{len(different)} of {len(steps)} steps differ\n\n" + "\n\n".join(different)


def test_there_are_transcripts() -> None:
    assert len(SCENARIOS) >= 11
