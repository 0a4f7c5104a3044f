"""What the applications in the images answer when somebody asks over HTTP.

Stands for the processes in the containers. Which ports a container listens on is the runtime's knowledge; here is what
comes back. A server of an image that is not in the table says so honestly.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from kubelab import version
from kubelab.api import meta, times
from kubelab.api.meta import Obj
from kubelab.network import hosts, resolver, toolbox, web
from kubelab.network.containers import Container
from kubelab.network.hops import Verdict

if TYPE_CHECKING:
    from kubelab.network.world import World

HTML = "text/html"
JSON = "application/json"

Serve = Callable[["World", Obj, Container, web.Request], web.Response | None]


def respond(world: "World", verdict: Verdict, request: web.Request) -> web.Response | None:
    """The answer of whoever is at the end of an open connection; None if it does not speak HTTP."""
    if not verdict.pod:
        return api_server(request) if verdict.address.endswith(f":{hosts.API_PORT}") else None
    pod = world.store.find("Pod", verdict.namespace, verdict.pod)
    if pod is None:
        return None
    container = next((c for c in world.runtime.containers(pod) if c["name"] == verdict.container), None)
    return None if container is None else serve(world, pod, container, int(verdict.address.rpartition(":")[2]), request)


def serve(world: "World", pod: Obj, container: Container, port: int, request: web.Request) -> web.Response | None:
    """The answer of the process that listens on that port of a container."""
    path = toolbox.split(container["image"])[0]
    short, name = "/".join(path.split("/")[-2:]), path.rpartition("/")[2]
    if name == "coredns":
        return _coredns(port, request)
    if name in SILENT:
        return None
    return (SERVERS.get(short) or SERVERS.get(name) or _unknown)(world, pod, container, request)


# ---- the applications


def _myweb(world: "World", pod: Obj, container: Container, request: web.Request) -> web.Response:
    servers = resolver.parse(container["files"].get("/etc/resolv.conf") or resolver.resolv_conf(pod)).servers
    lines = {
        "Message": "Hello World!",
        "Hostname": resolver.hostname(pod),
        "Platform": "linux",
        "Uptime": world.node_uptime(pod["spec"].get("nodeName") or "") // 1000,
        "IP": hosts.pod_ip(pod),
        "DNS": ",".join(servers),
    }
    return web.Response(200, "".join(f"{key}: {value}\n" for key, value in lines.items()), "text/plain")


def _whoami(world: "World", pod: Obj, container: Container, request: web.Request) -> web.Response:
    lines = [
        f"Hostname: {resolver.hostname(pod)}",
        "IP: 127.0.0.1",
        f"IP: {hosts.pod_ip(pod)}",
        f"RemoteAddr: {request.peer}:{_peer_port(world, request)}",
        *request.lines,
        "",
    ]
    return web.Response(200, "\n".join(lines) + "\n")


def _agnhost(world: "World", pod: Obj, container: Container, request: web.Request) -> web.Response:
    path, _, query = request.url.path.partition("?")
    name = resolver.hostname(pod)
    if path == "/" and "serve-hostname" in container.get("argv", ()):
        return web.Response(200, name)
    answers = {
        "/": f"NOW: {times.stamp_micro(world.clock.now).replace('T', ' ').replace('Z', '')} +0000 UTC",
        "/hostname": name,
        "/hostName": name,
        "/clientip": f"{request.peer}:{_peer_port(world, request)}",
        "/echo": query.partition("msg=")[2],
        "/healthz": "",
        "/readyz": "",
    }
    return web.Response(200, answers[path]) if path in answers else web.Response(404, "404 page not found\n")


def _http_echo(world: "World", pod: Obj, container: Container, request: web.Request) -> web.Response:
    argv = [str(word) for word in container.get("argv", ())]
    text = next((word.partition("=")[2] for word in argv if word.lstrip("-").startswith("text=")), "hello-world")
    return web.Response(200, text + "\n")


def _hello_app(world: "World", pod: Obj, container: Container, request: web.Request) -> web.Response:
    tag = toolbox.split(container["image"])[1]
    edition = f"{tag}.0" if tag.count(".") == 1 else tag
    return web.Response(200, f"Hello, world!\nVersion: {edition}\nHostname: {resolver.hostname(pod)}\n")


def _echoserver(world: "World", pod: Obj, container: Container, request: web.Request) -> web.Response:
    lines = [
        "",
        "",
        f"Hostname: {resolver.hostname(pod)}",
        "",
        "Pod Information:",
        "\t-no pod information available-",
        "",
        "Request Information:",
        f"\tclient_address={request.peer}",
        f"\tmethod={request.method}",
        f"\treal path={request.url.path}",
        "",
        "Request Headers:",
        *(f"\t{key.lower()}={value}" for key, value in request.headers.items()),
        "",
    ]
    return web.Response(200, "\n".join(lines) + "\n", "text/plain")


def _coredns(port: int, request: web.Request) -> web.Response | None:
    if port == 53:
        return None
    return web.Response(200, "OK") if request.url.path in ("/health", "/ready") else web.Response(404, "404\n")


def _unknown(world: "World", pod: Obj, container: Container, request: web.Request) -> web.Response:
    said = f"{meta.name(pod)}: kubelab does not know what {container['image']} answers, only that it listens.\n"
    return web.Response(200, said)


def api_server(request: web.Request) -> web.Response:
    """What the API server tells somebody without a name."""
    if request.url.scheme != "https":
        return web.Response(400, "Client sent an HTTP request to an HTTPS server.\n", "text/plain; charset=utf-8")
    path = request.url.path.partition("?")[0]
    if path in ("/healthz", "/livez", "/readyz"):
        return web.Response(200, "ok")
    if path == "/version":
        major, minor = version.KUBERNETES.lstrip("v").split(".")[:2]
        return web.Response(200, f'{{\n  "major": "{major}",\n  "minor": "{minor}"\n}}', JSON)
    said = f'forbidden: User \\"system:anonymous\\" cannot get path \\"{path}\\"'
    return web.Response(403, _FORBIDDEN.replace("MESSAGE", said), JSON)


_FORBIDDEN = """{
  "kind": "Status",
  "apiVersion": "v1",
  "metadata": {},
  "status": "Failure",
  "message": "MESSAGE",
  "reason": "Forbidden",
  "details": {},
  "code": 403
}"""


def _peer_port(world: "World", request: web.Request) -> int:
    """A client's port: any of the usual range, the same at the same moment."""
    return 32_768 + (world.clock.now * 7919 + hosts.number(request.peer)) % 28_232


# ---- servers of files


def documents(world: "World", pod: Obj, container: Container) -> dict[str, str]:
    """The files that an image's web server has to show."""
    path = toolbox.split(container["image"])[0]
    root, page = ROOTS.get(path.rpartition("/")[2], ("", ""))
    if not root:
        return {}
    text = page.format(host=resolver.hostname(pod), ip=hosts.pod_ip(pod)) if "{host}" in page else page
    return {f"{root}/index.html": text}


def _static(world: "World", pod: Obj, container: Container, request: web.Request) -> web.Response:
    path = toolbox.split(container["image"])[0]
    return _files(world, pod, container, request, ROOTS[path.rpartition("/")[2]][0])


def _files(world: "World", pod: Obj, container: Container, request: web.Request, root: str) -> web.Response:
    path = request.url.path.partition("?")[0]
    wanted = root + (path + "index.html" if path.endswith("/") else path)
    given = documents(world, pod, container)
    text = container["files"].get(wanted, given.get(wanted))
    if text is None or text.startswith("\0"):
        return web.Response(404, NOT_FOUND, HTML)
    return web.Response(200, text, HTML if wanted.endswith(".html") else "text/plain")


NOT_FOUND = """<html>
<head><title>404 Not Found</title></head>
<body>
<center><h1>404 Not Found</h1></center>
<hr><center>nginx</center>
</body>
</html>
"""

NGINX = """<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
"""

MULTITOOL = "Praqma Network MultiTool (with NGINX) - {host} - {ip}/32\n"

ROOTS = {
    "nginx": ("/usr/share/nginx/html", NGINX),
    "httpd": ("/usr/local/apache2/htdocs", "<html><body><h1>It works!</h1></body></html>\n"),
    "network-multitool": ("/usr/share/nginx/html", MULTITOOL),
}

SILENT = ("redis", "mysql", "mariadb", "postgres", "mongo", "memcached")
"""Servers that do not speak HTTP."""

SERVERS: dict[str, Serve] = {
    "c1t1d0s7/myweb": _myweb,
    "whoami": _whoami,
    "agnhost": _agnhost,
    "http-echo": _http_echo,
    "hello-app": _hello_app,
    "echoserver": _echoserver,
    "nginx": _static,
    "httpd": _static,
    "network-multitool": _static,
}
