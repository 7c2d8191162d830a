"""The bare shape of the graph."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cmdb.graph.columns import PackedTexts, Words
from cmdb.graph.elements import Properties
from cmdb.graph.structure import Structure
from cmdb.store.embedded import ledger
from cmdb.store.embedded.faults import damaged
from cmdb.store.embedded.names import Names
from cmdb.store.embedded.rows import decoded, link_properties

_AT_ONCE = 20_000
"""So many row keys of nodes are read together: a bound on what is in memory twice."""

# Columns as JSON lists: one long text a column is made and read several times faster than rows are.
_NODES = (
    "SELECT json_group_array(key), json_group_array(id), json_group_array(label), json_group_array(status) "
    "FROM nodes WHERE key > ? AND key <= ?"
)
_LINKS = (
    "SELECT json_group_array(source), json_group_array(type), json_group_array(target), "
    "json_group_array(properties) FROM links WHERE source > ? AND source <= ?"
)


def structure(connection: sqlite3.Connection, names: Names) -> Structure:
    """The shape of the whole graph."""
    try:
        nodes = _Nodes(names.labels.everything(connection))
        ids = PackedTexts(nodes.taken(connection))
        links = _Links(names.link_types.everything(connection))
        links.take(connection)
        position = _positions(nodes.keys)
        return Structure(
            revision=ledger.head(connection).revision,
            ids=ids,
            labels=nodes.labels,
            statuses=nodes.statuses,
            link_types=links.types,
            link_sources=_at(position, links.sources),
            link_targets=_at(position, links.targets),
            link_properties=links.properties,
        )
    except (LookupError, TypeError, ValueError, OverflowError, AttributeError) as error:
        # Keys are numbers that lead somewhere and ids are texts, unless a page is not what was written.
        raise damaged("the graph", f"its nodes and links do not fit together ({error!r})") from error


@dataclass(slots=True)
class _Nodes:
    """Columns of nodes; `names` are those of the labels by row key."""

    names: Mapping[int, str]
    keys: array[int] = field(default_factory=lambda: array("q"))
    labels: Words = field(default_factory=Words)
    statuses: Words = field(default_factory=Words)

    def taken(self, connection: sqlite3.Connection) -> Iterator[list[str]]:
        """Take the nodes in piece by piece, and give the ids of each."""
        for keys, ids, labels, statuses in _pieces(connection, _NODES, "the nodes"):
            self.keys.extend(keys)
            self.labels.extend([self.names[key] for key in labels])
            self.statuses.extend([status or "" for status in statuses])
            yield ids


@dataclass(slots=True)
class _Links:
    """Columns of links, in row keys; `names` are those of the types by row key."""

    names: Mapping[int, str]
    sources: array[int] = field(default_factory=lambda: array("q"))
    targets: array[int] = field(default_factory=lambda: array("q"))
    types: Words = field(default_factory=Words)
    properties: dict[int, Properties] = field(default_factory=dict)

    def take(self, connection: sqlite3.Connection) -> None:
        """Take the links in piece by piece."""
        said: dict[str, Properties] = {}
        for sources, types, targets, properties in _pieces(connection, _LINKS, "the links"):
            first = len(self.types)
            self.sources.extend(sources)
            self.targets.extend(targets)
            self.types.extend([self.names[key] for key in types])
            for place, text in enumerate(properties, first):
                if text:
                    # Many links say the same, and share it.
                    if text not in said:
                        said[text] = link_properties(text)
                    self.properties[place] = said[text]


def _pieces(connection: sqlite3.Connection, statement: str, place: str) -> Iterator[list[list[Any]]]:
    """Columns of the rows, by ranges of the nodes' row keys."""
    (last,) = connection.execute("SELECT coalesce(max(key), 0) FROM nodes").fetchone()
    for begin in range(0, last, _AT_ONCE):
        columns = connection.execute(statement, (begin, begin + _AT_ONCE)).fetchone()
        yield [decoded(place, column) for column in columns]


def _positions(keys: array[int]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """The position of each row key, by row key; keys are dense, since they count upwards."""
    position = np.zeros(max(keys, default=0) + 1, dtype=np.int32)
    position[np.asarray(keys)] = np.arange(len(keys), dtype=np.int32)
    return position


def _at(position: np.ndarray[tuple[int], np.dtype[np.int32]], keys: array[int]) -> array[int]:
    """Positions of many keys as an `array`, whose buffer numpy reads without copying."""
    places = array("i")
    places.frombytes(position[np.asarray(keys)].tobytes())
    return places
