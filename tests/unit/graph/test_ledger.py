"""Checking the hash chain."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, cast

import pytest

from cmdb.graph.ledger import LedgerReport, hash_of, verify_ledger
from cmdb.graph.revision import ChangeKind, Head, NodeChange, Revision
from cmdb.graph.store import GraphStore
from cmdb.kernel.actor import Actor


class _Shelf:
    """Revisions on a shelf: as much of a store as checking needs."""

    def __init__(self, revisions: list[Revision], head: int | None = None) -> None:
        self._revisions = revisions
        self._head = len(revisions) if head is None else head

    async def head(self) -> Head:
        return Head(self._head, "")

    async def revisions(self) -> AsyncIterator[Revision]:
        for revision in self._revisions:
            yield revision


def _chain(length: int) -> list[Revision]:
    chain: list[Revision] = []
    for number in range(1, length + 1):
        change = NodeChange(f"n{number}", "Host", ChangeKind.CREATED, 1, {}, {"b": 1, "a": ["x"]})
        before = chain[-1].hash if chain else ""
        bare = Revision(number, "2026", Actor("ada"), "why", None, (change,), (), before, "")
        chain.append(replace(bare, hash=hash_of(bare)))
    return chain


async def _checked(revisions: list[Revision], head: int | None = None) -> LedgerReport:
    return await verify_ledger(cast("GraphStore", _Shelf(revisions, head)))


async def test_a_whole_chain_passes() -> None:
    """Also the empty one."""
    assert await _checked([]) == LedgerReport(0)
    assert await _checked(_chain(5)) == LedgerReport(5)


@pytest.mark.parametrize(
    "change",
    [
        {"at": "2025"},
        {"actor": Actor("eve")},
        {"reason": "another"},
        {"request_id": "r"},
        {"nodes": ()},
        {"hash": "0" * 64},
    ],
)
async def test_a_change_to_the_past_shows(change: dict[str, Any]) -> None:
    """Whatever was changed, the first revision that is wrong is named."""
    chain = _chain(5)
    chain[2] = replace(chain[2], **change)
    assert (await _checked(chain)).broken == 3


async def test_a_revision_written_anew_breaks_the_next() -> None:
    """A matching hash does not help where the one after it does not follow."""
    chain = _chain(5)
    forged = replace(chain[2], reason="another")
    chain[2] = replace(forged, hash=hash_of(forged))
    report = await _checked(chain)
    assert (report.checked, report.broken) == (3, 4)


async def test_gaps_and_a_missing_end_show() -> None:
    """A revision left out, and a ledger that stops before its head."""
    chain = _chain(5)
    assert (await _checked(chain[:2] + chain[3:])).broken == 4
    assert (await _checked(chain[:4], head=5)).broken == 5


def test_the_hash_does_not_depend_on_the_order_of_properties() -> None:
    """A store may keep them in any order."""
    (revision,) = _chain(1)
    (change,) = revision.nodes
    turned = replace(change, after=dict(reversed(list(change.after.items()))))
    assert hash_of(replace(revision, nodes=(turned,))) == revision.hash
