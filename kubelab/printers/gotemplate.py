"""`-o go-template=TEMPLATE`: fields, pipes, `if`, `with`, `range`, variables and the functions of `gofuncs`.

Stands for the execution half of Go's text/template and for cli-runtime's printers/template.go; `goparse` reads.
"""

from typing import Any

from kubelab.api import errors
from kubelab.printers import gofuncs, goparse, gotext, outputs


class _Leave(Exception):
    """`break` or `continue`."""


class _Problem(Exception):
    """Where a template does not fit: Go's words, with the place."""


class _Run:
    def __init__(self, text: str, data: Any) -> None:
        self.text = text
        self.variables: list[tuple[str, Any]] = [("$", data)]
        self.out: list[str] = []

    def fail(self, pos: int, shown: str, words: str) -> _Problem:
        line = self.text.count("\n", 0, pos) + 1
        column = pos - (self.text.rfind("\n", 0, pos) + 1)
        return _Problem(f'template: output:{line}:{column}: executing "output" at <{shown}>: {words}')

    def run(self, parts: list[goparse.Part], dot: Any) -> None:
        scope = len(self.variables)
        for part in parts:
            if part.kind == "text":
                self.out.append(part.text)
            elif part.pipe is None:
                raise _Leave(part.kind)
            elif part.kind == "print":
                value = self.pipe(part.pipe, dot)
                if not part.pipe.variables:
                    self.out.append("<no value>" if value is None else gotext.plain(value))
            else:
                self.block(part, part.pipe, dot)
        del self.variables[scope:]

    def block(self, part: goparse.Part, pipe: goparse.Pipe, dot: Any) -> None:
        scope = len(self.variables)
        if part.kind == "range":
            self.range(part, pipe, dot)
        else:
            value = self.pipe(pipe, dot)
            if gofuncs.truth(value):
                self.run(part.then, value if part.kind == "with" else dot)
            else:
                self.run(part.other, dot)
        del self.variables[scope:]

    def range(self, part: goparse.Part, pipe: goparse.Pipe, dot: Any) -> None:
        value = self.pipe(goparse.Pipe([], False, pipe.commands), dot)
        if isinstance(value, dict):
            items: list[tuple[Any, Any]] = sorted(value.items())
        elif isinstance(value, list):
            items = list(enumerate(value))
        elif isinstance(value, int) and not isinstance(value, bool):
            items = [(i, i) for i in range(value)]
        elif value is None:
            items = []
        else:
            command = pipe.commands[0]
            shown = gotext.plain(value)
            raise self.fail(command.operands[0].pos, command.text, f"range can't iterate over {shown}")
        scope = len(self.variables)
        for key, item in items:
            self.variables += zip(pipe.variables, (key, item)[-len(pipe.variables) :], strict=False)
            try:
                self.run(part.then, item)
            except _Leave as leave:
                if str(leave) == "break":
                    break
            finally:
                del self.variables[scope:]
        if not items:
            self.run(part.other, dot)

    def pipe(self, pipe: goparse.Pipe, dot: Any) -> Any:
        given: list[Any] = []
        for command in pipe.commands:
            given = [self.command(command, dot, given)]
        for name in pipe.variables:
            if pipe.declares:
                self.variables.append((name, given[0]))
            else:
                place = max(i for i, (known, _) in enumerate(self.variables) if known == name)
                self.variables[place] = (name, given[0])
        return given[0]

    def command(self, command: goparse.Command, dot: Any, given: list[Any]) -> Any:
        first, *others = command.operands
        if first.kind == "func" and not first.fields:
            return self.call(command, dot, given)
        if others or given:
            words = f"can't give argument to non-function {first.text}"
            if first.fields:
                words = f"{first.fields[-1]} is not a method but has arguments"
            raise self.fail(first.pos, first.text, words)
        if first.kind == "nil":
            raise self.fail(first.pos, first.text, "nil is not a command")
        return self.value(first, dot)

    def call(self, command: goparse.Command, dot: Any, given: list[Any]) -> Any:
        name, *others = command.operands
        if name.value in gofuncs.LAZY:
            if not others and not given:
                raise self.fail(name.pos, name.text, f"wrong number of args for {name.value}: want at least 1 got 0")
            return self.lazy(name.value, others, dot, given)
        least, most, function = gofuncs.FUNCTIONS[name.value]
        values = [self.value(operand, dot) for operand in others] + given
        if len(values) < least or (most is not None and len(values) > most):
            wanted = f"at least {least}" if most is None else str(least)
            words = f"wrong number of args for {name.value}: want {wanted} got {len(values)}"
            raise self.fail(name.pos, command.text, words)
        try:
            return function(*values)
        except gofuncs.FuncError as error:
            raise self.fail(name.pos, command.text, f"error calling {name.value}: {error}") from error

    def lazy(self, name: str, others: list[goparse.Operand], dot: Any, given: list[Any]) -> Any:
        value: Any = None
        for operand in others:
            value = self.value(operand, dot)
            if gofuncs.truth(value) == (name == "or"):
                return value
        return given[0] if given else value

    def value(self, operand: goparse.Operand, dot: Any) -> Any:
        if operand.kind == "func":
            value = self.call(goparse.Command([operand]), dot, [])
        elif operand.kind == "pipe":
            value = self.pipe(operand.value, dot)
        elif operand.kind == "var":
            value = next(value for name, value in reversed(self.variables) if name == operand.value)
        else:
            value = dot if operand.kind == "dot" else operand.value
        for name in operand.fields:
            if value is not None and not isinstance(value, dict):
                raise self.fail(operand.pos, operand.text, f"can't evaluate field {name} in type interface {{}}")
            value = None if value is None else value.get(name)
        return value


class TemplateError(gotext.PrintError):
    """A template that does not fit; `printed` is what stands on standard output all the same."""

    def __init__(self, message: str, printed: str) -> None:
        super().__init__(message)
        self.printed = printed


class Printer:
    """A template that has been read; PrintError if it cannot be."""

    def __init__(self, template: str) -> None:
        self.template = template
        try:
            self.parts = goparse.parse(template)
        except gotext.PrintError as error:
            raise gotext.PrintError(f"error parsing template {template}, {error}") from error

    def text(self, obj: Any) -> str:
        """What the template makes of an object; TemplateError where it does not fit."""
        run = _Run(self.template, obj)
        try:
            run.run(self.parts, obj)
        except _Problem as problem:
            printed = "".join(run.out) + (
                f"Error executing template: {problem}. Printing more information for debugging the template:\n"
                f"\ttemplate was:\n\t\t{self.template}\n"
                f"\traw data was:\n\t\t{outputs.compact_json(obj)}\n"
                f"\tobject given to template engine was:\n\t\t{gotext.plain(obj)}\n\n"
            )
            message = f"error executing template {errors.quote(self.template)}: {problem}"
            raise TemplateError(message, printed) from problem
        return "".join(run.out)
