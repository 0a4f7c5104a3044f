"""sh, bash and ash, and what runs other programs again: watch, time."""

import re

from kubelab.network import shell
from kubelab.network.session import Process


def run_shell(process: Process) -> int:
    """The shell: `-c script`, a script file, or a script on standard input."""
    words, flags = list(process.args), ""
    while words and words[0].startswith("-"):
        if not re.fullmatch(r"-[cexil]+|--login", words[0]):
            return process.unsupported(f"option {words[0]}")
        flags += words.pop(0).replace("--login", "")
    script: str | None = process.stdin
    stdin = process.stdin if words else ""
    if "c" in flags and not words:
        said = "requires an argument" if process.busybox else "option requires an argument"
        return process.complain(f"{process.name}: -c {said}", 2)
    if len(words) > 1:
        return process.unsupported("arguments for a script")
    if words:
        script = words[0] if "c" in flags else process.session.files.read(process.path(words[0]))
    if script is None:
        return process.complain(f"{process.name}: can't open '{words[0]}': No such file or directory", 2)
    running = shell.Shell(process.session, "bash" if process.name == "bash" else "sh", dict(process.env))
    running.show, running.stop_on_error = "x" in flags, "e" in flags
    return running.script(script, shell.Streams(stdin, process.out, process.err))


def _time(process: Process) -> int:
    if not process.args:
        return 0
    started = process.session.now
    code = process.session.run(process.args, process.stdin, process.out, process.err, process.env)
    spent = (process.session.now - started) / 1000
    process.err.write(f"real\t{int(spent // 60)}m {spent % 60:.2f}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n")
    return code


def _watch(process: Process) -> int:
    return process.unsupported("screen to watch on: use a loop with sleep")


PROGRAMS = {"sh": run_shell, "bash": run_shell, "ash": run_shell, "time": _time, "watch": _watch}
