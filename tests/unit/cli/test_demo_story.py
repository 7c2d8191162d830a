"""Reading and ordering the demo's story."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cmdb.cli.demo.clock import StoryClock
from cmdb.cli.demo.stage import ago
from cmdb.cli.demo.story import offset, read_story
from cmdb.cli.demo.telling import events
from cmdb.cli.files import FileUnreadableError
from cmdb.cli.packaged import example_folder

TELLING = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-9h", timedelta(hours=9)),
        ("-8h30m", timedelta(hours=8, minutes=30)),
        ("-2d", timedelta(days=2)),
        ("-1d1h1m", timedelta(days=1, hours=1, minutes=1)),
    ],
)
def test_times_are_told_before_the_telling(text: str, expected: timedelta) -> None:
    """Days, hours and minutes."""
    assert expected == offset(text)


@pytest.mark.parametrize("text", ["", "-", "9h", "-9x", "-1m1h"])
def test_other_times_are_refused(text: str) -> None:
    """With a message that shows how."""
    with pytest.raises(FileUnreadableError, match="such as -8h30m"):
        offset(text)


def test_the_committed_story_happens_in_its_order() -> None:
    """The change first, in its steps; then the incidents; the problem and the links to it last."""
    happened = sorted(events(read_story(example_folder() / "story.yaml"), TELLING), key=lambda e: e.moment)
    told = [e.link.type if e.link else e.step.action if e.step else e.record.type for e in happened]

    steps = ["submit", "approve", "schedule", "implement", "complete", "close"]
    assert ["Change", *steps, "Incident", "Incident", "Incident", "Problem"] == told[:11]
    assert {"investigate", "CAUSED_BY"} == set(told[11:])
    assert max(event.moment for event in happened) < TELLING


def test_what_is_no_story_is_told(tmp_path: Path) -> None:
    """A file with something else in it."""
    other = tmp_path / "story.yaml"
    other.write_text("records: [{key: x, colour: red}]\n")
    with pytest.raises(FileUnreadableError, match="is no story"):
        read_story(other)


def test_the_storys_clock_never_goes_back() -> None:
    """The ledger's times rise."""

    class Fixed:
        def now(self) -> datetime:
            return TELLING

    clock = StoryClock(Fixed())
    clock.move_to(TELLING - timedelta(hours=1))
    clock.move_to(TELLING - timedelta(hours=2))

    assert TELLING - timedelta(hours=1) == clock.now()


@pytest.mark.parametrize(
    ("minutes", "expected"), [(5, "5 min ago"), (119, "119 min ago"), (540, "9 h ago"), (569, "9 h ago")]
)
def test_moments_are_told_as_a_person_would(minutes: int, expected: str) -> None:
    """Minutes, and hours from two on."""
    assert expected == ago(timedelta(minutes=minutes))
