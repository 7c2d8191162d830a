"""What later revisions did, turned around: how what they touched stood before them.

Revisions are taken in oldest first. The first that says what a value was before has said what it was at the
moment, so each later one adds only what no earlier one has told, and memory grows with what was touched, not
with how often.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cmdb.graph.elements import LinkKey, Properties
from cmdb.graph.revision import ChangeKind, LinkChange, NodeChange, Revision
from cmdb.kernel.values import Value


@dataclass(slots=True)
class FormerValues:
    """Values as they were at the moment, of the properties that were touched since.

    `gone` names touched properties that were not there. `whole` says that nothing else was there, because the
    element was deleted since, which told all of it.
    """

    values: dict[str, Value] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    whole: bool = False

    def take_in(self, before: Properties, after: Properties, *, deleted: bool) -> None:
        """Learn from the next change of the element."""
        if self.whole:
            return
        for name, value in before.items():
            if name not in self.values and name not in self.gone:
                self.values[name] = value
        self.gone.update(name for name in after if name not in self.values)
        self.whole = deleted

    def over(self, present: Properties) -> Properties:
        """All values at the moment, given those of the element as it stands at some time since."""
        if self.whole:
            return self.values
        kept = {name: value for name, value in present.items() if name not in self.gone}
        return {**kept, **self.values}

    def tells(self, name: str) -> bool:
        """Whether the value of this property at the moment is known from here."""
        return self.whole or name in self.values or name in self.gone


@dataclass(slots=True)
class FormerNode:
    """A node that was there at the moment and was touched since."""

    label: str
    version: int
    former: FormerValues
    relabelled: bool = False


class Undo:
    """All that was touched since a moment.

    `nodes` and `links` hold what was touched: None for what was not there at the moment. `revision` is the last
    one taken in.
    """

    def __init__(self, moment: int) -> None:
        self.moment = moment
        self.revision = moment
        self.nodes: dict[str, FormerNode | None] = {}
        self.links: dict[LinkKey, FormerValues | None] = {}
        self.relabelled = False
        self._from: dict[str, list[LinkKey]] = {}
        self._to: dict[str, list[LinkKey]] = {}

    @property
    def size(self) -> int:
        """How many nodes and links were touched."""
        return len(self.nodes) + len(self.links)

    def take_in(self, revision: Revision) -> None:
        """Learn from the next revision."""
        for node in revision.nodes:
            self._take_node(node)
        for link in revision.links:
            self._take_link(link)
        self.revision = revision.number

    def links_at(self, node_id: str, *, outwards: bool) -> Iterable[LinkKey]:
        """Touched links with this node as their source (outwards) or target."""
        return (self._from if outwards else self._to).get(node_id, ())

    def _take_node(self, change: NodeChange) -> None:
        if change.id not in self.nodes:
            if change.kind is ChangeKind.CREATED:
                self.nodes[change.id] = None
                return
            version = change.version - (change.kind is ChangeKind.UPDATED)
            self.nodes[change.id] = FormerNode(change.old_label or change.label, version, FormerValues())
        node = self.nodes[change.id]
        if node is None:
            return
        if change.old_label is not None or change.kind is ChangeKind.CREATED:
            self.relabelled = node.relabelled = True
        node.former.take_in(change.before, change.after, deleted=change.kind is ChangeKind.DELETED)

    def _take_link(self, change: LinkChange) -> None:
        if change.key not in self.links:
            created = change.kind is ChangeKind.CREATED
            self.links[change.key] = None if created else FormerValues()
            self._from.setdefault(change.key.source, []).append(change.key)
            self._to.setdefault(change.key.target, []).append(change.key)
        former = self.links[change.key]
        if former is not None:
            former.take_in(change.before, change.after, deleted=change.kind is ChangeKind.DELETED)


@dataclass(frozen=True, slots=True)
class Origin:
    """The revisions that made a node and changed it last before a moment."""

    created: int
    changed: int


def take_origins(
    revision: Revision, origins: dict[str, Origin], times: dict[int, str], only: str | None = None
) -> None:
    """Bring the origins of all nodes, or of only one, forward by one revision; `times` is by revision."""
    times[revision.number] = revision.at
    for change in revision.nodes:
        if only is not None and change.id != only:
            continue
        if change.kind is ChangeKind.DELETED:
            origins.pop(change.id, None)
            continue
        old = origins.get(change.id)
        created = old.created if old is not None else revision.number
        origins[change.id] = Origin(created, revision.number)
