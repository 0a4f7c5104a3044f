"""What names, addresses, ports and the like must look like, and the sentences for those that do not.

Stands for apimachinery's pkg/util/validation. Every function returns what is wrong with a value, [] if nothing is.
"""

import ipaddress
import re

from kubelab.api import errors, labels
from kubelab.api.errors import Cause

LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
SUBDOMAIN = rf"{LABEL}(\.{LABEL})*"
_LABEL = re.compile(LABEL)
_SUBDOMAIN = re.compile(SUBDOMAIN)
_LABEL_WORDS = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    f"an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '{LABEL}')"
)
_SUBDOMAIN_WORDS = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    f"end with an alphanumeric character (e.g. 'example.com', regex used for validation is '{SUBDOMAIN}')"
)
_HEADER_WORDS = (
    "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for "
    "validation is '[-A-Za-z0-9]+')"
)
_PERCENT_WORDS = (
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for "
    "validation is '[0-9]+%')"
)
NOT_AN_ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
PORT_RANGE = "must be between 1 and 65535, inclusive"


def label(value: str) -> list[str]:
    """RFC 1123 label: Services, namespaces, containers, volumes, port names."""
    found = ["must be no more than 63 characters"] if len(value) > 63 else []
    if not _LABEL.fullmatch(value):
        found.append("must not contain dots" if _SUBDOMAIN.fullmatch(value) else _LABEL_WORDS)
    return found


def subdomain(value: str) -> list[str]:
    """RFC 1123 subdomain: pods and most other kinds, host names."""
    found = ["must be no more than 253 characters"] if len(value) > 253 else []
    return found if _SUBDOMAIN.fullmatch(value) else [*found, _SUBDOMAIN_WORDS]


def port_name(value: str) -> list[str]:
    """IANA service name: container ports, named target ports."""
    found = ["must be no more than 15 characters"] if len(value) > 15 else []
    if not re.fullmatch("[-a-z0-9]+", value):
        found.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search("[a-z]", value):
        found.append("must contain at least one letter (a-z)")
    if "--" in value:
        found.append("must not contain consecutive hyphens")
    if value.startswith("-") or value.endswith("-"):
        found.append("must not begin or end with a hyphen")
    return found


def port_number(value: int) -> list[str]:
    """A port's number."""
    return [] if 1 <= value <= 65535 else [PORT_RANGE]


def percent(value: str) -> list[str]:
    """`25%`."""
    return [] if re.fullmatch("[0-9]+%", value) else [_PERCENT_WORDS]


def http_header(value: str) -> list[str]:
    """The name of an HTTP header."""
    return [] if re.fullmatch("[-A-Za-z0-9]+", value) else [_HEADER_WORDS]


def variable(value: str) -> list[str]:
    """The name of an environment variable, by the relaxed rules that hold since v1.34."""
    if all(" " <= char < "\x7f" and char != "=" for char in value):
        return []
    return ["a valid environment variable name must consist only of printable ASCII characters other than '='"]


def address(path: str, value: str) -> list[Cause]:
    """An IP address in a field that was once read leniently."""
    try:
        parsed = ipaddress.ip_address(value)
    except ValueError:
        padded = re.fullmatch(r"\d+(\.\d+){3}", value) and all(int(part) < 256 for part in value.split("."))
        if padded:
            return [errors.invalid_value(path, value, "must not have leading 0s")]
        return [errors.invalid_value(path, value, NOT_AN_ADDRESS)]
    if getattr(parsed, "ipv4_mapped", None) is not None:
        return [errors.invalid_value(path, value, "must not be an IPv4-mapped IPv6 address")]
    return []


def endpoint_address(path: str, value: str) -> list[Cause]:
    """An address that traffic can be sent to: no loopback, no link-local one."""
    try:
        parsed = ipaddress.ip_address(value)
    except ValueError:
        return [errors.invalid_value(path, value, "must be a valid IP address")]
    found = []
    if parsed.is_unspecified:
        found.append(f"may not be unspecified ({value})")
    if parsed.is_loopback:
        found.append("may not be in the loopback range (127.0.0.0/8, ::1/128)")
    if parsed.is_link_local:
        found.append("may not be in the link-local range (169.254.0.0/16, fe80::/10)")
    if parsed in _LINK_LOCAL_MULTICAST[parsed.version]:
        found.append("may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")
    return [errors.invalid_value(path, value, problem) for problem in found]


_LINK_LOCAL_MULTICAST = {4: ipaddress.ip_network("224.0.0.0/24"), 6: ipaddress.ip_network("ff02::/16")}


# ---- the same as causes


def invalid(path: str, value: object, problems: list[str]) -> list[Cause]:
    """One cause per problem of a value."""
    return [errors.invalid_value(path, value, problem) for problem in problems]


def qualified(path: str, value: str) -> list[Cause]:
    """A name like a label's key."""
    return invalid(path, value, labels.key_problems(value))


def port_or_name(path: str, value: int | str) -> list[Cause]:
    """A port's number, or the name of a container's port."""
    return invalid(path, value, port_name(value) if isinstance(value, str) else port_number(value))


def label_map(path: str, pairs: dict[str, str]) -> list[Cause]:
    """Labels, or a map that asks for labels."""
    found: list[Cause] = []
    for key, value in sorted(pairs.items()):
        found += invalid(path, key, labels.key_problems(key))
        found += invalid(path, value, labels.value_problems(value))
    return found


def one_of(path: str, value: str, choices: tuple[str, ...]) -> list[Cause]:
    """A value that must be there and be one of some, which are shown in the given order."""
    if not value:
        return [errors.required(path)]
    return [] if value in choices else [errors.not_supported(path, value, choices)]


def not_negative(path: str, value: int) -> list[Cause]:
    """A number that may be zero."""
    return [] if value >= 0 else [errors.invalid_value(path, value, "must be greater than or equal to 0")]


PROTOCOLS = ("SCTP", "TCP", "UDP")
