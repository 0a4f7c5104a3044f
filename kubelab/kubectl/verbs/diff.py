"""`kubectl diff`: what `kubectl apply` would change.

Stands for kubectl's pkg/cmd/diff and for the program `diff -u -N` that it calls. Differs in that no files are written:
their names and times, which the program prints, are made up.
"""

import dataclasses
import difflib
import zlib

from kubelab.api import errors, meta, times
from kubelab.api.meta import Obj
from kubelab.kubectl import console, files, parser, resources
from kubelab.kubectl.verbs import apply
from kubelab.printers import outputs


@dataclasses.dataclass(frozen=True)
class _Pair:
    """What is there and what would be there, as YAML."""

    name: str
    live: str
    merged: str


def run(context: console.Context, command: parser.Command) -> None:
    """Print the differences; the exit code is 0 if there are none, 1 if there are, more if something went wrong."""
    try:
        pairs = _pairs(context, command)
    except console.EXPECTED as failure:
        text, code = console.report(failure)
        raise console.Exit(code + 1, text) from None
    stamps = [f"{zlib.crc32(text.encode())}" for text in _texts(pairs)]
    differing = [pair for pair in pairs if pair.live != pair.merged]
    for pair in differing:
        _print(context, pair, f"/tmp/LIVE-{stamps[0]}/{pair.name}", f"/tmp/MERGED-{stamps[1]}/{pair.name}")
    if differing:
        raise console.Exit(1)


def _texts(pairs: list[_Pair]) -> tuple[str, str]:
    return "".join(pair.live for pair in pairs), "".join(pair.merged for pair in pairs)


def _print(context: console.Context, pair: _Pair, live: str, merged: str) -> None:
    context.out(f"diff -u -N {live} {merged}")
    moment = times.stamp(context.cluster.clock.now)
    written = f"{moment[:10]} {moment[11:19]}.{context.cluster.clock.now % 1000:03}000000 +0000"
    old, new = pair.live.splitlines(keepends=True), pair.merged.splitlines(keepends=True)
    context.out("".join(difflib.unified_diff(old, new, live, merged, written, written)), end="")


def _pairs(context: console.Context, command: parser.Command) -> list[_Pair]:
    if command.args:
        raise console.usage(command, f"Unexpected args: [{' '.join(command.args)}]")
    if not command.items("filename"):
        raise console.Failure("must specify one of -f and -k")
    selection = resources.select(
        context,
        (),
        resources.Wanted(
            filenames=command.items("filename"), recursive=command.on("recursive"), selector=command.text("selector"),
        ),
    )  # fmt: skip
    found, failures = selection.infos()
    pairs = []
    for info in found:
        try:
            pairs.append(_compared(context, info))
        except console.EXPECTED as failure:
            failures.append(failure)
    console.raise_all(failures)
    return pairs


def _compared(context: console.Context, info: resources.Info) -> _Pair:
    live = resources.read(context, info)
    if not info.name or (isinstance(live, Exception) and not resources.is_not_found(live)):
        raise live if isinstance(live, Exception) else console.Failure("resource name may not be empty")
    before = live.object if isinstance(live, resources.Info) else None
    after = _merged(context, info, before)
    kind, group = info.kind, f"{info.kind.group}." if info.kind.group else ""
    name = f"{group}{kind.version}.{kind.kind}.{info.namespace}.{info.name}"
    return _Pair(name, outputs.to_yaml(before) if before else "", outputs.to_yaml(after))


def _merged(context: console.Context, info: resources.Info, live: Obj | None) -> Obj:
    """What the server would have after `kubectl apply`, without the note of it."""
    store, kind = context.ask(info.kind.kind), info.kind.kind
    wanted = _unnoted(info.object)
    if live is None:
        return store.create(wanted, validation="Ignore", dry_run=True)
    try:
        patch = apply.difference(info, live, wanted)
        return store.patch(kind, info.namespace, info.name, patch, validation="Ignore", dry_run=True)
    except errors.StatusError as error:
        if error.reason != "Conflict":
            raise
    wanted["metadata"].pop("resourceVersion", None)
    patch = apply.difference(info, live, wanted)
    return store.patch(kind, info.namespace, info.name, patch, validation="Ignore", dry_run=True)


def _unnoted(obj: Obj) -> Obj:
    annotations = {key: value for key, value in meta.annotations(obj).items() if key != resources.LAST_APPLIED}
    return {**obj, "metadata": {**obj["metadata"], "annotations": annotations}}


VERB = parser.Verb(
    name="diff",
    use="diff -f FILENAME",
    about="Diff the live version against a would-be applied version",
    flags=(
        *files.FLAGS,
        parser.Flag("concurrency", "", "int", default=1, about="accepted; one object follows another"),
        parser.Flag("field-manager", default="kubectl-client-side-apply", about="accepted; kubelab manages no fields"),
        parser.Flag("selector", "l", about="only objects with these labels"),
        parser.Flag("show-managed-fields", "", "bool", about="accepted; kubelab manages no fields"),
        parser.Flag("show-secrets", "", "bool", about="accepted; kubelab has no secrets"),
    ),
    lacks=("--force-conflicts", *files.LACKS, "--prune", "--prune-allowlist", "--server-side"),
    run=run,
)
