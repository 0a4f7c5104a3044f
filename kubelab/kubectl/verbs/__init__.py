"""All verbs, in the order in which kubectl registers them (it shows in "Did you mean this?").

A verb's module is read when the verb is first used: a command line needs one of them, and reading all takes longer than
most commands.
"""

import functools
import importlib

from kubelab.kubectl import parser
from kubelab.kubectl.verbs import help as help_verb

MODULES = {
    "cluster-info": "config_small.CLUSTER_INFO",
    "config": "config_small.CONFIG",
    "api-versions": "api_resources.API_VERSIONS",
    "api-resources": "api_resources.VERB",
    "options": "help.OPTIONS",
}
"""Verbs that do not live in a module of their own name."""

OWN = (
    "create", "expose", "run", "set", "explain", "get", "delete", "rollout", "scale", "describe", "logs", "exec",
    "events", "diff", "apply", "patch", "replace", "wait", "label", "annotate", "version",
)  # fmt: skip
"""Verbs that do."""

ORDER = (
    "create", "expose", "run", "set", "explain", "get", "edit", "delete", "rollout", "scale", "autoscale",
    "certificate", "cluster-info", "top", "cordon", "uncordon", "drain", "taint", "describe", "logs", "attach", "exec",
    "port-forward", "proxy", "cp", "auth", "debug", "events", "diff", "apply", "patch", "replace", "wait", "kustomize",
    "label", "annotate", "completion", "config", "kuberc", "plugin", "version", "api-versions", "api-resources",
    "options",
)  # fmt: skip
"""All verbs of kubectl, those that kubelab lacks included."""

NICKNAMES = {"get": ("list",), "delete": ("rm",)}
"""Words that lead to a verb in "Did you mean this?"."""


@functools.cache
def load(name: str) -> parser.Verb:
    """The verb of that name."""
    module, _, attribute = MODULES.get(name, f"{name}.VERB").partition(".")
    found = getattr(importlib.import_module(f"kubelab.kubectl.verbs.{module}"), attribute)
    assert isinstance(found, parser.Verb)
    return found


def _place(name: str) -> parser.Verb:
    """What stands for a verb until it is used."""
    nicknames = NICKNAMES.get(name, ())
    if name in OWN or name in MODULES:
        return parser.Verb(name, nicknames=nicknames, load=functools.partial(load, name))
    return parser.Verb(name, absent=True)


_VISIBLE = parser.Verb("kubectl", subverbs=tuple(_place(name) for name in ORDER))

ROOT = parser.Verb("kubectl", subverbs=(*_VISIBLE.subverbs, help_verb.explain(_VISIBLE)))
"""The command `kubectl` itself."""
