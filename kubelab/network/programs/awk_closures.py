"""awk's expressions and statements as closures over a running state."""

from collections.abc import Callable

from kubelab.network.programs.awk_values import (
    Expression,
    Problem,
    Run,
    Statement,
    Value,
    as_number,
    as_text,
    compare,
    is_true,
    regex,
)


def variable(state: Run, name: str) -> Value:
    """The value of a variable."""
    if name == "NF":
        return float(len(state.fields) - 1)
    return state.variables.get(name, "")


def calculate(operator: str, left: float, right: float) -> float:
    """Arithmetic."""
    if operator in "/%" and right == 0:
        raise Problem("division by zero")
    results: dict[str, Callable[[], float]] = {
        "+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right, "/": lambda: left / right,
        "%": lambda: left - right * int(left / right),
    }  # fmt: skip
    return results[operator]()


def binary(operator: str, left: Expression, right: Expression) -> Expression:
    """An operator between two expressions."""
    if operator == "||":
        return lambda state: float(is_true(left(state)) or is_true(right(state)))
    if operator == "&&":
        return lambda state: float(is_true(left(state)) and is_true(right(state)))
    if operator == " ":
        return lambda state: as_text(left(state)) + as_text(right(state))
    if operator in ("~", "!~"):
        wanted = operator == "~"
        return lambda state: float(bool(regex(as_text(right(state))).search(as_text(left(state)))) == wanted)
    if operator in "+-*/%":
        return lambda state: calculate(operator, as_number(left(state)), as_number(right(state)))
    return lambda state: compare(operator, left(state), right(state))


def constant(value: Value) -> Expression:
    """A value that stays."""
    return lambda state: value


def member(key: Expression, array: str) -> Expression:
    """`key in array`."""
    return lambda state: float(as_text(key(state)) in state.arrays.get(array, {}))


def loop(condition: Expression, body: Statement, after: Statement | None) -> Statement:
    """`while`, and `for` with its step."""

    def run(state: Run) -> None:
        while is_true(condition(state)):
            state.step()
            body(state)
            if after is not None:
                after(state)

    return run


def raising(kind: type[Exception]) -> Statement:
    """`next` and `exit`."""

    def run(state: Run) -> None:
        raise kind

    return run


def print_line(state: Run) -> None:
    """What a pattern without an action does."""
    state.process.write(state.fields[0] + state.text("ORS"))
