"""Bringing a file to this version's layout, and its indexes to the schema."""

from __future__ import annotations

import sqlite3

from cmdb.graph.errors import StoreUnavailableError, StoreVersionError
from cmdb.graph.schema import GraphSchema
from cmdb.kernel.values import ValueType
from cmdb.store.embedded import searching
from cmdb.store.embedded.fields import expression_of, quoted_index_name
from cmdb.store.embedded.layout import APPLICATION_ID, STEPS
from cmdb.store.embedded.names import Names


def check_owner(connection: sqlite3.Connection, place: str) -> None:
    """Look whether the file is a store that this version can use.

    Raises:
        StoreUnavailableError: it is another program's database.
        StoreVersionError: a newer version of the product wrote it.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION_ID and tables:
        raise StoreUnavailableError(
            f"{place}: the file is another program's database",
            remedy="Name another file in CMDB_STORE; this one was left as it is.",
        )
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
    if version != len(STEPS):
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(STEPS)}")
    names.labels.add(connection, schema.labels)
    names.link_types.add(connection, schema.link_types)
    _fit_indexes(connection, schema)
    searching.adopt_rules(connection, names, schema)


def _fit_indexes(connection: sqlite3.Connection, schema: GraphSchema) -> None:
    wanted: dict[str, str] = {}
    for name, types in _indexed(schema).items():
        wanted[quoted_index_name(name)] = expression_of(name, types)
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE name LIKE 'property:%'").fetchall()
    present = {quoted_index_name(name.removeprefix("property:")): sql for name, sql in rows}
    statements = {
        index: f"CREATE INDEX {index} ON nodes ({expression}, id, label) WHERE {expression} IS NOT NULL"
        for index, expression in wanted.items()
    }
    for index, sql in present.items():
        if statements.get(index) != sql:
            connection.execute(f"DROP INDEX {index}")
    for index, statement in sorted(statements.items()):
        if present.get(index) != statement:
            connection.execute(statement)


def _indexed(schema: GraphSchema) -> dict[str, set[ValueType]]:
    """The properties to be indexed, with the types they have."""
    found: dict[str, set[ValueType]] = {}
    wanted = set()
    for label in schema.labels.values():
        for name, rule in label.properties.items():
            found.setdefault(name, set()).add(rule.type)
            if rule.indexed:
                wanted.add(name)
    return {name: found[name] for name in wanted if ValueType.STRING_LIST not in found[name]}
