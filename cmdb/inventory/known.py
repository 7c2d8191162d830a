"""What is known before a chunk is planned: fetched at once, so that planning itself asks nobody."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cmdb.graph.elements import Evidence, LinkKey, Node, Properties
from cmdb.graph.query import Direction, LinkQuery
from cmdb.inventory.compiled import CompiledModel
from cmdb.inventory.prepared import PreparedEnd, PreparedItem, PreparedObservation, PreparedReference
from cmdb.inventory.reader import NAME_PROPERTIES, Reader, names_of

_NO_EVIDENCE = Evidence()


@dataclass(slots=True)
class Known:
    """The part of the graph that a chunk touches.

    claims: node id by identifier. names: node ids by class asked for and name. targets and sources: the
    other ends of links, by type and the end that may have one only.
    """

    claims: dict[str, str] = field(default_factory=dict)
    nodes: Mapping[str, Node] = field(default_factory=dict)
    evidences: Mapping[str, Evidence] = field(default_factory=dict)
    names: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    links: dict[LinkKey, Properties] = field(default_factory=dict)
    targets: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    sources: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def evidence(self, node_id: str) -> Evidence:
        """Provenance of a node; nothing for one not known."""
        return self.evidences.get(node_id, _NO_EVIDENCE)

    def held(self, node_id: str) -> dict[str, set[str]]:
        """The identifiers of a node by their rule's prefix."""
        found: dict[str, set[str]] = defaultdict(set)
        for text in self.evidence(node_id).identifiers:
            found[prefix_of(text)].add(text)
        return found


def prefix_of(identifier: str) -> str:
    """`Host|serial|` of `Host|serial||ABC123`."""
    identity_class, rule, _ = identifier.split("|", 2)
    return f"{identity_class}|{rule}|"


async def fetch_known(reader: Reader, model: CompiledModel, chunk: Sequence[PreparedObservation]) -> Known:
    """Everything a chunk may touch, in a number of calls that does not depend on the chunk's size.

    Items are identified later and with care; here every CI that one of their identifiers points to counts.
    """
    known = Known()
    candidates = _Candidates(known)
    # Many relationships share one reference.
    ends = [
        end
        for observation in chunk
        for each in observation.relationships
        for end in (each.source, each.target)
    ]
    references = list(dict.fromkeys([end for end in ends if not isinstance(end, int)]))
    own = _identifiers(chunk)
    told = {text for each in references for _, text in each.identifiers}
    known.claims.update(await reader.resolve(list(own | told)))
    await _fetch_names(reader, model, references, known)
    dependents = _by_depth(chunk)
    while await _fetch_dependent(reader, chunk, dependents, known, candidates):
        pass
    pinned = (each.node_id for each in references if each.node_id)
    named = (one for found in known.names.values() for one in found)
    ids = list({*known.claims.values(), *named, *pinned})
    # A CI that relationships only lead to is not judged: its provenance does not matter.
    judged = list({holder for text, holder in known.claims.items() if text in own or text not in told})
    known.nodes, known.evidences, _ = await asyncio.gather(
        reader.get(ids), reader.evidence(judged), _fetch_links(reader, chunk, known, candidates)
    )
    return known


def _by_depth(chunk: Iterable[PreparedObservation]) -> list[list[tuple[PreparedObservation, PreparedItem]]]:
    """The items that are identified within parents, those of the outermost parents first."""
    found: dict[int, list[tuple[PreparedObservation, PreparedItem]]] = defaultdict(list)
    for observation in chunk:
        for item in observation.items:
            if item.depth:
                found[item.depth].append((observation, item))
    return [found[depth] for depth in sorted(found)]


async def _fetch_dependent(
    reader: Reader,
    chunk: Sequence[PreparedObservation],
    dependents: Sequence[Sequence[tuple[PreparedObservation, PreparedItem]]],
    known: Known,
    candidates: _Candidates,
) -> bool:
    """Ask for identifiers within a parent, from the outermost parents inwards.

    True when what was found may join further items to known CIs, so that their dependents are to be asked for too.
    """
    before = len(known.claims)
    joined = candidates.join(chunk)
    for items in dependents:
        wanted = {
            text
            for observation, item in items
            for rule, value in item.dependent
            if rule.within is not None
            for parent in candidates.of_parent(observation, item, rule.within)
            if (text := f"{rule.prefix}{parent}|{value}") not in known.claims
        }
        known.claims.update(await reader.resolve(list(wanted)))
    return joined and len(known.claims) > before


class _Candidates:
    """Which known CIs an item or reference may turn out to be."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._of_item: dict[PreparedItem, list[str]] = {}
        self._of_reference: dict[PreparedReference, list[str]] = {}
        self._joined: dict[str, set[str]] = {}

    def join(self, chunk: Sequence[PreparedObservation]) -> bool:
        """Count for an item also the CIs known to items with which it shares an identifier that does not settle it.

        Such is one that nobody holds yet, and a weak one seen on an item that may be another CI than its holder.
        False when there is none.
        """
        claims = self._known.claims
        contested: set[str] = set()
        loose: list[tuple[list[str], set[str]]] = []
        for observation in chunk:
            for item in observation.items:
                texts = [text for _, text in item.strong + item.weak if text not in claims]
                if texts:
                    loose.append((texts, set(self.of_item(observation, item))))
                if item.weak and (texts or len(self.of_item(observation, item)) > 1):
                    contested.update([text for _, text in item.weak if text in claims])
        if contested:
            loose = [
                (texts, set(self.of_item(observation, item)))
                for observation in chunk
                for item in observation.items
                if (texts := [t for _, t in item.strong + item.weak if t not in claims or t in contested])
            ]
        grows = any(holders for _, holders in loose)
        while grows:
            grows = False
            for texts, holders in loose:
                holders.update(*[self._joined.get(text, ()) for text in texts])
                for text in texts:
                    known = self._joined.setdefault(text, set())
                    grows = grows or not holders <= known
                    known |= holders
        self._of_item.clear()
        self._of_reference.clear()
        return bool(loose)

    def of_end(self, observation: PreparedObservation, end: PreparedEnd) -> list[str]:
        if isinstance(end, int):
            return self.of_item(observation, observation.items[end])
        found = self._of_reference.get(end)
        if found is None:
            found = self._of_reference[end] = self._meant(end)
        return found

    def of_parent(self, observation: PreparedObservation, item: PreparedItem, within: str) -> list[str]:
        parent = item.parents.get(within)
        return [] if parent is None else self.of_end(observation, parent)

    def of_item(self, observation: PreparedObservation, item: PreparedItem) -> list[str]:
        found = self._of_item.get(item)
        if found is None:
            claims = self._known.claims
            found = []
            for _, text in item.strong:
                holder = claims.get(text)
                if holder is not None and holder not in found:
                    found.append(holder)
            for _, text in item.weak:
                holder = claims.get(text)
                if holder is not None and holder not in found:
                    found.append(holder)
            for rule, text in item.dependent:
                for parent in self.of_parent(observation, item, rule.within or ""):
                    holder = claims.get(f"{rule.prefix}{parent}|{text}")
                    if holder is not None and holder not in found:
                        found.append(holder)
            if self._joined:
                for _, text in item.strong + item.weak:
                    found += [each for each in self._joined.get(text, ()) if each not in found]
            self._of_item[item] = found
        return found

    def _meant(self, reference: PreparedReference) -> list[str]:
        if reference.node_id is not None:
            return [reference.node_id]
        claims = self._known.claims
        found = [claims[text] for _, text in reference.identifiers if text in claims]
        if self._joined:
            found += [each for _, text in reference.identifiers for each in self._joined.get(text, ())]
        if not found and reference.name is not None:
            found = self._known.names.get((reference.plan.name, reference.name), [])
        return found


def _identifiers(chunk: Iterable[PreparedObservation]) -> set[str]:
    """The identifiers that items have of their own."""
    own = {text for observation in chunk for item in observation.items for _, text in item.strong}
    own.update([text for observation in chunk for item in observation.items for _, text in item.weak])
    return own


async def _fetch_names(
    reader: Reader, model: CompiledModel, references: Iterable[PreparedReference], known: Known
) -> None:
    """Ask for the names by which references mean CIs; classes whose CIs have the same names are asked for at once."""
    wanted: dict[str, dict[str, None]] = defaultdict(dict)
    claims = known.claims
    for reference in references:
        if reference.name is not None and not any([text in claims for _, text in reference.identifiers]):  # noqa: C419
            wanted[reference.plan.name][reference.name] = None
    together: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for class_name in wanted:
        attributes = model.classes[class_name].attributes
        together[tuple(each for each in NAME_PROPERTIES if each in attributes)].append(class_name)
    for properties, classes in together.items():
        labels = dict.fromkeys([label for each in classes for label in model.subclasses[each]])
        names = dict.fromkeys([name for each in classes for name in wanted[each]])
        for node in await reader.named(tuple(labels), properties, list(names)):
            called = names_of(node, properties)
            for class_name in classes:
                if node.label in model.subclasses[class_name]:
                    for name in called & wanted[class_name].keys():
                        known.names.setdefault((class_name, name), []).append(node.id)


async def _fetch_links(
    reader: Reader, chunk: Iterable[PreparedObservation], known: Known, candidates: _Candidates
) -> None:
    """The links that the chunk may put, and those in whose place they would come.

    Where an end may have one link only, all of that end are asked for, else the links in question and no
    others: a hub may have a hundred thousand.
    """
    bounded: dict[Direction, tuple[set[str], set[str]]] = {each: (set(), set()) for each in Direction}
    keys: set[LinkKey] = set()
    for observation in chunk:
        for each in observation.relationships:
            plan = each.plan
            sources = candidates.of_end(observation, each.source)
            targets = candidates.of_end(observation, each.target)
            if plan.one_target:
                bounded[Direction.OUT][0].add(plan.name)
                bounded[Direction.OUT][1].update(sources)
            if plan.one_source:
                bounded[Direction.IN][0].add(plan.name)
                bounded[Direction.IN][1].update(targets)
            if not plan.one_target and not plan.one_source and sources and targets:
                keys.update([LinkKey(plan.name, source, target) for source in sources for target in targets])
    known.links.update(await reader.links_at(list(keys)))
    for direction, (types, ids) in bounded.items():
        if not ids:
            continue
        query = LinkQuery(tuple(sorted(ids)), direction, tuple(sorted(types)))
        for links in (await reader.links(query)).values():
            for link in links:
                if link.key not in known.links:
                    known.links[link.key] = link.properties
                    known.targets[link.type, link.source].append(link.target)
                    known.sources[link.type, link.target].append(link.source)
