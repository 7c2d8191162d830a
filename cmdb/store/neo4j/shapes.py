"""The bare shape of the graph."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import count

from cmdb.graph.elements import Properties
from cmdb.graph.structure import Structure
from cmdb.store.neo4j.connection import Transaction
from cmdb.store.neo4j.ledger import locked_head
from cmdb.store.neo4j.reading import head
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


def _at(position: dict[str, int], ids: Sequence[str]) -> array[int]:
    """Positions of many ids as an `array`, whose buffer numpy reads without copying."""
    return array("q", [position[node_id] for node_id in ids])
