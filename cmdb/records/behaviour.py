"""What processes implement: guards and effects by name, and what holds for a record type at every write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from cmdb.model.check import Changes, did_you_mean
from cmdb.model.records import RecordType
from cmdb.records.errors import BehaviourError, listed
from cmdb.records.situation import Situation

Guard: TypeAlias = Callable[[Situation], Iterable[str]]
"""Gives one sentence for each thing that stands in the way; none means go ahead."""

Effect: TypeAlias = Callable[[Situation], Changes]
"""Gives the further changes to the record's attributes."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The behaviour of one process, or of all of them.

    `guards` and `effects` go by the names that lifecycles use. `rules` and `derivations` go by record type:
    a rule must hold after every write, a derivation computes attributes from others at every write. `sets`
    gives for an effect the attributes that a record type must have whose lifecycle names it.
    """

    guards: Mapping[str, Guard] = field(default_factory=dict)
    effects: Mapping[str, Effect] = field(default_factory=dict)
    rules: Mapping[str, Guard] = field(default_factory=dict)
    derivations: Mapping[str, Effect] = field(default_factory=dict)
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def merged(behaviours: Iterable[Behaviour]) -> Behaviour:
    """All of them as one.

    Raises:
        BehaviourError: two give a meaning to the same name.
    """
    parts = list(behaviours)
    twice = [
        f"the {kind} {name!r} is implemented twice"
        for kind, names in (
            ("guard", [name for part in parts for name in part.guards]),
            ("effect", [name for part in parts for name in part.effects]),
            ("rule of", [name for part in parts for name in part.rules]),
            ("derivation of", [name for part in parts for name in part.derivations]),
        )
        for name, count in Counter(names).items()
        if count > 1
    ]
    if twice:
        raise BehaviourError(listed("The processes contradict one another", twice))
    return Behaviour(
        guards={name: guard for part in parts for name, guard in part.guards.items()},
        effects={name: effect for part in parts for name, effect in part.effects.items()},
        rules={name: rule for part in parts for name, rule in part.rules.items()},
        derivations={name: effect for part in parts for name, effect in part.derivations.items()},
        sets={name: attributes for part in parts for name, attributes in part.sets.items()},
    )


def check_implemented(record_types: Iterable[RecordType], behaviour: Behaviour) -> None:
    """Every lifecycle can be carried out and told from the history.

    Raises:
        BehaviourError: a guard or effect is named that nobody implements, an effect sets an attribute that
            the type does not have, or two actions of one type lead from the same state to the same state;
            every mistake is named.
    """
    mistakes = [
        mistake
        for record_type in record_types
        for mistake in (
            *_missing(record_type, behaviour),
            *_unsettable(record_type, behaviour),
            *_ambiguous(record_type),
        )
    ]
    if mistakes:
        raise BehaviourError(
            listed("The lifecycles cannot be carried out", mistakes), details={"mistakes": mistakes}
        )


def _missing(record_type: RecordType, behaviour: Behaviour) -> Iterator[str]:
    for action in record_type.lifecycle.actions.values():
        for kind, names, known in (
            ("guard", action.guards, behaviour.guards),
            ("effect", action.effects, behaviour.effects),
        ):
            for name in names:
                if name not in known:
                    yield (
                        f"{record_type.name}.{action.name} names the {kind} {name!r}, which no process "
                        f"implements{did_you_mean(name, known)}"
                    )


def _unsettable(record_type: RecordType, behaviour: Behaviour) -> Iterator[str]:
    for action in record_type.lifecycle.actions.values():
        for effect in action.effects:
            for name in behaviour.sets.get(effect, ()):
                if name not in record_type.attributes:
                    yield (
                        f"{record_type.name}.{action.name} names the effect {effect!r}, which sets {name!r}; "
                        f"{record_type.name} has no such attribute"
                    )


def _ambiguous(record_type: RecordType) -> Iterator[str]:
    """The ledger keeps the states, so a pair of states has to name the action between them."""
    taken: dict[tuple[str, str], str] = {}
    for action in record_type.lifecycle.actions.values():
        for source in action.sources:
            other = taken.setdefault((source, action.target), action.name)
            if other != action.name:
                yield (
                    f"{record_type.name}.{action.name} leads from {source!r} to {action.target!r}, "
                    f"as {other!r} does already"
                )
