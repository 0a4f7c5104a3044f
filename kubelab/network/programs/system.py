"""Programs about the machine: env, hostname, ps, kill, sleep, date, id, uname and their kin.

Stands for coreutils' and busybox' versions of them. What a container's process list shows is its main program and what
exec started; `kill 1` ends the main program, and so the container.
"""

import re
from collections.abc import Callable

from kubelab.api import times
from kubelab.network import resolver
from kubelab.network.session import Forever, Process

UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
SERVERS_IGNORE = ("sleep", "tail", "sh", "bash", "ash")
"""As process 1 these do not listen to TERM: the kernel spares a first process that has no handler."""


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


PROGRAMS: dict[str, Callable[[Process], int]] = {
    "env": _env,
    "printenv": _printenv,
    "hostname": _hostname,
    "sleep": _sleep,
    "timeout": _timeout,
    "date": _date,
    "which": _which,
    "id": _id,
    "whoami": _whoami,
    "uname": _uname,
    "uptime": _uptime,
    "ps": _ps,
    "kill": _kill,
}
