"""From the text of a manifest to objects that are ready to be sent: what kubectl checks and fills in on its side.

Stands for cli-runtime's StreamVisitor, mapper and FlattenListVisitor, with their sentences: validation as `create` and
`apply` do it, a kind that the server serves, the namespace of the command unless the object names its own.
"""

from collections.abc import Iterator

from kubelab.api import decoding, errors, kinds, manifests, meta
from kubelab.api.meta import Obj
from kubelab.kubectl import console, files

MAX_ELEMENTS = 1_000
"""How long a list in an object may be; merging is quadratic, and no lesson comes near."""

STOP_VALIDATION = "if you choose to ignore these errors, turn validation off with --validate=false"


def objects(
    context: console.Context, source: files.Source, validated: bool, *, local: bool = False
) -> Iterator[Obj | Exception]:
    """The objects of one file; what cannot be parsed ends the file, what cannot be understood does not.

    `local` objects stay as the file has them: without a server, kubectl does not know which kinds have namespaces.
    """
    try:
        for document in manifests.documents(files.text(source, context.stdin)):
            if document is None:
                continue
            if validated:
                _validate(document, source.name)
            yield from _understood(context, document, source.name, local)
    except manifests.ManifestError as error:
        yield console.Failure(f"error parsing {source.name}: {error}")
    except console.Failure as failure:
        yield failure


def _validate(document: object, source: str) -> None:
    """What kubectl checks itself before it sends a manifest (ParamVerifyingSchema)."""
    if not isinstance(document, dict):
        problems = ["invalid object to validate"]
    else:
        problems = [
            f"{key} not set" if document.get(key) is None else f"{key} isn't string type"
            for key in ("apiVersion", "kind")
            if not isinstance(document.get(key), str)
        ]
        version = document.get("apiVersion")
        if isinstance(version, str) and version.count("/") > 1:
            problems.insert(0, f"unexpected GroupVersion string: {version}")
    if problems:
        text = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
        raise console.Failure(
            f"error validating {errors.quote(source)}: error validating data: {text}; {STOP_VALIDATION}"
        )


def _understood(context: console.Context, document: object, source: str, local: bool) -> Iterator[Obj | Exception]:
    """The object of a document, or the objects of a list."""
    try:
        obj = _decoded(document, source)
        items = obj.get("items")
        if isinstance(items, list):
            manifests.check_count(len(items))
            for item in items:
                yield from _understood(context, item, source, local)
            return
        yield obj if local and _kind_of(obj, source) else _placed(context, obj, source)
    except console.Failure as failure:
        yield failure


def _decoded(document: object, source: str) -> Obj:
    """A document as an object with a kind and plain metadata (the mapper's decoder)."""
    prefix = f"unable to decode {errors.quote(source)}: "
    if not isinstance(document, dict):
        name = {list: "array", str: "string", bool: "bool"}.get(type(document), "number")
        raise console.Failure(f"{prefix}json: cannot unmarshal {name} into Go value of type unstructured.detector")
    if not isinstance(document.get("kind"), str) or not document["kind"]:
        body = errors.go_json(document, sort_keys=True)
        raise console.Failure(f"{prefix}Object 'Kind' is missing in '{body}'")
    try:
        decoding.check_metadata(document)
    except ValueError as error:
        raise console.Failure(f"{prefix}{error}") from None
    return document


def _placed(context: console.Context, obj: Obj, source: str) -> Obj:
    """A manifest's object in the namespace of the command, unless it names its own."""
    kind = _kind_of(obj, source)
    _check_lists(obj, source)
    obj = {**obj, "apiVersion": kind.api_version, "metadata": dict(obj.get("metadata") or {})}
    home = meta.namespace(obj)
    if not kind.namespaced:
        obj["metadata"].pop("namespace", None)
        return obj
    if context.explicit and home and home != context.namespace:
        raise console.Failure(
            f"the namespace from the provided object {errors.quote(home)} does not match the namespace "
            f"{errors.quote(context.namespace)}. You must pass '--namespace={home}' to perform this operation."
        )
    obj["metadata"]["namespace"] = home or context.namespace
    return obj


def _check_lists(value: object, source: str) -> None:
    if isinstance(value, list) and len(value) > MAX_ELEMENTS:
        raise console.Failure(f"{source} holds a list of {len(value)} elements: kubelab takes {MAX_ELEMENTS}")
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(item, dict | list):
            _check_lists(item, source)


def _kind_of(obj: Obj, source: str) -> kinds.Kind:
    """The Kind of a manifest's apiVersion and kind; an apiVersion that says nothing leaves the core group."""
    version = obj.get("apiVersion")
    version = version if isinstance(version, str) and version.count("/") <= 1 else ""
    kind = kinds.by_gvk(version or "v1", obj["kind"])
    if kind is not None:
        return kind
    if kinds.elsewhere(obj["kind"]):
        raise console.Failure(f"the kind {obj['kind']} ({errors.quote(source)}) is known to Kubernetes, not to kubelab")
    raise console.Failure(
        f"resource mapping not found for name: {errors.quote(meta.name(obj))} "
        f"namespace: {errors.quote(meta.namespace(obj))} from {errors.quote(source)}: "
        f"no matches for kind {errors.quote(obj['kind'])} in version {errors.quote(version)}\n"
        "ensure CRDs are installed first"
    )
