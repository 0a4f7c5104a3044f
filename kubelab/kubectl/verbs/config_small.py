"""`kubectl config` as far as a lesson needs it (the namespace to work in), and `cluster-info`.

There is one context, `kubelab`; its namespace is kept with the cluster, not in a kubeconfig file.
"""

from kubelab.kubectl import console, parser
from kubelab.printers import layout, outputs

SERVER = "https://192.168.56.11:6443"
USER = "kubernetes-admin"


def _home(context: console.Context) -> str:
    return str(context.cluster.preferences.get("namespace") or "")


def _view(context: console.Context, command: parser.Command) -> None:
    """What a kubeconfig for this cluster would hold."""
    name, home = console.CONTEXT, _home(context)
    inside = {"cluster": name, "user": USER, **({"namespace": home} if home else {})}
    config = {
        "apiVersion": "v1",
        "clusters": [{"cluster": {"server": SERVER}, "name": name}],
        "contexts": [{"context": inside, "name": name}],
        "current-context": name,
        "kind": "Config",
        "users": [{"name": USER, "user": {}}],
    }
    context.out(outputs.to_yaml(config), end="")


def _current(context: console.Context, command: parser.Command) -> None:
    """The name of the context."""
    context.out(console.CONTEXT)


def _contexts(context: console.Context, command: parser.Command) -> None:
    """The contexts as a table."""
    if command.text("output") == "name":
        context.out(console.CONTEXT)
        return
    writer = layout.table_writer()
    if not command.on("no-headers"):
        writer.write("CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n")
    writer.write(f"*\t{console.CONTEXT}\t{console.CONTEXT}\t{USER}\t{_home(context)}\n")
    context.out(writer.flush(), end="")


def _set(context: console.Context, command: parser.Command) -> None:
    """Set the namespace to work in."""
    if command.args and (command.on("current") or len(command.args) > 1):
        raise console.Failure("you may not specify both a context name and --current" if command.on("current")
                              else f"Unexpected args: {list(command.args)}")  # fmt: skip
    if not command.args and not command.on("current"):
        raise console.Failure("you must specify a non-empty context name or --current")
    if command.args and command.args[0] != console.CONTEXT:
        raise console.Failure(f"there is one context here, {console.CONTEXT}")
    if command.given("namespace"):
        context.cluster.preferences["namespace"] = command.text("namespace")
    context.out(f'Context "{console.CONTEXT}" modified.')


def _info(context: console.Context, command: parser.Command) -> None:
    """Where the control plane is."""
    context.out(f"Kubernetes control plane is running at {SERVER}")
    context.out()
    context.out("To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.")


CONFIG = parser.Verb(
    name="config",
    use="config SUBCOMMAND",
    about="Modify kubeconfig files (here: the namespace to work in)",
    subverbs=(
        parser.Verb("current-context", "config current-context", about="Display the current-context", run=_current),
        *(parser.Verb(name, absent=True) for name in ("delete-cluster", "delete-context", "delete-user",
                                                      "get-clusters")),
        parser.Verb(
            "get-contexts", "config get-contexts", about="Describe one or many contexts", run=_contexts,
            flags=(parser.Flag("no-headers", "", "bool", about="no headers"),
                   parser.Flag("output", "o", values=("name",), about="name")),
        ),
        *(parser.Verb(name, absent=True) for name in ("get-users", "rename-context", "set", "set-cluster")),
        parser.Verb(
            "set-context", "config set-context --current --namespace=NAMESPACE", about="Set the namespace to work in",
            flags=(parser.Flag("current", "", "bool", about="the current context"),), run=_set, changes=True,
            lacks=("--cluster", "--user"),
        ),
        *(parser.Verb(name, absent=True) for name in ("set-credentials", "unset", "use-context")),
        parser.Verb("view", "config view", about="Display the settings", run=_view,
                    lacks=("--allow-missing-template-keys", "--flatten", "--merge", "--minify", "-o, --output", "--raw",
                           "--show-managed-fields", "--template")),
    ),
)  # fmt: skip

CLUSTER_INFO = parser.Verb(
    name="cluster-info",
    use="cluster-info",
    about="Display cluster information",
    subverbs=(parser.Verb("dump", absent=True),),
    run=_info,
)
