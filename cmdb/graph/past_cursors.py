"""Cursors of the past: where a page ended, taken back by the same query of the same moment only."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence

import orjson

from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import NodeQuery
from cmdb.kernel.values import Value


def mark_of(revision: int, query: NodeQuery) -> str:
    """A short text that differs between queries that differ in more than their page, and between moments."""
    content = repr((revision, sorted(query.labels), query.where, query.order))
    return hashlib.sha256(content.encode(errors="backslashreplace")).hexdigest()[:12]


def encoded(mark: str, values: Sequence[Value | None], node_id: str) -> str:
    """The cursor of a node with these sort values."""
    return base64.urlsafe_b64encode(orjson.dumps([mark, list(values), node_id])).decode().rstrip("=")


def decoded(cursor: str, mark: str, width: int) -> tuple[list[Value | None], str]:
    """The sort values and the id of the node that the cursor was made of.

    Raises:
        InvalidQueryError: it is no cursor, or one of another query or moment.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        found, values, node_id = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (UnicodeEncodeError, binascii.Error, orjson.JSONDecodeError, TypeError, ValueError) as error:
        raise InvalidQueryError("the cursor is damaged", remedy="Begin again without `after`.") from error
    sound = isinstance(values, list) and len(values) == width and isinstance(node_id, str)
    if found != mark or not sound or not all(isinstance(v, str | int | float | None) for v in values):
        raise InvalidQueryError(
            "the cursor belongs to another query or moment", remedy="Begin again without `after`."
        )
    return values, node_id
