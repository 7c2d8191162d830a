"""A column mapping: which columns of a row become which attributes and relationships."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cmdb.kernel.values import Value


@dataclass(frozen=True, slots=True)
class CellSpec:
    """Where a value comes from: a column (its text put through `values`, or split), or a constant.

    `default` stands in for an empty cell. `values` maps texts of the source to those of the model; a text
    that is not listed is refused unless `others_pass`.
    """

    column: str | None = None
    constant: Value | None = None
    default: Value | None = None
    separator: str | None = None
    values: Mapping[str, Value] | None = None
    others_pass: bool = False


@dataclass(frozen=True, slots=True)
class EndSpec:
    """An end of a relationship: a CI of a class, told by attributes; `create` makes it when nobody knows it.

    With `separator`, the one column of `attributes` names several. `object_column` is the column whose cell
    may be an object of attributes in place of a text.
    """

    class_name: CellSpec
    attributes: Mapping[str, CellSpec]
    create: bool = False
    separator: str | None = None
    object_column: str | None = None


@dataclass(frozen=True, slots=True)
class RelationshipSpec:
    """A relationship read from each row; an end that is None is the row's own CI."""

    type: CellSpec
    source: EndSpec | None
    target: EndSpec | None
    attributes: Mapping[str, CellSpec]


@dataclass(frozen=True, slots=True)
class TableMapping:
    """How rows are read. Rows of CIs have `class_name`; rows of relationships only do not.

    `empty` lists texts that stand for no value; `ignored` columns need not be mapped. `lines` says on which
    line of the mapping a column is first spoken of. `nested` is the column of relationships that are written
    inside their CI (JSON Lines).
    """

    class_name: CellSpec | None
    attributes: Mapping[str, CellSpec]
    relationships: tuple[RelationshipSpec, ...]
    ignored: frozenset[str] = frozenset()
    empty: frozenset[str] = frozenset()
    observed_at: CellSpec | None = None
    lines: Mapping[str, int] = field(default_factory=dict)
    nested: str | None = None

    def columns(self) -> Iterator[str]:
        """Every column it reads."""
        for cell in self._cells():
            if cell.column is not None:
                yield cell.column

    def _cells(self) -> Iterator[CellSpec]:
        if self.class_name is not None:
            yield self.class_name
        if self.observed_at is not None:
            yield self.observed_at
        yield from self.attributes.values()
        for relationship in self.relationships:
            yield relationship.type
            yield from relationship.attributes.values()
            for end in (relationship.source, relationship.target):
                if end is not None:
                    yield end.class_name
                    yield from end.attributes.values()
