"""Programs about the machine: echo, printf, test, env, hostname, ls, ps, kill, sleep, date and their kin.

Stands for coreutils' and busybox' versions of them. What a container's process list shows is its main program and what
exec started; `kill 1` ends the main program, and so the container.
"""

import hashlib
import posixpath
import re
from collections.abc import Callable

from kubelab.api import times
from kubelab.network import arithmetic, resolver
from kubelab.network.programs import options
from kubelab.network.session import Forever, Process

UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
SERVERS_IGNORE = ("sleep", "tail", "sh", "bash", "ash")
"""As process 1 these do not listen to TERM: the kernel spares a first process that has no handler."""


def _echo(process: Process) -> int:
    words, newline, escapes = list(process.args), True, False
    while words and re.fullmatch(r"-[neE]+", words[0]):
        flags = words.pop(0)
        newline, escapes = newline and "n" not in flags, "e" in flags or (escapes and "E" not in flags)
    text = " ".join(words)
    process.write((unescaped(text) if escapes else text) + ("\n" if newline else ""))
    return 0


ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\033"}
ESCAPES |= {c: c for c in '"\\'}


def unescaped(text: str) -> str:
    """`\\n` and its like as the characters that they stand for."""

    def one(found: "re.Match[str]") -> str:
        if found[1][0] in "01234567":
            return chr(int(found[1], 8) % 256)
        return ESCAPES.get(found[1], found[0])

    return re.sub(r"\\([0-7]{1,3}|.)", one, text)


def formatted(form: str, values: list[str]) -> str:
    """printf's text; the form is used again while there are values left."""
    out, rest, first = "", list(values), True
    while first or rest:
        first = False
        before = len(rest)

        def one(found: "re.Match[str]") -> str:
            if found[0] == "%%":
                return "%"
            kind = found[2]
            value = rest.pop(0) if rest else ""
            if kind in "di":
                return f"%{found[1]}d" % (int(value) if re.fullmatch(r"[-+]?\d+", value) else 0)
            if kind in "fge":
                return f"%{found[1]}{kind}" % (float(value) if re.fullmatch(r"[-+]?\d*\.?\d+", value) else 0.0)
            if kind in "xXo":
                return f"%{found[1]}{kind}" % (int(value) if value.isdigit() else 0)
            if kind == "c":
                return value[:1]
            return f"%{found[1]}s" % (unescaped(value) if kind == "b" else value)

        out += re.sub(r"%(?:%|([-+ 0]*\d{0,4}(?:\.\d{1,4})?)([a-zA-Z]))", one, unescaped(form))
        if len(rest) == before:
            break
    return out


def _printf(process: Process) -> int:
    if not process.args:
        return process.complain("printf: usage: printf FORMAT [ARGUMENT...]", 2)
    process.write(formatted(process.args[0], process.args[1:]))
    return 0


def _test(process: Process) -> int:
    words = list(process.args)
    if process.name == "[" and (not words or words.pop() != "]"):
        return process.complain("sh: missing ]" if process.busybox else "[: missing ]", 2)
    try:
        return int(not _true(process, words))
    except ValueError as problem:
        return process.complain(f"sh: {problem}", 2)


def _true(process: Process, words: list[str]) -> bool:
    for operator in ("-o", "-a"):
        if operator in words[1:-1]:
            at = words.index(operator, 1)
            left, right = _true(process, words[:at]), _true(process, words[at + 1 :])
            return (left or right) if operator == "-o" else (left and right)
    if words[:1] == ["!"]:
        return not _true(process, words[1:])
    if len(words) < 2:
        return bool(words and words[0])
    if len(words) == 2:
        return _unary(process, *words)
    if len(words) == 3:
        return _binary(*words)
    raise ValueError(f"{words[0]}: unknown operand")


def _unary(process: Process, operator: str, operand: str) -> bool:
    files, path = process.session.files, process.path(operand)
    if operator == "-z":
        return not operand
    if operator == "-n":
        return bool(operand)
    if operator == "-d":
        return files.is_folder(path)
    if operator in ("-f", "-s", "-r", "-w", "-x", "-e"):
        text = files.read(path)
        if operator == "-s":
            return bool(text)
        return text is not None or (operator != "-f" and files.is_folder(path))
    raise ValueError(f"{operator}: unknown operand")


def _binary(left: str, operator: str, right: str) -> bool:
    texts: dict[str, Callable[[str, str], bool]] = {"=": str.__eq__, "==": str.__eq__, "!=": str.__ne__}
    if operator in texts:
        return texts[operator](left, right)
    numbers: dict[str, Callable[[int, int], bool]] = {
        "-eq": lambda a, b: a == b,
        "-ne": lambda a, b: a != b,
        "-lt": lambda a, b: a < b,
        "-le": lambda a, b: a <= b,
        "-gt": lambda a, b: a > b,
        "-ge": lambda a, b: a >= b,
    }
    if operator not in numbers:
        raise ValueError(f"{operator}: unknown operand")
    for value in (left, right):
        if not re.fullmatch(r"\s*[-+]?\d+\s*", value):
            raise ValueError(f"{value}: bad number")
    return numbers[operator](int(left), int(right))


def _env(process: Process) -> int:
    words, extra = list(process.args), dict(process.env)
    while words and re.match(r"[A-Za-z_]\w*=", words[0]):
        name, _, value = words.pop(0).partition("=")
        extra[name] = value
    if words[:1] and words[0].startswith("-"):
        return process.unsupported(f"option {words[0]}")
    if words:
        if not process.session.has(words[0]):
            return process.complain(f"env: {words[0]}: No such file or directory", 127)
        return process.session.run(words, process.stdin, process.out, process.err, extra)
    process.write("".join(f"{name}={value}\n" for name, value in extra.items()))
    return 0


def _printenv(process: Process) -> int:
    if not process.args:
        return _env(process)
    values = [process.env[name] for name in process.args if name in process.env]
    process.write("".join(value + "\n" for value in values))
    return int(len(values) < len(process.args))


def _hostname(process: Process) -> int:
    name = resolver.hostname(process.session.pod)
    ip = process.session.place.ip
    answers = {"": name, "-i": ip, "-I": ip + " ", "-s": name.split(".")[0], "-f": name}
    word = process.args[0] if process.args else ""
    if word not in answers or (word == "-I" and process.busybox):
        if word.startswith("-"):
            return process.unsupported(f"option {word}")
        return process.complain("hostname: sethostname: Operation not permitted")
    process.line(answers[word])
    return 0


def _sleep(process: Process) -> int:
    total = 0.0
    if "infinity" in process.args:
        raise Forever
    for word in process.args:
        found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", word)
        if found is None:
            return process.complain(f"sleep: invalid number '{word}'" if process.busybox else
                                    f"sleep: invalid time interval ‘{word}’")  # fmt: skip
        total += float(found[1]) * UNITS[found[2]]
    if not process.args:
        return process.complain("sleep: missing operand")
    process.session.sleep(min(round(total * 1000), 366 * 86_400_000))
    return 0


def _timeout(process: Process) -> int:
    words = [word for word in process.args if word not in ("-t", "-k")]
    if len(words) < 2 or not re.fullmatch(r"\d+(\.\d+)?[smhd]?", words[0]):
        return process.complain("timeout: missing operand", 125)
    return process.session.run(words[1:], process.stdin, process.out, process.err, process.env)


def _date(process: Process) -> int:
    weekday, day, month, year, clock, _ = times.rfc1123(process.session.now).replace(",", "").split()
    parts = {
        "%s": str(process.session.now // 1000), "%Y": year, "%b": month, "%a": weekday, "%d": day, "%T": clock,
        "%H": clock[:2], "%M": clock[3:5], "%S": clock[6:], "%N": f"{process.session.now % 1000:03d}000000",
        "%m": times.stamp(process.session.now)[5:7], "%F": times.stamp(process.session.now)[:10], "%n": "\n", "%%": "%",
        "%3N": f"{process.session.now % 1000:03d}", "%Z": "UTC",
    }  # fmt: skip
    forms = [word[1:] for word in process.args if word.startswith("+")]
    others = [word for word in process.args if word[:1] != "+" and word != "-u"]
    if others:
        return process.unsupported(f"option {others[0]}")
    form = forms[0] if forms else f"%a %b {int(day):>2} %T UTC %Y"
    process.line(re.sub(r"%3N|%.", lambda m: parts.get(m[0], m[0]), form))
    return 0


def _which(process: Process) -> int:
    code = 0
    for name in process.args:
        if process.session.has(name) and "/" not in name:
            process.line(f"/{'bin' if name in ('sh', 'ls', 'cat', 'echo', 'ping', 'ps') else 'usr/bin'}/{name}")
        else:
            code = 1
    return code


def _id(process: Process) -> int:
    short = {"-u": "0", "-g": "0", "-un": "root", "-gn": "root"}
    if process.args and process.args[0] not in short:
        return process.unsupported(f"option {process.args[0]}")
    process.line(short[process.args[0]] if process.args else "uid=0(root) gid=0(root) groups=0(root)")
    return 0


def _whoami(process: Process) -> int:
    process.line("root")
    return 0


def _uname(process: Process) -> int:
    name, node = "Linux", process.session.world.machines.node_named(process.session.place.node)
    kernel = str(((node or {}).get("status") or {}).get("nodeInfo", {}).get("kernelVersion") or "5.15.0")
    words = {"s": name, "n": resolver.hostname(process.session.pod), "r": kernel, "m": "x86_64", "o": "GNU/Linux"}
    flags = "".join(word.lstrip("-") for word in process.args) or "s"
    order = "snrmo" if "a" in flags else [letter for letter in "snrmo" if letter in flags]
    process.line(" ".join(words[letter] for letter in order))
    return 0


def _uptime(process: Process) -> int:
    up = process.session.world.node_uptime(process.session.place.node) // 60_000
    clock = times.stamp(process.session.now)[11:19]
    process.line(f" {clock} up {up // 60}:{up % 60:02d},  0 users,  load average: 0.00, 0.01, 0.05")
    return 0


# ---- processes


def _ps(process: Process) -> int:
    main = " ".join(process.session.container.get("argv") or ["(main)"])
    own = " ".join(process.argv)
    if process.busybox:
        process.write(f"PID   USER     TIME  COMMAND\n    1 root      0:00 {main}\n    7 root      0:00 {own}\n")
        return 0
    wide = any("e" in word or "x" in word for word in process.args)
    process.write("    PID TTY          TIME CMD\n")
    for number, words in ((1, main), (7, own)):
        if wide or number == 7:
            process.line(f"{number:>7} ?        00:00:00 {words.split(' ')[0].rpartition('/')[2]}")
    return 0


SIGNALS = {"HUP": 1, "INT": 2, "QUIT": 3, "KILL": 9, "TERM": 15, "USR1": 10, "USR2": 12}


def _kill(process: Process) -> int:
    signal, pids = 15, []
    for word in process.args:
        named = word.lstrip("-").removeprefix("SIG")
        if word == "-l":
            process.line(" ".join(SIGNALS))
            return 0
        if word.startswith("-") and word != "-s":
            signal = SIGNALS.get(named, int(named) if named.isdigit() else -1)
        elif word in SIGNALS:
            signal = SIGNALS[word]
        elif word != "-s":
            pids.append(word)
    if signal < 0 or not pids:
        return process.complain("kill: you need to specify whom to kill")
    for pid in pids:
        if pid != "1":
            return process.complain(f"sh: can't kill pid {pid}: No such process")
        _kill_main(process, signal)
    return 0


def _kill_main(process: Process, signal: int) -> None:
    """A signal for process 1: KILL from inside never reaches it; a shell or a sleeper as process 1 ignores TERM."""
    session = process.session
    program = (session.container.get("argv") or [""])[0].rpartition("/")[2]
    if signal in (0, 9) or (signal in (2, 15) and program in SERVERS_IGNORE):
        return
    if signal in (1, 10, 12) and program in ("nginx", *SERVERS_IGNORE):
        return
    session.world.runtime.kill(session.pod, session.container["name"], 0 if program == "nginx" else 128 + signal)


# ---- files


def _ls(process: Process) -> int:
    try:
        found = options.parse(process.args, "la1AhtrRdF")
    except (options.Unknown, options.Missing) as problem:
        return process.unsupported(f"option {problem}")
    files, code = process.session.files, 0
    for operand in found.operands or ["."]:
        path = process.path(operand)
        if files.read(path) is not None:
            names = [operand]
        elif files.is_folder(path):
            names = files.listing(path)
            if len(found.operands) > 1:
                process.line(f"{operand}:")
        else:
            said = f"ls: {operand}" if process.busybox else f"ls: cannot access '{operand}'"
            code = process.complain(f"{said}: No such file or directory", 1 if process.busybox else 2)
            continue
        if "a" not in found and "A" not in found:
            names = [name for name in names if not name.startswith(".")]
        rows = [_long(process, path, name) for name in names] if "l" in found else names
        if "l" in found and files.is_folder(path):
            rows = [f"total {4 * len(rows)}", *rows]
        process.write("".join(row + "\n" for row in rows))
    return code


def _long(process: Process, folder: str, name: str) -> str:
    files = process.session.files
    path = folder if files.read(folder) is not None else posixpath.join(folder, name)
    text = files.read(path)
    mode, size = ("drwxr-xr-x", 4096) if text is None else ("-rw-r--r--", len(text.encode()))
    moment = times.rfc1123(process.session.container.get("started") or process.session.now).split()
    return f"{mode}    1 root     root     {size:>9} {moment[2]} {int(moment[1]):>2} {moment[4][:5]} {name}"


def _touch(process: Process) -> int:
    code = 0
    for operand in process.args:
        problem = process.session.files.write(process.path(operand), "", append=True)
        code = process.complain(f"touch: {operand}: {problem}") if problem and problem != "Is a directory" else code
    return code


def _rm(process: Process) -> int:
    try:
        found = options.parse(process.args, "rfRiv")
    except (options.Unknown, options.Missing) as problem:
        return process.unsupported(f"option {problem}")
    files, code = process.session.files, 0
    for operand in found.operands:
        path = process.path(operand)
        if files.is_folder(path) and ("r" in found or "R" in found):
            files.remove_folder(path)
        elif files.is_folder(path):
            code = process.complain(f"rm: '{operand}' is a directory")
        elif not files.remove(path) and "f" not in found:
            said = f"can't remove '{operand}'" if process.busybox else f"cannot remove '{operand}'"
            code = process.complain(f"rm: {said}: No such file or directory")
    return code


def _mkdir(process: Process) -> int:
    code = 0
    for operand in (word for word in process.args if not word.startswith("-")):
        path = process.path(operand)
        if process.session.files.is_folder(path) and "-p" not in process.args:
            code = process.complain(f"mkdir: can't create directory '{operand}': File exists")
        process.session.files.make_folder(path)
    return code


def _rmdir(process: Process) -> int:
    for operand in process.args:
        if process.session.files.listing(process.path(operand)):
            return process.complain(f"rmdir: '{operand}': Directory not empty")
        process.session.files.remove_folder(process.path(operand))
    return 0


def _pwd(process: Process) -> int:
    process.line(process.session.cwd)
    return 0


def _basename(process: Process) -> int:
    if not process.args:
        return process.complain(f"{process.name}: missing operand")
    path = process.args[0].rstrip("/") or "/"
    name = posixpath.basename(path) or "/"
    if process.name == "dirname":
        process.line(posixpath.dirname(path) or ".")
    else:
        process.line(name.removesuffix(process.args[1]) if len(process.args) > 1 else name)
    return 0


def _expr(process: Process) -> int:
    try:
        value = arithmetic.evaluate(" ".join(process.args), lambda name: "0")
    except arithmetic.Problem:
        return process.complain("expr: syntax error", 2)
    process.line(str(value))
    return int(value == 0)


def _constant(code: int) -> Callable[[Process], int]:
    return lambda process: code


def _sums(process: Process) -> int:
    text, code = process.input(process.args)
    digest = hashlib.new(process.name.removesuffix("sum"), text.encode()).hexdigest()
    process.line(f"{digest}  {process.args[0] if process.args else '-'}")
    return code


PROGRAMS: dict[str, Callable[[Process], int]] = {
    "echo": _echo, "printf": _printf, "test": _test, "[": _test, "true": _constant(0), "false": _constant(1),
    "env": _env, "printenv": _printenv, "hostname": _hostname, "sleep": _sleep, "timeout": _timeout, "date": _date,
    "which": _which, "id": _id, "whoami": _whoami, "uname": _uname, "uptime": _uptime,
    "ps": _ps, "kill": _kill, "ls": _ls, "touch": _touch, "rm": _rm, "mkdir": _mkdir, "rmdir": _rmdir, "pwd": _pwd,
    "expr": _expr, "basename": _basename, "dirname": _basename, "md5sum": _sums, "sha256sum": _sums,
}  # fmt: skip
