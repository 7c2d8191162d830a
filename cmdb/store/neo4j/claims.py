"""Identifiers: which of them a batch makes, moves from one node to another, and gives up."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from cmdb.graph.batch import WriteBatch
from cmdb.store.batches import claims_in, taken, writes_of
from cmdb.store.neo4j.connection import Transaction
from cmdb.store.neo4j.statements import CREATE_IDENTIFIERS, DELETE_IDENTIFIERS, MOVE_IDENTIFIERS


@dataclass(slots=True)
class ClaimsPlan:
    """Identifiers to be made and moved, each with its new holder, and those given up, with their former one."""

    made: dict[str, str] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    freed: dict[str, str] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    """Those of nodes that the batch deletes, which comes last: nobody else can claim them in it."""

    held: dict[str, dict[str, None]] = field(default_factory=dict)
    """What each node concerned holds afterwards, in the order of claiming."""


def claims_plan(batch: WriteBatch, standing: Mapping[str, list[str]]) -> ClaimsPlan:
    """What becomes of identifiers, given those that standing nodes hold.

    All releases come before all claims, so that a claim can move between two nodes.

    Raises:
        IdentifierTakenError: two nodes of the batch claim the same.
    """
    plan = ClaimsPlan()
    for update in batch.updates:
        if update.claims or update.releases:
            held = plan.held.setdefault(update.id, dict.fromkeys(standing[update.id]))
            for value in update.releases:
                if value in held:
                    del held[value]
                    plan.freed[value] = update.id
    claimed: dict[str, str] = {}
    for write in writes_of(batch):
        for value in claims_in(write):
            if claimed.setdefault(value, write.id) != write.id:
                raise taken(value, claimed[value], write.id)
            _claim(plan, value, write.id)
    _free_those_of_deleted(plan, batch, standing)
    return plan


def _claim(plan: ClaimsPlan, value: str, node_id: str) -> None:
    held = plan.held.setdefault(node_id, {})
    if value in held:
        return
    held[value] = None
    former = plan.freed.pop(value, None)
    if former is None:
        plan.made[value] = node_id
    elif former != node_id:
        plan.moved[value] = node_id


def _free_those_of_deleted(plan: ClaimsPlan, batch: WriteBatch, standing: Mapping[str, list[str]]) -> None:
    for delete in batch.deletes:
        # What such a node claims in this batch is claimed all the same: another may hold it, which is refused.
        plan.dropped += plan.held.pop(delete.id, standing[delete.id])


async def write_claims(transaction: Transaction, plan: ClaimsPlan, created: Collection[str]) -> None:
    """Move, free and make identifiers, but those of nodes that are created, which are made with them.

    A constraint refuses those that other nodes hold.
    """
    if plan.freed:
        await transaction.do(DELETE_IDENTIFIERS, values=sorted(plan.freed))
    if plan.moved:
        await transaction.do(MOVE_IDENTIFIERS, rows=_rows(plan.moved))
    made = {value: holder for value, holder in plan.made.items() if holder not in created}
    if made:
        await transaction.do(CREATE_IDENTIFIERS, rows=_rows(made))


async def drop_claims(transaction: Transaction, plan: ClaimsPlan) -> None:
    """Free the identifiers of nodes that are deleted."""
    if plan.dropped:
        await transaction.do(DELETE_IDENTIFIERS, values=sorted(plan.dropped))


def _rows(claims: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"value": value, "holder": claims[value]} for value in sorted(claims)]
