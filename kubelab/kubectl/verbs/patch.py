"""`kubectl patch`: change fields of an object with a strategic merge patch, a JSON merge patch or a JSON patch.

Stands for kubectl's pkg/cmd/patch. A patch that begins with a brace goes to the server as it is, so the server finds
its mistakes; any other text is YAML, and read here. As in the real command, a dry run does not say that it is one.
"""

from typing import Any

from kubelab.api import errors, jsontext, manifests, patches
from kubelab.api.meta import Obj
from kubelab.api.patches import jsonpatch
from kubelab.kubectl import console, files, output, parser, recording, resources

MAX_PATCH = 64 * 1024
"""How long a patch may be, in characters."""

TYPES = ("json", "merge", "strategic")
DECODING = {"json": "error decoding patch: ", "merge": "error decoding patch: ", "strategic": ""}
"""How the server begins when it cannot read a patch of each type."""

OWN = {"merge": "Invalid JSON Patch", "strategic": "invalid JSON document"}
"""What kubectl says of a patch that it applies itself and that makes no sense."""


def run(context: console.Context, command: parser.Command) -> None:
    """Patch the objects that are named."""
    recording.begin(context, command)
    dry_run = console.dry_run(context, command)
    kind = _type(command, dry_run)
    text = _text(context, command)
    ready, patch = _from_yaml(command.text("patch"), text)
    local = command.on("local")
    selection = resources.select(
        context,
        command.args,
        resources.Wanted(
            filenames=command.items("filename"), recursive=command.on("recursive"), latest=not local, local=local,
        ),
    )  # fmt: skip

    def apply(info: resources.Info) -> None:
        if local or dry_run == "client":
            changed = _locally(info, _own(patch, kind) if ready else _own_text(text, kind), kind)
        else:
            wanted = _checked(patch if ready else _from_json(text, kind), kind)
            store = context.ask(info.kind.kind)
            changed = store.patch(info.kind.kind, info.namespace, info.name, wanted, kind, dry_run=dry_run == "server")
        operation = "patched" if changed != info.object else "patched (no change)"
        if (note := recording.patch(command)) and not local and dry_run == "none":
            changed = context.ask(info.kind.kind).patch(info.kind.kind, info.namespace, info.name, note, "merge")
        output.Printer(context, command, operation).print(changed)

    if not selection.each(apply):
        raise console.Failure("no objects passed to patch")


def _type(command: parser.Command, dry_run: str) -> str:
    """The type of the patch, after the checks that come before any reading."""
    if command.text("patch") and command.text("patch-file"):
        raise console.Failure("cannot specify --patch and --patch-file together")
    if not command.text("patch") and not command.text("patch-file"):
        raise console.Failure("must specify --patch or --patch-file containing the contents of the patch")
    if command.on("local") and command.args:
        raise console.Failure("cannot specify --local and server resources")
    if command.on("local") and dry_run == "server":
        raise console.Failure("cannot specify --local and --dry-run=server - did you mean --dry-run=client?")
    kind = command.text("type")
    if kind and kind.lower() not in TYPES:
        raise console.Failure(f"--type must be one of [{' '.join(TYPES)}], not {errors.quote(kind)}")
    return kind.lower() or "strategic"


def _text(context: console.Context, command: parser.Command) -> str:
    name = command.text("patch-file")
    try:
        text = files.read(name, context.cwd / name) if name else command.text("patch")
    except console.Failure as failure:
        raise console.Failure(f"unable to read patch file: {failure}") from None
    if len(text) > MAX_PATCH:
        raise console.Failure(f"the patch is longer than kubelab reads ({MAX_PATCH // 1024} KiB)")
    return text


def _from_yaml(shown: str, text: str) -> tuple[bool, Any]:
    """The patch, unless its text is JSON and is for the server to read."""
    if text.lstrip().startswith("{"):
        return False, None
    try:
        return True, manifests.load(text)
    except manifests.ManifestError as error:
        raise console.Failure(f"unable to parse {errors.quote(shown)}: {error}") from None


def _from_json(text: str, kind: str) -> Any:
    """What the server reads; StatusError BadRequest in Go's words if it cannot."""
    try:
        return jsontext.load(text)
    except jsontext.SyntaxProblem as error:
        problem = str(error).replace("unexpected EOF", "unexpected end of JSON input")  # a text, not a stream
        raise errors.bad_request(f"{DECODING[kind]}{problem}") from None


def _checked(patch: Any, kind: str) -> Any:
    """The patch, if it is a list (JSON patch) or a map; StatusError BadRequest if it is not."""
    wanted = list if kind == "json" else dict
    if isinstance(patch, wanted):
        return patch
    target = "[]interface {}" if kind == "json" else "map[string]interface {}"
    raise errors.bad_request(f"{DECODING[kind]}{_mismatch(patch, target)}")


def _mismatch(value: Any, target: str) -> str:
    names = {dict: "object", list: "array", str: "string", bool: "bool", type(None): "null"}
    return f"json: cannot unmarshal {names.get(type(value), 'number')} into Go value of type {target}"


def _own_text(text: str, kind: str) -> Any:
    """What kubectl itself reads, if it applies the patch itself; Failure if it cannot."""
    try:
        patch = jsontext.load(text)
    except jsontext.SyntaxProblem as error:
        problem = str(error).replace("unexpected EOF", "unexpected end of JSON input")
        raise console.Failure(OWN.get(kind, problem)) from None
    return _own(patch, kind)


def _own(patch: Any, kind: str) -> Any:
    """The patch, if kubectl can make sense of it; null changes nothing, unless it is a merge patch."""
    if patch is None and kind != "merge":
        return [] if kind == "json" else {}
    if isinstance(patch, list if kind == "json" else dict):
        return patch
    if kind == "json":
        raise console.Failure(_mismatch(patch, "jsonpatch.Patch"))
    if kind == "merge" and isinstance(patch, list):
        raise console.Failure(_mismatch(patch, "unstructured.detector"))
    raise console.Failure(OWN[kind])


def _locally(info: resources.Info, patch: Any, kind: str) -> Obj:
    """The object with the patch applied, without asking the server."""
    try:
        if kind == "json":
            return dict(jsonpatch.apply(info.object, patch))
        if kind == "merge":
            return dict(patches.merge_patch(info.object, patch))
        return patches.strategic(info.kind.kind, info.object, patch)
    except (errors.StatusError, jsonpatch.JsonPatchError) as error:
        raise console.Failure(str(error)) from None


VERB = parser.Verb(
    name="patch",
    use="patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]",
    about="Update fields of a resource",
    flags=(
        *files.FLAGS,
        *output.FLAGS,
        console.DRY_RUN,
        parser.Flag("field-manager", about="accepted; kubelab manages no fields"),
        parser.Flag("local", "", "bool", about="change only the text of the file"),
        parser.Flag("patch", "p", about="the patch, JSON or YAML"),
        parser.Flag("patch-file", about="a file that holds the patch"),
        recording.FLAG,
        parser.Flag("type", default="strategic", values=TYPES, about="what kind of patch it is"),
    ),
    lacks=(*files.LACKS, "--subresource"),
    run=run,
    changes=True,
)
