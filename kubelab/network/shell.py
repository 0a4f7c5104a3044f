"""The shell in the containers: enough of POSIX sh for the lines of a lesson, and honest about the rest.

Words with quotes, variables, `$(...)`, `$((...))`, pipes, `;` `&&` `||` `!`, redirections, `for`, `while`, `until`,
`if`, `case`, `{ }` and `( )`. Functions, background jobs, here-documents and arrays are refused by name. The stages of
a pipe run one after the other; a loop without an end is stopped, as by Ctrl-C. Messages are busybox' (`sh: foo: not
found`) or dash's and bash's, as the image has it.
"""

import fnmatch
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from kubelab.network import arithmetic, files, globs, lexer, syntax, tree
from kubelab.network.session import MAX_ROUNDS, Out, Session, Stop
from kubelab.network.shell_builtins import ALWAYS, BUILTINS, Exit, Leave
from kubelab.network.tree import Word


@dataclass(slots=True)
class Streams:
    """The standard streams of a command."""

    stdin: str
    out: Out
    err: Out


Opened = tuple[Streams, Callable[[], None]]


@dataclass(slots=True)
class Shell:
    """One shell process: its variables and its last exit code."""

    session: Session
    name: str = "sh"
    variables: dict[str, str] = field(default_factory=dict)
    exported: dict[str, None] = field(default_factory=dict)
    arguments: list[str] = field(default_factory=list)
    zero: str = ""
    status: int = 0
    stop_on_error: bool = False
    show: bool = False

    # ---- running

    def script(self, text: str, streams: Streams) -> int:
        """Run a script to its end; the exit code."""
        try:
            return self.commands(text, streams)
        except Exit as ending:
            return ending.code
        except Leave:
            return self.status

    def commands(self, text: str, streams: Streams) -> int:
        """Run the commands of a text in this shell."""
        try:
            parts = syntax.parse(text, brace_ranges=self.name == "bash")
        except lexer.SyntaxProblem as problem:
            streams.err.write(self.complaint(self._misread(problem)) + "\n")
            return 2
        self.status = 0
        for command in parts:
            self.run(command, streams)
        return self.status

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

    def _andor(self, command: tree.AndOr, streams: Streams) -> int:
        code = self.run(command.first, streams)
        for operator, following in command.rest:
            if (code == 0) == (operator == "&&"):
                code = self.run(following, streams)
        if code and self.stop_on_error and not command.rest:
            raise Exit(code)
        return code

    def _pipeline(self, command: tree.Pipeline, streams: Streams) -> int:
        stdin = streams.stdin
        for part in command.parts[:-1]:
            out = Out()
            self.subshell().guarded(part, Streams(stdin, out, streams.err))
            stdin = out.text
        last = Streams(stdin, streams.out, streams.err)
        if len(command.parts) > 1:
            code = self.subshell().guarded(command.parts[-1], last)
        else:
            code = self.run(command.parts[0], last)
            streams.stdin = last.stdin
        return int(not code) if command.negated else code

    def subshell(self) -> "Shell":
        """A copy, whose changes do not come back (but for the folder, which is put back by `guarded`)."""
        copy = Shell(self.session, self.name, dict(self.variables), dict(self.exported), list(self.arguments))
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
            return 0
        finally:
            self.session.cwd = folder

    def _sequence(self, command: tree.Sequence, streams: Streams) -> int:
        self.status = 0
        for part in command.parts:
            self.run(part, streams)
        return self.status

    def _group(self, command: tree.Group, streams: Streams) -> int:
        opened = self._redirected(command.redirects, streams)
        if opened is None:
            return 1
        inner, close = opened
        code = self.subshell().guarded(command.body, inner) if command.subshell else self.run(command.body, inner)
        close()
        return code

    # ---- loops and choices

    def _for(self, command: tree.For, streams: Streams) -> int:
        items = [text for word in command.words for text in self.expand(word, streams)]
        code = 0
        for item in items if command.given else list(self.arguments):
            self.variables[command.name] = item
            try:
                code = self.run(command.body, streams)
            except Leave as leave:
                if self._left(leave):
                    break
        return code

    def _while(self, command: tree.While, streams: Streams) -> int:
        code, rounds = 0, 0
        while (self.run(command.condition, streams) == 0) != command.until:
            rounds += 1
            self.session.tick()
            if command.endless and rounds > MAX_ROUNDS:
                raise Stop(f"a loop without an end, stopped after {MAX_ROUNDS} rounds, as by Ctrl-C")
            try:
                code = self.run(command.body, streams)
            except Leave as leave:
                if self._left(leave):
                    break
        return code

    def _left(self, leave: Leave) -> bool:
        """Whether the loop ends; passes on what is meant for an outer loop."""
        if leave.levels > 1:
            raise Leave(leave.kind, leave.levels - 1)
        return leave.kind == "break"

    def _if(self, command: tree.If, streams: Streams) -> int:
        for condition, body in command.branches:
            if self.run(condition, streams) == 0:
                return self.run(body, streams)
        return self.run(command.otherwise, streams) if command.otherwise else 0

    def _case(self, command: tree.Case, streams: Streams) -> int:
        subject = self.join(command.subject, streams)
        for patterns, body in command.branches:
            if any(fnmatch.fnmatchcase(subject, self.pattern(p, streams)) for p in patterns):
                return self.run(body, streams)
        return 0

    # ---- simple commands

    def _simple(self, command: tree.Simple, streams: Streams) -> int:
        argv = [text for word in command.words for text in self.expand(word, streams)]
        values = [(name, self.join(word, streams)) for name, word in command.assignments]
        opened = self._redirected(command.redirects, streams)
        if opened is None:
            return 1
        inner, close = opened
        if self.show and argv:
            streams.err.write(f"+ {' '.join(argv)}\n")
        if not argv:
            for name, value in values:
                self.variables[name] = value
            code = self.status if command.substitutes else 0
        elif argv[0] in BUILTINS:
            self.session.tick()
            code = BUILTINS[argv[0]](self, argv[1:], inner)
            if argv[0] == "read":
                streams.stdin = inner.stdin
        else:
            code = self.program(argv, dict(values), inner)
        close()
        return code

    def program(self, argv: list[str], values: dict[str, str], streams: Streams) -> int:
        """Run a program of the image; 127 if it has none of that name."""
        env = {**self.session.env, **{n: self.variables[n] for n in self.exported if n in self.variables}, **values}
        name = argv[0]
        if not (name in ALWAYS or self.session.has(name)):
            said = f"{name}: command not found" if self.name == "bash" else f"{name}: not found"
            streams.err.write(self.complaint(said) + "\n")
            return 127
        return self.session.run(argv, streams.stdin, streams.out, streams.err, env)

    def _redirected(self, redirects: list[tree.Redirect], streams: Streams) -> "Opened | None":
        """The streams after redirection, and what writes the files in the end; None if a file is wrong."""
        inner = Streams(streams.stdin, streams.out, streams.err)
        pending: list[tuple[str, Out]] = []
        for redirect in redirects:
            name = self.join(redirect.target, streams)
            path = files.absolute(self.session.cwd, name)
            if redirect.kind == "dup":
                _duplicate(inner, redirect.fd, name)
            elif redirect.kind == "<":
                text = "" if path == "/dev/null" else self.session.files.read(path)
                if text is None:
                    self._refuse(streams, f"can't open {name}: no such file", f"{name}: No such file or directory")
                    return None
                inner.stdin = text
            else:
                problem = self.session.files.write(path, "", append=redirect.kind == ">>")
                if problem:
                    self._refuse(streams, f"can't create {name}: {problem}", f"{name}: {problem}")
                    return None
                pending.append((path, Out()))
                if redirect.fd in (1, -1):
                    inner.out = pending[-1][1]
                if redirect.fd in (2, -1):
                    inner.err = pending[-1][1]

        def close() -> None:
            for path, out in pending:
                self.session.files.write(path, out.text, append=True)

        return inner, close

    def _refuse(self, streams: Streams, busybox: str, other: str) -> None:
        streams.err.write(self.complaint(busybox if self.session.image.busybox else other) + "\n")

    # ---- words

    def value(self, name: str) -> str | None:
        """The value of a variable or special parameter, None if it has none."""
        if name == "?":
            return str(self.status)
        if name == "#":
            return str(len(self.arguments))
        if name in "@*":
            return " ".join(self.arguments)
        if name == "$":
            return "7"
        if name == "0":
            return self.zero or self.name
        if name.isdigit():
            return self.arguments[int(name) - 1] if int(name) <= len(self.arguments) else None
        if name == "RANDOM" and (self.session.image.busybox or self.name == "bash"):
            return str(self.session.world.chance.below(32_768))
        if name == "PWD":
            return self.session.cwd
        return self.variables.get(name, self.session.env.get(name))

    def join(self, word: Word, streams: Streams) -> str:
        """A word as one text: no splitting, no file names."""
        return "".join(text for part in word for text, _quoted in self._part(part, streams))

    def pattern(self, word: Word, streams: Streams) -> str:
        """A word as a pattern: what is quoted stands for itself."""
        found = ""
        for part in word:
            for text, quoted in self._part(part, streams):
                found += globs.literal(text) if quoted else text
        return found

    def expand(self, word: Word, streams: Streams) -> list[str]:
        """A word as the arguments that it becomes: none, one or several."""
        fields: list[list[tuple[str, bool]]] = [[]]
        whole = False
        for part in word:
            if isinstance(part, tree.Variable) and part.name == "@" and part.quoted:
                whole = True
                for at, argument in enumerate(self.arguments):
                    if at:
                        fields.append([])
                    fields[-1].append((argument, True))
                whole = bool(self.arguments) or len(word) > 1
                continue
            for text, quoted in self._part(part, streams):
                if quoted or isinstance(part, tree.Literal):
                    whole = True
                    fields[-1].append((text, quoted))
                    continue
                self._split(text, fields)
        if not whole and len(fields) == 1 and not fields[0]:
            return []
        found = [f for f in fields if f or (whole and len(fields) == 1)]
        return [name for pieces in found for name in self._names(pieces)]

    def _split(self, text: str, fields: list[list[tuple[str, bool]]]) -> None:
        separators = self.variables.get("IFS", " \t\n")
        if not separators:
            fields[-1].append((text, False))
            return
        pieces = re.split(f"[{re.escape(separators)}]+", text)
        for at, piece in enumerate(pieces):
            if at and fields[-1]:
                fields.append([])
            if piece:
                fields[-1].append((piece, False))

    def _names(self, pieces: list[tuple[str, bool]]) -> list[str]:
        """The files that a pattern stands for; the text itself if it is none or fits none."""
        text = "".join(piece for piece, _ in pieces)
        if not any(globs.is_pattern(piece) for piece, quoted in pieces if not quoted):
            return [text]
        form = "".join(globs.literal(piece) if quoted else piece for piece, quoted in pieces)
        folder, slash, last = form.rpartition("/")
        listing = self.session.files.listing(files.absolute(self.session.cwd, folder or ("/" if slash else ".")))
        found = [folder + slash + name for name in listing if fnmatch.fnmatchcase(name, last) and name[0] != "."]
        return found or [text]

    def _part(self, part: tree.Part, streams: Streams) -> list[tuple[str, bool]]:
        if isinstance(part, tree.Literal):
            text = part.text
            if part.tilde:
                text = (self.value("HOME") or "/root") + text[1:]
            return [(text, part.quoted)]
        if isinstance(part, tree.Variable):
            return [(self._variable(part, streams), part.quoted)]
        if isinstance(part, tree.Arithmetic):
            try:
                expression = self.join(part.expression, streams)
                return [(str(arithmetic.evaluate(expression, lambda n: self.value(n) or "0")), part.quoted)]
            except arithmetic.Problem as problem:
                streams.err.write(self.complaint(str(problem)) + "\n")
                raise Exit(2) from None
        out = Out()
        self.status = self.subshell().guarded(part.body, Streams("", out, streams.err))
        return [(out.text.rstrip("\n"), part.quoted)]

    def _variable(self, part: tree.Variable, streams: Streams) -> str:
        value, operator = self.value(part.name), part.operator
        if operator == "length":
            return str(len(value or ""))
        if not operator:
            return value or ""
        missing = value is None or (operator.startswith(":") and not value)
        if operator in (":-", "-"):
            return self.join(part.word, streams) if missing else value or ""
        if operator in (":=", "="):
            if missing:
                value = self.variables[part.name] = self.join(part.word, streams)
            return value or ""
        if operator in (":+", "+"):
            return "" if missing else self.join(part.word, streams)
        if operator in (":?", "?"):
            if missing:
                said = self.join(part.word, streams) or "parameter not set"
                streams.err.write(f"{self.name}: {part.name}: {said}\n")
                raise Exit(2)
            return value or ""
        return globs.trimmed(value or "", operator, self.pattern(part.word, streams))


def _duplicate(streams: Streams, fd: int, target: str) -> None:
    """`2>&1` and `1>&2`."""
    source = streams.out if target == "1" else streams.err
    if fd == 1:
        streams.out = source
    else:
        streams.err = source
