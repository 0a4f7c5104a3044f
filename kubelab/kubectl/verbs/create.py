"""`kubectl create`: objects from files, and from flags (`service`, `deployment`, `namespace`).

Stands for kubectl's pkg/cmd/create. `--edit` and the generators of kinds that kubelab has not are refused by name.
"""

from collections.abc import Callable

from kubelab.api import errors
from kubelab.api.meta import Obj
from kubelab.kubectl import console, files, generators, output, parser, resources

VALIDATE = parser.Flag(
    "validate", default="strict", no_option_default="strict", values=("strict", "warn", "ignore"),
    about="what to do about unknown fields",
)  # fmt: skip
STRICTNESS = {"strict": "Strict", "true": "Strict", "warn": "Warn", "ignore": "Ignore", "false": "Ignore"}


def validation(command: parser.Command) -> str:
    """The value of --validate as the server takes it: Strict, Warn or Ignore."""
    value = command.text("validate")
    if value not in STRICTNESS:
        choices = "strict (or true), warn, ignore (or false)"
        raise console.Failure(f"invalid - validate option {errors.quote(value)}; must be one of: {choices}")
    return STRICTNESS[value]


# ---- from files


def run(context: console.Context, command: parser.Command) -> None:
    """Create the objects that files hold."""
    if not command.items("filename"):
        if command.args:
            raise _unexpected(command)
        raise console.Failure("must specify one of -f and -k")
    if command.args:
        raise _unexpected(command)
    dry_run = console.dry_run(context, command)
    strictness = validation(command)
    printer = output.Printer(context, command, "created", dry_run)
    selection = resources.select(
        context,
        (),
        resources.Wanted(
            filenames=command.items("filename"), recursive=command.on("recursive"), selector=command.text("selector"),
            validated=strictness != "Ignore",
        ),
    )  # fmt: skip

    def create(info: resources.Info) -> None:
        obj = resources.remembering(info.object) if command.on("save-config") else info.object
        if dry_run != "client":
            try:
                obj = context.ask(info.kind.kind).create(obj, validation=strictness, dry_run=dry_run == "server")
            except errors.StatusError as error:
                raise console.with_source("creating", info.source, error) from None
        printer.print(obj)

    if not selection.each(create):
        raise console.Failure("no objects passed to create")


def _unexpected(command: parser.Command) -> console.Failure:
    return console.usage(command, f"Unexpected args: [{' '.join(command.args)}]")


# ---- from flags


def name_of(command: parser.Command) -> str:
    """The one NAME that a generator takes."""
    if len(command.before_dash) != 1:
        raise console.usage(command, f"exactly one NAME is required, got {len(command.before_dash)}")
    return command.args[0]


def _make(context: console.Context, command: parser.Command, build: Callable[[str, str], Obj], blame: str = "") -> None:
    """Create what `build(name, namespace)` makes; `blame` goes before the server's refusal."""
    name = name_of(command)
    dry_run = console.dry_run(context, command)
    strictness = validation(command)
    printer = output.Printer(context, command, "created", dry_run, typed=dry_run == "client")
    obj = build(name, context.namespace if context.explicit else "")
    if command.on("save-config"):
        obj = resources.remembering(obj, typed=True)
    if dry_run != "client":
        try:
            obj = _send(context, obj, strictness, dry_run)
        except errors.StatusError as error:
            raise console.Failure(f"{blame}: {error}") if blame else error from None
    printer.print(obj)


def _send(context: console.Context, obj: Obj, strictness: str, dry_run: str) -> Obj:
    if obj["kind"] != "Namespace":
        obj = {**obj, "metadata": {**obj["metadata"], "namespace": context.namespace}}
    return context.ask(obj["kind"]).create(obj, validation=strictness, dry_run=dry_run == "server")


def _namespace(context: console.Context, command: parser.Command) -> None:
    _make(context, command, lambda name, _: generators.namespace(name))


def _deployment(context: console.Context, command: parser.Command) -> None:
    def build(name: str, home: str) -> Obj:
        return generators.deployment(
            name, home, command.items("image"), command.number("replicas"), command.number("port"),
            command.after_dash or [], context.cluster.chance,
        )  # fmt: skip

    _make(context, command, build, "failed to create deployment")


def _service(kind: str) -> Callable[[console.Context, parser.Command], None]:
    """What runs `create service KIND`."""

    def run_service(context: console.Context, command: parser.Command) -> None:
        def build(name: str, home: str) -> Obj:
            cluster_ip = str(command.flags.get("clusterip", ""))
            external = str(command.flags.get("external-name", ""))
            if kind == "ExternalName":
                if not generators.is_subdomain(external):
                    raise console.Failure(f"invalid service external name {external}")
            elif not command.items("tcp") and cluster_ip != "None":
                raise console.Failure("at least one tcp port specifier must be provided")
            return generators.service(
                kind, name, home, command.items("tcp"), cluster_ip=cluster_ip, external_name=external,
                node_port=int(command.flags.get("node-port", 0)),
            )  # fmt: skip

        _make(context, command, build, f"failed to create {kind} service")

    return run_service


# ---- the verb and its subcommands

COMMON = (
    console.DRY_RUN,
    parser.Flag("field-manager", default="kubectl-create", about="accepted; kubelab manages no fields"),
    *output.FLAGS,
    parser.Flag("save-config", "", "bool", about="note the configuration for a later apply"),
    VALIDATE,
)
TCP = parser.Flag("tcp", "", "list", about="PORT or PORT:TARGETPORT, may be repeated")


def _service_verb(kind: str, *flags: parser.Flag, required: tuple[str, ...] = ()) -> parser.Verb:
    name = kind.lower()
    return parser.Verb(
        name=name,
        use=f"create service {name} NAME [--tcp=<port>:<targetPort>]",
        about=f"Create {'an' if kind == 'ExternalName' else 'a'} {kind} service",
        flags=(*COMMON, TCP, *flags),
        run=_service(kind),
        required=required,
        changes=True,
    )


SERVICE = parser.Verb(
    name="service",
    use="create service [flags]",
    about="Create a service using a specified subcommand",
    aliases=("svc",),
    subverbs=(
        _service_verb("ClusterIP", parser.Flag("clusterip", about="the address, or None for a headless service")),
        _service_verb("ExternalName", parser.Flag("external-name", about="the name that it stands for"),
                      required=("external-name",)),
        _service_verb("LoadBalancer"),
        _service_verb("NodePort", parser.Flag("node-port", "", "int", about="the port on every node")),
    ),
)  # fmt: skip

DEPLOYMENT = parser.Verb(
    name="deployment",
    use="create deployment NAME --image=image -- [COMMAND] [args...]",
    about="Create a deployment with the specified name",
    aliases=("deploy",),
    flags=(
        *COMMON,
        parser.Flag("image", "", "list", about="the image, or several, one container each"),
        parser.Flag("port", "", "int32", default=-1, about="the port that the first container exposes"),
        parser.Flag("replicas", "r", "int32", default=1, about="how many pods"),
    ),
    required=("image",),
    run=_deployment,
    changes=True,
)

NAMESPACE = parser.Verb(
    name="namespace",
    use="create namespace NAME",
    about="Create a namespace with the specified name",
    aliases=("ns",),
    flags=COMMON,
    run=_namespace,
    changes=True,
)

ABSENT = {
    "clusterrole": (), "clusterrolebinding": (), "configmap": ("cm",), "cronjob": ("cj",), "ingress": ("ing",),
    "job": (), "poddisruptionbudget": ("pdb",), "priorityclass": ("pc",), "quota": ("resourcequota",), "role": (),
    "rolebinding": (), "secret": (), "serviceaccount": ("sa",), "token": (),
}  # fmt: skip
"""Generators that Kubernetes has and kubelab has not."""

VERB = parser.Verb(
    name="create",
    use="create -f FILENAME",
    about="Create a resource from a file or from stdin",
    flags=(
        *files.FLAGS,
        *COMMON,
        parser.Flag("selector", "l", about="only objects with these labels"),
    ),
    lacks=("--edit", *files.LACKS, "--raw", "--windows-line-endings"),
    subverbs=(
        DEPLOYMENT,
        NAMESPACE,
        SERVICE,
        *(parser.Verb(name, aliases=aliases, absent=True) for name, aliases in ABSENT.items()),
    ),
    run=run,
    changes=True,
)
