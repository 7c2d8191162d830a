"""Everything, piece by piece and in constant memory."""

from __future__ import annotations

from collections.abc import AsyncIterator

from cmdb.graph.elements import Link, LinkKey, Node
from cmdb.graph.revision import Revision
from cmdb.store.neo4j import ledger
from cmdb.store.neo4j.connection import Connection, Row, Transaction, Work
from cmdb.store.neo4j.reading import head
from cmdb.store.neo4j.statements import LINKS_AFTER, NODES_AFTER

_PIECE = 2000
# A revision holds all that a batch changed, so even a few can be large.
_REVISIONS_AT_ONCE = 20


async def nodes(connection: Connection) -> AsyncIterator[Node]:
    """Every node, ordered by id; those made or changed meanwhile come as they are when their turn comes."""
    after = ""
    while True:
        found = await connection.read(_nodes_after(after))
        for node in found:
            yield node
        if len(found) < _PIECE:
            return
        after = found[-1].id


async def links(connection: Connection) -> AsyncIterator[Link]:
    """Every link, ordered by source, type and target; with changes made meanwhile as in `nodes`."""
    after = ""
    while True:
        rows = await connection.read(_piece_after(LINKS_AFTER, after))
        for source, found in rows:
            for link_type, target, properties in found:
                yield Link(LinkKey(link_type, source, target), properties)
        if len(rows) < _PIECE:
            return
        after = rows[-1][0]


async def revisions(connection: Connection, after: int, limit: int | None) -> AsyncIterator[Revision]:
    """Revisions later than `after`, oldest first, up to the one that is the newest at the beginning."""
    last = (await connection.read(head)).revision
    if limit is not None:
        last = min(last, after + limit)
    while after < last:
        found = await connection.read(_revisions_after(after, last))
        if not found:
            return
        for revision in found:
            yield revision
        after = found[-1].number


def _nodes_after(after: str) -> Work[list[Node]]:
    async def work(transaction: Transaction) -> list[Node]:
        rows = await transaction.rows(NODES_AFTER, after=after, first=_PIECE)
        return transaction.wholeness.nodes([row for (row,) in rows])

    return work


def _piece_after(statement: str, after: str) -> Work[list[Row]]:
    async def work(transaction: Transaction) -> list[Row]:
        return await transaction.rows(statement, after=after, first=_PIECE)

    return work


def _revisions_after(after: int, last: int) -> Work[list[Revision]]:
    async def work(transaction: Transaction) -> list[Revision]:
        return await ledger.revisions(transaction, after, last, _REVISIONS_AT_ONCE)

    return work
