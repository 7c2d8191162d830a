"""The record engine on the embedded store: the parts of its promises that a store keeps."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cmdb.graph.batch import NodeCreate, WriteBatch
from cmdb.graph.from_model import graph_schema
from cmdb.graph.query import Direction
from cmdb.graph.store import GraphStore
from cmdb.kernel.actor import Actor
from cmdb.processes import process_behaviour
from cmdb.records.engine import RecordEngine
from cmdb.records.errors import ActionNotAllowedError, InvalidRecordError
from cmdb.records.requests import Attribution, LinkRequest, Written
from cmdb.store.embedded.store import open_embedded
from tests.unit.records.desk import ANNA, BRUNO, CountedIds, SteppedClock, product_model


@dataclass(frozen=True, slots=True)
class Office:
    """An engine on a real store with a router."""

    store: GraphStore
    engine: RecordEngine


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    clock = SteppedClock()
    store = await open_embedded(tmp_path / "cmdb.db", graph_schema(product_model()), clock)
    router = NodeCreate("router", "Router", {"name": "rtr-print", "status": "operational"})
    await store.commit(WriteBatch(Actor("scan"), "scan", creates=(router,)))
    yield Office(store, RecordEngine(store, product_model(), clock, CountedIds(), process_behaviour()))
    await store.close()


async def test_records_made_at_the_same_time_have_numbers_without_gap_or_double(office: Office) -> None:
    made = await asyncio.gather(
        *(office.engine.create("Incident", {"title": f"Report {n}"}, ANNA) for n in range(12))
    )
    assert [f"INC{n:07d}" for n in range(1, 13)] == sorted(written.node.name for written in made)


async def test_a_refused_record_uses_up_no_number(office: Office) -> None:
    with pytest.raises(InvalidRecordError, match="title is required"):
        await office.engine.create("Incident", {}, ANNA)
    made = await office.engine.create("Incident", {"title": "First"}, ANNA)
    assert "INC0000001" == made.node.name


async def test_of_two_who_take_the_same_step_at_once_one_succeeds(office: Office) -> None:
    made = await office.engine.create("Incident", {"title": "First"}, ANNA)
    both = await asyncio.gather(
        *(office.engine.act(made.node.id, "start", {}, who) for who in (ANNA, BRUNO)), return_exceptions=True
    )
    assert {Written, ActionNotAllowedError} == {type(result) for result in both}


async def test_changes_made_at_once_without_a_version_all_come_in(office: Office) -> None:
    made = await office.engine.create("Incident", {"title": "First"}, ANNA)
    await asyncio.gather(
        office.engine.update(made.node.id, {"category": "printing"}, ANNA),
        office.engine.update(made.node.id, {"channel": "phone"}, BRUNO),
        office.engine.link(made.node.id, LinkRequest("AFFECTS", "router"), BRUNO),
    )
    node = await office.engine.find("inc0000001")
    assert ("printing", "phone") == (node.properties["category"], node.properties["channel"])


async def test_the_story_of_the_printers_is_told_from_change_to_closing(office: Office) -> None:
    """Change, incidents, problem, known error, the change that mends it, and its release."""
    engine, affects = office.engine, [LinkRequest("AFFECTS", "router")]
    incident = await engine.create("Incident", {"title": "No print", "impact": "high"}, ANNA, affects)
    problem = await engine.create("Problem", {"title": "Nobody prints"}, ANNA, affects)
    cause = [LinkRequest("CAUSED_BY", problem.node.id)]
    await engine.update(incident.node.id, {}, ANNA, links=cause)
    await engine.act(problem.node.id, "investigate", {}, ANNA)
    router = [LinkRequest("CAUSED_BY", "router")]
    await engine.act(problem.node.id, "identify_root_cause", {}, ANNA, links=router)
    known = await engine.create(
        "KnownError",
        {"title": "Access list", "symptom": "No print", "cause": "Port 9100 is closed"},
        ANNA,
        [LinkRequest("DOCUMENTS", problem.node.id), LinkRequest("EXPLAINS", incident.node.id)],
    )
    await engine.act(known.node.id, "publish", {}, ANNA)
    links = [LinkRequest("TOUCHES", "router"), LinkRequest("FIXES", known.node.id)]
    change = await engine.create("Change", {"title": "Open 9100", "change_type": "emergency"}, ANNA, links)
    part = [LinkRequest("PART_OF", change.node.id, direction=Direction.IN)]
    await engine.create("Release", {"title": "Tonight"}, ANNA, part)
    await engine.act(change.node.id, "expedite", {"reason": "Nobody prints"}, BRUNO)
    await engine.act(change.node.id, "complete", {"outcome": "successful"}, BRUNO)
    await engine.act(change.node.id, "close", {"review": "Test lists first"}, BRUNO)
    fixed = await engine.act(known.node.id, "fix", {}, ANNA)
    solved = {"resolution": "9100 is open", "resolution_code": "fixed"}
    resolved = await engine.act(problem.node.id, "resolve", solved, ANNA)
    await engine.act(incident.node.id, "start", {}, ANNA)
    await engine.act(incident.node.id, "resolve", solved, Attribution(Actor("desk"), "They print again"))
    closed = await engine.act(incident.node.id, "close", {}, ANNA)
    assert ["fixed", "resolved", "closed"] == [written.node.status for written in (fixed, resolved, closed)]
    steps = [entry.transition.action for entry in await engine.history(incident.node.id) if entry.transition]
    assert [None, "start", "resolve", "close"] == steps
