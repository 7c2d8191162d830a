"""The part of the graph reached from some nodes: one statement a ring, over different nodes."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cmdb.graph.elements import Properties
from cmdb.graph.query import Direction, RegionQuery, Steps
from cmdb.graph.schema import GraphSchema
from cmdb.graph.structure import Structure
from cmdb.graph.walking import Ask, ByIds, Reached, Seen, reached_at_once
from cmdb.store.embedded import ledger
from cmdb.store.embedded.faults import damaged
from cmdb.store.embedded.finding import link_type_keys
from cmdb.store.embedded.names import Names
from cmdb.store.embedded.rows import decoded, json_list, link_properties

_BY_IDS = (
    "SELECT n.key, n.id, n.label, n.status FROM json_each(?) c CROSS JOIN nodes n ON n.id = c.value "
    "ORDER BY n.id"
)
_BY_KEYS = "SELECT n.key, n.id, n.label, n.status FROM json_each(?) c CROSS JOIN nodes n ON n.key = c.value"

_FOLLOWED_OUT = (
    "SELECT n.key, n.id, n.label, n.status FROM (SELECT DISTINCT l.target AS key FROM json_each(?) f "
    "CROSS JOIN json_each(?) t JOIN links l ON l.source = f.value AND l.type = t.value) d "
    "CROSS JOIN nodes n ON n.key = d.key"
)
_FOLLOWED_IN = (
    "SELECT n.key, n.id, n.label, n.status FROM (SELECT DISTINCT l.source AS key FROM json_each(?) f "
    "CROSS JOIN json_each(?) t JOIN links l ON l.target = f.value AND l.type = t.value) d "
    "CROSS JOIN nodes n ON n.key = d.key"
)

# Columns as JSON lists: one long text a column is made and read several times faster than rows are.
# The plus keeps the planner from looking up every pair of a source and a target.
_WITHIN = """
SELECT json_group_array(source), json_group_array(type), json_group_array(target), json_group_array(properties)
FROM links
WHERE source IN (SELECT value FROM json_each(?1)) AND type IN (SELECT value FROM json_each(?2))
  AND +target IN (SELECT value FROM json_each(?1))
"""
_RIM_OUT = """
SELECT json_group_array(source), json_group_array(type), json_group_array(target), json_group_array(properties)
FROM links
WHERE source IN (SELECT value FROM json_each(?1)) AND type IN (SELECT value FROM json_each(?2))
"""
# What leads here by a type that is followed outwards too, from a node of the region, is in the rim already.
_RIM_IN = """
SELECT json_group_array(source), json_group_array(type), json_group_array(target), json_group_array(properties)
FROM links
WHERE target IN (SELECT value FROM json_each(?1)) AND type IN (SELECT value FROM json_each(?2))
  AND (type NOT IN (SELECT value FROM json_each(?3)) OR +source NOT IN (SELECT value FROM json_each(?1)))
"""


def region(
    connection: sqlite3.Connection, names: Names, schema: GraphSchema, query: RegionQuery
) -> Structure:
    """The region, from the one snapshot that the connection's transaction holds.

    Raises:
        InvalidQueryError: unknown link type, or a negative limit or depth.
    """
    reader = _Reader(connection, names, schema)
    reader.link_types(query.types())
    reached = reader.reached(query)
    links = reader.links(query, list(reached.nodes))
    nodes = reader.with_ends(reached.nodes, links)
    return _shape(ledger.head(connection).revision, nodes, links, truncated=reached.truncated)


class _Links:
    """Columns of links, in row keys."""

    def __init__(self) -> None:
        self.sources: list[int] = []
        self.types: list[str] = []
        self.targets: list[int] = []
        self.properties: dict[int, Properties] = {}


class _Reader:
    """Asks one connection. Each look at the names is one statement, so they are looked at once."""

    def __init__(self, connection: sqlite3.Connection, names: Names, schema: GraphSchema) -> None:
        self._connection = connection
        self._names = names
        self._schema = schema
        self._labels = names.labels.everything(connection)
        self._types = names.link_types.everything(connection)

    def link_types(self, names: tuple[str, ...]) -> list[int]:
        """Row keys of link types.

        Raises:
            InvalidQueryError: the schema does not know one of them.
        """
        return link_type_keys(self._connection, self._names, self._schema, names)

    def reached(self, query: RegionQuery) -> Reached[int]:
        """What the walks find, by row key."""
        return reached_at_once(query, self._answer)

    def _answer(self, asked: Ask[int]) -> Iterator[Seen[int]]:
        if isinstance(asked, ByIds):
            return self._seen(_BY_IDS, json_list(asked.ids))
        return self._a_step_away(json_list(asked.keys), asked.steps)

    def _a_step_away(self, keys: str, steps: Steps) -> Iterator[Seen[int]]:
        for statement, direction in ((_FOLLOWED_OUT, Direction.OUT), (_FOLLOWED_IN, Direction.IN)):
            types = self.link_types(tuple({name for name, way in steps if way is direction}))
            if types:
                yield from self._seen(statement, keys, json_list(types))

    def _seen(self, statement: str, *values: str) -> Iterator[Seen[int]]:
        labels = self._labels
        for key, node_id, label, status in self._connection.execute(statement, values).fetchall():
            if type(node_id) is not str or label not in labels:
                raise damaged("the nodes", f"the one of row {key} is not what was written")
            yield Seen(key, node_id, labels[label], status or "")

    def links(self, query: RegionQuery, keys: list[int]) -> _Links:
        """The links of the region."""
        found, chosen = _Links(), json_list(keys)
        outwards = self.link_types(query.types(Direction.OUT))
        inwards = self.link_types(query.types(Direction.IN))
        within = self.link_types(query.inner_types)
        if within:
            self._take(found, _WITHIN, chosen, json_list(within))
        if outwards:
            self._take(found, _RIM_OUT, chosen, json_list(outwards))
        if inwards:
            self._take(found, _RIM_IN, chosen, json_list(inwards), json_list(outwards))
        return found

    def _take(self, found: _Links, statement: str, *values: str) -> None:
        columns: Iterable[str] = self._connection.execute(statement, values).fetchone()
        sources, types, targets, properties = (decoded("the links", column) for column in columns)
        begin = len(found.sources)
        try:
            found.sources += sources
            found.types += [self._types[key] for key in types]
            found.targets += targets
            said = {begin + place: link_properties(text) for place, text in enumerate(properties) if text}
            found.properties.update(said)
        except (LookupError, TypeError, ValueError) as error:
            raise damaged("the links", f"their types or properties cannot be read ({error!r})") from error

    def with_ends(self, reached: Mapping[int, Seen[int]], links: _Links) -> dict[int, Seen[int]]:
        """The nodes reached, and those at the other ends of their links, by id."""
        beyond = ({*links.sources, *links.targets}) - reached.keys()
        ends = sorted(self._seen(_BY_KEYS, json_list(beyond)), key=lambda node: node.id) if beyond else ()
        return {**reached, **{node.key: node for node in ends}}


def _shape(revision: int, nodes: Mapping[int, Seen[int]], links: _Links, *, truncated: bool) -> Structure:
    place: dict[Any, int] = {key: number for number, key in enumerate(nodes)}
    try:
        return Structure(
            revision=revision,
            ids=[node.id for node in nodes.values()],
            labels=[node.label for node in nodes.values()],
            statuses=[node.status for node in nodes.values()],
            link_types=links.types,
            link_sources=array("q", [place[key] for key in links.sources]),
            link_targets=array("q", [place[key] for key in links.targets]),
            link_properties=links.properties,
            truncated=truncated,
        )
    except LookupError as error:
        # A link's ends are nodes, unless a page is not what was written.
        raise damaged("the graph", f"its nodes and links do not fit together ({error!r})") from error
