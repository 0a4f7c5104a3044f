"""`kubectl set`: change one thing about objects: images, environment variables, a Service's selector.

Stands for kubectl's pkg/cmd/set. `set resources`, `serviceaccount` and `subject` are refused by name; so is what
`set env` takes from ConfigMaps and Secrets.
"""

import fnmatch
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from kubelab.api import errors, labels, meta, patches
from kubelab.api.meta import Obj
from kubelab.kubectl import console, files, output, pairs, parser, recording, resources, templates

ALL = parser.Flag("all", "", "bool", about="all objects of the types named")
LOCAL = parser.Flag("local", "", "bool", about="change only the text of the file")
SELECTOR = parser.Flag("selector", "l", about="only objects with these labels")
MANAGER = parser.Flag("field-manager", default="kubectl-set", about="accepted; kubelab manages no fields")
NO_RESOURCES = "one or more resources must be specified as <resource> <name> or <resource>/<name>"
BAD_NAME = (
    "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not "
    "start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is "
    "'[-._a-zA-Z][-._a-zA-Z0-9]*')"
)
LOCAL_NEEDS_FILES = """you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'"""


def _select(context: console.Context, command: parser.Command, words: list[str]) -> resources.Selection:
    local = command.on("local")
    if local and words:
        raise console.Failure(LOCAL_NEEDS_FILES)
    return resources.select(
        context,
        words,
        resources.Wanted(
            filenames=command.items("filename"), recursive=command.on("recursive"), bare_types=command.on("all"),
            selector=str(command.flags.get("selector", "")), latest=not local, local=local,
        ),
    )  # fmt: skip


def _here(command: parser.Command, dry_run: str) -> bool:
    """Whether the server is not to be asked."""
    return dry_run == "client" or command.on("local")


def _apply(context: console.Context, command: parser.Command, info: resources.Info, patch: Obj, dry_run: str) -> Obj:
    """The object with a strategic merge patch applied, here or by the server."""
    if _here(command, dry_run):
        return patches.strategic(info.kind.kind, meta.copy(info.object), patch)
    store = context.ask(info.kind.kind)
    return store.patch(info.kind.kind, info.namespace, info.name, patch, dry_run=dry_run == "server")


# ---- containers: image, env

Change = Callable[[Obj, str], None]
"""Changes the containers of a pod spec, in one of its lists."""


def _update(
    context: console.Context, command: parser.Command, found: list[resources.Info], change: Change, what: str,
    problems: list[Exception],
) -> None:  # fmt: skip
    """Patch the pod templates that are found, print each, and raise all problems at the end."""
    dry_run = console.dry_run(context, command)
    printer = output.Printer(context, command, f"{what} updated", dry_run)
    refused: list[Exception] = []
    for info in found:
        try:
            changed = meta.copy(info.object)
            for group in templates.GROUPS:
                change(templates.pod_spec(replace(info, obj=changed)), group)
            patch = patches.two_way(info.kind.kind, info.object, changed) | recording.patch(command)
            if patch:
                printer.print(_apply(context, command, info, patch, dry_run))
        except errors.StatusError as error:
            refused.append(console.Failure(f"failed to patch {what} update to pod template: {error}"))
        except console.Failure as failure:
            refused.append(failure)
    console.raise_all([*problems, *refused])


def _image(context: console.Context, command: parser.Command) -> None:
    recording.begin(context, command)
    dry_run = console.dry_run(context, command)
    words, specs = pairs.split(command.args, "image")
    wanted, _ = pairs.parse(specs, "image", removals=False)
    selection = _select(context, command, words)
    found, failures = selection.infos()
    console.raise_all(failures)
    _check_image(command, words, wanted, dry_run)
    problems: list[Exception] = []

    def change(spec: Obj, group: str) -> None:
        if group == "containers":
            problems.extend(_unknown(spec, wanted))
        for container in spec.get(group) or []:
            if (image := wanted.get(container["name"], wanted.get("*"))) is not None:
                container["image"] = image

    _update(context, command, found, change, "image", problems)


def _unknown(spec: Obj, wanted: dict[str, str]) -> list[Exception]:
    """A failure for each container that is wanted and is not there."""
    names = [container["name"] for group in templates.GROUPS for container in spec.get(group) or []]
    return [
        console.Failure(f"error: unable to find container named {errors.quote(name)}")
        for name in wanted
        if name != "*" and name not in names
    ]


def _check_image(command: parser.Command, words: list[str], wanted: dict[str, str], dry_run: str) -> None:
    problems = []
    if command.on("all") and command.text("selector"):
        problems.append("cannot set --all and --selector at the same time")
    if not words and not command.items("filename"):
        problems.append(NO_RESOURCES)
    if not wanted:
        problems.append("at least one image update is required")
    elif len(wanted) > 1 and "*" in wanted:
        problems.append(
            "all containers are already specified by *, but saw more than one container_name=container_image pairs"
        )
    if command.on("local") and dry_run == "server":
        problems.append("cannot specify --local and --dry-run=server - did you mean --dry-run=client?")
    console.raise_all(console.Failure(problem) for problem in problems)


def _env(context: console.Context, command: parser.Command) -> None:
    recording.begin(context, command)
    words, specs = pairs.split(command.args, "environment")
    if not words and not command.items("filename"):
        raise console.Failure(NO_RESOURCES)
    if command.on("list") and command.text("output"):
        raise console.Failure("--list and --output may not be specified together")
    wanted, removed = _variables([*specs, *command.items("env")])
    selection = _select(context, command, words)
    found, failures = selection.infos()
    console.raise_all(failures)
    for info in found:
        _warn_no_container(context, command, info)
    if command.on("list"):
        _list_env(context, command, found, wanted, removed)
        return

    def change(spec: Obj, group: str) -> None:
        for container in spec.get(group) or []:
            if fnmatch.fnmatchcase(container["name"], command.text("containers")):
                container["env"] = _env_entries(container, wanted, removed)
                if not container["env"]:
                    del container["env"]

    problems: list[Exception] = []
    if not command.on("overwrite"):
        problems = [failure for info in found for failure in _taken(info, wanted)]
        found = [] if problems else found
    _update(context, command, found, change, "env", problems)


def _variables(texts: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """What to set and what to remove; Failure if a name is none (by rules that the server gave up in v1.34)."""
    for text in texts:
        name, equals, _ = text.partition("=")
        if not equals and not text.endswith("-"):
            raise console.Failure(f"unknown environment variable: {text}")
        if equals and (problem := _bad_name(name)):
            raise console.Failure(f"{errors.quote(name)} is not a valid key name: {problem}")
    wanted, removed = pairs.parse(texts, "environment", removals=True)
    if any(name in wanted for name in removed):
        raise console.Failure("can not both modify and remove the same environment variable in the same command")
    return wanted, removed


def _bad_name(name: str) -> str:
    if not re.fullmatch(r"[-._a-zA-Z][-._a-zA-Z0-9]*", name):
        return BAD_NAME
    if name in (".", ".."):
        return f"must not be '{name}'"
    return "must not start with '..'" if name.startswith("..") else ""


def _env_entries(container: Obj, wanted: dict[str, str], removed: list[str]) -> list[Obj]:
    """A container's variables as they are to be: what is there keeps its place, what is new comes last."""
    entries = {entry["name"]: entry for entry in container.get("env") or []}
    entries |= {name: {"name": name, "value": value} if value else {"name": name} for name, value in wanted.items()}
    return [entry for name, entry in entries.items() if name not in removed]


def _taken(info: resources.Info, wanted: dict[str, str]) -> list[Exception]:
    """A failure for each variable that has a value already."""
    spec = templates.pod_spec(info)
    return [
        console.Failure(
            f"error: {info.kind.plural}/{info.name} '{entry['name']}' already has a value "
            f"({entry.get('value', '')}), and --overwrite is false"
        )
        for container in spec.get("containers") or []
        for entry in container.get("env") or []
        if entry["name"] in wanted
    ]


def _warn_no_container(context: console.Context, command: parser.Command, info: resources.Info) -> None:
    pattern = command.text("containers")
    try:
        spec = templates.pod_spec(info)
    except console.Failure:
        return
    names = [container["name"] for group in templates.GROUPS for container in spec.get(group) or []]
    if not any(fnmatch.fnmatchcase(name, pattern) for name in names):
        what = f"{info.kind.kind}/{info.name} does not have any containers matching {errors.quote(pattern)}"
        context.warn(what)


def _list_env(
    context: console.Context, command: parser.Command, found: list[resources.Info],
    wanted: dict[str, str], removed: list[str],
) -> None:  # fmt: skip
    """Print the variables as they would be; what has no pod template is passed over."""
    for info in found:
        if info.kind.kind != "Pod" and info.kind.kind not in templates.OWNERS:
            continue
        for container in templates.pod_spec(info).get("containers") or []:
            if not fnmatch.fnmatchcase(container["name"], command.text("containers")):
                continue
            context.out(f"# {info.kind.kind} {info.name}, container {container['name']}")
            for entry in _env_entries(container, wanted, removed):
                if source := entry.get("valueFrom"):
                    path = (source.get("fieldRef") or {}).get("fieldPath", "")
                    context.out(f"# {entry['name']} from field path {path}")
                else:
                    context.out(f"{entry['name']}={entry.get('value', '')}")


# ---- selector


def _selector(context: console.Context, command: parser.Command) -> None:
    dry_run = console.dry_run(context, command)
    words, text = list(command.args[:-1]), command.args[-1] if command.args else None
    printer = output.Printer(context, command, "selector updated", dry_run)
    if text is None:
        raise console.Failure("one selector is required")
    try:
        selector = labels.parse(text)
    except ValueError as error:
        raise console.Failure(f"couldn't parse the selector string {errors.quote(text)}: {error}") from None
    selection = _select(context, command, words)

    def update(info: resources.Info) -> None:
        if info.kind.kind != "Service":
            raise console.Failure("setting a selector is only supported for Services")
        present = (info.object.get("spec") or {}).get("selector") or {}
        wanted = _match_labels(selector)
        entries = wanted | {key: None for key in present if key not in wanted}
        patch: Obj = {"spec": {"selector": entries}}
        if version := command.text("resource-version"):
            patch["metadata"] = {"resourceVersion": version}
        printer.print(_apply(context, command, info, patch, dry_run))

    selection.each(update)


def _match_labels(selector: labels.Selector) -> dict[str, str | None]:
    """The selector as a map; Failure if it asks for more than equality."""
    expressions = [need for need in selector.requirements if need.operator not in ("=", "==")]
    if expressions:
        shown = " ".join(f"{{{need.key} {_operator(need)} [{' '.join(need.values)}]}}" for need in expressions)
        raise console.Failure(f"match expression [{shown}] not supported on this object")
    return {need.key: need.values[0] for need in selector.requirements}


def _operator(need: labels.Requirement) -> str:
    names = {"in": "In", "notin": "NotIn", "!=": "NotIn", "exists": "Exists", "!": "DoesNotExist"}
    return names.get(need.operator, need.operator)


IMAGE = parser.Verb(
    name="image",
    use="set image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ...",
    about="Update the image of a pod template",
    flags=(*files.FLAGS, *output.FLAGS, console.DRY_RUN, ALL, LOCAL, SELECTOR, MANAGER, recording.FLAG),
    lacks=files.LACKS,
    run=_image,
    changes=True,
)

ENV = parser.Verb(
    name="env",
    use="set env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N",
    about="Update environment variables on a pod template",
    flags=(
        *files.FLAGS, *output.FLAGS, console.DRY_RUN, ALL, LOCAL, SELECTOR, MANAGER, recording.FLAG,
        parser.Flag("containers", "c", default="*", about="only these containers; * and ? stand for letters"),
        parser.Flag("env", "e", "array", about="a variable, may be repeated"),
        parser.Flag("list", "", "bool", about="show what there is"),
        parser.Flag("overwrite", "", "bool", default=True, about="also replace what has a value"),
    ),
    lacks=(*files.LACKS, "--from", "--keys", "--prefix", "--resolve"),
    run=_env,
    changes=True,
)  # fmt: skip

SET_SELECTOR = parser.Verb(
    name="selector",
    use="set selector (-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]",
    about="Set the selector on a resource",
    flags=(
        *files.FLAGS, *output.FLAGS, console.DRY_RUN, ALL, LOCAL, MANAGER,
        parser.Flag("resource-version", about="only if this is still the object's version"),
    ),
    lacks=("--record",),
    run=_selector,
    changes=True,
)  # fmt: skip

VERB = parser.Verb(
    name="set",
    use="set SUBCOMMAND",
    about="Configure application resources",
    subverbs=(
        ENV,
        IMAGE,
        parser.Verb("resources", absent=True),
        SET_SELECTOR,
        parser.Verb("serviceaccount", absent=True, aliases=("sa",)),
        parser.Verb("subject", absent=True),
    ),
)
