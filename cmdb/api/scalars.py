"""Scalars beyond GraphQL's own five."""

from __future__ import annotations

from typing import Any, NewType

from graphql import GraphQLError
from strawberry import scalar
from strawberry.types.scalar import ScalarDefinition

from cmdb.graph.errors import InvalidQueryError

JSON = NewType("JSON", object)
Integer = NewType("Integer", int)

_LARGEST = 2**63


def scalar_map() -> dict[object, ScalarDefinition]:
    """The scalars of the schema, by the Python type that stands for them."""
    return {
        JSON: scalar(
            name="JSON",
            description="Any JSON value (RFC 8259).",
            specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
            serialize=lambda value: value,
            parse_value=lambda value: value,
        ),
        Integer: scalar(
            name="Integer",
            description="A whole number of 64 bits; GraphQL's own Int has only 32.",
            serialize=lambda value: value,
            parse_value=_parse_integer,
        ),
    }


def _parse_integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -_LARGEST <= value < _LARGEST:
        raise GraphQLError(f"{value!r} is not a whole number of 64 bits")
    return value


def json_object(value: object | None) -> dict[str, Any]:
    """A JSON object that was given for attributes; nothing given is an empty one.

    Raises:
        InvalidQueryError: it is another kind of JSON value.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidQueryError(
            f"attributes are given as {value!r:.80}", remedy='Give an object: {"name": "value"}.'
        )
    return value
