"""JSON Lines: one JSON object a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import orjson

from cmdb.inventory.observation import Problem
from cmdb.kernel.values import Value
from cmdb_importers.table.lines import Line
from cmdb_importers.table.row import Cell, Nested, Row, row_problem
from cmdb_importers.text import is_too_long, shown


class _UnfitError(ValueError):
    """A value that no attribute can have; the message says which and why."""


def read_json_lines(lines: Iterator[Line]) -> Iterator[Row | Problem]:
    """A row for each object; lines that are no object become problems. Empty lines are passed over."""
    for line in lines:
        if line.is_cut:
            yield _unreadable(line, "the line is too long")
        elif line.data.strip():
            yield _row(line)


def _row(line: Line) -> Row | Problem:
    try:
        found = orjson.loads(line.data)
        if not isinstance(found, dict):
            return _unreadable(line, "it is no JSON object")
        cells = {name: cell for name, value in found.items() if (cell := _cell(name, value)) is not None}
    except orjson.JSONDecodeError as error:
        return _unreadable(line, f"it is not JSON ({error})")
    except _UnfitError as error:
        return row_problem(
            line.number, "TABLE_VALUE_UNFIT", str(error), "Mend the value; the row was left out."
        )
    return Row(line.number, cells)


def _cell(name: str, value: object) -> Cell | None:
    if isinstance(value, dict):
        return _object(name, value)
    if isinstance(value, list) and value and all(isinstance(member, dict) for member in value):
        return tuple(_nested(name, member) for member in value)
    return _value(name, value)


def _nested(name: str, value: Mapping[str, object]) -> Nested:
    found: dict[str, Value | Mapping[str, Value]] = {}
    for key, each in value.items():
        cell = _object(f"{name}.{key}", each) if isinstance(each, dict) else _value(f"{name}.{key}", each)
        if cell is not None:
            found[key] = cell
    return found


def _object(name: str, value: Mapping[str, object]) -> Mapping[str, Value]:
    return {key: found for key, each in value.items() if (found := _value(f"{name}.{key}", each)) is not None}


def _value(name: str, value: object) -> Value | None:
    match value:
        case None | "":
            return None
        case str():
            return _text(name, value)
        case bool() | int() | float():
            return value
        case list():
            return [_member(name, member) for member in value] or None
    raise _UnfitError(f"{shown(name)} is an object within an object, which no attribute can be")


def _member(name: str, member: object) -> str:
    match member:
        case str():
            return _text(name, member)
        case bool() | None | dict() | list():
            raise _UnfitError(f"{shown(name)} is a list with something else than texts in it")
    return str(member)


def _text(name: str, text: str) -> str:
    if "\0" in text:
        raise _UnfitError(f"{shown(name)} has NUL characters in it")
    if is_too_long(text):
        raise _UnfitError(f"{shown(name)} is longer than 64 KB")
    return text.strip()


def _unreadable(line: Line, what: str) -> Problem:
    return row_problem(
        line.number,
        "TABLE_ROW_UNREADABLE",
        f"the line cannot be read: {what}",
        "Mend the line; others were read.",
    )
