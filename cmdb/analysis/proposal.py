"""A topology as it would be: proposed CIs and relationships put into the present one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cmdb.graph.elements import LinkKey, Properties
from cmdb.graph.revision import ChangeKind, LinkChange, NodeChange, Revision
from cmdb.kernel.actor import Actor
from cmdb.topology.build import RETIRED
from cmdb.topology.follow import follow
from cmdb.topology.topology import Topology

_IN_USE = "operational"


@dataclass(frozen=True, slots=True)
class ProposedCi:
    """A CI as it would be, whether there is one of this id or not. A retired one carries no impact."""

    id: str
    class_name: str
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be different.

    `links` would stand with exactly these properties, whether they stand or not. Links of removed CIs go with
    them. What names a CI that is neither there nor proposed is left out.
    """

    cis: tuple[ProposedCi, ...] = ()
    removed_cis: frozenset[str] = frozenset()
    links: Mapping[LinkKey, Properties] = field(default_factory=dict)
    removed_links: frozenset[LinkKey] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether nothing is proposed."""
        return not (self.cis or self.removed_cis or self.links or self.removed_links)

    @property
    def named(self) -> frozenset[str]:
        """The ids of all CIs that it names, itself or at an end of a link."""
        ends = (end for key in (*self.links, *self.removed_links) for end in (key.source, key.target))
        return frozenset((*(ci.id for ci in self.cis), *self.removed_cis, *ends))


def proposed(topology: Topology, proposal: Proposal) -> Topology:
    """The topology with the proposal put in; the given one stays as it is.

    CIs keep their positions, and added ones come last. The revision stays that of the present.
    """
    if proposal.empty:
        return topology
    nodes = [
        *(_put(ci) for ci in sorted(proposal.cis, key=lambda ci: ci.id)),
        *(
            NodeChange(ci, _label(topology, ci), ChangeKind.DELETED, 0, {}, {})
            for ci in _there(topology, proposal)
        ),
    ]
    links = [
        *(LinkChange(key, ChangeKind.DELETED, {}, {}) for key in sorted(proposal.removed_links)),
        *(LinkChange(key, ChangeKind.CREATED, {}, said) for key, said in sorted(proposal.links.items())),
    ]
    draft = Revision(
        topology.revision,
        "",
        Actor("proposal"),
        "",
        None,
        tuple(nodes),
        tuple(links),
        previous_hash="",
        hash="",
    )
    return follow(topology, [draft], {})


def _put(ci: ProposedCi) -> NodeChange:
    status = RETIRED if ci.retired else _IN_USE
    return NodeChange(ci.id, ci.class_name, ChangeKind.CREATED, 0, {}, {"status": status})


def _there(topology: Topology, proposal: Proposal) -> list[str]:
    """The CIs to remove that are there."""
    ids = sorted(proposal.removed_cis)
    return [ci for ci, place in zip(ids, topology.find(ids).tolist(), strict=True) if place >= 0]


def _label(topology: Topology, ci_id: str) -> str:
    return topology.class_at(topology.position(ci_id))
