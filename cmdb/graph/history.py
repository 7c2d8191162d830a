"""A store as it was: the reading half of the port, over another store and its ledger.

What later revisions did is undone in memory (`Former`); everything they did not touch is asked of the store,
which is told by the nodes' own revision numbers to leave out what was touched. So a question costs the store
the same whether it is of the present or of the past, and what is kept in memory grows with what was touched.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

from cmdb.graph.batch import Commit, WriteBatch
from cmdb.graph.elements import Evidence, Link, LinkKey, Node, Properties
from cmdb.graph.evaluate import beyond, holds, in_order, value_of
from cmdb.graph.former import MOST_TOUCHED, Former
from cmdb.graph.former_links import former_links, former_structure
from cmdb.graph.former_search import former_hits, hits_wanted
from cmdb.graph.moment import Moment
from cmdb.graph.past_cursors import decoded, encoded, mark_of
from cmdb.graph.query import (
    AllOf,
    AnyOf,
    Condition,
    Direction,
    Linked,
    LinkQuery,
    NodePage,
    NodeQuery,
    Not,
    Operator,
    Predicate,
    RegionQuery,
    SearchHit,
    SearchQuery,
)
from cmdb.graph.region import region_by_links
from cmdb.graph.revision import Head, Revision
from cmdb.graph.schema import GraphSchema
from cmdb.graph.store import GraphStore
from cmdb.graph.structure import Structure
from cmdb.kernel.errors import CmdbError, ErrorKind
from cmdb.kernel.values import Value

_AT_ONCE = 1000


class PastIsReadOnlyError(CmdbError):
    """Something was to be written into the past."""

    code = "PAST_READ_ONLY"
    kind = ErrorKind.REFUSED
    summary = "The past is read, never written."
    default_remedy = "Write to the present: outside `asOf`."


class PastNotKeptError(CmdbError):
    """What is asked for is not in the ledger, so nobody knows how it was."""

    code = "PAST_NOT_KEPT"
    kind = ErrorKind.REFUSED
    summary = "The ledger keeps values and relationships; this is neither, and how it was is not known."
    default_remedy = "Leave it out of the question, or ask of the present."


class PastStore:
    """A GraphStore that answers as another store did right after a revision.

    Exact for everything but: the order of search hits whose text has changed since (they come last); and
    evidence and identifiers, which are refused.

    Every question may raise MomentTooFarError and StoreTooBusyError.
    """

    def __init__(
        self, store: GraphStore, schema: GraphSchema, moment: Moment, most_touched: int = MOST_TOUCHED
    ) -> None:
        self._store = store
        self._schema = schema
        self._moment = moment
        self._former = Former(store, moment, most_touched)
        self._untouched = Condition("revision", Operator.LTE, moment.revision)

    async def migrate(self) -> None:
        """Nothing: it has no layout of its own."""

    async def close(self) -> None:
        """Nothing: the store beneath belongs to somebody else."""

    def expect(self) -> None:
        """Nothing: nothing is written to the past."""

    def prepare(self, batch: WriteBatch) -> None:
        """Nothing, for the same reason."""

    async def commit(self, batch: WriteBatch) -> Commit:  # noqa: ARG002  # the port's
        """Refused.

        Raises:
            PastIsReadOnlyError: always.
        """
        raise PastIsReadOnlyError(f"a write was asked for as of revision {self._moment.revision}")

    async def head(self) -> Head:
        """The moment's revision."""
        return Head(self._moment.revision, self._moment.hash)

    async def get(self, ids: Sequence[str]) -> Mapping[str, Node]:
        """The nodes with these ids."""
        present = await self._store.get(ids)
        await self._former.advance()
        touched = self._former.undo.nodes
        kept = {node_id: node for node_id, node in present.items() if node_id not in touched}
        kept.update(await self._former.nodes_of(dict.fromkeys(ids), present))
        return {node_id: kept[node_id] for node_id in ids if node_id in kept}

    async def resolve(self, identifiers: Sequence[str]) -> Mapping[str, str]:  # noqa: ARG002  # the port's
        """Refused.

        Raises:
            PastNotKeptError: always.
        """
        raise PastNotKeptError("who held an identifier in the past is not kept")

    async def evidence(self, ids: Sequence[str]) -> Mapping[str, Evidence]:  # noqa: ARG002  # the port's
        """Refused.

        Raises:
            PastNotKeptError: always.
        """
        raise PastNotKeptError("provenance, sightings and identifiers of the past are not kept")

    async def find(self, query: NodeQuery) -> NodePage:
        """One page of nodes; cursors are those of this moment.

        Raises:
            InvalidQueryError: as of the store, or a cursor of another query or moment.
        """
        where = await self._as_of(query.where)
        mark = mark_of(self._moment.revision, query)
        if query.after is not None:
            values, node_id = decoded(query.after, mark, len(query.order))
            where = AllOf((where, beyond(query.order, values, node_id)))
        untouched = replace(query, where=AllOf((where, self._untouched)), after=None)
        page = await self._store.find(untouched)
        await self._former.advance()
        merged = {node.id: node for node in page.nodes}
        merged.update((node.id, node) for node in await self._matching(query.labels, where))
        nodes = in_order(list(merged.values()), query.order)
        shown = tuple(nodes[: query.first])
        cursors = tuple(
            encoded(mark, [value_of(node, key.property) for key in query.order], node.id) for node in shown
        )
        return NodePage(shown, cursors, page.has_next or len(nodes) > len(shown))

    async def count(self, query: NodeQuery, by: str | None = None) -> Mapping[Value | None, int]:
        """How many nodes satisfy the query."""
        where = await self._as_of(query.where)
        asked = replace(query, where=AllOf((where, self._untouched)), after=None)
        counts = dict(await self._former.steady(lambda: self._store.count(asked, by)))
        for node in await self._matching(query.labels, where):
            key = None if by is None else node.label if by == "label" else value_of(node, by)
            counts[key] = counts.get(key, 0) + 1
        return counts

    async def _matching(self, labels: Sequence[str], where: Predicate) -> list[Node]:
        among = frozenset(labels)
        touched = await self._former.touched_nodes()
        return [node for node in touched if node.label in among and holds(node, where)]

    async def _as_of(self, where: Predicate) -> Predicate:
        """The predicate with links of the moment, given by the ids at their near end."""
        match where:
            case Condition():
                return where
            case AllOf(parts):
                return AllOf(tuple([await self._as_of(part) for part in parts]))
            case AnyOf(parts):
                return AnyOf(tuple([await self._as_of(part) for part in parts]))
            case Not(part):
                return Not(await self._as_of(part))
            case Linked(types, direction, ids):
                return Condition("id", Operator.IN, await self._linked(types, direction, ids))

    async def _linked(self, types: tuple[str, ...], direction: Direction, ids: tuple[str, ...]) -> list[str]:
        if not types or not ids:
            return []
        back = Direction.IN if direction is Direction.OUT else Direction.OUT
        found = await self.links(LinkQuery(ids, back, types))
        near = {
            link.source if direction is Direction.OUT else link.target
            for links in found.values()
            for link in links
        }
        return sorted(near)

    async def links(self, query: LinkQuery) -> Mapping[str, Sequence[Link]]:
        """The links of each node asked for."""
        return await former_links(self._store, self._former, query)

    async def search(self, query: SearchQuery) -> Sequence[SearchHit]:
        """Nodes that held every word, best first; those whose text has changed since come last.

        Raises:
            InvalidQueryError: so much that matches was touched since that the best cannot be told.
        """

        async def ask() -> Sequence[SearchHit]:
            wider = replace(query, first=hits_wanted(self._former.undo, query))
            return await self._store.search(wider)

        hits = await self._former.steady(ask)
        nodes = {node.id: node for node in await self._former.touched_nodes()}
        return former_hits(self._schema, self._former.undo, query, hits, nodes)

    async def region(self, query: RegionQuery) -> Structure:
        """The part of the graph reached from some nodes, by the links and nodes of the moment.

        Raises:
            InvalidQueryError: as of the store.
        """
        return await region_by_links(self, query, self._moment.revision)

    async def structure(self) -> Structure:
        """The shape of the whole graph."""
        present = await self._store.structure()
        await self._former.advance()
        return former_structure(present, self._former.undo, self._moment.revision)

    async def links_at(self, keys: Sequence[LinkKey]) -> Mapping[LinkKey, Properties]:
        """The properties of those links that stood."""
        present = await self._store.links_at(keys)
        await self._former.advance()
        touched = self._former.undo.links
        found = {key: said for key, said in present.items() if key not in touched}
        for key in keys:
            former = touched.get(key)
            if former is not None:
                found[key] = former.over(present.get(key, {}))
        return found

    async def revisions(
        self, after: int = 0, limit: int | None = None, touching: str | None = None
    ) -> AsyncIterator[Revision]:
        """Revisions later than `after`, up to the moment."""
        if after >= self._moment.revision:
            return
        async for revision in self._store.revisions(after, limit, touching):
            if revision.number > self._moment.revision:
                return
            yield revision
            if revision.number == self._moment.revision:
                return

    async def nodes(self) -> AsyncIterator[Node]:
        """Every node, ordered by id."""
        ids = sorted((await self.structure()).ids)
        for start in range(0, len(ids), _AT_ONCE):
            for node in (await self.get(ids[start : start + _AT_ONCE])).values():
                yield node

    async def all_links(self) -> AsyncIterator[Link]:
        """Every link, ordered by source, type and target."""
        ids = sorted((await self.structure()).ids)
        for start in range(0, len(ids), _AT_ONCE):
            piece = tuple(ids[start : start + _AT_ONCE])
            found = await self.links(LinkQuery(piece, Direction.OUT))
            for node_id in piece:
                for link in found.get(node_id, ()):
                    yield link
