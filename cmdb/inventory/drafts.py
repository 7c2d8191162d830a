"""From identified groups to what is to be written about each CI. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cmdb.graph.batch import NodeCreate, NodeUpdate
from cmdb.graph.elements import Node, Stamp
from cmdb.inventory.compiled import ClassPlan, CompiledModel
from cmdb.inventory.group import Basis, Group, Member, value_part
from cmdb.inventory.identify import Identified
from cmdb.inventory.known import Known, prefix_of
from cmdb.inventory.memory import ChunkMemory
from cmdb.inventory.prepared import PreparedItem
from cmdb.inventory.reconcile import Merged, Reconciler
from cmdb.kernel.values import Value

STATUS = "status"
OPERATIONAL = "operational"
RETIRED = "retired"


@dataclass(slots=True)
class Draft:
    """What becomes of one CI. `node` is None for one to be made."""

    node_id: str
    node: Node | None
    plan: ClassPlan
    group: Group | None = None
    changes: dict[str, Value | None] = field(default_factory=dict)
    stamps: dict[str, Stamp] = field(default_factory=dict)
    claims: list[str] = field(default_factory=list)
    releases: list[str] = field(default_factory=list)
    seen_at: str | None = None
    retires: bool = False

    @property
    def name(self) -> str:
        """What people call it, or will."""
        value = self.changes.get("name")
        if isinstance(value, str):
            return value
        return self.node.name if self.node else self.node_id

    @property
    def reclassified(self) -> bool:
        """True when the CI turns out to be of a finer class than known."""
        return self.node is not None and self.node.label != self.plan.name

    @property
    def alters(self) -> bool:
        """True when people would call it a change: provenance and claims alone are none."""
        return bool(self.changes) or self.reclassified or self.node is None

    def create(self) -> NodeCreate:
        """The node to be made."""
        properties = {name: value for name, value in self.changes.items() if value is not None}
        return NodeCreate(self.node_id, self.plan.name, properties, tuple(self.claims), self.stamps)

    def update(self) -> NodeUpdate | None:
        """The change to be made; None when there is none."""
        if not (self.alters or self.stamps or self.claims or self.releases):
            return None
        return NodeUpdate(
            self.node_id,
            dict(self.changes),
            expected_version=self.node.version if self.node and self.alters else None,
            label=self.plan.name if self.reclassified else None,
            claims=tuple(self.claims),
            releases=tuple(self.releases),
            stamps=self.stamps,
        )


class Drafter:
    """Makes the drafts of one chunk; groups about which there is nothing to write go to `unchanged`.

    Args:
        source: The name of the source.
        model: The compiled model.
        known: What is known before the chunk.
        identified: Which item is which CI.
        memory: What the run remembers.
    """

    def __init__(
        self,
        source: str,
        model: CompiledModel,
        known: Known,
        identified: Identified,
        memory: ChunkMemory,
    ) -> None:
        self.drafts: dict[str, Draft] = {}
        self.unchanged: list[Group] = []
        self._source = source
        self._model = model
        self._known = known
        self._identified = identified
        self._memory = memory
        self._reconciler = Reconciler(source, model.stale_after_days, memory)
        self._stamps: dict[str, Stamp] = {}
        self._handed_over: list[tuple[str, str, str]] = []
        self._shapes: dict[tuple[str, ...], frozenset[str]] = {}

    def draft_all(self) -> None:
        """A draft for each group, in `drafts`, by node id."""
        for group in self._identified.groups:
            if group.node is not None:
                if self._is_old_news(group, group.node):
                    self.unchanged.append(group)
                else:
                    self._update(group, group.node)
            elif group.basis is Basis.NEW:
                self._create(group)
        for holder, attribute, value in self._handed_over:
            self._take_out(self.drafts[holder], attribute, value)

    def _take_out(self, draft: Draft, attribute: str, value: str) -> None:
        """An address that was handed to another machine is no longer one of its former holder's."""
        listed = draft.changes.get(attribute, draft.node.properties.get(attribute) if draft.node else None)
        if isinstance(listed, list) and value in listed:
            draft.changes[attribute] = [member for member in listed if member != value] or None

    def _is_old_news(self, group: Group, node: Node) -> bool:
        """True when this source alone knows the CI, and has said all of this before: the usual case of a rescan."""
        if len(group.members) != 1 or group.plan is None or group.plan.name != node.label:
            return False
        member = group.members[0]
        item = member.item
        evidence = self._known.evidence(node.id)
        seen = evidence.seen.get(self._source)
        if (
            not item.present
            or not item.attributes.items() <= node.properties.items()
            or len(evidence.seen) != 1
            or seen is None
            or seen.last < member.observation.at
            or node.properties.get(STATUS) == RETIRED
            or self._memory.has_unseen()
        ):
            return False
        claims, node_id = self._known.claims, node.id
        for _, text in member.strong:
            if claims.get(text) != node_id:
                return False
        for _, text in member.weak:
            if claims.get(text) != node_id:
                return False
        self._memory.confirmed.update([text for _, text in member.weak])
        if seen.last == member.observation.at:
            earlier = self._memory.was_spoken_of(node_id)
            spoken = self._shape(item)
            self._memory.spoken[node_id] = earlier | spoken if earlier else spoken
        return True

    def _shape(self, item: PreparedItem) -> frozenset[str]:
        """The names of its attributes; items of one kind share one set."""
        names = tuple(item.attributes)
        found = self._shapes.get(names)
        if found is None:
            found = self._shapes[names] = frozenset(names)
        return found

    def _stamp(self, at: str) -> Stamp:
        stamp = self._stamps.get(at)
        if stamp is None:
            stamp = self._stamps[at] = Stamp(self._source, at)
        return stamp

    def _create(self, group: Group) -> None:
        plan, node_id = group.plan, group.node_id
        if plan is None or node_id is None:
            return
        members = group.members
        first = members[0] if len(members) == 1 else next(each for each in members if each.item.present)
        attributes = first.item.attributes
        stamp = self._stamp(first.observation.at)
        draft = Draft(node_id, None, plan, group, seen_at=stamp.observed_at)
        if len(members) == 1:
            draft.changes = {**plan.defaults, **attributes} if plan.defaults else dict(attributes)
            draft.stamps = dict.fromkeys(attributes, stamp)
            spoken = self._shape(first.item)
        else:
            merged = self._merged(group, draft)
            draft.changes = {**plan.defaults, **merged.changes}
            draft.stamps = merged.stamps
            spoken = frozenset(merged.spoken)
        if "name" in plan.attributes and "name" not in draft.changes:
            draft.changes["name"] = value_part((first.strong or first.weak)[0][1])
        self.drafts[node_id] = draft
        self._memory.spoken[node_id] = spoken
        self._claim(group, draft)

    def _merged(self, group: Group, draft: Draft) -> Merged:
        before = draft.node.properties if draft.node else {}
        merged = Merged(draft.node_id, draft.plan, before, self._known.evidence(draft.node_id))
        for member in group.members:
            if member.item.present:
                stamp = self._stamp(member.observation.at)
                self._reconciler.merge(merged, member.item.attributes, stamp)
                draft.seen_at = max(draft.seen_at or "", stamp.observed_at)
        return merged

    def _update(self, group: Group, node: Node) -> None:
        plan = group.plan
        if plan is None:
            return
        draft = self.drafts.setdefault(node.id, Draft(node.id, node, plan))
        draft.group, draft.plan = group, plan
        merged = self._merged(group, draft)
        draft.changes, draft.stamps = merged.changes, merged.stamps
        self._presence(group, draft, merged)
        self._claim(group, draft)
        if draft.changes:
            draft.releases += self._outdated_identifiers(draft)
        if not merged.latest:
            return
        seen = self._known.evidence(node.id).seen.get(self._source)
        if seen is None or merged.latest >= seen.last:
            earlier = self._memory.was_spoken_of(node.id) or frozenset()
            self._memory.spoken[node.id] = earlier | merged.spoken if earlier else frozenset(merged.spoken)
        if seen is not None and seen.last >= merged.latest:
            draft.seen_at = None

    def _presence(self, group: Group, draft: Draft, merged: Merged) -> None:
        """Retire what the source found gone; bring back what this source itself had retired."""
        if STATUS not in draft.plan.attributes or (draft.node is None):
            return
        standing = merged.stamp(STATUS)
        if merged.latest:
            mine = standing is not None and standing.source == self._source
            back = draft.node.status == RETIRED and mine and STATUS not in merged.spoken
            if back and standing is not None and merged.latest > standing.observed_at:
                draft.changes[STATUS] = OPERATIONAL
                draft.stamps[STATUS] = self._stamp(merged.latest)
            return
        at = max(member.observation.at for member in group.members)
        last_seen = max((seen.last for seen in merged.evidence.seen.values()), default="")
        met = self._memory.was_spoken_of(draft.node_id) is not None
        if draft.node.status != RETIRED and at >= last_seen and not met:
            draft.changes[STATUS] = RETIRED
            draft.stamps[STATUS] = self._stamp(at)
            draft.retires = True

    def _claim(self, group: Group, draft: Draft) -> None:
        claims = self._known.claims
        wanted: dict[str, None] = {}
        for member in group.members:
            if not member.item.present:
                continue
            for _, text in member.strong:
                if claims.get(text) != draft.node_id:
                    wanted[text] = None
            for rule, text in member.weak:
                holder = claims.get(text)
                if self._gains(member, rule.attributes[0], text, holder, draft.node_id):
                    wanted[text] = None
        draft.claims.extend(wanted)

    def _gains(self, member: Member, attribute: str, text: str, holder: str | None, node_id: str) -> bool:
        """Whether a weak identifier goes to this CI: it is free, or its holder was not seen with it lately."""
        if self._memory.is_confirmed(text):
            return False
        if holder is None or holder == node_id:
            self._memory.confirmed.add(text)
            return holder is None
        node = self._known.nodes.get(holder)
        if node is None or not self._is_later_than_holder(member.observation.at, attribute, holder):
            return False
        self._memory.confirmed.add(text)
        draft = self.drafts.setdefault(holder, Draft(holder, node, self._model.classes[node.label]))
        draft.releases.append(text)
        self._handed_over.append((holder, attribute, value_part(text)))
        return True

    def _is_later_than_holder(self, at: str, attribute: str, holder: str) -> bool:
        here = self._identified.owners.get(holder)
        if here is not None:
            return not any(other.observation.at > at for other in here.root().members)
        evidence = self._known.evidence(holder)
        last = max([seen.last for seen in evidence.seen.values()], default="")
        if self._memory.was_spoken_of(holder) is not None:
            return at >= last
        stamp = evidence.stamps.get(attribute)
        if stamp is None:
            return True
        times = [evidence.seen[name].last for name in stamp.source.split(", ") if name in evidence.seen]
        return at > max([stamp.observed_at, *times])

    def _outdated_identifiers(self, draft: Draft) -> list[str]:
        if draft.node is None:
            return []
        held = self._known.evidence(draft.node_id).identifiers
        return list(outdated_identifiers(draft.plan, draft.node, draft.changes, held, set(draft.claims)))


def outdated_identifiers(
    plan: ClassPlan, node: Node, changes: Mapping[str, Value | None], held: tuple[str, ...], kept: set[str]
) -> Iterator[str]:
    """The identifiers a CI no longer has once these changes are made."""
    merged = {**node.properties, **changes}
    after = {name: value for name, value in merged.items() if value is not None}
    for rule in plan.rules:
        if not any(name in changes for name in rule.attributes):
            continue
        gone = set(rule.dependent(node.properties)) - set(rule.dependent(after))
        if not gone:
            continue
        for identifier in held:
            if identifier not in kept and prefix_of(identifier) == rule.prefix:
                values = identifier[len(rule.prefix) :].partition("|")[2]
                if values in gone:
                    yield identifier
