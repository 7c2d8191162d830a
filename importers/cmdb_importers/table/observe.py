"""A row and a mapping give one observation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cmdb.inventory.observation import Observation, ObservedItem, ObservedRelationship, Problem, Reference
from cmdb.kernel.clock import InvalidInstantError, instant_text, parse_instant
from cmdb.kernel.values import Value
from cmdb_importers.table.mapping import CellSpec, EndSpec, RelationshipSpec, TableMapping
from cmdb_importers.table.row import Cell, Nested, Row, position, row_problem
from cmdb_importers.text import did_you_mean, shown

_ROW_KEY = "row"
_LEFT_OUT = "the row was left out"


class _RowError(Exception):
    """The row cannot be read; the message says which cell and why."""


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads rows by one mapping; `read_at` is the time of observation where the row tells none."""

    mapping: TableMapping
    read_at: str

    def read(self, row: Row) -> Observation | Problem | None:
        """The row's observation, what is wrong with it, or None for a row that says nothing."""
        try:
            return self._observe(row)
        except _RowError as error:
            return row_problem(
                row.line, "TABLE_VALUE_UNFIT", str(error), f"Mend the row or the mapping; {_LEFT_OUT}."
            )

    def _observe(self, row: Row) -> Observation | None:
        cells = row.cells
        if self.mapping.empty:
            cells = {name: cell for name, cell in cells.items() if not self._is_empty(cell)}
        if not cells:
            return None
        items: tuple[ObservedItem, ...] = ()
        if self.mapping.class_name is not None:
            class_name = _required(self.mapping.class_name, cells, "class")
            items = (ObservedItem(_ROW_KEY, class_name, _attributes(self.mapping.attributes, cells)),)
        links = [link for spec in self.mapping.relationships for link in _relationships(spec, cells)]
        links += _nested(cells.get(self.mapping.nested)) if self.mapping.nested is not None else []
        if not items and not links:
            raise _RowError("neither end of the relationship has a value")
        return Observation(position(row.line), self._moment(cells), items, tuple(links))

    def _is_empty(self, cell: Cell) -> bool:
        return isinstance(cell, str) and cell in self.mapping.empty

    def _moment(self, cells: Mapping[str, Cell]) -> str:
        spec = self.mapping.observed_at
        value = _value(spec, cells) if spec is not None else None
        if value is None:
            return self.read_at
        try:
            return instant_text(parse_instant(str(value)))
        except (InvalidInstantError, OverflowError) as error:
            raise _RowError(f"{shown(str(value))} is no time (RFC 3339)") from error


def _attributes(specs: Mapping[str, CellSpec], cells: Mapping[str, Cell]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, spec in specs.items():
        text = cells.get(spec.column) if spec.column is not None else None
        if isinstance(text, str) and spec.separator is None and spec.values is None:
            found[name] = text
            continue
        value = _value(spec, cells)
        if value is not None:
            found[name] = value
    return found


def _relationships(spec: RelationshipSpec, cells: Mapping[str, Cell]) -> list[ObservedRelationship]:
    sources = [_ROW_KEY] if spec.source is None else _references(spec.source, cells)
    targets = [_ROW_KEY] if spec.target is None else _references(spec.target, cells)
    if not sources and not targets:
        return []
    if not sources or not targets:
        if spec.source is None or spec.target is None:
            return []
        raise _RowError(f"the {'target' if sources else 'source'} of the relationship is missing")
    type_name = _required(spec.type, cells, "type")
    attributes = _attributes(spec.attributes, cells)
    return [
        ObservedRelationship(type_name, source, target, attributes)
        for source in sources
        for target in targets
    ]


def _nested(cell: Cell | None) -> list[ObservedRelationship]:
    """Relationships inside a CI: each has a `type` and the other end, `target` or `source`, as an object."""
    if cell is None:
        return []
    if not isinstance(cell, tuple):
        raise _RowError("'relationships' is a list of objects with 'type' and 'target' or 'source'")
    return [_nested_relationship(each) for each in cell]


def _nested_relationship(found: Nested) -> ObservedRelationship:
    type_name, ends = found.get("type"), [name for name in ("source", "target") if name in found]
    other = found.get(ends[0]) if len(ends) == 1 else None
    if not isinstance(type_name, str) or not isinstance(other, Mapping):
        raise _RowError(
            "a relationship inside a CI has a 'type', and one end ('target' or 'source') that is an object"
        )
    attributes = {
        name: value
        for name, value in found.items()
        if name not in {"type", *ends} and not isinstance(value, Mapping)
    }
    end = _object_reference(None, other, {})
    return ObservedRelationship(
        type_name,
        end if ends == ["source"] else _ROW_KEY,
        end if ends == ["target"] else _ROW_KEY,
        attributes,
    )


def _references(spec: EndSpec, cells: Mapping[str, Cell]) -> list[str | Reference]:
    direct = cells.get(spec.object_column) if spec.object_column is not None else None
    if isinstance(direct, Mapping):
        return [_object_reference(spec, direct, cells)]
    attributes = _attributes(spec.attributes, cells)
    if not attributes:
        return []
    class_name = _required(spec.class_name, cells, "class of an end")
    if spec.separator is None:
        return [Reference(class_name, attributes, spec.create)]
    ((name, value),) = attributes.items()
    parts = value if isinstance(value, list) else str(value).split(spec.separator)
    return [Reference(class_name, {name: text}, spec.create) for part in parts if (text := part.strip())]


def _object_reference(
    spec: EndSpec | None, direct: Mapping[str, Value], cells: Mapping[str, Cell]
) -> Reference:
    own = direct.get("class")
    if isinstance(own, str):
        class_name = own
    elif spec is not None:
        class_name = _required(spec.class_name, cells, "class of an end")
    else:
        raise _RowError("the class of an end is missing")
    attributes = {name: value for name, value in direct.items() if name not in {"class", "create"}}
    if not attributes:
        raise _RowError("an end of the relationship has no attributes that tell it")
    return Reference(class_name, attributes, direct.get("create") is True)


def _required(spec: CellSpec, cells: Mapping[str, Cell], what: str) -> str:
    value = _value(spec, cells)
    if not isinstance(value, str):
        column = f" (column {shown(spec.column)})" if spec.column is not None else ""
        raise _RowError(f"the {what} is missing{column}")
    return value


def _value(spec: CellSpec, cells: Mapping[str, Cell]) -> Value | None:
    if spec.column is None:
        return spec.constant if spec.constant is not None else spec.default
    cell = cells.get(spec.column)
    if cell is None:
        return spec.default
    if not isinstance(cell, str) and isinstance(cell, Mapping | tuple):
        raise _RowError(f"{shown(spec.column)} holds objects; only relationships and their ends are such")
    if spec.separator is not None and isinstance(cell, str):
        texts = [text for part in cell.split(spec.separator) if (text := part.strip())]
        return [str(_mapped(spec, text)) for text in texts] or spec.default
    if spec.values is not None:
        return [str(_mapped(spec, text)) for text in cell] if isinstance(cell, list) else _mapped(spec, cell)
    return cell


def _mapped(spec: CellSpec, value: Value) -> Value:
    if spec.values is None:
        return value
    text = str(value)
    if text in spec.values:
        return spec.values[text]
    if spec.others_pass:
        return value
    hint = did_you_mean(text, spec.values)
    raise _RowError(f"{shown(text)} in {shown(spec.column or '')} is none of the mapped values{hint}")
