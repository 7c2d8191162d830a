"""What an import would do, or has done: decisions with the rule and the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias

from cmdb.inventory.observation import Problem
from cmdb.kernel.values import Value


class ActionKind(StrEnum):
    """What happens to a CI or relationship."""

    CREATE = "create"
    UPDATE = "update"
    RELATE = "relate"
    RETIRE = "retire"
    UNCHANGED = "unchanged"


_WEIGHT = {ActionKind.UNCHANGED: 0, ActionKind.RETIRE: 1, ActionKind.UPDATE: 2, ActionKind.CREATE: 3}
"""Which of two actions on one CI is more. One that is retired and brought back within a run was updated."""


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """One attribute: as it is, as it will be, and which source vouches for each. None: no value."""

    name: str
    old: Value | None
    new: Value | None
    old_source: str | None
    new_source: str | None


@dataclass(frozen=True, slots=True)
class CiAction:
    """What happens to one CI. `rule` is the identification rule that told which CI it is; None: no rule matched.

    `weak` marks a match by a weak rule. `old_class` is set when the CI turns out to be of a finer class.
    """

    kind: ActionKind
    ci_id: str
    class_name: str
    name: str
    position: str
    rule: str | None
    reason: str
    weak: bool = False
    old_class: str | None = None
    changes: tuple[AttributeChange, ...] = ()

    def followed_by(self, later: CiAction) -> CiAction:
        """What happens to the CI by both; the first one tells which CI it is, and why."""
        changes = {change.name: change for change in self.changes}
        for change in later.changes:
            first = changes.get(change.name, change)
            changes[change.name] = replace(change, old=first.old, old_source=first.old_source)
        created = self.kind is ActionKind.CREATE
        return replace(
            self,
            kind=max(self.kind, later.kind, key=_WEIGHT.__getitem__),
            class_name=later.class_name,
            name=later.name,
            old_class=None if created else self.old_class or later.old_class,
            changes=tuple(changes.values()),
        )


@dataclass(frozen=True, slots=True)
class RelationAction:
    """A relationship to be made or altered. `replaces` is the CI it pointed to before, where only one may be."""

    type: str
    source_id: str
    source_name: str
    target_id: str
    target_name: str
    position: str
    reason: str
    replaces: str | None = None
    kind: ActionKind = ActionKind.RELATE


Action: TypeAlias = CiAction | RelationAction


@dataclass(frozen=True, slots=True)
class Candidate:
    """A CI that an observation in doubt may be. `id` is None for one that the same run would make."""

    id: str | None
    class_name: str
    name: str
    rule: str | None
    identifier: str | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """An observation in doubt: nothing of it is written until a person decides."""

    position: str
    class_name: str
    name: str
    candidates: tuple[Candidate, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many CIs and relationships each action befalls, by CI class or relationship type.

    A CI counts once, under one action, however often a source tells of it.
    """

    by_action: Mapping[ActionKind, Mapping[str, int]] = field(default_factory=dict)

    def total(self, kind: ActionKind) -> int:
        """All of one kind of action."""
        return sum(self.by_action.get(kind, {}).values())


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do; nothing of it is written.

    `problems` and `conflicts` hold the first ones; the counts beside them are complete.
    """

    source: str
    actions: tuple[Action, ...]
    counts: Counts
    conflicts: tuple[Conflict, ...]
    conflict_count: int
    problems: tuple[Problem, ...]
    problem_count: int


@dataclass(frozen=True, slots=True)
class RunReport:
    """What an import did. `first_revision` and `last_revision` are None when nothing was altered.

    `repeated` is True when the very same had been brought in before and all of it still stood: it was not looked at.
    """

    run_id: str
    source: str
    counts: Counts
    seconds: float
    conflicts: tuple[Conflict, ...] = ()
    conflict_count: int = 0
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    first_revision: int | None = None
    last_revision: int | None = None
    repeated: bool = False


class Tally:
    """Counts what becomes of CIs and relationships.

    A CI counts once, whether it is met once or in many chunks: by the most that happened to it, under the class it
    ends up in. A relationship counts each time it is to be written.
    """

    def __init__(self) -> None:
        self._decided: dict[str, tuple[ActionKind, str]] = {}
        self._related: Counter[str] = Counter()

    def decide(self, kind: ActionKind, class_name: str, ci_ids: Iterable[str]) -> None:
        """Count CIs of one class to which the same happens."""
        self._take_in(dict.fromkeys(ci_ids, (kind, class_name)))

    def relate(self, types: Iterable[str]) -> None:
        """Count relationships, each by its type."""
        self._related.update(types)

    def include(self, later: Tally) -> None:
        """Add what was counted later in the same run."""
        self._take_in(later._decided)
        self._related.update(later._related)

    def counts(self) -> Counts:
        """What was counted so far; kinds that never happened are left out."""
        found: dict[ActionKind, dict[str, int]] = {kind: {} for kind in ActionKind}
        for (kind, class_name), number in sorted(Counter(self._decided.values()).items()):
            found[kind][class_name] = number
        found[ActionKind.RELATE] = dict(sorted(self._related.items()))
        return Counts({kind: by_name for kind, by_name in found.items() if by_name})

    def _take_in(self, later: Mapping[str, tuple[ActionKind, str]]) -> None:
        decided = self._decided
        # Of a source that tells of each CI once, as most do, no chunk meets a CI of the ones before.
        again = [] if decided.keys().isdisjoint(later.keys()) else [each for each in later if each in decided]
        before = [(each, decided[each][0]) for each in again]
        decided.update(later)
        for each, kind in before:
            happens, class_name = later[each]
            if kind is not happens and _WEIGHT[kind] > _WEIGHT[happens]:
                decided[each] = (kind, class_name)


def plan_text(plan: Plan, samples: int = 5) -> str:
    """The plan for a person: counts by class, the first few of each action, all conflicts and problems held."""
    return "\n".join(_lines(plan, samples))


def plan_data(plan: Plan) -> dict[str, object]:
    """The plan as plain data, ready for JSON."""
    return {
        "source": plan.source,
        "counts": {kind.value: dict(found) for kind, found in plan.counts.by_action.items()},
        "actions": [_action_data(action) for action in plan.actions],
        "conflicts": [_conflict_data(conflict) for conflict in plan.conflicts],
        "conflict_count": plan.conflict_count,
        "problems": [
            {
                "position": each.position,
                "code": each.code,
                "severity": each.severity.value,
                "message": each.message,
                "remedy": each.remedy,
            }
            for each in plan.problems
        ],
        "problem_count": plan.problem_count,
    }


def _lines(plan: Plan, samples: int) -> Iterator[str]:
    for kind in ActionKind:
        found = plan.counts.by_action.get(kind, {})
        if not found:
            continue
        yield f"{kind.value}: {plan.counts.total(kind):,} ({', '.join(f'{n:,} {c}' for c, n in found.items())})"
        shown = [action for action in plan.actions if action.kind is kind]
        for action in shown[:samples]:
            yield from _action_lines(action)
        if len(shown) > samples:
            yield f"  … and {len(shown) - samples:,} more"
    if plan.conflict_count:
        yield f"conflicts, for a person to decide: {plan.conflict_count:,}"
    for conflict in plan.conflicts:
        yield f"  {conflict.position}: {conflict.class_name} {conflict.name}: {conflict.reason}"
        for candidate in conflict.candidates:
            by = f", by {candidate.rule}" if candidate.rule else ""
            yield f"    may be {candidate.class_name} {candidate.name} ({candidate.id or 'made by this run'}{by})"
    if plan.problem_count:
        yield f"problems: {plan.problem_count:,}"
    for problem in plan.problems:
        yield f"  {problem.position}: {problem.message}. {problem.remedy}"


def _action_lines(action: Action) -> Iterator[str]:
    if isinstance(action, RelationAction):
        instead = f" (instead of {action.replaces})" if action.replaces else ""
        yield f"  {action.source_name} {action.type} {action.target_name}{instead}"
        return
    finer = f" (was {action.old_class})" if action.old_class else ""
    weak = ", a weak match" if action.weak else ""
    yield f"  {action.class_name} {action.name}{finer}: {action.reason}{weak}"
    if action.kind is not ActionKind.CREATE:
        for change in action.changes:
            yield (
                f"    {change.name}: {change.old!r} ({change.old_source or 'unknown'})"
                f" → {change.new!r} ({change.new_source or 'unknown'})"
            )


def _action_data(action: Action) -> dict[str, object]:
    if isinstance(action, RelationAction):
        return {
            "action": action.kind.value,
            "type": action.type,
            "source": {"id": action.source_id, "name": action.source_name},
            "target": {"id": action.target_id, "name": action.target_name},
            "replaces": action.replaces,
            "position": action.position,
            "reason": action.reason,
        }
    return {
        "action": action.kind.value,
        "id": action.ci_id,
        "class": action.class_name,
        "old_class": action.old_class,
        "name": action.name,
        "position": action.position,
        "rule": action.rule,
        "weak": action.weak,
        "reason": action.reason,
        "changes": [
            {
                "attribute": change.name,
                "old": change.old,
                "new": change.new,
                "old_source": change.old_source,
                "new_source": change.new_source,
            }
            for change in action.changes
        ],
    }


def _conflict_data(conflict: Conflict) -> dict[str, object]:
    return {
        "position": conflict.position,
        "class": conflict.class_name,
        "name": conflict.name,
        "reason": conflict.reason,
        "candidates": [
            {
                "id": each.id,
                "class": each.class_name,
                "name": each.name,
                "rule": each.rule,
                "identifier": each.identifier,
            }
            for each in conflict.candidates
        ],
    }
