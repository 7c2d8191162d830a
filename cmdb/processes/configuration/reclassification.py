"""What a CI has that it could not have as a CI of another class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cmdb.graph.elements import Link, Node, Properties
from cmdb.graph.query import Direction, LinkQuery
from cmdb.graph.store import GraphStore
from cmdb.model.check import ends_permitted
from cmdb.model.types import Model


async def misfits(
    store: GraphStore, model: Model, node: Node, class_name: str, after: Properties
) -> list[str]:
    """One sentence for each attribute, relationship and record link that the class does not permit."""
    ci_class = model.classes[class_name]
    mistakes = [
        f"{class_name} has no attribute {name!r}, which {node.name} has: take the value away in the same step"
        for name in after
        if name not in ci_class.attributes
    ]
    if ci_class.abstract:
        mistakes.append(f"{class_name} is only a heading for its subclasses; name one of them")
    outwards = (await store.links(LinkQuery((node.id,), Direction.OUT))).get(node.id, ())
    inwards = (await store.links(LinkQuery((node.id,), Direction.IN))).get(node.id, ())
    others = await store.get([*{link.target for link in outwards}, *{link.source for link in inwards}])
    for link in outwards:
        mistakes += _misfit(model, link, class_name, others[link.target].label, others[link.target].name)
    for link in inwards:
        mistakes += _misfit(model, link, others[link.source].label, class_name, others[link.source].name)
    return mistakes


def _misfit(model: Model, link: Link, source: str, target: str, other: str) -> Iterator[str]:
    kind = model.relationship_types.get(link.type) or model.link_types.get(link.type)
    ends: Sequence[tuple[str, str]] = kind.ends if kind else ()
    if not ends_permitted(model, ends, source, target):
        yield f"{link.type} does not lead from {source} to {target}, and there is one with {other}"
