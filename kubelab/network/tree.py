"""What a shell script is made of, as values: words in parts, commands in trees."""

from dataclasses import dataclass, field

# ---- words


@dataclass(frozen=True, slots=True)
class Literal:
    """Text as it stands."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """`$name`, or `${name-word}` with its operator."""

    name: str
    operator: str = ""
    word: "Word" = ()
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Substitution:
    """`$(commands)`."""

    body: "Sequence"
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`$((expression))`."""

    expression: "Word"
    quoted: bool = False


Part = Literal | Variable | Substitution | Arithmetic
Word = tuple[Part, ...]

# ---- commands


@dataclass(frozen=True, slots=True)
class Redirect:
    """`fd>target`: kind is <, >, >> or dup; fd -1 means both outputs."""

    fd: int
    kind: str
    target: Word


@dataclass(slots=True)
class Simple:
    """Assignments, words and redirections."""

    assignments: list[tuple[str, Word]] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    redirects: list[Redirect] = field(default_factory=list)

    @property
    def substitutes(self) -> bool:
        """Whether an assignment runs a command, whose exit code is then the command's."""
        return any(isinstance(part, Substitution) for _, word in self.assignments for part in word)


@dataclass(slots=True)
class Sequence:
    """Commands one after the other."""

    parts: "list[Pipeline]"


@dataclass(slots=True)
class Pipeline:
    """Commands, each reading what the one before wrote; `joined` to the pipeline before by `;`, `&&` or `||`."""

    parts: "list[Command]"
    negated: bool
    joined: str


@dataclass(slots=True)
class Group:
    """`{ ...; }` or `( ... )`, and any compound command with redirections."""

    body: "Command"
    subshell: bool
    redirects: list[Redirect]


@dataclass(slots=True)
class For:
    """`for name in words; do ...; done`."""

    name: str
    words: list[Word]
    body: Sequence


@dataclass(slots=True)
class While:
    """`while` or `until`."""

    condition: Sequence
    body: Sequence
    until: bool
    endless: bool
    """Whether nothing in it can end it: `while true`, `while :`, `until false` without a `break`."""


@dataclass(slots=True)
class If:
    """`if`, its `elif`s and its `else`."""

    branches: list[tuple[Sequence, Sequence]]
    otherwise: Sequence | None


Command = Simple | Sequence | Pipeline | Group | For | While | If
