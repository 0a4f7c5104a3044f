"""Programs about the machine: env, hostname, ps, kill, sleep, timeout, date, which, id, uname.

Stands for coreutils' and busybox' versions of them. What a container's process list shows is its main program and what
exec started; `kill 1` ends the main program, and so the container.
"""

import re
from collections.abc import Callable

from kubelab.api import times
from kubelab.network import resolver
from kubelab.network.session import Forever, Process, TimeUp

UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
SERVERS_IGNORE = ("sleep", "tail", "sh", "bash", "ash")
"""As process 1 these do not listen to TERM: the kernel spares a first process that has no handler."""


def _env(process: Process) -> int:
    if process.args:
        return process.unsupported(f"argument {process.args[0]}")
    process.write("".join(f"{name}={value}\n" for name, value in process.env.items()))
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
    words = process.args
    if words and words[0].startswith("-"):
        return process.unsupported(f"option {words[0]}")
    if len(words) < 2 or not re.fullmatch(r"\d+(\.\d+)?[smhd]?", words[0]):
        return process.complain("timeout: missing operand", 125)
    session, outer = process.session, process.session.deadline
    limit = session.now + round(float(words[0].rstrip("smhd")) * UNITS[words[0].lstrip("0123456789.")] * 1000)
    session.deadline = end = limit if outer is None else min(limit, outer)
    try:
        return session.run(words[1:], process.stdin, process.out, process.err, process.env)
    except (Forever, TimeUp):
        session.sleep(end - session.now)  # a program without an end does nothing until then
        if end == outer:
            raise TimeUp from None
        return 143 if process.busybox else 124
    finally:
        session.deadline = outer


def _date(process: Process) -> int:
    weekday, day, month, year, clock, _ = times.rfc1123(process.session.now).replace(",", "").split()
    parts = {
        "%s": str(process.session.now // 1000), "%Y": year, "%b": month, "%a": weekday, "%d": day, "%T": clock,
        "%H": clock[:2], "%M": clock[3:5], "%S": clock[6:], "%m": times.stamp(process.session.now)[5:7],
        "%F": times.stamp(process.session.now)[:10], "%Z": "UTC", "%%": "%",
    }  # fmt: skip
    forms = [word[1:] for word in process.args if word.startswith("+")]
    others = [word for word in process.args if word[:1] != "+" and word != "-u"]
    if others:
        return process.unsupported(f"option {others[0]}")
    form = forms[0] if forms else f"%a %b {int(day):>2} %T UTC %Y"
    unknown = [place for place in re.findall(r"%.?", form) if place not in parts]
    if unknown:
        return process.unsupported(unknown[0])
    process.line(re.sub(r"%.", lambda m: parts[m[0]], form))
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


def _kill(process: Process) -> int:
    """TERM or KILL for process 1: KILL from inside never reaches it; a shell or a sleeper there ignores TERM."""
    pids, signal = list(process.args), "TERM"
    if pids and pids[0].startswith("-"):
        signal = pids.pop(0)[1:].removeprefix("SIG")
    if signal not in ("TERM", "15", "KILL", "9"):
        return process.unsupported(f"signal {signal}")
    if not pids:
        return process.complain("kill: you need to specify whom to kill")
    session = process.session
    program = (session.container.get("argv") or [""])[0].rpartition("/")[2]
    for pid in pids:
        if pid != "1":
            return process.complain(f"sh: can't kill pid {pid}: No such process")
        if signal in ("TERM", "15") and program not in SERVERS_IGNORE:
            code = 0 if program == "nginx" else 128 + 15
            session.world.runtime.kill(session.pod, session.container["name"], code)
    return 0


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
    "ps": _ps,
    "kill": _kill,
}
