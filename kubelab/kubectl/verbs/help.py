"""`kubectl help`, `--help` and `options`: kubelab's own short words, and what of kubectl it lacks.

Stands for kubectl's templates only in its layout (about, usage, flags); the texts are kubelab's.
"""

from kubelab.api import errors
from kubelab.kubectl import console, parser

FOOTER = 'Use "kubectl options" for a list of global command-line options (applies to all commands).'


def show(context: console.Context, command: parser.Command) -> int:
    """Print a verb's help; the exit code (1 where a subcommand was missing, as with `kubectl create service`)."""
    verb = command.verb
    if verb.name == "kubectl":
        context.out(overview(verb), end="")
        return 0
    if command.on("help"):
        context.out(about(verb, command.path), end="")
        return 0
    if command.args:
        unknown = f"unknown command {errors.quote(command.args[0])}"
        raise console.usage(command, unknown)
    context.err(about(verb, command.path), end="")
    return 1


def overview(root: parser.Verb) -> str:
    """All verbs, and those that kubelab lacks."""
    shown = [verb.load() if verb.load is not None else verb for verb in root.subverbs if not verb.hidden]
    width = max(len(verb.name) for verb in shown) + 3
    known = [f"  {verb.name:<{width}}{verb.about}" for verb in shown if not verb.absent]
    absent = ", ".join(verb.name for verb in shown if verb.absent)
    return "\n".join(
        [
            "kubectl controls a Kubernetes cluster; this one is simulated by kubelab.",
            "",
            "Commands:",
            *known,
            "",
            "Known to Kubernetes, not to kubelab:",
            *_wrapped(absent),
            "",
            "Usage:",
            "  kubectl [flags] [options]",
            "",
            'Use "kubectl <command> --help" for more information about a given command.',
            FOOTER,
            "",
        ]
    )


def about(verb: parser.Verb, path: str) -> str:
    """One verb: what it is for, its subcommands, its flags, the flags it lacks."""
    lines = [f"{verb.about}.", ""]
    if verb.aliases:
        lines += ["Aliases:", ", ".join([verb.name, *verb.aliases]), ""]
    known = [sub for sub in verb.subverbs if not sub.absent]
    if known:
        width = max(len(sub.name) for sub in known) + 3
        lines += ["Available Commands:", *(f"  {sub.name:<{width}}{sub.about}" for sub in known), ""]
    if verb.flags:
        lines += ["Options:", *(line for flag in verb.flags for line in _flag(flag)), ""]
    lacks = [*verb.lacks, *(f"{path.removeprefix('kubectl ')} {sub.name}" for sub in verb.subverbs if sub.absent)]
    if lacks:
        lines += ["Known to Kubernetes, not to kubelab:", *_wrapped("; ".join(lacks)), ""]
    more = [f'Use "{path} <command> --help" for more information about a given command.'] if known else []
    return "\n".join([*lines, "Usage:", f"  kubectl {verb.use or verb.name} [options]", "", *more, FOOTER, ""])


def _flag(flag: parser.Flag) -> list[str]:
    spelled = f"-{flag.short}, --{flag.name}" if flag.short else f"    --{flag.name}"
    return [f"    {spelled}{'' if flag.type == 'bool' else '=' + _shown(flag)}: {flag.about}"]


def _shown(flag: parser.Flag) -> str:
    if flag.type in ("list", "array"):
        return "[]"
    return f"'{flag.initial}'" if flag.type == "string" else f"{flag.initial}"


def _wrapped(text: str, width: int = 100) -> list[str]:
    """A text in lines that begin with two blanks."""
    lines = [""]
    for word in text.split(" "):
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return [f"  {line}" for line in lines]


def explain(root: parser.Verb) -> parser.Verb:
    """The verb `help`, which explains the others."""

    def run_help(context: console.Context, command: parser.Command) -> None:
        verb, path, rest = parser.resolve(command.args, root)
        if verb is root and rest:
            context.err(f"Unknown help topic [{' '.join(f'`{word}`' for word in rest)}]\n")
            context.err(overview(root), end="")
        elif verb is root:
            context.out(overview(root), end="")
        elif verb.absent:
            raise parser.Refused(f'the command "{path}"')
        else:
            context.out(about(verb, path), end="")

    return parser.Verb("help", "help [command]", about="Help about any command", run=run_help, hidden=True)


def run(context: console.Context, command: parser.Command) -> None:
    """`kubectl options`: the flags that every verb takes."""
    context.out("The following options can be passed to any command:\n")
    for flag in parser.GLOBAL_FLAGS:
        context.out(_flag(flag)[0])
    context.out("\nKnown to Kubernetes, not to kubelab:")
    for line in _wrapped("; ".join(parser.GLOBAL_LACKS)):
        context.out(line)


OPTIONS = parser.Verb(name="options", use="options", about="Print the list of flags inherited by all commands", run=run)
