"""What all revisions between two moments changed, taken together: each node and link once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from cmdb.graph.elements import LinkKey, Properties
from cmdb.graph.former import MOST_TOUCHED, MomentTooFarError
from cmdb.graph.moment import Moment
from cmdb.graph.revision import ChangeKind, LinkChange, NodeChange, Revision
from cmdb.graph.store import GraphStore
from cmdb.kernel.actor import Actor
from cmdb.kernel.errors import CmdbError, ErrorKind
from cmdb.kernel.values import Value

Change: TypeAlias = NodeChange | LinkChange


class MomentsReversedError(CmdbError):
    """A difference is asked for from a later to an earlier moment; details: from, to."""

    code = "MOMENTS_REVERSED"
    kind = ErrorKind.INVALID
    summary = "A difference goes from an earlier moment to a later one."
    default_remedy = "Exchange the two moments."


@dataclass(frozen=True, slots=True)
class Alteration:
    """What became of one node or link, and the last revision that altered it: when, by whom and why."""

    revision: int
    at: str
    actor: Actor
    reason: str
    change: Change


@dataclass(frozen=True, slots=True)
class Difference:
    """What leads from one moment to another, in the order of the revisions that finished each alteration.

    What was made and deleted in between, or changed and changed back, is not told.
    """

    start: Moment
    end: Moment
    alterations: tuple[Alteration, ...]


class _Commit(NamedTuple):
    """What is told of the revision that altered something last."""

    revision: int
    at: str
    actor: Actor
    reason: str


@dataclass(slots=True)
class _Net:
    """An element before the first and after the last of its changes; None stands for no value."""

    existed: bool
    label_before: str
    label: str
    last: _Commit
    exists: bool = True
    version: int = 0
    before: dict[str, Value | None] = field(default_factory=dict)
    after: dict[str, Value | None] = field(default_factory=dict)

    def take_in(self, kind: ChangeKind, before: Properties, after: Properties) -> None:
        for name in {**before, **after}:
            self.before.setdefault(name, before.get(name))
            self.after[name] = after.get(name)
        if kind is ChangeKind.DELETED:
            self.after = dict.fromkeys(self.after)
        self.exists = kind is not ChangeKind.DELETED

    def settled(self) -> tuple[ChangeKind, dict[str, Value], dict[str, Value]] | None:
        """What happened, with the values that differ before and after; None where nothing did in the end."""
        if not self.existed and not self.exists:
            return None
        if not self.existed:
            return ChangeKind.CREATED, {}, _there(self.after)
        if not self.exists:
            return ChangeKind.DELETED, _there(self.before), {}
        differing = [name for name, value in self.before.items() if not _same(value, self.after[name])]
        if not differing and self.label == self.label_before:
            return None
        before = _there({name: self.before[name] for name in differing})
        return ChangeKind.UPDATED, before, _there({name: self.after[name] for name in differing})


def _there(values: Mapping[str, Value | None]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if value is not None}


def _same(one: Value | None, other: Value | None) -> bool:
    return type(one) is type(other) and one == other


async def difference(
    store: GraphStore,
    start: Moment,
    end: Moment,
    concerns: Callable[[Change], bool] = lambda _change: True,
    most: int = MOST_TOUCHED,
) -> Difference:
    """What became of everything between two moments, of which only changes that concern somebody are looked at.

    Reads the revisions in between once. Memory grows with the nodes and links that were touched.

    Raises:
        MomentsReversedError: the end is before the start.
        MomentTooFarError: more than `most` nodes and links were touched.
    """
    if end.revision < start.revision:
        raise MomentsReversedError(
            f"from revision {start.revision} to revision {end.revision} goes backwards",
            details={"from": start.revision, "to": end.revision},
        )
    nodes: dict[str, _Net] = {}
    links: dict[LinkKey, _Net] = {}
    between = end.revision - start.revision
    if between:
        async for revision in store.revisions(start.revision, between):
            _take_in(revision, nodes, links, concerns)
            if len(nodes) + len(links) > most:
                raise MomentTooFarError(
                    f"between the moments more than {most:,} nodes and links were touched",
                    remedy="Ask for a shorter time, for one CI or for one service.",
                    details={"touched": len(nodes) + len(links), "limit": most},
                )
    found = [*_node_alterations(nodes), *_link_alterations(links)]
    return Difference(start, end, tuple(sorted(found, key=_place)))


def _take_in(
    revision: Revision,
    nodes: dict[str, _Net],
    links: dict[LinkKey, _Net],
    concerns: Callable[[Change], bool],
) -> None:
    last = _Commit(revision.number, revision.at, revision.actor, revision.reason)
    for change in revision.nodes:
        if concerns(change):
            existed = change.kind is not ChangeKind.CREATED
            before = change.old_label or change.label
            net = nodes.setdefault(change.id, _Net(existed, before, change.label, last))
            net.take_in(change.kind, change.before, change.after)
            net.label, net.version = change.label, change.version
            net.last = last
    for link in revision.links:
        if concerns(link):
            existed = link.kind is not ChangeKind.CREATED
            net = links.setdefault(link.key, _Net(existed, link.key.type, link.key.type, last))
            net.take_in(link.kind, link.before, link.after)
            net.last = last


def _node_alterations(nodes: Mapping[str, _Net]) -> list[Alteration]:
    found = []
    for node_id, net in nodes.items():
        if (settled := net.settled()) is None:
            continue
        kind, before, after = settled
        moved = kind is ChangeKind.UPDATED and net.label != net.label_before
        label = net.label_before if kind is ChangeKind.DELETED else net.label
        change = NodeChange(
            node_id, label, kind, net.version, before, after, net.label_before if moved else None
        )
        found.append(Alteration(*net.last, change))
    return found


def _link_alterations(links: Mapping[LinkKey, _Net]) -> list[Alteration]:
    return [
        Alteration(*net.last, LinkChange(key, *settled))
        for key, net in links.items()
        if (settled := net.settled()) is not None
    ]


def _place(alteration: Alteration) -> tuple[int, bool, tuple[str, ...]]:
    change = alteration.change
    key = (change.id,) if isinstance(change, NodeChange) else tuple(change.key)
    return alteration.revision, isinstance(change, LinkChange), key
