"""Cursors: where a page ended, in a form that only the same query takes back."""

from __future__ import annotations

import base64
import binascii
import hashlib

import orjson

from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import NodeQuery

SortValue = str | int | float | None


def mark_of(query: NodeQuery) -> str:
    """A short text that differs between queries that differ in more than their page."""
    content = repr((sorted(query.labels), query.where, query.order))
    return hashlib.sha256(content.encode(errors="backslashreplace")).hexdigest()[:12]


def encoded(mark: str, values: tuple[SortValue, ...], node_id: str) -> str:
    """The cursor of a node with these sort values."""
    return base64.urlsafe_b64encode(orjson.dumps([mark, list(values), node_id])).decode().rstrip("=")


def decoded(cursor: str, mark: str, width: int) -> tuple[tuple[SortValue, ...], str]:
    """The sort values and the id of the node that the cursor was made of.

    Raises:
        InvalidQueryError: it is no cursor, or one of another query.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        content = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        found, values, node_id = content
        known = isinstance(values, list) and len(values) == width and isinstance(node_id, str)
        sound = known and all(isinstance(value, str | int | float | None) for value in values)
    except (UnicodeEncodeError, binascii.Error, orjson.JSONDecodeError, TypeError, ValueError) as error:
        raise InvalidQueryError("the cursor is damaged", remedy="Begin again without `after`.") from error
    if found != mark or not sound:
        raise InvalidQueryError("the cursor belongs to another query", remedy="Begin again without `after`.")
    return tuple(values), node_id
