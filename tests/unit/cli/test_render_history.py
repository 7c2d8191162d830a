"""What differs between two moments, and what was written, as people read them."""

from __future__ import annotations

from cmdb.cli.answers import read
from cmdb.cli.history_answers import Diff, Revisions
from cmdb.cli.render.history import diff_parts, revision_parts
from tests.unit.cli.fakes import shown

AT = "2026-11-20T08:15:00.000Z"
REVISION: dict[str, object] = {"revision": 4, "at": AT, "actor": {"name": "lena"}, "reason": "by hand"}


def node(kind: str, **rest: object) -> dict[str, object]:
    given = {"id": "2", "name": "rtr", "label": "Router", "kind": kind, "before": {}, "after": {}, **rest}
    return {**REVISION, "node": given, "link": None}


def link(kind: str, **rest: object) -> dict[str, object]:
    ends = {"source": "3", "sourceName": "prn", "target": "2", "targetName": None}
    given = {"type": "REACHED_THROUGH", **ends, "kind": kind, "before": {}, "after": {}, **rest}
    return {**REVISION, "node": None, "link": given}


def told(*entries: dict[str, object], about: str | None = None, total: int | None = None) -> str:
    given = {
        "from": {"revision": 1, "at": AT},
        "to": {"revision": 9, "at": AT},
        "totalCount": len(entries) if total is None else total,
        "nodes": list(entries),
    }
    return shown(diff_parts(about, read(Diff, given)))


def test_no_difference_is_said_with_both_moments() -> None:
    """And with what was compared."""
    assert (
        "From revision 1 (2026-11-20 08:15 UTC) to revision 9 (2026-11-20 08:15 UTC): no difference of rtr"
        == told(about="rtr")
    )


def test_what_was_updated_says_before_and_after() -> None:
    """A value that was not there, or is not any more, is nothing."""
    entry = node("UPDATED", before={"model": "A", "owner": "Nadia"}, after={"model": "B", "location": ""})
    text = told(entry, node("UPDATED", oldLabel="Host"))

    assert "Revision 4  2026-11-20 08:15 UTC  lena: by hand\n  ~ Router rtr\n" in text
    assert "      location: nothing → nothing\n" in text
    assert "      model:    A → B\n" in text
    assert "      owner:    Nadia → nothing\n" in text
    assert "  ~ Router rtr (was Host)" in text
    assert 1 == text.count("Revision 4")


def test_what_was_made_and_deleted_says_its_values() -> None:
    """Without those that stand in its line already."""
    made = node("CREATED", label="Change", name="CHG0000001", after={"title": "Patch", "status": "draft"})
    gone = node("DELETED", before={"name": "rtr", "model": "A"})

    assert "  + Change CHG0000001 Patch\n      status: draft\n" in told(made, gone)
    assert "  - Router rtr\n      model: A" in told(made, gone)


def test_a_link_reads_from_its_source_to_its_target() -> None:
    """By their names, or by id where there is none."""
    text = told(link("CREATED"), link("UPDATED", before={"strength": "hard"}, after={"strength": "soft"}))

    assert "  + prn REACHED_THROUGH 2\n" in text
    assert "  ~ prn REACHED_THROUGH 2\n      strength: hard → soft" in text


def test_what_is_left_out_is_counted() -> None:
    """A page is not the whole."""
    assert "… and 41 more; --first N shows N of them." in told(link("DELETED"), total=42)


def revisions(head: int, *numbers: int) -> str:
    rows = [
        {
            "number": n,
            "at": AT,
            "reason": "import of a.csv",
            "actor": {"name": "anna"},
            "nodeCount": 1200,
            "linkCount": 0,
        }
        for n in numbers
    ]
    return shown(revision_parts(read(Revisions, {"head": head, "revisions": rows})))


def test_a_revision_says_when_who_what_and_how_much() -> None:
    """A line for each, and how to get at later ones."""
    text = revisions(9, 3, 4)

    assert "       3   2026-11-20 08:15 UTC   anna   import of a.csv   1,200       0" in text
    assert "… and 5 later ones; --after 4 shows them." in text


def test_no_revisions_are_said_with_the_newest() -> None:
    """Somebody asked beyond it."""
    assert "There are none; the newest revision is 9." == revisions(9)
