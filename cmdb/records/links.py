"""The links of a record: what the model permits, and what hangs on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cmdb.graph.batch import LinkPut
from cmdb.graph.elements import Node
from cmdb.graph.query import Direction, LinkQuery
from cmdb.graph.store import GraphStore
from cmdb.model.check import check_values, did_you_mean, ends_permitted, missing_values, with_defaults
from cmdb.model.records import LinkType
from cmdb.model.types import Model
from cmdb.records.requests import LinkRequest
from cmdb.records.situation import LinkedNode


class LinkChecker:
    """Compares link requests with the model."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def check(
        self,
        label: str,
        requests: Sequence[LinkRequest],
        others: Mapping[str, Node],
        record_id: str | None = None,
    ) -> tuple[list[LinkedNode], list[str]]:
        """The links as they would stand, and one sentence for each mistake.

        Args:
            label: The record type at this end.
            requests: What is asked for.
            others: The nodes at the other ends, as far as they exist.
            record_id: The record at this end, when it exists already.
        """
        links: list[LinkedNode] = []
        mistakes: list[str] = []
        for request in requests:
            link_type = self._model.link_types.get(request.type)
            other = others.get(request.other)
            if link_type is None:
                mistakes.append(self._unknown(request))
            if other is None:
                mistakes.append(f"{request.type}: there is no node {request.other!r}")
            if link_type is None or other is None:
                continue
            if other.id == record_id:
                mistakes.append(f"{request.type} does not link a record with itself")
                continue
            mistakes.extend(self._ends(link_type, label, request, other))
            checked = check_values(request.type, link_type.attributes, request.properties)
            properties = with_defaults(link_type.attributes, checked.values)
            mistakes.extend(checked.mistakes)
            if not checked.mistakes:
                mistakes.extend(missing_values(request.type, link_type.attributes, properties))
            links.append(LinkedNode(request.type, request.direction, other, properties))
        return links, mistakes

    def check_types(self, requests: Iterable[LinkRequest]) -> list[str]:
        """One sentence for each link type that does not exist."""
        return [self._unknown(request) for request in requests if request.type not in self._model.link_types]

    def _unknown(self, request: LinkRequest) -> str:
        near = did_you_mean(request.type, self._model.link_types)
        return f"there is no link type {request.type!r}{near}"

    def _ends(self, link_type: LinkType, label: str, request: LinkRequest, other: Node) -> Iterable[str]:
        outwards = request.direction is Direction.OUT
        source, target = (label, other.label) if outwards else (other.label, label)
        if ends_permitted(self._model, link_type.ends, source, target):
            return
        if ends_permitted(self._model, link_type.ends, target, source):
            yield f"{link_type.name} leads from {target} to {source}, not from {source} to {target}"
            return
        permitted = ", ".join(f"{one} to {another}" for one, another in link_type.ends)
        yield f"{link_type.name} does not lead from {source} to {target}; it may lead from {permitted}"


async def links_of(store: GraphStore, record_ids: Sequence[str]) -> dict[str, tuple[LinkedNode, ...]]:
    """Every link of these records with the node at its other end; three reads, however many there are."""
    outwards = await store.links(LinkQuery(tuple(record_ids), Direction.OUT))
    inwards = await store.links(LinkQuery(tuple(record_ids), Direction.IN))
    nodes = await store.get(
        list(
            {link.target for links in outwards.values() for link in links}
            | {link.source for links in inwards.values() for link in links}
        )
    )
    found: dict[str, list[LinkedNode]] = {record_id: [] for record_id in record_ids}
    for record_id in record_ids:
        for link in outwards.get(record_id, ()):
            if link.target in nodes:
                found[record_id].append(
                    LinkedNode(link.type, Direction.OUT, nodes[link.target], link.properties)
                )
        for link in inwards.get(record_id, ()):
            if link.source in nodes:
                found[record_id].append(
                    LinkedNode(link.type, Direction.IN, nodes[link.source], link.properties)
                )
    return {record_id: tuple(links) for record_id, links in found.items()}


def with_links(present: Iterable[LinkedNode], put: Iterable[LinkedNode]) -> tuple[LinkedNode, ...]:
    """The links after some were put: one of the same type, direction and other end is replaced."""
    by_key = {(link.type, link.direction, link.node.id): link for link in (*present, *put)}
    return tuple(by_key.values())


def without_links(present: Iterable[LinkedNode], requests: Iterable[LinkRequest]) -> tuple[LinkedNode, ...]:
    """The links after these are gone."""
    gone = {(request.type, request.direction, request.other) for request in requests}
    return tuple(link for link in present if (link.type, link.direction, link.node.id) not in gone)


def puts(record_id: str, links: Iterable[LinkedNode]) -> tuple[LinkPut, ...]:
    """These links, to be written."""
    return tuple(
        LinkPut(LinkRequest(link.type, link.node.id, {}, link.direction).key(record_id), link.properties)
        for link in links
    )
