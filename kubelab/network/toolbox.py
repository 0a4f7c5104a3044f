"""Which programs each image brings along, and whose: busybox' short ones or GNU's.

Stands for the files in the images. `exec` of a program that an image does not have fails as it does in reality; an
image that is not in the table is taken for a plain Linux without network tools.
"""

import functools
from dataclasses import dataclass

BUSYBOX = """
    [ ash awk cat cut date echo egrep env false getent grep head hostname httpd id ifconfig ip kill ls mkdir nc nslookup
    ping printenv printf ps pwd rm sed seq sh sleep sort tail test time timeout touch tr true uname uniq watch wc wget
    which whoami xargs
""".split()  # noqa: SIM905
GNU = """
    [ awk bash cat cut date echo egrep env false getent grep head hostname id ls mkdir printenv printf pwd rm sed seq sh
    sleep sort tail test timeout touch tr true uname uniq wc which whoami xargs
""".split()  # noqa: SIM905
NET = "bash curl dig getent host ip nc nslookup ping ps wget"
REFUSED = """
    base64 basename chmod cp df dirname du expr find free less md5sum more mv netstat rmdir route sha256sum ss tee
    telnet traceroute uptime vi yes
""".split()  # noqa: SIM905
"""Programs that images bring along and kubelab does not play: it says so, instead of `not found`."""


CORE = "base64 basename chmod cp df dirname du expr find md5sum more mv rmdir sha256sum tee yes".split()  # noqa: SIM905
"""Those of them that are in images without busybox, too."""


@dataclass(frozen=True, slots=True)
class Image:
    """What is in an image besides its server."""

    programs: frozenset[str]
    busybox: bool = False
    closed: bool = False
    """Whether it has nothing beside these programs and its own server."""
    workdir: str = "/"
    bind: bool = False
    release: str = "Debian GNU/Linux 12 (bookworm)"

    def has(self, program: str) -> bool:
        """Whether the image brings a program of that name, played or refused."""
        return program in self.programs or (bool(self.programs) and program in (REFUSED if self.busybox else CORE))


def _image(*more: str, busybox: bool = False, less: str = "", workdir: str = "/", release: str = "") -> Image:
    base = BUSYBOX if busybox else GNU
    names = frozenset([*base, *(word for group in more for word in group.split())]) - frozenset(less.split())
    release = release or ("Alpine Linux v3.22" if busybox else "Debian GNU/Linux 12 (bookworm)")
    return Image(names, busybox, busybox and not workdir.startswith("/usr"), workdir, "dig" in names, release)


EMPTY = Image(frozenset(), closed=True)
UNKNOWN = _image()

TABLE: dict[str, Image] = {
    "c1t1d0s7/myweb": _image("curl kill ps wget", workdir="/usr/src/app"),
    "network-multitool": _image(NET, busybox=True),
    "netshoot": _image(NET, busybox=True, workdir="/root"),
    "busybox": _image(busybox=True, less="getent", release="BusyBox"),
    "alpine": _image(busybox=True),
    "nginx": _image("curl"),
    "nginx:alpine": _image("curl", busybox=True),
    "httpd": _image(workdir="/usr/local/apache2"),
    "httpd:alpine": _image(busybox=True, workdir="/usr/local/apache2"),
    "node": _image("curl kill ps wget"),
    "node:alpine": _image(busybox=True),
    "python": _image("curl wget"),
    "python:slim": _image(),
    "python:alpine": _image(busybox=True),
    "redis": _image(workdir="/data"),
    "redis:alpine": _image(busybox=True, workdir="/data"),
    "curl": _image("curl", busybox=True),
    "agnhost": _image("bash curl dig host nslookup", busybox=True),
    "jessie-dnsutils": _image("dig host nslookup nc ping ps ip wget"),
    "dnsutils": _image("dig host nslookup"),
    "hello-app": _image(busybox=True),
    "fedora": _image("curl", release="Fedora Linux"),
    "rockylinux": _image("curl", release="Rocky Linux"),
    "centos": _image("curl ip ping ps", release="CentOS Linux"),
    "whoami": EMPTY,
    "http-echo": EMPTY,
    "pause": EMPTY,
    "coredns": EMPTY,
}


@functools.cache
def of(reference: str) -> Image:
    """What an image reference like `docker.io/library/nginx:1.27-alpine` brings."""
    path, tag = split(reference)
    name = path.rpartition("/")[2]
    for variant in ("alpine", "slim"):
        if variant in tag and f"{name}:{variant}" in TABLE:
            return TABLE[f"{name}:{variant}"]
    short = "/".join(path.split("/")[-2:])
    return TABLE.get(short) or TABLE.get(name) or UNKNOWN


def split(reference: str) -> tuple[str, str]:
    """The path and the tag of an image reference."""
    path = reference.partition("@")[0]
    head, colon, tag = path.rpartition(":")
    return (head, tag) if colon and "/" not in tag else (path, "latest")
