"""One run of the engine: chunk after chunk, then what had to wait for the end of the source."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass

from cmdb.graph.batch import Commit, NodeUpdate, WriteBatch
from cmdb.graph.elements import Stamp
from cmdb.graph.errors import (
    IdentifierTakenError,
    NodeNotFoundError,
    StoreUnavailableError,
    VersionConflictError,
)
from cmdb.inventory.chunk import ChunkContext, ChunkPlan, plan_chunk
from cmdb.inventory.drafts import Draft
from cmdb.inventory.known import Known, fetch_known
from cmdb.inventory.memory import ChunkMemory, Listed, RunMemory
from cmdb.inventory.observation import Problem
from cmdb.inventory.overlay import Overlay
from cmdb.inventory.pause import collect_young, collector_paused, quick_turns
from cmdb.inventory.plan import ActionKind, Conflict, Tally
from cmdb.inventory.prepared import PreparedObservation
from cmdb.inventory.reader import Reader
from cmdb.inventory.relate import WaitingRelationship
from cmdb.inventory.sink import Sink
from cmdb.inventory.stream import Chunk, ChunkSource

_ATTEMPTS = 30
_LONGEST_PAUSE = 0.5
_PATIENCE = 4
_WAITING_LIMIT = 100_000
_CHUNKS_BETWEEN_COLLECTIONS = 50
_DISTURBED = (IdentifierTakenError, VersionConflictError, NodeNotFoundError)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: observations read, CIs decided on, relationships put."""

    read: int
    items: int
    relationships: int


@dataclass(frozen=True, slots=True)
class _Underway:
    """A chunk that is being written, with its plan and what that rests on."""

    chunk: Chunk
    plan: ChunkPlan
    known: Known
    written: asyncio.Task[Commit | None]


class Run:
    """Takes the chunks of one stream through identification to the sink.

    Args:
        context: What all chunks have in common.
        reader: What is read before a chunk is planned.
        sink: Where plans go.
        keep: Most problems and conflicts kept; all are counted.
        ahead: Whether a chunk is planned while the one before is written, or after.
    """

    def __init__(
        self, context: ChunkContext, reader: Reader, sink: Sink, keep: int, *, ahead: bool = True
    ) -> None:
        self.tally = Tally()
        self.stands = True
        self.dated: list[str] = []
        self.problems: list[Problem] = []
        self.problem_count = 0
        self.conflicts: list[Conflict] = []
        self.conflict_count = 0
        self._context = context
        self._reader = reader
        self._sink = sink
        self._keep = keep
        self._ahead = ahead
        self._memory = RunMemory()
        self._waiting: list[PreparedObservation] = []
        self._waiting_relationships: list[WaitingRelationship] = []
        self._progress = Progress(0, 0, 0)
        self._written: asyncio.Task[Commit | None] | None = None

    async def go(
        self,
        chunks: ChunkSource,
        progress: Callable[[Progress], None] | None,
        items: int,
        relationships: int,
    ) -> None:
        """Read the stream to its end, then settle what had to wait, so many of each at once."""
        with collector_paused(), quick_turns() if self._ahead else nullcontext():
            await self._read(chunks, progress)
            await self._settle(items, relationships)
            await self._forget_unseen(items)

    @property
    def is_settled(self) -> bool:
        """True when everything the source says went in and stands."""
        return self.stands and not self.problem_count and not self.conflict_count

    async def _read(self, chunks: ChunkSource, progress: Callable[[Progress], None] | None) -> None:
        """Take chunk after chunk; while one is written, the next is planned and the one after that is read."""
        taken = 0
        before: _Underway | None = None
        upcoming = asyncio.create_task(asyncio.to_thread(chunks.next))
        try:
            while (chunk := await upcoming) is not None:
                upcoming = asyncio.create_task(asyncio.to_thread(chunks.next))
                self._report(chunk.problems)
                if self._ahead and chunk.is_full:
                    self._sink.expect()  # where one chunk is full, there may be many
                before = await self._follow(before, chunk, progress)
                taken += 1
                if taken % _CHUNKS_BETWEEN_COLLECTIONS == 0:
                    collect_young()
            if before is not None:
                await self._arrive(before, progress)
        finally:
            chunks.close()
            await asyncio.wait([upcoming] if self._written is None else [upcoming, self._written])

    async def _follow(
        self, before: _Underway | None, chunk: Chunk, progress: Callable[[Progress], None] | None
    ) -> _Underway | None:
        """Plan a chunk as if the one before had arrived already; where it does not arrive so, plan anew after it."""
        planned = None
        if self._ahead:
            with suppress(StoreUnavailableError):
                planned = await self._plan(chunk.observations, before)
                await asyncio.to_thread(self._sink.prepare, planned[0])
        underway = None
        if (before is None or await self._has_arrived(before)) and planned is not None:
            plan, known = planned
            self._written = asyncio.create_task(self._sink.take(plan, known))
            underway = _Underway(chunk, plan, known, self._written)
            await asyncio.sleep(0)  # the store begins with it before anything else is done
        if before is not None:
            await self._arrive(before, progress)
        if underway is None:
            self._settled(chunk, await self._take(chunk.observations), progress)
        return underway

    async def _has_arrived(self, underway: _Underway) -> bool:
        """Wait until a chunk is written; False when it was not."""
        await asyncio.wait([underway.written])
        return underway.written.exception() is None

    async def _arrive(self, underway: _Underway, progress: Callable[[Progress], None] | None) -> None:
        """Wait until a chunk is written; where others had disturbed it, it is planned anew."""
        plan = underway.plan
        try:
            await asyncio.shield(underway.written)  # a run that is cancelled ends with a whole chunk
        except (*_DISTURBED, StoreUnavailableError):
            plan = await self._take(underway.chunk.observations)
        else:
            self._include(plan)
        self._settled(underway.chunk, plan, progress)

    def _settled(self, chunk: Chunk, plan: ChunkPlan, progress: Callable[[Progress], None] | None) -> None:
        self._hold_back(plan)
        self._advance(chunk.read, plan, progress)

    async def _plan(
        self, observations: Sequence[PreparedObservation], before: _Underway | None = None
    ) -> tuple[ChunkPlan, Known]:
        """What a chunk comes to, and what that rests on, once the chunk before is written."""
        reader, memory = self._reader, ChunkMemory(self._memory)
        if before is not None:
            reader = overlay = Overlay(self._reader)
            # In a thread, so that the chunk before can begin to be written.
            await asyncio.to_thread(overlay.absorb, before.plan.batch, before.known)
            memory.before = before.plan.memory
        known = await fetch_known(reader, self._context.model, observations)
        return await asyncio.to_thread(plan_chunk, self._context, observations, known, memory), known

    async def _take(self, observations: Sequence[PreparedObservation]) -> ChunkPlan:
        """Plan and hand on one chunk; when others write the same CIs meanwhile, look again and plan anew."""

        async def attempt() -> ChunkPlan:
            plan, known = await self._plan(observations)
            await self._sink.take(plan, known)
            return plan

        plan = await _undisturbed(attempt)
        self._include(plan)
        return plan

    def _include(self, plan: ChunkPlan) -> None:
        plan.memory.keep()
        self.tally.include(plan.tally)
        self.stands = self.stands and plan.standing.whole
        self.dated += plan.standing.dated
        self._report(plan.problems)
        self._doubt(plan.conflicts)

    def _hold_back(self, plan: ChunkPlan) -> None:
        """Keep what waits for a CI that the source may bring later; beyond the limit it is reported at once."""
        for observation in plan.waiting:
            if len(self._waiting) < _WAITING_LIMIT:
                self._waiting.append(observation)
            else:
                self._report(_missing_parents(observation))
        for relationship in plan.waiting_relationships:
            if len(self._waiting_relationships) < _WAITING_LIMIT:
                self._waiting_relationships.append(relationship)
            else:
                self._report([_missing(relationship)])

    async def _settle(self, items: int, relationships: int) -> None:
        """Try what waited again, as long as that helps; report the rest."""
        while self._waiting:
            before, self._waiting = self._waiting, []
            for start in range(0, len(before), items):
                self._hold_back(await self._take(before[start : start + items]))
            if len(self._waiting) == len(before):
                break
        for observation in self._waiting:
            self._report(_missing_parents(observation))
        waiting, self._waiting_relationships = self._waiting_relationships, []
        for start in range(0, len(waiting), relationships):
            plan = await self._take([each.observation for each in waiting[start : start + relationships]])
            self._report([_missing(each) for each in plan.waiting_relationships])

    async def _forget_unseen(self, size: int) -> None:
        """Take out of lists what this source gave earlier and has not repeated in the whole run."""
        listed: dict[str, dict[Listed, set[str]]] = {}
        for key, members in self._memory.unseen.items():
            if members:
                listed.setdefault(key[0], {})[key] = members
        ids = sorted(listed)
        for start in range(0, len(ids), size):
            part = ids[start : start + size]

            async def attempt(part: list[str] = part) -> ChunkPlan:
                return await self._shrink(part, listed)

            self.tally.include((await _undisturbed(attempt)).tally)

    async def _shrink(self, ids: list[str], listed: dict[str, dict[Listed, set[str]]]) -> ChunkPlan:
        nodes = await self._reader.get(ids)
        known = Known(nodes=nodes, evidences=await self._reader.evidence(ids))
        tally = Tally()
        drafts: list[Draft] = []
        for node_id, node in nodes.items():
            draft = Draft(node_id, node, self._context.model.classes[node.label])
            for (_, name), gone in listed[node_id].items():
                current = node.properties.get(name)
                stamp = known.evidence(node_id).stamps.get(name)
                if isinstance(current, list) and stamp is not None and stamp.source == self._context.source:
                    draft.changes[name] = [member for member in current if member not in gone] or None
                    draft.stamps[name] = Stamp(*stamp)
            if draft.changes:
                drafts.append(draft)
                tally.decide(ActionKind.UPDATE, node.label, [node_id])
        updates: list[NodeUpdate] = [update for each in drafts if (update := each.update()) is not None]
        batch = WriteBatch(self._context.actor, self._context.reason, updates=tuple(updates))
        plan = ChunkPlan(self._context.source, batch, ChunkMemory(self._memory), tally, drafts=drafts)
        await self._sink.take(plan, known)
        return plan

    def _report(self, problems: Sequence[Problem]) -> None:
        self.problem_count += len(problems)
        self.problems.extend(problems[: max(0, self._keep - len(self.problems))])

    def _doubt(self, conflicts: Sequence[Conflict]) -> None:
        self.conflict_count += len(conflicts)
        self.conflicts.extend(conflicts[: max(0, self._keep - len(self.conflicts))])

    def _advance(self, read: int, plan: ChunkPlan, progress: Callable[[Progress], None] | None) -> None:
        before = self._progress
        self._progress = Progress(
            before.read + read, before.items + plan.items, before.relationships + len(plan.links)
        )
        if progress is not None:
            progress(self._progress)


async def _undisturbed(attempt: Callable[[], Awaitable[ChunkPlan]]) -> ChunkPlan:
    """Repeat an attempt that another writer disturbed, after a pause of random and growing length.

    A store that is busy or gone for a moment is asked again too, but not for long.
    """
    unavailable = 0
    for number in range(1, _ATTEMPTS):
        try:
            return await attempt()
        except _DISTURBED:
            longest = min(_LONGEST_PAUSE, 0.005 * 2**number)
        except StoreUnavailableError:
            unavailable += 1
            if unavailable > _PATIENCE:
                raise
            longest = _LONGEST_PAUSE
        await asyncio.sleep(longest * secrets.randbelow(1000) / 1000)
    return await attempt()


def _missing(waiting: WaitingRelationship) -> Problem:
    type_name = waiting.observation.relationships[0].plan.name
    return Problem(
        waiting.observation.position,
        "REFERENCE_NOT_FOUND",
        f"{type_name}: there is no {waiting.missing.shown}; the relationship was left out",
        "Bring in the CI it names first, or correct the name.",
    )


def _missing_parents(observation: PreparedObservation) -> list[Problem]:
    shown = sorted({each.shown for each in observation.references()})
    return [
        Problem(
            observation.position,
            "REFERENCE_NOT_FOUND",
            f"it is identified by a CI that nobody knows: {', '.join(shown)}",
            "Bring in that CI first, or correct the name.",
        )
    ]
