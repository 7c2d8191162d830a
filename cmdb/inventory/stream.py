"""A stream of observations becomes chunks of prepared ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from cmdb.inventory.observation import Observation, Problem
from cmdb.inventory.prepare import Preparer
from cmdb.inventory.prepared import PreparedObservation

_FIRST_PARTS = (4, 2)
"""The first chunk is the fourth part of a whole one, the second the half of it."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Prepared observations in the order of the source, and the problems met among them.

    `is_full` is True where the bound of a chunk ended it, so that there may be many more to come.
    """

    observations: list[PreparedObservation]
    problems: list[Problem]
    read: int
    is_full: bool


class ChunkSource(Protocol):
    """Where the chunks of a run come from."""

    def next(self) -> Chunk | None:
        """The next chunk; None at the end."""
        ...

    def close(self) -> None:
        """Give back what reading took; nothing can be read any more."""
        ...


class Chunks:
    """Cuts a stream into chunks, bounded by items and by relationships; an observation is never cut.

    Args:
        stream: What the source tells.
        preparer: Brings it into normal form.
        items: The most items of a chunk.
        relationships: The most relationships of a chunk.
        soon: Whether the first chunks are smaller, so that what is done with them begins the sooner.
    """

    def __init__(
        self,
        stream: Iterable[Observation | Problem],
        preparer: Preparer,
        items: int,
        relationships: int,
        *,
        soon: bool = False,
    ) -> None:
        self._stream = iter(stream)
        self._preparer = preparer
        self._items = items
        self._relationships = relationships
        self._parts = iter(_FIRST_PARTS if soon else ())

    def next(self) -> Chunk | None:
        """The next chunk; None at the end of the stream."""
        observations: list[PreparedObservation] = []
        problems: list[Problem] = []
        read = items = relationships = 0
        is_full = False
        part = next(self._parts, 1)
        most_items, most_relationships = self._items // part, self._relationships // part
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
            if items >= most_items or relationships >= most_relationships:
                is_full = True
                break
        problems += self._preparer.problems
        self._preparer.problems.clear()
        return Chunk(observations, problems, read, is_full) if read else None

    def close(self) -> None:
        """Nothing to give back: the stream is its giver's."""
