"""A batch that the store may prepare for comes to what it would come to without."""

import pytest

from cmdb.graph.batch import NodeUpdate, Sighting, WriteBatch
from cmdb.graph.errors import IdentifierTakenError, InvalidBatchError, NodeExistsError, NodeNotFoundError
from cmdb.graph.store import GraphStore
from tests.contract.build import batch, host, link, put

FRESH = batch(
    host("a", "mine", rank=1),
    host("b", "yours"),
    link("RUNS_ON", "a", "b", weight=1),
    link("RUNS_ON", "b", "old"),
    Sighting("a", "scan", "2026-03-01T00:00:00.000Z"),
    request_id="fresh",
)
"""Makes nodes and links at them only: nearly all of it can be worked out ahead."""


async def _prepared(store: GraphStore, given: WriteBatch) -> list[object]:
    store.prepare(given)
    commit = await store.commit(given)
    ids = ["a", "b", "old"]
    nodes = {node.id: (node.properties, node.version) for node in (await store.get(ids)).values()}
    revisions = [(one.number, one.nodes, one.links) async for one in store.revisions()]
    return [commit.revision, commit.created, nodes, await store.evidence(ids), revisions]


async def test_what_is_prepared_for_is_written_with_links_claims_and_sightings(store: GraphStore) -> None:
    """As a commit without preparing writes it."""
    await put(store, host("old"))
    revision, created, nodes, evidence, revisions = await _prepared(store, FRESH)

    assert (2, ("a", "b")) == (revision, created)
    assert {"a": ({"name": "a", "rank": 1}, 1), "b": ({"name": "b"}, 1), "old": ({"name": "old"}, 1)} == nodes
    assert {"mine": "a", "yours": "b"} == await store.resolve(["mine", "yours"])
    assert isinstance(evidence, dict)
    assert {"scan"} == set(evidence["a"].seen)
    assert isinstance(revisions, list)
    assert [2, 2] == [len(revisions[-1][1]), len(revisions[-1][2])]


async def test_a_request_that_is_prepared_for_again_is_written_once(store: GraphStore) -> None:
    """Its first result comes back."""
    await put(store, host("old"))
    first = await store.commit(FRESH)
    store.prepare(FRESH)
    again = await store.commit(FRESH)

    assert (first.revision, True) == (again.revision, again.replayed)
    assert first.revision == (await store.head()).revision


async def test_what_others_write_meanwhile_is_not_overlooked(store: GraphStore) -> None:
    """An id or an identifier that was taken since is refused, and so is a link to a node that is gone."""
    taken_id, taken_claim = batch(host("x")), batch(host("y", "claim"))
    dangling = batch(host("z"), link("RUNS_ON", "z", "nowhere"))
    store.prepare(taken_id)
    await put(store, host("x", "claim"))
    with pytest.raises(NodeExistsError):
        await store.commit(taken_id)
    for given, error in ((taken_claim, IdentifierTakenError), (dangling, NodeNotFoundError)):
        store.prepare(given)
        with pytest.raises(error):
            await store.commit(given)
    assert {"x"} == set(await store.get(["x", "y", "z"]))


async def test_preparing_tells_no_mistake_and_committing_does(store: GraphStore) -> None:
    """Neither what does not fit the schema nor what contradicts itself."""
    wrong = batch(host("a", colour="blue"))
    contradictory = batch(host("a", "same"), host("b", "same"))
    store.prepare(wrong)
    with pytest.raises(InvalidBatchError):
        await store.commit(wrong)
    store.prepare(contradictory)
    with pytest.raises(IdentifierTakenError):
        await store.commit(contradictory)


async def test_a_batch_that_depends_on_what_stands_can_be_prepared_for_too(store: GraphStore) -> None:
    """Changes are worked out of what stands when they are committed."""
    await put(store, host("old", rank=1), host("other"))
    change = batch(host("a"), NodeUpdate("old", {"note": "kept"}), link("RUNS_ON", "old", "other"))
    store.prepare(change)
    await put(store, NodeUpdate("old", {"rank": 2}), link("RUNS_ON", "old", "other"))
    commit = await store.commit(change)

    assert {"name": "old", "rank": 2, "note": "kept"} == (await store.get(["old"]))["old"].properties
    (revision,) = [one async for one in store.revisions(after=(commit.revision or 0) - 1)]
    assert () == revision.links


async def test_another_batch_than_the_one_prepared_for_may_be_committed(store: GraphStore) -> None:
    """Preparing binds nobody."""
    store.prepare(batch(host("a")))
    await put(store, host("b"))

    assert {"b"} == set(await store.get(["a", "b"]))
