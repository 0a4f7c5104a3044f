"""What `label` and `annotate` share: flags, checks, and the walk over the objects whose labels or annotations change.

Stands for what kubectl's pkg/cmd/label and pkg/cmd/annotate have in common. The patch that is sent holds only what
differs, as a merge patch; an object that is right already is patched with nothing.
"""

from dataclasses import dataclass
from typing import Any

from kubelab.api import meta
from kubelab.api.meta import Obj
from kubelab.kubectl import console, files, output, parser, resources

WHICH = (
    parser.Flag("all", "", "bool", about="all objects of the types named"),
    parser.Flag("all-namespaces", "A", "bool", about="in all namespaces"),
    parser.Flag("field-selector", about="only objects with these fields"),
    parser.Flag("selector", "l", about="only objects with these labels"),
)
"""The flags that say which objects are meant."""

FLAGS = (
    *files.FLAGS,
    *WHICH,
    *output.FLAGS,
    console.DRY_RUN,
    parser.Flag("field-manager", about="accepted; kubelab manages no fields"),
    parser.Flag("list", "", "bool", about="show what there is"),
    parser.Flag("local", "", "bool", about="change only the text of the file"),
    parser.Flag("overwrite", "", "bool", about="also replace what has another value"),
    parser.Flag("resource-version", about="only if this is still the object's version"),
)
LACKS = (*files.LACKS, "--record")


@dataclass(frozen=True)
class Change:
    """What a command is to do with one map of the metadata (`field`: labels or annotations)."""

    field: str
    wanted: dict[str, str]
    removed: list[str]
    version: str = ""

    def present(self, obj: Obj) -> dict[str, str]:
        """The object's labels or annotations."""
        return meta.labels(obj) if self.field == "labels" else meta.annotations(obj)

    def taken(self, obj: Obj) -> dict[str, str]:
        """What is there already with another value than wanted."""
        present = self.present(obj)
        return {key: present[key] for key, value in self.wanted.items() if present.get(key, value) != value}

    def patch(self, obj: Obj) -> Obj:
        """The merge patch that makes the object as wanted."""
        present = self.present(obj)
        entries: dict[str, Any] = {k: v for k, v in sorted(self.wanted.items()) if present.get(k) != v}
        entries |= {key: None for key in self.removed if key in present}
        metadata: Obj = {self.field: entries} if entries else {}
        if self.version:
            metadata["resourceVersion"] = self.version
        return {"metadata": metadata} if metadata else {}

    def applied(self, obj: Obj) -> Obj:
        """A copy of the object that is as wanted."""
        changed = meta.copy(obj)
        entries = {**self.present(obj), **self.wanted}
        for key in self.removed:
            entries.pop(key, None)
        changed.setdefault("metadata", {})[self.field] = entries
        return changed if entries else _without(changed, self.field, obj)


def _without(changed: Obj, field: str, obj: Obj) -> Obj:
    """An empty map is not shown where there was none."""
    if field not in (obj.get("metadata") or {}):
        changed["metadata"].pop(field, None)
    return changed


def check(command: parser.Command, words: list[str], dry_run: str, example: str) -> None:
    """What kubectl checks about the flags before it looks at any object."""
    if command.on("all") and command.text("selector"):
        raise console.Failure("cannot set --all and --selector at the same time")
    if command.on("all") and command.text("field-selector"):
        raise console.Failure("cannot set --all and --field-selector at the same time")
    filenames = command.items("filename")
    if not command.on("local"):
        if not words and not filenames:
            raise console.Failure("one or more resources must be specified as <resource> <name> or <resource>/<name>")
        return
    if dry_run == "server":
        raise console.Failure("cannot specify --local and --dry-run=server - did you mean --dry-run=client?")
    if words:
        hint = f"-f {example}.yaml or --filename={example}.json when --local=true is set"
        raise console.Failure(f"can only use local files by {hint}")
    if not filenames:
        raise console.Failure(f"one or more files must be specified as -f {example}.yaml or --filename={example}.json")


def select(context: console.Context, command: parser.Command, words: list[str]) -> resources.Selection:
    """The objects that are meant."""
    local = command.on("local")
    selection = resources.select(
        context,
        words,
        resources.Wanted(
            filenames=command.items("filename"), recursive=command.on("recursive"), bare_types=command.on("all"),
            selector=command.text("selector"), fields=command.text("field-selector"),
            all_namespaces=command.on("all-namespaces"), latest=not local, local=local,
        ),
    )  # fmt: skip
    if command.text("resource-version") and not selection.single:
        raise console.Failure("--resource-version may only be used with a single resource")
    return selection


def only_here(command: parser.Command, dry_run: str) -> bool:
    """Whether the server is not to be asked."""
    return dry_run == "client" or command.on("local") or command.on("list")


def send(context: console.Context, info: resources.Info, change: Change, dry_run: str) -> Obj:
    """Patch the object on the server."""
    store = context.ask(info.kind.kind)
    patch = change.patch(info.object)
    return store.patch(info.kind.kind, info.namespace, info.name, patch, "merge", dry_run=dry_run == "server")


def show(context: console.Context, info: resources.Info, obj: Obj, change: Change, single: bool) -> None:
    """`--list`: one line for each entry."""
    indent = "" if single else " "
    if not single:
        context.out(f"Listing {change.field} for {info.kind.kind}.{info.kind.group}/{info.name}:")
    for key, value in sorted(change.present(obj).items()):
        context.out(f"{indent}{key}={value}")
