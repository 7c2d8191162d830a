"""Which observed items are one CI, and which CI that is. Pure: it asks nobody and writes nothing.

Items are first grouped by shared strong identifiers, over the whole chunk, so that the order of observations
does not matter; then each group is compared with the CIs known. Items that need a parent follow once their
parent is identified. An observation with one item in doubt is taken out whole, and the rest is done again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cmdb.inventory.compiled import CompiledModel
from cmdb.inventory.doubts import Doubts
from cmdb.inventory.group import (
    Basis,
    Group,
    Member,
    by_prefix,
    disagree,
    most_specific,
    strongest_disagreement,
)
from cmdb.inventory.known import Known
from cmdb.inventory.observation import Problem
from cmdb.inventory.plan import Conflict
from cmdb.inventory.prepared import Identifier, PreparedItem, PreparedObservation, PreparedReference

_PATIENCE = 4
"""After so many rounds every item of a group in doubt is taken out, so that the work stays bounded."""


@dataclass(slots=True)
class Identified:
    """The outcome for a chunk. `waiting` holds observations whose parent nobody knows yet."""

    observations: list[PreparedObservation] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    owners: dict[str, Group] = field(default_factory=dict)
    weak_owners: dict[str, Group] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    waiting: list[PreparedObservation] = field(default_factory=list)


def identify(
    chunk: Sequence[PreparedObservation], known: Known, model: CompiledModel, new_id: Callable[[], str]
) -> Identified:
    """Decide for every item of a chunk which CI it is.

    Args:
        chunk: Observations in the order of the source.
        known: What `fetch_known` brought for them.
        model: The compiled model.
        new_id: Makes ids for CIs nobody knew.
    """
    outcome = Identified()
    remaining = list(chunk)
    rounds = 0
    while True:
        round_ = _Round(known, model, new_id, strict=rounds >= _PATIENCE)
        round_.run(remaining)
        doubts = round_.doubts
        outcome.conflicts += doubts.conflicts
        outcome.problems += doubts.problems
        outcome.waiting += doubts.waiting
        if not doubts.rejected:
            outcome.observations = remaining
            outcome.groups = round_.groups()
            outcome.owners = round_.owners
            outcome.weak_owners = round_.weak_owners
            return outcome
        remaining = [each for each in remaining if not doubts.is_out(each)]
        rounds += 1


def find_reference(reference: PreparedReference, known: Known, identified: Identified) -> list[str]:
    """The ids of the CIs a reference may mean: by its identifiers, else by its exact name."""
    found = _by_identifiers(reference, known, identified.owners, identified.weak_owners)
    if found is not None:
        return [found]
    if reference.name is None:
        return []
    return list(dict.fromkeys(known.names.get((reference.plan.name, reference.name), ())))


def _by_identifiers(
    reference: PreparedReference, known: Known, owners: dict[str, Group], weak_owners: dict[str, Group]
) -> str | None:
    for rule, text in reference.identifiers:
        held = known.claims.get(text)
        if held is not None:
            return held
        group = (weak_owners if rule.weak else owners).get(text)
        if group is not None and group.root().node_id is not None:
            return group.root().node_id
    return None


class _Round:
    """One attempt at a chunk, in which no observation is left out yet."""

    def __init__(
        self, known: Known, model: CompiledModel, new_id: Callable[[], str], *, strict: bool
    ) -> None:
        self.owners: dict[str, Group] = {}
        self.doubts = Doubts(known, self.owners)
        self.weak_owners: dict[str, Group] = {}
        self._known = known
        self._model = model
        self._new_id = new_id
        self._strict = strict
        self._all: list[Group] = []

    def run(self, observations: Sequence[PreparedObservation]) -> None:
        levels: list[list[tuple[PreparedObservation, PreparedItem]]] = [[]]
        for observation in observations:
            for item in observation.items:
                while item.depth >= len(levels):
                    levels.append([])
                levels[item.depth].append((observation, item))
        for level in levels:
            self._level(level)

    def groups(self) -> list[Group]:
        return [group for group in self._all if group.forward is None and group.node_id is not None]

    def _level(self, level: list[tuple[PreparedObservation, PreparedItem]]) -> None:
        placed: list[tuple[PreparedItem, Group]] = []
        for observation, item in level:
            if self.doubts.is_out(observation):
                continue
            member = self._member(observation, item)
            if member is not None:
                placed.append((item, self._place(member)))
        touched = list(dict.fromkeys([group.root() for _, group in placed]))
        self._decide(touched)
        for item, group in placed:
            item.node_id = group.root().node_id

    def _member(self, observation: PreparedObservation, item: PreparedItem) -> Member | None:
        """The item with its identifiers; None when it is refused or must wait for its parent."""
        item.node_id = None
        if not item.dependent:
            if item.strong or item.weak:
                return Member(observation, item, item.strong, item.weak)
            self.doubts.unidentifiable(observation, item)
            return None
        strong, weak = list(item.strong), list(item.weak)
        for rule, text in item.dependent:
            parent = self._parent(observation, item, rule.within or "")
            if parent is not None:
                (weak if rule.weak else strong).append((rule, f"{rule.prefix}{parent}|{text}"))
        if self.doubts.is_out(observation):
            return None
        if not strong and not weak:
            self.doubts.unidentifiable(observation, item)
            return None
        if len(item.dependent) and item.strong:
            strong.sort(key=lambda each: each[0].position)
        return Member(observation, item, strong, weak)

    def _parent(self, observation: PreparedObservation, item: PreparedItem, within: str) -> str | None:
        parent = item.parents.get(within)
        if parent is None:
            return None
        if isinstance(parent, int):
            return observation.items[parent].node_id
        found = self._referred(parent)
        if found is None:
            self.doubts.wait(observation)
        return found

    def _referred(self, reference: PreparedReference) -> str | None:
        found = _by_identifiers(reference, self._known, self.owners, self.weak_owners)
        if found is None and reference.name is not None:
            ids = set(self._known.names.get((reference.plan.name, reference.name), ()))
            found = ids.pop() if len(ids) == 1 else None
        return found

    def _place(self, member: Member) -> Group:
        """Put a member into the group that shares a strong identifier with it; groups it joins become one."""
        claims, owners = self._known.claims, self.owners
        group: Group | None = None
        holders: list[str] = []
        keys: list[str] = []
        for _, text in member.strong:
            holder = claims.get(text)
            if holder is not None:
                holders.append(holder)
            key = holder or text
            keys.append(key)
            other = owners.get(key)
            if other is not None:
                other = other.root()
                group = other if group is None or group is other else group.absorb(other)
        if group is None:
            group = Group()
            self._all.append(group)
        group.members.append(member)
        group.holders.update(holders)
        for key in keys:
            owners[key] = group
        return group

    def _decide(self, touched: list[Group]) -> None:
        undecided: list[Group] = []
        for group in touched:
            if len(group.holders) > 1:
                self._several(group, group.holders)
            elif group.holders:
                self._match(group, next(iter(group.holders)), Basis.STRONG)
            else:
                undecided.append(group)
        undecided.sort(key=_has_no_strong)
        for group in undecided:
            if group.forward is None:
                self._weakly(group)

    def _match(self, group: Group, node_id: str, basis: Basis) -> None:
        if group.node_id is None:
            group.node_id = node_id
            group.node = self._known.nodes.get(node_id)
            group.basis = basis
            group.plan = self._model.classes.get(group.node.label) if group.node else None
        self._compare(group)
        for member in group.members:
            for _, text in member.weak:
                self.weak_owners.setdefault(text, group)

    def _compare(self, group: Group) -> None:
        """Check each member not checked yet against the CI and the members before it."""
        fresh = group.members[group.checked :]
        alone = len(group.members) == 1
        group.checked = len(group.members)
        for member in fresh:
            if alone and self._fully_held(member, group):
                continue
            if group.agreed is None:
                group.agreed = self._known.held(group.node_id or "")
            against = strongest_disagreement(member, group.agreed)
            if against is not None:
                self.doubts.contradiction(group, member, against)
                continue
            for rule, text in member.strong:
                group.agreed.setdefault(rule.prefix, set()).add(text)
        for member in fresh:
            self._refine(group, member)

    def _fully_held(self, member: Member, group: Group) -> bool:
        return group.node is None or (
            bool(member.strong) and self._known.claims.get(member.strong[0][1]) == group.node_id
        )

    def _refine(self, group: Group, member: Member) -> None:
        plan = member.item.plan
        if group.plan is None or group.plan is plan:
            group.plan = plan
            return
        finer = most_specific(group.plan, plan)
        if finer is None:
            reason = f"it is observed as {plan.name} and known as {group.plan.name}; neither is a kind of the other"
            self.doubts.conflict(member, reason, self.doubts.candidates([group.node_id or ""], member))
        else:
            group.plan = finer

    def _weakly(self, group: Group) -> None:
        """A group nobody holds strongly: a weak match with one CI that does not disagree, or a CI of its own."""
        found: dict[str, Identifier] = {}
        for member in group.members:
            for rule, text in member.weak:
                holder = self._weak_holder(text)
                if holder is not None and self._compatible(group, holder):
                    found.setdefault(holder, (rule, text))
        if len(found) > 1:
            self._several(group, set(found))
            return
        if found:
            node_id, matched = next(iter(found.items()))
            other = self.owners.get(node_id)
            joined = group if other is None else other.root().absorb(group)
            joined.matched = joined.matched or matched
            self._match(joined, node_id, Basis.WEAK)
            self.owners[node_id] = joined
        elif any(member.item.present for member in group.members):
            self._create(group)

    def _weak_holder(self, text: str) -> str | None:
        owner = self.weak_owners.get(text)
        return owner.root().node_id if owner is not None else self._known.claims.get(text)

    def _compatible(self, group: Group, node_id: str) -> bool:
        mine = by_prefix(identifier for member in group.members for identifier in member.strong)
        theirs = self._known.held(node_id)
        owner = self.owners.get(node_id)
        plan = owner.root().plan if owner is not None else None
        if owner is not None:
            for member in owner.root().members:
                for rule, text in member.strong:
                    theirs.setdefault(rule.prefix, set()).add(text)
        node = self._known.nodes.get(node_id)
        if plan is None and node is not None:
            plan = self._model.classes.get(node.label)
        kin = plan is None or all(most_specific(plan, each.item.plan) for each in group.members)
        gone = not all(member.item.present for member in group.members)
        strong = {rule.prefix for member in group.members for rule in member.item.plan.rules if not rule.weak}
        told = gone and any(theirs.get(prefix) for prefix in strong)
        return kin and not told and not disagree(mine, theirs)

    def _create(self, group: Group) -> None:
        group.node_id = self._new_id()
        group.basis = Basis.NEW
        self.owners[group.node_id] = group
        group.holders.add(group.node_id)
        self._compare(group)
        for member in group.members:
            for _, text in member.weak:
                self.weak_owners.setdefault(text, group)
        plan = group.plan
        if plan is not None and plan.abstract:
            self.doubts.refuse(
                group,
                "ABSTRACT_CLASS",
                f"{plan.name} is only a heading for its subclasses",
                "Name the subclass it belongs to.",
            )
        elif plan is not None:
            self._require(group, plan.required, plan.name)

    def _require(self, group: Group, required: Sequence[str], class_name: str) -> None:
        for name in required:
            if name != "name" and not any(name in member.item.attributes for member in group.members):
                plan = group.plan
                if plan is None or name not in plan.defaults:
                    message = f"a {class_name} nobody knows yet needs {name}, and it has no value"
                    self.doubts.refuse(group, "MISSING_VALUE", message, f"Give {name} in the source.")

    def _several(self, group: Group, node_ids: set[str]) -> None:
        """One observed CI points to several known ones: take out those that join them."""
        claims = self._known.claims

        def pointed(member: Member) -> int:
            texts = [text for _, text in member.strong + member.weak]
            return len({claims[text] for text in texts if text in claims} & node_ids)

        joining = [each for each in group.members if pointed(each) > 1]
        joining = joining or [each for each in group.members if not pointed(each)]
        if self._strict or not joining:
            joining = group.members
        for member in joining:
            reason = "its identifiers belong to several CIs"
            self.doubts.conflict(member, reason, self.doubts.candidates(sorted(node_ids), member))


def _has_no_strong(group: Group) -> bool:
    for member in group.members:  # noqa: SIM110 - a generator would double the time
        if member.strong:
            return False
    return True
