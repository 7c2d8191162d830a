"""Backups restore to equal stores, copies are equal, and damage is named."""

import io
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from cmdb.graph.archive import StoreNotEmptyError
from cmdb.graph.batch import NodeUpdate
from cmdb.graph.errors import StoreDamagedError
from cmdb.graph.schema import GraphSchema, LabelSchema
from cmdb.processes.configuration.backup import carry
from cmdb.processes.configuration.backup.contents import Counts
from cmdb.processes.configuration.backup.errors import BackupModelError
from tests.contract.build import batch, host, link, put, ticket
from tests.contract.schema import SCHEMA
from tests.unit.processes.configuration.backup.stores import (
    ORIGIN,
    backup_of,
    evidence,
    fill,
    graph,
    ledger,
    restored,
    store_in,
)


async def test_a_backup_restores_to_an_equal_store(tmp_path: Path) -> None:
    """Graph, ledger, evidence; numbers go on, requests give their first result."""
    async with store_in(tmp_path) as store, store_in(tmp_path, "restored.db") as goal:
        await fill(store)
        report = await restored(await backup_of(store), goal)

        assert await graph(store) == await graph(goal)
        assert await ledger(store) == await ledger(goal)
        assert await evidence(store) == await evidence(goal)
        assert report.contents == await carry.verify_store(goal) == await carry.verify_store(store)
        assert Counts(4, 3, 4, 1, 2, 4) == report.contents.counts
        assert ORIGIN == report.header.origin
        again = await goal.commit(batch(host("other"), request_id="second"))
        assert ({"t1": "INC0000001"}, True) == (again.numbers, again.replayed)
        assert {"t2": "INC0000002"} == (await put(goal, ticket("t2"))).numbers


async def test_a_backup_of_a_restored_store_is_the_same_file(tmp_path: Path) -> None:
    async with store_in(tmp_path) as store, store_in(tmp_path, "restored.db") as goal:
        await fill(store)
        data = await backup_of(store)
        await restored(data, goal)

        assert data == await backup_of(goal)


async def test_a_copy_is_equal(tmp_path: Path) -> None:
    async with store_in(tmp_path) as store, store_in(tmp_path, "copy.db") as goal:
        await fill(store)
        contents = await carry.copy_store(store, goal, SCHEMA)

        assert await graph(store) == await graph(goal)
        assert await ledger(store) == await ledger(goal)
        assert contents.graph_hash == await carry.graph_hash(goal, await goal.head())


async def test_a_store_that_holds_something_takes_no_backup(tmp_path: Path) -> None:
    async with store_in(tmp_path) as store, store_in(tmp_path, "restored.db") as goal:
        await fill(store)
        await put(goal, host("mine"))
        with pytest.raises(StoreNotEmptyError):
            await restored(await backup_of(store), goal)

        assert ["mine"] == [node.id for node in (await graph(goal))[0]]


async def test_progress_is_told_piece_by_piece(tmp_path: Path) -> None:
    told: list[tuple[str, Counts]] = []
    async with store_in(tmp_path) as store, store_in(tmp_path, "restored.db") as goal:
        await fill(store)
        stream = io.BytesIO()
        await carry.back_up(store, stream, ORIGIN, lambda *one: told.append(one), 2)
        stream.seek(0)
        await carry.restore(stream, goal, SCHEMA, lambda *one: told.append(one))

    assert ["Backing up", "Restoring", "Comparing"] == list(dict.fromkeys(doing for doing, _ in told))
    backing_up = [counts for doing, counts in told if doing == "Backing up"]
    assert [2, 4] == list(dict.fromkeys(counts.nodes for counts in backing_up))
    assert Counts(4, 3, 4, 1, 2, 4) == backing_up[-1]


def _without(schema: GraphSchema, label: str, name: str) -> GraphSchema:
    old = schema.labels[label]
    kept = {key: rule for key, rule in old.properties.items() if key != name}
    changed = LabelSchema(old.name, old.ancestors, kept, old.abstract)
    return replace(schema, labels={**schema.labels, label: changed}, fingerprint="other")


@pytest.mark.parametrize(
    ("schema", "seen"),
    [
        pytest.param(
            replace(SCHEMA, labels={name: one for name, one in SCHEMA.labels.items() if name != "Service"}),
            "the model has no Service",
            id="label",
        ),
        pytest.param(_without(SCHEMA, "Host", "address"), "Host has no attribute 'address'", id="property"),
        pytest.param(
            replace(
                SCHEMA, link_types={name: one for name, one in SCHEMA.link_types.items() if name != "AFFECTS"}
            ),
            "the model has no relationship AFFECTS",
            id="link type",
        ),
        pytest.param(
            replace(
                SCHEMA,
                labels={
                    **SCHEMA.labels,
                    "Host": replace(
                        SCHEMA.labels["Host"],
                        properties={
                            **SCHEMA.labels["Host"].properties,
                            "price": SCHEMA.labels["Host"].properties["name"],
                        },
                    ),
                },
            ),
            "Host.price is of type string in the model, not float",
            id="type",
        ),
    ],
)
async def test_what_the_model_does_not_know_is_refused(
    tmp_path: Path, schema: GraphSchema, seen: str
) -> None:
    """It is named, and nothing is written."""
    async with store_in(tmp_path) as store, store_in(tmp_path, "restored.db", schema) as goal:
        await fill(store)
        data = await backup_of(store)
        with pytest.raises(BackupModelError, match=seen):
            await carry.restore(io.BytesIO(data), goal, schema)
        with pytest.raises(BackupModelError, match=seen):
            await carry.copy_store(store, goal, schema)

        assert ([], []) == await graph(goal)
        assert 0 == (await goal.head()).revision


async def test_another_model_that_knows_everything_is_enough(tmp_path: Path) -> None:
    schema = replace(SCHEMA, fingerprint="later")
    async with store_in(tmp_path) as store, store_in(tmp_path, "restored.db", schema) as goal:
        await fill(store)
        data = await backup_of(store)
        report = await carry.restore(io.BytesIO(data), goal, schema)

    assert SCHEMA.fingerprint == report.header.origin.model_fingerprint


@pytest.mark.parametrize(
    ("statement", "seen"),
    [
        ("UPDATE nodes SET version = 9 WHERE id = 'a'", "node 'a' differs from the ledger in version"),
        ("DELETE FROM links WHERE type = (SELECT key FROM link_types WHERE name = 'AFFECTS')",
         "link AFFECTS from 't1' to 'a' is missing, and the ledger has it"),
        ("UPDATE links SET properties = '{\"weight\":5}' WHERE properties LIKE '%weight%'",
         "link RUNS_ON from 's' to 'a' differs from the ledger in weight"),
        ("INSERT INTO links SELECT s.target, s.type, s.target, NULL FROM links s LIMIT 1",
         "stands, and the ledger does not know it"),
        ("UPDATE revisions SET reason = 'nothing' WHERE number = 2",
         "revision 2: its content is not what its hash covers"),
        ("UPDATE revisions SET previous_hash = 'x' WHERE number = 3",
         "revision 3: it does not follow from the revision before"),
    ],
)  # fmt: skip
async def test_what_is_wrong_with_a_store_is_named(tmp_path: Path, statement: str, seen: str) -> None:
    """And it is neither backed up nor copied as if it were whole."""
    async with store_in(tmp_path) as store, store_in(tmp_path, "copy.db") as goal:
        await fill(store)
        with closing(sqlite3.connect(tmp_path / "cmdb.db")) as connection, connection:
            connection.execute(statement)
        with pytest.raises(StoreDamagedError) as verified:
            await carry.verify_store(store)
        with pytest.raises(StoreDamagedError):
            await backup_of(store)
        with pytest.raises(StoreDamagedError):
            await carry.copy_store(store, goal, SCHEMA)

        assert seen in verified.value.message
        assert ([], []) == await graph(goal)


async def test_the_graphs_hash_says_what_is_in_it(tmp_path: Path) -> None:
    """It changes with a value, a version, a link and an identifier, and not with who wrote when."""
    hashes = []
    async with store_in(tmp_path) as store:
        for writes in (
            (host("a", "mac:1"), host("b")),
            (NodeUpdate("a", {"rank": 1}),),
            (NodeUpdate("a", {"rank": 2}),),
            (NodeUpdate("a", {"rank": 1}),),
            (link("RUNS_ON", "a", "b"),),
            (link("RUNS_ON", "a", "b", weight=1),),
            (NodeUpdate("b", claims=("mac:2",)),),
        ):
            await put(store, *writes)
            hashes.append(await carry.graph_hash(store, await store.head()))
    async with store_in(tmp_path, "other.db") as other:
        await put(other, host("b"))
        await put(other, host("a", "mac:1"))
        equal = await carry.graph_hash(other, await other.head())

    assert len(hashes) == len(set(hashes))
    assert hashes[0] == equal
