"""The front door of the command line: a line (or an argument list) in, stdout, stderr and an exit code out.

Stands for kubectl's main and cobra's Execute. Whatever goes wrong inside becomes one clear line; only tests
(`guard=False`) see a traceback.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kubelab import cluster as clusters
from kubelab.kubectl import console, parser, values, verbs
from kubelab.kubectl.verbs import help as help_verb
from kubelab.sim import clock

SHELL_WORDS = ("|", "||", "&", "&&", ";", "<", "<<", ">", ">>", "2>", "2>&1", ">/dev/null", "2>/dev/null")
"""What a shell would take for itself."""

BAD_TIMEOUT = (
    "Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding "
    "time unit (e.g. 1s | 2m | 3h)"
)


@dataclass(frozen=True)
class Result:
    """What a command printed, and its exit code."""

    stdout: str
    stderr: str
    code: int

    def __str__(self) -> str:
        return self.stdout + self.stderr


class LineError(ValueError):
    """A line that is not one: an open quote, an escape at the end."""


def split(line: str | Sequence[str]) -> list[str]:
    """A line as arguments, without the word `kubectl`; quotes and comments as in a shell."""
    words = [_text(word) for word in (_shell_words(line) if isinstance(line, str) else line)]
    return words[1:] if words and words[0] == "kubectl" else words


_PIECES = r"""'[^']*'|"(?:[^"\\]|\\.)*+"|\\.|[^ \t\r\n'"\\]++"""
_PIECE = re.compile(_PIECES, re.DOTALL)
_WORD = re.compile(rf"(?:{_PIECES})++|[^ \t\r\n]", re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')
_OPEN = {"'": "closing quotation", '"': "closing quotation", "\\": "escaped character"}


def _shell_words(line: str) -> list[str]:
    """The words of a line, as shlex reads them (which takes a minute for a word of a million letters)."""
    words: list[str] = []
    for found in _WORD.findall(line.replace("\\\n", " ")):
        if found in _OPEN:
            raise LineError(f"this line cannot be read: no {_OPEN[found]}")
        if found.startswith("#"):
            break
        if found in SHELL_WORDS or found.startswith(("$(", "`")):
            raise LineError(f"{found} is the shell's, not kubectl's: one kubectl command makes a line here")
        words.append(_PIECE.sub(_unquoted, found))
    return words


def _text(word: str) -> str:
    """Bytes that were no UTF-8 come as lone surrogates, which nobody could print."""
    return word if word.isascii() else word.encode("utf-8", "replace").decode("utf-8")


def _unquoted(piece: re.Match[str]) -> str:
    text = piece[0]
    if text[0] == '"':
        return _ESCAPED.sub(r"\1", text[1:-1])
    return {"'": text[1:-1], "\\": text[1:]}.get(text[0], text)


def reads(line: str | Sequence[str], *, terminal: bool = False) -> bool:
    """Whether the line takes standard input: only then may it be waited for. No program here talks to a terminal."""
    try:
        command = parser.parse(split(line), verbs.ROOT)
    except (LineError, parser.UsageError):
        return False
    return (command.flags.get("stdin") is True and not terminal) or "-" in command.flags.get("filename", ())


class Kubectl:
    """kubectl, talking to one cluster."""

    def __init__(self, cluster: clusters.Cluster, *, guard: bool = True) -> None:
        self.cluster = cluster
        self.guard = guard

    def watches(self, line: str | Sequence[str]) -> bool:
        """Whether the line watches the cluster move, so that nothing must be settled before."""
        try:
            command = parser.parse(split(line), verbs.ROOT)
        except (LineError, parser.UsageError):
            return False
        watches = command.verb.watches
        return watches if isinstance(watches, bool) else watches(command)

    def changes(self, line: str | Sequence[str]) -> bool:
        """Whether the line may change the cluster."""
        try:
            return parser.resolve(split(line), verbs.ROOT)[0].changes
        except LineError:
            return False

    def run(self, line: str | Sequence[str], *, stdin: str = "", cwd: str = ".") -> Result:
        """Run one command, with or without the word `kubectl` in front."""
        context = console.Context(self.cluster, cwd=cwd, stdin=stdin)
        code = self._guarded(line, context)
        return Result("".join(context.streams.out), "".join(context.streams.err), code)

    def _guarded(self, line: str | Sequence[str], context: console.Context) -> int:
        self.cluster.clock.renew()
        try:
            if not self.watches(line):
                self.cluster.settle()
            return self._run(split(line), context)
        except (LineError, clock.Tired) as error:
            context.err(f"error: {error}")
            return 1
        except (*console.EXPECTED, console.Exit, parser.UsageError) as failure:
            text, code = console.report(failure)
            context.err(text, end="")
            return code
        except Exception as error:
            if not self.guard:
                raise
            context.err(f"error: kubelab itself failed ({type(error).__name__}: {error}); please report this line")
            return 1

    def _run(self, argv: list[str], context: console.Context) -> int:
        command = parser.parse(argv, verbs.ROOT)
        if command.on("help") or command.verb.run is None:
            return help_verb.show(context, command)
        parser.check_required(command)
        self._globals(context, command)
        command.verb.run(context, command)
        context.listen()
        if command.on("warnings-as-errors") and context.warned:
            count = len(context.warned)
            context.err(f"error: {count} warning{'s' if count > 1 else ''} received")
            return 1
        return 0

    def _globals(self, context: console.Context, command: parser.Command) -> None:
        """What the global flags say."""
        if (name := command.text("context")) not in ("", console.CONTEXT):
            raise console.Failure(f'context "{name}" does not exist')
        if not command.text("request-timeout").isdecimal():
            try:
                values.duration(command.text("request-timeout"))
            except ValueError:
                raise console.Failure(BAD_TIMEOUT) from None
        context.explicit = command.text("namespace") != ""
        context.namespace = command.text("namespace") or self.cluster.preferences.get("namespace") or "default"
