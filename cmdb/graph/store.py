"""The port: what every store can do. Adapters translate; rules live above."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from cmdb.graph.batch import Commit, WriteBatch
from cmdb.graph.elements import Evidence, Link, LinkKey, Node, Properties
from cmdb.graph.query import LinkQuery, NodePage, NodeQuery, RegionQuery, SearchHit, SearchQuery
from cmdb.graph.revision import Head, Revision
from cmdb.graph.structure import Structure
from cmdb.kernel.values import Value


class GraphStore(Protocol):
    """A graph that remembers every revision.

    Every method may raise StoreUnavailableError. A reader sees every commit acknowledged before its question.
    """

    async def migrate(self) -> None:
        """Bring the store to this version's layout; harmless when it already is.

        Raises:
            StoreVersionError: a newer version of the product wrote it.
        """
        ...

    async def close(self) -> None:
        """Give everything back; the store is not used after."""
        ...

    async def head(self) -> Head:
        """The newest revision."""
        ...

    def expect(self) -> None:
        """Make ready for many batches, one soon after the other, which are about to come."""
        ...

    def prepare(self, batch: WriteBatch) -> None:
        """Work out ahead what can be of a batch that is going to be committed, or perhaps not; any thread may call it.

        It says nothing of what is wrong with the batch, and committing does not need it.
        """
        ...

    async def commit(self, batch: WriteBatch) -> Commit:
        """Write all of the batch as one revision, or nothing of it.

        Raises:
            InvalidBatchError: it does not fit the schema; every mistake is named.
            NodeNotFoundError: it updates, deletes or links a node that is not there.
            NodeExistsError: it creates an id that is.
            VersionConflictError: an expected version is not the node's.
            IdentifierTakenError: a claim belongs to another node.
            StoreFullError: there is no room, or the store is read-only.
        """
        ...

    async def get(self, ids: Sequence[str]) -> Mapping[str, Node]:
        """The nodes with these ids; ids that are not there are left out."""
        ...

    async def resolve(self, identifiers: Sequence[str]) -> Mapping[str, str]:
        """The node id that holds each identifier; identifiers nobody holds are left out."""
        ...

    async def evidence(self, ids: Sequence[str]) -> Mapping[str, Evidence]:
        """Provenance of these nodes; ids that are not there are left out."""
        ...

    async def find(self, query: NodeQuery) -> NodePage:
        """One page of nodes.

        Raises:
            InvalidQueryError: unknown label or property, a cursor of another query, or `first` out of bounds.
        """
        ...

    async def count(self, query: NodeQuery, by: str | None = None) -> Mapping[Value | None, int]:
        """How many nodes satisfy the query (its page is ignored), by the value of a property or `label`.

        Without `by` the only key is None. With it, nodes without the property are counted under None.
        """
        ...

    async def links(self, query: LinkQuery) -> Mapping[str, Sequence[Link]]:
        """The links of each node asked for; nodes without any are left out."""
        ...

    async def links_at(self, keys: Sequence[LinkKey]) -> Mapping[LinkKey, Properties]:
        """The properties of those links that stand; keys of others are left out.

        What it costs depends on the number of keys, not on how many other links their ends have.
        """
        ...

    async def search(self, query: SearchQuery) -> Sequence[SearchHit]:
        """Nodes whose searchable properties contain every word, best first."""
        ...

    async def region(self, query: RegionQuery) -> Structure:
        """The part of the graph reached from some nodes, by the store's own traversal, all of one revision.

        Nodes stand in the order found; each ring of a walk that the limit cuts keeps the smallest ids. The links
        are those between nodes reached, of the types walked over, and those of the rim; each once.

        Raises:
            InvalidQueryError: unknown link type, or a negative limit or depth.
        """
        ...

    async def structure(self) -> Structure:
        """The shape of the whole graph at one revision, without properties of nodes."""
        ...

    def revisions(
        self, after: int = 0, limit: int | None = None, touching: str | None = None
    ) -> AsyncIterator[Revision]:
        """Revisions later than `after`, oldest first, at most `limit` of them.

        With `touching`, the id of a node that is or was, only those that changed it or one of its links.
        """
        ...

    def nodes(self) -> AsyncIterator[Node]:
        """Every node, ordered by id."""
        ...

    def all_links(self) -> AsyncIterator[Link]:
        """Every link, ordered by source, type and target."""
        ...
