"""Which revisions touched a node: a full-text index over the nodes that each revision lists in short words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

from cmdb.graph.revision import Revision
from cmdb.store.neo4j import ledger
from cmdb.store.neo4j.connection import Connection, Transaction
from cmdb.store.neo4j.statements import (
    AWAIT_SEARCH,
    REVISIONS_NUMBERED,
    SET_TOUCHES,
    TOUCHES_AFTER,
    TOUCHING,
)

# A revision holds all that a batch changed, so even a few can be large.
_AT_ONCE = 20


async def revisions(
    connection: Connection, after: int, limit: int | None, node_id: str
) -> AsyncIterator[Revision]:
    """Revisions later than `after` that changed a node or one of its links, oldest first."""

    async def look_up(transaction: Transaction) -> list[int]:
        await transaction.do(AWAIT_SEARCH)
        rows = await transaction.rows(TOUCHING, word=ledger.touches_text([node_id]), after=after)
        return [number for (number,) in rows]

    numbers = await connection.read(look_up)
    given = 0
    for start in range(0, len(numbers), _AT_ONCE):
        part = numbers[start : start + _AT_ONCE]

        async def read(transaction: Transaction, part: list[int] = part) -> list[Revision]:
            rows = await transaction.rows(REVISIONS_NUMBERED, numbers=part)
            return [ledger.revision_of_row(row) for row in rows]

        for revision in await connection.read(read):
            if given == limit:
                return
            if revision.touches(node_id):
                given += 1
                yield revision


async def fill(connection: Connection, renew: Callable[[], Awaitable[None]]) -> None:
    """List the nodes in all revisions; those that have their list get it again.

    `renew` is called between steps, to keep the right to do this.
    """
    after = 0
    while True:

        async def work(transaction: Transaction, after: int = after) -> int:
            rows = await transaction.rows(TOUCHES_AFTER, after=after, first=_AT_ONCE)
            filled = [
                {"number": number, "touches": ledger.touches_text(ledger.touched_by(number, nodes, links))}
                for number, nodes, links in rows
            ]
            await transaction.do(SET_TOUCHES, rows=filled)
            return int(rows[-1][0]) if rows else 0

        after = await connection.write(work)
        if not after:
            return
        await renew()
