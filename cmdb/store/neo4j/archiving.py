"""Giving the bookkeeping, piece by piece; every statement continues after the last key it has seen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from cmdb.graph.archive import Holding, RequestResult
from cmdb.store.neo4j.connection import Connection, Row, Transaction, Work
from cmdb.store.neo4j.ledger import commit_of

IDENTIFIERS_FROM = """
MATCH (i:CmdbIdentifier) WHERE i.value >= $start
RETURN i.value, i.holder ORDER BY i.value LIMIT $first
"""

REQUESTS_FROM = """
MATCH (q:CmdbRequest) WHERE q.id >= $start
RETURN q.id, q.revision, q.at, q.created, q.numbers ORDER BY q.id LIMIT $first
"""

SEQUENCES = "MATCH (s:CmdbSequence) RETURN s.prefix, s.last"

_PIECE = 2000


async def identifiers(connection: Connection) -> AsyncIterator[Holding]:
    """Every identifier with its holder, ordered by identifier; one that moves meanwhile comes once."""
    async for value, holder in _by_key(connection, IDENTIFIERS_FROM):
        yield Holding(value, holder)


async def requests(connection: Connection) -> AsyncIterator[RequestResult]:
    """Every request with its first result, ordered by its id."""
    async for request_id, *result in _by_key(connection, REQUESTS_FROM):
        yield RequestResult(request_id, commit_of(request_id, result))


async def sequences(transaction: Transaction) -> Mapping[str, int]:
    """The last number taken of each sequence."""
    return {prefix: int(last) for prefix, last in await transaction.rows(SEQUENCES)}


async def _by_key(connection: Connection, statement: str) -> AsyncIterator[Row]:
    start, is_first = "", True
    while True:
        rows = await connection.read(_piece_from(statement, start))
        for row in rows:
            if is_first or row[0] != start:
                yield row
        if len(rows) < _PIECE:
            return
        start, is_first = rows[-1][0], False


def _piece_from(statement: str, start: str) -> Work[list[Row]]:
    async def work(transaction: Transaction) -> list[Row]:
        return await transaction.rows(statement, start=start, first=_PIECE)

    return work
