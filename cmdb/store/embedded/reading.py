"""Reading by id: nodes, holders of identifiers, links."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from cmdb.graph.elements import Link, LinkKey, Node, Properties
from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import Direction, LinkQuery
from cmdb.graph.schema import GraphSchema
from cmdb.store.embedded.compile_links import links_statement
from cmdb.store.embedded.faults import damaged
from cmdb.store.embedded.finding import link_type_keys
from cmdb.store.embedded.names import Names
from cmdb.store.embedded.rows import NODE_COLUMNS, json_list, keys_of, link_properties, node_of, row_list


def get(connection: sqlite3.Connection, names: Names, ids: Sequence[str]) -> Mapping[str, Node]:
    """The nodes with these ids, in the order asked for."""
    # The ids lead, so that the rows come in their order and SQLite need not sort them for a search of its own.
    rows = connection.execute(
        f"SELECT {NODE_COLUMNS} FROM json_each(?) AS asked CROSS JOIN nodes ON nodes.id = asked.value",
        (json_list(ids),),
    )
    return {row[0]: node_of(connection, names, row) for row in rows}


def resolve(connection: sqlite3.Connection, identifiers: Sequence[str]) -> Mapping[str, str]:
    """The node id that holds each identifier.

    Raises:
        StoreDamagedError: an identifier or id is no text.
    """
    held = dict(
        connection.execute(
            "SELECT i.value, n.id FROM identifiers i JOIN nodes n ON n.key = i.node "
            "WHERE i.value IN (SELECT value FROM json_each(?))",
            (json_list(identifiers),),
        ).fetchall()
    )
    if any(type(text) is not str for pair in held.items() for text in pair):
        raise damaged("identifiers", "they are not what was written")
    return held


def links(
    connection: sqlite3.Connection, names: Names, schema: GraphSchema, query: LinkQuery
) -> Mapping[str, Sequence[Link]]:
    """The links of each node asked for, ordered by type and the other end's id.

    Raises:
        InvalidQueryError: unknown link type or label, or a negative bound.
    """
    if query.first is not None and query.first < 0:
        raise InvalidQueryError(f"{query.first} links of each node were asked for")
    outwards = query.direction is Direction.OUT
    types = link_type_keys(connection, names, schema, query.types) if query.types else None
    labels = None
    if query.labels is not None:
        for label in query.labels:
            if label not in schema.labels:
                raise InvalidQueryError(f"unknown label {label!r}")
        labels = names.labels.keys(connection, query.labels)
    statement = links_statement(query.ids, query.direction, types, labels, query.first)
    found: dict[str, list[Link]] = {}
    for here, type_name, there, text, _ in connection.execute(statement.text, statement.values).fetchall():
        key = LinkKey(type_name, here, there) if outwards else LinkKey(type_name, there, here)
        found.setdefault(here, []).append(Link(key, link_properties(text)))
    return found


def links_at(
    connection: sqlite3.Connection, names: Names, keys: Sequence[LinkKey]
) -> Mapping[LinkKey, Properties]:
    """The properties of those links that stand."""
    ends = keys_of(connection, {end for key in keys for end in (key.source, key.target)})
    types = {name: names.link_types.key(connection, name) for name in {key.type for key in keys}}
    places: dict[tuple[int, int, int], LinkKey] = {}
    for key in keys:
        source, link_type, target = ends.get(key.source), types[key.type], ends.get(key.target)
        if source is not None and link_type is not None and target is not None:
            places[source, link_type, target] = key
    rows = connection.execute(
        "SELECT l.source, l.type, l.target, l.properties FROM json_each(?) k CROSS JOIN links l "
        "ON l.source = json_extract(k.value, '$[0]') AND l.type = json_extract(k.value, '$[1]') "
        "AND l.target = json_extract(k.value, '$[2]')",
        (row_list(sorted(places)),),
    ).fetchall()
    return {places[row[:3]]: link_properties(row[3]) for row in rows}
