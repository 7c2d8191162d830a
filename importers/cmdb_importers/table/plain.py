"""The mapping that a table has by itself, when its columns are named as the model names things."""

from __future__ import annotations

from collections.abc import Iterable

from cmdb_importers.table.mapping import CellSpec, EndSpec, RelationshipSpec, TableMapping
from cmdb_importers.text import did_you_mean

LIST_MARK = "[]"
LIST_SEPARATOR = ";"
_NESTED = "relationships"
_RELATIONSHIP_COLUMNS = ("source_class", "source", "type", "target_class", "target")


def plain_mapping(
    columns: Iterable[str], fixed_class: str | None = None, *, ends_may_be_objects: bool
) -> TableMapping | str:
    """The mapping these columns speak for, or a sentence saying why there is none.

    A column `ip_addresses[]` holds a list, separated by semicolons. Capitals do not matter, and blanks and
    hyphens stand for underscores. In JSON Lines the end of a relationship may be an object that has its class,
    and a CI may hold `relationships` of its own.
    """
    given = tuple(columns)
    by_name = {attribute_name(column): column for column in given}
    if len(by_name) < len(given):
        return f"two columns mean the same attribute: {', '.join(map(repr, given[:20]))}"
    if _names_end(by_name, "source") and _names_end(by_name, "target"):
        needed = ("type",) if ends_may_be_objects else ("type", "source_class", "target_class")
        return (
            _explanation(by_name) if any(name not in by_name for name in needed) else _relationships(by_name)
        )
    if fixed_class is None and "class" not in by_name:
        return _explanation(by_name)
    class_name = CellSpec(column=by_name.get("class"), default=fixed_class)
    nested = by_name.pop(_NESTED, None) if ends_may_be_objects else None
    attributes = {name: _cell(column) for name, column in by_name.items() if name != "class"}
    return TableMapping(class_name, attributes, (), nested=nested)


def attribute_name(column: str) -> str:
    """The attribute a column is named after."""
    return column.strip().removesuffix(LIST_MARK).strip().lower().replace(" ", "_").replace("-", "_")


def _names_end(by_name: dict[str, str], end: str) -> bool:
    return f"{end}_class" in by_name or end in by_name


def _relationships(by_name: dict[str, str]) -> TableMapping:
    source, target = _end(by_name, "source"), _end(by_name, "target")
    attributes = {
        name: _cell(column)
        for name, column in by_name.items()
        if name != "type" and not name.startswith(("source_", "target_")) and name not in {"source", "target"}
    }
    spec = RelationshipSpec(CellSpec(column=by_name["type"]), source, target, attributes)
    return TableMapping(None, {}, (spec,))


def _end(by_name: dict[str, str], end: str) -> EndSpec:
    """`source` is the CI's name; `source_fqdn`, `source_serial_number` … are other attributes that tell it."""
    attributes = {
        name.removeprefix(f"{end}_"): _cell(column)
        for name, column in by_name.items()
        if name.startswith(f"{end}_") and name != f"{end}_class"
    }
    if end in by_name:
        attributes["name"] = CellSpec(column=by_name[end])
    class_name = CellSpec(column=by_name.get(f"{end}_class"))
    return EndSpec(class_name, attributes, object_column=by_name.get(end))


def _cell(column: str) -> CellSpec:
    return CellSpec(column=column, separator=LIST_SEPARATOR if column.strip().endswith(LIST_MARK) else None)


def _explanation(by_name: dict[str, str]) -> str:
    known = ("class", *_RELATIONSHIP_COLUMNS)
    near = [
        f"{column!r}{hint.rstrip('?')}"
        for name, column in by_name.items()
        if name not in known and (hint := did_you_mean(name, known))
    ]
    return (
        f"there are the columns {', '.join(map(repr, list(by_name.values())[:12]))}; CIs need a column 'class', "
        f"relationships {', '.join(map(repr, _RELATIONSHIP_COLUMNS))}"
        + (f" ({'; '.join(near[:3])}?)" if near else "")
    )
