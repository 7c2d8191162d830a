"""Walks against the links up to certain CIs, near and far, beside the plain definition."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from cmdb.analysis.alert_graph import FEW, Walks
from cmdb.topology.build import build_topology
from cmdb.topology.meaning import SOFT
from cmdb.topology.topology import Topology
from tests.oracles.estates import small_model, structure_of
from tests.oracles.fixpoint import Dependency

SIZE = 4 * FEW


def drawn(seed: int) -> Topology:
    """A graph with cycles, groups and soft dependencies, much of which is upstream of the rest."""
    random = Random(seed)
    names = [f"n{number:03}" for number in range(SIZE)]
    links = {}
    for _ in range(2 * SIZE):
        provider, dependent = random.sample(names, 2)
        group = random.choice((None, None, "g"))
        links[provider, dependent] = Dependency(provider, dependent, hard=random.random() < 0.7, group=group)
    return build_topology(structure_of(list(links.values()), names=names), small_model())


def plainly(topology: Topology, start: int, ends: set[int], *, soft_too: bool) -> set[int]:
    """What a walk finds, link by link."""
    links = topology.links
    pairs = [
        (provider, dependent)
        for provider, dependent, strength in zip(
            links.providers.tolist(),
            links.dependents.tolist(),
            topology.conduction.strengths.tolist(),
            strict=True,
        )
        if soft_too or strength != SOFT
    ]
    found, fresh = {start}, {start}
    while fresh:
        passed = {place for place in fresh if place == start or place not in ends}
        fresh = {provider for provider, dependent in pairs if dependent in passed} - found
        found |= fresh
    return found


@pytest.mark.parametrize("soft_too", [True, False])
@pytest.mark.parametrize("share", [0.0, 0.02, 0.3])
def test_a_walk_finds_what_is_upstream_up_to_the_ends(share: float, soft_too: bool) -> None:
    """Whether little is found or much, and whatever the start is."""
    sizes = []
    for seed in range(4):
        topology = drawn(seed)
        random = Random(seed)
        ends = set(random.sample(range(SIZE), int(share * SIZE)))
        walks = Walks(topology.conduction, ends, soft_too=soft_too)
        for start in [*random.sample(range(SIZE), 12), *sorted(ends)[:4]]:
            found = walks.from_(start)
            expected = plainly(topology, start, ends, soft_too=soft_too)
            assert expected == set(found.tolist())
            assert len(expected) == len(found)
            sizes.append(len(found))

    assert np.min(sizes) <= FEW
    if share < 0.1 and soft_too:
        assert np.max(sizes) > FEW
