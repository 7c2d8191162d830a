"""Statements that fit a database to the schema: indexes and labels, whose names come from it."""

from __future__ import annotations

from collections.abc import Iterable

from cmdb.store.neo4j.compile_names import NODE_LABEL, quoted

INDEX_PREFIX = "cmdb_property_"

_LONGEST = 64


def create_index_statement(name: str) -> str:
    """An index of one property over every node that has it."""
    index = quoted(f"{INDEX_PREFIX}{name}"[:_LONGEST])
    return f"CREATE RANGE INDEX {index} IF NOT EXISTS FOR (n:{NODE_LABEL}) ON (n.{quoted(name)})"


def drop_index_statement(index: str) -> str:
    """Do without an index of that name."""
    return f"DROP INDEX {quoted(index)} IF EXISTS"


def relabel_all_statement(add: Iterable[str], remove: Iterable[str]) -> str:
    """Give the nodes whose class is `$label` some labels and take others away."""
    added = "".join(f":{quoted(name)}" for name in add)
    removed = "".join(f":{quoted(name)}" for name in remove)
    work = (f" SET n{added}" if added else "") + (f" REMOVE n{removed}" if removed else "")
    return (
        f"MATCH (n:CmdbNode) WHERE n.label = $label CALL (n) {{ WITH n{work} }} IN TRANSACTIONS OF 5000 ROWS"
    )
