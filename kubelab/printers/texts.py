"""Small texts that tables and descriptions share: labels, selectors, addresses, lists that are cut after three.

Stands for apimachinery's labels.FormatLabels and metav1.FormatLabelSelector, Go's net.JoinHostPort, and the helpers of
pkg/printers/internalversion and kubectl's describe that both wrote twice.
"""

from collections.abc import Iterable, Mapping

from kubelab.api import labels, meta

NONE = "<none>"
UNSET = "<unset>"
SHOWN = 3
"""How many endpoints or ports fit a cell."""


def pairs(values: Mapping[str, str] | None) -> str:
    """`a=b,c=d` in the order of the keys, `<none>` for none."""
    return ",".join(f"{key}={values[key]}" for key in sorted(values)) if values else NONE


def label_selector(selector: meta.Obj | None) -> str:
    """A LabelSelector in one line, `<none>` for an empty one."""
    return str(labels.from_label_selector(selector)) or NONE


def host_port(host: str, port: object) -> str:
    """`10.0.0.1:80`, `[fd00::1]:80`."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def first_three(values: Iterable[str]) -> str:
    """The first three, and how many more there are."""
    found = list(values)
    text = ",".join(found[:SHOWN])
    return f"{text} + {len(found) - SHOWN} more..." if len(found) > SHOWN else text


def controller(obj: meta.Obj) -> str:
    """`ReplicaSet/web-5f87fdf459`, "" if nobody controls the object."""
    ref = meta.controller_of(obj)
    return f"{ref['kind']}/{ref['name']}" if ref else ""


def endpoints(obj: meta.Obj) -> str:
    """The ready addresses of an Endpoints object with each of their ports."""
    subsets = obj.get("subsets") or []
    return first_three(address for subset in subsets for address in _subset(subset)) if subsets else NONE


def _subset(subset: meta.Obj) -> Iterable[str]:
    addresses = [address["ip"] for address in subset.get("addresses") or []]
    if not subset.get("ports"):
        return addresses
    return [host_port(address, port["port"]) for port in subset["ports"] for address in addresses]
