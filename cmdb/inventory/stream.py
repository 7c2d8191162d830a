"""A stream of observations becomes chunks of prepared ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from cmdb.inventory.observation import Observation, Problem
from cmdb.inventory.prepare import Preparer
from cmdb.inventory.prepared import PreparedObservation


@dataclass(frozen=True, slots=True)
class Chunk:
    """Prepared observations in the order of the source, and the problems met among them."""

    observations: list[PreparedObservation]
    problems: list[Problem]
    read: int

    def holds(self, items: int) -> bool:
        """Whether there are so many items in it, or more."""
        return sum([len(each.items) for each in self.observations]) >= items


class ChunkSource(Protocol):
    """Where the chunks of a run come from."""

    def next(self) -> Chunk | None:
        """The next chunk; None at the end."""
        ...

    def close(self) -> None:
        """Give back what reading took; nothing can be read any more."""
        ...


class Chunks:
    """Cuts a stream into chunks, bounded by items and by relationships; an observation is never cut."""

    def __init__(
        self, stream: Iterable[Observation | Problem], preparer: Preparer, items: int, relationships: int
    ) -> None:
        self._stream = iter(stream)
        self._preparer = preparer
        self._items = items
        self._relationships = relationships

    def next(self) -> Chunk | None:
        """The next chunk; None at the end of the stream."""
        observations: list[PreparedObservation] = []
        problems: list[Problem] = []
        read = items = relationships = 0
        for element in self._stream:
            read += 1
            if isinstance(element, Problem):
                problems.append(element)
                if len(problems) >= self._items:
                    break
                continue
            prepared = self._preparer.prepare(element)
            if prepared is None:
                if len(self._preparer.problems) >= self._items:
                    break
                continue
            observations.append(prepared)
            items += len(prepared.items)
            relationships += len(prepared.relationships)
            if items >= self._items or relationships >= self._relationships:
                break
        problems += self._preparer.problems
        self._preparer.problems.clear()
        return Chunk(observations, problems, read) if read else None

    def close(self) -> None:
        """Nothing to give back: the stream is its giver's."""
