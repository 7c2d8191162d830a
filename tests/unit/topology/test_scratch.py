"""Searches that use their arrays again find what searches that make them find."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from random import Random

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.topology.adjacency import Reach, Rows, distances, group_by, reach
from cmdb.topology.scratch import Searches, loop_of_scipy

SIZE = 12
edge_lists = st.lists(st.tuples(*[st.integers(0, SIZE - 1)] * 2), max_size=40)
start_sets = st.lists(st.integers(0, SIZE - 1), min_size=1, max_size=5, unique=True)


def rows_of(edges: list[tuple[int, int]], size: int = SIZE) -> Rows:
    sources = np.array([source for source, _ in edges], dtype=np.int32)
    targets = np.array([target for _, target in edges], dtype=np.int32)
    by_source = group_by(sources, size)
    return Rows(by_source.offsets, targets[by_source.entries])


def test_the_loop_of_scipy_is_there() -> None:
    """Else every search pays for the whole graph, and nobody would notice."""
    assert loop_of_scipy is not None


@settings(max_examples=300, deadline=None)
@given(edge_lists, st.lists(start_sets, min_size=1, max_size=6))
def test_search_after_search_finds_what_the_public_function_finds(
    edges: list[tuple[int, int]], questions: list[list[int]]
) -> None:
    """The same nodes in the same order, found from the same nodes, whatever was searched before."""
    rows = rows_of(edges)
    public = Searches(rows.offsets, rows.entries, loop=None)
    for starts in questions:
        asked = np.array(starts, dtype=np.int32)
        one, other = Reach(*public.search(asked)), reach(rows, asked)
        assert one.nodes.tolist() == other.nodes.tolist() == other.places.tolist()
        assert one.parents.tolist() == other.parents.tolist()


@settings(max_examples=200, deadline=None)
@given(edge_lists, start_sets)
def test_distances_are_those_of_networkx(edges: list[tuple[int, int]], starts: list[int]) -> None:
    """From the nearest of several starts; each node is found from one that is a step nearer."""
    graph = nx.DiGraph(edges)
    graph.add_nodes_from(range(SIZE))
    found = reach(rows_of(edges), np.array(starts, dtype=np.int32))
    steps = dict(zip(found.nodes.tolist(), distances(found, SIZE).tolist(), strict=True))

    assert steps == dict(nx.multi_source_dijkstra_path_length(graph, set(starts), weight=None))
    for node, parent in zip(found.nodes.tolist(), found.parents.tolist(), strict=True):
        assert (parent == -1) == (node in starts)
        if parent >= 0:
            assert steps[node] == steps[parent] + 1
            assert graph.has_edge(parent, node)


def test_more_starts_than_there_was_room_for() -> None:
    """The room for starts grows."""
    size = 2000
    rows = rows_of([(node, node + 1) for node in range(size - 1)], size)
    for count in (2, 300, 1500, 2):
        starts = np.arange(0, count, dtype=np.int32)
        found = reach(rows, starts)
        assert size == len(found.nodes)
        assert starts.tolist() == found.nodes[:count].tolist()


@pytest.mark.parametrize("many", [False, True])
def test_threads_do_not_disturb_one_another(*, many: bool) -> None:
    """Several at the same time on the same rows."""
    random, size = Random(1), 5000
    rows = rows_of([(random.randrange(size), random.randrange(size)) for _ in range(8000)], size)
    questions = [
        np.array(sorted(random.sample(range(size), 3 if many else 1)), dtype=np.int32) for _ in range(60)
    ]
    alone = [reach(rows, starts).nodes.tolist() for starts in questions]

    def ask(starts: np.ndarray[tuple[int], np.dtype[np.int32]]) -> Reach:
        return reach(rows, starts)

    with ThreadPoolExecutor(8) as pool:
        together = [found.nodes.tolist() for found in pool.map(ask, questions * 5)]
    assert alone * 5 == together


def test_nothing_to_follow() -> None:
    """A start without entries is all there is."""
    found = reach(rows_of([]), np.array([3], dtype=np.int32))
    assert ([3], [-1], [0]) == (found.nodes.tolist(), found.parents.tolist(), distances(found, SIZE).tolist())
