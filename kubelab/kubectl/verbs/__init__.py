"""All verbs, in the order in which kubectl registers them (it shows in "Did you mean this?")."""

import importlib

from kubelab.kubectl import parser
from kubelab.kubectl.verbs import help as help_verb

MODULES = {
    "create": "create", "expose": "expose", "run": "run", "set": "set",
    "explain": "explain", "get": "get", "delete": "delete",
    "rollout": "rollout", "scale": "scale",
    "cluster-info": "config_small",
    "describe": "describe", "logs": "logs", "exec": "exec", "events": "events",
    "apply": "apply", "patch": "patch", "replace": "replace", "wait": "wait",
    "label": "label", "annotate": "annotate",
    "config": "config_small", "version": "version", "api-versions": "api_resources",
    "api-resources": "api_resources", "options": "help",
}  # fmt: skip

ORDER = (
    "create", "expose", "run", "set", "explain", "get", "edit", "delete", "rollout", "scale", "autoscale",
    "certificate", "cluster-info", "top", "cordon", "uncordon", "drain", "taint", "describe", "logs", "attach", "exec",
    "port-forward", "proxy", "cp", "auth", "debug", "events", "diff", "apply", "patch", "replace", "wait", "kustomize",
    "label", "annotate", "completion", "config", "kuberc", "plugin", "version", "api-versions", "api-resources",
    "options",
)  # fmt: skip


def _verb(name: str) -> parser.Verb:
    try:
        module = importlib.import_module(f"kubelab.kubectl.verbs.{MODULES[name]}")
    except (KeyError, ModuleNotFoundError):
        return parser.Verb(name, absent=True)
    found = getattr(module, name.upper().replace("-", "_"), None) or module.VERB
    assert isinstance(found, parser.Verb)
    return found


_VISIBLE = parser.Verb("kubectl", subverbs=tuple(_verb(name) for name in ORDER))

ROOT = parser.Verb("kubectl", subverbs=(*_VISIBLE.subverbs, help_verb.explain(_VISIBLE)))
"""The command `kubectl` itself."""
