"""`KEY=VALUE` and `KEY-` after the resources of a command line: what label, annotate and set share.

Stands for kubectl's pkg/cmd/util/helpers.go (`GetResourcesAndPairs`, `ParsePairs`).
"""

from collections.abc import Sequence

from kubelab.kubectl import console


def split(args: Sequence[str], what: str) -> tuple[list[str], list[str]]:
    """The resources and the pairs of a line; Failure if a resource follows a pair."""
    resources: list[str] = []
    pairs: list[str] = []
    for arg in args:
        if _is_pair(arg):
            pairs.append(arg)
        elif pairs:
            shown = " ".join(args) if what == "environment" else arg
            raise console.Failure(f"all resources must be specified before {what} changes: {shown}")
        else:
            resources.append(arg)
    return resources, pairs


def _is_pair(arg: str) -> bool:
    """Whether an argument changes something: `a=b`, `a-` (an empty key makes it no pair)."""
    return (("=" in arg and not arg.startswith("=")) or arg.endswith("-")) and arg not in ("", "-")


def parse(pairs: Sequence[str], what: str, *, removals: bool) -> tuple[dict[str, str], list[str]]:
    """What to set and what to remove; Failure where a pair is none."""
    wanted: dict[str, str] = {}
    removed: list[str] = []
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if equals:
            wanted[key] = value
        elif removals and pair.endswith("-"):
            removed.append(pair[:-1])
        else:
            raise console.Failure(f"invalid {what} format: {pair}")
    return wanted, removed
