"""Brings a topology forward by what revisions changed, without building it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from cmdb.graph.elements import LinkKey, Properties
from cmdb.graph.revision import Revision
from cmdb.topology.arrays import BoolArray, IntArray
from cmdb.topology.build import encode_ids
from cmdb.topology.conduction import conduct
from cmdb.topology.draft import CiDraft, Draft, draft_of
from cmdb.topology.impact_links import GONE, ImpactLinks
from cmdb.topology.meaning import GroupSpec, LinkMeaning
from cmdb.topology.splice import spliced
from cmdb.topology.topology import Topology

WORN_SHARE = 3
"""A topology is worn when one in so many of its CIs or links is gone."""


def follow(
    topology: Topology, revisions: Iterable[Revision], properties: Mapping[LinkKey, Properties]
) -> Topology:
    """The topology after these revisions (at least one, oldest first); the given one stays as it is.

    `properties` are those of the links that `links_to_read` names.
    """
    draft = draft_of(revisions, topology.meanings, frozenset(topology.class_names), properties)
    if not draft.cis and not draft.links:
        return replace(topology, revision=draft.revision)
    grown = _with_cis(topology, draft)
    links, dirty = _with_links(grown, draft)
    dirty |= _around(links, grown.retired != _extended(topology.retired, len(grown.retired)))
    return replace(
        grown,
        links=links,
        conduction=spliced(grown.conduction, links, grown.retired, dirty) or conduct(links, grown.retired),
        revision=draft.revision,
    )


def is_worn(topology: Topology) -> bool:
    """Whether so much was deleted that building it again saves memory and time."""
    gone = int(np.count_nonzero(topology.links.providers == GONE))
    absent = len(topology.present) - topology.size
    return gone * WORN_SHARE > len(topology.links) or absent * WORN_SHARE > len(topology.present)


def _with_cis(topology: Topology, draft: Draft) -> Topology:
    """The same links, with CIs added, reclassified, retired, revived and removed."""
    names = list(draft.cis)
    places = topology.find(names, deleted_too=True)
    added = sorted(name for name, place in zip(names, places.tolist(), strict=True) if place < 0)
    added = [name for name in added if not draft.cis[name].gone and draft.cis[name].class_name is not None]
    topology = _appended(topology, added)
    codes, retired, present = (
        topology.class_codes.copy(),
        topology.retired.copy(),
        topology.present.copy(),
    )
    code_of = {name: code for code, name in enumerate(topology.class_names)}
    for name, place in zip(names, topology.find(names, deleted_too=True).tolist(), strict=True):
        if place < 0:
            continue
        ci: CiDraft = draft.cis[name]
        present[place] = not ci.gone
        if ci.class_name is not None:
            codes[place] = code_of[ci.class_name]
        if ci.gone or ci.retired is not None:
            retired[place] = ci.gone or bool(ci.retired)
    return replace(topology, class_codes=codes, retired=retired, present=present)


def _appended(topology: Topology, added: list[str]) -> Topology:
    """The topology with more CIs at the end, given by ids in rising order."""
    if not added:
        return topology
    old, count = len(topology.ids), len(added)
    ids = encode_ids(added)
    order, ranks = topology.order, None
    if order is not None or (old and bytes(topology.ids[-1]) > bytes(ids[0])):
        before = np.arange(old, dtype=np.int32) if order is None else order
        where = np.searchsorted(topology.ids, ids, sorter=order)
        order = np.insert(before, where, np.arange(old, old + count, dtype=np.int32))
        ranks = np.empty(old + count, dtype=np.int32)
        ranks[order] = np.arange(old + count, dtype=np.int32)
    return replace(
        topology,
        ids=np.concatenate([topology.ids, ids]),
        class_codes=np.concatenate([topology.class_codes, np.zeros(count, dtype=np.int16)]),
        retired=_extended(topology.retired, old + count),
        present=_extended(topology.present, old + count),
        order=order,
        ranks=ranks,
    )


def _extended(flags: BoolArray, size: int) -> BoolArray:
    return np.concatenate([flags, np.zeros(size - len(flags), dtype=np.bool_)])


@dataclass(frozen=True, slots=True)
class _Ends:
    """Columns of the links that changed: who depends on whom, and by what type."""

    providers: IntArray
    dependents: IntArray
    types: IntArray


def _with_links(topology: Topology, draft: Draft) -> tuple[ImpactLinks, BoolArray]:
    """The links after the draft, and by CI whether a link to one of its providers changed."""
    dirty = np.zeros(len(topology.ids), dtype=np.bool_)
    links = topology.links
    ends, said = _ends(topology, draft)
    if not len(ends.providers):
        return links, dirty
    dirty[ends.dependents] = True
    providers = links.providers.copy()
    providers[_standing(links, ends, dirty)] = GONE
    put = [place for place, meaning in enumerate(said) if meaning is not None]
    meanings = [meaning for meaning in said if meaning is not None]
    specs: dict[GroupSpec, int] = {spec: place for place, spec in enumerate(links.group_specs)}
    codes = [-1 if m.group is None else specs.setdefault(m.group, len(specs)) for m in meanings]
    return (
        ImpactLinks(
            providers=np.concatenate([providers, ends.providers[put]]),
            dependents=np.concatenate([links.dependents, ends.dependents[put]]),
            types=np.concatenate([links.types, ends.types[put].astype(np.int16)]),
            strengths=np.concatenate(
                [links.strengths, np.array([m.strength for m in meanings], dtype=np.int8)]
            ),
            specs=np.concatenate([links.specs, np.array(codes, dtype=np.int32)]),
            group_specs=tuple(specs),
        ),
        dirty,
    )


def _ends(topology: Topology, draft: Draft) -> tuple[_Ends, list[LinkMeaning | None]]:
    """Changed links between CIs that were known at some time; a link at a deleted CI counts as deleted."""
    keys = list(draft.links)
    kinds = [topology.meanings[key.type] for key in keys]
    pairs = zip(keys, kinds, strict=True)
    ordered = [(k.source, k.target) if kind.along else (k.target, k.source) for k, kind in pairs]
    providers = topology.find([provider for provider, _ in ordered], deleted_too=True)
    dependents = topology.find([dependent for _, dependent in ordered], deleted_too=True)
    known = np.flatnonzero((providers >= 0) & (dependents >= 0))
    providers, dependents = providers[known], dependents[known]
    standing = topology.present[providers] & topology.present[dependents]
    said = [
        draft.links[keys[place]] if stands else None
        for place, stands in zip(known.tolist(), standing.tolist(), strict=True)
    ]
    types = np.array([kinds[place].code for place in known.tolist()], dtype=np.int32)
    return _Ends(providers, dependents, types), said


def _standing(links: ImpactLinks, ends: _Ends, dirty: BoolArray) -> IntArray:
    """The places of the changed links that are there already."""
    near = np.flatnonzero(dirty[links.dependents] & (links.providers != GONE)).astype(np.int32)
    size, kinds = len(dirty), int(max(links.types.max(initial=0), ends.types.max(initial=0))) + 1
    wanted = (ends.dependents.astype(np.int64) * size + ends.providers) * kinds + ends.types
    there = (links.dependents[near].astype(np.int64) * size + links.providers[near]) * kinds
    return near[np.isin(there + links.types[near], wanted)]


def _around(links: ImpactLinks, flipped: BoolArray) -> BoolArray:
    """By CI, whether it is one of those flipped (retired or revived), or has one as a provider."""
    if not flipped.any():
        return flipped
    around = flipped.copy()
    around[links.dependents[flipped[links.providers] & (links.providers != GONE)]] = True
    return around
