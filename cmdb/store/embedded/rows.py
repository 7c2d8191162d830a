"""Rows to nodes and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import orjson

from cmdb.graph.elements import Node, Properties
from cmdb.store.embedded.faults import damaged
from cmdb.store.embedded.names import Names

NODE_COLUMNS = (
    "nodes.id, nodes.label, nodes.version, nodes.revision, nodes.created_at, nodes.updated_at, "
    "nodes.checksum, CAST(nodes.properties AS BLOB)"
)
"""What `node_of` takes, in its order; properties as bytes spare making a text of them first."""


@dataclass(frozen=True, slots=True)
class StandingNode:
    """A node as it stands, with its row key."""

    key: int
    node: Node


def properties_json(properties: Properties) -> bytes:
    """Properties as canonical JSON."""
    return orjson.dumps(properties, option=orjson.OPT_SORT_KEYS)


def json_list(values: Iterable[str | int]) -> str:
    """A JSON list to bind where SQL reads `json_each(?)`.

    ASCII only, so that a text that is not valid Unicode finds nothing instead of failing.
    """
    items = list(values)
    try:
        return orjson.dumps(items).decode()
    except TypeError:
        return json.dumps(items)


def bindable(text: str) -> str:
    """The text as it can be bound; one that is not valid Unicode becomes one that nothing is equal to."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def row_list(rows: Iterable[tuple[int, ...]]) -> str:
    """Rows of numbers as a JSON list of lists, to bind where SQL reads `json_each(?)`."""
    return orjson.dumps(list(rows)).decode()


def node_of(connection: sqlite3.Connection, names: Names, row: tuple[Any, ...]) -> Node:
    """The node of a row of NODE_COLUMNS.

    Raises:
        StoreDamagedError: the row's checksum does not fit its properties, or its id is no text.
    """
    node_id, label, version, revision, created_at, updated_at, checksum, properties = row
    # A damaged page can give NULL or a number where none was ever written.
    if type(node_id) is not str or type(properties) is not bytes or crc32(properties) != checksum:
        raise damaged(f"node {node_id!r}", "its properties are not what was written")
    return Node(
        node_id,
        names.labels.name(connection, label),
        orjson.loads(properties),
        version,
        revision,
        created_at,
        updated_at,
    )


def decoded(place: str, text: str | bytes) -> Any:
    """The value of stored JSON.

    Raises:
        StoreDamagedError: it is not JSON.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise damaged(place, f"it is not JSON ({error})") from error


def link_properties(text: str | None) -> Properties:
    """A link's properties; an absent text stands for none."""
    if text is None:
        return {}
    properties: Mapping[str, Any] = decoded("a link's properties", text)
    return properties


def keys_of(connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, int]:
    """The row keys of nodes; ids that are not there are left out."""
    return dict(
        connection.execute(
            "SELECT id, key FROM nodes WHERE id IN (SELECT value FROM json_each(?))", (json_list(ids),)
        ).fetchall()
    )


def standing_nodes(
    connection: sqlite3.Connection, names: Names, ids: Iterable[str]
) -> dict[str, StandingNode]:
    """Nodes with their row keys; ids that are not there are left out."""
    rows = connection.execute(
        f"SELECT nodes.key, {NODE_COLUMNS} FROM nodes WHERE id IN (SELECT value FROM json_each(?))",
        (json_list(ids),),
    ).fetchall()
    return {row[1]: StandingNode(row[0], node_of(connection, names, row[1:])) for row in rows}
