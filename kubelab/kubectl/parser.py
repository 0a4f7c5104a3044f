"""One command line to one `Command`: the rules of spf13/cobra and spf13/pflag, and their error sentences.

A verb is data: its flags, what it lacks, its subcommands and the function that runs it. The parser knows nothing of
clusters or of output. Differs from cobra in that flags which Kubernetes knows and kubelab does not (`Verb.lacks`) are
refused by name, whatever value they carry.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kubelab.api import errors
from kubelab.kubectl import values

ZERO: dict[str, Any] = {"string": "", "bool": False, "int": 0, "int32": 0, "duration": 0, "list": (), "array": ()}
"""What a flag of each type is when it is not given."""


class UsageError(Exception):
    """A command line that cannot be read; the text is what follows `error: `."""


class Refused(UsageError):
    """Something that Kubernetes knows and kubelab does not."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is known to Kubernetes, not to kubelab")


@dataclass(frozen=True)
class Flag:
    """One flag: `list` splits its values at commas (pflag's StringSlice), `array` does not, durations are ms."""

    name: str
    short: str = ""
    type: str = "string"
    default: Any = None
    no_option_default: str | None = None
    about: str = ""
    values: tuple[str, ...] = ()

    @property
    def lone(self) -> str | None:
        """The value of the flag when it stands alone (`-w`), or None if it needs one."""
        return "true" if self.type == "bool" and self.no_option_default is None else self.no_option_default

    @property
    def initial(self) -> Any:
        """The value when the flag is not given."""
        return ZERO[self.type] if self.default is None else self.default

    @property
    def spelled(self) -> str:
        """The flag as pflag names it in errors: `-w, --watch`."""
        return f"-{self.short}, --{self.name}" if self.short else f"--{self.name}"


@dataclass(frozen=True)
class Verb:
    """A command: what it is called, what it takes, what it lacks, and what runs it.

    `watches` verbs let the cluster move before the reader's eyes, so nothing is settled before them; `changes` verbs
    ask for a change (what happens while one waits was asked for before). `required` names flags that it cannot do
    without. A verb with `subverbs` and no `run` prints its help; an `absent` one is known to Kubernetes, not to
    kubelab, a `hidden` one is neither listed nor suggested. `nicknames` lead to a verb in "Did you mean this?". `load`
    brings the verb for which this one only holds the place.
    """

    name: str
    use: str = ""
    flags: tuple[Flag, ...] = ()
    lacks: tuple[str, ...] = ()
    run: "Callable[[Any, Command], None] | None" = None
    aliases: tuple[str, ...] = ()
    subverbs: "tuple[Verb, ...]" = ()
    about: str = ""
    required: tuple[str, ...] = ()
    watches: "bool | Callable[[Command], bool]" = False
    changes: bool = False
    absent: bool = False
    hidden: bool = False
    nicknames: tuple[str, ...] = ()
    load: "Callable[[], Verb] | None" = None

    def called(self, name: str) -> bool:
        """Whether the verb answers to this name."""
        return name == self.name or name in self.aliases

    def subverb(self, name: str) -> "Verb | None":
        """The subcommand of that name."""
        found = next((verb for verb in self.subverbs if verb.called(name)), None)
        return found.load() if found is not None and found.load is not None else found

    def flag(self, name: str) -> Flag | None:
        """The flag of that long name, the verb's own or a global one."""
        return next((flag for flag in (*self.flags, *GLOBAL_FLAGS) if flag.name == name), None)


HELP = Flag("help", "h", "bool", about="show this help")

GLOBAL_FLAGS = (
    Flag("namespace", "n", about="the namespace to work in"),
    Flag("context", about="the context to use; there is one, kubelab"),
    Flag("request-timeout", default="0", about="accepted; the simulated server answers at once"),
    Flag("v", "v", "int", about="accepted; nothing more is logged"),
    Flag("warnings-as-errors", "", "bool", about="exit with 1 if the server warned"),
    HELP,
)

GLOBAL_LACKS = (
    "--as", "--as-group", "--as-uid", "--as-user-extra", "--cache-dir", "--certificate-authority",
    "--client-certificate", "--client-key", "--cluster", "--disable-compression", "--insecure-skip-tls-verify",
    "--kubeconfig", "--kuberc", "--log-flush-frequency", "--match-server-version", "--password", "--profile",
    "--profile-output", "--proxy-url", "-s, --server", "--tls-server-name", "--token", "--user", "--username",
    "--vmodule",
)  # fmt: skip
"""Global flags of kubectl that have no meaning without a real server."""


@dataclass(frozen=True)
class Command:
    """A command line that was understood: the verb, its arguments, and a value for every flag of the verb.

    `dash` is how many arguments came before `--`, or -1 where there was none.
    """

    verb: Verb
    path: str
    args: tuple[str, ...]
    flags: Mapping[str, Any]
    changed: tuple[str, ...] = ()
    dash: int = -1

    def text(self, name: str) -> str:
        """The value of a string flag."""
        return str(self.flags[name])

    def on(self, name: str) -> bool:
        """The value of a bool flag."""
        return bool(self.flags[name])

    def number(self, name: str) -> int:
        """The value of an int flag, or of a duration in ms."""
        return int(self.flags[name])

    def items(self, name: str) -> list[str]:
        """The values of a flag that may be repeated."""
        return list(self.flags[name])

    def given(self, name: str) -> bool:
        """Whether the flag was on the line."""
        return name in self.changed

    @property
    def after_dash(self) -> list[str] | None:
        """The arguments after `--`, or None where there was no `--`."""
        return None if self.dash < 0 else list(self.args[self.dash :])

    @property
    def before_dash(self) -> list[str]:
        """The arguments before `--`."""
        return list(self.args if self.dash < 0 else self.args[: self.dash])


def resolve(argv: Sequence[str], root: Verb) -> tuple[Verb, str, list[str]]:
    """The verb that the line names, its path and the rest of the line (cobra's Find)."""
    verb, path, rest = root, root.name, list(argv)
    while True:
        words = list(_words(rest, verb))
        found = verb.subverb(words[0]) if words else None
        if found is None:
            return verb, path, rest
        rest = _without_first(rest, words[0], verb)
        verb, path = found, f"{path} {found.name}"


def parse(argv: Sequence[str], root: Verb) -> Command:
    """Read a line that does not begin with `kubectl`; raises UsageError with pflag's and cobra's words."""
    verb, path, rest = resolve(argv, root)
    if verb is root and (words := list(_words(rest, root))):
        raise UsageError(f'unknown command "{words[0]}" for "{root.name}"{did_you_mean(words[0], root)}')
    if verb.absent:
        raise Refused(f'the command "{path}"')
    try:
        return _read(verb, path, rest)
    except Refused:
        raise
    except UsageError as error:
        raise UsageError(f"{error}\nSee '{path} --help' for usage.") from None


def check_required(command: Command) -> None:
    """Raise UsageError where a flag is missing that the verb cannot do without."""
    missing = [f'"{name}"' for name in sorted(command.verb.required) if name not in command.changed]
    if missing:
        raise UsageError(f"required flag(s) {', '.join(missing)} not set")


def lacking(verb: Verb, name: str, short: bool) -> str | None:
    """The entry of `lacks` that this spelling stands for."""
    spelling = f"-{name}" if short else f"--{name}"
    return next((entry for entry in (*verb.lacks, *GLOBAL_LACKS) if spelling in entry.split(", ")), None)


class _Reader:
    """The words of a line, one after the other, and what has been read from them."""

    def __init__(self, verb: Verb, words: Sequence[str]) -> None:
        self.verb = verb
        self.words = list(words)
        self.long = {flag.name: flag for flag in (*GLOBAL_FLAGS, *verb.flags)}
        self.short = {flag.short: flag for flag in self.long.values() if flag.short}
        self.args: list[str] = []
        self.dash = -1
        self.found: dict[str, Any] = {}

    def read(self) -> None:
        while self.words:
            word = self.words.pop(0)
            if word == "--":
                self.dash = len(self.args)
                self.args += self.words
                return
            if not word.startswith("-") or word == "-":
                self.args.append(word)
            elif word.startswith("--"):
                self._long(word)
            else:
                self._shorts(word[1:])

    def _long(self, word: str) -> None:
        name, equals, value = word[2:].partition("=")
        if not name or name.startswith("-"):
            raise UsageError(f"bad flag syntax: {word}")
        flag = self.long.get(name.replace("_", "-"))
        if flag is None:
            if lacking(self.verb, name.replace("_", "-"), short=False):
                raise Refused(f"the flag --{name}")
            raise UsageError(f"unknown flag: --{name}")
        if equals:
            self._set(flag, value)
        elif flag.lone is not None:
            self._set(flag, flag.lone)
        elif self.words:
            self._set(flag, self.words.pop(0))
        else:
            raise UsageError(f"flag needs an argument: --{name}")

    def _shorts(self, letters: str) -> None:
        """`-A`, `-Aw`, `-oyaml`, `-o=yaml`, `-o yaml`."""
        while letters:
            flag = self.short.get(letters[0])
            if flag is None:
                if lacking(self.verb, letters[0], short=True):
                    raise Refused(f"the flag -{letters[0]}")
                raise UsageError(f"unknown shorthand flag: {values.go_char(letters[0])} in -{letters}")
            rest = letters[1:]
            if len(rest) > 1 and rest[0] == "=":
                return self._set(flag, rest[1:])
            if flag.lone is not None:
                self._set(flag, flag.lone)
                letters = rest
            elif rest:
                return self._set(flag, rest)
            elif self.words:
                return self._set(flag, self.words.pop(0))
            else:
                raise UsageError(f"flag needs an argument: {values.go_char(letters[0])} in -{letters}")
        return None

    def _set(self, flag: Flag, text: str) -> None:
        try:
            value = values.READERS[flag.type](text)
        except ValueError as error:
            raise UsageError(f'invalid argument {errors.quote(text)} for "{flag.spelled}" flag: {error}') from None
        if flag.type in ("list", "array"):
            value = (*self.found.get(flag.name, ()), *value)
        self.found[flag.name] = value


def _read(verb: Verb, path: str, words: Sequence[str]) -> Command:
    reader = _Reader(verb, words)
    reader.read()
    flags = {flag.name: flag.initial for flag in reader.long.values()}
    flags.update(reader.found)
    return Command(verb, path, tuple(reader.args), flags, tuple(reader.found), reader.dash)


def _words(argv: Sequence[str], verb: Verb) -> Iterator[str]:
    """The words that are neither flags nor values of flags (cobra's stripFlags)."""
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        if word == "--":
            return
        if _takes_next(word, verb):
            if len(rest) <= 1:
                return
            rest.pop(0)
        elif word and not word.startswith("-"):
            yield word


def _takes_next(word: str, verb: Verb) -> bool:
    """Whether the next word is this flag's value."""
    if "=" in word or not word.startswith("-") or word == "-":
        return False
    flags = (*verb.flags, *GLOBAL_FLAGS)
    if word.startswith("--"):
        return not any(flag.name == word[2:] and flag.lone is not None for flag in flags)
    return len(word) == 2 and not any(flag.short == word[1] and flag.lone is not None for flag in flags)


def _without_first(argv: Sequence[str], name: str, verb: Verb) -> list[str]:
    """The line without the first word that is `name` and not a flag's value (cobra's argsMinusFirstX)."""
    at = 0
    while at < len(argv):
        if argv[at] == "--":
            break
        if _takes_next(argv[at], verb):
            at += 2
            continue
        if argv[at] == name:
            return [*argv[:at], *argv[at + 1 :]]
        at += 1
    return list(argv)


def did_you_mean(typed: str, root: Verb) -> str:
    """What may have been meant (cobra's SuggestionsFor): commands near in spelling, longer, or known by that name."""
    found = []
    for verb in (verb for verb in root.subverbs if not verb.hidden):
        if _distance(typed.lower(), verb.name) <= 2 or verb.name.startswith(typed.lower()):
            found.append(verb.name)
        if typed.lower() in verb.nicknames:
            found.append(verb.name)
    return "\n\nDid you mean this?\n" + "".join(f"\t{name}\n" for name in found) if found else ""


def _distance(a: str, b: str) -> int:
    """Levenshtein's distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]
