"""What a store keeps of something that was brought in whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from cmdb.graph.revision import Head

RECEIPTS_KEPT = 64
"""A store keeps so many receipts, those of the newest revisions; one that is gone costs time and nothing else."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """At `head`, all of what `key` names stood in the graph; `content` is its giver's.

    Receipts are no part of the ledger and of no backup: they tell of one store and its history.
    """

    key: str
    head: Head
    content: bytes


class Receipts(Protocol):
    """Where receipts are kept; every method may raise StoreUnavailableError."""

    async def receipt(self, key: str) -> Receipt | None:
        """The receipt kept under a key; None when there is none, or none any more."""
        ...

    async def keep_receipt(self, receipt: Receipt) -> None:
        """Keep a receipt, in place of one with the same key; the oldest of more than RECEIPTS_KEPT go.

        Raises:
            StoreFullError: there is no room, or the store is read-only.
        """
        ...
