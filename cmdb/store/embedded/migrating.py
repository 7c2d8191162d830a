"""Bringing a file to this version's layout, and its indexes to the schema."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from cmdb.graph.errors import StoreVersionError
from cmdb.graph.schema import GraphSchema
from cmdb.store.embedded import searching, value_index
from cmdb.store.embedded.compile_names import drop_index_statement, user_version_statement
from cmdb.store.embedded.faults import NotAStoreError, damaged, looks_like_a_store
from cmdb.store.embedded.layout import APPLICATION_ID, STEPS
from cmdb.store.embedded.names import Names


def check_owner(connection: sqlite3.Connection, place: str) -> None:
    """Look whether the file is a store that this version can use.

    Raises:
        NotAStoreError: it is another program's database.
        StoreDamagedError: only what says that it is a store is gone.
        StoreVersionError: a newer version of the product wrote it.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION_ID and tables:
        if looks_like_a_store(Path(place)):
            raise damaged(place, "what says that it is a store is not what was written")
        raise NotAStoreError(f"{place}: the file is another program's database")
    version = layout_version(connection)
    if version > len(STEPS):
        raise StoreVersionError(
            f"{place}: the file has layout {version}, and this version knows layouts up to {len(STEPS)}",
            details={"found": version, "known": len(STEPS)},
        )


def layout_version(connection: sqlite3.Connection) -> int:
    """How many layout steps the file has taken."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def migrate(connection: sqlite3.Connection, names: Names, schema: GraphSchema, place: str) -> None:
    """Take the missing layout steps and fit names, indexes and search to the schema, in the open transaction."""
    check_owner(connection, place)
    version = layout_version(connection)
    for step in STEPS[version:]:
        for statement in step:
            connection.execute(statement)
    if version == 1:
        _drop_expression_indexes(connection)
    if version != len(STEPS):
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(user_version_statement(len(STEPS)))
    names.labels.add(connection, schema.labels)
    names.link_types.add(connection, schema.link_types)
    value_index.adopt(connection, schema)
    searching.adopt_rules(connection, names, schema)


def _drop_expression_indexes(connection: sqlite3.Connection) -> None:
    """Layout 1 had an index on an expression for each indexed property; the index of values replaces them."""
    rows = connection.execute("SELECT name FROM sqlite_master WHERE name LIKE 'property:%'").fetchall()
    for (name,) in rows:
        connection.execute(drop_index_statement(name))
