"""Pages over answers that stand in memory."""

from __future__ import annotations

from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import PAGE_LIMIT

LONG_PAGE = 5_000
"""Rows of a page of an impact, which is worked out anew for each page: few long ones cost less than many."""


def page_size(first: int, most: int = PAGE_LIMIT) -> int:
    """How many rows a page may hold.

    Raises:
        InvalidQueryError: fewer than none, or more than a page holds.
    """
    if not 0 <= first <= most:
        raise InvalidQueryError(f"`first` is {first}", remedy=f"Ask for 0 to {most:,} rows a page.")
    return first


def offset_of(after: str | None) -> int:
    """How many rows stand before the page that follows a cursor.

    Raises:
        InvalidQueryError: it is not a cursor of such an answer.
    """
    if after is None:
        return 0
    if not (after.isascii() and after.isdigit() and len(after) < 12):
        raise InvalidQueryError(
            f"{after!r} is no cursor of this list", remedy="Give the `endCursor` of the page before."
        )
    return int(after)


def next_cursor(reached: int, total: int) -> str | None:
    """The cursor of the page that ends after so many rows; None at the end."""
    return str(reached) if reached < total else None
