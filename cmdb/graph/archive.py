"""What a store gives and takes beyond the port, so that all of it can be carried to another store.

Nodes, links, evidence and revisions are read through the port. What is missing there is the bookkeeping that
makes the next commit right: who holds which identifier, which requests were answered, how far each sequence
has counted. `load` takes all of it back as it was: ids, versions, revision numbers, moments and hashes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from cmdb.graph.batch import Commit
from cmdb.graph.elements import Link, Node, Seen, Stamp
from cmdb.graph.revision import Revision
from cmdb.graph.store import GraphStore
from cmdb.kernel.errors import CmdbError, ErrorKind


class Holding(NamedTuple):
    """An identifier and the id of the node that holds it."""

    identifier: str
    holder: str


@dataclass(frozen=True, slots=True)
class RequestResult:
    """The first result of a request, kept for when the request comes again."""

    request_id: str
    commit: Commit


@dataclass(frozen=True, slots=True)
class ArchivedNode:
    """A node with what is known of where it came from; its identifiers are holdings of their own."""

    node: Node
    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    seen: Mapping[str, Seen] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a store's content, small enough to be held in memory.

    Over all pieces: every node comes before the first link and the first holding, revisions come oldest
    first, and nothing comes twice. `sequences` gives the last number taken, by prefix.
    """

    nodes: tuple[ArchivedNode, ...] = ()
    links: tuple[Link, ...] = ()
    holdings: tuple[Holding, ...] = ()
    sequences: Mapping[str, int] = field(default_factory=dict)
    results: tuple[RequestResult, ...] = ()
    revisions: tuple[Revision, ...] = ()


class StoreNotEmptyError(CmdbError):
    """Content is to be loaded into a store that has some already."""

    code = "STORE_NOT_EMPTY"
    kind = ErrorKind.CONFLICT
    summary = "A store takes a backup or a copy only while it is empty; nothing was written."
    default_remedy = "Name an empty store, e.g. --store restored.db, and set CMDB_STORE to it afterwards."


class StoreIncompleteError(CmdbError):
    """Loading into the store began and did not end."""

    code = "STORE_INCOMPLETE"
    kind = ErrorKind.UNAVAILABLE
    summary = "The store holds a part of a backup or copy: loading it was interrupted."
    default_remedy = "Run the restore or copy again; it begins anew."


class ArchiveStore(GraphStore, Protocol):
    """A store whose whole content can be read and loaded."""

    async def check(self) -> None:
        """Look whether what keeps the content is whole, beyond what reading the content shows.

        Raises:
            StoreDamagedError: it is not.
        """
        ...

    def identifiers(self) -> AsyncIterator[Holding]:
        """Every identifier with its holder. None comes twice, also while identifiers move."""
        ...

    def requests(self) -> AsyncIterator[RequestResult]:
        """Every request that is remembered, with its first result."""
        ...

    async def sequences(self) -> Mapping[str, int]:
        """The last number taken of each sequence, by prefix."""
        ...

    async def load(self, pieces: AsyncIterator[Piece]) -> None:
        """Take content into this store, which is empty, exactly as it is given.

        Either all of it stands at the end, or nothing does. A store that cannot do so in one transaction
        refuses everything but `load`, with StoreIncompleteError, until a load has ended. An error raised by
        `pieces` ends the load in the same way and is passed on.

        Raises:
            StoreNotEmptyError: it holds nodes, revisions, requests or sequences.
            NodeNotFoundError: a link or holding names a node that did not come.
            StoreFullError: there is no room.
        """
        ...
