"""curl: asks for URLs, one connection after the other, and keeps a connection for the next URL of the same host.

Stands for curl 8 over HTTP/1.1. Options that are not in `SHORT` and `LONG` are refused by name. TLS is not modelled:
`https` works only towards the API server, without looking into certificates.
"""

import re
from dataclasses import dataclass, field

from kubelab import version
from kubelab.api import times
from kubelab.network import hops, hosts, web
from kubelab.network.hops import Verdict
from kubelab.network.programs import options, pace
from kubelab.network.session import Process

SHORT = "sSvkfLiI4m:o:H:w:"
LONG = {
    "silent": "s",
    "show-error": "S",
    "verbose": "v",
    "insecure": "k",
    "fail": "f",
    "location": "L",
    "include": "i",
    "head": "I",
    "ipv4": "4",
    "max-time": "m",
    "output": "o",
    "header": "H",
    "write-out": "w",
    "connect-timeout": "T",
    "version": "V",
}
TRY = "curl: try 'curl --help' for more information"
VERSION = "8.5.0"


class Failure(Exception):
    """curl's own errors: exit code and sentence."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(said)
        self.code, self.said = code, said


@dataclass(slots=True)
class Transfer:
    """One URL being fetched."""

    url: web.Url
    started: int
    verdict: Verdict | None = None
    response: web.Response | None = None
    reused: bool = False
    connected: int = 0
    dialled: str = ""
    notes: list[str] = field(default_factory=list)


LACKING = """
    -X --request -d --data -A --user-agent -u --user -x --proxy -F --form -G --get -O --remote-name -N --no-buffer
    -g --globoff -b --cookie -c --cookie-jar -e --referer -r --range -# --progress-bar --retry --url --noproxy --http1.0
    --http1.1 --http2 --interface --resolve --data-raw --json --parallel -Z --next --limit-rate
""".split()  # noqa: SIM905
"""Options of the real curl: refused as kubelab's, not as unknown."""


@dataclass(slots=True)
class Client:
    """One call of curl: its options, and the connections that it keeps."""

    process: Process
    options: options.Options
    kept: dict[tuple[str, str, int], Verdict] = field(default_factory=dict)


def run(process: Process) -> int:
    """The program."""
    try:
        found = options.parse(process.args, SHORT + "T:V", LONG)
    except options.Unknown as problem:
        if str(problem) in LACKING:
            return process.unsupported(f"option {problem}")
        return process.complain(f"curl: option {problem}: is unknown\n{TRY}", 2)
    except options.Missing as problem:
        return process.complain(f"curl: option {problem}: requires parameter\n{TRY}", 2)
    if "V" in found:
        process.line(f"curl {VERSION} (kubelab {version.__version__}: a simulated curl)")
        return 0
    for letter, name in (("m", "-m"), ("T", "--connect-timeout")):
        if letter in found and not re.fullmatch(r"\d+(\.\d+)?", found.last(letter)):
            return process.complain(f"curl: option {name}: expected a proper numerical parameter\n{TRY}", 2)
    if not found.operands:
        return process.complain(f"curl: (2) no URL specified\n{TRY}", 2)
    ranges = [url for url in found.operands if re.search(r"[\[{]", url)]
    if ranges:
        return process.unsupported(f"[] and {{}} in URLs: {ranges[0]}")
    client, code = Client(process, found), 0
    outputs = found.all("o")
    for position, url in enumerate(found.operands):
        code = fetch(client, url, outputs[position] if position < len(outputs) else "")
    return code


def fetch(client: Client, text: str, output: str) -> int:
    """Fetch one URL; curl's exit code."""
    process, found = client.process, client.options
    transfer = Transfer(web.Url("", "", 0, ""), process.session.now)
    code, failure = 0, None
    try:
        transfer.url = _url(text)
        response = _transfer(client, transfer)
        if "L" in found and response.status in (301, 302):
            raise Failure(47, "Redirects are not modelled by kubelab's curl")
        if "f" in found and response.status >= 400:
            raise Failure(22, f"The requested URL returned error: {response.status}")
    except Failure as problem:
        code, failure = problem.code, problem
    for note in transfer.notes if "v" in found else ():
        process.err.write(note + "\n")
    _show(client, transfer, output, failure)
    return code


def _url(text: str) -> web.Url:
    try:
        url = web.parse(text)
    except web.BadUrl:
        raise Failure(3, "URL rejected: Malformed input to a URL function") from None
    if url.scheme not in web.PORTS:
        raise Failure(1, f'Protocol "{url.scheme}" not supported')
    return url


def _transfer(client: Client, transfer: Transfer) -> web.Response:
    """Connect (or reuse), ask, and wait for the answer."""
    session, url = client.process.session, transfer.url
    spot = (url.scheme, url.host, url.port)
    kept = client.kept.get(spot)
    if kept is not None and _still_open(client, kept):
        transfer.verdict, transfer.reused, transfer.dialled = kept, True, url.host
        transfer.notes.append(f"* Re-using existing {url.scheme}: connection with host {url.host}")
    else:
        transfer.verdict = _connect(client, transfer)
    verdict = transfer.verdict
    _check_tls(client, transfer)
    method = "HEAD" if "I" in client.options else "GET"
    request = web.Request(method, url, verdict.source, _headers(client, url))
    transfer.notes += [f"> {line}" for line in [*request.lines, ""]]
    _pass(client, transfer, pace.ANSWER)
    response = session.fetch(verdict, request)
    if response is None:
        raise Failure(52, "Empty reply from server")
    transfer.response = response
    transfer.notes += [f"< {line}" for line in [*_head(client, response), ""]]
    client.kept[spot] = verdict
    return response


def _still_open(client: Client, verdict: Verdict) -> bool:
    """Whether a kept connection still has its far end: a process that died has closed it."""
    session = client.process.session
    ip, _, port = verdict.address.rpartition(":")
    arrival = session.world.roads.arrival(ip, int(port))
    return arrival.outcome == hops.ANSWERED and arrival.pod == verdict.pod


def _connect(client: Client, transfer: Transfer) -> Verdict:
    session, url = client.process.session, transfer.url
    address = url.host
    if not hosts.is_address(url.host):
        resolution = session.resolve(url.host)
        if resolution.tried and resolution.tried[0][0] != "/etc/hosts":
            waits = 2 * pace.NO_SERVER if resolution.failure == "no answer" else pace.NAME
            _pass(client, transfer, waits, "Resolving")
        if not resolution.found:
            raise Failure(6, f"Could not resolve host: {url.host}")
        address = resolution.addresses[0]
        transfer.notes.append(f"* Host {url.host}:{url.port} was resolved.")
        transfer.notes.append(f"* IPv4: {', '.join(resolution.addresses)}")
    transfer.dialled = address
    transfer.notes.append(f"*   Trying {address}:{url.port}...")
    verdict = session.connect(address, url.port)
    if verdict.outcome == hops.TIMEOUT:
        _silence(client, transfer)
    _pass(client, transfer, pace.CONNECT, "Connection")
    if verdict.outcome == hops.REFUSED:
        transfer.notes.append(f"* connect to {address} port {url.port} failed: Connection refused")
        raise Failure(7, _failed(transfer, client.process.session.now))
    transfer.connected = session.now
    transfer.notes.append(f"* Connected to {url.host} ({address}) port {url.port}")
    transfer.verdict = verdict
    return verdict


def _silence(client: Client, transfer: Transfer) -> None:
    """Nobody answers: until curl's limit, or until Linux gives up."""
    limit = client.options.last("T")
    waits = min(pace.SILENCE, round(float(limit) * 1000)) if limit else pace.SILENCE
    spent = client.process.session.now - transfer.started
    _pass(client, transfer, max(0, waits - spent), "Connection")
    if limit and waits < pace.SILENCE:
        raise Failure(28, f"Connection timed out after {client.process.session.now - transfer.started} milliseconds")
    raise Failure(28, _failed(transfer, client.process.session.now))


def _failed(transfer: Transfer, now: int) -> str:
    url = transfer.url
    spent = now - transfer.started
    return f"Failed to connect to {url.host} port {url.port} after {spent} ms: Couldn't connect to server"


def _pass(client: Client, transfer: Transfer, ms: int, doing: str = "Operation") -> None:
    """Let time pass, but not beyond --max-time."""
    session, limit = client.process.session, client.options.last("m")
    if limit:
        left = transfer.started + round(float(limit) * 1000) - session.now
        if ms > left:
            session.sleep(max(0, left))
            spent = session.now - transfer.started
            more = " with 0 bytes received" if doing == "Operation" else ""
            raise Failure(28, f"{doing} timed out after {spent} milliseconds{more}")
    session.sleep(ms)


def _check_tls(client: Client, transfer: Transfer) -> None:
    if transfer.url.scheme != "https" or transfer.verdict is None:
        return
    if transfer.verdict.pod or not transfer.verdict.address.endswith(f":{hosts.API_PORT}"):
        raise Failure(35, "TLS connect error: error:0A0000C6:SSL routines::packet length too long")
    if "k" not in client.options:
        said = "SSL certificate problem: unable to get local issuer certificate"
        more = (
            "More details here: https://curl.se/docs/sslcerts.html\n\n"
            "curl failed to verify the legitimacy of the server and therefore could not\n"
            "establish a secure connection to it. To learn more about this situation and\n"
            "how to fix it, please visit the webpage mentioned above."
        )
        raise Failure(60, f"{said}\n{more}")


def _headers(client: Client, url: web.Url) -> dict[str, str]:
    headers = {"Host": url.authority, "User-Agent": f"curl/{VERSION}", "Accept": "*/*"}
    for line in client.options.all("H"):
        key, _, value = line.partition(":")
        known = next((k for k in headers if k.lower() == key.strip().lower()), key.strip())
        headers[known] = value.strip()
    return headers


def _head(client: Client, response: web.Response) -> list[str]:
    return response.head(times.rfc1123(client.process.session.now), "keep-alive")


# ---- what is printed


def _show(client: Client, transfer: Transfer, output: str, failure: Failure | None) -> None:
    process, found, response = client.process, client.options, transfer.response
    body = ""
    if response is not None and (failure is None or failure.code != 22):
        head = "".join(f"{line}\r\n" for line in [*_head(client, response), ""])
        body = (head if "i" in found or "I" in found else "") + ("" if "I" in found else response.body)
    to_file = output not in ("", "-")
    if "s" not in found and (to_file or not process.session.tty):
        _meter(process, response)
    if to_file:
        problem = process.session.files.write(process.path(output), body) if body or not failure else ""
        if problem:
            process.err.write(f"curl: (23) client returned ERROR on write, {output}: {problem}\n")
    else:
        process.write(body)
    if "v" in found and response is not None:
        process.err.write(f"* Connection #0 to host {transfer.url.host} left intact\n")
    if found.last("w"):
        process.write(written_out(found.last("w"), client, transfer, failure))
    if failure is not None and ("s" not in found or "S" in found):
        process.err.write(f"curl: ({failure.code}) {failure.said}\n")


def _meter(process: Process, response: web.Response | None) -> None:
    """The progress meter as it looks at the end."""
    size = response.size if response is not None else 0
    share = 100 if size else 0
    process.err.write(
        "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
        "                                 Dload  Upload   Total   Spent    Left  Speed\n"
        f"\r{share:>3} {size:>5}  {share:>3} {size:>5}    0     0  {size * 250:>5}      0 --:--:-- --:--:-- --:--:-- "
        f"{size * 250:>5}\n"
    )


def written_out(text: str, client: Client, transfer: Transfer, failure: Failure | None) -> str:
    """The text of -w with its variables filled in."""
    response, now = transfer.response, client.process.session.now
    ip = transfer.dialled if transfer.verdict is not None else ""
    values = {
        "http_code": f"{response.status if response else 0:03d}",
        "response_code": f"{response.status if response else 0:03d}",
        "size_download": str(response.size if response else 0),
        "time_total": f"{(now - transfer.started) / 1000:.6f}",
        "time_connect": f"{max(0, transfer.connected - transfer.started) / 1000:.6f}",
        "remote_ip": ip,
        "remote_port": str(transfer.url.port) if ip else "0",
        "local_ip": client.process.session.place.ip if ip else "",
        "num_connects": "0" if transfer.reused or not ip else "1",
        "exitcode": str(failure.code if failure else 0),
        "errormsg": failure.said if failure else "",
        "url_effective": f"{transfer.url.scheme}://{transfer.url.authority}{transfer.url.path}",
    }

    def fill(found: "re.Match[str]") -> str:
        if found[1] not in values:
            client.process.err.write(f"curl: unknown --write-out variable: '{found[1]}'\n")
        return values.get(found[1], "")

    text = text.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r")
    return re.sub(r"%\{([^}]*)\}", fill, text)


PROGRAMS = {"curl": run}
