"""A batch becomes one transaction and at most one revision.

Nodes to be changed are locked first, in the order of their ids; what is to be written is worked out; only then
the head is locked, which all commits that make a revision pass one after the other. So numbers have no gap, a
link between two nodes is made once, no two writers wait for each other in a circle, and most of the thinking is
done before anybody has to wait.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from cmdb.graph.batch import Commit, WriteBatch
from cmdb.graph.check import check_batch, check_updates, refuse
from cmdb.graph.elements import Node
from cmdb.graph.ledger import RevisionHeader
from cmdb.graph.revision import Head
from cmdb.kernel.clock import Clock, instant_text
from cmdb.store.batches import (
    changed_ids,
    check_standing,
    numbered,
    numbers_wanted,
    with_updates_of_creates_folded,
)
from cmdb.store.neo4j import ledger
from cmdb.store.neo4j.claims import ClaimsPlan, claims_plan, drop_claims, write_claims
from cmdb.store.neo4j.compile_rows import node_of
from cmdb.store.neo4j.connection import Transaction
from cmdb.store.neo4j.evidence import claims_of
from cmdb.store.neo4j.foreseen import Foreseen, foreseen
from cmdb.store.neo4j.layout import Layout
from cmdb.store.neo4j.limits import size_mistakes
from cmdb.store.neo4j.link_writes import links_plan, write_links
from cmdb.store.neo4j.node_writes import NodesPlan, delete_nodes, nodes_plan, stamp_plan, write_nodes
from cmdb.store.neo4j.reading import sendable
from cmdb.store.neo4j.statements import COMMITTED, LOCK_NODES


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch with what can be said of it without the store."""

    batch: WriteBatch
    mistakes: tuple[str, ...]
    locks: tuple[dict[str, str], ...]
    foreseen: Foreseen | None


class BatchWriter:
    """Writes one batch, as often as the driver has to try; its effect stands once.

    `commit_id` is unique to the batch and kept with its revision: after a reply that was lost, it tells
    whether the commit took place.
    """

    def __init__(self, layout: Layout, clock: Clock, given: WriteBatch, commit_id: str) -> None:
        self._layout = layout
        self._clock = clock
        self._given = given
        self._commit_id = commit_id
        self._prepared: Prepared | None = None
        self._outcome: Commit | None = None

    @property
    def given(self) -> WriteBatch:
        """The batch that is written."""
        return self._given

    def prepare(self) -> Prepared:
        """What can be worked out without the store; it is kept for when the batch is written.

        Raises:
            NodeNotFoundError, IdentifierTakenError, VersionConflictError: it contradicts itself.
        """
        if self._prepared is None:
            batch = with_updates_of_creates_folded(self._given)
            mistakes = (
                *check_batch(batch, self._layout.schema),
                *size_mistakes(batch, self._layout),
            )
            self._prepared = Prepared(
                batch, mistakes, _locks(batch), None if mistakes else foreseen(batch, self._layout)
            )
        return self._prepared

    async def write(self, transaction: Transaction) -> Commit:
        """Write the batch inside the transaction that is open.

        Raises:
            InvalidBatchError, NodeNotFoundError, VersionConflictError, IdentifierTakenError
        """
        ahead = self._prepared
        if ahead is None or ahead.foreseen is None:  # else it is asked for once, when nobody else can write
            first = await self._first_result(transaction)
            if first is not None:
                return first
        prepared = self.prepare()
        found = await self._locked(transaction, prepared)
        if found:
            first = await self._first_result(transaction)
            if first is not None:
                return first
        return await self._written(transaction, prepared, found)

    async def _first_result(self, transaction: Transaction) -> Commit | None:
        """The result of the request seen before, or of an earlier attempt whose reply was lost."""
        if self._outcome is not None:
            row = await transaction.row(COMMITTED, commit_id=self._commit_id)
            if row is not None:
                return self._outcome
        return await ledger.first_result(transaction, self._given.request_id)

    async def _locked(self, transaction: Transaction, prepared: Prepared) -> dict[str, Any]:
        """The nodes concerned that are there, locked; with their properties where those matter."""
        if not prepared.locks:
            return {}
        rows = await transaction.in_groups(LOCK_NODES, prepared.locks)
        return {node_id: properties or {} for node_id, properties in rows}

    async def _written(
        self, transaction: Transaction, prepared: Prepared, found: Mapping[str, Any]
    ) -> Commit:
        batch = prepared.batch
        changing = changed_ids(batch)
        standing = {node_id: node_of(raw) for node_id, raw in found.items() if node_id in changing}
        refuse([*prepared.mistakes, *check_updates(batch.updates, self._layout.schema, standing)])
        check_standing(batch, standing)
        head = None
        numbers: Mapping[str, str] = {}
        wanted = numbers_wanted(batch)
        if wanted:
            head = await ledger.locked_head(transaction)
            numbers, batch = numbered(batch, await ledger.take_numbers(transaction, wanted))
        claims, nodes = self._planned(prepared, batch, found, standing)
        if nodes.entries or batch.link_puts or batch.link_deletes or batch.request_id is not None:
            head = head or await ledger.locked_head(transaction)
            first = await self._first_result(transaction)
            if first is not None:
                return first
        if prepared.foreseen is not None:
            links, changes = prepared.foreseen.links, prepared.foreseen.changes
        else:
            links = await links_plan(transaction, batch, nodes.made.keys())
            changes = ledger.changes_of(nodes.entries, links.entries)
        at = instant_text(self._clock.now())
        revision = head.revision + 1 if head and (nodes.entries or links.entries) else None
        if revision is not None:
            stamp_plan(nodes, revision, at)
        await write_claims(transaction, claims, nodes.made)
        await write_nodes(transaction, nodes, self._layout, claims.moved)
        await write_links(transaction, links)
        await delete_nodes(transaction, nodes)
        await drop_claims(transaction, claims)
        commit = Commit(revision, at, tuple(create.id for create in batch.creates), numbers)
        if head is not None and revision is not None:
            await self._append(transaction, head, commit, changes)
        await ledger.remember(transaction, batch.request_id, commit)
        self._outcome = commit
        return commit

    def _planned(
        self, prepared: Prepared, batch: WriteBatch, found: Mapping[str, Any], standing: Mapping[str, Node]
    ) -> tuple[ClaimsPlan, NodesPlan]:
        if prepared.foreseen is not None:
            return prepared.foreseen.claims, prepared.foreseen.nodes
        held = {node_id: claims_of(found[node_id].get("_claims")) for node_id in standing}
        claims = claims_plan(batch, held)
        return claims, nodes_plan(batch, self._layout, found, standing, claims)

    async def _append(
        self, transaction: Transaction, head: Head, commit: Commit, changes: ledger.Changes
    ) -> None:
        given = self._given
        header = RevisionHeader(head.revision + 1, commit.at, given.actor, given.reason, given.request_id)
        await ledger.append(transaction, head, header, changes, self._commit_id)


def _locks(batch: WriteBatch) -> tuple[dict[str, str], ...]:
    """Every standing node that the batch changes, by id, with how much of it must be read."""
    needed = dict.fromkeys((sighting.node_id for sighting in batch.sightings), "seen")
    needed.update(dict.fromkeys(changed_ids(batch), "all"))
    created: Collection[str] = {create.id for create in batch.creates}
    return tuple(
        {"id": node_id, "part": needed[node_id]}
        for node_id in sorted(sendable(needed))
        if node_id not in created
    )
