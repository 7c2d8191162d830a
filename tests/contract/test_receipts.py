"""Receipts: kept beside the graph and its ledger, the newest of them."""

from typing import Protocol, cast

import pytest

from cmdb.graph.receipt import RECEIPTS_KEPT, Receipt, Receipts
from cmdb.graph.revision import Head
from cmdb.graph.store import GraphStore
from tests.contract.build import host, put
from tests.contract.conftest import OpenStore


class ReceiptStore(GraphStore, Receipts, Protocol):
    """A store that keeps receipts, as every one does."""


@pytest.fixture
async def store(open_store: OpenStore) -> ReceiptStore:
    """An empty store."""
    return cast("ReceiptStore", await open_store())


CONTENT = bytes(range(256)) * 20


async def test_a_receipt_is_read_back_as_it_was_kept(store: ReceiptStore) -> None:
    """Whatever its bytes are."""
    receipt = Receipt("file 'ä'", Head(7, "abc"), CONTENT)
    await store.keep_receipt(receipt)
    assert await store.receipt(receipt.key) == receipt
    assert await store.receipt("another") is None


async def test_a_receipt_takes_the_place_of_one_with_the_same_key(store: ReceiptStore) -> None:
    """There is one a key."""
    for number in (2, 3):
        await store.keep_receipt(Receipt("file", Head(number, "h"), b"%d" % number))
    assert await store.receipt("file") == Receipt("file", Head(3, "h"), b"3")


async def test_a_receipt_makes_no_revision(store: ReceiptStore) -> None:
    """It is no part of the ledger."""
    await put(store, host("a"))
    before = await store.head()
    await store.keep_receipt(Receipt("file", before, CONTENT))
    assert await store.head() == before


async def test_the_oldest_receipts_go_when_there_are_too_many(store: ReceiptStore) -> None:
    """Those of the newest revisions stay."""
    for number in range(RECEIPTS_KEPT + 2):
        await store.keep_receipt(Receipt(f"file {number:03}", Head(number, "h"), b""))
    kept = [
        number for number in range(RECEIPTS_KEPT + 2) if await store.receipt(f"file {number:03}") is not None
    ]
    assert kept == list(range(2, RECEIPTS_KEPT + 2))


async def test_a_receipt_is_there_for_every_process(open_store: OpenStore) -> None:
    """It is in the store, not in the one who kept it."""
    receipt = Receipt("file", Head(1, "h"), CONTENT)
    one, other = [cast("Receipts", await open_store()) for _ in range(2)]
    await one.keep_receipt(receipt)
    assert await other.receipt("file") == receipt
