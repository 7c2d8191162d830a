"""A revision as a store keeps it: a row whose changes are JSON, in the ledger's form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from cmdb.graph.elements import LinkKey
from cmdb.graph.errors import StoreDamagedError
from cmdb.graph.revision import ChangeKind, LinkChange, NodeChange, Revision
from cmdb.kernel.actor import Actor, ActorKind

Entry: TypeAlias = Sequence[Any]
"""One change in the ledger's form, of a node or of a link, as `cmdb.graph.ledger` describes it."""

REVISION_FIELDS = (
    "number", "at", "actor", "actor_kind", "reason", "request_id", "previous_hash", "hash", "nodes", "links"
)  # fmt: skip
"""What `revision_of` takes, in its order."""


def revision_of(row: Sequence[Any], decoded: Callable[[str, Any], Any]) -> Revision:
    """The revision of a row of REVISION_FIELDS.

    `decoded` gives the value of stored JSON, and is told whose it is.

    Raises:
        StoreDamagedError: the row is not what was written.
    """
    number, at, actor, actor_kind, reason, request_id, previous_hash, digest, nodes, links = row
    place = f"revision {number}"
    try:
        return Revision(
            number,
            at,
            Actor(actor, ActorKind(actor_kind)),
            reason,
            request_id,
            tuple([_node_change(*entry) for entry in decoded(place, nodes)]),
            tuple([_link_change(*entry) for entry in decoded(place, links)]),
            previous_hash,
            digest,
        )
    except (TypeError, ValueError) as error:
        raise StoreDamagedError(f"{place}: its content cannot be read ({error})") from error


def touched_ids(nodes: Sequence[Entry], links: Sequence[Entry]) -> set[str]:
    """The nodes that changes touch: those changed, and the ends of links changed."""
    touched = {entry[0] for entry in nodes}
    touched.update([entry[1] for entry in links])
    touched.update([entry[2] for entry in links])
    return touched


def _node_change(
    node_id: str, label: str, kind: str, version: int, before: Any, after: Any, old_label: str | None
) -> NodeChange:
    return NodeChange(node_id, label, ChangeKind(kind), version, before, after, old_label)


def _link_change(link_type: str, source: str, target: str, kind: str, before: Any, after: Any) -> LinkChange:
    return LinkChange(LinkKey(link_type, source, target), ChangeKind(kind), before, after)
