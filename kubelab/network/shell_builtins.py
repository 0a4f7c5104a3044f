"""What the shell does itself: `cd`, `export`, `set`, `read`, `exit` and their kin; the rest is refused by name."""

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
    """`break` or `continue`."""


def _colon(shell: "Shell", args: list[str], streams: "Streams") -> int:
    return 0


def _cd(shell: "Shell", args: list[str], streams: "Streams") -> int:
    wanted = args[0] if args else shell.value("HOME") or "/root"
    path = files.absolute(shell.session.cwd, wanted)
    if not shell.session.files.is_folder(path):
        busybox = shell.session.image.busybox
        said = f"can't cd to {wanted}" if shell.name != "bash" else wanted
        said += ": No such file or directory" if busybox or shell.name == "bash" else ""
        streams.err.write(shell.complaint(f"cd: line 0: {said}" if busybox else f"cd: {said}") + "\n")
        return 1 if shell.name == "bash" else 2
    shell.session.cwd = path
    return 0


def _export(shell: "Shell", args: list[str], streams: "Streams") -> int:
    for word in args:
        name, mark, value = word.partition("=")
        shell.environment[name] = value if mark else shell.value(name) or ""
        shell.variables.pop(name, None)
    return 0


def _unset(shell: "Shell", args: list[str], streams: "Streams") -> int:
    for name in args:
        shell.variables.pop(name, None)
        shell.environment.pop(name, None)
    return 0


def _set(shell: "Shell", args: list[str], streams: "Streams") -> int:
    for word in args or ["without options"]:
        if word not in ("-e", "-x", "-ex", "-xe", "+e", "+x"):
            return _refused(f"set {word}")(shell, args, streams)
        shell.stop_on_error = word[0] == "-" if "e" in word else shell.stop_on_error
        shell.show = word[0] == "-" if "x" in word else shell.show
    return 0


def _exit(shell: "Shell", args: list[str], streams: "Streams") -> int:
    if args and not args[0].isdecimal():
        streams.err.write(shell.complaint(f"exit: Illegal number: {args[0]}") + "\n")
        raise Exit(2)
    raise Exit(int(args[0]) & 255 if args else shell.status)


def _leave(kind: str) -> "Builtin":
    def run(shell: "Shell", args: list[str], streams: "Streams") -> int:
        if args:
            raise Exit(_refused(f"{kind} {args[0]}")(shell, args, streams))
        raise Leave(kind)

    return run


def _read(shell: "Shell", args: list[str], streams: "Streams") -> int:
    names = [word for word in args if word != "-r"] or ["REPLY"]
    if options := [word for word in names if word.startswith("-")]:
        return _refused(f"read {options[0]}")(shell, args, streams)
    line, newline, rest = streams.stdin.partition("\n")
    streams.stdin = rest
    words = line.split(None, len(names) - 1) if len(names) > 1 else [line.strip()]
    for name, value in zip(names, [*words, *[""] * len(names)], strict=False):
        shell.assign(name, value.strip())
    return 0 if newline or line else 1


def _exec(shell: "Shell", args: list[str], streams: "Streams") -> int:
    if not args:
        return _refused("exec without a program")(shell, args, streams)
    raise Exit(shell.program(args, {}, streams))


def _refused(name: str) -> "Builtin":
    def run(shell: "Shell", args: list[str], streams: "Streams") -> int:
        streams.err.write(shell.complaint(f"{name}: kubelab's shell has no such thing") + "\n")
        return 2

    return run


Builtin = Callable[["Shell", list[str], "Streams"], int]

REFUSED = """
    . [[ alias bg command declare eval fg function getopts jobs let local return shift source trap type ulimit umask
    wait
""".split()  # noqa: SIM905
BUILTINS: dict[str, Builtin] = {
    ":": _colon,
    "cd": _cd,
    "export": _export,
    "unset": _unset,
    "set": _set,
    "exit": _exit,
    "break": _leave("break"),
    "continue": _leave("continue"),
    "read": _read,
    "exec": _exec,
    **{name: _refused(name) for name in REFUSED},
}

ALWAYS = ("[", "test", "echo", "printf", "true", "false", "pwd", "kill")
"""Programs that every shell has built in, whatever its image brings."""
