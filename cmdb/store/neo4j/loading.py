"""Taking the whole content into an empty database.

It is too much for one transaction. So the head is marked first, which makes the store refuse `head` and
`commit`; pieces follow, each in a transaction of its own that holds the mark; the last one sets the head and
takes the mark away. Who finds a mark that nobody renews any more begins anew.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import uuid4

from cmdb.graph.archive import ArchivedNode, Holding, Piece, StoreNotEmptyError
from cmdb.graph.elements import Link
from cmdb.graph.errors import NodeNotFoundError, StoreUnavailableError
from cmdb.graph.ledger import link_changes_json, node_changes_json
from cmdb.graph.revision import Head, Revision
from cmdb.store.neo4j import ledger
from cmdb.store.neo4j.compile_held import HELD, any_statement, empty_statement
from cmdb.store.neo4j.compile_names import CHECKSUM, quoted
from cmdb.store.neo4j.connection import Connection, Transaction
from cmdb.store.neo4j.errors import StoreBusyError
from cmdb.store.neo4j.evidence import seen_list, stamps_text
from cmdb.store.neo4j.layout import Layout
from cmdb.store.neo4j.link_ends import create_links
from cmdb.store.neo4j.node_writes import create_nodes
from cmdb.store.neo4j.search_text import search_texts
from cmdb.store.neo4j.statements import CREATE_IDENTIFIERS, EXISTING, REMEMBER_REQUEST
from cmdb.store.neo4j.wholeness import content_sum, node_sum

LEASE_MILLISECONDS = 120_000

MARK = """
MATCH (h:CmdbHead {name: 'head'})
SET h._lock = true
WITH h, h.loading AS before, coalesce(h.loading_until, 0) AS until, h.revision AS revision
SET h.loading = CASE WHEN revision = 0 AND (before IS NULL OR until < timestamp()) THEN $id ELSE before END
RETURN revision, before, h.loading = $id
"""
RENEW = """
MATCH (h:CmdbHead {name: 'head'}) SET h._lock = true
WITH h WHERE h.loading = $id
SET h.loading_until = timestamp() + $lease
RETURN true
"""
FINISH = """
MATCH (h:CmdbHead {name: 'head'})
SET h.revision = $revision, h.hash = $hash
REMOVE h.loading, h.loading_until
"""
UNMARK = "MATCH (h:CmdbHead {name: 'head'}) WHERE h.loading = $id REMOVE h.loading, h.loading_until"
CLAIM = """
UNWIND $rows AS row MATCH (n:CmdbNode {id: row.id})
SET n._claims = coalesce(n._claims, []) + row.values
"""
PUT_SEQUENCE = "CREATE (s:CmdbSequence {prefix: $prefix, last: $last})"
PUT_REVISION = "CREATE (r:CmdbRevision) SET r = $revision"


async def load(connection: Connection, layout: Layout, pieces: AsyncIterator[Piece]) -> None:
    """Take content into an empty database; after an error it is empty again.

    Raises:
        StoreNotEmptyError: it holds something.
        StoreBusyError: another load is under way.
        NodeNotFoundError: a link or holding names a node that did not come.
    """
    loading = _Loading(connection, layout)
    await loading.begin()
    try:
        async for piece in pieces:
            await loading.take(piece)
        await loading.end()
    except BaseException:
        # Out of reach, the mark stays: the store refuses to be used, and the next load begins anew.
        with suppress(StoreUnavailableError):
            await loading.give_up()
        raise


class _Loading:
    """One load."""

    def __init__(self, connection: Connection, layout: Layout) -> None:
        self._connection = connection
        self._layout = layout
        self._id = uuid4().hex
        self._head = Head(0, "")

    async def begin(self) -> None:
        async def mark(transaction: Transaction) -> bool:
            row = await transaction.row(MARK, id=self._id)
            revision, before, is_ours = row or (0, None, False)
            found = None
            if before is None:
                for label in HELD:
                    found = found or (label if await transaction.row(any_statement(label)) else None)
            if revision or found:
                raise StoreNotEmptyError(f"{self._connection.place}: the store is not empty")
            if not is_ours:
                raise StoreBusyError(f"{self._connection.place}: another restore or copy is under way")
            await self._renew(transaction)
            return before is not None

        if await self._connection.write(mark):
            await self._empty()

    async def take(self, piece: Piece) -> None:
        async def work(transaction: Transaction) -> None:
            await self._renew(transaction)
            await self._nodes(transaction, piece.nodes)
            await self._links(transaction, piece.links)
            await self._holdings(transaction, piece.holdings)
            for prefix, last in sorted(piece.sequences.items()):
                await transaction.do(PUT_SEQUENCE, prefix=prefix, last=last)
            for result in piece.results:
                await transaction.do(
                    REMEMBER_REQUEST, id=result.request_id, **ledger.commit_row(result.commit)
                )
            for revision in piece.revisions:
                await transaction.do(PUT_REVISION, revision=_revision_row(revision))

        await self._connection.write(work)
        if piece.revisions:
            self._head = Head(piece.revisions[-1].number, piece.revisions[-1].hash)

    async def end(self) -> None:
        async def finish(transaction: Transaction) -> None:
            await self._renew(transaction)
            await transaction.do(FINISH, revision=self._head.revision, hash=self._head.hash)

        await self._connection.write(finish)

    async def give_up(self) -> None:
        async def unmark(transaction: Transaction) -> None:
            await transaction.do(UNMARK, id=self._id)

        await self._empty()
        await self._connection.write(unmark)

    async def _renew(self, transaction: Transaction) -> None:
        if await transaction.row(RENEW, id=self._id, lease=LEASE_MILLISECONDS) is None:
            raise StoreBusyError(f"{self._connection.place}: another restore or copy took over")

    async def _empty(self) -> None:
        for label in HELD:
            await self._connection.alone(empty_statement(label))

    async def _nodes(self, transaction: Transaction, nodes: Sequence[ArchivedNode]) -> None:
        await create_nodes(transaction, self._layout, [self._node_row(archived) for archived in nodes])

    def _node_row(self, archived: ArchivedNode) -> dict[str, Any]:
        node = archived.node
        title, text = search_texts(node.properties, self._layout.searched(node.label))
        content = content_sum(node.label, node.version, node.properties)
        return {
            **node.properties,
            "id": node.id,
            "label": node.label,
            "version": node.version,
            "revision": node.revision,
            "created_at": node.created_at,
            "updated_at": node.updated_at,
            CHECKSUM: node_sum(content, node.revision, node.updated_at),
            "_stamps": stamps_text(archived.stamps),
            "_seen": seen_list(archived.seen),
            "_title": title,
            "_text": text,
        }

    async def _links(self, transaction: Transaction, links: Sequence[Link]) -> None:
        for link_type in {link.type for link in links}:
            quoted(link_type)
        missing = await create_links(transaction, {link.key: dict(link.properties) for link in links})
        if missing:
            raise NodeNotFoundError(f"there is no node {missing[0]!r}", details={"id": missing[0]})

    async def _holdings(self, transaction: Transaction, holdings: Sequence[Holding]) -> None:
        claims: dict[str, list[str]] = {}
        for identifier, holder in holdings:
            claims.setdefault(holder, []).append(identifier)
        if not claims:
            return
        await _check_known(transaction, claims.keys())
        rows = [{"value": identifier, "holder": holder} for identifier, holder in holdings]
        await transaction.do(CREATE_IDENTIFIERS, rows=rows)
        await transaction.do(CLAIM, rows=[{"id": holder, "values": own} for holder, own in claims.items()])


async def _check_known(transaction: Transaction, ids: Collection[str]) -> None:
    if ids:
        known = {node_id for (node_id,) in await transaction.rows(EXISTING, ids=sorted(ids))}
        missing = min(set(ids) - known, default=None)
        if missing is not None:
            raise NodeNotFoundError(f"there is no node {missing!r}", details={"id": missing})


def _revision_row(revision: Revision) -> Mapping[str, Any]:
    return ledger.revision_row(
        revision,
        revision.previous_hash,
        revision.hash,
        ledger.Changes(
            node_changes_json(revision.nodes),
            link_changes_json(revision.links),
            ledger.touches_text(revision.touched()),
        ),
    )
