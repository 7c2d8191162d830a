"""What a run must remember from chunk to chunk, so that two observations of one CI in it do not fight."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

Listed: TypeAlias = tuple[str, str]
"""A node id and the name of one of its list attributes."""


@dataclass(slots=True)
class RunMemory:
    """What a run has seen so far.

    spoken: for each CI, the attributes this run has given it a word on. confirmed: weak identifiers seen on
    their holder. bound: ends of relationships that may have one link only, and got it. unseen: members of
    lists that this source gave earlier and has not repeated in this run.
    """

    spoken: dict[str, frozenset[str]] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    bound: set[tuple[str, str, str]] = field(default_factory=set)
    unseen: dict[Listed, set[str]] = field(default_factory=dict)


@dataclass(slots=True)
class ChunkMemory:
    """What one chunk adds; it counts only once the chunk is written.

    `before` is the memory of the chunk before while that one is being written.
    """

    run: RunMemory
    before: ChunkMemory | None = None
    spoken: dict[str, frozenset[str]] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    bound: set[tuple[str, str, str]] = field(default_factory=set)
    unseen: dict[Listed, set[str]] = field(default_factory=dict)

    def was_spoken_of(self, node_id: str) -> frozenset[str] | None:
        """The attributes an earlier chunk of this run gave the CI a word on; None when it did not meet it."""
        if self.before is not None:
            found = self.before.spoken.get(node_id)
            if found is not None:
                return found
        return self.run.spoken.get(node_id)

    def unseen_before(self, listed: Listed) -> set[str] | None:
        """The members of a list that this run has not met yet; None when it has not looked at that list."""
        found = self.unseen.get(listed)
        if found is None and self.before is not None:
            found = self.before.unseen.get(listed)
        return found if found is not None else self.run.unseen.get(listed)

    def has_unseen(self) -> bool:
        """True when members of some list wait to be met again."""
        return bool(self.unseen or self.run.unseen or (self.before and self.before.unseen))

    def is_confirmed(self, identifier: str) -> bool:
        """True when this run has seen a weak identifier on the CI that holds it."""
        return (
            identifier in self.confirmed
            or identifier in self.run.confirmed
            or (self.before is not None and identifier in self.before.confirmed)
        )

    def is_bound(self, end: tuple[str, str, str]) -> bool:
        """True when this run has already given that end its one relationship."""
        return (
            end in self.bound
            or end in self.run.bound
            or (self.before is not None and end in self.before.bound)
        )

    def keep(self) -> None:
        """Add all of it to the run."""
        self.before = None
        self.run.spoken.update(self.spoken)
        self.run.confirmed |= self.confirmed
        self.run.bound |= self.bound
        self.run.unseen.update(self.unseen)
