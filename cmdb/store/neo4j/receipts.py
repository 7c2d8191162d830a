"""Receipts: a node each, beside the graph."""

from __future__ import annotations

from cmdb.graph.receipt import RECEIPTS_KEPT, Receipt
from cmdb.graph.revision import Head
from cmdb.store.neo4j.connection import Transaction
from cmdb.store.neo4j.statements import DROP_OLD_RECEIPTS, KEEP_RECEIPT, RECEIPT


async def read(transaction: Transaction, key: str) -> Receipt | None:
    """The receipt kept under a key."""
    row = await transaction.row(RECEIPT, key=key)
    if row is None:
        return None
    revision, digest, content = row
    return Receipt(key, Head(revision, digest), bytes(content))


async def keep(transaction: Transaction, receipt: Receipt) -> None:
    """Keep a receipt, and no more of them than there is room for."""
    head = receipt.head
    await transaction.do(
        KEEP_RECEIPT, key=receipt.key, revision=head.revision, hash=head.hash, content=receipt.content
    )
    await transaction.do(DROP_OLD_RECEIPTS, kept=RECEIPTS_KEPT)
