"""How a program in a pod turns a name into addresses: /etc/hosts, then /etc/resolv.conf, search list and ndots.

Stands for the C library's resolver, and for what kubelet (pkg/kubelet/network/dns) writes into the two files; the
order of lines is containerd's: search, nameserver, options.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kubelab.api import meta
from kubelab.api.meta import Obj
from kubelab.network import dns, hosts

NODE_NAMESERVER = "10.0.2.3"
"""The name server of the nodes themselves (a VM's NAT network), for pods with dnsPolicy Default."""

Ask = Callable[[str, str, str], dns.Answer | None]
"""Asks a name server (its address, a name, a type); None if it does not answer."""


@dataclass(frozen=True, slots=True)
class Config:
    """/etc/resolv.conf, read."""

    servers: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    ndots: int = 1

    def candidates(self, name: str) -> list[str]:
        """The full names that are tried for `name`, in order, each with its final dot."""
        if name.endswith("."):
            return [name]
        found = [f"{name}.{suffix}." for suffix in self.search]
        asis = name + "."
        return [asis, *found] if name.count(".") >= self.ndots else [*found, asis]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What became of a name: the addresses, the name they belong to, and every question that was asked."""

    name: str
    addresses: tuple[str, ...]
    canonical: str
    tried: tuple[tuple[str, str, str], ...]
    failure: str = ""

    @property
    def found(self) -> bool:
        """Whether there is an address."""
        return bool(self.addresses)


def parse(text: str) -> Config:
    """Read /etc/resolv.conf as the C library does."""
    servers: list[str] = []
    search: tuple[str, ...] = ()
    ndots = 1
    for line in text.splitlines():
        words = line.split()
        if len(words) > 1 and words[0] == "nameserver":
            servers.append(words[1])
        elif len(words) > 1 and words[0] in ("search", "domain"):
            search = tuple(words[1:])
        elif words and words[0] == "options":
            for option in words[1:]:
                key, _, value = option.partition(":")
                if key == "ndots" and value.isdigit():
                    ndots = min(int(value), 15)
    return Config(tuple(servers[:3]), search, ndots)


def resolve(name: str, config: Config, hosts_file: str, ask: Ask) -> Resolution:
    """The addresses of a name."""
    if hosts.is_address(name):
        return Resolution(name, (name,), name, ())
    known = from_hosts_file(hosts_file, name)
    if known:
        return Resolution(name, known, name, (("/etc/hosts", name, "found"),))
    tried: list[tuple[str, str, str]] = []
    failure = dns.NXDOMAIN
    for candidate in config.candidates(name):
        server, answer = first_answer(config, candidate, "A", ask)
        tried.append((server, candidate, answer.code if answer else "no answer"))
        if answer is None:
            return Resolution(name, (), name, tuple(tried), "no answer")
        if answer.addresses:
            return Resolution(name, tuple(answer.addresses), _owner(answer, candidate), tuple(tried))
        if answer.code == dns.SERVFAIL:
            failure = dns.SERVFAIL
    return Resolution(name, (), name, tuple(tried), failure)


def first_answer(config: Config, name: str, kind: str, ask: Ask) -> tuple[str, dns.Answer | None]:
    """The first name server that answers, and what it says."""
    servers = config.servers or ("127.0.0.1",)
    for server in servers:
        answer = ask(server, name, kind)
        if answer is not None:
            return server, answer
    return servers[0], None


def _owner(answer: dns.Answer, candidate: str) -> str:
    owners = [r.name for r in answer.answers if r.type == "A"]
    return (owners[0] if owners else candidate).rstrip(".")


def from_hosts_file(text: str, name: str) -> tuple[str, ...]:
    """The IPv4 addresses that /etc/hosts gives a name."""
    found = []
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if len(words) > 1 and name in words[1:] and hosts.is_address(words[0]):
            found.append(words[0])
    return tuple(found[:1])


# ---- what kubelet writes


def resolv_conf(pod: Obj) -> str:
    """/etc/resolv.conf of a pod."""
    spec = pod["spec"]
    policy = spec.get("dnsPolicy") or "ClusterFirst"
    if policy == "ClusterFirst" and spec.get("hostNetwork"):
        policy = "Default"
    servers: list[str] = []
    search: list[str] = []
    options: dict[str, str] = {}
    if policy in ("ClusterFirst", "ClusterFirstWithHostNet"):
        servers = [hosts.LOCAL_DNS]
        search = [f"{meta.namespace(pod)}.svc.{dns.ZONE}", f"svc.{dns.ZONE}", dns.ZONE]
        options = {"ndots": "5"}
    elif policy == "Default":
        servers = [NODE_NAMESERVER]
    extra = spec.get("dnsConfig") or {}
    servers += [s for s in extra.get("nameservers") or () if s not in servers]
    search += [s for s in extra.get("searches") or () if s not in search]
    for option in extra.get("options") or ():
        options[option["name"]] = str(option.get("value") or "")
    lines = [f"search {' '.join(search)}"] if search else []
    lines += [f"nameserver {server}" for server in servers]
    if options:
        lines.append("options " + " ".join(f"{k}:{v}" if v else k for k, v in options.items()))
    return "".join(line + "\n" for line in lines)


def hosts_file(pod: Obj) -> str:
    """/etc/hosts of a pod."""
    spec = pod["spec"]
    lines = [
        "# Kubernetes-managed hosts file.",
        "127.0.0.1\tlocalhost",
        "::1\tlocalhost ip6-localhost ip6-loopback",
        "fe00::\tip6-localnet",
        "fe00::\tip6-mcastprefix",
        "fe00::1\tip6-allnodes",
        "fe00::2\tip6-allrouters",
    ]
    name = hostname(pod)
    full = f"{name}.{spec['subdomain']}.{meta.namespace(pod)}.svc.{dns.ZONE}" if spec.get("subdomain") else ""
    lines.append(f"{hosts.pod_ip(pod)}\t{full}\t{name}" if full else f"{hosts.pod_ip(pod)}\t{name}")
    aliases = spec.get("hostAliases") or []
    if aliases:
        lines += ["", "# Entries added by HostAliases."]
        lines += [f"{alias['ip']}\t" + "\t".join(alias.get("hostnames") or ()) for alias in aliases]
    return "\n".join(lines) + "\n"


def hostname(pod: Obj) -> str:
    """What a pod calls itself: its hostname, else its name (63 characters at most), on the host network its node."""
    spec = pod["spec"]
    if spec.get("hostNetwork"):
        return str(spec.get("nodeName") or "")
    return str(spec.get("hostname") or meta.name(pod)[:63].rstrip("-."))
