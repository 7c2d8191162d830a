"""Which node or identifier made a constraint refuse a batch."""

from __future__ import annotations

from cmdb.graph.batch import WriteBatch
from cmdb.graph.errors import NodeExistsError
from cmdb.store.batches import claims_in, taken, writes_of
from cmdb.store.neo4j.connection import Transaction
from cmdb.store.neo4j.statements import EXISTING, HOLDERS


async def explain(transaction: Transaction, batch: WriteBatch) -> None:
    """Say what stands in the batch's way; nothing, where that has gone since.

    Raises:
        NodeExistsError: it creates an id that is in use.
        IdentifierTakenError: it claims what another node holds.
    """
    for (node_id,) in await transaction.rows(EXISTING, ids=[create.id for create in batch.creates]):
        raise NodeExistsError(f"there already is a node {node_id!r}", details={"id": node_id})
    released = {(value, update.id) for update in batch.updates for value in update.releases}
    claims = {value: write.id for write in writes_of(batch) for value in claims_in(write)}
    for value, holder in await transaction.in_groups(HOLDERS, sorted(claims)):
        if holder != claims[value] and (value, holder) not in released:
            raise taken(value, holder, claims[value])
