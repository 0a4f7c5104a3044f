"""Manifests: a text of YAML or JSON documents to values, in kubectl's words when it is none.

Stands for apimachinery's YAMLOrJSONDecoder, sigs.k8s.io/yaml and its go-yaml: documents end at `---`, a document is
converted to JSON (so `yes` is true, a date is a string, 1.0 is 1), line numbers count as go-yaml counts them. The
YAML is parsed by PyYAML's parser, in C where there is one, and composed here.

Differs from Kubernetes: values may nest MAX_DEPTH deep instead of 10000, a text may have MAX_DOCUMENTS documents, and
a document MAX_SIZE characters and MAX_NODES values, so that no manifest keeps a notebook busy. The parser in Python is
stricter about tabs.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from kubelab.api import jsontext, meta, yamlscalars
from kubelab.api.jsontext import MAX_DEPTH

MAX_SIZE = 3 * 1024 * 1024
"""Characters in a document: more, and an API server would not take the request."""

MAX_DOCUMENTS = 1_000
"""Documents in a text (and objects in a list): more are refused before the first one is used."""

MAX_NODES = 200_000
"""Scalars, lists and maps in a document, after aliases are followed."""


class ManifestError(ValueError):
    """What kubectl says after `error parsing FILE: `; nothing more is read of the text."""


def documents(text: str) -> Iterator[Any]:
    """The documents of a text one after the other, None for empty ones; ManifestError at the first that is none."""
    text = yamlscalars.clean(text).removeprefix("\ufeff")
    is_json = text[:4096].lstrip().startswith("{")
    check_count(_count_json(text) if is_json else text.count("\n---"))
    yield from _json_stream(text) if is_json else _yaml_stream(text)


def check_count(count: int) -> None:
    """ManifestError if that is more documents than a text may have."""
    if count > MAX_DOCUMENTS:
        raise ManifestError(f"more than {MAX_DOCUMENTS} documents: kubelab takes no more at once")


def _count_json(text: str) -> int:
    """How many JSON values a text begins with; counts no further than it must."""
    at = 0
    for count in range(MAX_DOCUMENTS + 1):
        try:
            _, at = jsontext.load_at(text, at)
        except (EOFError, jsontext.SyntaxProblem):
            return count
    return MAX_DOCUMENTS + 1


def load(text: str) -> Any:
    """The value of a text that is one document (a patch); ManifestError without a prefix if it is none."""
    text = yamlscalars.clean(text).removeprefix("\ufeff")
    if text.lstrip().startswith("{"):
        try:
            return jsontext.load(text)
        except jsontext.SyntaxProblem as error:
            raise ManifestError(str(error)) from None
    return _Composer(text).document()


def _json_stream(text: str) -> Iterator[Any]:
    """JSON values until one is none; after at most one, what is left may still be YAML."""
    at, count = 0, 0
    while True:
        _check_size(len(text))
        try:
            value, at = jsontext.load_at(text, at)
        except EOFError:
            return
        except jsontext.OutOfRange as problem:
            raise ManifestError(str(problem)) from None
        except jsontext.SyntaxProblem as problem:
            if count > 1:
                raise ManifestError(str(problem)) from None
            yield from _rest_as_yaml(text[at:], problem)
            return
        count += 1
        yield value


def _rest_as_yaml(text: str, problem: jsontext.SyntaxProblem) -> Iterator[Any]:
    line, newline, rest = text.partition("\n")
    rest = rest if newline and not line.strip() else text.lstrip()
    error = ManifestError(f"json: offset {problem.offset}: {problem}" if problem.offset else str(problem))
    if len(rest) < 4:  # kubectl's decoder looks four bytes ahead, or not at all
        raise error
    found = _yaml_stream(rest)
    try:
        first = next(found, _END)
    except ManifestError:
        raise error from None
    if first is not _END:
        yield first
        yield from found


_END = object()
_EMPTY = ("\n", "---\n", "---\n\n")


def _yaml_stream(text: str) -> Iterator[Any]:
    for document in _split(text):
        _check_size(len(document))
        if document in _EMPTY:
            yield None
            continue
        try:
            value = _Composer(document).document()
        except ManifestError as error:
            raise ManifestError(f"error converting YAML to JSON: {error}") from None
        yield value


def _check_size(size: int) -> None:
    if size > MAX_SIZE:
        raise ManifestError(f"the document is too large: limit is {MAX_SIZE}")


def _split(text: str) -> Iterator[str]:
    """The documents between lines of `---`; a `---` before the first line belongs to the document after it."""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").removesuffix("\n").split("\n"):
        if line.startswith("---"):
            after = line[3:].strip()
            if after and not after.startswith("#"):
                raise ManifestError(f"invalid Yaml document separator: {after}")
            if lines:
                yield "\n".join([*lines, ""])
                lines = []
                continue
        lines.append(line)
    if lines:
        yield "\n".join([*lines, ""])


# ---- YAML events


class _PythonParser(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser):
    """PyYAML's parser in Python, where the one in C is not installed (Pyodide)."""

    def __init__(self, text: str) -> None:
        yaml.reader.Reader.__init__(self, text)
        yaml.scanner.Scanner.__init__(self)
        yaml.parser.Parser.__init__(self)


def _parser(text: str) -> Any:
    return yaml.CSafeLoader(text) if yaml.__with_libyaml__ else _PythonParser(text)


_AS_IN_GO = (
    ("expected <block end>", "block mapping", "did not find expected key"),
    ("expected <block end>", "", "did not find expected '-' indicator"),
    ("expected ',' or ']'", "", "did not find expected ',' or ']'"),
    ("expected ',' or '}'", "", "did not find expected ',' or '}'"),
    ("expected the node content", "", "did not find expected node content"),
    ("expected '<document start>'", "", "did not find expected <document start>"),
    ("found character ", "", "found character that cannot start any token"),
    ("mapping values are not allowed", "", "mapping values are not allowed in this context"),
    ("sequence entries are not allowed", "", "block sequence entries are not allowed in this context"),
    ("found unknown escape character", "", "found unknown escape character"),
    ("found undefined tag handle", "", "found undefined tag handle"),
    ("found incompatible YAML document", "", "found incompatible YAML document"),
    ("expected alphabetic or numeric", "", "did not find expected alphabetic or numeric character"),
    ("expected chomping or indentation", "", "did not find expected comment or line break"),
    ("expected a comment or a line break", "", "did not find expected comment or line break"),
    ("expected indentation indicator in the range", "", "found an indentation indicator equal to 0"),
    ("expected escape sequence", "", "did not find expected hexdecimal number"),
    ("expected '>'", "", "did not find the expected '>'"),
    ("special characters are not allowed", "", "control characters are not allowed"),
)
"""What the parser in Python says (beginning of problem, part of context), and what the one in C and go-yaml say."""

_TOO_DEEP = f"yaml: exceeded max depth of {MAX_DEPTH}"


def _sentence(error: Exception) -> str:
    if isinstance(error, yaml.reader.ReaderError):
        return "yaml: " + _in_go(str(error.reason), "")
    if not isinstance(error, yaml.error.MarkedYAMLError):
        return "yaml: unknown problem parsing YAML content"
    if error.problem == "exceeded maximum nesting depth":  # a newer C parser scans ahead, to a limit of its own
        return _TOO_DEEP
    line = error.problem_mark.line if error.problem_mark else 0
    if line:  # go-yaml counts from 0, but scanners' errors are reported before the line ends
        line += isinstance(error, yaml.scanner.ScannerError)
    elif error.context_mark:
        line = error.context_mark.line
    return f"yaml: {f'line {line}: ' if line else ''}{_in_go(str(error.problem), str(error.context))}"


def _in_go(problem: str, context: str) -> str:
    for beginning, part, sentence in _AS_IN_GO:
        if problem.startswith(beginning) and part in context:
            return sentence
    return problem


_DIRECTIVE = re.compile(r"((?:[ \t]*(?:#[^\n]*)?\n)*)%YAML[ \t]+(\d+\.\d+)")


def _check_directive(text: str) -> None:
    """go-yaml reads version 1.1 only, and knows no later one by name."""
    directive = _DIRECTIVE.match(text)
    if directive and directive[2] != "1.1":
        line = directive[1].count("\n")
        raise ManifestError(f"yaml: {f'line {line}: ' if line else ''}found incompatible YAML document")


class _Anchored:
    """A value with a name, how many nodes it has, and whether it has come to its end."""

    __slots__ = ("done", "size", "value")

    def __init__(self) -> None:
        self.value: Any = None
        self.size = 0
        self.done = False


class _Frame:
    """A list or map whose end has not come."""

    __slots__ = ("anchored", "began", "items", "key", "waiting")

    def __init__(self, items: Any, anchored: _Anchored | None, began: int) -> None:
        self.items = items
        self.anchored = anchored
        self.began = began
        self.waiting = False
        """Whether a map's key has come and its value has not."""
        self.key: Any = None


_MERGE = object()


class _Composer:
    """Builds the value of one document from events, without recursion.

    go-yaml first parses the whole document and then decodes it: what is wrong with a value counts only when the
    syntax is right, so such problems are remembered.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.stack: list[_Frame] = []
        self.anchors: dict[str, _Anchored] = {}
        self.nodes = 0
        self.aliased = 0
        self.problem = ""
        self.severity = 9
        self.value: Any = None

    def document(self) -> Any:
        """The value of the first document in the text; None if there is none."""
        _check_directive(self.text)
        try:
            parser = _parser(self.text)
            while True:
                event = parser.get_event()
                if isinstance(event, yaml.StreamEndEvent | yaml.DocumentEndEvent | None):
                    break
                self._take(event)
        except yaml.YAMLError as error:
            raise ManifestError(_sentence(error)) from None
        if self.problem:
            raise ManifestError(self.problem)
        return self.value

    def _take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event.anchor)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._begin(event)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            frame = self.stack.pop()
            self._place(frame.items, frame.anchored, frame.began)

    def _begin(self, event: yaml.CollectionStartEvent) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise ManifestError(_TOO_DEEP)
        self._count()
        items: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.stack.append(_Frame(items, self._name(event.anchor), self.nodes))

    def _name(self, anchor: str | None) -> _Anchored | None:
        if not anchor:
            return None
        self.anchors[anchor] = _Anchored()
        return self.anchors[anchor]

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._count()
        value: Any = event.value
        if event.implicit[0] or event.tag:
            try:
                value = yamlscalars.resolve(event.value, event.tag or "")
            except ValueError as error:
                self._wrong(f"yaml: {error}")
        top = self.stack[-1] if self.stack else None
        if event.value == "<<" and event.implicit[0] and top and isinstance(top.items, dict) and not top.waiting:
            value = _MERGE
        self._place(value, self._name(event.anchor), self.nodes)

    def _alias(self, anchor: str | None) -> None:
        self._count()
        named = self.anchors.get(anchor or "")
        if named is None:
            raise ManifestError(f"yaml: unknown anchor '{anchor}' referenced")
        if not named.done:
            self._wrong(f"yaml: anchor '{anchor}' value contains itself")
        self.aliased += named.size
        nodes = self.nodes + named.size
        if self.aliased > 100 and nodes > 1000 and self.aliased / nodes > _allowed(nodes):
            raise ManifestError("yaml: document contains excessive aliasing")
        self._count(named.size)
        self._place(meta.copy(named.value), None, self.nodes)

    def _count(self, more: int = 1) -> None:
        self.nodes += more
        if self.nodes > MAX_NODES:
            raise ManifestError(f"the document has too many values: limit is {MAX_NODES}")

    def _wrong(self, problem: str, severity: int = 0) -> None:
        """Remember the first problem of decoding (0), of converting keys (1) or of writing JSON (2)."""
        if severity < self.severity:
            self.problem, self.severity = problem, severity

    def _place(self, value: Any, anchored: _Anchored | None, began: int) -> None:
        if anchored is not None:
            anchored.value, anchored.size, anchored.done = value, self.nodes - began + 1, True
        if not self.stack:
            self.value = value
            return
        frame = self.stack[-1]
        if isinstance(frame.items, dict) and not frame.waiting:
            frame.key, frame.waiting = value, True
            return
        if not yamlscalars.is_finite(value):
            self._wrong(f"json: unsupported value: {yamlscalars.not_finite(value)}", 2)
        if isinstance(frame.items, list):
            frame.items.append(value)
        else:
            frame.waiting = False
            self._pair(frame.items, frame.key, value)

    def _pair(self, items: dict[Any, Any], key: Any, value: Any) -> None:
        if key is _MERGE:
            self._merge(items, value)
        elif isinstance(key, dict | list):
            self._wrong(f"yaml: invalid map key: {yamlscalars.go_value(key)}")
        else:
            try:
                items[yamlscalars.key(key)] = value
            except ValueError as error:
                self._wrong(f"{error}{yamlscalars.go_value(value)}", 1)

    def _merge(self, items: dict[Any, Any], value: Any) -> None:
        sources = value[::-1] if isinstance(value, list) else [value]
        if not all(isinstance(source, dict) for source in sources):
            self._wrong("yaml: map merge requires map or sequence of maps as the value")
            return
        for source in sources:
            items.update(source)


def _allowed(nodes: int) -> float:
    """Which share of a document may come from aliases (go-yaml's allowedAliasRatio)."""
    if nodes <= 400_000:
        return 0.99
    return max(0.10, 0.99 - 0.89 * (nodes - 400_000) / 3_600_000)
