"""The bare shape of the graph, and of the part of it reached from some nodes."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Sequence

import numpy as np

from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import Direction, RegionQuery
from cmdb.graph.schema import GraphSchema
from cmdb.graph.structure import Structure
from cmdb.store.embedded import ledger
from cmdb.store.embedded.faults import damaged
from cmdb.store.embedded.finding import link_type_keys
from cmdb.store.embedded.names import Names
from cmdb.store.embedded.rows import decoded, json_list, keys_of, link_properties

# Columns as JSON lists: one long text a column is made and read several times faster than rows are.
_NODE_COLUMNS = "SELECT json_group_array(key), json_group_array(id), json_group_array(label), json_group_array(status) FROM "
_LINK_COLUMNS = (
    "SELECT json_group_array(source), json_group_array(type), json_group_array(target), "
    "json_group_array(properties) FROM "
)
_FOLLOWED_OUT = (
    "SELECT DISTINCT l.target FROM json_each(?) f CROSS JOIN json_each(?) t "
    "JOIN links l ON l.source = f.value AND l.type = t.value"
)
_FOLLOWED_IN = (
    "SELECT DISTINCT l.source FROM json_each(?) f CROSS JOIN json_each(?) t "
    "JOIN links l ON l.target = f.value AND l.type = t.value"
)

_Positions = np.ndarray[tuple[int], np.dtype[np.int64]]


def structure(connection: sqlite3.Connection, names: Names) -> Structure:
    """The shape of the whole graph."""
    nodes = connection.execute(f"{_NODE_COLUMNS} nodes").fetchone()
    links = connection.execute(f"{_LINK_COLUMNS} links").fetchone()
    return _shape(connection, names, nodes, links, truncated=False)


def region(
    connection: sqlite3.Connection, names: Names, schema: GraphSchema, query: RegionQuery
) -> Structure:
    """The part reached from some nodes, in breadth-first order, with its links of the types followed.

    Raises:
        InvalidQueryError: unknown link type, or a negative limit or depth.
    """
    if query.limit < 0 or (query.max_depth is not None and query.max_depth < 0):
        raise InvalidQueryError("a region's limit and depth cannot be negative")
    types = link_type_keys(connection, names, schema, tuple(name for name, _ in query.steps))
    outwards = link_type_keys(connection, names, schema, _types(query, Direction.OUT))
    inwards = link_type_keys(connection, names, schema, _types(query, Direction.IN))
    reached, truncated = _reached(connection, query, outwards, inwards)
    chosen = json_list(reached)
    nodes = connection.execute(
        f"{_NODE_COLUMNS} (SELECT n.* FROM json_each(?) c CROSS JOIN nodes n ON n.key = c.value)", (chosen,)
    ).fetchone()
    # The plus keeps the planner from looking up every pair of a source and a target.
    links = connection.execute(
        f"{_LINK_COLUMNS} links WHERE source IN (SELECT value FROM json_each(?1)) "
        "AND type IN (SELECT value FROM json_each(?2)) AND +target IN (SELECT value FROM json_each(?1))",
        (chosen, json_list(types)),
    ).fetchone()
    return _shape(connection, names, nodes, links, truncated=truncated)


def _types(query: RegionQuery, direction: Direction) -> tuple[str, ...]:
    return tuple({name for name, followed in query.steps if followed is direction})


def _reached(
    connection: sqlite3.Connection, query: RegionQuery, outwards: list[int], inwards: list[int]
) -> tuple[list[int], bool]:
    """Row keys in breadth-first order, and whether there were more than the limit."""
    found = keys_of(connection, query.starts)
    frontier = [found[node_id] for node_id in dict.fromkeys(query.starts) if node_id in found]
    reached = dict.fromkeys(frontier)
    depth = 0
    while frontier and len(reached) <= query.limit and depth != query.max_depth:
        following: set[int] = set()
        for statement, types in ((_FOLLOWED_OUT, outwards), (_FOLLOWED_IN, inwards)):
            if types:
                rows = connection.execute(statement, (json_list(frontier), json_list(types)))
                following.update([row[0] for row in rows])
        following.difference_update(reached)
        frontier = sorted(following)
        if len(reached) + len(frontier) > query.limit:
            # Which of a ring's nodes are kept must not depend on how a store keeps them.
            frontier = _by_id(connection, frontier)
        reached.update(dict.fromkeys(frontier))
        depth += 1
    order = list(reached)
    return order[: query.limit], len(order) > query.limit


def _by_id(connection: sqlite3.Connection, keys: list[int]) -> list[int]:
    rows = connection.execute(
        "SELECT key FROM nodes WHERE key IN (SELECT value FROM json_each(?)) ORDER BY id", (json_list(keys),)
    )
    return [row[0] for row in rows]


def _shape(
    connection: sqlite3.Connection,
    names: Names,
    nodes: Sequence[str],
    links: Sequence[str],
    *,
    truncated: bool,
) -> Structure:
    labels = names.labels.everything(connection)
    types = names.link_types.everything(connection)
    keys, ids, label_keys, statuses = (decoded("the nodes", column) for column in nodes)
    sources, type_keys, targets, properties = (decoded("the links", column) for column in links)
    try:
        position = _positions(keys)
        return Structure(
            revision=ledger.head(connection).revision,
            ids=ids,
            labels=[labels[key] for key in label_keys],
            statuses=[status or "" for status in statuses],
            link_types=[types[key] for key in type_keys],
            link_sources=_at(position, sources),
            link_targets=_at(position, targets),
            link_properties={place: link_properties(text) for place, text in enumerate(properties) if text},
            truncated=truncated,
        )
    except (LookupError, TypeError, ValueError, OverflowError) as error:
        # Keys are numbers that lead somewhere, unless a page is not what was written.
        raise damaged("the graph", f"its nodes and links do not fit together ({error!r})") from error


def _positions(keys: Sequence[int]) -> _Positions:
    """The position of each row key, by row key; keys are dense, since they count upwards."""
    position = np.zeros(max(keys, default=0) + 1, dtype=np.int64)
    position[np.asarray(keys, dtype=np.int64)] = np.arange(len(keys), dtype=np.int64)
    return position


def _at(position: _Positions, keys: Sequence[int]) -> array[int]:
    """Positions of many keys as an `array`, whose buffer numpy reads without copying."""
    return array("q", position[np.asarray(keys, dtype=np.int64)].tobytes())
