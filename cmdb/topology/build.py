"""Builds a topology from the bare shape of the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cmdb.graph.columns import PackedTexts, Words
from cmdb.graph.structure import Structure
from cmdb.model.types import Model
from cmdb.topology.adjacency import group_by
from cmdb.topology.arrays import Bytes, IntArray, Places, SmallIntArray
from cmdb.topology.conduction import conduct
from cmdb.topology.impact_links import ImpactLinks
from cmdb.topology.meaning import NONE, GroupSpec, TypeMeaning, type_meanings
from cmdb.topology.topology import Topology

RETIRED = "retired"
"""The status of a CI that carries no impact."""


def build_topology(structure: Structure, model: Model) -> Topology:
    """The CIs of a structure in the order of their ids, and their links with impact.

    Nodes whose label is no CI class (records) are left out, and links at them.
    """
    meanings = type_meanings(model)
    class_names = tuple(sorted(model.classes))
    codes = _codes(structure.labels, {name: code for code, name in enumerate(class_names)})
    nodes = np.flatnonzero(codes >= 0)
    ids = _ids(structure.ids, nodes)
    ordered = np.argsort(ids, kind="stable")
    nodes = nodes[ordered]
    places = np.full(len(codes), -1, dtype=np.int32)
    places[nodes] = np.arange(len(nodes), dtype=np.int32)
    retired = _codes(structure.statuses, {RETIRED: 1})[nodes] == 1
    links = _links(structure, places, meanings)
    return Topology(
        revision=structure.revision,
        ids=ids[ordered],
        class_codes=codes[nodes],
        class_names=class_names,
        retired=retired,
        present=np.ones(len(nodes), dtype=np.bool_),
        order=None,
        ranks=None,
        links=links,
        conduction=conduct(links, retired),
        meanings=meanings,
    )


def _ids(ids: Sequence[str], nodes: Places) -> Bytes:
    if isinstance(ids, PackedTexts):
        return ids.packed[nodes]
    return encode_ids([ids[node] for node in nodes.tolist()])


def encode_ids(ids: Sequence[str]) -> Bytes:
    """Ids as UTF-8, whose order is that of the texts."""
    return np.array([ci_id.encode() for ci_id in ids], dtype=np.bytes_)


def _codes(words: Sequence[str], known: Mapping[str, int]) -> SmallIntArray:
    """The code of each word, -1 for words without one."""
    if isinstance(words, Words):
        codes = np.array([known.get(name, -1) for name in words.names], dtype=np.int16)
        return codes[np.asarray(words.codes)] if len(words) else np.empty(0, dtype=np.int16)
    return np.fromiter((known.get(word, -1) for word in words), np.int16, len(words))


def _links(structure: Structure, places: IntArray, meanings: Mapping[str, TypeMeaning]) -> ImpactLinks:
    types = _codes(structure.link_types, {name: meaning.code for name, meaning in meanings.items()})
    sources = places[np.asarray(structure.link_sources, dtype=np.int32)]
    targets = places[np.asarray(structure.link_targets, dtype=np.int32)]
    by_code = sorted(meanings.values(), key=lambda meaning: meaning.code)
    group_specs: dict[GroupSpec, int] = {}
    unsaid = [meaning.of({}) for meaning in by_code]
    type_strengths = np.array([meaning.strength for meaning in unsaid] + [NONE], dtype=np.int8)
    type_specs = [
        -1 if meaning.group is None else group_specs.setdefault(meaning.group, len(group_specs))
        for meaning in unsaid
    ]
    strengths, specs = type_strengths[types], np.array([*type_specs, -1], dtype=np.int32)[types]
    for link, properties in structure.link_properties.items():
        if types[link] >= 0:
            own = by_code[types[link]].of(properties)
            strengths[link] = own.strength
            specs[link] = -1 if own.group is None else group_specs.setdefault(own.group, len(group_specs))
    along = np.array([meaning.along for meaning in by_code] + [True], dtype=np.bool_)[types]
    providers, dependents = np.where(along, sources, targets), np.where(along, targets, sources)
    kept = np.flatnonzero((strengths != NONE) & (providers >= 0) & (dependents >= 0))
    # Two counting sorts: by dependent, and within it by provider, so that the answer's choice among equally
    # short paths does not depend on the order the links came in.
    kept = kept[group_by(providers[kept], len(places)).entries]
    kept = kept[group_by(dependents[kept], len(places)).entries]
    return ImpactLinks(
        providers=providers[kept],
        dependents=dependents[kept],
        types=types[kept],
        strengths=strengths[kept],
        specs=specs[kept],
        group_specs=tuple(group_specs),
    )


def is_retired(status: object) -> bool:
    """Whether a CI of this status carries no impact."""
    return status == RETIRED
