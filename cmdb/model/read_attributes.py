"""Attributes, as classes, relationship types and record types declare them."""

from __future__ import annotations

from cmdb.kernel.values import ValueType
from cmdb.model.declarations import AttributeDeclaration
from cmdb.model.fields import Fields
from cmdb.model.mistakes import MistakeCode
from cmdb.model.names import NameKind, camel_case
from cmdb.model.types import Attribute, Format

KEYS = (
    "name", "type", "description", "format", "required", "allowed", "unit", "default", "searchable",
    "indexed", "sensitive",
)  # fmt: skip

_TEXTS = (ValueType.STRING, ValueType.STRING_LIST)
_NUMBERS = (ValueType.INTEGER, ValueType.FLOAT)


def read_attributes(owner: Fields) -> tuple[AttributeDeclaration, ...]:
    """The list under `attributes`; a name given twice is a mistake, in the API's spelling too."""
    found: dict[str, AttributeDeclaration] = {}
    for table in owner.tables("attributes"):
        declared = _attribute(Fields(table, "attribute", KEYS, owner.mistakes))
        if declared is None:
            continue
        earlier = found.setdefault(camel_case(declared.attribute.name), declared)
        if earlier is not declared:
            owner.mistakes.add(
                declared.place,
                MistakeCode.DUPLICATE_NAME,
                f"attribute {declared.attribute.name!r} is declared twice, first on line {earlier.place.line}",
            )
    return tuple(found.values())


def _attribute(fields: Fields) -> AttributeDeclaration | None:
    name = fields.name("name", NameKind.ATTRIBUTE)
    kind = fields.choice("type", ValueType)
    description = fields.text("description", required=True)
    form = fields.choice("format", Format, Format.PLAIN)
    allowed = tuple(word.text for word in fields.words("allowed"))
    unit = fields.text("unit") or None
    if name is None or kind is None or form is None:
        return None
    _check_fit(fields, kind, unit)
    attribute = Attribute(
        name=name.text,
        type=kind,
        description=description,
        format=form,
        required=fields.flag("required"),
        allowed=allowed,
        unit=unit,
        default=_default(fields, kind, allowed),
        searchable=fields.flag("searchable"),
        indexed=fields.flag("indexed"),
        sensitive=fields.flag("sensitive"),
    )
    return AttributeDeclaration(attribute, name.place)


def _check_fit(fields: Fields, kind: ValueType, unit: str | None) -> None:
    for key in ("format", "allowed", "searchable"):
        if fields.has(key) and kind not in _TEXTS:
            fields.mistakes.add(
                fields.place_of(key),
                MistakeCode.INVALID_VALUE,
                f"{key!r} is for {ValueType.STRING} and {ValueType.STRING_LIST} only, not for {kind}",
            )
    if unit is not None and kind not in _NUMBERS:
        fields.mistakes.add(
            fields.place_of("unit"), MistakeCode.INVALID_VALUE, f"'unit' is for numbers only, not for {kind}"
        )


def _default(fields: Fields, kind: ValueType, allowed: tuple[str, ...]) -> str | int | float | bool | None:
    scalar = fields.scalar("default")
    if scalar is None:
        return None
    value: str | int | float | bool | None = None
    match kind:
        case ValueType.STRING:
            value = scalar.text if not allowed or scalar.text in allowed else None
        case ValueType.BOOLEAN:
            value = scalar.value if isinstance(scalar.value, bool) else None
        case ValueType.INTEGER | ValueType.FLOAT if not isinstance(scalar.value, str | bool):
            fits = kind is ValueType.FLOAT or isinstance(scalar.value, int)
            value = scalar.value if fits else None
        case _:
            value = None
    if value is None:
        wanted = f"one of {', '.join(allowed)}" if allowed else f"a value of type {kind}"
        if kind in {ValueType.STRING_LIST, ValueType.DATE, ValueType.DATETIME}:
            wanted = f"absent: type {kind} has no defaults"
        fields.mistakes.add(
            scalar.place,
            MistakeCode.INVALID_DEFAULT,
            f"the default {scalar.text!r} must be {wanted}",
            seen=scalar.text,
            known=allowed,
        )
    return value
