"""The shell in the containers: enough of POSIX sh for the lines of a lesson, and honest about the rest.

Words with quotes, variables, `$(...)`, `$((...))`, pipes, `;` `&&` `||` `!`, redirections, `for`, `while`, `until`,
`if`, `{ }` and `( )`. `case`, functions, arguments, background jobs and here-documents are refused by name. The stages
of a pipe run one after the other; a loop without an end is stopped, as by Ctrl-C. Messages are busybox' (`sh: foo: not
found`) or dash's and bash's, as the image has it.
"""

import fnmatch
import functools
import glob
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from kubelab.network import arithmetic, files, lexer, syntax, tree
from kubelab.network.session import MAX_ROUNDS, Forever, Out, Session, Stop
from kubelab.network.shell_builtins import ALWAYS, BUILTINS, Exit, Leave
from kubelab.network.tree import Word


@dataclass(slots=True)
class Streams:
    """The standard streams of a command."""

    stdin: str
    out: Out
    err: Out


@dataclass(slots=True)
class Shell:
    """One shell process: its variables, what its programs see of them, and its last exit code."""

    session: Session
    name: str
    environment: dict[str, str]
    variables: dict[str, str] = field(default_factory=dict)
    status: int = 0
    stop_on_error: bool = False
    show: bool = False

    # ---- running

    def script(self, text: str, streams: Streams) -> int:
        """Run a script to its end; the exit code."""
        try:
            commands = syntax.parse(text, brace_ranges=self.name == "bash")
        except lexer.SyntaxProblem as problem:
            streams.err.write(self.complaint(self._misread(problem)) + "\n")
            return 2
        return self.guarded(commands, streams)

    def _misread(self, problem: lexer.SyntaxProblem) -> str:
        """What busybox says of a text that it cannot read, or dash, with the same words in another order."""
        said = str(problem)
        if problem.own:
            return said
        if self.session.image.busybox or self.name == "bash":
            return f"syntax error: {said}"
        turned = re.sub(r'^unexpected (end of file|newline|"[^"]*")', r"\1 unexpected", said)
        return f"Syntax error: {turned[0].upper() if turned[0] in 'um' else turned[0]}{turned[1:]}"

    def complaint(self, text: str) -> str:
        """A message of the shell itself."""
        if self.name == "bash":
            return f"bash: line 1: {text}"
        return f"{self.name}: {text}" if self.session.image.busybox else f"{self.name}: 1: {text}"

    def run(self, command: tree.Command, streams: Streams) -> int:
        """Run one command of any kind."""
        runner: Callable[..., int] = getattr(self, f"_{type(command).__name__.lower()}")
        self.status = runner(command, streams)
        return self.status

    def _pipeline(self, command: tree.Pipeline, streams: Streams) -> int:
        stdin = streams.stdin
        stopped: Exception | None = None
        for part in command.parts[:-1]:
            out = Out()
            try:
                self.subshell().guarded(part, Streams(stdin, out, streams.err))
            except (Forever, Stop) as problem:  # what it had written by then is read all the same
                stopped = stopped or problem
            stdin = out.text
        last = Streams(stdin, streams.out, streams.err)
        if len(command.parts) > 1:
            code = self.subshell().guarded(command.parts[-1], last)
        else:
            code = self.run(command.parts[0], last)
            streams.stdin = last.stdin
        if stopped is not None:
            raise stopped
        return int(not code) if command.negated else code

    def subshell(self) -> "Shell":
        """A copy, whose changes do not come back (but for the folder, which is put back by `guarded`)."""
        copy = Shell(self.session, self.name, dict(self.environment), dict(self.variables))
        copy.status, copy.stop_on_error, copy.show = self.status, self.stop_on_error, self.show
        return copy

    def guarded(self, command: tree.Command, streams: Streams) -> int:
        """Run a command as a process of its own: `exit` ends only that."""
        folder = self.session.cwd
        try:
            return self.run(command, streams)
        except Exit as ending:
            return ending.code
        except Leave:
            return self.status
        finally:
            self.session.cwd = folder

    def _sequence(self, command: tree.Sequence, streams: Streams) -> int:
        self.status = 0
        for at in range(len(command.parts)):
            self.step(command, at, streams)
        return self.status

    def step(self, sequence: tree.Sequence, at: int, streams: Streams) -> None:
        """Run one pipeline of a sequence, if what joins it to the one before lets it."""
        part, *after = sequence.parts[at : at + 2]
        if part.joined == ";" or (self.status == 0) == (part.joined == "&&"):
            code = self.run(part, streams)
            if code and self.stop_on_error and not part.negated and not (after and after[0].joined != ";"):
                raise Exit(code)

    def _group(self, command: tree.Group, streams: Streams) -> int:
        inner = self._redirected(command.redirects, streams)
        if inner is None:
            return 1
        return self.subshell().guarded(command.body, inner) if command.subshell else self.run(command.body, inner)

    # ---- loops and choices

    def _for(self, command: tree.For, streams: Streams) -> int:
        code = 0
        for item in [text for word in command.words for text in self.expand(word, streams)]:
            self.assign(command.name, item)
            try:
                code = self.run(command.body, streams)
            except Leave as leave:
                if str(leave) == "break":
                    break
        return code

    def _while(self, command: tree.While, streams: Streams) -> int:
        code, rounds = 0, 0
        while self.holds(command.condition, streams) != command.until:
            rounds += 1
            self.session.tick()
            if command.endless and rounds > MAX_ROUNDS:
                raise Stop(f"a loop without an end, stopped after {MAX_ROUNDS} rounds, as by Ctrl-C")
            try:
                code = self.run(command.body, streams)
            except Leave as leave:
                if str(leave) == "break":
                    break
        return code

    def _if(self, command: tree.If, streams: Streams) -> int:
        for condition, body in command.branches:
            if self.holds(condition, streams):
                return self.run(body, streams)
        return self.run(command.otherwise, streams) if command.otherwise else 0

    def holds(self, condition: tree.Sequence, streams: Streams) -> bool:
        """Whether a condition's commands succeed; `set -e` does not mind if they fail."""
        strict, self.stop_on_error = self.stop_on_error, False
        try:
            return self.run(condition, streams) == 0
        finally:
            self.stop_on_error = strict

    # ---- simple commands

    def _simple(self, command: tree.Simple, streams: Streams) -> int:
        argv = [text for word in command.words for text in self.expand(word, streams)]
        values = [(name, self.join(word, streams)) for name, word in command.assignments]
        inner = self._redirected(command.redirects, streams)
        if inner is None:
            return 1
        if self.show and argv:
            streams.err.write(f"+ {' '.join(argv)}\n")
        if any(name == "IFS" and (value or argv[:1] != ["read"]) for name, value in values):
            streams.err.write(self.complaint("IFS: kubelab's shell splits at blanks only") + "\n")
            raise Exit(2)
        if not argv:
            for name, value in values:
                self.assign(name, value)
            return self.status if command.substitutes else 0
        if argv[0] not in BUILTINS:
            return self.program(argv, dict(values), inner)
        self.session.tick()
        code = BUILTINS[argv[0]](self, argv[1:], inner)
        if argv[0] == "read":
            streams.stdin = inner.stdin
        return code

    def program(self, argv: list[str], values: dict[str, str], streams: Streams) -> int:
        """Run a program of the image; 127 if it has none of that name."""
        name = argv[0]
        if not (name in ALWAYS or self.session.has(name)):
            said = f"{name}: command not found" if self.name == "bash" else f"{name}: not found"
            streams.err.write(self.complaint(said) + "\n")
            return 127
        return self.session.run(argv, streams.stdin, streams.out, streams.err, {**self.environment, **values})

    def _redirected(self, redirects: list[tree.Redirect], streams: Streams) -> Streams | None:
        """The streams after redirection; None if a file is wrong."""
        inner = Streams(streams.stdin, streams.out, streams.err)
        for redirect in redirects:
            name = self.join(redirect.target, streams)
            path = files.absolute(self.session.cwd, name)
            target = inner.out if name == "1" else inner.err
            if redirect.kind == "<":
                text = "" if path == "/dev/null" else self.session.files.read(path)
                if text is None:
                    self._refuse(streams, f"can't open {name}: no such file", f"{name}: No such file or directory")
                    return None
                inner.stdin = text
                continue
            if redirect.kind != "dup":
                problem = self.session.files.write(path, "", append=redirect.kind == ">>")
                if problem:
                    self._refuse(streams, f"can't create {name}: {problem}", f"{name}: {problem}")
                    return None
                target = Out(functools.partial(self.session.files.write, path, append=True))
            inner.out = target if redirect.fd in (1, -1) else inner.out
            inner.err = target if redirect.fd in (2, -1) else inner.err
        return inner

    def _refuse(self, streams: Streams, busybox: str, other: str) -> None:
        streams.err.write(self.complaint(busybox if self.session.image.busybox else other) + "\n")

    # ---- words

    def value(self, name: str) -> str | None:
        """The value of a variable or special parameter, None if it has none."""
        special = {"?": str(self.status), "#": "0", "0": self.name, "$": "7", "PWD": self.session.cwd}
        if name == "RANDOM" and (self.session.image.busybox or self.name == "bash"):
            return str(self.session.world.chance.below(32_768))
        return special.get(name, self.variables.get(name, self.environment.get(name)))

    def assign(self, name: str, value: str) -> None:
        """Give a variable a value; what is exported stays so."""
        (self.environment if name in self.environment else self.variables)[name] = value

    def join(self, word: Word, streams: Streams) -> str:
        """A word as one text: no splitting, no file names."""
        return "".join(self._text(part, streams) for part in word)

    def expand(self, word: Word, streams: Streams) -> list[str]:
        """A word as the arguments that it becomes: none, one or several."""
        fields, kept, form, is_pattern = [""], False, "", False
        for part in word:
            text = self._text(part, streams)
            plain = isinstance(part, tree.Literal) and not part.quoted
            is_pattern = is_pattern or (not part.quoted and re.search(r"[*?[]", text) is not None)
            form += glob.escape(text) if part.quoted else text
            if plain or part.quoted:
                fields[-1] += text
                kept = True
            else:
                first, *more = re.split(r"[ \t\n]+", text)
                fields[-1] += first
                fields += more
        names = self._names(form) if is_pattern and len(fields) == 1 else []
        return names or [text for text in fields if text] or ([""] if kept else [])

    def _names(self, form: str) -> list[str]:
        """The files that a pattern stands for."""
        folder, slash, last = form.rpartition("/")
        listing = self.session.files.listing(files.absolute(self.session.cwd, folder or ("/" if slash else ".")))
        return [folder + slash + name for name in listing if fnmatch.fnmatchcase(name, last) and name[0] != "."]

    def _text(self, part: tree.Part, streams: Streams) -> str:
        if isinstance(part, tree.Literal):
            return part.text
        if isinstance(part, tree.Variable):
            return self._variable(part, streams)
        if isinstance(part, tree.Arithmetic):
            try:
                return str(arithmetic.evaluate(self.join(part.expression, streams), lambda n: self.value(n) or "0"))
            except arithmetic.Problem as problem:
                streams.err.write(self.complaint(str(problem)) + "\n")
                raise Exit(2) from None
        out = Out()
        self.status = self.subshell().guarded(part.body, Streams("", out, streams.err))
        return out.text.rstrip("\n")

    def _variable(self, part: tree.Variable, streams: Streams) -> str:
        value, operator = self.value(part.name), part.operator
        if operator in (":-", "-"):
            missing = value is None if operator == "-" else not value
            return self.join(part.word, streams) if missing else value or ""
        return trimmed(value or "", operator, self.join(part.word, streams)) if operator else value or ""


def trimmed(value: str, operator: str, pattern: str) -> str:
    """`#`, `##`, `%`, `%%`: the value without the shortest or longest piece that fits."""
    spots = range(len(value) + 1)
    if operator.startswith("#"):
        ends = spots if operator == "#" else reversed(spots)
        return next((value[at:] for at in ends if fnmatch.fnmatchcase(value[:at], pattern)), value)
    starts = reversed(spots) if operator == "%" else spots
    return next((value[:at] for at in starts if fnmatch.fnmatchcase(value[at:], pattern)), value)
