"""The bare shape of the graph, and of the part of it reached from some nodes."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Sequence

import numpy as np

from cmdb.graph.elements import Properties
from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import Direction, RegionQuery
from cmdb.graph.schema import GraphSchema
from cmdb.graph.structure import Structure
from cmdb.store.embedded import ledger
from cmdb.store.embedded.finding import link_type_keys
from cmdb.store.embedded.names import Names
from cmdb.store.embedded.rows import json_list, keys_of, link_properties

_LINK_ROWS = "SELECT source, type, target, properties FROM links"


def structure(connection: sqlite3.Connection, names: Names) -> Structure:
    """The shape of the whole graph."""
    nodes = connection.execute("SELECT key, id, label, status FROM nodes ORDER BY key").fetchall()
    return _shape(connection, names, nodes, connection.execute(_LINK_ROWS).fetchall(), truncated=False)


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
    rows = connection.execute(
        "SELECT key, id, label, status FROM nodes WHERE key IN (SELECT value FROM json_each(?))", (chosen,)
    ).fetchall()
    by_key = {row[0]: row for row in rows}
    links = connection.execute(
        f"{_LINK_ROWS} WHERE source IN (SELECT value FROM json_each(?1)) "
        "AND type IN (SELECT value FROM json_each(?2))",
        (chosen, json_list(types)),
    ).fetchall()
    inside = [link for link in links if link[2] in by_key]
    return _shape(connection, names, [by_key[key] for key in reached], inside, truncated=truncated)


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
        for near, far, types in (("source", "target", outwards), ("target", "source", inwards)):
            if types:
                rows = connection.execute(
                    f"SELECT DISTINCT l.{far} FROM json_each(?) f CROSS JOIN json_each(?) t "
                    f"JOIN links l ON l.{near} = f.value AND l.type = t.value",
                    (json_list(frontier), json_list(types)),
                )
                following.update([row[0] for row in rows])
        following.difference_update(reached)
        frontier = sorted(following)
        reached.update(dict.fromkeys(frontier))
        depth += 1
    order = list(reached)
    return order[: query.limit], len(order) > query.limit


def _shape(
    connection: sqlite3.Connection,
    names: Names,
    nodes: Sequence[tuple[int, str, int, str]],
    links: Sequence[tuple[int, int, int, str | None]],
    *,
    truncated: bool,
) -> Structure:
    labels = names.labels.everything(connection)
    types = names.link_types.everything(connection)
    keys, ids, label_keys, statuses = zip(*nodes, strict=True) if nodes else ((), (), (), ())
    sources, type_keys, targets, properties = zip(*links, strict=True) if links else ((), (), (), ())
    position = _positions(keys)
    found: dict[int, Properties] = {
        place: link_properties(text) for place, text in enumerate(properties) if text is not None
    }
    return Structure(
        revision=ledger.head(connection).revision,
        ids=ids,
        labels=[labels[key] for key in label_keys],
        statuses=statuses,
        link_types=[types[key] for key in type_keys],
        link_sources=_at(position, sources),
        link_targets=_at(position, targets),
        link_properties=found,
        truncated=truncated,
    )


def _positions(keys: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The position of each row key, by row key; keys are dense, since they count upwards."""
    position = np.zeros(max(keys, default=0) + 1, dtype=np.int64)
    position[np.asarray(keys, dtype=np.int64)] = np.arange(len(keys), dtype=np.int64)
    return position


def _at(position: np.ndarray[tuple[int], np.dtype[np.int64]], keys: Sequence[int]) -> array[int]:
    """Positions of many keys as an `array`, whose buffer numpy reads without copying."""
    return array("q", position[np.asarray(keys, dtype=np.int64)].tobytes())
