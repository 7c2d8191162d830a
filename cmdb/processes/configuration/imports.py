"""Bringing a file in: the importer reads it, the inventory engine plans it or writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from cmdb.inventory.engine import DEFAULT_SCOPE, InventoryEngine, RunOptions
from cmdb.inventory.importer import Source
from cmdb.inventory.plan import Plan, RunReport, plan_data
from cmdb.inventory.reading import Reading
from cmdb.kernel.actor import Actor
from cmdb.kernel.clock import Clock, instant_text


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """How a file is to be brought in.

    `source` is the name under which its word is kept (the importer's own, when None), `scope` the network it
    looked at. With `plan` nothing is written. `options` are the importer's. With `reread` the file is read although
    all of it stands already.
    """

    importer: str
    file_name: str
    source: str | None = None
    scope: str | None = None
    plan: bool = False
    options: Mapping[str, str] = field(default_factory=dict)
    reread: bool = False


class InventoryImports:
    """Reads files with the installed importers and hands what they observe to the inventory engine."""

    def __init__(self, inventory: InventoryEngine, clock: Clock) -> None:
        self._inventory = inventory
        self._clock = clock

    async def bring_in(self, request: ImportRequest, stream: BinaryIO, actor: Actor) -> Plan | RunReport:
        """The plan, or the report of what was written.

        Raises:
            UnknownImporterError: there is no such importer.
            UnreadableSourceError: nothing of the file can be used.
            InvalidOptionError: an option of the importer is wrong.
            StoreUnavailableError: the store cannot be reached; chunks before are written.
        """
        name = request.source or request.importer
        source = Source(request.file_name, stream, instant_text(self._clock.now()), request.options)
        reading = Reading(request.importer, source)
        options = RunOptions(
            source=name,
            scope=request.scope or DEFAULT_SCOPE,
            actor=actor,
            reason=f"import of {request.file_name} from {name}",
            reread=request.reread,
        )
        if request.plan:
            return await self._inventory.plan(reading, options)
        return await self._inventory.run(reading, options)


def outcome_data(outcome: Plan | RunReport) -> dict[str, object]:
    """A plan or report as plain data, with the same keys for what both have."""
    if isinstance(outcome, Plan):
        return plan_data(outcome)
    counted = Plan(
        source=outcome.source,
        actions=(),
        counts=outcome.counts,
        conflicts=outcome.conflicts,
        conflict_count=outcome.conflict_count,
        problems=outcome.problems,
        problem_count=outcome.problem_count,
    )
    return {
        **plan_data(counted),
        "run_id": outcome.run_id,
        "first_revision": outcome.first_revision,
        "last_revision": outcome.last_revision,
        "seconds": outcome.seconds,
        "repeated": outcome.repeated,
    }
