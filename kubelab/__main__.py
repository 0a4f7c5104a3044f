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
            stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    commands = {"kubectl": _kubectl, "lab": _lab, "copy": _copy}
    if not argv or argv[0] not in commands:
        asked = bool(argv) and argv[0] in ("-h", "--help", "help")
        print(USAGE, end="", file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    return commands[argv[0]](argv[1:])


# ---- kubectl


def _kubectl(argv: list[str]) -> int:
    from kubelab.cluster import Cluster
    from kubelab.kubectl import kubectl

    stdin = sys.stdin.read() if _reads_stdin(argv) else ""
    named = os.environ.get("KUBELAB_STATE", "")
    file = pathlib.Path(named) if named else None
    try:
        with _locked(file):
            cluster = _load(file) if file is not None and file.exists() else Cluster()
            result = kubectl.Kubectl(cluster).run(argv, stdin=stdin, cwd=os.getcwd())
            if file is not None:
                _save(file, cluster.snapshot())
    except (OSError, ValueError, KeyError) as problem:
        if file is None:
            raise
        print(f"error: the cluster kept in {file} cannot be used: {problem}", file=sys.stderr)
        return 1
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(result.stdout)
        sys.stdout.flush()
    sys.stderr.write(result.stderr)
    return result.code


def _reads_stdin(argv: list[str]) -> bool:
    """Whether the line takes standard input: only then may it be waited for."""
    interactive = any(a in ("-i", "-it", "-ti", "--stdin") for a in argv) and not sys.stdin.isatty()
    files = "-" in argv or any(a.startswith(("-f-", "-f=-", "--filename=-")) for a in argv)
    return files or interactive


def _load(file: pathlib.Path) -> "object":
    from kubelab.cluster import Cluster

    data = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(data, dict) or "store" not in data:
        raise ValueError("it is no kubelab state file")
    cluster = Cluster(data["seed"], workers=data["workers"], boot=False)
    cluster.restore(data)
    return cluster


def _save(file: pathlib.Path, data: dict[str, object]) -> None:
    """Write all or nothing: a state file is never half."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    fresh.write_text(json.dumps(data, separators=(",", ":")), encoding="utf-8")
    fresh.replace(file)


@contextlib.contextmanager
def _locked(file: pathlib.Path | None) -> Iterator[None]:
    """One call at a time per state file: the two ends of a pipe run at once (no locks on Windows)."""
    if file is None or sys.platform == "win32":
        yield
        return
    import fcntl

    with open(file.with_name(file.name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


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
    if target.exists() and any(target.iterdir()):
        print(f"error: {target} is not empty; nothing was copied", file=sys.stderr)
        return 1
    leave = shutil.ignore_patterns(".ipynb_checkpoints", "*.yml")
    shutil.copytree(notebooks(), target, dirs_exist_ok=True, ignore=leave)
    print(f"copied to {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
