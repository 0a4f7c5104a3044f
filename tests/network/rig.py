"""A node on a real kernel: network namespaces for the node, its pods and the outside, cabled as Calico cables them.

Everything is made and removed here, nothing outside these namespaces is touched. A socket belongs to the namespace in
which it was made, so this one process can be every server and every client.
"""

import contextlib
import ctypes
import os
import pathlib
import selectors
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

T = TypeVar("T")

NEW_NET = 0x40000000
GATEWAY = "169.254.1.1"
VARIANTS = ("iptables-nft", "iptables-legacy")
NEEDED = (
    "-t nat -A OUTPUT -m recent --name x --rcheck --seconds 1 --reap -j ACCEPT",
    "-t nat -A OUTPUT -m statistic --mode random --probability 0.5 -m addrtype --dst-type LOCAL -j MARK --set-xmark 1",
    "-t nat -A POSTROUTING -m mark --mark 1/1 -m comment --comment x -j MASQUERADE --random-fully",
    "-t filter -A OUTPUT -p tcp -m conntrack --ctstate NEW -j REJECT --reject-with icmp-port-unreachable",
)


def missing(variant: str) -> str:
    """What is not there for this variant of iptables, "" if all is."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "not root"
    tools = [tool for tool in ("ip", "unshare", f"{variant}-restore") if shutil.which(tool) is None]
    if tools:
        return f"no {tools[0]}"
    for rule in NEEDED:
        done = subprocess.run(["unshare", "-n", variant, *rule.split()], capture_output=True, text=True, timeout=30)
        if done.returncode:
            return f"{variant} {rule}: {done.stderr.strip()}"
    return ""


class Rig:
    """One node, `node`, with a default route to `outside`; pods are added."""

    def __init__(self, variant: str, address: str = "192.168.56.21", outside: str = "192.168.56.1") -> None:
        self.variant, self.address = variant, address
        self._tag, self._made, self._servers = f"kubelab{os.getpid()}", list[str](), list[socket.socket]()
        self._poll, self._open, self._outside = selectors.DefaultSelector(), True, outside

    def begin(self) -> None:
        """Make the node and the outside, and begin to answer."""
        self.space("node")
        self.space("outside")
        self._cable("outside", "eth0")
        self.ip("node", f"address add {self.address}/24 dev eth0", f"route add default via {self._outside}")
        self.ip("outside", f"address add {self._outside}/24 dev eth0")
        self.write("net/ipv4/ip_forward", "1")
        # A kernel tells one address six times at once that a port is unreachable, and once a second from then on; the
        # client's next SYN is refused a second later. Here every refusal shall be quick.
        self.write("net/ipv4/icmp_ratelimit", "0")
        threading.Thread(target=self._serve, daemon=True).start()

    # ---- namespaces and cables

    def name(self, space: str) -> str:
        """The system's name of a namespace."""
        return f"{self._tag}-{space}"

    def space(self, space: str) -> None:
        """A new namespace."""
        subprocess.run(["ip", "netns", "add", self.name(space)], check=True)
        self._made.append(space)
        self.ip(space, "link set lo up")

    def ip(self, space: str, *lines: str) -> None:
        """Lines for `ip` in a namespace."""
        command = ["ip", "-n", self.name(space), "-batch", "-"]
        subprocess.run(command, input="\n".join(lines) + "\n", text=True, check=True, timeout=30)

    def _cable(self, space: str, near: str) -> None:
        self.ip("node", f"link add {near} type veth peer name eth0 netns {self.name(space)}", f"link set {near} up")
        self.ip(space, "link set eth0 up")

    def pod(self, name: str, address: str) -> None:
        """A pod as Calico makes one: a /32, a gateway that the node pretends to be, a route on the node."""
        self.space(name)
        near = f"cali{len(self._made)}"
        self._cable(name, near)
        self.write(f"net/ipv4/conf/{near}/proxy_arp", "1")
        self.write(f"net/ipv4/neigh/{near}/proxy_delay", "0")
        self.ip("node", f"route add {address}/32 dev {near}")
        self.ip(name, f"address add {address}/32 dev eth0", f"route add {GATEWAY} dev eth0",
                f"route add default via {GATEWAY} dev eth0")  # fmt: skip

    def write(self, key: str, value: str) -> None:
        """Set one of the node's kernel parameters."""
        self.inside("node", lambda: pathlib.Path("/proc/sys", key).write_text(value))

    def inside(self, space: str, action: Callable[[], T]) -> T:
        """Do something in a namespace: a thread goes there and ends."""
        done: list[T | BaseException] = []

        def run() -> None:
            try:
                with open(f"/run/netns/{self.name(space)}") as door:
                    if ctypes.CDLL(None, use_errno=True).setns(door.fileno(), NEW_NET):
                        raise OSError(ctypes.get_errno(), "setns")
                done.append(action())
            except BaseException as problem:
                done.append(problem)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        if isinstance(done[0], BaseException):
            raise done[0]
        return done[0]

    def close(self) -> None:
        """Remove all of it."""
        self._open = False
        for server in self._servers:
            server.close()
        for space in self._made:
            subprocess.run(["ip", "netns", "del", self.name(space)], check=False)

    # ---- rules

    def load(self, text: str) -> None:
        """Put rules into the node's kernel, in place of those there."""
        command = ["ip", "netns", "exec", self.name("node"), f"{self.variant}-restore"]
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr

    def saved(self, table: str) -> str:
        """What the kernel has."""
        command = ["ip", "netns", "exec", self.name("node"), f"{self.variant}-save", "-t", table]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout

    def remembered(self, chain: str) -> list[str]:
        """The client addresses in one of the node's lists."""
        rows = self.inside("node", lambda: pathlib.Path("/proc/thread-self/net/xt_recent", chain).read_text())
        return [row.split()[0].removeprefix("src=") for row in rows.splitlines()]

    # ---- connections

    def serve(self, space: str, port: int) -> None:
        """Answer every connection with the name of the pod and the address of the client."""

        def listen() -> socket.socket:
            found = socket.socket()
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind(("0.0.0.0", port))
            found.listen(1024)
            return found

        server = self.inside(space, listen)
        self._servers.append(server)
        self._poll.register(server, selectors.EVENT_READ, space)

    def _serve(self) -> None:
        while self._open:
            for key, _ in self._poll.select(0.1):
                with contextlib.suppress(OSError):
                    connection, peer = key.fileobj.accept()  # type: ignore[union-attr]
                    connection.sendall(f"{key.data} {peer[0]}".encode())
                    connection.close()

    def connect(self, space: str, ip: str, port: int, source: str = "", patience: float = 0.3) -> tuple[str, str, str]:
        """One connection: how it ended, who answered, what client address it saw."""
        client = self.inside(space, socket.socket)
        with client:
            client.settimeout(patience)
            if source:
                client.bind((source, 0))
            try:
                client.connect((ip, port))
                pod, seen = client.recv(200).decode().split()
            except TimeoutError:
                return "timed out", "", ""
            except ConnectionRefusedError:
                return "refused", "", ""
        return "answered", pod, seen


@contextlib.contextmanager
def rig(variant: str) -> Iterator[Rig]:
    """A rig that is taken down whatever happens."""
    made = Rig(variant)
    try:
        made.begin()
        yield made
    finally:
        made.close()
