"""Root cause through GraphQL: alerts, and what earlier incidents teach."""

from __future__ import annotations

from typing import Any

import pytest

from cmdb.records.requests import Attribution, LinkRequest
from tests.integration.api.changes import carry_out, make, make_change
from tests.office import TESTER, Office

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_alerts_lead_to_what_fails_upstream(office: Office) -> None:
    """The alert of the router accounts for the complaint, and says so."""
    printer = await office.id_of("prn-office.office.example")
    router = await office.id_of("rtr-print.office.example")
    told = [
        {"ci": printer, "signal": "LATENCY", "excess": 0.5, "volume": 100},
        {"ci": router, "signal": "LATENCY", "excess": 0.5, "volume": 100},
    ]
    answer = (await office.operation("root_cause", failing=[printer], alerts=told))["rootCause"]

    first = answer["candidates"][0]
    assert ("rtr-print.office.example", 1.0, True) == (first["ci"]["name"], first["share"], first["upstream"])
    assert "OWN_EVIDENCE" in {part["part"] for part in first["parts"]}


async def test_alerts_alone_are_symptoms(office: Office) -> None:
    """What alerts is what fails, when nobody says anything else."""
    printer = await office.id_of("prn-office.office.example")
    answer = (await office.operation("root_cause", alerts=[{"ci": printer}]))["rootCause"]

    assert printer in answer["candidates"][0]["explains"]


async def test_the_cause_of_an_earlier_incident_is_a_candidate(office: Office) -> None:
    """Though no link leads there, with the incident that says so; the incident asked about teaches nothing."""
    services = office.application.services
    server = await office.id_of("ns1.office.example")
    printer = "prn-office.office.example"
    earlier, now = [await office.report_incident("No print", printer) for _ in range(2)]
    for number in (earlier, now):
        record = await services.records.find(number)
        await link_cause(office, record.id, server)
    result = (await office.operation("root_cause", incidents=[now], first=50))["rootCause"]

    candidate = next(one for one in result["candidates"] if one["ci"]["name"] == "ns1.office.example")
    assert [("SAME_CI", earlier)] == [
        (past["likeness"], past["incident"]["number"]) for past in candidate["pastCauses"]
    ]
    assert [earlier] == [
        record["number"]
        for part in candidate["parts"]
        if part["part"] == "PAST_CAUSE"
        for record in part["records"]
    ]


async def link_cause(office: Office, incident: str, cause: str) -> None:
    """Name what caused an incident."""
    records = office.application.services.records
    await records.link(incident, LinkRequest("CAUSED_BY", cause), Attribution(TESTER))


FROM_INCIDENT = """query($id: ID!) { incident(id: $id) {
    rootCause(first: 1) {
        verdict
        candidates { ci { name } }
        knownErrors { record { number } ci { name } distance }
        openProblems { record { number } ci { name } distance }
        recentChanges { record { number title } ci { name } distance hoursBefore }
        similarIncidents { incident { number } affected { name } cause { name } likeness }
    }
} }"""


async def test_from_an_incident_one_document_tells_what_is_known_upstream(office: Office) -> None:
    """Known errors and changes on the path although their items are no candidates listed, and similar incidents."""
    printer, router = "prn-accounting.office.example", "rtr-print.office.example"
    core = await office.id_of("rtr-core.office.example")
    earlier = await office.report_incident("No print", printer)
    await link_cause(office, (await office.application.services.records.find(earlier)).id, core)
    change = await make_change(office, router, changeType="emergency")
    await carry_out(office, change, "failed")
    error = await make(office, "KnownError", affects=[core], workaround="Use the other one")
    problem = await make(office, "Problem", affects=[core], impact="low", urgency="low")
    number = await office.report_incident("No print again", printer)

    told = (await office.data(FROM_INCIDENT, {"id": number}))["incident"]["rootCause"]

    assert {"record": {"number": error}, "ci": {"name": "rtr-core.office.example"}, "distance": 2} in told[
        "knownErrors"
    ]
    assert problem in {one["record"]["number"] for one in told["openProblems"]}
    (found,) = [one for one in told["recentChanges"] if one["record"]["number"] == change]
    assert (router, 1) == (found["ci"]["name"], found["distance"])
    assert 0 <= found["hoursBefore"] < 1
    assert {
        "incident": {"number": earlier},
        "affected": {"name": printer},
        "cause": {"name": "rtr-core.office.example"},
        "likeness": "SAME_CI",
    } in told["similarIncidents"]


async def test_the_root_cause_of_each_incident_of_a_list_is_refused(office: Office) -> None:
    """It would cost questions to the store for each."""
    await office.report_incident("No print", "prn-accounting.office.example")
    answer = await office.answer("{ incidents(first: 1) { nodes { rootCause { verdict } } } }")

    assert "INVALID_QUERY" == answer["errors"][0]["extensions"]["code"]


async def test_symptoms_have_weights_and_changes_a_window(office: Office) -> None:
    """What weighs more decides; a change counts within the hours asked for before the moment it was noticed."""
    heavy, light = [await office.id_of(f"prn-{name}.office.example") for name in ("warehouse", "office")]
    change = await make_change(office, "prn-warehouse.office.example", changeType="emergency")
    await carry_out(office, change, "failed")
    query = """query($symptoms: [SymptomInput!], $at: String, $hours: Float) {
        rootCause(symptoms: $symptoms, noticedAt: $at, windowHours: $hours, first: 50) {
            candidates { ci { id } parts { part value } } recentChanges { record { number } }
        }
    }"""

    def explained(answer: dict[str, Any], ci: str) -> float:
        (found,) = [one for one in answer["candidates"] if one["ci"]["id"] == ci]
        return float(next(part["value"] for part in found["parts"] if part["part"] == "EXPLAINS"))

    both = [{"ci": heavy, "weight": 3}, {"ci": light}]
    answer = (await office.data(query, {"symptoms": both}))["rootCause"]
    assert (0.75, 0.25) == (explained(answer, heavy), explained(answer, light))
    assert change in {one["record"]["number"] for one in answer["recentChanges"]}

    late = await office.data(query, {"symptoms": both, "at": "2100-01-02T00:00:00Z", "hours": 1})
    assert [] == late["rootCause"]["recentChanges"]
    refused = await office.answer(query, {"symptoms": [{"ci": heavy, "weight": 0}]})
    assert "INVALID_QUERY" == refused["errors"][0]["extensions"]["code"]


async def make_event(office: Office, name: str, **values: object) -> str:
    """The number of an event that affects the CI of this name."""
    return await make(office, "Event", affects=[await office.id_of(name)], **values)


async def test_events_are_symptoms_with_what_they_measured(office: Office) -> None:
    """The slow router accounts for the slow printer; the records of both are told."""
    numbers = [
        await make_event(office, name, signal="latency", excess=0.5, volume=100.0)
        for name in ("prn-office.office.example", "rtr-print.office.example")
    ]
    answer = (await office.operation("root_cause", events=numbers))["rootCause"]

    first = answer["candidates"][0]
    own = next(part for part in first["parts"] if part["part"] == "OWN_EVIDENCE")
    assert "rtr-print.office.example" == first["ci"]["name"]
    assert numbers[1] in {record["number"] for record in own["records"]}
    for number in numbers:
        await close(office, "Event", number)


async def test_open_events_upstream_are_evidence_until_they_are_closed(office: Office) -> None:
    """Of an incident's cause, though nobody names them; informational ones and those before the window are none."""
    router, printer = "rtr-print.office.example", "prn-warehouse.office.example"
    incident = await office.report_incident("No print in the warehouse", printer)
    await make_event(office, router, significance="informational")
    early = {"occurredAt": "2020-01-01T00:00:00Z", "detectedAt": "2020-01-01T00:00:00Z"}
    await make_event(office, router, **early)
    event = await make_event(office, router)

    assert {event} == await events_told(office, incident, router)
    await close(office, "Event", event)
    assert set() == await events_told(office, incident, router)


async def test_an_event_that_raised_an_incident_counts_also_when_it_is_closed(office: Office) -> None:
    """Its CI is evidence of its own for this incident."""
    router, printer = "rtr-print.office.example", "prn-warehouse.office.example"
    number = await office.report_incident("No print again", printer)
    incident = await office.application.services.records.find(number)
    event = await make_event(office, router, raised=[incident.id])
    await close(office, "Event", event)

    assert {event} == await events_told(office, number, router)


async def test_an_event_that_is_not_there_is_named(office: Office) -> None:
    """By its own code."""
    answer = await office.answer('{ rootCause(events: ["EVT999999999"]) { verdict } }')

    assert "EVENT_NOT_FOUND" == answer["errors"][0]["extensions"]["code"]


async def close(office: Office, record_type: str, number: str) -> None:
    """Take a record to its end."""
    records = office.application.services.records
    found = await records.find(number)
    assert record_type == found.label
    await records.act(found.id, "close", {}, Attribution(TESTER))


async def events_told(office: Office, incident: str, name: str) -> set[str]:
    """The numbers of the events that speak for the CI of this name as the cause of an incident."""
    answer = (await office.operation("root_cause", incidents=[incident], first=50))["rootCause"]
    candidate = next(one for one in answer["candidates"] if one["ci"]["name"] == name)
    own = [part for part in candidate["parts"] if part["part"] == "OWN_EVIDENCE"]
    numbers = {record["number"] for part in own for record in part["records"]}
    return {number for number in numbers if number.startswith("EVT")}
