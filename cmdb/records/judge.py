"""What becomes of a record in an operation, and what stands in its way: pure, nothing is read or written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from cmdb.graph.elements import Properties
from cmdb.model.check import Checked, altered, check_values, missing_values
from cmdb.model.records import RecordType
from cmdb.records.behaviour import Behaviour, Guard
from cmdb.records.situation import Situation

STATUS = "status"
KEPT_BY_THE_ENGINE: Mapping[str, str] = MappingProxyType(
    {"number": "given by the store", STATUS: "changed by the actions of the lifecycle only"}
)
"""Attributes that no caller sets, and who does."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The record as it would be written, and one sentence for each thing that stands in the way."""

    after: Properties
    objections: tuple[str, ...]


class Judge:
    """Applies the behaviour of the processes to one operation on one record."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour

    def decide(self, situation: Situation, refused: Iterable[str] = ()) -> Verdict:
        """Carry the effects out, compute what follows, then ask the guards and rules.

        Args:
            situation: The record with what the caller gives; `after` does not hold any effects yet.
            refused: Attributes whose values are no good, so that their absence is no second mistake.
        """
        result = self.carried_out(situation)
        objections = [
            *_missing(result, {*refused, *KEPT_BY_THE_ENGINE}),
            *(objection for guard in self._guards(result) for objection in guard(result)),
        ]
        return Verdict(result.after, tuple(dict.fromkeys(objections)))

    def carried_out(self, situation: Situation) -> Situation:
        """The situation after the effects of the action and what is computed from other attributes."""
        names = situation.action.effects if situation.action else ()
        effects = [self._behaviour.effects[name] for name in names]
        derivation = self._behaviour.derivations.get(situation.record_type.name)
        for effect in [*effects, derivation] if derivation else effects:
            situation = replace(situation, after=altered(situation.after, effect(situation)))
        return situation

    def _guards(self, situation: Situation) -> Iterator[Guard]:
        for name in situation.action.guards if situation.action else ():
            yield self._behaviour.guards[name]
        rule = self._behaviour.rules.get(situation.record_type.name)
        if rule:
            yield rule


def check_attributes(record_type: RecordType, values: Mapping[str, object]) -> Checked:
    """The values given for a record of this type; those that the engine keeps itself are refused."""
    given = {name: value for name, value in values.items() if name not in KEPT_BY_THE_ENGINE}
    checked = check_values(record_type.name, record_type.attributes, given)
    kept = (
        f"{record_type.name}.{name} is {why}" for name, why in KEPT_BY_THE_ENGINE.items() if name in values
    )
    return Checked(checked.values, (*checked.mistakes, *kept), checked.refused)


def _missing(situation: Situation, silent: set[str]) -> Iterator[str]:
    record_type, action = situation.record_type, situation.action
    asked = {name: a for name, a in record_type.attributes.items() if name not in silent}
    yield from missing_values(record_type.name, asked, situation.after)
    if action is None:
        return
    for name in action.requires:
        if name not in silent and situation.after.get(name) is None and not asked[name].required:
            yield f"{record_type.name}.{action.name} requires a value for {name!r}"
