"""What a batch comes to that only makes nodes, and links at them: worked out before its transaction begins."""

from __future__ import annotations

from dataclasses import dataclass

from cmdb.graph.batch import WriteBatch
from cmdb.store.batches import numbers_wanted
from cmdb.store.neo4j import ledger
from cmdb.store.neo4j.claims import ClaimsPlan, claims_plan
from cmdb.store.neo4j.layout import Layout
from cmdb.store.neo4j.link_writes import LinksPlan, fresh_links_plan
from cmdb.store.neo4j.node_writes import NodesPlan, nodes_plan


@dataclass(frozen=True, slots=True)
class Foreseen:
    """All that is to be written, but for the revision's number and moment."""

    claims: ClaimsPlan
    nodes: NodesPlan
    links: LinksPlan
    changes: ledger.Changes


def foreseen(batch: WriteBatch, layout: Layout) -> Foreseen | None:
    """What the batch comes to whatever stands in the store; None where that depends on it.

    Raises:
        IdentifierTakenError: two nodes of the batch claim the same.
        NodeNotFoundError: a link has an end that no store can hold.
    """
    made = {create.id for create in batch.creates}
    touches_others = batch.updates or batch.deletes or batch.link_deletes
    if (
        touches_others
        or not made.issuperset([one.node_id for one in batch.sightings])
        or numbers_wanted(batch)
    ):
        return None
    links = fresh_links_plan(batch, made)
    if links is None:
        return None
    claims = claims_plan(batch, {})
    nodes = nodes_plan(batch, layout, {}, {}, claims)
    return Foreseen(claims, nodes, links, ledger.changes_of(nodes.entries, links.entries))
