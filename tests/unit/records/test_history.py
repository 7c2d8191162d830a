"""The history of a record is told from the ledger."""

from datetime import timedelta

import pytest

from cmdb.graph.batch import NodeCreate, WriteBatch
from cmdb.graph.revision import ChangeKind
from cmdb.kernel.actor import Actor
from cmdb.records.errors import RecordNotFoundError
from cmdb.records.history import Transition
from cmdb.records.requests import Attribution
from tests.unit.records.desk import ANNA, BRUNO, PRINTER, Desk, affects, open_desk


@pytest.fixture
async def desk() -> Desk:
    return await open_desk()


async def noise(desk: Desk, count: int) -> None:
    """Revisions that have nothing to do with any record."""
    for number in range(count):
        create = NodeCreate(f"noise-{desk.clock.now()}-{number}", "Printer", {"name": "n"})
        await desk.store.commit(WriteBatch(Actor("scan"), "scan", creates=(create,)))


async def test_the_history_says_who_did_what_when_and_why(desk: Desk) -> None:
    await noise(desk, 7)
    incident = await desk.make("Incident")
    await noise(desk, 3)
    reason = Attribution(BRUNO.actor, "I take this one", "r-9")
    await desk.engine.act(incident.node.id, "start", {}, reason)
    await noise(desk, 5)
    await desk.engine.link(incident.node.id, affects(), ANNA)
    made, started, linked = await desk.engine.history(incident.node.id)
    assert (ANNA.actor, "Incident created") == (made.actor, made.reason)
    assert Transition(None, "new", None) == made.transition
    assert (BRUNO.actor, "I take this one", "r-9") == (started.actor, started.reason, started.request_id)
    assert Transition("new", "in_progress", "start") == started.transition
    assert {"status": "new"} == started.before
    assert {"status": "in_progress", "responded_at": started.after["responded_at"]} == started.after
    assert (None, "INC0000001: linked by AFFECTS") == (linked.transition, linked.reason)
    assert [(ChangeKind.CREATED, PRINTER)] == [(link.kind, link.key.target) for link in linked.links]


async def test_a_clock_that_was_set_back_hides_no_history(desk: Desk) -> None:
    """Revisions after the record's making then look older than it, and the search by time overshoots."""
    await noise(desk, 5)
    incident = await desk.make("Incident")
    desk.clock.moment -= timedelta(hours=1)
    await noise(desk, 5)
    await desk.walk(incident.node.id, "start")
    steps = [entry.transition for entry in await desk.engine.history(incident.node.id)]
    assert [Transition(None, "new", None), Transition("new", "in_progress", "start")] == steps


async def test_what_happened_before_a_record_was_made_is_not_read(desk: Desk) -> None:
    """Halving finds the beginning, so an old ledger makes the history of a fresh record no slower."""
    await noise(desk, 200)
    incident = await desk.make("Incident")
    await noise(desk, 5)
    await desk.walk(incident.node.id, "start")
    desk.store.revisions_read = 0
    assert 2 == len(await desk.engine.history(incident.node.id))
    assert desk.store.revisions_read <= 20


async def test_a_record_that_is_not_there_has_no_history(desk: Desk) -> None:
    with pytest.raises(RecordNotFoundError):
        await desk.engine.history("nobody")
