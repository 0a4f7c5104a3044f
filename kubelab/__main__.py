"""The shell door: `python -m kubelab kubectl ...`, `lab`, `copy`.

`kubectl` runs one line; where KUBELAB_STATE names a file, the cluster is kept there between calls (no file yet: a
fresh cluster), so that shell lines with pipes and heredocs work. Standard input, output, error and the exit code are
kubectl's. `lab` opens JupyterLab on the start page; `copy` puts the notebooks into a folder of one's own.
"""

import contextlib
import json
import os
import pathlib
import sys
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from kubelab import version

if TYPE_CHECKING:
    from kubelab.cluster import Cluster

USAGE = """usage: python -m kubelab COMMAND

  kubectl ...          one kubectl line; KUBELAB_STATE=FILE keeps the cluster between calls
  lab [--lang ko|en]   open JupyterLab on the start page
  copy FOLDER          copy the notebooks into FOLDER
"""


def main(argv: list[str] | None = None) -> int:
    """Run one command of the shell door; the exit code."""
    argv = sys.argv[1:] if argv is None else argv
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    commands = {"kubectl": _kubectl, "lab": _lab, "copy": _copy}
    if not argv or argv[0] not in commands:
        asked = bool(argv) and argv[0] in ("-h", "--help", "help")
        print(USAGE, end="", file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    return commands[argv[0]](argv[1:])


# ---- kubectl


def _kubectl(argv: list[str]) -> int:
    from kubelab.kubectl import kubectl

    # Standard input is read before the lock is taken: in a pipe, who writes it may be waiting for the lock.
    stdin = _stdin() if kubectl.reads(argv, terminal=_terminal()) else ""
    named = os.environ.get("KUBELAB_STATE", "")
    file = pathlib.Path(named) if named else None
    try:
        with _locked(file):
            cluster = _load(file)
            result = kubectl.Kubectl(cluster).run(argv, stdin=stdin)
            if file is not None:
                _save(file, cluster.snapshot())
    except StateError as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    try:
        sys.stdout.write(result.stdout)
        sys.stdout.flush()
    except BrokenPipeError:  # `kubectl get pods | head -1`; Python would complain again when it closes the stream
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.stderr.write(result.stderr)
    return result.code


def _terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _stdin() -> str:
    """Standard input; bytes that are no UTF-8 are replaced, as by Go, and what is too long is cut off."""
    from kubelab.kubectl import files

    stream = getattr(sys.stdin, "buffer", None)
    return stream.read(files.LIMIT + 1).decode("utf-8", "replace") if stream else ""


class StateError(Exception):
    """The file that KUBELAB_STATE names cannot be used; the text says why."""


def _load(file: pathlib.Path | None) -> "Cluster":
    from kubelab.cluster import Cluster

    try:
        if file is None or not file.exists() or file.stat().st_size == 0:
            return Cluster()
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as problem:
        raise StateError(f"cannot read KUBELAB_STATE: {problem.strerror}: {file}") from None
    except (ValueError, RecursionError):
        data = None
    written = data.get("kubelab") if isinstance(data, dict) else None
    if not isinstance(written, str):
        raise StateError(f"KUBELAB_STATE names a file that is not kubelab's: {file}; it stays as it is")
    if written != version.__version__:
        raise StateError(f"{file} was written by kubelab {written}; this is {version.__version__}: name another file")
    try:
        cluster = Cluster(data["seed"], workers=data["workers"], boot=False)
        cluster.restore(data)
    except Exception:  # whatever somebody has done to it
        raise StateError(f"the cluster in {file} is damaged; remove the file to begin with a fresh one") from None
    return cluster


def _save(file: pathlib.Path, data: dict[str, object]) -> None:
    """Write all or nothing: a state file is never half."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        fresh.write_text(json.dumps({"kubelab": version.__version__, **data}, separators=(",", ":")), encoding="utf-8")
        fresh.replace(file)
    except OSError as problem:
        fresh.unlink(missing_ok=True)
        raise StateError(f"cannot write KUBELAB_STATE: {problem.strerror}: {file}") from None


@contextlib.contextmanager
def _locked(file: pathlib.Path | None) -> Iterator[None]:
    """One call at a time per state file: the two ends of a pipe run at once (no locks on Windows)."""
    if file is None or sys.platform == "win32":
        yield
        return
    import fcntl

    with _lock_of(file) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lock_of(file: pathlib.Path) -> IO[str]:
    if file.exists() and not file.is_file():
        raise StateError(f"KUBELAB_STATE names what is no file: {file}")
    try:
        return open(file.with_name(file.name + ".lock"), "w")
    except OSError as problem:
        raise StateError(f"cannot use KUBELAB_STATE: {problem.strerror}: {file}") from None


# ---- lab and copy


def notebooks() -> pathlib.Path:
    """Where the notebooks are: beside the package in a checkout, inside it when installed."""
    here = pathlib.Path(__file__).parent
    beside = here.parent / "notebooks"
    return beside if (beside / "ko").is_dir() else here / "notebooks"


def _lab(argv: list[str]) -> int:
    import shutil
    import subprocess

    if argv not in ([], ["--lang", "ko"], ["--lang", "en"]):
        print("usage: python -m kubelab lab [--lang ko|en]", file=sys.stderr)
        return 2
    lang = argv[1] if argv else "ko"
    folder = notebooks()
    if folder.parent == pathlib.Path(__file__).parent:  # an installed package is no place to write into
        mine = pathlib.Path.home() / "kubelab-notebooks"
        if not mine.exists():
            shutil.copytree(folder, mine)
        folder = mine
    start = next((folder / lang).glob("00-*.ipynb"))
    command = [sys.executable, "-m", "jupyterlab", "--notebook-dir", str(folder)]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # containers and fresh virtual machines; Jupyter would refuse
    return subprocess.call([*command, f"--LabApp.default_url=/lab/tree/{lang}/{start.name}"])


def _copy(argv: list[str]) -> int:
    import shutil

    if len(argv) != 1 or argv[0].startswith("-"):
        print("usage: python -m kubelab copy FOLDER", file=sys.stderr)
        return 2
    target = pathlib.Path(argv[0])
    leave = shutil.ignore_patterns(".ipynb_checkpoints", "*.yml")
    try:
        if target.exists() and any(target.iterdir()):
            print(f"error: {target} is not empty; nothing was copied", file=sys.stderr)
            return 1
        shutil.copytree(notebooks(), target, dirs_exist_ok=True, ignore=leave)
    except (OSError, ValueError) as problem:  # copytree collects several in one
        print(f"error: cannot copy to {target}: {getattr(problem, 'strerror', None) or problem}", file=sys.stderr)
        return 1
    print(f"copied to {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
