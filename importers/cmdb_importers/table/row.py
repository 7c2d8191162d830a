"""What a file of either kind is read into: rows of named cells, and what was wrong with some of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from cmdb.inventory.observation import Problem, Severity
from cmdb.kernel.values import Value

Nested: TypeAlias = "Mapping[str, Value | Mapping[str, Value]]"
"""A relationship written inside its CI, in JSON Lines."""

Cell: TypeAlias = "Value | Mapping[str, Value] | tuple[Nested, ...]"
"""A value; in JSON Lines also an end of a relationship as an object, and the relationships of a CI."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; cells without a value are left out. `line` counts from 1."""

    line: int
    cells: Mapping[str, Cell]


def position(line: int) -> str:
    """Where a row stands, for observations and problems."""
    return f"line {line}"


def row_problem(line: int, code: str, message: str, remedy: str) -> Problem:
    """A row that was left out."""
    return Problem(position(line), code, message, remedy)


def table_warning(place: str, code: str, message: str, remedy: str) -> Problem:
    """Something about the table as a whole, told once."""
    return Problem(place, code, message, remedy, Severity.WARNING)
