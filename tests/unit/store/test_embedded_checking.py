"""Looking through a whole file finds what no longer fits, whichever table it stands in."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cmdb.graph.batch import NodeUpdate, Sighting
from cmdb.graph.elements import Stamp
from cmdb.graph.errors import StoreDamagedError
from cmdb.graph.receipt import Receipt
from cmdb.graph.schema import GraphSchema
from cmdb.store.embedded.store import EmbeddedStore, open_embedded
from tests.contract.build import FixedClock, batch, host, link, put, unlink
from tests.contract.schema import SCHEMA

FIRST, LAST = "2026-03-01T00:00:00.000Z", "2026-03-02T00:00:00.000Z"
LATER = "2026-03-03T00:00:00.000Z"


def _indexed() -> GraphSchema:
    """The contract's schema with indexes on values of every type."""
    names = {"rank", "tags", "managed", "size", "price"}
    labels = {
        label.name: replace(
            label,
            properties={
                name: replace(rule, indexed=name in names) for name, rule in label.properties.items()
            },
        )
        for label in SCHEMA.labels.values()
    }
    return replace(SCHEMA, labels=labels, fingerprint="checking")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cmdb.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[EmbeddedStore]:
    """A store in which something of everything has been made, changed and taken away."""
    store = await open_embedded(path, _indexed(), FixedClock())
    stamped = NodeUpdate("a", {"rank": 3}, stamps={"rank": Stamp("agent", FIRST)}, claims=("serial",))
    many: dict[str, Any] = {"rank": 2, "tags": ["x", "y", "x"], "managed": True, "price": 0.1}
    hosts = [host("a", **many), host("b", "mac", rank=7), host("c", price=2.0)]
    await store.commit(batch(*hosts, request_id="first"))
    await put(store, stamped, link("RUNS_ON", "a", "b"), link("CONNECTS", "b", "c"))
    await put(store, Sighting("a", "scan", LAST), Sighting("b", "scan", FIRST), Sighting("b", "agent", LAST))
    await put(store, Sighting("a", "scan", FIRST), unlink("CONNECTS", "b", "c"))
    await store.keep_receipt(Receipt("file", await store.head(), b"content"))
    yield store
    await store.close()


def _damage(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        assert connection.execute(statement).rowcount > 0


async def test_a_file_as_it_was_written_is_whole(store: EmbeddedStore) -> None:
    """Whatever has been done to its content through the store."""
    await store.check()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM touches WHERE node = 'c' AND revision = 2", "which revisions touched"),
        ("UPDATE touches SET revision = 3 WHERE node = 'a' AND revision = 2", "which revisions touched"),
        ("INSERT INTO touches VALUES ('d', 1)", "which revisions touched"),
        ("DELETE FROM indexed_values WHERE value = 'x'", "index of values"),
        ("UPDATE receipts SET content = x'00'", "receipts"),
        ("UPDATE receipts SET revision = 1", "receipts"),
        ("UPDATE indexed_values SET value = 8 WHERE value = 7", "index of values"),
        ("UPDATE indexed_values SET node = 2 WHERE id = 'a' AND value = 3", "index of values"),
        (
            "INSERT INTO indexed_values SELECT property, 9, id, label, node FROM indexed_values LIMIT 1",
            "values",
        ),
        ("UPDATE evidence SET stamps = replace(stamps, 'agent', 'agenu')", "where knowledge comes from"),
        ("UPDATE evidence SET stamps = replace(stamps, '2026', '2027')", "where knowledge comes from"),
        ("UPDATE sightings SET last = '2026-03-09T00:00:00.000Z' WHERE node = 1", "1 sightings"),
        ("UPDATE sightings SET source = 3 - source WHERE node = 1", "1 sightings"),
        ("UPDATE sightings SET source = 99 WHERE node = 1", "1 sightings"),
        ("UPDATE sources SET name = 'scam' WHERE name = 'scan'", "2 sightings"),
        ("UPDATE requests SET revision = 2", "results of requests"),
        ("UPDATE requests SET id = 'firsu'", "results of requests"),
    ],
)
async def test_what_no_longer_fits_is_said(
    store: EmbeddedStore, path: Path, statement: str, said: str
) -> None:
    """One row that is gone, other than it was, or too much."""
    _damage(path, statement)
    with pytest.raises(StoreDamagedError, match=said):
        await store.check()


@pytest.mark.parametrize(
    ("statement", "node_id"),
    [
        ("UPDATE evidence SET stamps = replace(stamps, 'agent', 'agenu') WHERE node = 1", "a"),
        ("UPDATE evidence SET identifiers = replace(identifiers, 'mac', 'mad') WHERE node = 2", "b"),
        ("UPDATE sightings SET first = '2025-03-01T00:00:00.000Z' WHERE node = 2 AND source = 1", "b"),
        ("UPDATE sightings SET source = 99 WHERE node = 1", "a"),
        ("UPDATE sources SET name = 'scam' WHERE name = 'scan'", "a"),
    ],
)
async def test_damaged_evidence_is_never_given_out(
    store: EmbeddedStore, path: Path, statement: str, node_id: str
) -> None:
    """Reading it fails, and so it does after another sighting or stamp; other nodes can be read."""
    _damage(path, statement)
    with pytest.raises(StoreDamagedError):
        await store.evidence([node_id])
    await put(store, Sighting(node_id, "scan", LATER), Sighting(node_id, "agent", LATER))
    with pytest.raises(StoreDamagedError):
        await store.evidence([node_id])
    assert {"c"} == set(await store.evidence(["c"]))
