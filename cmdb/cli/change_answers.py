"""The API's answers about a change, and about redundancy that is not there, as the command line reads them."""

from __future__ import annotations

from pydantic import Field

from cmdb.cli.answers import Answer, Ci, Group, RecordLine, StateCount


class Span(Answer):
    """A span of time, two RFC 3339 texts."""

    start: str
    end: str


class RiskPart(Answer):
    """A part of a risk: value times weight gives the points."""

    part: str
    value: float
    weight: float
    points: float
    reason: str
    records: tuple[RecordLine, ...] = ()


class Risk(Answer):
    """How risky a change is, and why."""

    score: float
    level: str
    truncated: bool
    parts: tuple[RiskPart, ...]


class MeetingItem(Answer):
    """A CI in which changes meet: its state by each alone, and by all."""

    ci: Ci | None
    by_this: str
    by_other: str
    together: str
    group: Group | None = None


class Collision(Answer):
    """Another change that meets this one."""

    change: RecordLine
    kinds: tuple[str, ...]
    overlap: Span | None
    total_count: int
    items: tuple[MeetingItem, ...]


class Combination(Answer):
    """Several other changes that bring about, together with this one, what no two do."""

    changes: tuple[RecordLine, ...]
    overlap: Span
    total_count: int
    items: tuple[MeetingItem, ...]


class WindowCollision(Answer):
    """A blackout the change would be carried out in, or maintenance it would not."""

    window: RecordLine
    kind: str
    overlap: Span | None
    total_count: int
    items: tuple[Ci, ...]


class Collisions(Answer):
    """What stands against the planned window of a change."""

    planned: Span
    truncated: bool
    collisions: tuple[Collision, ...]
    together: tuple[Combination, ...]
    windows: tuple[WindowCollision, ...]
    empty_windows: tuple[RecordLine, ...] = ()


class Obstacle(Answer):
    """What was in the way before a slot."""

    record: RecordLine
    time: Span


class FreeSlot(Answer):
    """The next time in which nothing stands against a change; no slot when there is none as far as was looked."""

    slot: Span | None
    looked_until: str
    in_maintenance_only: bool
    truncated: bool
    obstacles: tuple[Obstacle, ...]


class ProposedItem(Answer):
    """A CI that is there, or is to be added."""

    id: str
    class_name: str = Field(alias="class", default="")
    proposed_name: str | None = None
    ci: Ci | None = None

    @property
    def shown(self) -> str:
        """Its name, or its id when it has none."""
        return self.proposed_name or (self.ci.shown if self.ci else self.id)


class Reach(Answer):
    """What a CI gains and loses."""

    item: ProposedItem
    gained_count: int
    gained: tuple[ProposedItem, ...]
    lost_count: int
    lost: tuple[ProposedItem, ...]


class Shape(Answer):
    """A redundancy group: of so many members some have to work."""

    members: tuple[ProposedItem, ...]
    total: int
    needed: int
    hard: bool


class RedundancyDifference(Answer):
    """A redundancy group that differs; None where there is none."""

    dependent: ProposedItem
    name: str
    before: Shape | None
    after: Shape | None


class ImpactDiff(Answer):
    """What the modifications of a change alter."""

    truncated: bool
    compared: int
    modifications: tuple[RecordLine, ...]
    dependencies: tuple[Reach, ...]
    dependents: tuple[Reach, ...]
    points_of_failure: tuple[Reach, ...]
    redundancy: tuple[RedundancyDifference, ...]


class Saving(Answer):
    """What redundancy saves; negative where it costs."""

    services_down: int
    services_hit: int
    users_at_most: int
    cost_per_hour: float


class StateDifference(Answer):
    """A CI whose state would be another one."""

    ci: Ci
    before: str
    after: str


class StateDifferences(Answer):
    """The first of them."""

    total_count: int
    nodes: tuple[StateDifference, ...]


class StateCounts(Answer):
    """How many are in each state."""

    by_state: tuple[StateCount, ...]


class WhatIf(Answer):
    """An impact without and with redundancy that is not there."""

    saves: Saving
    before: StateCounts
    after: StateCounts
    changes: StateDifferences


class PointOfFailure(Answer):
    """A CI that takes another one down by failing alone."""

    ci: Ci
    distance: int


class PointsOfFailure(Answer):
    """The first of them."""

    total_count: int
    looked_at: int
    truncated: bool
    nodes: tuple[PointOfFailure, ...]
