"""`--record`: the command line itself, noted as the cause of a change for `rollout history` to show.

Stands for cli-runtime's genericclioptions (record_flags.go). The flag is deprecated, and says so, but older courses use
it and it still works.
"""

from typing import Any

from kubelab.api import meta
from kubelab.api.meta import Obj
from kubelab.kubectl import console, parser

CHANGE_CAUSE = "kubernetes.io/change-cause"
DEPRECATED = "Flag --record has been deprecated, --record will be removed in the future"

FLAG = parser.Flag("record", "", "bool", about="deprecated: note the command in an annotation of the object")


def begin(context: console.Context, command: parser.Command) -> None:
    """Say that the flag is deprecated, if it is there."""
    if command.given("record"):
        context.err(DEPRECATED)


def patch(command: parser.Command) -> Obj:
    """The patch that notes the command, {} if it is not to be noted."""
    if not command.on("record"):
        return {}
    return {"metadata": {"annotations": {CHANGE_CAUSE: line(command)}}}


def noted(command: parser.Command, obj: Obj) -> Obj:
    """The object with the command noted, if that is asked for."""
    if not command.on("record"):
        return obj
    annotations = {**meta.annotations(obj), CHANGE_CAUSE: line(command)}
    return {**obj, "metadata": {**meta.of(obj), "annotations": annotations}}


def line(command: parser.Command) -> str:
    """The command line with its arguments first and its flags spelled out: `... --record=true`."""
    flags = [f"--{name}={value}" for name in command.changed for value in _values(command.flags[name])]
    return " ".join([command.path, *command.args, *flags])


def _values(value: Any) -> list[str]:
    if isinstance(value, tuple):
        return [str(item) for item in value]
    return [str(value).lower() if isinstance(value, bool) else str(value)]
