"""From an observation to a prepared one, or to the problems that keep it out."""

from __future__ import annotations

from collections.abc import Mapping

from cmdb.inventory.compiled import ClassPlan, CompiledModel, NetworkScope
from cmdb.inventory.normalise import Normaliser, UnfitValueError
from cmdb.inventory.observation import (
    Observation,
    ObservedItem,
    ObservedRelationship,
    Presence,
    Problem,
    Reference,
    Severity,
)
from cmdb.inventory.prepared import (
    Identifier,
    PreparedEnd,
    PreparedItem,
    PreparedObservation,
    PreparedReference,
    PreparedRelationship,
)
from cmdb.kernel.clock import InvalidInstantError, instant_text, parse_instant
from cmdb.kernel.values import Value
from cmdb.model.check import did_you_mean
from cmdb.model.types import End

_SHOWN = 80
_DEEPEST = 20
_REFERENCES_KEPT = 50_000


class Preparer:
    """Prepares the observations of one run; problems gather in `problems`.

    Args:
        model: The compiled model.
        where: Source and network scope of the run.
        latest: The latest believable time of observation (RFC 3339); later ones are taken as this.
    """

    def __init__(self, model: CompiledModel, where: NetworkScope, latest: str) -> None:
        self.problems: list[Problem] = []
        self._model = model
        self._where = where
        self._latest = latest
        self._instants: dict[str, str] = {}
        self._references: dict[tuple[str, tuple[tuple[str, Value], ...]], PreparedReference] = {}
        self._position = ""
        self._refused = False

    def prepare(self, observation: Observation) -> PreparedObservation | None:
        """The prepared observation, or None when it cannot go in; the reasons are then in `problems`."""
        self._position = observation.position
        self._refused = False
        at = self._instant(observation.observed_at)
        keys: dict[str, int] = {}
        items: list[PreparedItem] = []
        for observed in observation.items:
            if observed.key in keys:
                self._refuse(
                    "DUPLICATE_KEY", f"two items have the key {observed.key!r}", "Give each its own key."
                )
            item = self._item(observed)
            if item is not None:
                keys[observed.key] = len(items)
                items.append(item)
        relationships: list[PreparedRelationship] = []
        if not self._refused:
            for each in observation.relationships:
                relationship = self._relationship(each, keys, items)
                if relationship is not None:
                    relationships.append(relationship)
        if self._refused:
            return None
        prepared = PreparedObservation(observation.position, at, items, relationships)
        if relationships:
            _set_parents(prepared)
        return prepared

    def _item(self, observed: ObservedItem) -> PreparedItem | None:
        plan = self._class(observed.class_name)
        if plan is None:
            return None
        attributes = self._values(plan.name, plan.normalisers, observed.attributes)
        return self._identified(observed.key, plan, attributes, observed.presence)

    def _identified(
        self, key: str, plan: ClassPlan, attributes: dict[str, Value], presence: Presence
    ) -> PreparedItem:
        strong: list[Identifier] = []
        weak: list[Identifier] = []
        for rule in plan.independent:
            if rule.attributes[0] in attributes:
                for text in rule.independent(attributes, self._where):
                    (weak if rule.weak else strong).append((rule, text))
        dependent: list[Identifier] = []
        for rule in plan.dependent:
            for text in rule.dependent(attributes):
                dependent.append((rule, text))  # noqa: PERF401 - most items have one or none
        return PreparedItem(key, plan, attributes, presence is Presence.PRESENT, strong, weak, dependent)

    def _relationship(
        self, observed: ObservedRelationship, keys: Mapping[str, int], items: list[PreparedItem]
    ) -> PreparedRelationship | None:
        plan = self._model.relationships.get(observed.type)
        if plan is None:
            known = self._model.relationships
            self._refuse(
                "UNKNOWN_RELATIONSHIP",
                f"there is no relationship type {observed.type!r}{did_you_mean(observed.type, known)}",
                "`cmdb classes` lists the relationship types.",
            )
            return None
        source = self._end(observed.source, keys, items)
        target = self._end(observed.target, keys, items)
        told = observed.attributes
        attributes = self._values(plan.name, plan.normalisers, told) if told else {}
        if source is None or target is None:
            return None
        return PreparedRelationship(plan, source, target, attributes)

    def _end(
        self, end: str | Reference, keys: Mapping[str, int], items: list[PreparedItem]
    ) -> PreparedEnd | None:
        if isinstance(end, str):
            place = keys.get(end)
            if place is None:
                self._refuse(
                    "UNKNOWN_KEY",
                    f"a relationship names the item {end!r}, which the observation does not hold",
                    "Use the key of an item of the same observation, or a reference.",
                )
            return place
        return self._reference(end, items)

    def _reference(self, reference: Reference, items: list[PreparedItem]) -> PreparedEnd | None:
        """A reference; sources of relationships name the same CIs again and again, so what was worked out is kept."""
        if reference.create:
            return self._new_reference(reference, items)
        told = tuple(reference.attributes.items())
        if not all([type(value) is str for _, value in told]):  # noqa: C419 - a generator would double the time
            return self._new_reference(reference, items)
        key = (reference.class_name, told)
        known = self._references.get(key)
        if known is None:
            problems = len(self.problems)
            end = self._new_reference(reference, items)
            # Where there was a problem, it is reported at each place.
            if isinstance(end, PreparedReference) and len(self.problems) == problems:
                if len(self._references) > _REFERENCES_KEPT:
                    self._references.clear()
                self._references[key] = end
            return end
        return known

    def _new_reference(self, reference: Reference, items: list[PreparedItem]) -> PreparedEnd | None:
        plan = self._class(reference.class_name)
        if plan is None:
            return None
        attributes = self._values(plan.name, plan.normalisers, reference.attributes)
        item = self._identified("", plan, attributes, Presence.PRESENT)
        if reference.create and (item.strong or item.weak):
            items.append(item)
            return len(items) - 1
        name = attributes.get("name")
        shown = f"{plan.name} {', '.join(f'{key} {value!r}' for key, value in attributes.items())}"
        return PreparedReference(
            plan, shown, item.strong + item.weak, name if isinstance(name, str) else None
        )

    def _class(self, name: str) -> ClassPlan | None:
        plan = self._model.classes.get(name)
        if plan is None:
            self._refuse(
                "UNKNOWN_CLASS",
                f"there is no CI class {name!r}{did_you_mean(name, self._model.classes)}",
                "`cmdb classes` lists the classes.",
            )
        return plan

    def _values(
        self, owner: str, normalisers: Mapping[str, Normaliser], observed: Mapping[str, Value]
    ) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for name, given in observed.items():
            normal = normalisers.get(name)
            if normal is None:
                self._refuse(
                    "UNKNOWN_ATTRIBUTE",
                    f"{owner} has no attribute {name!r}{did_you_mean(name, normalisers)}",
                    f"`cmdb classes {owner}` lists the attributes.",
                )
                continue
            try:
                value = normal(given)
            except UnfitValueError as error:
                self._unfit(f"{owner}.{name}: {_shown(given)} is {error}", lenient=error.lenient)
                continue
            if value is not None:
                values[name] = value
        return values

    def _unfit(self, message: str, *, lenient: bool) -> None:
        if lenient:
            remedy = "The value was left out; the rest went in."
            self.problems.append(Problem(self._position, "UNFIT_VALUE", message, remedy, Severity.WARNING))
        else:
            self._refuse("UNFIT_VALUE", message, "Correct the value in the source, or leave it empty.")

    def _instant(self, text: str) -> str:
        known = self._instants.get(text)
        if known is not None:
            return known
        try:
            instant = instant_text(parse_instant(text))
        except (InvalidInstantError, OverflowError):
            self._refuse(
                "INVALID_TIME", f"{_shown(text)} is not a moment", "Write it as 2026-11-22T08:30:00Z."
            )
            return self._latest
        if instant > self._latest:
            message = f"observed at {instant}, which lies in the future; taken as {self._latest}"
            remedy = "Check the clock of the machine that made the file."
            self.problems.append(Problem(self._position, "FUTURE_TIME", message, remedy, Severity.WARNING))
            instant = self._latest
        if len(self._instants) > 10_000:
            self._instants.clear()
        self._instants[text] = instant
        return instant

    def _refuse(self, code: str, message: str, remedy: str) -> None:
        self._refused = True
        self.problems.append(Problem(self._position, code, message, remedy))


def _set_parents(observation: PreparedObservation) -> None:
    """Find who lends identity to whom, and in which order the items must be identified."""
    items = observation.items
    at_source, at_target = End.SOURCE, End.TARGET
    dependents: set[int] = set()
    for relationship in observation.relationships:
        name = relationship.plan.name
        source, target = relationship.source, relationship.target
        if isinstance(source, int) and items[source].plan.lenders.get(name) is at_source:
            items[source].parents.setdefault(name, target)
            dependents.add(source)
        if isinstance(target, int) and items[target].plan.lenders.get(name) is at_target:
            items[target].parents.setdefault(name, source)
            dependents.add(target)
    for place in sorted(dependents):
        _set_depth(items, place, ())


def _set_depth(items: list[PreparedItem], place: int, above: tuple[int, ...]) -> int:
    """1 more than the deepest parent; a parent that depends on the item itself lends nothing."""
    item = items[place]
    if item.depth or not item.parents:
        return item.depth
    for name, parent in list(item.parents.items()):
        if not isinstance(parent, int):
            item.depth = max(item.depth, 1)
        elif parent == place or parent in above or len(above) >= _DEEPEST:
            del item.parents[name]
        else:
            item.depth = max(item.depth, 1 + _set_depth(items, parent, (*above, place)))
    return item.depth


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
