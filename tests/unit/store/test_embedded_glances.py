"""A glance reads a row or two on the caller's own thread, as fresh as any reading, and waits for nobody."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cmdb.graph.errors import StoreDamagedError, StoreUnavailableError
from cmdb.store.embedded.connection import StoreSettings
from cmdb.store.embedded.connections import Connections
from cmdb.store.embedded.store import open_embedded
from tests.contract.build import FixedClock, host, put
from tests.contract.schema import SCHEMA


@pytest.fixture
async def connections(tmp_path: Path) -> AsyncIterator[Connections]:
    """Connections to a file that holds the number 7."""
    opened = Connections(tmp_path / "numbers.db", StoreSettings(readers=1, durable=False))
    await opened.write(lambda connection: connection.execute("CREATE TABLE numbers AS SELECT 7 AS number"))
    yield opened
    await opened.close()


def number(connection: sqlite3.Connection) -> tuple[int, int]:
    """The number, and the thread it was read on."""
    return connection.execute("SELECT number FROM numbers").fetchone()[0], threading.get_ident()


async def test_a_glance_is_taken_where_it_is_asked_for(connections: Connections) -> None:
    """Nobody else's thread reads, however many ask first at the same time."""
    here = threading.get_ident()

    assert [(7, here)] * 3 == await asyncio.gather(*[connections.glance(number) for _ in range(3)])


async def test_what_is_in_the_way_is_left_to_a_reading_thread(connections: Connections) -> None:
    """As is whatever is wrong, which that thread finds and tells."""
    here = threading.get_ident()

    def hindered(connection: sqlite3.Connection) -> int:
        if threading.get_ident() == here:
            raise sqlite3.OperationalError("database is locked")
        return number(connection)[0]

    assert 7 == await connections.glance(hindered)
    with pytest.raises(StoreDamagedError, match="nowhere"):
        await connections.glance(lambda connection: connection.execute("SELECT number FROM nowhere"))


async def test_no_glance_is_taken_of_a_closed_file(connections: Connections) -> None:
    """It is refused as every reading is."""
    await connections.glance(number)
    await connections.close()

    with pytest.raises(StoreUnavailableError):
        await connections.glance(number)


async def test_the_newest_revision_is_everybodys(tmp_path: Path) -> None:
    """Each sees at once what the other was told is written."""
    one = await open_embedded(tmp_path / "cmdb.db", SCHEMA, FixedClock())
    other = await open_embedded(tmp_path / "cmdb.db", SCHEMA, FixedClock())
    for count in range(1, 6):
        commit = await put(one if count % 2 else other, host(f"host-{count}"))
        assert commit.revision == (await one.head()).revision == (await other.head()).revision == count
    await one.close()
    await other.close()
