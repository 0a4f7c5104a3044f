"""wget, in its two kinds: GNU's, and busybox' short one. Stands for GNU Wget 1.21 and busybox 1.36 over HTTP/1.1."""

from kubelab.api import times
from kubelab.network import hops, hosts, web
from kubelab.network.programs import options, pace
from kubelab.network.session import Process

SHORT = "qO:ST:t:"
LONG = {
    "quiet": "q",
    "output-document": "O",
    "server-response": "S",
    "timeout": "T",
    "tries": "t",
    "spider": "s",
    "no-check-certificate": "k",
}


def run(process: Process) -> int:
    """The program."""
    try:
        found = options.parse(process.args, SHORT + "sk", LONG)
    except (options.Unknown, options.Missing) as problem:
        return _usage(process, str(problem))
    if not found.operands:
        return _usage(process, "")
    code = 0
    for text in found.operands:
        code = (_busybox if process.busybox else _gnu)(process, found, text) or code
    return code


def _usage(process: Process, wrong: str) -> int:
    if process.busybox:
        said = f"wget: unrecognized option '{wrong}'\n" if wrong else ""
        said += "Usage: wget [-cqS] [--spider] [-O FILE] [--header STR] [-T SEC] [-U STR] URL..."
        return process.complain(said, 1)
    said = f"wget: unrecognized option '{wrong}'\n" if wrong else "wget: missing URL\n"
    said += "Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options."
    return process.complain(said, 2 if wrong else 1)


def _ask(process: Process, url: web.Url, address: str, found: options.Options) -> tuple[str, web.Response | None]:
    """Connect and ask; what went wrong ("" if nothing), and the answer."""
    session = process.session
    verdict = session.connect(address, url.port)
    if verdict.outcome == hops.TIMEOUT:
        limit = found.last("T")
        session.sleep(round(float(limit) * 1000) if _is_number(limit) else pace.SILENCE)
        return ("timed out" if limit else "Connection timed out"), None
    session.sleep(pace.CONNECT)
    if verdict.outcome == hops.REFUSED:
        return "Connection refused", None
    headers = {"Host": url.authority, "User-Agent": "Wget" if process.busybox else "Wget/1.21.3"}
    session.sleep(pace.ANSWER)
    return "", session.fetch(verdict, web.Request("HEAD" if "s" in found else "GET", url, verdict.source, headers))


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def _address(process: Process, url: web.Url) -> str:
    """The address of the URL's host, "" if it has none."""
    if hosts.is_address(url.host):
        return url.host
    process.session.sleep(pace.NAME)
    resolution = process.session.resolve(url.host)
    return resolution.addresses[0] if resolution.found else ""


def _head(process: Process, response: web.Response) -> list[str]:
    return response.head(times.rfc1123(process.session.now), "close")


def _target(process: Process, found: options.Options, url: web.Url) -> str:
    """Where the body goes: "-" or a file name."""
    return found.last("O") or url.path.partition("?")[0].rpartition("/")[2] or "index.html"


def _save(process: Process, target: str, body: str) -> str:
    if target == "-":
        process.write(body)
        return ""
    return process.session.files.write(process.path(target), body)


def _busybox(process: Process, found: options.Options, text: str) -> int:
    try:
        url = web.parse(text)
    except web.BadUrl:
        return process.complain(f"wget: bad address '{text}'")
    if url.scheme != "http":
        return process.complain(f"wget: not an http or ftp url: {text}")
    address, quiet = _address(process, url), "q" in found
    if not address:
        return process.complain(f"wget: bad address '{url.authority}'")
    if not quiet:
        process.err.write(f"Connecting to {url.host}:{url.port} ({address}:{url.port})\n")
    wrong, response = _ask(process, url, address, found)
    if wrong:
        if wrong == "timed out":
            return process.complain("wget: download timed out")
        return process.complain(f"wget: can't connect to remote host ({address}): {wrong}")
    if response is None:
        return process.complain("wget: error getting response")
    if "S" in found:
        process.err.write("".join(f"  {line}\n" for line in [*_head(process, response), ""]))
    if response.status >= 400:
        return process.complain(f"wget: server returned error: HTTP/1.1 {response.status} {response.reason}")
    target = _target(process, found, url)
    if "s" in found:
        return 0 if quiet else process.complain("remote file exists", 0)
    if not quiet:
        process.err.write("writing to stdout\n" if target == "-" else f"saving to '{target}'\n")
    problem = _save(process, target, response.body)
    if problem:
        return process.complain(f"wget: can't open '{target}': {problem}")
    if not quiet:
        bar = f"{target.rpartition(chr(47))[2]:<20.20} 100% |{'*' * 32}| {response.size:>5}  0:00:00 ETA\n"
        process.err.write(bar + ("written to stdout\n" if target == "-" else f"'{target}' saved\n"))
    return 0


def _gnu(process: Process, found: options.Options, text: str) -> int:
    url = web.parse(text)
    quiet = "q" in found

    def say(words: str) -> None:
        if not quiet:
            process.err.write(words)

    shown = f"http://{url.authority}{url.path}"
    say(f"--{_moment(process)}--  {shown}\n")
    address = url.host
    if not hosts.is_address(url.host):
        address = _address(process, url)
        if not address:
            say(f"Resolving {url.host} ({url.host})... failed: Name or service not known.\n")
            say(f"wget: unable to resolve host address ‘{url.host}’\n")
            return 4
        say(f"Resolving {url.host} ({url.host})... {address}\n")
    peer = f"{url.host} ({url.host})|{address}|" if address != url.host else address
    say(f"Connecting to {peer}:{url.port}... ")
    wrong, response = _ask(process, url, address, found)
    if wrong:
        say(f"failed: {wrong[0].upper()}{wrong[1:]}.\n")
        return 4
    say("connected.\n")
    say("HTTP request sent, awaiting response... ")
    if response is None:
        say("No data received.\n")
        return 4
    say(f"{response.status} {response.reason}\n")
    if "S" in found:
        say("".join(f"  {line}\n" for line in _head(process, response)))
    if response.status >= 400:
        say(f"{_moment(process)} ERROR {response.status}: {response.reason}.\n\n")
        return 8
    say(f"Length: {response.size} [{response.kind.partition(';')[0]}]\n")
    if "s" in found:
        say("Remote file exists.\n\n")
        return 0
    target = _target(process, found, url)
    say(f"Saving to: ‘{'STDOUT' if target == '-' else target}’\n")
    problem = _save(process, target, response.body)
    if problem:
        say(f"{target}: {problem}\n")
        return 3
    say(f"\n     0K {' ' * 50} 100%  268K=0s\n\n")
    done = "written to stdout" if target == "-" else f"‘{target}’ saved"
    say(f"{_moment(process)} (268 KB/s) - {done} [{response.size}/{response.size}]\n\n")
    return 0


def _moment(process: Process) -> str:
    return times.stamp(process.session.now).replace("T", " ").replace("Z", "")


PROGRAMS = {"wget": run}
