"""Observations that do not go in: in doubt, refused, or waiting for a CI they depend on."""

from __future__ import annotations

from collections.abc import Sequence

from cmdb.graph.elements import Node
from cmdb.inventory.group import Group, Member, value_part
from cmdb.inventory.known import Known
from cmdb.inventory.observation import Problem
from cmdb.inventory.plan import Candidate, Conflict
from cmdb.inventory.prepared import Identifier, PreparedItem, PreparedObservation
from cmdb.kernel.values import Value


class Doubts:
    """Gathers what one round takes out, each observation once, with the reason.

    Args:
        known: What is known before the chunk.
        owners: The group of each CI and strong identifier, as far as decided.
    """

    def __init__(self, known: Known, owners: dict[str, Group]) -> None:
        self.rejected: set[int] = set()
        self.conflicts: list[Conflict] = []
        self.problems: list[Problem] = []
        self.waiting: list[PreparedObservation] = []
        self._known = known
        self._owners = owners

    def is_out(self, observation: PreparedObservation) -> bool:
        """True when the observation was taken out."""
        return id(observation) in self.rejected

    def wait(self, observation: PreparedObservation) -> None:
        """Hold an observation back until a CI it depends on is known."""
        if not self.is_out(observation):
            self.rejected.add(id(observation))
            self.waiting.append(observation)

    def refuse(self, group: Group, code: str, message: str, remedy: str) -> None:
        """Take out every observation of a group, with the problem they have in common."""
        for member in group.members:
            if id(member.observation) not in self.rejected:
                self.rejected.add(id(member.observation))
                self.problems.append(Problem(member.observation.position, code, message, remedy))

    def unidentifiable(self, observation: PreparedObservation, item: PreparedItem) -> None:
        """Take out an observation with an item that has no identifier at all."""
        plan = item.plan
        name = item.attributes.get("name", item.key)
        self.rejected.add(id(observation))
        self.problems.append(
            Problem(
                observation.position,
                "UNIDENTIFIABLE",
                f"{plan.name} {name!r} has no value that identifies it (placeholders and addresses that "
                f"repeat do not count)",
                f"Give one of: {plan.describe_rules() or 'its class has no identification rule'}.",
            )
        )

    def contradiction(self, group: Group, member: Member, against: Identifier) -> None:
        """Take out a member that matches by a weaker identifier and contradicts by a stronger one."""
        rule, text = against
        held = ", ".join(sorted(map(value_part, (group.agreed or {}).get(rule.prefix, set()))))
        reason = f"a weaker identifier matches, but {rule.name} {value_part(text)!r} contradicts {held!r}, which is known"
        self.conflict(member, reason, self.candidates([group.node_id or ""], member))

    def candidates(self, node_ids: Sequence[str], member: Member) -> tuple[Candidate, ...]:
        """The CIs a member may be, each with the identifier that points to it."""
        return tuple(self._candidate(each, member) for each in node_ids)

    def conflict(self, member: Member, reason: str, candidates: tuple[Candidate, ...]) -> None:
        """Take out an observation that a person must decide on."""
        if id(member.observation) in self.rejected:
            return
        self.rejected.add(id(member.observation))
        item = member.item
        name: Value = item.attributes.get("name", item.key)
        self.conflicts.append(
            Conflict(member.observation.position, item.plan.name, str(name), candidates, reason)
        )

    def _candidate(self, node_id: str, member: Member) -> Candidate:
        claims = self._known.claims
        node: Node | None = self._known.nodes.get(node_id)
        rule, text = next(
            (each for each in member.strong + member.weak if claims.get(each[1]) == node_id), (None, "")
        )
        owner = self._owners.get(node_id)
        plan = owner.root().plan if owner else None
        return Candidate(
            node_id if node else None,
            node.label if node else (plan.name if plan else ""),
            node.name if node else _first_name(owner.root() if owner else None),
            rule.name if rule else None,
            text or None,
        )


def _first_name(group: Group | None) -> str:
    names = (member.item.attributes.get("name") for member in group.members) if group else iter(())
    return next((name for name in names if isinstance(name, str)), "")
