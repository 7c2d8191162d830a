"""The inventory engine: observations in, a plan or a changed graph out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cmdb.graph.receipt import Receipts
from cmdb.graph.store import GraphStore
from cmdb.inventory.assignment import Assignment
from cmdb.inventory.chunk import ChunkContext
from cmdb.inventory.compiled import CompiledModel, NetworkScope, compile_model
from cmdb.inventory.observation import Observation, Problem
from cmdb.inventory.overlay import Overlay
from cmdb.inventory.plan import Plan, RunReport
from cmdb.inventory.prepare import Preparer
from cmdb.inventory.reader import StoreReader
from cmdb.inventory.reading import Reading, open_reading
from cmdb.inventory.reading_process import ReadingProcess
from cmdb.inventory.recollection import Recollection
from cmdb.inventory.registry import importer_place
from cmdb.inventory.repetition import FileRepetition, can_be_repeated
from cmdb.inventory.run import Progress, Run
from cmdb.inventory.sink import PlanSink, StoreSink
from cmdb.inventory.stream import Chunks, ChunkSource
from cmdb.inventory.stream_repetition import StreamRepetition
from cmdb.kernel.actor import Actor, ActorKind
from cmdb.kernel.clock import Clock, instant_text
from cmdb.kernel.ids import IdSource
from cmdb.model.types import Model

DEFAULT_SCOPE = "default"
_BELIEVABLE_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a stream is to be brought in.

    source: the name under which its word is kept (provenance, precedence). scope: the network it looked at.
    actor: on whose behalf; the importer itself when None. run_id: names the run in the ledger; a new one when
    None. reason: for the ledger. reread: whether what stands already is looked at all the same. chunk_items,
    chunk_relationships: the most of each in one commit, unless a single observation holds more. keep: most
    problems and conflicts held in the report.
    """

    source: str
    scope: str = DEFAULT_SCOPE
    actor: Actor | None = None
    run_id: str | None = None
    reason: str | None = None
    reread: bool = False
    chunk_items: int = 2_000
    chunk_relationships: int = 8_000
    keep: int = 1_000


class InventoryEngine:
    """Identifies, reconciles and writes what sources observe.

    Args:
        store: Where the graph is kept.
        model: Classes, relationship types and policies.
        clock: Tells the time.
        ids: Makes ids of CIs and runs.
        ahead: Whether a chunk is planned while the one before is written, or after.
        receipts: Where it is kept what was brought in; None: everything is looked at each time.
    """

    def __init__(
        self,
        store: GraphStore,
        model: Model,
        clock: Clock,
        ids: IdSource,
        *,
        ahead: bool = True,
        receipts: Receipts | None = None,
    ) -> None:
        self._store = store
        self._receipts = receipts
        self._model = model
        self._compiled: CompiledModel = compile_model(model)
        self._clock = clock
        self._ids = ids
        self._ahead = ahead

    async def plan(
        self,
        stream: Iterable[Observation | Problem] | Reading,
        options: RunOptions,
        progress: Callable[[Progress], None] | None = None,
    ) -> Plan:
        """What `run` would do with this stream; nothing is written.

        The plan is held in memory whole, with the CIs it would make.
        """
        overlay = Overlay(StoreReader(self._store))
        sink = PlanSink(overlay)
        run = Run(self._context(options), overlay, sink, options.keep, ahead=False)
        await run.go(
            self._chunks(stream, options), progress, options.chunk_items, options.chunk_relationships
        )
        return Plan(
            source=options.source,
            actions=tuple(sink.actions),
            counts=run.tally.counts(),
            conflicts=tuple(run.conflicts),
            conflict_count=run.conflict_count,
            problems=tuple(run.problems),
            problem_count=run.problem_count,
        )

    async def run(
        self,
        stream: Iterable[Observation | Problem] | Reading,
        options: RunOptions,
        progress: Callable[[Progress], None] | None = None,
    ) -> RunReport:
        """Bring a stream in, chunk by chunk; each chunk is written whole or not at all.

        A run that was interrupted is finished by running the same stream again: what is known is recognised.

        Raises:
            UnreadableSourceError: from the importer; chunks before it are written.
            StoreUnavailableError: the store cannot be reached; chunks before are written.
            StoreFullError: there is no room; chunks before are written.
        """
        started = self._clock.now()
        run_id = options.run_id or self._ids.new_id()
        read_at = stream.source.read_at if isinstance(stream, Reading) else instant_text(started)
        context = replace(self._context(options), read_at=read_at)
        repetition = await self._repetition(stream, context, options.scope)
        if repetition is not None and not options.reread:
            known = await repetition.recall()
            if known is not None:
                return RunReport(
                    run_id, options.source, known, seconds=self._seconds_since(started), repeated=True
                )
        sink = StoreSink(self._store, run_id)
        run = Run(context, StoreReader(self._store), sink, options.keep, ahead=self._ahead)
        chunks = self._chunks(stream if repetition is None else repetition.told, options)
        if isinstance(chunks, ReadingProcess):
            sink.expect()
        await run.go(chunks, progress, options.chunk_items, options.chunk_relationships)
        counts = run.tally.counts()
        if repetition is not None and run.is_settled:
            await repetition.leave(counts, run.dated, sink.revisions)
        return RunReport(
            run_id=run_id,
            source=options.source,
            counts=counts,
            conflicts=tuple(run.conflicts),
            conflict_count=run.conflict_count,
            problems=tuple(run.problems),
            problem_count=run.problem_count,
            first_revision=sink.first_revision,
            last_revision=sink.last_revision,
            seconds=self._seconds_since(started),
        )

    async def _repetition(
        self, stream: Iterable[Observation | Problem] | Reading, context: ChunkContext, scope: str
    ) -> FileRepetition | StreamRepetition | None:
        """Where the same may have been brought in before; None for a file that cannot be read twice."""
        if self._receipts is None:
            return None
        repetition: FileRepetition | StreamRepetition
        recollection = Recollection(self._store, self._receipts, self._model, context.source, scope)
        if not isinstance(stream, Reading):
            repetition = StreamRepetition(recollection, stream)
        elif can_be_repeated(stream):
            repetition = FileRepetition(self._store, recollection, context, stream)
        else:
            return None
        await repetition.begin()
        return repetition

    def _seconds_since(self, started: datetime) -> float:
        return (self._clock.now() - started).total_seconds()

    def _context(self, options: RunOptions) -> ChunkContext:
        return ChunkContext(
            source=options.source,
            model=self._compiled,
            actor=options.actor or Actor(options.source, ActorKind.IMPORTER),
            reason=options.reason or f"import from {options.source}",
            new_id=self._ids.new_id,
        )

    def _chunks(self, stream: Iterable[Observation | Problem] | Reading, options: RunOptions) -> ChunkSource:
        where = NetworkScope(options.scope, options.source)
        latest = instant_text(self._clock.now() + _BELIEVABLE_AHEAD)
        items, relationships = options.chunk_items, options.chunk_relationships
        if not isinstance(stream, Reading):
            return Chunks(stream, Preparer(self._compiled, where, latest), items, relationships)
        source = stream.source
        assignment = Assignment(
            stream.importer,
            importer_place(stream.importer),
            source.name,
            source.read_at,
            dict(source.options),
            self._model,
            where,
            latest,
            items,
            relationships,
        )
        return open_reading(assignment, stream, self._compiled)
