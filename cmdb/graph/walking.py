"""Breadth-first walks over different nodes, apart from how a store is asked for what lies a step away.

Stores are asked in one thread, or on an event loop: so the walk is a generator, which is handed the answers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import RegionQuery, Steps, Walk

K = TypeVar("K", bound=Hashable)


class Seen(NamedTuple, Generic[K]):
    """A node as a store tells of it; `key` is what the store knows it by."""

    key: K
    id: str
    label: str
    status: str


@dataclass(frozen=True, slots=True)
class ByIds:
    """Asks for the nodes with these ids."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OneStep(Generic[K]):
    """Asks for the different nodes one step from these."""

    keys: list[K]
    steps: Steps


Ask: TypeAlias = ByIds | OneStep[K]
Answer: TypeAlias = Iterable[Seen[K]]


@dataclass(slots=True)
class Reached(Generic[K]):
    """The nodes found, in order, and whether a limit cut the walk."""

    nodes: dict[K, Seen[K]] = field(default_factory=dict)
    truncated: bool = False


Walking: TypeAlias = Generator[Ask[K], Answer[K], Reached[K]]
"""Asks, is answered, and gives what was reached."""


def walk(query: RegionQuery) -> Walking[K]:
    """What a region query reaches, its rim left out.

    Each ring is in the order of ids, so that it does not depend on how a store keeps its nodes.

    Raises:
        InvalidQueryError: a negative limit or depth.
    """
    if query.limit < 0 or (query.max_depth is not None and query.max_depth < 0):
        raise InvalidQueryError("a region's limit and depth cannot be negative")
    reached: Reached[K] = Reached()
    for one in query.walks:
        yield from _one_walk(query, one, reached)
    return reached


async def reached_by(query: RegionQuery, answer: Callable[[Ask[K]], Awaitable[Answer[K]]]) -> Reached[K]:
    """What a region query reaches where a store is asked on an event loop; see `walk`."""
    walking: Walking[K] = walk(query)
    try:
        asked: Ask[K] = next(walking)
        while True:
            asked = walking.send(await answer(asked))
    except StopIteration as end:
        found: Reached[K] = end.value
        return found


def reached_at_once(query: RegionQuery, answer: Callable[[Ask[K]], Answer[K]]) -> Reached[K]:
    """What a region query reaches where a store is asked in one thread; see `walk`."""
    walking: Walking[K] = walk(query)
    try:
        asked: Ask[K] = next(walking)
        while True:
            asked = walking.send(answer(asked))
    except StopIteration as end:
        found: Reached[K] = end.value
        return found


def _one_walk(query: RegionQuery, one: Walk, reached: Reached[K]) -> Generator[Ask[K], Answer[K], None]:
    starts: Answer[K] = (yield ByIds(tuple(dict.fromkeys(one.starts)))) if one.starts else ()
    own = {node.key: node for node in starts}
    frontier = [key for key, node in reached.nodes.items() if _leads_on(query, node) and key not in own]
    frontier += own
    reached.nodes.update({key: node for key, node in own.items() if key not in reached.nodes})
    depth = 0
    while one.steps and frontier and depth != query.max_depth and not reached.truncated:
        answer: Answer[K] = yield OneStep(frontier, one.steps)
        found = {node.key: node for node in answer if node.key not in reached.nodes}
        ring = sorted(found.values(), key=lambda node: node.id)
        room = max(query.limit - len(reached.nodes), 0)
        reached.truncated = len(ring) > room
        kept = ring[:room]
        reached.nodes.update({node.key: node for node in kept})
        frontier = [node.key for node in kept if _leads_on(query, node)]
        depth += 1


def _leads_on(query: RegionQuery, node: Seen[K]) -> bool:
    return query.dead_end is None or node.status != query.dead_end
