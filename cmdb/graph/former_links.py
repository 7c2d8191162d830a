"""Links and the whole shape of the graph as they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cmdb.graph.elements import Link, LinkKey, Properties
from cmdb.graph.former import Former
from cmdb.graph.query import Direction, LinkQuery
from cmdb.graph.store import GraphStore
from cmdb.graph.structure import Structure
from cmdb.graph.undo import Undo

_AT_ONCE = 1000


async def former_links(store: GraphStore, former: Former, query: LinkQuery) -> dict[str, Sequence[Link]]:
    """The links of each node asked for, as they were; nodes without any are left out."""
    present = await former.steady(lambda: store.links(_wider(query, former.undo)))
    found = {
        node_id: _at_moment(former.undo, present.get(node_id, ()), node_id, query)
        for node_id in dict.fromkeys(query.ids)
    }
    if query.labels is not None:
        far = {_far(link.key, query.direction) for links in found.values() for link in links}
        unsure = far if former.undo.relabelled else far & _touched_ends(found, former.undo)
        labels = await _labels(store, former, sorted(unsure))
        among = frozenset(query.labels)
        found = {
            node_id: [
                link
                for link in links
                if (end := _far(link.key, query.direction)) not in unsure or labels.get(end) in among
            ]
            for node_id, links in found.items()
        }
    ordered = {
        node_id: sorted(links, key=lambda link: (link.type, _far(link.key, query.direction)))[: query.first]
        for node_id, links in found.items()
    }
    return {node_id: links for node_id, links in ordered.items() if links}


def _wider(query: LinkQuery, undo: Undo) -> LinkQuery:
    """A question whose answer holds, beside links touched since, all untouched ones that are wanted."""
    if query.labels is not None and undo.relabelled:
        # Which class the other end had cannot be asked of the store: all are read, and sifted afterwards.
        return replace(query, labels=None, first=None)
    if query.first is None:
        return query
    outwards = query.direction is Direction.OUT
    touched = [sum(1 for _ in undo.links_at(node_id, outwards=outwards)) for node_id in query.ids]
    return replace(query, first=query.first + max(touched, default=0))


def _at_moment(undo: Undo, present: Sequence[Link], node_id: str, query: LinkQuery) -> list[Link]:
    kept = [link for link in present if link.key not in undo.links]
    standing: Mapping[LinkKey, Properties] = {link.key: link.properties for link in present}
    for key in undo.links_at(node_id, outwards=query.direction is Direction.OUT):
        former = undo.links[key]
        if former is None or (query.types and key.type not in query.types):
            continue
        # A link that still stands and was not read lies beyond `first`, or its other end is of another class.
        if former.whole or key in standing:
            kept.append(Link(key, former.over(standing.get(key, {}))))
    return kept


def _touched_ends(found: Mapping[str, Sequence[Link]], undo: Undo) -> set[str]:
    """Ends of links that were touched: the store did not look at their labels."""
    return {
        end for links in found.values() for link in links if link.key in undo.links for end in link.key[1:]
    }


async def _labels(store: GraphStore, former: Former, ids: Sequence[str]) -> dict[str, str]:
    """The label each of these nodes had."""
    labels: dict[str, str] = {}
    for start in range(0, len(ids), _AT_ONCE):
        piece = ids[start : start + _AT_ONCE]
        labels.update({node.id: node.label for node in (await store.get(piece)).values()})
    if ids:
        await former.advance()
    for node_id in ids:
        if node_id in former.undo.nodes:
            node = former.undo.nodes[node_id]
            labels.pop(node_id, None)
            if node is not None:
                labels[node_id] = node.label
    return labels


def _far(key: LinkKey, direction: Direction) -> str:
    return key.target if direction is Direction.OUT else key.source


def former_structure(present: Structure, undo: Undo, revision: int) -> Structure:
    """The shape of the whole graph as it was, from its shape at some time since."""
    nodes = _nodes(present, undo)
    places = {node_id: place for place, node_id in enumerate(nodes)}
    touched = _touched_links(present, undo)
    # Of most links only the positions of their ends may have moved; -1 stands for nodes that came since.
    moved = [places.get(node_id, -1) for node_id in present.ids]
    kept = [place for place in range(len(present.link_types)) if place not in touched]
    types = [present.link_types[place] for place in kept]
    sources = [moved[present.link_sources[place]] for place in kept]
    targets = [moved[present.link_targets[place]] for place in kept]
    said = present.link_properties
    properties = {new: said[old] for new, old in enumerate(kept) if old in said} if said else {}
    standing = {key: said.get(place, {}) for place, key in touched.items()}
    for key, former in undo.links.items():
        if former is None:
            continue
        if values := former.over(standing.get(key, {})):
            properties[len(types)] = values
        types.append(key.type)
        sources.append(places[key.source])
        targets.append(places[key.target])
    return Structure(
        revision=revision,
        ids=list(nodes),
        labels=[label for label, _ in nodes.values()],
        statuses=[status for _, status in nodes.values()],
        link_types=types,
        link_sources=sources,
        link_targets=targets,
        link_properties=properties,
    )


def _touched_links(present: Structure, undo: Undo) -> dict[int, LinkKey]:
    """The touched links among those that stand, by position."""
    ids, types, targets = present.ids, present.link_types, present.link_targets
    starts = {key.source for key in undo.links}
    flags = [node_id in starts for node_id in ids]
    found: dict[int, LinkKey] = {}
    for place, source in enumerate(present.link_sources):
        if flags[source]:
            key = LinkKey(types[place], ids[source], ids[targets[place]])
            if key in undo.links:
                found[place] = key
    return found


def _nodes(present: Structure, undo: Undo) -> dict[str, tuple[str, str]]:
    """Label and status of each node that was there, by id."""
    columns = zip(present.ids, present.labels, present.statuses, strict=True)
    standing = {node_id: (label, status) for node_id, label, status in columns}
    for node_id, node in undo.nodes.items():
        if node is None:
            standing.pop(node_id, None)
            continue
        _, status = standing.get(node_id, ("", ""))
        if node.former.tells("status"):
            value = node.former.values.get("status")
            status = value if isinstance(value, str) else ""
        standing[node_id] = (node.label, status)
    return standing
