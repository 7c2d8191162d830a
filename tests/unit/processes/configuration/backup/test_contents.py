"""Contents are counted, and what is wrong with them is named."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmdb.graph.archive import Holding, Piece
from cmdb.graph.elements import Link, LinkKey
from cmdb.graph.revision import Head
from cmdb.processes.configuration.backup.contents import ContentCheck
from cmdb.processes.configuration.backup.members import Members
from cmdb.processes.configuration.backup.snapshot import Snapshot
from tests.unit.processes.configuration.backup.stores import fill, store_in


@pytest.fixture
async def content(tmp_path: Path) -> tuple[list[Piece], Head]:
    """The pieces of a small store, and its head."""
    async with store_in(tmp_path) as store:
        await fill(store)
        head = await store.head()
        return [piece async for piece in Snapshot(store, head, 1).everything()], head


def mistakes(pieces: list[Piece], head: Head) -> list[str]:
    """What is wrong with the pieces; differences from the ledger are one mistake."""
    check = ContentCheck()
    for piece in pieces:
        check.add(piece)
    unequal = ["unequal"] if check.balance.unequal() else []
    return [*check.mistakes(head), *unequal]


def test_sound_content_has_no_mistakes(content: tuple[list[Piece], Head]) -> None:
    pieces, head = content

    assert [] == mistakes(pieces, head)


def test_a_missing_revision_is_named(content: tuple[list[Piece], Head]) -> None:
    pieces, head = content
    rest = [piece for piece in pieces if not any(one.number == 2 for one in piece.revisions)]

    assert ["revision 3: revision 2 is missing", "unequal"] == mistakes(rest, head)


def test_a_missing_end_of_the_ledger_is_named(content: tuple[list[Piece], Head]) -> None:
    pieces, head = content
    rest = [piece for piece in pieces if not any(one.number == 4 for one in piece.revisions)]

    assert "the ledger ends at revision 3, not at 4" in mistakes(rest, head)


def test_a_ledger_with_another_head_is_named(content: tuple[list[Piece], Head]) -> None:
    pieces, head = content

    assert ["the ledger ends at revision 4, not at 4"] == mistakes(pieces, replace(head, hash="other"))


@pytest.mark.parametrize(
    ("piece", "mistake"),
    [
        (Piece(links=(Link(LinkKey("CONNECTS", "a", "x")),)), "there is no node 'x'"),
        (Piece(links=(Link(LinkKey("CONNECTS", "x", "a")),)), "there is no node 'x'"),
        (Piece(holdings=(Holding("mac:7", "x"),)), "identifier 'mac:7' is held by 'x', which is not there"),
        (Piece(holdings=(Holding("mac:1", "b"),)), "an identifier is there twice"),
        (Piece(links=(Link(LinkKey("CONNECTS", "a", "b")),)), "a link is there twice"),
    ],
)
def test_what_does_not_belong_is_named(content: tuple[list[Piece], Head], piece: Piece, mistake: str) -> None:
    pieces, head = content
    last = max(place for place, one in enumerate(pieces) if one.nodes or one.links or one.holdings)

    assert any(mistake in one for one in mistakes([*pieces[: last + 1], piece, *pieces[last + 1 :]], head))


def test_a_node_that_comes_twice_is_named(content: tuple[list[Piece], Head]) -> None:
    pieces, head = content

    assert "a node is there twice" in mistakes([pieces[0], *pieces], head)


def test_a_node_later_than_the_ledger_is_named(content: tuple[list[Piece], Head]) -> None:
    pieces, head = content
    (archived,) = pieces[0].nodes
    later = Piece(nodes=(replace(archived, node=replace(archived.node, revision=9)),))

    assert ["a node is of revision 9, and the ledger ends at 4"] == mistakes([later, *pieces[1:]], head)


@given(st.lists(st.text(max_size=3)), st.lists(st.text(max_size=3)), st.lists(st.text(max_size=3)))
def test_members_are_a_set(first: list[str], then: list[str], asked: list[str]) -> None:
    """Also when they are asked between two additions."""
    members = Members()
    for added, so_far in ((first, first), (then, [*first, *then])):
        members.add(added)
        assert [one in so_far for one in asked] == members.known(asked)
        assert (len(set(so_far)) < len(so_far)) == members.has_repeated()
