"""Label and field selectors: parse, print, match.

Stands for apimachinery's pkg/labels and pkg/fields, with their error sentences.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kubelab.api.meta import Obj

EMPTY: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Requirement:
    """`key operator values`; operators as the parser knows them."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether labels meet the requirement."""
        match self.operator:
            case "=" | "==" | "in":
                return self.key in labels and labels[self.key] in self.values
            case "!=" | "notin":
                return self.key not in labels or labels[self.key] not in self.values
            case "exists":
                return self.key in labels
            case "!":
                return self.key not in labels
            case _:  # "gt" and "lt"
                return self._compare(labels.get(self.key, ""))

    def _compare(self, value: str) -> bool:
        if not re.fullmatch(r"[+-]?\d+", value):
            return False
        return int(value) > int(self.values[0]) if self.operator == "gt" else int(value) < int(self.values[0])

    def __str__(self) -> str:
        match self.operator:
            case "exists":
                return self.key
            case "!":
                return f"!{self.key}"
            case "in" | "notin":
                return f"{self.key} {self.operator} ({','.join(sorted(self.values))})"
            case "gt" | "lt":
                return f"{self.key}{'>' if self.operator == 'gt' else '<'}{self.values[0]}"
            case _:
                return f"{self.key}{self.operator}{self.values[0]}"


@dataclass(frozen=True, slots=True)
class Selector:
    """All requirements must be met; none matches everything."""

    requirements: tuple[Requirement, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether labels meet all requirements."""
        return all(requirement.matches(labels) for requirement in self.requirements)

    def __str__(self) -> str:
        return ",".join(str(requirement) for requirement in self.requirements)


EVERYTHING = Selector()


def matches_map(selector: Mapping[str, str] | None, labels: Mapping[str, str]) -> bool:
    """Whether labels carry all pairs of a Service's selector; an empty selector matches nothing here."""
    return bool(selector) and (selector or EMPTY).items() <= labels.items()


def from_map(pairs: Mapping[str, str]) -> Selector:
    """The selector that asks for all these pairs."""
    return Selector(tuple(Requirement(key, "=", (value,)) for key, value in sorted(pairs.items())))


_EXPRESSIONS = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}


def from_label_selector(selector: Obj | None) -> Selector:
    """The selector of a LabelSelector (`matchLabels`, `matchExpressions`)."""
    selector = selector or {}
    found = list(from_map(selector.get("matchLabels") or {}).requirements)
    for expression in selector.get("matchExpressions") or []:
        operator = _EXPRESSIONS[expression["operator"]]
        found.append(Requirement(expression["key"], operator, tuple(expression.get("values") or ())))
    return Selector(tuple(sorted(found, key=lambda requirement: requirement.key)))


# ---- parsing

_TOKEN = re.compile(r"\s*(?:(==|!=|=|!|>|<|\(|\)|,)|([^\s=!<>(),]+))")


class _Lexer:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while match := _TOKEN.match(text, at):
            at = match.end()
            if match[1]:
                self.tokens.append((match[1], match[1]))
            else:
                self.tokens.append((match[2] if match[2] in ("in", "notin") else "word", match[2]))
        self.tokens.append(("end", ""))
        self.at = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at]

    def next(self) -> tuple[str, str]:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token


def parse(text: str) -> Selector:
    """The selector that a learner typed; ValueError with Kubernetes' words if it is none."""
    lexer, found = _Lexer(text), []
    if lexer.peek()[0] == "end":
        return EVERYTHING
    while True:
        found.append(_requirement(lexer))
        kind, literal = lexer.next()
        if kind == "end":
            break
        if kind != ",":
            raise ValueError(f"found '{literal}', expected: ',' or 'end of string'")
        after, word = lexer.peek()
        if after not in ("word", "!", "in", "notin"):
            raise ValueError(f"found '{word}', expected: identifier after ','")
    return Selector(tuple(sorted(found, key=lambda requirement: requirement.key)))


def _requirement(lexer: _Lexer) -> Requirement:
    negated = lexer.peek()[0] == "!"
    if negated:
        lexer.next()
    kind, key = lexer.next()
    if kind not in ("word", "in", "notin"):
        raise ValueError(f"unable to parse requirement: found '{key}', expected: identifier")
    if problem := bad_key(key):
        raise ValueError(f'unable to parse requirement: <nil>: Invalid value: "{key}": {problem}')
    if negated:
        return Requirement(key, "!")
    if lexer.peek()[0] in ("end", ","):
        return Requirement(key, "exists")
    operator, literal = lexer.next()
    if operator not in ("=", "==", "!=", "in", "notin", ">", "<"):
        raise ValueError(f"unable to parse requirement: found '{literal}', expected: in, notin, =, ==, !=, >, <")
    values = _set_of_values(lexer) if operator in ("in", "notin") else (_one_value(lexer),)
    if operator in "><":
        if not re.fullmatch(r"[+-]?\d+", values[0]):
            raise ValueError(
                f'unable to parse requirement: values[0][{key}]: Invalid value: "{values[0]}": '
                "for 'Gt', 'Lt' operators, the value must be an integer"
            )
        return Requirement(key, "gt" if operator == ">" else "lt", values)
    for index, value in enumerate(values):
        if problem := bad_value(value):
            place = f"values[{index}][{key}]"
            raise ValueError(f'unable to parse requirement: {place}: Invalid value: "{value}": {problem}')
    return Requirement(key, operator, values)


def _one_value(lexer: _Lexer) -> str:
    if lexer.peek()[0] in ("end", ","):
        return ""
    kind, literal = lexer.next()
    if kind not in ("word", "in", "notin"):
        raise ValueError(f"unable to parse requirement: found '{literal}', expected: identifier")
    return literal


def _set_of_values(lexer: _Lexer) -> tuple[str, ...]:
    kind, literal = lexer.next()
    if kind != "(":
        raise ValueError(f"unable to parse requirement: found '{literal}' expected: '('")
    values: list[str] = []
    while True:
        kind, literal = lexer.next()
        if kind in ("word", "in", "notin"):
            values.append(literal)
            kind, literal = lexer.next()
        else:
            values.append("")
        if kind == ")":
            return tuple(values)
        if kind != ",":
            raise ValueError(f"unable to parse requirement: found '{literal}', expected: ',' or ')'")


# ---- words about labels, used by the parser, by validation and by `kubectl label`

_NAME = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
NAME_PART = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
PREFIX_PART = (
    "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
    "must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
VALUE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)


def key_problems(key: str) -> list[str]:
    """What is wrong with a label's key (apimachinery's IsQualifiedName)."""
    parts = key.split("/")
    if len(parts) > 2:
        return [
            "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with "
            "an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
            "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' "
            "(e.g. 'example.com/MyName')"
        ]
    problems = []
    if len(parts) == 2:
        if not parts[0]:
            problems.append("prefix part must be non-empty")
        else:
            if len(parts[0]) > 253:
                problems.append("prefix part must be no more than 253 bytes")
            if not _SUBDOMAIN.fullmatch(parts[0]):
                problems.append(PREFIX_PART)
    last = parts[-1]
    if not last:
        problems.append("name part must be non-empty")
    if len(last) > 63:
        problems.append("name part must be no more than 63 bytes")
    if not _NAME.fullmatch(last):
        problems.append(NAME_PART)
    return problems


def value_problems(value: str) -> list[str]:
    """What is wrong with a label's value (apimachinery's IsValidLabelValue)."""
    problems = ["must be no more than 63 bytes"] if len(value) > 63 else []
    if value and not _NAME.fullmatch(value):
        problems.append(VALUE)
    return problems


def bad_key(key: str) -> str:
    """All that is wrong with a key in one text, "" if nothing is."""
    return "; ".join(key_problems(key))


def bad_value(value: str) -> str:
    """All that is wrong with a value in one text, "" if nothing is."""
    return "; ".join(value_problems(value))


# ---- field selectors

_COMMON: dict[str, Callable[[Obj], str]] = {
    "metadata.name": lambda obj: obj["metadata"]["name"],
    "metadata.namespace": lambda obj: obj["metadata"].get("namespace", ""),
}


def _at(path: str) -> Callable[[Obj], str]:
    steps = path.split(".")

    def read(obj: Obj) -> str:
        value: Any = obj
        for step in steps:
            value = value.get(step) if isinstance(value, dict) else None
        return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

    return read


def _paths(*names: str) -> dict[str, Callable[[Obj], str]]:
    return {name: _at(name) for name in names}


FIELDS: dict[str, dict[str, Callable[[Obj], str]]] = {
    "Pod": _paths(
        "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
        "status.phase", "status.podIP", "status.nominatedNodeName",
    ),
    "Event": _paths(
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
        "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
        "reportingComponent", "type",
    ) | {"source": _at("source.component")},
    "Namespace": _paths("status.phase"),
    "Node": {"spec.unschedulable": lambda obj: "true" if (obj.get("spec") or {}).get("unschedulable") else "false"},
    "Service": _paths("spec.clusterIP", "spec.type"),
    "ReplicaSet": _paths("status.replicas"),
}  # fmt: skip
"""Field labels that each kind answers to, besides name and namespace (H.4)."""


def parse_fields(text: str, kind: str) -> Callable[[Obj], bool]:
    """The predicate of a field selector; ValueError with Kubernetes' words if it is none, or not for this kind."""
    known = _COMMON | FIELDS.get(kind, {})
    terms = []
    for term in (part for part in text.split(",") if part):
        match = re.fullmatch(r"(.*?)(!=|==|=)(.*)", term)
        if match is None:
            raise ValueError(f"invalid selector: '{term}'; can't understand '{term}'")
        path, operator, value = match.groups()
        if path not in known:
            if kind in FIELDS:
                raise ValueError(f"field label not supported: {path}")
            raise ValueError(f'"{path}" is not a known field selector: only "metadata.name", "metadata.namespace"')
        terms.append((known[path], operator == "!=", value))
    return lambda obj: all((read(obj) == value) != negated for read, negated, value in terms)
