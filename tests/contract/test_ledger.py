"""The ledger: what happened, in order, without gaps, and so that changes to it show."""

from dataclasses import replace

from cmdb.graph.batch import NodeDelete, NodeUpdate
from cmdb.graph.elements import LinkKey
from cmdb.graph.ledger import LedgerReport, hash_of, verify_ledger
from cmdb.graph.revision import ChangeKind, LinkChange, NodeChange
from cmdb.graph.store import GraphStore
from tests.contract.build import ACTOR, batch, host, ledger, link, put


async def _some_history(store: GraphStore) -> None:
    await put(store, host("h", rank=1, note="n"), host("i"), link("RUNS_ON", "h", "i", weight=1))
    await put(store, NodeUpdate("h", {"rank": 2, "note": None, "cores": 8}, label="Server"))
    await put(store, link("RUNS_ON", "h", "i", weight=2))
    await put(store, NodeDelete("h"))


async def test_a_revision_says_who_when_why_and_what(store: GraphStore) -> None:
    """Header and content of the first revision are those of its batch."""
    commit = await store.commit(batch(host("h", rank=1), reason="a purchase", request_id="r"))
    (revision,) = await ledger(store)
    assert (revision.number, revision.at, revision.actor) == (1, commit.at, ACTOR)
    assert (revision.reason, revision.request_id, revision.previous_hash) == ("a purchase", "r", "")
    change = NodeChange("h", "Host", ChangeKind.CREATED, 1, {}, {"name": "h", "rank": 1})
    assert (revision.nodes, revision.links) == ((change,), ())


async def test_changes_hold_what_differs_as_it_was_and_as_it_is(store: GraphStore) -> None:
    """An update names only the properties that changed; a deletion all that was there."""
    await _some_history(store)
    key = LinkKey("RUNS_ON", "h", "i")
    _, updated, relinked, deleted = await ledger(store)
    assert updated.nodes == (
        NodeChange(
            "h", "Server", ChangeKind.UPDATED, 2, {"rank": 1, "note": "n"}, {"rank": 2, "cores": 8}, "Host"
        ),
    )
    assert relinked.links == (LinkChange(key, ChangeKind.UPDATED, {"weight": 1}, {"weight": 2}),)
    gone = NodeChange("h", "Server", ChangeKind.DELETED, 2, {"name": "h", "rank": 2, "cores": 8}, {})
    assert deleted.nodes == (gone,)
    assert deleted.links == (LinkChange(key, ChangeKind.DELETED, {"weight": 2}, {}),)


async def test_revisions_can_be_read_from_anywhere_and_in_part(store: GraphStore) -> None:
    """`after` skips, `limit` bounds, and past the head there is nothing."""
    await _some_history(store)
    assert [revision.number for revision in await ledger(store, after=1, limit=2)] == [2, 3]
    assert await ledger(store, after=4) == []
    assert await ledger(store, limit=0) == []


async def test_each_hash_covers_the_revision_and_the_hash_before(store: GraphStore) -> None:
    """The chain holds, and ends at the head."""
    await _some_history(store)
    revisions = await ledger(store)
    assert [revision.hash for revision in revisions] == [hash_of(revision) for revision in revisions]
    assert [one.previous_hash for one in revisions] == ["", *[one.hash for one in revisions[:-1]]]
    head = await store.head()
    assert (head.revision, head.hash) == (4, revisions[-1].hash)
    assert await verify_ledger(store) == LedgerReport(4)
    assert hash_of(replace(revisions[0], reason="another")) != revisions[0].hash


async def test_a_stream_of_revisions_keeps_to_its_snapshot(store: GraphStore) -> None:
    """A commit made while the ledger is being read does not show in that reading."""
    await _some_history(store)
    seen = []
    async for revision in store.revisions():
        seen.append(revision.number)
        if revision.number == 1:
            await put(store, host("late"))
    assert seen == [1, 2, 3, 4]


async def test_the_history_of_a_node_is_what_touched_it_or_its_links(store: GraphStore) -> None:
    """Not what happened to others; a node that is gone keeps its history."""
    await _some_history(store)
    await put(store, host("j", note="h"))
    await put(store, link("CONNECTS", "j", "i"))
    assert await touching(store, "h") == [1, 2, 3, 4]
    assert await touching(store, "i") == [1, 3, 4, 6]
    assert await touching(store, "j") == [5, 6]
    assert await touching(store, "k") == []
    assert await touching(store, "\udc80") == []


async def test_the_history_of_a_node_can_be_read_from_anywhere_and_in_part(store: GraphStore) -> None:
    """`after` skips, and `limit` bounds those that are given, not those that are passed over."""
    await _some_history(store)
    assert await touching(store, "i", after=1) == [3, 4]
    assert await touching(store, "i", limit=2) == [1, 3]
    assert await touching(store, "i", after=1, limit=1) == [3]
    whole = {revision.number: revision for revision in await ledger(store)}
    assert [one async for one in store.revisions(touching="i")] == [whole[1], whole[3], whole[4]]


async def touching(store: GraphStore, node_id: str, after: int = 0, limit: int | None = None) -> list[int]:
    """The numbers of the revisions that touched a node."""
    return [one.number async for one in store.revisions(after, limit, node_id)]
