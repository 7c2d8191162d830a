"""Short ways to say what is written, for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from cmdb.graph.batch import (
    Commit,
    LinkDelete,
    LinkPut,
    NodeCreate,
    NodeDelete,
    NodeUpdate,
    Numbering,
    Sighting,
    WriteBatch,
)
from cmdb.graph.elements import LinkKey, Node
from cmdb.graph.query import AllOf, NodeQuery, Order, Predicate
from cmdb.graph.revision import Revision
from cmdb.graph.store import GraphStore
from cmdb.kernel.actor import Actor
from tests.contract.schema import ALL

ACTOR = Actor("ada")
EVERYTHING = AllOf(())


class FixedClock:
    """Begins on a fixed day and goes on by a second each time it is asked."""

    def __init__(self) -> None:
        self._moment = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The present moment."""
        self._moment += timedelta(seconds=1)
        return self._moment


Write = NodeCreate | NodeUpdate | NodeDelete | LinkPut | LinkDelete | Sighting


def batch(*writes: Write, reason: str = "test", request_id: str | None = None) -> WriteBatch:
    """A batch of these writes, each where it belongs."""

    def of(kind: type) -> tuple[Any, ...]:
        return tuple(write for write in writes if isinstance(write, kind))

    return WriteBatch(
        ACTOR,
        reason,
        creates=of(NodeCreate),
        updates=of(NodeUpdate),
        deletes=of(NodeDelete),
        link_puts=of(LinkPut),
        link_deletes=of(LinkDelete),
        sightings=of(Sighting),
        request_id=request_id,
    )


async def put(store: GraphStore, *writes: Write) -> Commit:
    """Commit these writes as one batch."""
    return await store.commit(batch(*writes))


def host(node_id: str, *claims: str, label: str = "Host", **properties: Any) -> NodeCreate:
    """A host named after its id where no name is given."""
    return NodeCreate(node_id, label, {"name": node_id, **properties}, claims)


def ticket(node_id: str, **properties: Any) -> NodeCreate:
    """A ticket that the store gives a number."""
    return NodeCreate(
        node_id, "Ticket", {"title": "it does not print", **properties}, numbering=Numbering("INC", 7)
    )


def link(link_type: str, source: str, target: str, **properties: Any) -> LinkPut:
    """A link that shall stand."""
    return LinkPut(LinkKey(link_type, source, target), properties)


def unlink(link_type: str, source: str, target: str) -> LinkDelete:
    """A link that shall be gone."""
    return LinkDelete(LinkKey(link_type, source, target))


async def node(store: GraphStore, node_id: str) -> Node:
    """The node with this id, which is there."""
    return (await store.get([node_id]))[node_id]


async def found(
    store: GraphStore, where: Predicate = EVERYTHING, *order: Order, labels: tuple[str, ...] = ALL
) -> list[str]:
    """The ids of the nodes that satisfy the predicate, in order."""
    page = await store.find(NodeQuery(labels, where, order, first=1000))
    return [one.id for one in page.nodes]


async def ledger(store: GraphStore, after: int = 0, limit: int | None = None) -> list[Revision]:
    """The revisions, oldest first."""
    return [revision async for revision in store.revisions(after, limit)]
