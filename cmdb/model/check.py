"""Are these values what the model says? Every mistake is found in one go, and values come out normalised."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from types import MappingProxyType
from typing import TypeAlias

from cmdb.kernel.clock import InvalidInstantError, instant_text, parse_instant
from cmdb.kernel.values import Value, ValueType
from cmdb.model.formats import normal_form
from cmdb.model.types import Attribute, Format, Model

Changes: TypeAlias = Mapping[str, Value | None]
"""Values to be set, by attribute; None takes the value away."""

_INTEGER_BITS = 63
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Checked:
    """The values that passed, normalised; one sentence for each mistake; the names of what was refused."""

    values: Changes
    mistakes: tuple[str, ...]
    refused: tuple[str, ...] = ()


def check_values(owner: str, attributes: Mapping[str, Attribute], values: Mapping[str, object]) -> Checked:
    """Compare values with the attributes they are meant for.

    Args:
        owner: The name of the class, relationship type, record type or link type, for the messages.
        attributes: What it may have.
        values: What is given; None, and text of nothing but blanks, stand for no value.
    """
    good: dict[str, Value | None] = {}
    mistakes: dict[str, str] = {}
    for name, value in values.items():
        attribute = attributes.get(name)
        if attribute is None:
            mistakes[name] = f"{owner} has no attribute {name!r}{did_you_mean(name, attributes)}"
            continue
        try:
            good[name] = _value(attribute, value)
        except ValueError as error:
            mistakes[name] = f"{owner}.{name}: {_shown(value)} is {error}"
    return Checked(good, tuple(mistakes.values()), tuple(mistakes))


def with_defaults(attributes: Mapping[str, Attribute], values: Changes) -> dict[str, Value]:
    """The values of something being made: those given, and the default of each attribute not mentioned."""
    given = {name: value for name, value in values.items() if value is not None}
    defaults = {
        name: attribute.default
        for name, attribute in attributes.items()
        if attribute.default is not None and name not in values
    }
    return {**defaults, **given}


def missing_values(
    owner: str, attributes: Mapping[str, Attribute], values: Mapping[str, Value]
) -> Iterator[str]:
    """One sentence for each required attribute that has no value."""
    for name, attribute in attributes.items():
        if attribute.required and values.get(name) is None:
            yield f"{owner}.{name} is required and has no value"


def altered(before: Mapping[str, Value], changes: Changes) -> dict[str, Value]:
    """What stands after the changes are made."""
    merged = {**before, **changes}
    return {name: value for name, value in merged.items() if value is not None}


def differences(before: Mapping[str, Value], after: Mapping[str, Value]) -> dict[str, Value | None]:
    """The changes that lead from one to the other."""
    changed: dict[str, Value | None] = {
        name: value for name, value in after.items() if before.get(name) != value
    }
    return changed | {name: None for name in before if name not in after}


def is_kind(model: Model, label: str, kind: str) -> bool:
    """True when the label is that record type or CI class, or a class below it."""
    return label == kind or (label in model.classes and model.is_a(label, kind))


def ends_permitted(model: Model, ends: Iterable[tuple[str, str]], source: str, target: str) -> bool:
    """True when one pair of ends permits these two labels."""
    return any(is_kind(model, source, one) and is_kind(model, target, other) for one, other in ends)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'status'?` when something known is near, otherwise nothing."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    near = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return f"; did you mean {by_lower[near[0]]!r}?" if near else ""


def _value(attribute: Attribute, value: object) -> Value | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    checked = _typed(attribute, value)
    if attribute.allowed:
        members = checked if isinstance(checked, list) else [checked]
        for member in members:
            if str(member) not in attribute.allowed:
                near = did_you_mean(str(member), attribute.allowed)
                raise ValueError(f"not one of {', '.join(attribute.allowed)}{near}")
    return checked


def _typed(attribute: Attribute, value: object) -> Value:
    match attribute.type, value:
        case ValueType.STRING, str():
            return _text(attribute.format, value)
        case ValueType.STRING_LIST, list() | tuple():
            return _texts(attribute.format, value)
        case ValueType.BOOLEAN, bool():
            return value
        case ((ValueType.INTEGER | ValueType.FLOAT), bool()):
            pass
        case ValueType.INTEGER, int():
            if -(1 << _INTEGER_BITS) <= value < 1 << _INTEGER_BITS:
                return value
            raise ValueError("too large for a whole number of 64 bits")
        case ValueType.FLOAT, int() | float():
            return _finite(value)
        case ValueType.DATE, str():
            return _date(value)
        case ValueType.DATETIME, str():
            return _instant(value)
    raise ValueError(f"not {_EXPECTED[attribute.type]}")


_EXPECTED: Mapping[ValueType, str] = MappingProxyType(
    {
        ValueType.STRING: "a text",
        ValueType.INTEGER: "a whole number",
        ValueType.FLOAT: "a number",
        ValueType.BOOLEAN: "true or false",
        ValueType.DATE: "a date, e.g. 2026-11-22",
        ValueType.DATETIME: "a moment, e.g. 2026-11-22T08:30:00Z",
        ValueType.STRING_LIST: "a list of texts",
    }
)


def _text(text_format: Format, value: str) -> str:
    if "\0" in value:
        raise ValueError("a text with a NUL character, which no text may hold")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("not a text that can be written as UTF-8") from None
    return normal_form(text_format, value)


def _texts(text_format: Format, value: list[object] | tuple[object, ...]) -> list[str]:
    texts: list[str] = []
    for member in value:
        if not isinstance(member, str) or not member.strip():
            raise ValueError(f"not a list of texts: {_shown(member)} is no text")
        texts.append(_text(text_format, member))
    return texts


def _finite(value: float) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return number + 0.0  # zero has no sign


def _date(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise ValueError(f"not {_EXPECTED[ValueType.DATE]}") from None


def _instant(value: str) -> str:
    try:
        return instant_text(parse_instant(value))
    except (InvalidInstantError, OverflowError):
        raise ValueError(f"not {_EXPECTED[ValueType.DATETIME]}") from None


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
