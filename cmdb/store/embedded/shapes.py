"""The bare shape of the graph."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Sequence

import numpy as np

from cmdb.graph.structure import Structure
from cmdb.store.embedded import ledger
from cmdb.store.embedded.faults import damaged
from cmdb.store.embedded.names import Names
from cmdb.store.embedded.rows import decoded, link_properties

# Columns as JSON lists: one long text a column is made and read several times faster than rows are.
_NODE_COLUMNS = "SELECT json_group_array(key), json_group_array(id), json_group_array(label), json_group_array(status) FROM "
_LINK_COLUMNS = (
    "SELECT json_group_array(source), json_group_array(type), json_group_array(target), "
    "json_group_array(properties) FROM "
)
_Positions = np.ndarray[tuple[int], np.dtype[np.int64]]


def structure(connection: sqlite3.Connection, names: Names) -> Structure:
    """The shape of the whole graph."""
    nodes = connection.execute(f"{_NODE_COLUMNS} nodes").fetchone()
    links = connection.execute(f"{_LINK_COLUMNS} links").fetchone()
    return _shape(connection, names, nodes, links, truncated=False)


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
