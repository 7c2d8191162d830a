"""The values that attributes of CIs and records can have."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

Value: TypeAlias = str | int | float | bool | list[str]
"""Dates are ISO 8601 texts and moments RFC 3339 texts in UTC, so that text order is time order."""


class ValueType(StrEnum):
    """The types of values."""

    STRING = "string"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    STRING_LIST = "string_list"
