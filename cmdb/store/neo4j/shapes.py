"""The bare shape of the graph, and of the part of it reached from some nodes."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import count
from typing import Any

from cmdb.graph.elements import Properties
from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import Direction, RegionQuery
from cmdb.graph.schema import GraphSchema
from cmdb.graph.structure import Structure
from cmdb.store.neo4j.compile_links import frontier_statement, region_links_statement, region_nodes_statement
from cmdb.store.neo4j.compile_names import link_types_of
from cmdb.store.neo4j.connection import Transaction
from cmdb.store.neo4j.ledger import locked_head
from cmdb.store.neo4j.reading import head, sendable
from cmdb.store.neo4j.statements import STRUCTURE_LINKS, STRUCTURE_NODES

_PIECE = 20_000


async def structure(transaction: Transaction) -> Structure:
    """The shape of the whole graph, as it is read; whoever calls sees to it that nobody writes meanwhile."""
    revision = (await head(transaction)).revision
    ids: list[str] = []
    labels: list[str] = []
    statuses: list[str] = []
    types: list[str] = []
    sources: list[str] = []
    targets: list[str] = []
    properties: dict[int, Properties] = {}
    after = ""
    while True:
        nodes = await transaction.row(STRUCTURE_NODES, after=after, first=_PIECE)
        if nodes is None or not nodes[0]:
            break
        links = await transaction.row(STRUCTURE_LINKS, after=after, first=_PIECE)
        for column, found in zip((ids, labels, statuses), nodes, strict=True):
            column.extend(found)
        if links is not None:
            offset = len(types)
            for column, found in zip((sources, types, targets), links, strict=False):
                column.extend(found)
            properties.update({offset + place: own for place, own in enumerate(links[3]) if own})
        after = nodes[0][-1]
    position = dict(zip(ids, count(), strict=False))
    return Structure(
        revision=revision,
        ids=ids,
        labels=labels,
        statuses=statuses,
        link_types=types,
        link_sources=_at(position, sources),
        link_targets=_at(position, targets),
        link_properties=properties,
    )


async def structure_while_nobody_writes(transaction: Transaction) -> Structure:
    """The shape of the whole graph; commits wait until the transaction ends."""
    await locked_head(transaction)
    return await structure(transaction)


async def region(transaction: Transaction, schema: GraphSchema, query: RegionQuery) -> Structure:
    """The part reached from some nodes, in breadth-first order, with its links of the types followed.

    Raises:
        InvalidQueryError: unknown link type, or a negative limit or depth.
    """
    if query.limit < 0 or (query.max_depth is not None and query.max_depth < 0):
        raise InvalidQueryError("a region's limit and depth cannot be negative")
    link_types_of(schema, (name for name, _ in query.steps))
    revision = (await head(transaction)).revision
    reached, truncated = await _reached(transaction, schema, query)
    rows = await transaction.rows(region_nodes_statement(), ids=reached)
    position = {row[0]: place for place, row in enumerate(rows)}
    links = await _links(transaction, schema, query, list(position))
    inside = [row for row in links if row[2] in position]
    return Structure(
        revision=revision,
        ids=[row[0] for row in rows],
        labels=[row[1] for row in rows],
        statuses=[row[2] for row in rows],
        link_types=[row[1] for row in inside],
        link_sources=_at(position, [row[0] for row in inside]),
        link_targets=_at(position, [row[2] for row in inside]),
        link_properties={place: row[3] for place, row in enumerate(inside) if row[3]},
        truncated=truncated,
    )


async def _links(
    transaction: Transaction, schema: GraphSchema, query: RegionQuery, ids: list[str]
) -> list[list[Any]]:
    if not query.steps:
        return []
    return await transaction.rows(region_links_statement(schema, (name for name, _ in query.steps)), ids=ids)


async def _reached(
    transaction: Transaction, schema: GraphSchema, query: RegionQuery
) -> tuple[list[str], bool]:
    """Ids in breadth-first order, each ring sorted, and whether there were more than the limit."""
    steps = [
        frontier_statement(schema, types, direction)
        for direction in (Direction.OUT, Direction.IN)
        if (types := [name for name, followed in query.steps if followed is direction])
    ]
    rows = await transaction.rows(region_nodes_statement(), ids=sendable(query.starts))
    frontier = [row[0] for row in rows]
    reached = dict.fromkeys(frontier)
    depth = 0
    while frontier and len(reached) <= query.limit and depth != query.max_depth:
        following: set[str] = set()
        for statement in steps:
            following.update([row[0] for row in await transaction.rows(statement, ids=frontier)])
        following.difference_update(reached)
        frontier = sorted(following)
        reached.update(dict.fromkeys(frontier))
        depth += 1
    order = list(reached)
    return order[: query.limit], len(order) > query.limit


def _at(position: dict[str, int], ids: Sequence[str]) -> array[int]:
    """Positions of many ids as an `array`, whose buffer numpy reads without copying."""
    return array("q", [position[node_id] for node_id in ids])
