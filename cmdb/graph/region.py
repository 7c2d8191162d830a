"""A region read through the port's other questions: for stores whose own traversal does not know what is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol

from cmdb.graph.elements import Link, LinkKey, Node, Properties
from cmdb.graph.query import Direction, LinkQuery, RegionQuery
from cmdb.graph.structure import Structure
from cmdb.graph.walking import Ask, ByIds, Seen, reached_by

_AT_ONCE = 1000


class Readable(Protocol):
    """What of a store is asked."""

    async def get(self, ids: Sequence[str]) -> Mapping[str, Node]:
        """The nodes with these ids."""
        ...

    async def links(self, query: LinkQuery) -> Mapping[str, Sequence[Link]]:
        """The links of each node asked for."""
        ...


async def region_by_links(store: Readable, query: RegionQuery, revision: int) -> Structure:
    """The region of a store that does not change meanwhile, in two reads for each thousand nodes of a ring.

    Raises:
        InvalidQueryError: unknown link type, or a negative limit or depth.
    """
    reached = await reached_by(query, partial(_answer, store))
    links = await _links(store, query, reached.nodes)
    nodes = dict(reached.nodes)
    ends = {end for key in links for end in key[1:]} - nodes.keys()
    nodes.update({node.id: node for node in await _seen(store, sorted(ends))})
    place = {node_id: number for number, node_id in enumerate(nodes)}
    return Structure(
        revision=revision,
        ids=list(nodes),
        labels=[node.label for node in nodes.values()],
        statuses=[node.status for node in nodes.values()],
        link_types=[key.type for key in links],
        link_sources=[place[key.source] for key in links],
        link_targets=[place[key.target] for key in links],
        link_properties={number: said for number, said in enumerate(links.values()) if said},
        truncated=reached.truncated,
    )


async def _answer(store: Readable, asked: Ask[str]) -> list[Seen[str]]:
    if isinstance(asked, ByIds):
        return await _seen(store, sorted(asked.ids))
    far: dict[str, None] = {}
    for direction in Direction:
        types = tuple(sorted({name for name, way in asked.steps if way is direction}))
        for key in await _links_of(store, asked.keys, direction, types):
            far[key.target if direction is Direction.OUT else key.source] = None
    return await _seen(store, sorted(far))


async def _seen(store: Readable, ids: Sequence[str]) -> list[Seen[str]]:
    nodes: list[Node] = []
    for begin in range(0, len(ids), _AT_ONCE):
        nodes += (await store.get(ids[begin : begin + _AT_ONCE])).values()
    return [Seen(node.id, node.id, node.label, str(node.properties.get("status") or "")) for node in nodes]


async def _links(
    store: Readable, query: RegionQuery, reached: Mapping[str, object]
) -> dict[LinkKey, Properties]:
    found: dict[LinkKey, Properties] = {}
    for direction in Direction:
        found.update(await _links_of(store, list(reached), direction, query.types(direction)))
    within = await _links_of(store, list(reached), Direction.OUT, query.inner_types)
    found.update({key: said for key, said in within.items() if key.target in reached})
    return found


async def _links_of(
    store: Readable, ids: Sequence[str], direction: Direction, types: tuple[str, ...]
) -> dict[LinkKey, Properties]:
    """The links of many nodes; none for no types, which the port takes for all of them."""
    found: dict[LinkKey, Properties] = {}
    for begin in range(0, len(ids) if types else 0, _AT_ONCE):
        piece = tuple(ids[begin : begin + _AT_ONCE])
        answer: Iterable[Sequence[Link]] = (await store.links(LinkQuery(piece, direction, types))).values()
        found.update({link.key: link.properties for links in answer for link in links})
    return found
