"""Statements about everything that a store holds, by the labels that the product itself gives."""

from __future__ import annotations

HELD = ("CmdbNode", "CmdbRevision", "CmdbRequest", "CmdbSequence", "CmdbIdentifier")
"""Labels of what is there only where something was written."""

_AT_ONCE = 5000


def any_statement(label: str) -> str:
    """Whether there is one of the product's own labels."""
    return f"MATCH (n:{label}) RETURN true LIMIT 1"


def empty_statement(label: str) -> str:
    """Remove all of one of the product's own labels."""
    return f"MATCH (n:{label}) CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF {_AT_ONCE} ROWS"
