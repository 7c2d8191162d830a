"""Do nodes and links stand as the ledger says? Answered in one pass over both, without keeping either.

Every fact (a node has a label and version; it has a value; a link is there; it has a value) has a 64-bit hash. What
stands adds its facts; the ledger takes off those it made and adds those it took back. Where all sums are zero
at the end, both agree: it is the incremental multiset hash of Clarke et al. (ASIACRYPT 2003), kept for each
of some hundred groups of nodes and links, so that only a few have to be looked at again to say what differs.
Hashes are Python's own, keyed at random for each process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cmdb.graph.archive import Piece
from cmdb.graph.elements import LinkKey, Node
from cmdb.graph.revision import ChangeKind, LinkChange, NodeChange, Revision
from cmdb.kernel.values import Value
from cmdb.processes.configuration.backup.replay import Replay

_GROUPS = 1024
_MOST_NAMED = 20
_Key = str | LinkKey


def _group(key: _Key) -> int:
    return hash(key) % _GROUPS


class Balance:
    """Sums of facts, those that stand against those of the ledger."""

    def __init__(self) -> None:
        self._sums = [0] * _GROUPS

    def add(self, piece: Piece) -> None:
        """Take in what stands and what the ledger says, in any order."""
        sums = self._sums
        for archived in piece.nodes:
            node = archived.node
            sums[_group(node.id)] += _node_facts(node.id, node.label, node.version, node.properties)
        for link in piece.links:
            sums[_group(link.key)] += _link_facts(link.key, link.properties)
        for revision in piece.revisions:
            for node_change in revision.nodes:
                sums[_group(node_change.id)] -= _node_difference(node_change)
            for link_change in revision.links:
                sums[_group(link_change.key)] -= _link_difference(link_change)

    def unequal(self) -> frozenset[int]:
        """The groups that do not come to zero."""
        return frozenset(place for place, total in enumerate(self._sums) if total % (1 << 64))


def _node_facts(node_id: str, label: str, version: int, values: Mapping[str, Value]) -> int:
    return hash((node_id, label, version)) + _values(node_id, values)


def _link_facts(key: LinkKey, values: Mapping[str, Value]) -> int:
    return hash((key,)) + (_values(key, values) if values else 0)


def _values(key: _Key, values: Mapping[str, Value]) -> int:
    total = 0
    for name, value in values.items():
        # As text: 1, 1.0 and True are equal, and are not the same value.
        total += hash((key, name, repr(value)))
    return total


def _node_difference(change: NodeChange) -> int:
    """The facts that a change made, less those it took back."""
    if change.kind is ChangeKind.CREATED:
        return _node_facts(change.id, change.label, change.version, change.after)
    if change.kind is ChangeKind.DELETED:
        return -_node_facts(change.id, change.label, change.version, change.before)
    before = _node_facts(change.id, change.old_label or change.label, change.version - 1, change.before)
    return _node_facts(change.id, change.label, change.version, change.after) - before


def _link_difference(change: LinkChange) -> int:
    if change.kind is ChangeKind.CREATED:
        return _link_facts(change.key, change.after)
    if change.kind is ChangeKind.DELETED:
        return -_link_facts(change.key, change.before)
    return _values(change.key, change.after) - _values(change.key, change.before)


class Comparison:
    """A second look at the groups that differ: which nodes and links, and in what."""

    def __init__(self, groups: frozenset[int]) -> None:
        self._groups = groups
        self._nodes: dict[str, Node] = {}
        self._links: dict[LinkKey, Mapping[str, Value]] = {}
        self._replay = Replay(self._wants, self._wants)

    def add(self, piece: Piece) -> None:
        """Take in what stands and what the ledger says; revisions oldest first."""
        for archived in piece.nodes:
            if self._wants(archived.node.id):
                self._nodes[archived.node.id] = archived.node
        for link in piece.links:
            if self._wants(link.key):
                self._links[link.key] = link.properties
        for revision in piece.revisions:
            self._apply(revision)

    def differences(self) -> list[str]:
        """A sentence for each node and link that differs; of very many the first."""
        found = [*self._of_nodes(), *self._of_links()]
        more = len(found) - _MOST_NAMED
        return [*found[:_MOST_NAMED], f"and {more} more"] if more > 0 else found

    def _wants(self, key: _Key) -> bool:
        return _group(key) in self._groups

    def _apply(self, revision: Revision) -> None:
        self._replay.apply(revision)

    def _of_nodes(self) -> Iterator[str]:
        said = self._replay.nodes
        for node_id in sorted(self._nodes.keys() | said.keys()):
            stands, should = self._nodes.get(node_id), said.get(node_id)
            if should is None:
                yield f"node {node_id!r} stands, and the ledger does not know it"
            elif stands is None:
                yield f"node {node_id!r} is missing, and the ledger has it"
            else:
                parts = [*_unlike(stands.properties, should.properties)]
                parts += ["label"] if stands.label != should.label else []
                parts += ["version"] if stands.version != should.version else []
                if parts:
                    yield f"node {node_id!r} differs from the ledger in {', '.join(parts)}"

    def _of_links(self) -> Iterator[str]:
        said = self._replay.links
        for key in sorted(self._links.keys() | said.keys()):
            name = f"link {key.type} from {key.source!r} to {key.target!r}"
            if key not in said:
                yield f"{name} stands, and the ledger does not know it"
            elif key not in self._links:
                yield f"{name} is missing, and the ledger has it"
            elif parts := [*_unlike(self._links[key], said[key])]:
                yield f"{name} differs from the ledger in {', '.join(parts)}"


def _unlike(one: Mapping[str, Value], other: Mapping[str, Value]) -> Iterator[str]:
    for name in sorted(one.keys() | other.keys()):
        if repr(one.get(name)) != repr(other.get(name)):
            yield name
