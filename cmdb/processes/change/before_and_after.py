"""What a change hits while it is carried out, and what it alters for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from cmdb.analysis.impact_diff import MOST_CIS, ImpactDiff, impact_diff
from cmdb.analysis.impact_types import Start
from cmdb.analysis.proposal import proposed
from cmdb.analysis.state import ImpactState
from cmdb.graph.elements import Node
from cmdb.graph.store import GraphStore
from cmdb.model.types import Model
from cmdb.processes.change.modifications import read_modifications
from cmdb.processes.change.planned import ChangeReader
from cmdb.topology.extent import Topologies, changed_by

SERVICE_CLASS = "Service"


@dataclass(frozen=True, slots=True)
class ChangeDiff:
    """What the modifications of a change alter.

    classes, names: of the CIs that the diff mentions, by id; a name only for those that are not there yet.
    """

    change: Node
    modifications: tuple[Node, ...]
    diff: ImpactDiff
    classes: Mapping[str, str]
    names: Mapping[str, str]


class BeforeAndAfter:
    """Compares the present with what a change makes of it."""

    def __init__(self, store: GraphStore, model: Model, topologies: Topologies) -> None:
        self._store = store
        self._model = model
        self._topologies = topologies
        self._reader = ChangeReader(store, model)

    @cached_property
    def _services(self) -> frozenset[str]:
        classes = self._model.classes
        return frozenset(self._model.with_subclasses(SERVICE_CLASS) if SERVICE_CLASS in classes else ())

    async def change(self, reference: str) -> Node:
        """The record of a change, by its id or number.

        Raises:
            ChangeNotFoundError: there is no such change.
        """
        return await self._reader.find(reference)

    async def starts_of(self, change: Node, assumed: ImpactState | None = None) -> tuple[Start, ...]:
        """The CIs a change touches, in the states expected while it is carried out, or all in one that is assumed."""
        return (await self._reader.starts([change], assumed))[change.id]

    async def diff(self, reference: str, limit: int = MOST_CIS) -> ChangeDiff:
        """What a change alters in reachability, redundancy and points of failure, before it is made.

        Raises:
            ChangeNotFoundError: there is no such change.
            ModificationsInvalidError: its modifications do not fit.
        """
        return await self.diff_of(await self._reader.find(reference), limit)

    async def diff_of(self, change: Node, limit: int = MOST_CIS) -> ChangeDiff:
        """The same for the record of a change.

        Raises:
            ModificationsInvalidError: its modifications do not fit.
        """
        modified = await read_modifications(self._store, self._model, change)
        before = await self._topologies.around(changed_by(sorted(modified.proposal.named)))
        after = proposed(before, modified.proposal)
        diff = impact_diff(before, after, modified.proposal, self._services, limit)
        ids = sorted(mentioned(diff))
        places = after.find(ids, deleted_too=True).tolist()
        classes = {ci: after.class_at(place) for ci, place in zip(ids, places, strict=True)}
        return ChangeDiff(change, modified.modifications, diff, classes, modified.names)


def mentioned(diff: ImpactDiff) -> set[str]:
    """The ids of all CIs that a diff mentions."""
    reach = (*diff.dependencies, *diff.dependents, *diff.points_of_failure)
    shapes = (shape for group in diff.groups for shape in (group.before, group.after) if shape is not None)
    return {
        *diff.compared,
        *(ci for change in reach for ci in (change.ci, *change.gained, *change.lost)),
        *(group.dependent for group in diff.groups),
        *(ci for shape in shapes for ci in shape.members),
    }
