"""What belongs to a region beyond a plain walk: further walks, dead ends, and the rim."""

import pytest

from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import Direction, RegionQuery, Walk
from cmdb.graph.region import region_by_links
from cmdb.graph.store import GraphStore
from cmdb.graph.structure import Structure
from tests.contract.build import host, link, put

OUT, IN = Direction.OUT, Direction.IN
RUNS_OUT, RUNS_IN, JOINS_OUT, JOINS_IN = (
    ("RUNS_ON", OUT),
    ("RUNS_ON", IN),
    ("CONNECTS", OUT),
    ("CONNECTS", IN),
)


def link_list(structure: Structure) -> list[str]:
    """The links of a structure, each as source and target, by name."""
    ids = structure.ids
    columns = zip(structure.link_sources, structure.link_targets, strict=True)
    return sorted(ids[source] + ids[target] for source, target in columns)


async def _tree(store: GraphStore) -> None:
    """Hosts a and b run on c, c on d, d on e, which runs on c again; x, y and z connect to c; c is shut."""
    await put(
        store,
        *[host(letter, status="shut" if letter == "c" else "open") for letter in "zyxedcba"],
        link("RUNS_ON", "a", "c", weight=1),
        link("RUNS_ON", "b", "c"),
        link("RUNS_ON", "c", "d"),
        link("RUNS_ON", "d", "e"),
        link("RUNS_ON", "e", "c"),
        link("CONNECTS", "c", "x"),
        link(
            "CONNECTS",
            "y",
            "c",
        ),
        link("CONNECTS", "z", "y"),
    )


@pytest.mark.parametrize(
    ("query", "nodes", "links"),
    [
        (RegionQuery(("a",), (RUNS_OUT,), dead_end="shut"), "ac", ["ac"]),
        (RegionQuery(("c",), (RUNS_OUT,), dead_end="shut"), "cde", ["cd", "de", "ec"]),
        (RegionQuery(("a",), (RUNS_OUT,), then=(Walk((), (RUNS_IN,)),)), "acdeb", ["ac", "bc", "cd", "de", "ec"]),
        (
            RegionQuery(("a",), (RUNS_OUT,), then=(Walk((), (RUNS_IN,)),), dead_end="shut"),
            "ac",
            ["ac"],
        ),
        (
            RegionQuery(("a",), (RUNS_OUT,), then=(Walk(("c",), (RUNS_IN,)),), dead_end="shut"),
            "acbed",
            ["ac", "bc", "cd", "de", "ec"],
        ),
        (RegionQuery(("a",), (), then=(Walk(("z", "nobody"), (JOINS_OUT,)),)), "azycx", ["cx", "yc", "zy"]),
        (RegionQuery(("z",), (JOINS_OUT,), max_depth=1, then=(Walk((), (JOINS_OUT,)),)), "zyc", ["yc", "zy"]),
        (RegionQuery(("d",), (RUNS_IN,), max_depth=1, rim=(RUNS_IN,)), "dcabe", ["ac", "bc", "cd", "ec"]),
        (RegionQuery(("d",), (RUNS_IN,), max_depth=1, rim=(JOINS_IN, JOINS_OUT)), "dcxy", ["cd", "cx", "yc"]),
        (RegionQuery(("c",), (), rim=(RUNS_IN, RUNS_OUT)), "cabde", ["ac", "bc", "cd", "ec"]),
        (RegionQuery(("c", "d"), (), rim=(RUNS_IN, RUNS_OUT)), "cdabe", ["ac", "bc", "cd", "de", "ec"]),
        (RegionQuery(("d",), (RUNS_IN,), limit=2, rim=(RUNS_IN,)), "dcabe", ["ac", "bc", "cd", "ec"]),
        (RegionQuery(("d",), (RUNS_IN,), limit=1, then=(Walk(("z",), (JOINS_OUT,)),)), "dz", []),
    ],
    ids=str,
)  # fmt: skip
async def test_a_region_is_what_its_walks_reach_and_its_rim(
    store: GraphStore, query: RegionQuery, nodes: str, links: list[str]
) -> None:
    """Nodes in the order found, the rim's last and by id; each link once. Reading it link by link gives the same."""
    await _tree(store)
    for found in (await store.region(query), await region_by_links(store, query, 1)):
        first = len(query.starts)
        assert ("".join(sorted(found.ids[:first])) + "".join(found.ids[first:]), link_list(found)) == (
            nodes,
            links,
        )
        assert 1 == found.revision


@pytest.mark.parametrize(("limit", "truncated"), [(2, True), (3, True), (4, False), (99, False)])
async def test_a_cut_is_told_wherever_it_was_made(store: GraphStore, limit: int, truncated: bool) -> None:
    """In the first walk or in a later one; a limit that is just enough cuts nothing."""
    await _tree(store)
    query = RegionQuery(("y",), (JOINS_OUT,), limit, then=(Walk((), (JOINS_IN,)),))
    assert truncated is (await store.region(query)).truncated


async def test_a_walk_over_what_is_unknown_is_refused(store: GraphStore) -> None:
    """Also in a later walk and in the rim, and a limit or depth below nothing."""
    flies = (("FLIES_TO", OUT),)
    await _tree(store)
    for query in (
        RegionQuery(("a",), (), then=(Walk(("a",), flies),)),
        RegionQuery(("a",), (), rim=flies),
        RegionQuery(("a",), (), limit=-1),
        RegionQuery(("a",), (), max_depth=-1),
    ):
        with pytest.raises(InvalidQueryError):
            await store.region(query)
