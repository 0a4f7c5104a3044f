"""Which objects a command is about: `svc/web`, `pods a b`, `deploy,rs -l app=web`, `all`, `-f file`, ...

Stands for cli-runtime's resource.Builder and its visitors, with their order of checks and their sentences. `select`
says what is wrong with the request as a whole (by raising); `Selection.visit` then yields one `Info` after the other,
or the failure that stands in its place, and goes to the store only when it gets there: that is why `kubectl create -f`
of two manifests makes the first even if the second is broken.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from kubelab.api import errors, kinds, labels, meta
from kubelab.api.meta import Obj
from kubelab.kubectl import console, files, loading

MISSING = """You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'"""

ARGUMENTS_AND_PATHS = "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well"
SLASHES = (
    "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form "
    "(e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'"
)


@dataclass(frozen=True)
class Info:
    """One object that a command is about: what it is called, the object if it is known, the file it came from."""

    kind: kinds.Kind
    namespace: str
    name: str
    obj: Obj | None = None
    source: str = ""

    @property
    def object(self) -> Obj:
        """The object of an Info that has one."""
        assert self.obj is not None
        return self.obj

    @property
    def typed_name(self) -> str:
        """`service/web`, `replicaset.apps/web`."""
        return f"{self.kind.typed}/{self.name}"


@dataclass(frozen=True)
class Wanted:
    """What a verb asks `select` for, beside the arguments.

    `bare_types` lets `get pods` mean all pods; `latest` reads objects from files again from the server, `local` takes
    them as the file has them; `lazy` leaves objects that are only named unread; `validated` checks manifests as create
    and apply do; `one_type` and `every` are SingleResourceType and --all; `keep_going` is ContinueOnError.
    """

    filenames: Sequence[str] = ()
    recursive: bool = False
    selector: str = ""
    fields: str = ""
    every: bool = False
    bare_types: bool = False
    all_namespaces: bool = False
    latest: bool = False
    local: bool = False
    lazy: bool = False
    validated: bool = False
    one_type: bool = False
    keep_going: bool = True


@dataclass(frozen=True)
class Selection:
    """What `select` found: `single` if the command can only mean one object (`get svc web`, not `get svc`).

    `listed` are the kinds of which a list was asked for and came, known after the visit (an empty list is one, too).
    """

    visit: Callable[[], Iterator[Info | Exception]]
    single: bool
    keep_going: bool = True
    listed: list[kinds.Kind] = field(default_factory=list)

    def each(self, act: Callable[[Info], None], ignore: Callable[[Exception], bool] | None = None) -> int:
        """Act on one object after the other; how many there were. Raises what went wrong, at the end if `keep_going`.

        `act` may raise Failure or StatusError; failures that `ignore` says yes to are left out.
        """
        failures: list[Exception] = []
        count = 0
        for found in self.visit():
            try:
                if isinstance(found, Exception):
                    raise found
                count += 1
                act(found)
            except console.EXPECTED as failure:
                failures += console.without([failure], ignore)
                if failures and not self.keep_going:
                    break
        console.raise_all(failures)
        return count

    def infos(self, ignore: Callable[[Exception], bool] | None = None) -> tuple[list[Info], list[Exception]]:
        """All objects, and all failures."""
        found: list[Info] = []
        try:
            self.each(found.append, ignore)
        except console.EXPECTED as failure:
            return found, list(console.flatten([failure]))
        return found, []


def is_not_found(failure: Exception) -> bool:
    """Whether a failure is the server's 404."""
    return isinstance(failure, errors.StatusError) and failure.reason == "NotFound"


def select(context: console.Context, args: Sequence[str], wanted: Wanted) -> Selection:
    """The objects that arguments and flags ask for; Failure if the request as a whole makes no sense."""
    problems: list[Exception] = []
    sources = files.expand(wanted.filenames, wanted.recursive, context.cwd)
    problems += sources.errors
    if wanted.every and (wanted.selector.strip() or wanted.fields.strip()):
        problems.append(console.Failure("setting 'all' parameter but found a non empty selector. "))
    words = _one_by_one(list(args))
    tuples, types, names = _sort_words(words, problems)
    console.raise_all(problems)
    namespace = None if wanted.all_namespaces else context.namespace
    if sources.found:
        _refuse_words_with_paths(types, names, tuples)
        return _by_path(context, sources, wanted)
    everything = wanted.every or (wanted.bare_types and bool(types) and not names)
    if wanted.selector.strip() or wanted.fields.strip() or everything:
        return _by_selector(context, types, names, tuples, namespace, wanted)
    if tuples or names:
        return _by_name(context, types, names, tuples, namespace, wanted)
    if types:
        for word in types:
            find_kind(word)
        raise console.Failure("resource(s) were provided, but no name was specified")
    raise console.Failure(MISSING)


# ---- arguments


def _one_by_one(args: list[str]) -> list[str]:
    """`pods,svc web` as `pods/web svc/web` (normalizeMultipleResourcesArgs)."""
    types = list(dict.fromkeys(args[0].split(","))) if len(args) > 1 else []
    return [f"{kind}/{name}" for kind in types for name in args[1:]] if len(types) > 1 else args


def _sort_words(words: list[str], problems: list[Exception]) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    """The arguments as (type, name) pairs, types and names."""
    slashes = [word for word in words if "/" in word]
    if slashes and len(slashes) < len(words):
        problems.append(console.Failure(SLASHES))
    elif slashes:
        try:
            return [split_typed(word) for word in words], [], []
        except console.Failure as failure:
            problems.append(failure)
    elif words:
        return [], list(dict.fromkeys(_replace_categories(words[0]).split(","))), words[1:]
    return [], [], []


def split_typed(word: str) -> tuple[str, str]:
    """`svc/web` as type and name."""
    parts = word.split("/")
    if len(parts) != 2:
        raise console.Failure("arguments in resource/name form may not have more than one slash")
    if not parts[0] or not parts[1] or "," in parts[0]:
        raise console.Failure("arguments in resource/name form must have a single resource and name")
    return parts[0], parts[1]


def _replace_categories(types: str) -> str:
    """`all` as the types that belong to it."""
    found = []
    for word in types.split(","):
        members = [kind.resource for kind in kinds.KINDS if word in kind.categories]
        found += members or [word]
    return ",".join(found)


def find_kind(word: str) -> kinds.Kind:
    """The Kind that a word on the command line names."""
    kind = kinds.find(word)
    if kind is not None:
        return kind
    if elsewhere := kinds.elsewhere(word):
        raise console.Failure(f"the resource type {elsewhere} is known to Kubernetes, not to kubelab")
    head, _, group = word.partition(".")
    where = f" in group {errors.quote(group)}" if group else ""
    raise console.Failure(f"the server doesn't have a resource type {errors.quote(head)}{where}")


def find_kinds(words: Sequence[str], one_type: bool = False) -> list[kinds.Kind]:
    """The Kinds that words name, each once."""
    if one_type and len(words) > 1:
        raise console.Failure("you may only specify a single resource type")
    return list(dict.fromkeys(find_kind(word) for word in words))


def _refuse_words_with_paths(types: list[str], names: list[str], tuples: list[tuple[str, str]]) -> None:
    if types:
        raise console.Failure(ARGUMENTS_AND_PATHS)
    if names:
        raise console.Failure("name cannot be provided when a path is specified")
    if tuples:
        raise console.Failure("resource/name arguments cannot be provided when a path is specified")


# ---- by selector


def _by_selector(
    context: console.Context, types: list[str], names: list[str], tuples: list[tuple[str, str]],
    namespace: str | None, wanted: Wanted,
) -> Selection:  # fmt: skip
    if names:
        raise console.Failure("name cannot be provided when a selector is specified")
    if tuples:
        raise console.Failure("selectors and the all flag cannot be used when passing resource/name arguments")
    if not types:
        raise console.Failure("at least one resource must be specified to use a selector")
    found = find_kinds(types, wanted.one_type)
    listed: list[kinds.Kind] = []

    def visit() -> Iterator[Info | Exception]:
        for kind in found:
            home = namespace if kind.namespaced else None
            try:
                objects = context.ask(kind.kind).list(
                    kind.kind, home, labels=wanted.selector.strip(), fields=wanted.fields.strip()
                )
            except errors.StatusError as error:
                yield error
                continue
            listed.append(kind)
            yield from (info_of(obj) for obj in objects)

    return Selection(visit, False, wanted.keep_going, listed)


def info_of(obj: Obj, source: str = "") -> Info:
    """The Info of an object that the server gave, or that a file holds."""
    kind = kinds.of(obj)
    return Info(kind, meta.namespace(obj) if kind.namespaced else "", meta.name(obj), obj, source)


# ---- by name


def _by_name(
    context: console.Context, types: list[str], names: list[str], tuples: list[tuple[str, str]],
    namespace: str | None, wanted: Wanted,
) -> Selection:  # fmt: skip
    if names and len(types) > 1:
        raise console.Failure("you must specify only one resource")
    pairs = tuples or [(types[0], name) for name in names]
    found = {word: find_kind(word) for word, _ in pairs}
    if wanted.one_type and len(set(found.values())) > 1:
        raise console.Failure("you may only specify a single resource type")
    if namespace is None and any(kind.namespaced for kind in found.values()):
        raise console.Failure("a resource cannot be retrieved by name across all namespaces")

    def visit() -> Iterator[Info | Exception]:
        for word, name in pairs:
            kind = found[word]
            info = Info(kind, (namespace or "") if kind.namespaced else "", name)
            yield info if wanted.lazy else read(context, info)

    return Selection(visit, len(pairs) == 1, wanted.keep_going)


def read(context: console.Context, info: Info) -> Info | Exception:
    """The Info with the object that the server has, or the server's refusal (of the namespace, if that is missing)."""
    if not info.name:
        return console.Failure("resource name may not be empty")
    try:
        return replace(info, obj=context.ask(info.kind.kind).read(info.kind.kind, info.namespace, info.name))
    except errors.StatusError as error:
        home = info.namespace
        if home in ("", "default") or not is_not_found(error) or context.cluster.store.find("Namespace", "", home):
            return error
        return errors.not_found(kinds.of("Namespace"), home)


# ---- by path


def _by_path(context: console.Context, sources: files.Sources, wanted: Wanted) -> Selection:
    selector = None
    if wanted.selector.strip():
        try:
            selector = labels.parse(wanted.selector.strip())
        except ValueError as error:
            message = f"the provided selector {errors.quote(wanted.selector.strip())} is not valid: {error}"
            raise console.Failure(message) from None

    def visit() -> Iterator[Info | Exception]:  # EagerVisitorList
        unread: list[Exception] = []
        for source in sources.found:
            for obj in loading.objects(context, source, wanted.validated, local=wanted.local):
                if isinstance(obj, Exception):
                    unread.append(obj)
                elif selector is None or selector.matches(meta.labels(obj)):
                    info = info_of(obj, source.name)
                    found = read(context, info) if wanted.latest and info.name else info
                    if isinstance(found, Exception):
                        unread.append(found)
                    else:
                        yield found
        if unread:
            yield console.Unread(unread)

    return Selection(visit, sources.single, wanted.keep_going)


# ---- kubectl apply's note

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def remembering(obj: Obj, *, typed: bool = False) -> Obj:
    """The object with the annotation from which a later `apply` learns what was configured (--save-config).

    A `typed` object (from flags) is noted as Go's types print: in their order, without an empty annotations field.
    """
    metadata = dict(obj.get("metadata") or {})
    annotations = {key: value for key, value in (metadata.get("annotations") or {}).items() if key != LAST_APPLIED}
    noted = {**obj, "metadata": {**metadata, "annotations": annotations}}
    if typed and not annotations:
        del noted["metadata"]["annotations"]
    text = errors.go_json(noted, sort_keys=not typed) + "\n"
    return {**obj, "metadata": {**metadata, "annotations": {**annotations, LAST_APPLIED: text}}}
