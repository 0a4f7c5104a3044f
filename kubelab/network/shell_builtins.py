"""What the shell does itself: `cd`, `export`, `set`, `read`, `exit` and their kin."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from kubelab.network import files

if TYPE_CHECKING:
    from kubelab.network.shell import Shell, Streams


class Exit(Exception):
    """`exit`, with its code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Leave(Exception):
    """`break` or `continue`, out of so many loops."""

    def __init__(self, kind: str, levels: int) -> None:
        super().__init__(kind)
        self.kind, self.levels = kind, levels


def _colon(shell: "Shell", args: list[str], streams: "Streams") -> int:
    return 0


def _cd(shell: "Shell", args: list[str], streams: "Streams") -> int:
    wanted = args[0] if args else shell.value("HOME") or "/root"
    if wanted == "-":
        wanted = shell.variables.get("OLDPWD", shell.session.cwd)
    path = files.absolute(shell.session.cwd, wanted)
    if not shell.session.files.is_folder(path):
        busybox = shell.session.image.busybox
        said = f"can't cd to {wanted}" if shell.name != "bash" else wanted
        said += ": No such file or directory" if busybox or shell.name == "bash" else ""
        streams.err.write(shell.complaint(f"cd: line 0: {said}" if busybox else f"cd: {said}") + "\n")
        return 1 if shell.name == "bash" else 2
    shell.variables["OLDPWD"], shell.session.cwd = shell.session.cwd, path
    return 0


def _export(shell: "Shell", args: list[str], streams: "Streams") -> int:
    for word in args:
        name, mark, value = word.partition("=")
        if mark:
            shell.variables[name] = value
        shell.exported[name] = None
    return 0


def _unset(shell: "Shell", args: list[str], streams: "Streams") -> int:
    for name in args:
        shell.variables.pop(name, None)
        shell.session.env.pop(name, None)
    return 0


def _set(shell: "Shell", args: list[str], streams: "Streams") -> int:
    if not args:
        for name in sorted({**shell.session.env, **shell.variables}):
            streams.out.write(f"{name}='{shell.value(name)}'\n")
        return 0
    for at, word in enumerate(args):
        if word == "--":
            shell.arguments = args[at + 1 :]
            break
        if word[:1] not in "-+":
            shell.arguments = args[at:]
            break
        for letter in word[1:]:
            if letter == "e":
                shell.stop_on_error = word[0] == "-"
            elif letter == "x":
                shell.show = word[0] == "-"
            else:
                streams.err.write(shell.complaint(f"set: kubelab's shell has no {word}") + "\n")
                return 2
    return 0


def _shift(shell: "Shell", args: list[str], streams: "Streams") -> int:
    count = int(args[0]) if args and args[0].isdigit() else 1
    if count > len(shell.arguments):
        return 1
    del shell.arguments[:count]
    return 0


def _exit(shell: "Shell", args: list[str], streams: "Streams") -> int:
    if args and not args[0].isdigit():
        streams.err.write(shell.complaint(f"exit: Illegal number: {args[0]}") + "\n")
        raise Exit(2)
    raise Exit(int(args[0]) & 255 if args else shell.status)


def _leave(kind: str) -> "Builtin":
    def run(shell: "Shell", args: list[str], streams: "Streams") -> int:
        raise Leave(kind, int(args[0]) if args and args[0].isdigit() else 1)

    return run


def _read(shell: "Shell", args: list[str], streams: "Streams") -> int:
    names = [word for word in args if not word.startswith("-")] or ["REPLY"]
    line, newline, rest = streams.stdin.partition("\n")
    streams.stdin = rest
    words = line.split(None, len(names) - 1) if len(names) > 1 else [line.strip()]
    for name, value in zip(names, [*words, *[""] * len(names)], strict=False):
        shell.variables[name] = value.strip()
    return 0 if newline or line else 1


def _eval(shell: "Shell", args: list[str], streams: "Streams") -> int:
    return shell.commands(" ".join(args), streams)


def _source(shell: "Shell", args: list[str], streams: "Streams") -> int:
    text = shell.session.files.read(files.absolute(shell.session.cwd, args[0])) if args else None
    if text is None:
        streams.err.write(shell.complaint(f".: can't open '{' '.join(args)}': No such file or directory") + "\n")
        return 2
    return shell.commands(text, streams)


def _exec(shell: "Shell", args: list[str], streams: "Streams") -> int:
    if not args:
        return 0
    raise Exit(shell.program(args, {}, streams))


def _type(shell: "Shell", args: list[str], streams: "Streams") -> int:
    code = 0
    for name in (word for word in args if word != "-v"):
        if name in BUILTINS:
            streams.out.write(f"{name}\n")
        elif shell.session.has(name):
            streams.out.write(f"/usr/bin/{name}\n")
        else:
            code = 127
    return code


def _command(shell: "Shell", args: list[str], streams: "Streams") -> int:
    if args[:1] in (["-v"], ["-V"]):
        return _type(shell, args, streams)
    return shell.program(args, {}, streams) if args else 0


def _refused(name: str) -> "Builtin":
    def run(shell: "Shell", args: list[str], streams: "Streams") -> int:
        streams.err.write(shell.complaint(f"{name}: kubelab's shell has no such thing") + "\n")
        return 2

    return run


Builtin = Callable[["Shell", list[str], "Streams"], int]

BUILTINS: dict[str, Builtin] = {
    ":": _colon,
    ".": _source,
    "source": _source,
    "cd": _cd,
    "export": _export,
    "local": _export,
    "unset": _unset,
    "set": _set,
    "shift": _shift,
    "exit": _exit,
    "return": _exit,
    "break": _leave("break"),
    "continue": _leave("continue"),
    "read": _read,
    "eval": _eval,
    "exec": _exec,
    "type": _type,
    "command": _command,
    "wait": _colon,
    **{name: _refused(name) for name in ("trap", "alias", "bg", "fg", "jobs", "ulimit", "umask", "getopts", "[[")},
}

ALWAYS = ("[", "test", "echo", "printf", "true", "false", "pwd", "kill")
"""Programs that every shell has built in, whatever its image brings."""
