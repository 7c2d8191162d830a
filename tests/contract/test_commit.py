"""What a commit writes, refuses, and leaves alone."""

import pytest

from cmdb.graph.batch import NodeCreate, NodeDelete, NodeUpdate, Sighting
from cmdb.graph.elements import Evidence, Seen, Stamp
from cmdb.graph.errors import (
    IdentifierTakenError,
    InvalidBatchError,
    NodeExistsError,
    NodeNotFoundError,
    VersionConflictError,
)
from cmdb.graph.query import Direction, LinkQuery
from cmdb.graph.revision import Head
from cmdb.graph.store import GraphStore
from cmdb.kernel.errors import CmdbError
from cmdb.kernel.values import Value
from tests.contract.build import Write, batch, host, ledger, link, node, put, ticket, unlink


async def test_an_empty_store_stands_at_revision_zero(store: GraphStore) -> None:
    """Before the first commit the head is 0 with an empty hash."""
    assert await store.head() == Head(0, "")


async def test_created_nodes_are_read_back_as_they_were_written(store: GraphStore) -> None:
    """Every type of value comes back equal and of its own type."""
    values: dict[str, Value] = {
        "name": "Größe 😀 \u202e",
        "rank": -(2**63),
        "price": 0.1,
        "managed": False,
        "bought": "2026-01-31",
        "tags": ["b", "a", "b"],
        "size": 2**63 - 1,
    }
    commit = await put(store, NodeCreate("h", "Host", values))
    read = await node(store, "h")
    assert (read.label, read.version, read.revision) == ("Host", 1, commit.revision)
    assert read.properties == values
    assert {name: type(value) for name, value in read.properties.items()} == {
        name: type(value) for name, value in values.items()
    }
    assert read.created_at == read.updated_at == commit.at


async def test_a_large_value_is_kept_whole(store: GraphStore) -> None:
    """A text of a mebibyte and a list of ten thousand texts come back complete."""
    text, tags = "x€" * 2**18, [f"tag {number}" for number in range(10_000)]
    await put(store, host("h", note=text, tags=tags))
    read = await node(store, "h")
    assert (read.properties["note"], read.properties["tags"]) == (text, tags)


async def test_ids_come_back_in_the_order_of_the_batch(store: GraphStore) -> None:
    """`created` follows the batch, not the alphabet."""
    assert (await put(store, host("b"), host("a"))).created == ("b", "a")


async def test_an_update_merges_and_none_removes(store: GraphStore) -> None:
    """Properties not named stay, None removes, the version rises by one."""
    await put(store, host("h", rank=1, note="old"))
    commit = await put(store, NodeUpdate("h", {"rank": 2, "note": None, "status": "retired"}))
    read = await node(store, "h")
    assert read.properties == {"name": "h", "rank": 2, "status": "retired"}
    assert (read.version, read.revision, read.updated_at) == (2, commit.revision, commit.at)


async def test_several_updates_of_one_node_count_as_one_change(store: GraphStore) -> None:
    """In one batch they are applied in order, and the version rises once."""
    await put(store, host("h", rank=1))
    await put(
        store, NodeUpdate("h", {"rank": 2}), NodeUpdate("h", {"note": "n"}), NodeUpdate("h", {"rank": 3})
    )
    read = await node(store, "h")
    assert (read.version, read.properties["rank"], read.properties["note"]) == (2, 3, "n")


async def test_an_update_of_a_node_made_in_the_same_batch_is_part_of_its_creation(store: GraphStore) -> None:
    """Creates come before updates; the outcome is one node at version 1."""
    await put(store, NodeUpdate("h", {"rank": 7, "note": None}, claims=("c",)), host("h", "a", note="x"))
    read = await node(store, "h")
    assert (read.version, read.properties) == (1, {"name": "h", "rank": 7})
    assert await store.resolve(["a", "c"]) == {"a": "h", "c": "h"}


async def test_a_node_can_be_reclassified(store: GraphStore) -> None:
    """A label in an update moves the node there, and questions find it there only."""
    await put(store, host("h"))
    await put(store, NodeUpdate("h", {"cores": 4}, label="Server"))
    read = await node(store, "h")
    assert (read.label, read.version, read.properties["cores"]) == ("Server", 2, 4)


@pytest.mark.parametrize(
    "writes",
    [
        (),
        (NodeUpdate("h", {"rank": 1, "tags": ["a"]}),),
        (NodeUpdate("h", {"note": None}, label="Host"),),
        (link("RUNS_ON", "h", "i", weight=3),),
        (unlink("CONNECTS", "h", "i"),),
        (unlink("CONNECTS", "nobody", "i"),),
        (link("CONNECTS", "h", "i"), NodeUpdate("h", {"rank": 5}), NodeUpdate("h", {"rank": 1}))[1:],
        (Sighting("h", "scan", "2026-03-01T00:00:00.000Z"),),
        (NodeUpdate("h", stamps={"rank": Stamp("scan", "2026-03-01T00:00:00.000Z")}),),
        (NodeUpdate("h", claims=("fresh",)),),
    ],
    ids=[
        "nothing at all",
        "equal values",
        "removal of what is not there",
        "an equal link",
        "a link that is not there",
        "a link of nobody",
        "there and back",
        "a sighting",
        "a stamp",
        "a claim",
    ],
)
async def test_a_batch_that_alters_nothing_makes_no_revision(
    store: GraphStore, writes: tuple[Write, ...]
) -> None:
    """Neither a revision nor a version is spent."""
    await put(store, host("h", rank=1, tags=["a"]), host("i"), link("RUNS_ON", "h", "i", weight=3))
    head = await store.head()
    assert (await put(store, *writes)).revision is None
    assert await store.head() == head
    assert (await node(store, "h")).version == 1


async def test_a_link_put_replaces_all_its_properties(store: GraphStore) -> None:
    """A put says everything about the link; what it leaves out is gone."""
    await put(store, host("h"), host("i"), link("RUNS_ON", "h", "i", weight=3))
    await put(store, link("RUNS_ON", "h", "i"))
    (one,) = (await store.links(LinkQuery(("h",), Direction.OUT)))["h"]
    assert one.properties == {}


async def test_links_are_deleted_before_others_are_put(store: GraphStore) -> None:
    """A link deleted and put in one batch stands as it was put."""
    await put(store, host("h"), host("i"), link("RUNS_ON", "h", "i", weight=1))
    await put(store, link("RUNS_ON", "h", "i", weight=2), unlink("RUNS_ON", "h", "i"))
    (one,) = (await store.links(LinkQuery(("h",), Direction.OUT)))["h"]
    assert one.properties == {"weight": 2}


async def test_a_deleted_node_takes_its_links_claims_and_evidence_along(store: GraphStore) -> None:
    """Nothing of it is left to be found, and its identifiers are free again."""
    await put(store, host("h", "serial:1"), host("i"), link("RUNS_ON", "h", "i"), link("CONNECTS", "i", "h"))
    await put(store, Sighting("h", "scan", "2026-03-01T00:00:00.000Z"))
    await put(store, NodeDelete("h"))
    assert await store.get(["h"]) == {}
    assert await store.evidence(["h"]) == {}
    assert await store.resolve(["serial:1"]) == {}
    assert [one async for one in store.all_links()] == []
    await put(store, host("h", "serial:1"))
    assert (await store.evidence(["h"]))["h"] == Evidence({}, {}, ("serial:1",))


async def test_deleting_in_a_batch_comes_last(store: GraphStore) -> None:
    """Updates and links of a node that the same batch deletes leave nothing behind."""
    await put(store, host("h", rank=1), host("i"))
    commit = await put(store, NodeDelete("h"), NodeUpdate("h", {"rank": 2}), link("RUNS_ON", "h", "i"))
    (revision,) = await ledger(store, after=1)
    assert [(change.id, change.before["rank"]) for change in revision.nodes] == [("h", 1)]
    assert (revision.number, revision.links) == (commit.revision, ())


@pytest.mark.parametrize(
    ("writes", "error"),
    [
        ((host("ok"), NodeUpdate("nobody", {"rank": 1})), NodeNotFoundError),
        ((host("ok"), NodeDelete("nobody")), NodeNotFoundError),
        ((host("ok"), link("RUNS_ON", "ok", "nobody")), NodeNotFoundError),
        ((host("ok"), link("RUNS_ON", "nobody", "ok")), NodeNotFoundError),
        ((host("ok"), Sighting("nobody", "scan", "2026-03-01T00:00:00.000Z")), NodeNotFoundError),
        ((host("ok"), host("h")), NodeExistsError),
        ((host("ok"), NodeUpdate("h", {"rank": 2}, expected_version=2)), VersionConflictError),
        ((host("ok"), NodeDelete("h", expected_version=0)), VersionConflictError),
        ((host("ok", "serial:1"),), IdentifierTakenError),
        ((host("ok"), NodeUpdate("ok", claims=("serial:1",))), IdentifierTakenError),
        ((host("ok", "x"), host("also", "x")), IdentifierTakenError),
        ((host("ok"), NodeUpdate("h", {"rank": "high"})), InvalidBatchError),
    ],
)
async def test_a_refused_batch_writes_nothing(
    store: GraphStore, writes: tuple[Write, ...], error: type[CmdbError]
) -> None:
    """Whatever is wrong, the good part of the batch is not written either."""
    await put(store, host("h", "serial:1", rank=1))
    head = await store.head()
    with pytest.raises(error):
        await put(store, *writes)
    assert await store.head() == head
    assert set(await store.get(["ok", "also", "h"])) == {"h"}
    assert (await node(store, "h")).properties["rank"] == 1


async def test_a_conflict_names_both_versions(store: GraphStore) -> None:
    """The error's details say which node, what was expected and what it is."""
    await put(store, host("h", rank=1))
    await put(store, NodeUpdate("h", {"rank": 2}, expected_version=1))
    with pytest.raises(VersionConflictError) as refused:
        await put(store, NodeUpdate("h", {"rank": 3}, expected_version=1))
    assert refused.value.details == {"id": "h", "expected": 1, "actual": 2}


async def test_a_taken_identifier_names_holder_and_claimant(store: GraphStore) -> None:
    """The error's details say which identifier, who has it and who wanted it."""
    await put(store, host("h", "serial:1"))
    with pytest.raises(IdentifierTakenError) as refused:
        await put(store, host("i", "serial:1"))
    assert refused.value.details == {"identifier": "serial:1", "holder": "h", "claimant": "i"}


async def test_every_mistake_of_a_batch_is_named_at_once(store: GraphStore) -> None:
    """Mistakes of new nodes and of standing ones come in one error."""
    await put(store, host("h"))
    with pytest.raises(InvalidBatchError) as refused:
        await put(
            store,
            NodeCreate("a", "Spaceship", {}),
            NodeCreate("b", "Item", {"name": "b"}),
            NodeCreate("c", "Host", {"colour": "red"}),
            NodeUpdate("h", {"rank": "high", "name": None}),
            link("FLIES_TO", "a", "b"),
        )
    for word in ("Spaceship", "abstract", "colour", "name is required", "rank", "FLIES_TO"):
        assert word in refused.value.message
    mistakes = refused.value.details["mistakes"]
    assert isinstance(mistakes, list)
    assert len(mistakes) == 7


async def test_a_claim_can_be_repeated_by_its_holder(store: GraphStore) -> None:
    """Claiming again what one holds is fine."""
    await put(store, host("h", "serial:1", "serial:1"))
    await put(store, NodeUpdate("h", {"rank": 1}, claims=("serial:1", "mac:1")))
    assert (await store.evidence(["h"]))["h"].identifiers == ("mac:1", "serial:1")


async def test_a_claim_moves_between_two_nodes_within_one_batch(store: GraphStore) -> None:
    """By a release on one and a claim on the other, whichever comes first, also to a node just made."""
    await put(store, host("h", "a", "b"), host("i"))
    await put(
        store,
        NodeUpdate("i", claims=("a",)),
        NodeUpdate("h", {"rank": 1}, releases=("a", "b")),
        host("j", "b"),
    )
    assert await store.resolve(["a", "b"]) == {"a": "i", "b": "j"}
    assert (await store.evidence(["h"]))["h"].identifiers == ()


async def test_a_claim_of_a_node_that_goes_is_a_claim_all_the_same(store: GraphStore) -> None:
    """Deleting comes last: what another node holds cannot be claimed on the way."""
    await put(store, host("h", "a"), host("i"))
    with pytest.raises(IdentifierTakenError):
        await put(store, NodeUpdate("i", claims=("a",), releases=("a",)), NodeDelete("i"))
    assert await store.resolve(["a"]) == {"a": "h"}


async def test_what_a_node_that_goes_holds_cannot_be_claimed_in_its_batch(store: GraphStore) -> None:
    """It is free once the node is gone, which is after the batch."""
    await put(store, host("h", "a"))
    with pytest.raises(IdentifierTakenError):
        await put(store, NodeDelete("h"), host("i", "a"))
    await put(store, NodeDelete("h"))
    await put(store, host("i", "a"))
    assert await store.resolve(["a"]) == {"a": "i"}


async def test_a_release_of_another_nodes_claim_does_nothing(store: GraphStore) -> None:
    """Only the holder can give a claim up."""
    await put(store, host("h", "a"), host("i"))
    await put(store, NodeUpdate("i", {"rank": 1}, releases=("a",)))
    assert await store.resolve(["a", "nobody's"]) == {"a": "h"}


async def test_stamps_and_sightings_are_kept_apart_from_revisions(store: GraphStore) -> None:
    """Stamps are merged by property, a removed property loses its stamp, sightings widen a span."""
    early, late = "2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"
    stamps = {"name": Stamp("scan", early), "rank": Stamp("hand", early), "note": Stamp("hand", early)}
    await put(store, NodeCreate("h", "Host", {"name": "h", "rank": 1, "note": "n"}, ("c",), stamps))
    await put(store, Sighting("h", "scan", late), Sighting("h", "hand", late))
    await put(store, Sighting("h", "scan", early))
    await put(store, NodeUpdate("h", {"note": None}, stamps={"rank": Stamp("scan", late)}))
    assert (await store.evidence(["h", "nobody"])) == {
        "h": Evidence(
            {"name": Stamp("scan", early), "rank": Stamp("scan", late)},
            {"hand": Seen(late, late), "scan": Seen(early, late)},
            ("c",),
        )
    }


async def test_what_a_batch_takes_from_a_node_it_makes_leaves_no_stamp(store: GraphStore) -> None:
    """As with a property taken from a node that stood before."""
    stamp = Stamp("scan", "2026-01-01T00:00:00.000Z")
    create = NodeCreate("h", "Host", {"name": "h", "note": "n"}, stamps={"name": stamp, "note": stamp})
    await put(store, create, NodeUpdate("h", {"note": None}))
    assert (await store.evidence(["h"]))["h"].stamps == {"name": stamp}


async def test_numbers_are_given_in_order_and_grow_beyond_their_digits(store: GraphStore) -> None:
    """Each prefix counts for itself, and the number is a property of the node."""
    commit = await put(store, ticket("a"), ticket("b"))
    assert commit.numbers == {"a": "INC0000001", "b": "INC0000002"}
    assert (await node(store, "b")).properties["number"] == "INC0000002"
    assert (await put(store, ticket("c"))).numbers == {"c": "INC0000003"}


async def test_a_refused_batch_takes_no_number(store: GraphStore) -> None:
    """The number goes to the next one that is committed."""
    await put(store, host("h"))
    with pytest.raises(NodeExistsError):
        await put(store, ticket("a"), host("h"))
    assert (await put(store, ticket("b"))).numbers == {"b": "INC0000001"}


async def test_a_request_seen_before_is_answered_and_not_written(store: GraphStore) -> None:
    """The first result comes back, marked as replayed, even when the second batch differs."""
    first = await store.commit(batch(ticket("a"), host("h"), request_id="r-1"))
    again = await store.commit(batch(ticket("other"), request_id="r-1"))
    assert (again.revision, again.at, again.created) == (first.revision, first.at, ("a", "h"))
    assert (dict(again.numbers), again.replayed) == ({"a": "INC0000001"}, True)
    assert await store.get(["other"]) == {}


async def test_a_request_that_altered_nothing_is_remembered_too(store: GraphStore) -> None:
    """Its replay alters nothing either."""
    first = await store.commit(batch(request_id="r-1"))
    again = await store.commit(batch(host("h"), request_id="r-1"))
    assert (first.revision, again.revision, again.replayed) == (None, None, True)


async def test_a_refused_request_can_be_repeated(store: GraphStore) -> None:
    """Only what was committed counts as seen."""
    with pytest.raises(NodeNotFoundError):
        await store.commit(batch(NodeUpdate("h", {"rank": 1}), request_id="r-1"))
    assert not (await store.commit(batch(host("h"), request_id="r-1"))).replayed
