"""Events: noticed when they are recorded unless told, and over when they are closed."""

import pytest

from cmdb.records.errors import InvalidRecordError
from tests.unit.records.desk import Desk, open_desk


@pytest.fixture
async def desk() -> Desk:
    return await open_desk()


async def test_an_event_is_detected_when_it_is_recorded_unless_it_is_told(desk: Desk) -> None:
    now = await desk.make("Event")
    told = await desk.make("Event", occurred_at="2024-01-01T07:00:00Z", detected_at="2024-01-01T07:01:00Z")
    assert "2026-03-02T08:00:02.000Z" == now.node.properties["detected_at"]
    assert "2024-01-01T07:01:00.000Z" == told.node.properties["detected_at"]
    assert ("exception", "state") == (now.node.properties["significance"], now.node.properties["signal"])


async def test_an_event_is_seen_to_and_over(desk: Desk) -> None:
    event = await desk.make("Event")
    closed = await desk.walk(event.node.id, "acknowledge", "close")
    assert "closed" == closed.node.status
    assert {"acknowledged_at", "closed_at"} <= closed.node.properties.keys()


async def test_an_event_happens_before_it_is_noticed(desk: Desk) -> None:
    with pytest.raises(InvalidRecordError, match=r"detected_at .* is before occurred_at"):
        await desk.make("Event", occurred_at="2024-01-01T07:00:00Z", detected_at="2024-01-01T06:00:00Z")
