"""Indexes, labels and searched texts follow the model."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from cmdb.store.neo4j.compile_names import label_names
from cmdb.store.neo4j.compile_rows import NODE, node_of
from cmdb.store.neo4j.compile_schema import (
    INDEX_PREFIX,
    create_index_statement,
    drop_index_statement,
    relabel_all_statement,
)
from cmdb.store.neo4j.connection import Connection, Transaction
from cmdb.store.neo4j.layout import Layout
from cmdb.store.neo4j.search_text import search_texts
from cmdb.store.neo4j.statements import UPDATE_NODES

_AT_ONCE = 2000

_MODEL = "MATCH (m:CmdbModel {name: 'model'}) RETURN m.fingerprint, m.rules"
_KEEP_MODEL = "MERGE (m:CmdbModel {name: 'model'}) SET m.fingerprint = $fingerprint, m.rules = $rules"
_INDEXES = "SHOW RANGE INDEXES YIELD name WHERE name STARTS WITH $prefix RETURN name"
_OF_LABEL = f"""
MATCH (n:CmdbNode) WHERE n.id > $after AND n.label = $label
RETURN {NODE} ORDER BY n.id LIMIT $first
"""

Rules = dict[str, dict[str, list[str]]]
"""Of each label its ancestors and its searched properties, as a store was last fitted to them."""


async def is_fitted(connection: Connection, layout: Layout) -> bool:
    """Whether the database was last fitted to this very schema."""
    fingerprint, _ = await connection.read(_model)
    return fingerprint == layout.schema.fingerprint


async def fit(connection: Connection, layout: Layout, renew: Callable[[], Awaitable[None]]) -> None:
    """Make and drop indexes, and bring the labels and searched texts of standing nodes in step.

    `renew` is called between steps, to keep the right to do this.
    """
    _, known = await connection.read(_model)
    wanted = rules_of(layout)
    await _fit_indexes(connection, layout)
    await renew()
    for label in sorted({*known, *wanted}):
        before, after = known.get(label, {}), wanted.get(label, {})
        if before.get("ancestors", []) != after.get("ancestors", []):
            await _fit_labels(connection, label, before.get("ancestors", []), after.get("ancestors", []))
        if before.get("searched", []) != after.get("searched", []):
            await _fit_texts(connection, layout, label, renew)
        await renew()

    async def keep(transaction: Transaction) -> None:
        rules = orjson.dumps(wanted, option=orjson.OPT_SORT_KEYS).decode()
        await transaction.do(_KEEP_MODEL, fingerprint=layout.schema.fingerprint, rules=rules)

    await connection.write(keep)


def rules_of(layout: Layout) -> Rules:
    """What of the schema is written onto nodes, by label."""
    return {
        name: {
            "ancestors": list(label_names(layout.schema, name)[1:]),
            "searched": list(layout.searched(name)),
        }
        for name in layout.schema.labels
    }


async def _model(transaction: Transaction) -> tuple[str, Rules]:
    row = await transaction.row(_MODEL)
    return (row[0], orjson.loads(row[1])) if row else ("", {})


async def _fit_indexes(connection: Connection, layout: Layout) -> None:
    wanted = {f"{INDEX_PREFIX}{name}"[:64]: name for name in layout.indexed}
    present = {row[0] for row in await connection.alone(_INDEXES, {"prefix": INDEX_PREFIX})}

    async def alter(transaction: Transaction) -> None:
        for index in sorted(present - wanted.keys()):
            await transaction.do(drop_index_statement(index))
        for index in sorted(wanted.keys() - present):
            await transaction.do(create_index_statement(wanted[index]))

    if present != wanted.keys():
        await connection.write(alter)
        await connection.alone("CALL db.awaitIndexes(600)")


async def _fit_labels(connection: Connection, label: str, before: list[str], after: list[str]) -> None:
    add = [name for name in after if name not in before]
    remove = [name for name in before if name not in after and name != label]
    if add or remove:
        await connection.alone(relabel_all_statement(add, remove), {"label": label})


async def _fit_texts(
    connection: Connection, layout: Layout, label: str, renew: Callable[[], Awaitable[None]]
) -> None:
    searched = layout.searched(label)
    after = ""
    while True:

        async def work(transaction: Transaction, after: str = after) -> str:
            rows = await transaction.rows(_OF_LABEL, label=label, after=after, first=_AT_ONCE)
            changes = []
            for (row,) in rows:
                title, text = search_texts(node_of(row).properties, searched)
                changes.append({"id": row["id"], "set": {"_title": title, "_text": text}})
            await transaction.do(UPDATE_NODES, rows=changes)
            return _last(rows)

        after = await connection.write(work)
        if not after:
            return
        await renew()


def _last(rows: list[list[Any]]) -> str:
    return rows[-1][0]["id"] if len(rows) == _AT_ONCE else ""
