"""The plan of one chunk: a batch for the store, and what is to be said about it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from cmdb.graph.batch import LinkDelete, LinkPut, NodeUpdate, Sighting, WriteBatch
from cmdb.graph.elements import LinkKey
from cmdb.inventory.compiled import CompiledModel
from cmdb.inventory.drafts import Draft, Drafter
from cmdb.inventory.explain import ci_action, relation_action
from cmdb.inventory.group import Group
from cmdb.inventory.identify import identify
from cmdb.inventory.known import Known
from cmdb.inventory.memory import ChunkMemory
from cmdb.inventory.observation import Problem
from cmdb.inventory.plan import Action, ActionKind, Conflict, Tally
from cmdb.inventory.prepared import PreparedObservation
from cmdb.inventory.relate import DraftLink, Relater, WaitingRelationship
from cmdb.inventory.standing import Standing, standing
from cmdb.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class ChunkContext:
    """What all chunks of a run have in common. `read_at`: when the source is read, which is the time of what a file gives none for."""

    source: str
    model: CompiledModel
    actor: Actor
    reason: str
    new_id: Callable[[], str]
    read_at: str | None = None


@dataclass(slots=True)
class ChunkPlan:
    """What a chunk comes to. `batch` has no request id yet; `standing` is for the next time the file comes."""

    source: str
    batch: WriteBatch
    memory: ChunkMemory
    tally: Tally
    items: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    waiting: list[PreparedObservation] = field(default_factory=list)
    waiting_relationships: list[WaitingRelationship] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    links: list[DraftLink] = field(default_factory=list)
    standing: Standing = field(default_factory=Standing)

    def is_empty(self) -> bool:
        """True when there is nothing to write."""
        batch = self.batch
        return not (
            batch.creates or batch.updates or batch.link_puts or batch.link_deletes or batch.sightings
        )

    def actions(self, known: Known) -> Iterator[Action]:
        """Every decision in words; only a plan for people needs them."""
        names = {draft.node_id: draft.name for draft in self.drafts}
        for draft in self.drafts:
            if draft.alters:
                yield ci_action(draft, known, self.source)
        for link in self.links:
            yield relation_action(link, known, names)


def plan_chunk(
    context: ChunkContext, chunk: Sequence[PreparedObservation], known: Known, memory: ChunkMemory
) -> ChunkPlan:
    """Decide what a chunk of observations changes.

    Args:
        context: What the run's chunks have in common.
        chunk: The observations, prepared.
        known: What `fetch_known` brought for them.
        memory: Receives what later chunks must know.
    """
    identified = identify(chunk, known, context.model, context.new_id)
    drafter = Drafter(context.source, context.model, known, identified, memory)
    drafter.draft_all()
    relater = Relater(context.model, known, identified, drafter.drafts, memory)
    relater.relate_all()
    related = relater.related
    drafts, links = list(drafter.drafts.values()), list(related.links.values())
    return ChunkPlan(
        source=context.source,
        batch=_batch(context, drafts, links),
        memory=memory,
        tally=_tally(drafts, links, drafter.unchanged),
        items=len(drafts) + len(drafter.unchanged),
        conflicts=identified.conflicts,
        problems=identified.problems + related.problems,
        waiting=identified.waiting,
        waiting_relationships=related.waiting,
        drafts=drafts,
        links=links,
        standing=standing(drafts, drafter.unchanged, known.claims, context.read_at),
    )


def request_id(run_id: str, number: int, batch: WriteBatch) -> str:
    """The same batch of the same run gets the same id, and another batch another one.

    Retrying a batch whose answer got lost must not write it twice; repeating a run whose file has changed
    meanwhile must not be taken for a retry. Ids of nodes to be made are unique, so that no other batch has them;
    where there are none, everything tells, and versions move with each change.
    """
    digest = blake2b(digest_size=12)
    if batch.creates:
        digest.update("".join([create.id for create in batch.creates]).encode())
        return f"import:{run_id}:{number}:{digest.hexdigest()}"
    for update in batch.updates:
        digest.update(repr((update.id, update.expected_version, update.changes, update.label)).encode())
        digest.update(repr((update.claims, update.releases, update.stamps)).encode())
    for put in batch.link_puts:
        digest.update(repr((tuple(put.key), put.properties)).encode())
    for gone in batch.link_deletes:
        digest.update(repr(tuple(gone.key)).encode())
    for sighting in batch.sightings:
        digest.update(f"{sighting.node_id}{sighting.at}".encode())
    return f"import:{run_id}:{number}:{digest.hexdigest()}"


def _batch(context: ChunkContext, drafts: list[Draft], links: list[DraftLink]) -> WriteBatch:
    """The writes, in the order of their keys where they meet nodes that others may write too."""
    updates = [update for draft in drafts if draft.node and (update := draft.update()) is not None]
    return WriteBatch(
        actor=context.actor,
        reason=context.reason,
        creates=tuple([draft.create() for draft in drafts if draft.node is None]),
        updates=tuple(sorted(updates, key=_update_id)),
        link_puts=tuple([LinkPut(link.key, link.properties) for link in sorted(links, key=_link_key)]),
        link_deletes=tuple([LinkDelete(key) for link in links for key in link.replaces]),
        sightings=tuple(
            [Sighting(draft.node_id, context.source, draft.seen_at) for draft in drafts if draft.seen_at]
        ),
    )


def _update_id(update: NodeUpdate) -> str:
    return update.id


def _link_key(link: DraftLink) -> LinkKey:
    return link.key


def _tally(drafts: list[Draft], links: list[DraftLink], unchanged: list[Group]) -> Tally:
    decided: dict[tuple[ActionKind, str], list[str]] = defaultdict(list)
    for group in unchanged:
        if group.plan is not None and group.node_id is not None:
            decided[ActionKind.UNCHANGED, group.plan.name].append(group.node_id)
    for draft in drafts:
        decided[_kind(draft), draft.plan.name].append(draft.node_id)
    tally = Tally()
    for (kind, class_name), ci_ids in decided.items():
        tally.decide(kind, class_name, ci_ids)
    tally.relate([link.key.type for link in links])
    return tally


def _kind(draft: Draft) -> ActionKind:
    if draft.node is None:
        return ActionKind.CREATE
    if draft.retires:
        return ActionKind.RETIRE
    return ActionKind.UPDATE if draft.alters else ActionKind.UNCHANGED
