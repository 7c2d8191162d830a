"""The office asked as of earlier moments, and what changed between them."""

from __future__ import annotations

from typing import Any

import pytest

from cmdb.graph.batch import NodeDelete, WriteBatch
from cmdb.kernel.actor import Actor
from tests.integration.api.changes import ROUTER
from tests.integration.api.test_store_calls import calls
from tests.office import Office

pytestmark = pytest.mark.asyncio(loop_scope="module")

READINGS = """
    configurationItems(first: 20, orderBy: [{attribute: "name"}]) {
        totalCount pageInfo { hasNextPage }
        nodes { id name class status version revision createdAt updatedAt attributes
            relationships(first: 5) { nodes { type verb direction attributes other { id status } } truncated }
            records { number open } }
    }
    hosts: configurationItems(filter: {class: "Host"}, orderBy: [{attribute: "name", direction: DESC}]) {
        totalCount nodes { id }
    }
    incidents { totalCount nodes { number title open history { revision } links { nodes { verb other { id } } } } }
    impact(of: [{id: "%(router)s"}]) {
        affected { totalCount nodes { state distance ci { id } path { nodes { id } } } }
        summary { services { ci { id } state } }
        responsible { party { id } count }
    }
    rootCause(incidents: ["%(incident)s"]) {
        verdict candidates { score ci { id } parts { part points records { id } } }
    }
    search(text: "print") { node { id } }
    singlePointsOfFailure(of: "%(service)s") { nodes { ci { id } } }
    head
"""


PAGE_OF_THE_PAST = """{ asOf(revision: 1) { configurationItems(first: %d) { totalCount
    nodes { id relationships(first: 5) { nodes { other { id } } } records { number } } } } }"""


async def head(office: Office) -> int:
    return (await office.application.services.store.head()).revision


async def readings(office: Office) -> str:
    """A document's part that reads the office in many ways."""
    incident = await office.report_incident("No printing", "prn-office.office.example")
    names = {"router": await office.id_of(ROUTER), "service": await office.id_of("Printing")}
    return READINGS % {**names, "incident": incident}


async def code_of(office: Office, query: str) -> str:
    """The code of the only error of an answer."""
    (error,) = (await office.answer(query))["errors"]
    return str(error["extensions"]["code"])


def as_of(moment: str, wanted: str) -> str:
    """The part of a document that asks for this as of a moment."""
    return f"asOf({moment}) {{ {wanted} }}"


def item(of: str, wanted: str) -> str:
    """The part of a document that asks for this of an item."""
    return f'configurationItem(id: "{of}") {{ {wanted} }}'


async def ask(office: Office, *parts: str) -> Any:
    """The data of a document of these parts."""
    return await office.data(f"{{ {' '.join(parts)} }}")


async def diff(office: Office, start: int, rest: str = "") -> dict[str, Any]:
    """What changed since a revision."""
    wanted = """totalCount endCursor nodes { revision
        node { id name kind before after } link { type sourceName targetName kind } }"""
    return dict((await ask(office, f"diff(from: {{revision: {start}}} {rest}) {{ {wanted} }}"))["diff"])


async def test_as_of_now_equals_now(office: Office) -> None:
    """Every reading gives the same, field by field."""
    wanted = await readings(office)
    newest = await head(office)

    then = (await ask(office, as_of(f"revision: {newest}", wanted)))["asOf"]
    assert await ask(office, wanted) == then


async def test_as_of_a_revision_equals_what_was_recorded_then(office: Office) -> None:
    """Though an item was retired, another deleted, and a relationship taken away since."""
    wanted = await readings(office)
    newest = await head(office)
    recorded = await ask(office, wanted)
    router = await office.id_of(ROUTER)
    await office.data("mutation($id: ID!) { retireConfigurationItem(id: $id) { id } }", {"id": router})
    printer = await office.id_of("prn-warehouse.office.example")
    gone = WriteBatch(Actor("ada"), "scrapped", deletes=(NodeDelete(printer),))
    await office.application.services.store.commit(gone)

    then = (await ask(office, as_of(f"revision: {newest}", wanted)))["asOf"]
    # How well a word fits depends on all texts of the store, so the order of hits may have changed.
    found = [{hit["node"]["id"] for hit in answer.pop("search")} for answer in (recorded, then)]
    assert found[0] == found[1]
    assert recorded == then
    beside = await ask(office, item(printer, "id"), as_of("revision: 1", item(printer, "name version")))
    assert beside == {
        "configurationItem": None,
        "asOf": {"configurationItem": {"name": "prn-warehouse.office.example", "version": 1}},
    }


async def test_a_time_is_answered_by_the_last_revision_before_it(office: Office) -> None:
    """The answer says which."""
    at = (await office.data("{ revisions(after: 1, first: 1) { at } }"))["revisions"][0]["at"]

    found = await ask(office, as_of(f'at: "{at}"', "revision at head"))
    assert found["asOf"] == {"revision": 2, "at": at, "head": 2}


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ('at: "2999-01-01T00:00:00Z"', "MOMENT_UNKNOWN"),
        ('at: "1999-01-01T00:00:00Z"', "MOMENT_UNKNOWN"),
        ("revision: 100000", "MOMENT_UNKNOWN"),
        ("revision: -1", "MOMENT_UNKNOWN"),
        ('revision: 1, at: "2026-01-01T00:00:00Z"', "MOMENT_UNCLEAR"),
        ('at: "yesterday"', "INVALID_INSTANT"),
    ],
)
async def test_a_moment_that_is_none_is_refused(office: Office, moment: str, expected: str) -> None:
    """With a code of its own for each reason."""
    assert expected == await code_of(office, f"{{ {as_of(moment, 'revision')} }}")


async def test_provenance_of_the_past_is_refused(office: Office) -> None:
    """The present's is not passed off as the past's; what stands beside it in the document is answered."""
    router = await office.id_of(ROUTER)
    wanted = item(router, "provenance { source }")
    answer = await office.answer(f"{{ {wanted} {as_of('revision: 1', wanted)} }}")

    assert answer["data"]["configurationItem"]["provenance"]
    assert answer["data"]["asOf"] == {"configurationItem": None}
    assert ["PAST_NOT_KEPT"] == [error["extensions"]["code"] for error in answer["errors"]]


async def test_more_rows_of_the_past_make_no_more_calls(office: Office) -> None:
    """The questions to the store depend on the document and on the moment, not on the rows.

    One more or less of a kind is a matter of which threads end first, and so of what is asked together.
    """
    few, many = await calls(office, PAGE_OF_THE_PAST % 2), await calls(office, PAGE_OF_THE_PAST % 50)

    assert few.keys() == many.keys()
    assert max(abs(many[kind] - few[kind]) for kind in few) <= 1


async def test_a_diff_of_everything_comes_in_pages(office: Office) -> None:
    """All pages together are the whole, in the order of revisions."""
    whole = await diff(office, 1, "to: {revision: 4}, first: 1000")
    size = whole["totalCount"] // 2 + 1
    first = await diff(office, 1, f"to: {{revision: 4}}, first: {size}")
    second = await diff(office, 1, f'to: {{revision: 4}}, first: {size}, after: "{first["endCursor"]}"')

    assert whole["nodes"] == first["nodes"] + second["nodes"]
    assert second["endCursor"] is None
    numbers = [entry["revision"] for entry in whole["nodes"]]
    assert numbers == sorted(numbers)
    assert {2, 3, 4} >= set(numbers)


async def test_a_diff_of_an_item_tells_its_values_and_relationships(office: Office) -> None:
    """Without an end it goes until now."""
    host, service = await office.id_of("ns1.office.example"), await office.id_of("Invoicing")
    start = await head(office)
    await office.data(
        'mutation($id: ID!) { updateConfigurationItem(id: $id, input: {attributes: {location: "Attic"}}) { id } }',
        {"id": host},
    )
    await office.data(
        'mutation($a: ID!, $b: ID!) { relate(input: {type: "DEPENDS_ON", source: $a, target: $b}) { id } }',
        {"a": service, "b": host},
    )
    found = await diff(office, start, f'ci: "{host}"')

    assert [
        ("ns1.office.example", "UPDATED", "Attic"),
    ] == [
        (e["node"]["name"], e["node"]["kind"], e["node"]["after"]["location"])
        for e in found["nodes"]
        if e["node"]
    ]
    assert [("Invoicing", "ns1.office.example", "CREATED")] == [
        (e["link"]["sourceName"], e["link"]["targetName"], e["link"]["kind"])
        for e in found["nodes"]
        if e["link"]
    ]


async def test_a_diff_of_a_service_tells_what_it_depends_on(office: Office) -> None:
    """A change of a host that a service rests on is in it; one of a host elsewhere is not."""
    service = await office.id_of("Printing")
    within, without = await office.id_of("prn-office.office.example"), await office.id_of("Invoicing")
    start = await head(office)
    for item in (within, without):
        await office.data(
            'mutation($id: ID!) { updateConfigurationItem(id: $id, input: {attributes: {owner: "Ada"}}) { id } }',
            {"id": item},
        )
    found = await diff(office, start, f'service: "{service}"')

    assert ["prn-office.office.example"] == [entry["node"]["name"] for entry in found["nodes"]]


async def test_a_diff_of_what_never_was_is_refused(office: Office) -> None:
    """A CI and a service alike, and two moments in the wrong order."""
    for scope in ('ci: "nobody"', 'service: "nobody"'):
        assert "NODE_NOT_FOUND" == await code_of(
            office, f"{{ diff(from: {{revision: 1}}, {scope}) {{ totalCount }} }}"
        )
    reversed_moments = "{ diff(from: {revision: 2}, to: {revision: 1}) { totalCount } }"
    assert "MOMENTS_REVERSED" == await code_of(office, reversed_moments)
