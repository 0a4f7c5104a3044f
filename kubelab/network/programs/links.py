"""Programs about the network card and the wire: ip, ifconfig, ping, nc.

Stands for iproute2, busybox and iputils. A pod has `lo` and `eth0` as Calico makes them: a /32 address and one route
over 169.254.1.1. A Service's address answers no ping: no rule is made for ICMP.
"""

import hashlib
import re

from kubelab.network import hops
from kubelab.network.programs import pace
from kubelab.network.programs.options import Options, Program, program
from kubelab.network.session import Process


def _mac(process: Process) -> str:
    digits = hashlib.sha256(process.session.place.ip.encode()).hexdigest()
    return ":".join([f"{int(digits[:2], 16) & 0xFC | 2:02x}", *(digits[i : i + 2] for i in range(2, 12, 2))])


def _ip(process: Process, found: Options) -> int:
    what, *more = found.operands or [""]
    if what and "address".startswith(what):
        return _addresses(process, [word for word in more if word != "dev" and not "show".startswith(word)])
    if what and "route".startswith(what):
        process.write("default via 169.254.1.1 dev eth0 \n169.254.1.1 dev eth0 scope link \n")
        return 0
    if not what:
        return process.complain("Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }", 255)
    return process.complain(f"ip: kubelab's ip knows addr and route, not '{what}'", 1)


def _addresses(process: Process, only: list[str]) -> int:
    cards = {
        "lo": [
            "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000",
            "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00",
            "    inet 127.0.0.1/8 scope host lo",
        ],
        "eth0": [
            "2: eth0@if12: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1480 qdisc noqueue state UP group default ",
            f"    link/ether {_mac(process)} brd ff:ff:ff:ff:ff:ff link-netnsid 0",
            f"    inet {process.session.place.ip}/32 scope global eth0",
        ],
    }
    for name in only or cards:
        if name not in cards:
            return process.complain(f'Device "{name}" does not exist.')
        process.write("".join(row + "\n" for row in [*cards[name], "       valid_lft forever preferred_lft forever"]))
    return 0


def _ifconfig(process: Process) -> int:
    if any(word != "eth0" for word in process.args):
        return process.unsupported(f"option {process.args[0]}")
    ip, mac = process.session.place.ip, _mac(process).upper()
    process.write(
        f"eth0      Link encap:Ethernet  HWaddr {mac}  \n"
        f"          inet addr:{ip}  Bcast:0.0.0.0  Mask:255.255.255.255\n"
        "          UP BROADCAST RUNNING MULTICAST  MTU:1480  Metric:1\n\n"
        "lo        Link encap:Local Loopback  \n"
        "          inet addr:127.0.0.1  Mask:255.0.0.0\n"
        "          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n\n"
    )
    return 0


# ---- ping, nc


def _address(process: Process, name: str) -> str:
    resolution = process.session.resolve(name)
    return resolution.addresses[0] if resolution.found else ""


def _ping(process: Process, found: Options) -> int:
    if not found.operands:
        return process.complain("ping: usage error: Destination address required", 2)
    name, count = found.operands[0], int(found.last("c")) if found.last("c").isdigit() else 4
    count = min(count, 100)
    ip = _address(process, name)
    if not ip:
        said = f"ping: bad address '{name}'" if process.busybox else f"ping: {name}: Name or service not known"
        return process.complain(said, 1 if process.busybox else 2)
    good = process.session.world.roads.answers_ping(ip)
    head = f"PING {name} ({ip}): 56 data bytes" if process.busybox else f"PING {name} ({ip}) 56(84) bytes of data."
    process.line(head)
    for number in range(count):
        if good:
            sequence = f"seq={number} ttl=62" if process.busybox else f"icmp_seq={number + 1} ttl=62"
            process.line(f"64 bytes from {ip}: {sequence} time=0.4{number % 10} ms")
        process.session.sleep(1_000)
    if not good:
        process.session.sleep(10_000)
    process.line(f"\n--- {name} ping statistics ---")
    answered, loss = (count, 0) if good else (0, 100)
    if process.busybox:
        process.line(f"{count} packets transmitted, {answered} packets received, {loss}% packet loss")
    else:
        process.line(f"{count} packets transmitted, {answered} received, {loss}% packet loss, time {count * 1000}ms")
    if good:
        title = "round-trip min/avg/max" if process.busybox else "rtt min/avg/max/mdev"
        process.line(f"{title} = 0.400/0.424/0.490" + ("" if process.busybox else "/0.030") + " ms")
    return int(not good)


def _nc(process: Process, found: Options) -> int:
    if len(found.operands) != 2 or not re.fullmatch(r"\d+", found.operands[1]):
        return process.complain("nc: usage: nc [-zvu] [-w SECONDS] HOST PORT")
    name, port = found.operands[0], int(found.operands[1])
    protocol = "udp" if "u" in found else "tcp"
    ip = _address(process, name)
    if not ip:
        return process.complain(f"nc: bad address '{name}'")
    verdict = process.session.connect(ip, port, protocol)
    if verdict.outcome == hops.TIMEOUT:
        limit = found.last("w")
        process.session.sleep(int(limit) * 1000 if limit.isdigit() else pace.SILENCE)
        return process.complain(f"nc: {name} ({ip}:{port}): Operation timed out")
    process.session.sleep(pace.CONNECT)
    if verdict.outcome == hops.REFUSED:
        silent = "z" in found and "v" not in found
        return 1 if silent else process.complain(f"nc: {name} ({ip}:{port}): Connection refused")
    if "v" in found:
        process.err.write(f"{name} ({ip}:{port}) open\n")
    return 0


PROGRAMS: dict[str, Program] = {
    "ip": program("4", _ip),
    "ifconfig": _ifconfig,
    "ping": program("c:W:4", _ping),
    "nc": program("zvw:un4", _nc),
}
