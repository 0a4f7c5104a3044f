"""sh, bash and ash, and what runs other programs again: watch, time."""

import re

from kubelab.network import shell
from kubelab.network.session import Process


def run_shell(process: Process) -> int:
    """The shell: `-c script`, a script file, or a script on standard input."""
    words, show, stop = list(process.args), False, False
    script: str | None = None
    while words and words[0].startswith("-") and len(words[0]) > 1:
        word = words.pop(0)
        if word in ("--login", "--norc", "--noprofile"):
            continue
        show, stop = show or "x" in word, stop or "e" in word
        if not re.fullmatch(r"-[cexilu]+", word):
            return process.unsupported(f"option {word}")
        if "c" in word:
            if not words:
                said = "requires an argument" if process.busybox else "option requires an argument"
                return process.complain(f"{process.name}: -c {said}", 2)
            script = words.pop(0)
            break
    running = shell.Shell(process.session, "bash" if process.name == "bash" else "sh")
    running.show, running.stop_on_error = show, stop
    running.variables.update({k: v for k, v in process.env.items() if process.session.env.get(k) != v})
    running.exported.update(dict.fromkeys(running.variables))
    stdin = process.stdin
    if script is None and words:
        script = process.session.files.read(process.path(words[0]))
        if script is None:
            return process.complain(f"{process.name}: can't open '{words[0]}': No such file or directory", 2)
        running.arguments = words[1:]
    elif script is None:
        script, stdin = stdin, ""
    else:
        running.arguments = words[1:]
        running.zero = words[0] if words else ""
    folder = process.session.cwd
    code = running.script(script, shell.Streams(stdin, process.out, process.err))
    process.session.cwd = folder
    return code


def _time(process: Process) -> int:
    started = process.session.now
    if not process.args:
        return 0
    code = process.session.run(process.args, process.stdin, process.out, process.err, process.env)
    spent = (process.session.now - started) / 1000
    process.err.write(f"real\t{int(spent // 60)}m {spent % 60:.2f}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n")
    return code


def _watch(process: Process) -> int:
    return process.unsupported("screen to watch on: use a loop with sleep")


PROGRAMS = {"sh": run_shell, "bash": run_shell, "ash": run_shell, "time": _time, "watch": _watch}
