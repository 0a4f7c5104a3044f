"""HTTP as far as the programs in pods need it: a URL taken apart, a request, a response."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

PORTS = {"http": 80, "https": 443}

_URL = re.compile(r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?P<rest>.*)", re.S)


class BadUrl(ValueError):
    """A text that is no URL."""


@dataclass(frozen=True, slots=True)
class Url:
    """Scheme, host, port and path (with its query)."""

    scheme: str
    host: str
    port: int
    path: str
    explicit_port: bool = False

    @property
    def authority(self) -> str:
        """Host and port as in a Host header."""
        usual = self.port == PORTS.get(self.scheme)
        return self.host if usual else f"{self.host}:{self.port}"


def parse(text: str) -> Url:
    """Take a URL apart; http if it names no scheme. BadUrl if it is none."""
    found = _URL.fullmatch(text)
    assert found is not None
    scheme = (found["scheme"] or "http").lower()
    authority, mark, path = _cut(found["rest"])
    host, colon, port = authority.rpartition("@")[2].partition(":")
    if not host or any(c.isspace() for c in host) or (port and not (port.isascii() and port.isdigit())):
        raise BadUrl(text)
    number = int(port) if port else PORTS.get(scheme, 0)
    if number > 65535:
        raise BadUrl(text)
    return Url(scheme, host, number, mark + path if mark == "/" else "/" + mark + path, bool(colon and port))


def _cut(rest: str) -> tuple[str, str, str]:
    at = next((i for i, c in enumerate(rest) if c in "/?#"), len(rest))
    path = rest[at + 1 :].partition("#")[0]
    return rest[:at], rest[at : at + 1].replace("#", ""), path if rest[at : at + 1] != "#" else ""


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sends: `peer` is the address the server sees it come from."""

    method: str
    url: Url
    peer: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def lines(self) -> list[str]:
        """The request's head, line by line."""
        return [f"{self.method} {self.url.path} HTTP/1.1", *(f"{k}: {v}" for k, v in self.headers.items())]


@dataclass(frozen=True, slots=True)
class Response:
    """What a server sends back."""

    status: int
    body: str = ""
    kind: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """The status in words."""
        return REASONS.get(self.status, "")

    @property
    def size(self) -> int:
        """The body's length in bytes."""
        return len(self.body.encode())

    def head(self, date: str, connection: str) -> list[str]:
        """The response's head, line by line."""
        return [
            f"HTTP/1.1 {self.status} {self.reason}",
            f"Date: {date.replace('+0000', 'GMT')}",
            f"Content-Type: {self.kind}",
            f"Content-Length: {self.size}",
            f"Connection: {connection}",
            *(f"{key}: {value}" for key, value in self.headers.items()),
        ]


REASONS = {
    200: "OK",
    301: "Moved Permanently",
    302: "Found",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
