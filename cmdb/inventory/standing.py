"""What a chunk leaves for the next time its file is read: whether all it says stands, and what it dates. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cmdb.inventory.drafts import Draft
from cmdb.inventory.group import Group, Member
from cmdb.kernel.values import Value


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether all that was said stands, and the CIs seen when the file was read, because it gives no time for them.

    A time that a file tells could be the very millisecond of its reading only if it lay in the future when written.
    """

    whole: bool = True
    dated: Sequence[str] = ()


def standing(
    drafts: Iterable[Draft], unchanged: Iterable[Group], claims: Mapping[str, str], read_at: str | None
) -> Standing:
    """What can be said of a chunk; whole when a later reading of the same words is sure to decide the same.

    What yields today to a fresher or stronger source may win when that one has grown stale. What is gone, an
    address that another CI holds, and what comes from the future are judged by time too.

    Args:
        drafts: What becomes of the CIs of the chunk.
        unchanged: The CIs of which it says nothing new.
        claims: The holders of identifiers, as known before the chunk.
        read_at: When the source is read; None where it does not matter, because nothing is left for next time.
    """
    if read_at is None:
        return Standing(whole=False)
    dated: list[str] = []
    whole = True
    groups = list(unchanged)
    for draft in drafts:
        if draft.group is None or not _stands(draft, draft.group, claims):
            whole = False
        else:
            groups.append(draft.group)
    for group in groups:
        moments = [member.observation.at for member in group.members]
        whole = whole and max(moments) <= read_at
        if read_at in moments and group.node_id is not None:
            dated.append(group.node_id)
    return Standing(whole, dated)


def _stands(draft: Draft, group: Group, claims: Mapping[str, str]) -> bool:
    for member in group.members:
        if not member.item.present or not _holds_weak(draft, member, claims):
            return False
        if (draft.node is not None or len(group.members) > 1) and not _says(draft, member.item.attributes):
            return False
    return not draft.releases


def _holds_weak(draft: Draft, member: Member, claims: Mapping[str, str]) -> bool:
    return all(claims.get(text) == draft.node_id or text in draft.claims for _, text in member.weak)


def _says(draft: Draft, attributes: Mapping[str, Value]) -> bool:
    """Whether the CI has these values, lists at least these members."""
    before = draft.node.properties if draft.node else {}
    for name, value in attributes.items():
        current = draft.changes.get(name, before.get(name))
        if isinstance(value, list):
            if not isinstance(current, list) or not set(value) <= set(current):
                return False
        elif current != value:
            return False
    return True
