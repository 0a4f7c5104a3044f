"""One request as values: the hops it takes, each with its reason, and the verdict at the end.

A reason is an English sentence with gaps and what fills them, so that a panel can look up the sentence in another
language and fill the same gaps.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NAME, PACKET, RULE, REWRITE, ARRIVE, END = "name", "packet", "rule", "rewrite", "arrive", "end"
STAGES = (NAME, PACKET, RULE, REWRITE, ARRIVE, END)

ANSWERED, REFUSED, TIMEOUT, UNRESOLVED = "answered", "refused", "timed out", "unresolved"


@dataclass(frozen=True, slots=True)
class Hop:
    """One step: at which stage, where, by which rule, and what was decided."""

    stage: str
    where: str
    said: str
    values: Mapping[str, Any] = field(default_factory=dict)
    rule: str = ""

    @property
    def text(self) -> str:
        """The reason in English."""
        return self.said.format(**self.values)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How it ended: who answered (or refused) at which address, and what source address the server saw."""

    outcome: str
    said: str
    values: Mapping[str, Any] = field(default_factory=dict)
    pod: str = ""
    namespace: str = ""
    container: str = ""
    address: str = ""
    source: str = ""

    @property
    def answered(self) -> bool:
        """Whether there was an answer."""
        return self.outcome == ANSWERED

    @property
    def text(self) -> str:
        """The reason in English."""
        return self.said.format(**self.values)


class Failure(str):
    """Why requests failed: English text that knows its verdict, so that a panel can say it in another language."""

    verdict: Verdict

    def __new__(cls, verdict: Verdict) -> "Failure":
        """The outcome and the reason."""
        self = super().__new__(cls, f"{verdict.outcome}: {verdict.text.removesuffix(f': {verdict.outcome}')}")
        self.verdict = verdict
        return self

    def __reduce__(self) -> "tuple[type[Failure], tuple[Verdict]]":
        """To be copied as what it is made of."""
        return Failure, (self.verdict,)


@dataclass(frozen=True, slots=True)
class Path:
    """All of one connection: asked for `target` (as typed), it took these hops to this verdict."""

    client: str
    target: str
    hops: tuple[Hop, ...]
    verdict: Verdict

    def told(self, step: Hop | Verdict) -> str:
        """A reason in the reader's language."""
        return step.text

    def ended(self) -> str:
        """The outcome in the reader's language."""
        return self.verdict.outcome

    def __str__(self) -> str:
        lines = [f"{self.client} -> {self.target}"]
        for count, hop in enumerate(self.hops, 1):
            where = f"{hop.where} {hop.rule}".strip()
            lines.append(f"{count:>3}. [{where}] {self.told(hop)}")
        return "\n".join([*lines, f"  => {self.ended()}: {self.told(self.verdict)}"])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What a notebook shows of it: the way, not the values."""
        printer.text(str(self))
