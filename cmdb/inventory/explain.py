"""Decisions in words."""

from __future__ import annotations

from collections.abc import Mapping

from cmdb.inventory.compiled import RulePlan
from cmdb.inventory.drafts import Draft
from cmdb.inventory.group import Basis, Group, value_part
from cmdb.inventory.known import Known
from cmdb.inventory.plan import ActionKind, AttributeChange, CiAction, RelationAction
from cmdb.inventory.relate import DraftLink


def ci_action(draft: Draft, known: Known, source: str) -> CiAction:
    """What happens to one CI, by which rule, and why."""
    rule, text = _matched(draft.group, draft.node_id, known)
    kind = ActionKind.CREATE if draft.node is None else ActionKind.UPDATE
    if draft.retires:
        kind = ActionKind.RETIRE
    members = draft.group.members if draft.group else []
    return CiAction(
        kind=kind,
        ci_id=draft.node_id,
        class_name=draft.plan.name,
        name=draft.name,
        position=members[0].observation.position if members else "",
        rule=rule.name if rule and draft.node else None,
        reason=_reason(draft, rule, text, source),
        weak=bool(draft.group and draft.group.basis is Basis.WEAK),
        old_class=draft.node.label if draft.node and draft.reclassified else None,
        changes=_changes(draft, known),
    )


def relation_action(link: DraftLink, known: Known, names: Mapping[str, str]) -> RelationAction:
    """A relationship to be made or altered."""
    return RelationAction(
        type=link.key.type,
        source_id=link.key.source,
        source_name=_name(link.key.source, known, names),
        target_id=link.key.target,
        target_name=_name(link.key.target, known, names),
        position=link.position,
        reason="observed with other values than known"
        if link.key in known.links
        else "observed, and not known yet",
        replaces=", ".join(
            _name(old.target if old.source == link.key.source else old.source, known, names)
            for old in link.replaces
        )
        or None,
    )


def _reason(draft: Draft, rule: RulePlan | None, text: str, source: str) -> str:
    told = f"{rule.name} {value_part(text)!r}" if rule else "its identifiers"
    if draft.node is None:
        return f"nobody knows a CI with {told}"
    if draft.retires:
        return f"{source or 'the source'} looked where it was ({told}) and found it gone"
    return f"{told} is known of it" if draft.group else "a weak identifier of it was seen on another CI later"


def _matched(group: Group | None, node_id: str, known: Known) -> tuple[RulePlan | None, str]:
    """The strongest identifier that led to the CI; of a CI to be made, its strongest one."""
    if group is None:
        return None, ""
    if group.matched is not None:
        return group.matched
    found = [
        (rule, text)
        for member in group.members
        for rule, text in (*member.strong, *member.weak)
        if group.node is None or known.claims.get(text) == node_id
    ]
    return min(found, key=lambda each: (each[0].position, each[1]), default=(None, ""))


def _changes(draft: Draft, known: Known) -> tuple[AttributeChange, ...]:
    before = draft.node.properties if draft.node else {}
    stamps = known.evidence(draft.node_id).stamps
    return tuple(
        AttributeChange(
            name=name,
            old=before.get(name),
            new=value,
            old_source=stamps[name].source if name in stamps else None,
            new_source=draft.stamps[name].source if name in draft.stamps else None,
        )
        for name, value in sorted(draft.changes.items())
    )


def _name(node_id: str, known: Known, names: Mapping[str, str]) -> str:
    node = known.nodes.get(node_id)
    return names.get(node_id) or (node.name if node else node_id)
