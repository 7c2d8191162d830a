"""From the modifications of a change to the graph as it would be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cmdb.analysis.proposal import Proposal, ProposedCi
from cmdb.graph.elements import LinkKey, Node, Properties
from cmdb.graph.query import Direction, LinkQuery
from cmdb.graph.store import GraphStore
from cmdb.model.check import check_values, did_you_mean, ends_permitted
from cmdb.model.types import Attribute, Model
from cmdb.processes.change.errors import ModificationsInvalidError
from cmdb.topology.build import is_retired

MODIFICATION = "Modification"
_PROPOSED = "proposed"


@dataclass(frozen=True, slots=True)
class ModifiedGraph:
    """The proposal that modifications come to, with the names of the CIs it adds, by id."""

    proposal: Proposal
    names: Mapping[str, str]
    modifications: tuple[Node, ...]


async def read_modifications(store: GraphStore, model: Model, change: Node) -> ModifiedGraph:
    """What the proposed modifications of a change come to; those made or withdrawn do not count.

    It takes four reads, however many there are.

    Raises:
        ModificationsInvalidError: some do not fit the model, or what they are about is not there; all are named.
    """
    query = LinkQuery((change.id,), Direction.IN, ("PART_OF",), (MODIFICATION,))
    links = (await store.links(query)).get(change.id, ())
    found = await store.get([link.source for link in links])
    nodes = sorted((node for node in found.values() if node.status == _PROPOSED), key=lambda node: node.name)
    if not nodes:
        return ModifiedGraph(Proposal(), {}, ())
    there = await store.get(sorted({end for node in nodes for end in _ends(node)}))
    keys = [_key(node) for node in nodes if _text(node, "relationship_type")]
    draft = _Draft(model, there, await _standing(store, keys))
    for kind in _ORDER:
        for node in nodes:
            if _text(node, "kind") == kind:
                draft.take(node)
    if draft.mistakes:
        raise ModificationsInvalidError(
            f"{change.name} cannot be compared: {'; '.join(draft.mistakes)}",
            details={"mistakes": draft.mistakes},
        )
    return ModifiedGraph(draft.proposal(), draft.names, tuple(nodes))


async def _standing(store: GraphStore, keys: Iterable[LinkKey]) -> dict[LinkKey, Properties]:
    """Those of these relationships that are there."""
    wanted = set(keys)
    if not wanted:
        return {}
    # Of all types, so that the question has one shape and those for several changes can be asked together.
    query = LinkQuery(tuple(sorted({key.source for key in wanted})), Direction.OUT)
    found = (await store.links(query)).values()
    return {link.key: link.properties for links in found for link in links if link.key in wanted}


_ORDER = (
    "add_ci",
    "change_ci",
    "remove_ci",
    "remove_relationship",
    "add_relationship",
    "change_relationship",
)
"""CIs are there before what joins them; what is removed may be added again in another form."""


@dataclass(slots=True)
class _Draft:
    """What the modifications come to, while they are taken in; mistakes are collected."""

    model: Model
    there: Mapping[str, Node]
    standing: dict[LinkKey, Properties]
    mistakes: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    cis: dict[str, ProposedCi] = field(default_factory=dict)
    removed_cis: set[str] = field(default_factory=set)
    links: dict[LinkKey, Properties] = field(default_factory=dict)
    removed_links: set[LinkKey] = field(default_factory=set)

    def proposal(self) -> Proposal:
        """All of it."""
        return Proposal(
            tuple(self.cis.values()), frozenset(self.removed_cis), self.links, frozenset(self.removed_links)
        )

    def take(self, node: Node) -> None:
        """Take in one modification."""
        kind = _text(node, "kind")
        found = self._ci(node, kind) if kind.endswith("_ci") else self._relationship(node, kind)
        self.mistakes.extend(f"{node.name}: {mistake}" for mistake in found)

    def _ci(self, node: Node, kind: str) -> Iterator[str]:
        ci, class_name = _text(node, "ci"), _text(node, "ci_class")
        present = self.there.get(ci)
        present = present if present is not None and present.label in self.model.classes else None
        if class_name and class_name not in self.model.classes:
            yield f"there is no class {class_name!r}{did_you_mean(class_name, self.model.classes)}"
            return
        if class_name and self.model.classes[class_name].abstract:
            yield f"{class_name} is abstract: name one of its subclasses"
            return
        if kind == "add_ci" and (present is not None or ci in self.cis):
            yield f"{ci!r} is there already: choose another word for the CI that is added"
            return
        if kind != "add_ci" and present is None:
            yield f"there is no CI {ci!r}"
            return
        if kind == "remove_ci":
            self.removed_cis.add(ci)
            return
        label = class_name or (present.label if present else "")
        values = _values(node)
        yield from check_values(
            label, self.model.classes[label].attributes, _typed(values, self.model.classes[label].attributes)
        ).mistakes
        status = values.get("status", present.status if present else "")
        self.cis[ci] = ProposedCi(ci, label, is_retired(status))
        if kind == "add_ci":
            self.names[ci] = values.get("name") or str(node.properties.get("title") or ci)

    def _relationship(self, node: Node, kind: str) -> Iterator[str]:
        key = _key(node)
        found = self.model.relationship_types.get(key.type)
        if found is None:
            yield f"there is no relationship type {key.type!r}{did_you_mean(key.type, self.model.relationship_types)}"
            return
        labels = [self._label(end) for end in (key.source, key.target)]
        for end, label in zip((key.source, key.target), labels, strict=True):
            if label is None:
                yield f"there is no CI {end!r}, and none of this name is added"
        if None in labels:
            return
        stands = key in self.standing and key not in self.removed_links
        if kind != "add_relationship" and not stands and key not in self.links:
            yield f"there is no relationship {key.source} {key.type} {key.target}"
            return
        if kind == "remove_relationship":
            self.removed_links.add(key)
            return
        source, target = (label or "" for label in labels)
        if not ends_permitted(self.model, found.ends, source, target):
            yield f"{key.type} does not lead from {source} to {target}"
            return
        values = _values(node)
        yield from check_values(key.type, found.attributes, _typed(values, found.attributes)).mistakes
        before = self.links.get(key) or (self.standing.get(key, {}) if stands else {})
        after = {**before, **values}
        self.links[key] = {name: value for name, value in after.items() if value != ""}
        self.removed_links.discard(key)

    def _label(self, end: str) -> str | None:
        """The class of a CI that is there or added; None when there is none."""
        if end in self.removed_cis:
            return None
        if end in self.cis:
            return self.cis[end].class_name
        node = self.there.get(end)
        return node.label if node is not None and node.label in self.model.classes else None


def _ends(node: Node) -> list[str]:
    return [text for name in ("ci", "source", "target") if (text := _text(node, name))]


def _key(node: Node) -> LinkKey:
    return LinkKey(_text(node, "relationship_type"), _text(node, "source"), _text(node, "target"))


def _text(node: Node, name: str) -> str:
    value = node.properties.get(name)
    return value if isinstance(value, str) else ""


def _values(node: Node) -> dict[str, str]:
    """The values afterwards, as they are written; an empty one takes a value away."""
    said = node.properties.get("new_values")
    pairs = (text.partition("=") for text in said) if isinstance(said, list) else ()
    return {name.strip(): value.strip() for name, _, value in pairs}


def _typed(values: Mapping[str, str], attributes: Mapping[str, Attribute]) -> dict[str, object]:
    """The same values as the model's types, where a text stands for one."""
    return {name: _value(value, attributes.get(name)) for name, value in values.items()}


def _value(text: str, attribute: Attribute | None) -> object:
    kind = attribute.type.value if attribute else "string"
    try:
        if kind == "integer":
            return int(text) if text else None
        if kind == "float":
            return float(text) if text else None
    except ValueError:
        return text
    if kind == "boolean" and text in {"true", "false"}:
        return text == "true"
    return [part.strip() for part in text.split(",")] if kind == "string_list" else text
