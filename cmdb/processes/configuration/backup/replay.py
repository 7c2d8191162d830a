"""Nodes and links as the ledger says they stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cmdb.graph.elements import LinkKey, Node, Properties
from cmdb.graph.revision import ChangeKind, LinkChange, NodeChange, Revision
from cmdb.kernel.values import Value


class Replay:
    """Applies revisions, oldest first, to the nodes and links that are wanted.

    Args:
        wants_node: Whether a node, by its id, is of interest.
        wants_link: The same of a link.
    """

    def __init__(self, wants_node: Callable[[str], bool], wants_link: Callable[[LinkKey], bool]) -> None:
        self._wants_node = wants_node
        self._wants_link = wants_link
        self.nodes: dict[str, Node] = {}
        self.links: dict[LinkKey, Properties] = {}

    def apply(self, revision: Revision) -> None:
        """Bring what is wanted to this revision, from the one before."""
        for node in revision.nodes:
            if self._wants_node(node.id):
                self._node(node, revision)
        for link in revision.links:
            if self._wants_link(link.key):
                self._link(link)

    def _node(self, change: NodeChange, revision: Revision) -> None:
        if change.kind is ChangeKind.DELETED:
            self.nodes.pop(change.id, None)
            return
        standing = self.nodes.get(change.id)
        if standing is None or change.kind is ChangeKind.CREATED:
            standing = Node(change.id, change.label, {}, 0, 0, revision.at, revision.at)
        self.nodes[change.id] = replace(
            standing,
            label=change.label,
            properties=_changed(standing.properties, change),
            version=change.version,
            revision=revision.number,
            updated_at=revision.at,
        )

    def _link(self, change: LinkChange) -> None:
        if change.kind is ChangeKind.DELETED:
            self.links.pop(change.key, None)
        else:
            standing = {} if change.kind is ChangeKind.CREATED else self.links.get(change.key, {})
            self.links[change.key] = _changed(standing, change)


def _changed(properties: Properties, change: NodeChange | LinkChange) -> dict[str, Value]:
    kept = {name: value for name, value in properties.items() if name not in change.before}
    return {**kept, **change.after}
