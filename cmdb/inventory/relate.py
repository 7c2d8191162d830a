"""From observed relationships to links that shall stand. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from cmdb.graph.elements import LinkKey, Properties
from cmdb.inventory.compiled import ClassPlan, CompiledModel, RelationshipPlan
from cmdb.inventory.drafts import Draft
from cmdb.inventory.identify import Identified, find_reference
from cmdb.inventory.known import Known
from cmdb.inventory.memory import ChunkMemory
from cmdb.inventory.observation import Problem
from cmdb.inventory.prepared import PreparedEnd, PreparedObservation, PreparedReference, PreparedRelationship
from cmdb.kernel.values import Value


class DraftLink(NamedTuple):
    """A link to be put, and those it takes the place of where an end may have one only."""

    key: LinkKey
    properties: Properties
    position: str
    replaces: tuple[LinkKey, ...] = ()


@dataclass(frozen=True, slots=True)
class WaitingRelationship:
    """A relationship to a CI nobody knows yet: it is tried again when the source has been read to its end."""

    observation: PreparedObservation
    missing: PreparedReference


@dataclass(slots=True)
class Related:
    """The relationships of a chunk."""

    links: dict[LinkKey, DraftLink] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    waiting: list[WaitingRelationship] = field(default_factory=list)


class Relater:
    """Checks the relationships of one chunk and drafts the links that are not there yet."""

    def __init__(
        self,
        model: CompiledModel,
        known: Known,
        identified: Identified,
        drafts: Mapping[str, Draft],
        memory: ChunkMemory,
    ) -> None:
        self.related = Related()
        self._model = model
        self._known = known
        self._identified = identified
        self._drafts = drafts
        self._memory = memory
        self._permitted: dict[tuple[str, str, str], bool] = {}
        self._fixed: dict[tuple[str, str, str], str] = {}
        self._names: dict[str, list[Draft]] | None = None
        self._meant: dict[PreparedReference, str] = {}
        self._classes: dict[str, ClassPlan] = {}

    def relate_all(self) -> None:
        """Draft every relationship of the chunk's observations, in `related`."""
        for observation in self._identified.observations:
            for relationship in observation.relationships:
                self._relate(observation, relationship)

    def _relate(self, observation: PreparedObservation, relationship: PreparedRelationship) -> None:
        source = self._end(observation, relationship, relationship.source)
        target = self._end(observation, relationship, relationship.target) if source else None
        if source is None or target is None:
            return
        plan = relationship.plan
        if not self._permits(observation, plan, source, target):
            return
        key = LinkKey(plan.name, source, target)
        standing = self._known.links.get(key)
        drafted = self.related.links.get(key)
        properties = self._properties(relationship, drafted.properties if drafted else standing)
        if standing is not None and drafted is None and properties == standing:
            self.related.unchanged[plan.name] = self.related.unchanged.get(plan.name, 0) + 1
            self._bind(plan, key)
            return
        if drafted is not None and properties == drafted.properties:
            return
        allowed, replaces = self._room(observation, plan, key)
        if allowed:
            self.related.links[key] = DraftLink(key, properties, observation.position, replaces)

    def _properties(self, relationship: PreparedRelationship, standing: Properties | None) -> Properties:
        if standing is None:
            return {**relationship.plan.defaults, **relationship.attributes}
        return {**standing, **relationship.attributes} if relationship.attributes else standing

    def _end(
        self, observation: PreparedObservation, relationship: PreparedRelationship, end: PreparedEnd
    ) -> str | None:
        if isinstance(end, int):
            return observation.items[end].node_id
        if end.node_id is not None:
            return end.node_id
        meant = self._meant.get(end)
        if meant is not None:
            return meant
        found = find_reference(end, self._known, self._identified) or self._made_here(end)
        if len(found) == 1:
            self._meant[end] = found[0]
            return found[0]
        if found:
            names = ", ".join(found[:5])
            self._report(
                observation,
                "REFERENCE_AMBIGUOUS",
                f"{end.shown} may be any of {len(found)} CIs ({names})",
                "Name it by an attribute that identifies it, e.g. its serial number or FQDN.",
            )
        else:
            alone = PreparedObservation(
                observation.position,
                observation.at,
                [],
                [self._pinned(observation, relationship)],
            )
            self.related.waiting.append(WaitingRelationship(alone, end))
        return None

    def _pinned(
        self, observation: PreparedObservation, relationship: PreparedRelationship
    ) -> PreparedRelationship:
        """The relationship on its own: ends that are known are named by their ids."""
        ends: list[PreparedReference] = []
        for end in (relationship.source, relationship.target):
            if isinstance(end, int):
                item = observation.items[end]
                ends.append(PreparedReference(item.plan, item.key, [], None, item.node_id))
            else:
                ends.append(end)
        return PreparedRelationship(relationship.plan, ends[0], ends[1], relationship.attributes)

    def _made_here(self, reference: PreparedReference) -> list[str]:
        """CIs of this chunk with the name a reference gives."""
        if reference.name is None:
            return []
        if self._names is None:
            self._names = {}
            for draft in self._drafts.values():
                if draft.node is None:
                    for name in {draft.name, *_other_names(draft.changes)}:
                        self._names.setdefault(name, []).append(draft)
        found = self._names.get(reference.name, ())
        return [draft.node_id for draft in found if reference.plan.name in draft.plan.lineage]

    def _permits(
        self, observation: PreparedObservation, plan: RelationshipPlan, source: str, target: str
    ) -> bool:
        one, other = self._class_of(source), self._class_of(target)
        if one is None or other is None:
            return False
        permitted = self._permitted.get((plan.name, one.name, other.name))
        if permitted is None:
            permitted = plan.permits(one, other)
            self._permitted[plan.name, one.name, other.name] = permitted
        if not permitted:
            turned = "; the other way round it would be allowed" if plan.permits(other, one) else ""
            self._report(
                observation,
                "ENDS_NOT_ALLOWED",
                f"{plan.name} joins {plan.describe_ends()}, not {one.name} to {other.name}{turned}",
                "Use another relationship type, or correct the ends.",
            )
        return permitted

    def _class_of(self, node_id: str) -> ClassPlan | None:
        found = self._classes.get(node_id)
        if found is None:
            found = self._found_class(node_id)
            if found is not None:
                self._classes[node_id] = found
        return found

    def _found_class(self, node_id: str) -> ClassPlan | None:
        draft = self._drafts.get(node_id)
        if draft is not None:
            return draft.plan
        group = self._identified.owners.get(node_id)
        if group is not None and group.root().plan is not None:
            return group.root().plan
        node = self._known.nodes.get(node_id)
        return self._model.classes.get(node.label) if node else None

    def _room(
        self, observation: PreparedObservation, plan: RelationshipPlan, key: LinkKey
    ) -> tuple[bool, tuple[LinkKey, ...]]:
        """Whether the ends have room for one more, and the older links that must go to make it."""
        if not (plan.one_target or plan.one_source) or key in self._known.links:
            return True, ()
        replaces: list[LinkKey] = []
        for bounded, end, other, standing in (
            (plan.one_target, ("source", key.source), key.target, self._known.targets),
            (plan.one_source, ("target", key.target), key.source, self._known.sources),
        ):
            if not bounded:
                continue
            bound = (plan.name, *end)
            fixed = self._fixed.get(bound)
            if fixed not in {None, other} or (fixed is None and self._memory.is_bound(bound)):
                self._report(
                    observation,
                    "TOO_MANY",
                    f"a CI may be the {end[0]} of one {plan.name} only, and this source names a second one",
                    "Keep the right one of the two in the source.",
                )
                return False, ()
            for former in standing.get((plan.name, end[1]), ()):
                if former != other:
                    ends = (end[1], former) if end[0] == "source" else (former, end[1])
                    replaces.append(LinkKey(plan.name, *ends))
        self._bind(plan, key)
        return True, tuple(replaces)

    def _bind(self, plan: RelationshipPlan, key: LinkKey) -> None:
        if plan.one_target:
            self._fixed[plan.name, "source", key.source] = key.target
            self._memory.bound.add((plan.name, "source", key.source))
        if plan.one_source:
            self._fixed[plan.name, "target", key.target] = key.source
            self._memory.bound.add((plan.name, "target", key.target))

    def _report(self, observation: PreparedObservation, code: str, message: str, remedy: str) -> None:
        self.related.problems.append(Problem(observation.position, code, message, remedy))


def _other_names(attributes: Mapping[str, Value | None]) -> set[str]:
    values = (attributes.get("hostname"), attributes.get("fqdn"))
    return {value for value in values if isinstance(value, str)}
