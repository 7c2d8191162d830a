"""A store with batches laid over it that are not written, or not yet: a plan sees what its earlier parts do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from cmdb.graph.batch import NodeCreate, NodeUpdate, Sighting, WriteBatch
from cmdb.graph.elements import Evidence, Link, LinkKey, Node, Properties, Seen
from cmdb.graph.query import Direction, LinkQuery
from cmdb.inventory.known import Known
from cmdb.inventory.reader import Reader, names_of


class Overlay:
    """Reads like the store below, as if the absorbed batches had been committed."""

    def __init__(self, below: Reader) -> None:
        self._below = below
        self._claims: dict[str, str | None] = {}
        self._nodes: dict[str, Node] = {}
        self._evidence: dict[str, Evidence] = {}
        self._links: dict[LinkKey, Properties | None] = {}
        self._by_end: dict[tuple[Direction, str], dict[LinkKey, None]] = defaultdict(dict)
        self._not_by_end: list[LinkKey] = []
        self._touched: set[str] = set()
        self._not_settled: list[tuple[WriteBatch, Known]] = []

    def absorb(self, batch: WriteBatch, known: Known) -> None:
        """Lay a batch over the store; `known` holds the nodes it changes as they stood."""
        for update in batch.updates:
            self._claims.update(dict.fromkeys(update.releases))
        for create in batch.creates:
            self._claims.update(dict.fromkeys(create.identifiers, create.id))
        for update in batch.updates:
            self._claims.update(dict.fromkeys(update.claims, update.id))
        self._touched.update([each.id for each in batch.creates])
        self._touched.update([each.id for each in batch.updates])
        self._touched.update([each.node_id for each in batch.sightings])
        self._not_settled.append((batch, known))
        self._links.update([(gone.key, None) for gone in batch.link_deletes])
        self._links.update([(put.key, put.properties) for put in batch.link_puts])
        self._not_by_end += [gone.key for gone in batch.link_deletes]
        self._not_by_end += [put.key for put in batch.link_puts]

    async def resolve(self, identifiers: Sequence[str]) -> Mapping[str, str]:
        """The node id that holds each identifier."""
        missing = [each for each in identifiers if each not in self._claims]
        found = dict(await self._below.resolve(missing))
        for each in identifiers:
            holder = self._claims.get(each)
            if holder is not None:
                found[each] = holder
        return found

    async def get(self, ids: Sequence[str]) -> Mapping[str, Node]:
        """The nodes with these ids."""
        self._settle(ids)
        below = await self._below.get([each for each in ids if each not in self._nodes])
        return {**below, **{each: self._nodes[each] for each in ids if each in self._nodes}}

    async def evidence(self, ids: Sequence[str]) -> Mapping[str, Evidence]:
        """Provenance of these nodes."""
        self._settle(ids)
        below = await self._below.evidence([each for each in ids if each not in self._evidence])
        return {**below, **{each: self._evidence[each] for each in ids if each in self._evidence}}

    async def links(self, query: LinkQuery) -> Mapping[str, Sequence[Link]]:
        """The links of each node asked for."""
        found = {key: list(links) for key, links in (await self._below.links(query)).items()}
        self._sort_by_end()
        for node_id in query.ids:
            keys = self._by_end.get((query.direction, node_id), ())
            laid = [key for key in keys if not query.types or key.type in query.types]
            if not laid:
                continue
            rest = [link for link in found.get(node_id, ()) if link.key not in self._links]
            over = [Link(key, properties) for key in laid if (properties := self._links[key]) is not None]
            found[node_id] = rest + over
        return found

    async def links_at(self, keys: Sequence[LinkKey]) -> Mapping[LinkKey, Properties]:
        """The properties of those links that stand."""
        found = dict(await self._below.links_at([key for key in keys if key not in self._links]))
        laid = {key: self._links[key] for key in keys if key in self._links}
        return {**found, **{key: properties for key, properties in laid.items() if properties is not None}}

    async def named(
        self, labels: tuple[str, ...], properties: tuple[str, ...], names: Sequence[str]
    ) -> Sequence[Node]:
        """The nodes of these labels that have one of the names in one of the properties."""
        self._settle(self._touched)
        below = [
            each for each in await self._below.named(labels, properties, names) if each.id not in self._nodes
        ]
        wanted, chosen = set(names), frozenset(labels)
        over = [
            node
            for node in self._nodes.values()
            if node.label in chosen and not wanted.isdisjoint(names_of(node, properties))
        ]
        return below + over

    def _settle(self, ids: Iterable[str]) -> None:
        """Work out what becomes of nodes when one that was touched is asked for: many chunks never ask."""
        if not self._not_settled or self._touched.isdisjoint(ids):
            return
        for batch, known in self._not_settled:
            for create in batch.creates:
                self._create(create)
            for update in batch.updates:
                self._update(update, known)
            for sighting in batch.sightings:
                self._sight(sighting, known)
        self._not_settled.clear()

    def _create(self, create: NodeCreate) -> None:
        self._nodes[create.id] = Node(create.id, create.label, create.properties, 1, 0, "", "")
        self._evidence[create.id] = Evidence(create.stamps, {}, create.identifiers)

    def _sight(self, sighting: Sighting, known: Known) -> None:
        evidence = self._evidence.get(sighting.node_id) or known.evidence(sighting.node_id)
        seen = evidence.seen.get(sighting.source, Seen(sighting.at, sighting.at))
        now = Seen(min(seen.first, sighting.at), max(seen.last, sighting.at))
        self._evidence[sighting.node_id] = Evidence(
            evidence.stamps, {**evidence.seen, sighting.source: now}, evidence.identifiers
        )

    def _update(self, update: NodeUpdate, known: Known) -> None:
        node = self._nodes.get(update.id) or known.nodes[update.id]
        merged = {**node.properties, **update.changes}
        label = update.label or node.label
        properties = {name: value for name, value in merged.items() if value is not None}
        altered = label != node.label or properties != node.properties
        self._nodes[update.id] = Node(
            node.id,
            label,
            properties,
            node.version + altered,
            node.revision,
            node.created_at,
            node.updated_at,
        )
        evidence = self._evidence.get(update.id) or known.evidence(update.id)
        kept = [each for each in evidence.identifiers if each not in update.releases]
        identifiers = (*kept, *(each for each in update.claims if each not in kept))
        lasting = {
            name: stamp for name, stamp in evidence.stamps.items() if update.changes.get(name, "") is not None
        }
        self._evidence[update.id] = Evidence({**lasting, **update.stamps}, evidence.seen, identifiers)

    def _sort_by_end(self) -> None:
        """Note at which nodes the links laid over stand: many chunks never ask."""
        for key in self._not_by_end:
            self._by_end[Direction.OUT, key.source][key] = None
            self._by_end[Direction.IN, key.target][key] = None
        self._not_by_end.clear()
