"""Links, regions, the whole structure, streams, and full-text search."""

import pytest

from cmdb.graph.batch import NodeCreate, NodeDelete, NodeUpdate
from cmdb.graph.elements import Link, LinkKey
from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import Direction, LinkQuery, RegionQuery, SearchQuery
from cmdb.graph.store import GraphStore
from cmdb.graph.structure import Structure
from tests.contract.build import host, link, put, ticket, unlink
from tests.contract.schema import ALL

OUT, IN = Direction.OUT, Direction.IN


def link_set(structure: Structure) -> set[tuple[str, str, str]]:
    """The links of a structure by ids."""
    ids = structure.ids
    columns = zip(structure.link_types, structure.link_sources, structure.link_targets, strict=True)
    return {(link_type, ids[source], ids[target]) for link_type, source, target in columns}


async def _net(store: GraphStore) -> None:
    """A diamond a-b-d, a-c-d with a tail d-e and a way back e-a; f stands aside."""
    await put(
        store,
        *[
            host(letter, label="Server" if letter == "c" else "Host", status=f"s-{letter}")
            for letter in "fedcba"
        ],
        link("RUNS_ON", "a", "c"),
        link("RUNS_ON", "a", "b", weight=7),
        link("RUNS_ON", "b", "d"),
        link("RUNS_ON", "c", "d"),
        link("CONNECTS", "d", "e"),
        link("CONNECTS", "a", "b"),
        link("CONNECTS", "e", "a"),
    )


async def test_links_of_many_nodes_come_ordered_by_type_and_other_end(store: GraphStore) -> None:
    """Nodes without links are left out, properties come along."""
    await _net(store)
    assert await store.links(LinkQuery(("a", "f", "nobody", "b"), OUT)) == {
        "a": [
            Link(LinkKey("CONNECTS", "a", "b")),
            Link(LinkKey("RUNS_ON", "a", "b"), {"weight": 7}),
            Link(LinkKey("RUNS_ON", "a", "c")),
        ],
        "b": [Link(LinkKey("RUNS_ON", "b", "d"))],
    }


async def test_links_can_be_narrowed(store: GraphStore) -> None:
    """By type, by the other end's label, and to the first few of each node."""
    await _net(store)
    keys = {
        name: [one.key for one in found]
        for name, found in (await store.links(LinkQuery(("d", "a"), IN, ("RUNS_ON",), first=1))).items()
    }
    assert keys == {"d": [LinkKey("RUNS_ON", "b", "d")]}
    of_server = await store.links(LinkQuery(("d",), IN, labels=("Server", "Ticket")))
    assert [one.source for one in of_server["d"]] == ["c"]
    assert await store.links(LinkQuery(("d",), IN, labels=())) == {}
    assert await store.links(LinkQuery((), IN)) == {}


async def test_the_structure_is_the_whole_graph_in_columns(store: GraphStore) -> None:
    """Positions point into the ids; properties stand only where there are some; deletions show."""
    await _net(store)
    await put(store, NodeDelete("f"), unlink("CONNECTS", "e", "a"), ticket("t"))
    shape = await store.structure()
    assert (shape.revision, shape.truncated) == (2, False)
    columns = zip(shape.ids, shape.labels, shape.statuses, strict=True)
    assert {row[0]: row[1:] for row in columns} == {
        "a": ("Host", "s-a"),
        "b": ("Host", "s-b"),
        "c": ("Server", "s-c"),
        "d": ("Host", "s-d"),
        "e": ("Host", "s-e"),
        "t": ("Ticket", ""),
    }
    links = [one async for one in store.all_links()]
    assert link_set(shape) == {tuple(one.key) for one in links}
    ((place, properties),) = shape.link_properties.items()
    assert properties == {"weight": 7}
    assert (shape.ids[shape.link_sources[place]], shape.link_types[place]) == ("a", "RUNS_ON")


async def test_the_structure_of_an_empty_store_is_empty(store: GraphStore) -> None:
    """No nodes, no links, revision 0."""
    shape = await store.structure()
    assert (shape.revision, list(shape.ids), list(shape.link_types), list(shape.link_sources)) == (
        0,
        [],
        [],
        [],
    )


@pytest.mark.parametrize(
    ("starts", "steps", "depth", "limit", "expected", "truncated"),
    [
        ("a", [("RUNS_ON", OUT)], None, 99, ["a", "bc", "d"], False),
        ("a", [("RUNS_ON", OUT), ("CONNECTS", OUT)], None, 99, ["a", "bc", "d", "e"], False),
        ("d", [("RUNS_ON", IN)], None, 99, ["d", "bc", "a"], False),
        ("d", [("RUNS_ON", IN), ("RUNS_ON", OUT)], 1, 99, ["d", "bc"], False),
        ("ad", [("RUNS_ON", OUT)], 0, 99, ["ad"], False),
        ("fz", [("RUNS_ON", OUT)], None, 99, ["f"], False),
        ("z", [("RUNS_ON", OUT)], None, 99, [""], False),
        ("a", [], None, 99, ["a"], False),
        ("a", [("RUNS_ON", OUT)], None, 4, ["a", "bc", "d"], False),
        ("a", [("RUNS_ON", OUT)], None, 3, ["a", "bc"], True),
        ("a", [("RUNS_ON", OUT)], None, 2, ["a", "b"], True),
        ("ab", [("RUNS_ON", OUT)], None, 1, ["ab"], True),
        ("ab", [("CONNECTS", OUT)], None, 2, ["ab"], False),
    ],
)
async def test_a_region_is_found_breadth_first(
    store: GraphStore,
    starts: str,
    steps: list[tuple[str, Direction]],
    depth: int | None,
    limit: int,
    expected: list[str],
    truncated: bool,
) -> None:
    """Starts first, then each ring; a cut keeps the smallest ids of the ring it cuts."""
    await _net(store)
    shape = await store.region(RegionQuery(tuple(starts), tuple(steps), limit, depth))
    ids, rings = list(shape.ids), []
    for ring in expected:
        rings.append("".join(sorted(ids[: len(ring)])))
        del ids[: len(ring)]
    assert (rings, ids, shape.truncated) == (expected, [], truncated)


async def test_a_region_holds_the_links_between_its_nodes(store: GraphStore) -> None:
    """Those of the types followed, whichever way round, with their properties."""
    await _net(store)
    shape = await store.region(RegionQuery(("b",), (("RUNS_ON", IN), ("RUNS_ON", OUT)), max_depth=1))
    assert link_set(shape) == {("RUNS_ON", "a", "b"), ("RUNS_ON", "b", "d")}
    assert list(shape.link_properties.values()) == [{"weight": 7}]


async def test_a_region_over_an_unknown_link_type_is_refused(store: GraphStore) -> None:
    """The name is not passed on to the database."""
    with pytest.raises(InvalidQueryError):
        await store.region(RegionQuery(("a",), (("FLIES_TO", OUT),)))


async def test_streams_give_everything_in_order(store: GraphStore) -> None:
    """Nodes by id; links by source, type and target."""
    await _net(store)
    assert [one.id async for one in store.nodes()] == list("abcdef")
    keys = [one.key async for one in store.all_links()]
    assert keys == sorted(keys, key=lambda key: (key.source, key.type, key.target))
    assert len(keys) == 7


async def test_a_stream_left_early_harms_nothing(store: GraphStore) -> None:
    """Whoever stops reading gives its snapshot back."""
    await _net(store)
    async for _ in store.nodes():
        break
    await put(store, NodeUpdate("a", {"rank": 1}))
    assert len([one async for one in store.nodes()]) == 6


async def _search(store: GraphStore, text: str, labels: tuple[str, ...] = ALL) -> set[str]:
    return {hit.node.id for hit in await store.search(SearchQuery(text, labels))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rtr-print.office.example", "a"),
        ("print", "at"),
        ("PRI", "at"),
        ("rint", ""),
        ("192.168.1.7", "a"),
        ("192.168", "ab"),
        ("168.1.7", "a"),
        ("aa:bb:cc:00:11:22", "b"),
        ("cc:00", "b"),
        ("inc0000001", "t"),
        ("INC", "t"),
        ("grosse", ""),
        ("große", "b"),
        ("uberall überall", "b"),
        ("print office", "a"),
        ("print nothing", ""),
        ("red", "a"),
        ("dark-red", "a"),
        ("192.168.1.7 red", "a"),
        ("blue print", "a"),
        ("blue silent", ""),
        ("", ""),
        ("  -- ;", ""),
        ('" OR "', ""),
        ("NOT print*", ""),
        ("name:print", ""),
        ("日本", "b"),
        ("\ud800", ""),
        ("print\0", "at"),
    ],
)
async def test_every_word_must_occur_as_the_beginning_of_a_word(
    store: GraphStore, text: str, expected: str
) -> None:
    """Case and accents do not matter; names with dots, colons and dashes are found whole and by their parts."""
    await put(
        store,
        host("a", name="rtr-print.office.example", address="192.168.1.7", tags=["dark red", "blue"]),
        host("b", address="192.168.10.8", note="Überall große aa:bb:cc:00:11:22 日本語", status="printing"),
        NodeCreate("t", "Ticket", {"title": "Printer is silent", "number": "INC0000001"}),
    )
    assert "".join(sorted(await _search(store, text))) == expected


async def test_search_follows_every_change(store: GraphStore) -> None:
    """Changed, reclassified and deleted nodes are found by what they are, not by what they were."""
    await put(store, host("a", name="alpha"), host("b", name="alpha beta"))
    assert await _search(store, "alpha") == {"a", "b"}
    await put(store, NodeUpdate("a", {"name": "gamma"}), NodeDelete("b"))
    assert (await _search(store, "alpha"), await _search(store, "gamma")) == (set(), {"a"})
    await put(store, NodeUpdate("a", label="Server"), host("c", name="alpha"))
    assert await _search(store, "gamma", ("Host",)) == set()
    assert await _search(store, "alpha", ("Host",)) == {"c"}


async def test_hits_come_best_first_and_bounded(store: GraphStore) -> None:
    """A hit in the name is worth more than one in a note."""
    await put(
        store, host("a", note="office"), host("b", name="office"), host("c", note="the office is far away")
    )
    hits = await store.search(SearchQuery("office", ALL, first=2))
    assert [hit.node.id for hit in hits] == ["b", "a"]
    assert hits[0].score > hits[1].score


@pytest.mark.parametrize("query", [SearchQuery("a", ("Spaceship",)), SearchQuery("a", ALL, first=1001)])
async def test_a_search_out_of_bounds_is_refused(store: GraphStore, query: SearchQuery) -> None:
    """As with any other question."""
    with pytest.raises(InvalidQueryError):
        await store.search(query)


@pytest.mark.parametrize(
    "query", [LinkQuery(("a",), OUT, ("FLIES_TO",)), LinkQuery(("a",), OUT, labels=("Spaceship",))]
)
async def test_links_of_unknown_names_are_refused(store: GraphStore, query: LinkQuery) -> None:
    """Unknown types and labels are mistakes, not empty answers."""
    with pytest.raises(InvalidQueryError):
        await store.links(query)
