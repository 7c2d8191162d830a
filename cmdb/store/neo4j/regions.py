"""The part of the graph reached from some nodes: one statement a ring, over different nodes.

A variable-length pattern is not used: it may walk each path, and how it walks is up to the planner.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from cmdb.graph.elements import Properties
from cmdb.graph.query import Direction, RegionQuery
from cmdb.graph.schema import GraphSchema
from cmdb.graph.structure import Structure
from cmdb.graph.walking import Ask, ByIds, Seen, reached_by
from cmdb.store.neo4j.compile_links import frontier_statement, region_links_statement, region_nodes_statement
from cmdb.store.neo4j.compile_names import link_types_of
from cmdb.store.neo4j.connection import Row, Transaction
from cmdb.store.neo4j.ledger import locked_head
from cmdb.store.neo4j.reading import head, sendable

_PIECE = 20_000

Links = dict[tuple[str, str, str], Properties]


async def region(transaction: Transaction, schema: GraphSchema, query: RegionQuery) -> Structure:
    """The region, as it is read; whoever calls sees to it that nobody writes meanwhile.

    Raises:
        InvalidQueryError: unknown link type, or a negative limit or depth.
    """
    link_types_of(schema, (*query.types(), *query.types(Direction.OUT), *query.types(Direction.IN)))
    revision = (await head(transaction)).revision
    reached = await reached_by(query, partial(_answer, transaction, schema))
    links = await _links(transaction, schema, query, reached.nodes)
    nodes = dict(reached.nodes)
    beyond = dict.fromkeys(end for _, *ends in links for end in ends if end not in nodes)
    ends = await _seen(transaction, region_nodes_statement(), list(beyond)) if beyond else []
    nodes.update({node.key: node for node in sorted(ends, key=lambda node: node.id)})
    place = {key: number for number, key in enumerate(nodes)}
    return Structure(
        revision=revision,
        ids=list(nodes),
        labels=[node.label for node in nodes.values()],
        statuses=[node.status for node in nodes.values()],
        link_types=[kind for kind, _, _ in links],
        link_sources=array("q", [place[source] for _, source, _ in links]),
        link_targets=array("q", [place[target] for _, _, target in links]),
        link_properties={number: own for number, own in enumerate(links.values()) if own},
        truncated=reached.truncated,
    )


async def region_while_nobody_writes(
    transaction: Transaction, schema: GraphSchema, query: RegionQuery
) -> Structure:
    """The region; commits wait until the transaction ends."""
    await locked_head(transaction)
    return await region(transaction, schema, query)


async def _answer(transaction: Transaction, schema: GraphSchema, asked: Ask[str]) -> list[Seen[str]]:
    if isinstance(asked, ByIds):
        return await _seen(transaction, region_nodes_statement(), sorted(sendable(asked.ids)))
    return await _seen(transaction, frontier_statement(schema, asked.steps), asked.keys)


async def _seen(transaction: Transaction, statement: str, ids: Sequence[str]) -> list[Seen[str]]:
    return [Seen(row[0], *row) for row in await _rows(transaction, statement, ids)]


async def _links(
    transaction: Transaction, schema: GraphSchema, query: RegionQuery, reached: Mapping[str, object]
) -> Links:
    """The region's links by type, source and target."""
    found: Links = {}
    for direction in Direction:
        types = query.types(direction)
        if types:
            rows = await _link_rows(transaction, schema, types, direction, reached)
            found.update(rows)
    within = query.inner_types
    if within:
        for key, own in await _link_rows(transaction, schema, within, Direction.OUT, reached):
            if key[2] in reached:
                found[key] = own
    return found


async def _link_rows(
    transaction: Transaction,
    schema: GraphSchema,
    types: Iterable[str],
    direction: Direction,
    reached: Mapping[str, object],
) -> list[tuple[tuple[str, str, str], Properties]]:
    statement = region_links_statement(schema, types, direction)
    rows = await _rows(transaction, statement, list(reached))
    if direction is Direction.OUT:
        return [((kind, here, there), own) for here, kind, there, own in rows]
    return [((kind, there, here), own) for here, kind, there, own in rows]


async def _rows(transaction: Transaction, statement: str, ids: Sequence[str]) -> list[Row]:
    """The rows of a statement about `$ids`, asked piece by piece: a ring may be most of the graph."""
    rows: list[Row] = []
    for begin in range(0, len(ids), _PIECE):
        rows += await transaction.rows(statement, ids=ids[begin : begin + _PIECE])
    return rows
