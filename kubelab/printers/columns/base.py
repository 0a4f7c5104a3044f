"""What a kind's columns are made of.

Stands for metav1.TableColumnDefinition and the print handlers of pkg/printers/internalversion. Columns are data, so a
table is the same for kubectl and for the HTTP API; `wide` is a priority.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kubelab.api import meta
from kubelab.printers import ages

Cell = str | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name; priority 1 is shown with `-o wide` only."""

    name: str
    priority: int = 0
    type: str = "string"
    format: str = ""


@dataclass(frozen=True, slots=True)
class Spec:
    """A kind's columns and the function that makes a row of an object and a moment (ms)."""

    columns: tuple[Column, ...]
    row: Callable[[meta.Obj, int], tuple[Cell, ...]]


NAME = Column("Name", format="name")
AGE = Column("Age")


def number(name: str, priority: int = 0) -> Column:
    """A column of whole numbers."""
    return Column(name, priority, "integer")


def wide(name: str) -> Column:
    """A column that only `-o wide` shows."""
    return Column(name, 1)


def age(obj: meta.Obj, now: int) -> str:
    """How long ago the object was created."""
    return ages.since(meta.of(obj).get("creationTimestamp"), now)


def part(obj: meta.Obj, field: str) -> meta.Obj:
    """An object's `spec` or `status`, {} if it has none."""
    return obj.get(field) or {}
