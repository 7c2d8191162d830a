"""What a run of revisions comes to, in the topology's terms: only the last word on each CI and link counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cmdb.graph.elements import LinkKey, Properties
from cmdb.graph.revision import ChangeKind, LinkChange, NodeChange, Revision
from cmdb.topology.build import is_retired
from cmdb.topology.meaning import GROUP, NEEDED, NONE, STRENGTH, LinkMeaning, TypeMeaning

_SAYS = frozenset((STRENGTH, GROUP, NEEDED))


@dataclass(slots=True)
class CiDraft:
    """A CI after the revisions. What is None stays as it was; `gone` when it was deleted."""

    class_name: str | None = None
    retired: bool | None = None
    gone: bool = False


@dataclass(slots=True)
class Draft:
    """CIs by id and links by key, as they stand at `revision`; a link without impact is None."""

    revision: int
    cis: dict[str, CiDraft] = field(default_factory=dict)
    links: dict[LinkKey, LinkMeaning | None] = field(default_factory=dict)


def links_to_read(revisions: Iterable[Revision], meanings: Mapping[str, TypeMeaning]) -> frozenset[LinkKey]:
    """Links whose meaning changed in part: a revision holds the changed part only, so they must be read."""
    return frozenset(
        change.key
        for revision in revisions
        for change in revision.links
        if change.key.type in meanings and change.kind is ChangeKind.UPDATED and _alters_meaning(change)
    )


def draft_of(
    revisions: Iterable[Revision],
    meanings: Mapping[str, TypeMeaning],
    class_names: frozenset[str],
    properties: Mapping[LinkKey, Properties],
) -> Draft:
    """Sum up revisions.

    Args:
        revisions: At least one, oldest first.
        meanings: Relationship types with impact, by name.
        class_names: Labels that are CI classes.
        properties: Of the links of `links_to_read`, as they stand in the store; one that is gone is left out.
    """
    draft = Draft(0)
    for revision in revisions:
        draft.revision = revision.number
        for node in revision.nodes:
            if node.label in class_names:
                _take_node(draft, node)
        for link in revision.links:
            if link.key.type in meanings:
                _take_link(draft, link, meanings[link.key.type], properties)
    return draft


def _take_node(draft: Draft, change: NodeChange) -> None:
    if change.kind is ChangeKind.DELETED:
        draft.cis[change.id] = CiDraft(gone=True)
        return
    if change.kind is ChangeKind.CREATED:
        draft.cis[change.id] = CiDraft(change.label, is_retired(change.after.get("status")))
        return
    reclassified, moved = change.old_label is not None, "status" in change.before or "status" in change.after
    if reclassified or moved:
        ci = draft.cis.setdefault(change.id, CiDraft())
        if reclassified:
            ci.class_name = change.label
        if moved:
            ci.retired = is_retired(change.after.get("status"))


def _take_link(
    draft: Draft, change: LinkChange, meaning: TypeMeaning, properties: Mapping[LinkKey, Properties]
) -> None:
    if change.kind is ChangeKind.UPDATED:
        if not _alters_meaning(change):
            return
        standing = properties.get(change.key)
    else:
        standing = change.after if change.kind is ChangeKind.CREATED else None
    said = None if standing is None else meaning.of(standing)
    draft.links[change.key] = None if said is None or said.strength == NONE else said


def _alters_meaning(change: LinkChange) -> bool:
    return not _SAYS.isdisjoint(change.before) or not _SAYS.isdisjoint(change.after)
