"""nslookup, dig, host and getent: who has which name.

Stands for bind-tools 9.18, busybox' nslookup and glibc's getent; their output was compared with the real programs
asking a server with the same answers. Query ids and cookies are made from the question and the moment, not from
chance.
"""

import hashlib
from dataclasses import dataclass, field

from kubelab.api import times
from kubelab.network import dns, hosts, resolver
from kubelab.network.programs import pace
from kubelab.network.programs.options import Options, Program, program
from kubelab.network.session import Process

DIG_VERSION = "9.18.41"
TYPES = ("A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT", "ANY")


def reverse(ip: str) -> str:
    """The name under which an address is looked up."""
    return ".".join(reversed(ip.split("."))) + ".in-addr.arpa"


def config(process: Process) -> resolver.Config:
    """What /etc/resolv.conf says."""
    return resolver.parse(process.session.files.read("/etc/resolv.conf") or "")


def _server(process: Process, named: str) -> str:
    """The address of the name server to ask, "" if the named one has none."""
    if not named:
        return (config(process).servers or ("127.0.0.1",))[0]
    if hosts.is_address(named):
        return named
    resolution = process.session.resolve(named)
    return resolution.addresses[0] if resolution.found else ""


def _ask(process: Process, server: str, candidates: list[str], kind: str) -> tuple[dns.Answer | None, str]:
    """Ask for one name after the other until one is known; the last answer, None if no server answers, and its name."""
    answer, candidate = None, ""
    for candidate in candidates:
        process.session.sleep(1)
        answer = process.session.ask(server, candidate, kind)
        if answer is None:
            process.session.sleep(pace.NO_SERVER)
        if answer is None or answer.code != dns.NXDOMAIN:
            break
    return answer, candidate


def _lost(process: Process, server: str, code: int) -> int:
    """What bind's programs say if no server answers."""
    process.line(f";; communications error to {server}#53: timed out\n;; no servers could be reached")
    return code


# ---- nslookup


def nslookup(process: Process) -> int:
    """The program."""
    kind, words = "", []
    for word in process.args:
        if word.startswith("-"):
            key, _, value = word[1:].partition("=")
            if not value or key not in ("type", "query", "querytype", "q"):
                return process.unsupported(f"option {word}")
            kind = value.upper()
        else:
            words.append(word)
    if not words or len(words) > 2:
        return process.unsupported("interactive mode: name something to look up")
    if kind and kind not in TYPES:
        return process.complain(f"unknown query type: {kind.lower()}")
    server = _server(process, words[1] if len(words) > 1 else "")
    if not server:
        return process.complain(f"nslookup: couldn't get address for '{words[1]}': not found")
    bind = process.session.image.bind
    return (_bind_nslookup if bind else _busybox_nslookup)(process, words[0], server, kind)


def _bind_nslookup(process: Process, name: str, server: str, kind: str) -> int:
    pointer = hosts.is_address(name)
    if pointer:
        name, kind = reverse(name), "PTR"
    else:
        process.line(f"Server:\t\t{server}\nAddress:\t{server}#53\n")
    candidates = [name] if pointer else config(process).candidates(name)
    answer, candidate = _ask(process, server, candidates, kind or "A")
    if answer is None:
        code = _lost(process, server, 1)
        process.line("")
        return code
    if answer.code != dns.NOERROR:
        shown = name if answer.code == dns.NXDOMAIN else candidate.rstrip(".")
        process.line(f"** server can't find {shown}: {answer.code}\n")
        return 1
    if not answer.answers:
        process.line(f"*** Can't find {name}: No answer\n")
        return 0
    for record in answer.answers:
        process.line(_bind_record(record))
    process.line("")
    return 0


def _bind_record(record: dns.Record) -> str:
    name = record.name.rstrip(".")
    words = {"CNAME": "canonical name", "PTR": "name", "SRV": "service", "TXT": "text"}
    if record.type == "A":
        return f"Name:\t{name}\nAddress: {record.value}"
    return f"{name}\t{words.get(record.type, record.type.lower())} = {record.value}"


def _busybox_nslookup(process: Process, name: str, server: str, kind: str) -> int:
    """busybox asks every suffix for every type and tells all that was not found, found or not."""
    process.line(f"Server:\t\t{server}\nAddress:\t{server}:53\n")
    pointer = hosts.is_address(name)
    kinds = ["PTR"] if pointer else [kind] if kind else ["A", "AAAA"]
    full = name.count(".") >= config(process).ndots or name.endswith(".") or name.count(".") > 0
    names = [reverse(name)] if pointer else [name] if full else [c[:-1] for c in config(process).candidates(name)[:-1]]
    missed = 0
    for asked in kinds:
        for candidate in names or [name]:
            answer, _ = _ask(process, server, [candidate], asked)
            if answer is None:
                process.line(";; connection timed out; no servers could be reached\n")
                return 1
            if answer.code != dns.NOERROR:
                missed = 1
                process.line(f"** server can't find {candidate}: {answer.code}\n")
                continue
            for record in answer.answers:
                process.line(_bind_record(record).rstrip(".") if record.type != "A" else _bind_record(record))
            if answer.answers or asked == "AAAA":
                process.line("")
    return missed


# ---- dig


SECTIONS = ("cmd", "comments", "question", "answer", "authority", "additional", "stats")
QUIETLY = ("recurse", "tries", "time", "timeout", "retry")


@dataclass(slots=True)
class Dig:
    """What dig was asked for."""

    name: str = "."
    kind: str = ""
    server: str = ""
    short: bool = False
    search: bool = False
    shows: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(SECTIONS, True))


def dig(process: Process) -> int:
    """The program."""
    try:
        wanted = _dig_arguments(process.args)
    except ValueError as problem:
        return process.complain(f"Invalid option: {problem}\ndig: kubelab's dig has no such option", 1)
    server, kind = _server(process, wanted.server), wanted.kind or "A"
    if not server:
        return process.complain(f"dig: couldn't get address for '{wanted.server}': not found", 10)
    candidates = config(process).candidates(wanted.name) if wanted.search else [wanted.name.rstrip(".") + "."]
    answer, candidate = _ask(process, server, candidates, kind)
    if wanted.short:
        process.write("".join(f"{record.value}\n" for record in (answer.answers if answer else ())))
        return 0 if answer else _lost(process, server, 9)
    if wanted.shows["cmd"]:
        process.line(f"\n; <<>> DiG {DIG_VERSION} <<>> {' '.join(process.args)}\n;; global options: +cmd")
    if answer is None:
        return _lost(process, server, 9)
    _print_dig(process, wanted.shows, server, candidate, kind, answer)
    return 0


def _dig_arguments(args: list[str]) -> Dig:
    """Read dig's arguments; ValueError with the one that it does not know."""
    wanted, rest = Dig(), list(args)
    while rest:
        word = rest.pop(0)
        if word.startswith("@"):
            wanted.server = word[1:]
        elif word.startswith("+"):
            _dig_switch(word, wanted)
        elif word == "-x" and rest:
            wanted.name, wanted.kind = reverse(rest.pop(0)), "PTR"
        elif word == "-t" and rest:
            wanted.kind = rest.pop(0).upper()
        elif word.startswith("-") and word != "-4":
            raise ValueError(word)
        elif word.upper() in TYPES:
            wanted.kind = wanted.kind or word.upper()
        elif word.upper() not in ("IN", "-4"):
            wanted.name = word
    return wanted


def _dig_switch(word: str, wanted: Dig) -> None:
    key = word[1:].partition("=")[0]
    on = not key.startswith("no")
    key = key if on else key[2:]
    if key in ("short", "search"):
        setattr(wanted, key, on)
    elif key == "all":
        wanted.shows = dict.fromkeys(SECTIONS, on)
    elif key in SECTIONS:
        wanted.shows[key] = on
    elif key not in QUIETLY:
        raise ValueError(word)


def _print_dig(process: Process, shows: dict[str, bool], server: str, name: str, kind: str, answer: dns.Answer) -> None:
    digest = hashlib.sha256(f"{process.session.now} {process.session.place.ip} {name} {kind}".encode()).hexdigest()
    if shows["comments"]:
        process.line(";; Got answer:")
        if name.endswith(".local.") and answer.code == dns.NOERROR:
            process.line(";; WARNING: .local is reserved for Multicast DNS")
            process.line(";; You are currently testing what happens when an mDNS query is leaked to DNS")
        flags = "qr rd ra" if answer.recursive else "qr aa rd"
        counts = f"ANSWER: {len(answer.answers)}, AUTHORITY: {len(_authority(answer))}, ADDITIONAL: "
        counts += str(len(answer.additional) + 1)
        process.line(f";; ->>HEADER<<- opcode: QUERY, status: {answer.code}, id: {int(digest[:4], 16)}")
        process.line(f";; flags: {flags}; QUERY: 1, {counts}")
        if not answer.recursive:
            process.line(";; WARNING: recursion requested but not available")
        process.line("\n;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232")
        process.line(f"; COOKIE: {digest[4:20]} (echoed)")
    if shows["question"]:
        head = ";; QUESTION SECTION:\n" if shows["comments"] else ""
        process.line(head + columns(";" + name, ("IN", 32), (kind, 40)) + ("\n" if shows["comments"] else ""))
    sections = (("ANSWER", answer.answers), ("AUTHORITY", _authority(answer)), ("ADDITIONAL", answer.additional))
    for title, records in sections:
        if records and shows[title.lower()]:
            if shows["comments"]:
                process.line(f";; {title} SECTION:")
            for record in records:
                process.line(zone_line(record))
            if shows["comments"]:
                process.line("")
    if shows["stats"]:
        process.line(";; Query time: 1 msec")
        process.line(f";; SERVER: {server}#53({server}) (UDP)")
        when = times.rfc1123(process.session.now).replace(",", "").split()
        process.line(f";; WHEN: {when[0]} {when[2]} {when[1]} {when[4]} UTC {when[3]}")
        process.line(f";; MSG SIZE  rcvd: {size(name, answer)}\n")


def _authority(answer: dns.Answer) -> tuple[dns.Record, ...]:
    return () if answer.answers else answer.authority


def zone_line(record: dns.Record) -> str:
    """A record as dig prints it."""
    return columns(record.name, (str(record.ttl), 24), ("IN", 32), (record.type, 40), (record.value, 48))


def columns(text: str, *pieces: tuple[str, int]) -> str:
    """Pieces at their columns, by tabs of eight; one further on if the column is taken (dig's `indent`)."""
    column = len(text)
    for piece, stop in pieces:
        stop = max(stop, column + 1)
        tabs = stop // 8 - column // 8
        text += ("\t" * tabs + " " * (stop % 8) if tabs else " " * (stop - column)) + piece
        column = stop + len(piece)
    return text


def size(name: str, answer: dns.Answer) -> int:
    """The length of the message in bytes: CoreDNS does not compress names; 23 for the EDNS record with its cookie."""
    total = 12 + len(name.rstrip(".")) + 2 + 4 + 23
    for record in (*answer.answers, *_authority(answer), *answer.additional):
        total += len(record.name.rstrip(".")) + 2 + 10 + _data_size(record)
    return total


def _data_size(record: dns.Record) -> int:
    words = record.value.split()
    if record.type == "A":
        return 4
    if record.type == "SOA":
        return sum(len(w.rstrip(".")) + 2 for w in words[:2]) + 20
    if record.type == "SRV":
        return 6 + len(words[3].rstrip(".")) + 2
    return len(record.value.rstrip(".")) + (2 if record.type != "TXT" else -1)


# ---- host, getent


def host(process: Process, found: Options) -> int:
    """The program."""
    if not found.operands:
        return process.complain("Usage: host [-t type] name [server]")
    name = found.operands[0]
    server = _server(process, found.operands[1] if len(found.operands) > 1 else "")
    kind = found.last("t").upper() or "A"
    if hosts.is_address(name):
        candidates, kind = [reverse(name) + "."], "PTR"
    else:
        candidates = config(process).candidates(name)
    answer, candidate = _ask(process, server, candidates, kind)
    if answer is None:
        return _lost(process, server, 1)
    candidate = candidate.rstrip(".")
    if answer.code != dns.NOERROR:
        shown = candidate if answer.code == dns.SERVFAIL else candidate + "." if kind == "PTR" else name
        process.line(f"Host {shown} not found: {'2(SERVFAIL)' if answer.code == dns.SERVFAIL else '3(NXDOMAIN)'}")
        return 1
    if not answer.answers:
        process.line(f"{candidate} has no {kind} record")
    for record in answer.answers:
        process.line(f"{record.name.rstrip('.')} {HOST_SAYS.get(record.type, record.type)} {record.value}")
    return 0


HOST_SAYS = {
    "A": "has address",
    "CNAME": "is an alias for",
    "PTR": "domain name pointer",
    "SRV": "has SRV record",
    "TXT": "descriptive text",
}


def getent(process: Process) -> int:
    """The program, for hosts."""
    if not process.args or process.args[0] not in ("hosts", "ahosts", "ahostsv4"):
        return process.unsupported(f"database {process.args[0] if process.args else ''}: only hosts")
    code = 0
    for name in process.args[1:]:
        if hosts.is_address(name):
            answer, _ = _ask(process, _server(process, ""), [reverse(name)], "PTR")
            rows = [f"{name:<15} {r.value.rstrip('.')}" for r in (answer.answers if answer else ())]
        else:
            resolution = process.session.resolve(name)
            rows = [f"{ip:<15} {resolution.canonical}" for ip in resolution.addresses]
        for row in rows:
            process.line(row)
        code = code if rows else 2
    return code


PROGRAMS: dict[str, Program] = {"nslookup": nslookup, "dig": dig, "host": program("t:4", host), "getent": getent}
