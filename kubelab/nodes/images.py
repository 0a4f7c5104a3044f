"""Images: which ones there are, what they run, where they listen, how long they take to pull and to stop.

Stands for the registries and for what is in an image's configuration. A name without a repository that is no official
image, an unknown repository of an owner whose images are all listed, and a tag that cannot be a tag of a listed image
fail to be pulled, with the words of containerd. Every other unknown image is pulled and taken for a server that listens
on the ports that its container declares. Sizes are about right; times to pull and to stop are kubelab's own.
"""

import hashlib
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kubelab.api.meta import Obj

BYTES_PER_MS = 20_000
ROUND_TRIP, SPREAD = 600, 400
"""What asking a registry takes (ms), also for an image that is there already; and by how much nodes differ."""

Ports = tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Image:
    """What is known of one repository."""

    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    ports: Ports = ()
    serves: bool = True
    """Whether its own command runs on; if not, the command is run like any other."""
    megabytes: int = 60
    stop_ms: int = 300
    """From the stop signal to the end; -1: it does not listen to signals and is killed when its grace is over."""
    stop_code: int = 0
    env: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[int, int] | None = None
    """Highest minor version of each major one; None: any version may exist."""
    port_flags: tuple[str, ...] = ()
    """Arguments that move the first port, e.g. --port."""
    needs: tuple[str, ...] = ()
    """One of these variables must be set, or the program ends at once."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An image's name taken apart."""

    registry: str
    path: str
    tag: str
    digest: str = ""

    @property
    def repository(self) -> str:
        """`docker.io/library/nginx`."""
        return f"{self.registry}/{self.path}"

    @property
    def full(self) -> str:
        """`docker.io/library/nginx:latest`, as containerd writes it."""
        return f"{self.repository}@{self.digest}" if self.digest else f"{self.repository}:{self.tag}"

    @property
    def id(self) -> str:
        """The image id that a container's status shows."""
        return f"{self.repository}@{self.digest or 'sha256:' + hashlib.sha256(self.full.encode()).hexdigest()}"


_NAME = re.compile(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")


def parse(text: str) -> Reference:
    """The parts of an image's name; ValueError with containerd's words if it is none."""
    rest, _, digest = text.partition("@")
    head, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:
        head, tag = rest, ""
    first, slash, remainder = head.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        registry, path = first, remainder
    else:
        registry, path = "docker.io", head if slash else f"library/{head}"
    if path != path.lower():
        raise ValueError(f"invalid reference format: repository name ({path}) must be lowercase")
    good_tag = _TAG.fullmatch(tag) if tag else not (colon and rest.endswith(":"))
    if not head or not _NAME.fullmatch(path) or not good_tag:
        raise ValueError("invalid reference format")
    registry = "docker.io" if registry == "index.docker.io" else registry
    return Reference(registry, path, tag or "latest", digest)


def find(reference: Reference) -> Image | None:
    """What is known of an image, None if nothing is."""
    return CATALOGUE.get(reference.repository)


def pull_ms(reference: Reference, node: str, present: bool) -> int:
    """How long pulling takes; a little longer on one node than on another."""
    asking = ROUND_TRIP + zlib.crc32(f"{node} {reference.full}".encode()) % SPREAD
    return asking if present or problem(reference) else asking + size(find(reference)) // BYTES_PER_MS


def size(image: Image | None) -> int:
    """Bytes to be pulled."""
    return (image.megabytes if image else 60) * 1_000_003


def environment(reference: Reference) -> Mapping[str, str]:
    """The variables that the image sets."""
    image = find(reference)
    return image.env if image else {}


# ---- what cannot be pulled


def problem(reference: Reference) -> str:
    """Why the image cannot be pulled, in the words of containerd and the kubelet; "" if it can."""
    name = reference.full
    failed = f'failed to pull and unpack image "{name}": failed to resolve reference "{name}": '
    if _is_nowhere(reference.registry):
        url = f"https://{reference.registry}/v2/{reference.path}/manifests/{reference.tag}"
        return f'{failed}failed to do request: Head "{url}": dial tcp: lookup {reference.registry}: no such host'
    if _is_no_repository(reference):
        if reference.registry == "docker.io":
            return (
                f"{failed}pull access denied, repository does not exist or may require authorization: "
                "server message: insufficient_scope: authorization failed"
            )
        return f"rpc error: code = NotFound desc = {failed}{name}: not found"
    image = find(reference)
    if image is not None and not reference.digest and not _may_be_tag(reference.tag, image.versions):
        return f"rpc error: code = NotFound desc = {failed}{name}: not found"
    return ""


def _is_nowhere(registry: str) -> bool:
    """Whether a registry is at a name that is reserved for examples."""
    host = registry.partition(":")[0]
    return host == "localhost" or bool(re.search(r"(^|\.)(example(\.com|\.net|\.org)?|invalid|test|local)$", host))


def _is_no_repository(reference: Reference) -> bool:
    if find(reference) is not None:
        return False
    owner = reference.path.partition("/")[0]
    if reference.registry == "docker.io" and owner == "library":
        return reference.path.partition("/")[2] not in OFFICIAL
    return f"{reference.registry}/{owner}" in WELL_KNOWN_OWNERS


_WORDS = """
    alpine slim bookworm bullseye buster trixie stretch jammy noble focal perl otel musl glibc uclibc apache fpm cli
    management ubi debian full hardened unprivileged oracle oraclelinux amd64 linux rc beta fedora minimal extra
    openshift
""".split()  # noqa: SIM905
_PLAIN = ("latest", "stable", "mainline", "edge", "lts", "current", "unstable")
_VERSION = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.\d+)?")
_WORD = re.compile(rf"({'|'.join(_WORDS)})[\d.]*")


def _may_be_tag(tag: str, versions: Mapping[int, int] | None) -> bool:
    """Whether a tag looks like one that a listed image has: a version that there may be, or a usual word."""
    first, *words = tag.split("-")
    if not all(_WORD.fullmatch(word) or word.isdigit() for word in words):
        return False
    number = _VERSION.fullmatch(first)
    if number is None:
        return first in _PLAIN or bool(_WORD.fullmatch(first))
    if versions is None:
        return True
    major, minor = int(number[1]), int(number[2] or 0)
    return minor <= versions.get(major, -1) and int(number[3] or 0) < 100


# ---- what runs


def command_line(image: Image | None, container: Obj) -> list[str]:
    """What a container runs: its command instead of the image's entrypoint, its args instead of the image's cmd.

    An entrypoint that is a script starts the rest of the line, with the image's program in front if that is missing.
    """
    command, args, known = container.get("command"), container.get("args"), image or Image()
    if command:
        return [*command, *(args or ())]
    rest = list(args or known.cmd)
    if not _is_script(known.entrypoint):
        return [*known.entrypoint, *rest]
    bare = bool(rest) and (rest[0].startswith("-") or "." in rest[0])
    return [*known.cmd[:1], *rest] if bare else rest


def _is_script(entrypoint: Sequence[str]) -> bool:
    return bool(entrypoint) and entrypoint[-1].endswith(".sh")


def is_own_server(image: Image | None, container: Obj) -> bool:
    """Whether what runs is the image's own server, perhaps with other arguments."""
    if image is None:
        return not container.get("command") and not container.get("args")
    argv = command_line(image, container)
    own = image.entrypoint if image.entrypoint and not _is_script(image.entrypoint) else image.cmd
    return image.serves and bool(own) and argv[:1] == [own[0]]


def listening(image: Image | None, container: Obj, argv: Sequence[str]) -> Ports:
    """The ports on which the image's own server listens in this container."""
    if image is None:
        ports = container.get("ports") or ()
        return tuple((int(port["containerPort"]), port.get("protocol", "TCP").lower()) for port in ports)
    moved = _moved(image, argv)
    if image.entrypoint == ("/agnhost",):
        return _agnhost(argv, moved)
    if moved is None or not image.ports:
        return image.ports
    return ((moved, image.ports[0][1]), *image.ports[1:])


def _moved(image: Image, argv: Sequence[str]) -> int | None:
    """The port that an argument asks for."""
    for index, word in enumerate(argv):
        flag, equals, value = word.partition("=")
        if flag in image.port_flags:
            text = value if equals else argv[index + 1] if index + 1 < len(argv) else ""
            number = text.rpartition(":")[2]
            return int(number) if number.isdigit() else None
    return None


def _agnhost(argv: Sequence[str], moved: int | None) -> Ports:
    if "netexec" in argv:
        return ((moved or 8080, "tcp"), (8081, "udp"))
    if "serve-hostname" in argv:
        return ((moved or 9376, "tcp"),)
    return ((moved or 8080, "tcp"),) if "test-webserver" in argv else ()


def missing_settings(image: Image | None, env: Mapping[str, str]) -> str:
    """What a program says that ends at once because nothing tells it its password; "" if all is well."""
    if image is None or not image.needs or any(env.get(name) for name in image.needs):
        return ""
    names = "\n".join(f"    - {name}" for name in image.needs)
    return f"[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified\n{names}\n"


# ---- the catalogue


def _tcp(*numbers: int) -> Ports:
    return tuple((number, "tcp") for number in numbers)


_NGINX = Image(
    ("/docker-entrypoint.sh",),
    ("nginx", "-g", "daemon off;"),
    _tcp(80),
    megabytes=59,
    env={"NGINX_VERSION": "1.29.3", "NJS_VERSION": "0.9.4"},
    versions={1: 31},
)
_MULTITOOL = Image(("/bin/sh", "/docker/entrypoint.sh"), ("nginx", "-g", "daemon off;"), _tcp(80, 443), megabytes=27)
_AGNHOST = Image(("/agnhost",), ("pause",), megabytes=52, port_flags=("--http-port", "--port"))
_PAUSE = Image(("/pause",), megabytes=1, stop_ms=10)
_COREDNS_PORTS: Ports = ((53, "udp"), (53, "tcp"), (9153, "tcp"), (8080, "tcp"), (8181, "tcp"))
_SQL = ("MYSQL_ROOT_PASSWORD", "MYSQL_ALLOW_EMPTY_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD")

CATALOGUE: dict[str, Image] = {
    "docker.io/c1t1d0s7/myweb": Image((), ("node", "app.js"), _tcp(8080), megabytes=85, stop_ms=500),
    "docker.io/c1t1d0s7/network-multitool": _MULTITOOL,
    "docker.io/wbitt/network-multitool": _MULTITOOL,
    "docker.io/praqma/network-multitool": _MULTITOOL,
    "docker.io/nicolaka/netshoot": Image((), ("zsh",), (), False, 202, -1),
    "docker.io/curlimages/curl": Image(("/entrypoint.sh",), ("curl",), (), False, 9),
    "docker.io/library/nginx": _NGINX,
    "docker.io/nginxinc/nginx-unprivileged": Image(_NGINX.entrypoint, _NGINX.cmd, _tcp(8080), megabytes=59),
    "docker.io/library/httpd": Image(
        (),
        ("httpd-foreground",),
        _tcp(80),
        megabytes=46,
        env={
            "PATH": "/usr/local/apache2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HTTPD_PREFIX": "/usr/local/apache2",
            "HTTPD_VERSION": "2.4.65",
        },
        versions={2: 4},
    ),
    "docker.io/library/redis": Image(
        ("docker-entrypoint.sh",), ("redis-server",), _tcp(6379), megabytes=51, versions=dict.fromkeys(range(2, 9), 8),
        port_flags=("--port",),
    ),
    "docker.io/library/memcached": Image(("docker-entrypoint.sh",), ("memcached",), _tcp(11211), megabytes=32),
    "docker.io/library/mysql": Image(
        ("docker-entrypoint.sh",), ("mysqld",), _tcp(3306, 33060), megabytes=232, stop_ms=2_000,
        versions={5: 7, 8: 4, 9: 6}, needs=_SQL,
    ),
    "docker.io/library/mariadb": Image(
        ("docker-entrypoint.sh",), ("mariadbd",), _tcp(3306), megabytes=105, stop_ms=1_000,
        needs=("MARIADB_ROOT_PASSWORD", "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", *_SQL),
    ),
    "docker.io/library/postgres": Image(
        ("docker-entrypoint.sh",), ("postgres",), _tcp(5432), megabytes=160, stop_ms=500,
        needs=("POSTGRES_PASSWORD", "POSTGRES_HOST_AUTH_METHOD"),
    ),
    "docker.io/library/mongo": Image(("docker-entrypoint.sh",), ("mongod",), _tcp(27017), megabytes=298),
    "docker.io/library/tomcat": Image((), ("catalina.sh", "run"), _tcp(8080), megabytes=190),
    "docker.io/library/caddy": Image(
        (), ("caddy", "run", "--config", "/etc/caddy/Caddyfile"), _tcp(80, 443, 2019), megabytes=18
    ),
    "docker.io/library/hello-world": Image((), ("/hello",), (), False, 1),
    "docker.io/library/busybox": Image((), ("sh",), (), False, 2, -1, versions={1: 38}),
    "docker.io/library/alpine": Image((), ("/bin/sh",), (), False, 4, -1, versions={2: 7, 3: 24}),
    "docker.io/library/ubuntu": Image((), ("/bin/bash",), (), False, 30, -1),
    "docker.io/library/debian": Image((), ("bash",), (), False, 49, -1),
    "docker.io/library/fedora": Image((), ("/bin/bash",), (), False, 70, -1),
    "docker.io/library/rockylinux": Image((), ("/bin/bash",), (), False, 70, -1),
    "docker.io/library/centos": Image((), ("/bin/bash",), (), False, 84, -1),
    "docker.io/library/python": Image((), ("python3",), (), False, 380, -1, versions={2: 7, 3: 15}),
    "docker.io/library/node": Image(("docker-entrypoint.sh",), ("node",), (), False, 390, -1),
    "docker.io/traefik/whoami": Image(("/whoami",), (), _tcp(80), megabytes=3, port_flags=("--port", "-port")),
    "docker.io/containous/whoami": Image(("/whoami",), (), _tcp(80), megabytes=3, port_flags=("--port", "-port")),
    "docker.io/hashicorp/http-echo": Image(
        ("/http-echo",), (), _tcp(5678), megabytes=4, port_flags=("-listen", "--listen")
    ),
    "docker.io/kicbase/echo-server": Image(("/bin/echo-server",), (), _tcp(8080), megabytes=5),
    "gcr.io/google-samples/hello-app": Image(("./hello-app",), (), _tcp(8080), megabytes=12),
    "us-docker.pkg.dev/google-samples/containers/gke/hello-app": Image(("./hello-app",), (), _tcp(8080), megabytes=12),
    "registry.k8s.io/echoserver": Image((), ("/usr/local/bin/run.sh",), _tcp(8080), megabytes=45),
    "registry.k8s.io/coredns/coredns": Image(
        ("/coredns",), (), _COREDNS_PORTS, megabytes=22, stop_ms=5_000
    ),
    "registry.k8s.io/pause": _PAUSE,
    "registry.k8s.io/e2e-test-images/agnhost": _AGNHOST,
    "registry.k8s.io/e2e-test-images/jessie-dnsutils": Image((), ("bash",), (), False, 110, -1),
}  # fmt: skip
"""Repository -> what is known of it."""

WELL_KNOWN_OWNERS = (
    "docker.io/c1t1d0s7", "docker.io/wbitt", "docker.io/curlimages", "registry.k8s.io/coredns",
    "registry.k8s.io/e2e-test-images",
)  # fmt: skip
"""Owners of whose repositories all are listed above, so that any other is a slip of the pen."""

OFFICIAL = frozenset(
    """
    adminer aerospike almalinux alpine alt amazoncorretto amazonlinux api-firewall arangodb archlinux backdrop bash
    bonita buildpack-deps busybox caddy cassandra centos chronograf cirros clearlinux clefos clojure composer consul
    convertigo couchbase couchdb crate dart debian docker drupal eclipse-mosquitto eclipse-temurin eggdrop
    elasticsearch elixir emqx erlang fedora flink fluentd friendica gazebo gcc geonetwork ghost golang gradle groovy
    haproxy haskell haxe hello-world hitch httpd hylang ibm-semeru-runtimes ibmjava influxdb irssi java jenkins jetty
    joomla jruby julia kapacitor kibana kong krakend liquibase logstash mageia mariadb matomo maven mediawiki
    memcached mongo mongo-express monica mysql nats nats-streaming neo4j neurodebian nextcloud nginx node notary odoo
    open-liberty openjdk oraclelinux orientdb percona perl photon php phpmyadmin plone postfixadmin postgres pypy
    python r-base rabbitmq rakudo-star redis redmine registry rethinkdb rocket.chat rockylinux ros ruby rust
    sapmachine satosa silverpeas sl solr sonarqube spark spiped storm swift swipl teamspeak telegraf tomcat tomee
    traefik ubuntu unit valkey varnish vault websphere-liberty wordpress xwiki yourls znc zookeeper
    """.split()  # noqa: SIM905
)
"""Docker Hub's official images: the names that may stand without an owner."""
