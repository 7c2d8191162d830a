"""Links asked for by their keys: those that stand, with what they hold."""

from cmdb.graph.elements import LinkKey
from cmdb.graph.store import GraphStore
from tests.contract.build import host, link, put, unlink

AB = LinkKey("RUNS_ON", "a", "b")
BA = LinkKey("RUNS_ON", "b", "a")
CONNECTED = LinkKey("CONNECTS", "a", "b")


async def test_links_that_stand_are_given_with_their_properties(store: GraphStore) -> None:
    """Neither the other direction nor another type is meant; a key asked for twice is given once."""
    await put(store, host("a"), host("b"), link("RUNS_ON", "a", "b", weight=2))
    await put(store, link("CONNECTS", "a", "b"))
    assert await store.links_at([AB, BA, CONNECTED, AB]) == {AB: {"weight": 2}, CONNECTED: {}}
    await put(store, unlink("CONNECTS", "a", "b"))
    assert await store.links_at([CONNECTED]) == {}


async def test_keys_of_what_is_not_there_are_left_out(store: GraphStore) -> None:
    """Unknown nodes, unknown types, texts that are not valid Unicode, and nothing at all."""
    await put(store, host("a"), host("b"), link("RUNS_ON", "a", "b"))
    strange = [
        LinkKey("RUNS_ON", "a", "nobody"),
        LinkKey("NOTHING", "a", "b"),
        LinkKey("RUNS_ON", "a", "\udc80"),
    ]
    assert await store.links_at([*strange, AB]) == {AB: {}}
    assert await store.links_at([]) == {}
    assert await store.links_at(strange) == {}


async def test_a_link_of_a_node_to_itself_is_found(store: GraphStore) -> None:
    """Both ends are one node."""
    await put(store, host("a"), link("CONNECTS", "a", "a"))
    own = LinkKey("CONNECTS", "a", "a")
    assert await store.links_at([own]) == {own: {}}
