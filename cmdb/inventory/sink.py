"""Where the plans of a run go: into the store, or into a plan for people."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from cmdb.graph.batch import Commit, WriteBatch
from cmdb.graph.store import GraphStore
from cmdb.inventory.chunk import ChunkPlan, request_id
from cmdb.inventory.known import Known
from cmdb.inventory.overlay import Overlay
from cmdb.inventory.plan import Action, CiAction


class Sink(Protocol):
    """Where the plan of a chunk goes: into the store, or into a plan for people."""

    def expect(self) -> None:
        """Make ready for many plans."""
        ...

    def prepare(self, plan: ChunkPlan) -> None:
        """Do what can be done for a plan that is to be taken next, while the one before is still being written."""
        ...

    async def take(self, plan: ChunkPlan, known: Known) -> Commit | None:
        """Take the plan of one chunk; None when there was nothing to write.

        Raises:
            IdentifierTakenError: somebody else has written meanwhile, as with the next two.
            VersionConflictError: see above.
            NodeNotFoundError: see above.
        """
        ...


class StoreSink:
    """Commits each chunk; keeps the first and last revision made."""

    def __init__(self, store: GraphStore, run_id: str) -> None:
        self.first_revision: int | None = None
        self.last_revision: int | None = None
        self.revisions = 0
        self._store = store
        self._run_id = run_id
        self._number = 0
        self._prepared: tuple[ChunkPlan, WriteBatch] | None = None

    def expect(self) -> None:
        """Have the store make ready for many batches."""
        self._store.expect()

    def prepare(self, plan: ChunkPlan) -> None:
        """Have the store prepare for the chunk's batch."""
        if not plan.is_empty():
            batch = self._batch(plan)
            self._prepared = (plan, batch)
            self._store.prepare(batch)

    async def take(self, plan: ChunkPlan, known: Known) -> Commit | None:  # noqa: ARG002 - the port's shape
        """Commit the chunk's batch as one revision; None when there is nothing to write."""
        if plan.is_empty():
            return None
        prepared, self._prepared = self._prepared, None
        commit = await self._store.commit(
            prepared[1] if prepared is not None and prepared[0] is plan else self._batch(plan)
        )
        if commit.revision is not None:
            self.first_revision = self.first_revision or commit.revision
            self.last_revision = commit.revision
            self.revisions += not commit.replayed
        return commit

    def _batch(self, plan: ChunkPlan) -> WriteBatch:
        self._number += 1
        return replace(plan.batch, request_id=request_id(self._run_id, self._number, plan.batch))


class PlanSink:
    """Keeps the decisions, one for each CI, and lays each chunk over the store."""

    def __init__(self, overlay: Overlay) -> None:
        self.actions: list[Action] = []
        self._places: dict[str, int] = {}
        self._overlay = overlay

    def expect(self) -> None:
        """Nothing: nothing is written."""

    def prepare(self, plan: ChunkPlan) -> None:
        """Nothing, for the same reason."""

    async def take(self, plan: ChunkPlan, known: Known) -> Commit | None:
        """Keep the plan's actions; what they do is seen by the plans that follow."""
        for action in plan.actions(known):
            self._keep(action)
        self._overlay.absorb(plan.batch, known)
        return None

    def _keep(self, action: Action) -> None:
        """Keep an action; what a later chunk does to the same CI becomes a part of it."""
        if isinstance(action, CiAction):
            place = self._places.setdefault(action.ci_id, len(self.actions))
            if place < len(self.actions):
                before = self.actions[place]
                assert isinstance(before, CiAction)
                self.actions[place] = before.followed_by(action)
                return
        self.actions.append(action)
