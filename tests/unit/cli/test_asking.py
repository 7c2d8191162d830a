"""How commands ask: which operations, with which variables."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from cmdb.cli.answers import Impact
from cmdb.cli.asking_changes import Wanted, tell_of_change
from cmdb.cli.asking_history import Compared, moment_input, tell_diff, tell_revisions
from cmdb.cli.asking_redundancy import Alternatives, Supposed, tell_points_of_failure, tell_what_if
from cmdb.cli.failures import ReportedError
from cmdb.cli.gateway import NO_VARIABLES
from cmdb.cli.render.change_impact import change_impact_parts
from cmdb.processes.configuration.errors import ItemNotFoundError
from cmdb.records.errors import RecordNotFoundError
from tests.unit.cli.fakes import FakeGateway

ROUTER = "0" * 25 + "1"
NONE: Mapping[str, object] = {"totalCount": 0, "nodes": []}


def found(**pages: object) -> dict[str, object]:
    empty = {"address": NONE, "exact": NONE, "host": NONE, "words": []}
    return {"data": {**empty, **pages}}


def named(name: str, id_: str) -> dict[str, object]:
    return found(exact={"totalCount": 1, "nodes": [{"id": id_, "name": name, "class": "Router"}]})


class Directory:
    """Finds CIs by the names it was made with, and answers every other operation with the same data."""

    def __init__(self, data: Mapping[str, object], **ids: str) -> None:
        self._data, self._ids = data, ids
        self.asked: Mapping[str, object] = {}

    async def answer(
        self, query: str, variables: Mapping[str, object] = NO_VARIABLES, name: str | None = None
    ) -> Mapping[str, object]:
        """CIs of a name, or the data."""
        if "FindConfigurationItem" in query:
            wanted = str(variables["value"])
            return named(wanted, self._ids[wanted]) if wanted in self._ids else found()
        self.asked = variables
        return {"data": self._data}


async def test_a_change_is_asked_the_question_first() -> None:
    """So that one that is not there is refused by the question's own code; then the change itself is read."""
    line = {"id": "1", "number": "CHG0000001", "title": "Patch", "status": "draft"}
    gateway = FakeGateway(
        {"ChangeImpact": {"data": {"changeImpact": {"starts": []}}}, "Change": {"data": {"change": line}}}
    )
    told = await tell_of_change(
        gateway, "change_impact", {"change": "CHG0000001", "first": 5}, Impact, change_impact_parts
    )

    assert {"starts": []} == told.data
    assert [
        ("ChangeImpact", {"change": "CHG0000001", "first": 5}),
        ("Change", {"change": "CHG0000001"}),
    ] == gateway.asked


async def test_a_change_that_is_not_there_is_the_questions_error() -> None:
    """Nothing else is asked."""
    refused = {"errors": [{"message": "no such change", "extensions": {"code": "CHANGE_NOT_FOUND"}}]}
    gateway = FakeGateway({"ChangeImpact": refused})
    with pytest.raises(ReportedError, match="no such change"):
        await tell_of_change(gateway, "change_impact", {"change": "x"}, Impact, change_impact_parts)

    assert 1 == len(gateway.asked)


def test_the_time_wanted_is_passed_on() -> None:
    """By the names of the operation."""
    assert {"durationMinutes": 90, "notBefore": "t", "withinDays": 7} == Wanted(90, "t", 7).variables


async def test_points_of_failure_are_asked_of_the_ci_that_is_meant() -> None:
    """By its id."""
    gateway = Directory({"singlePointsOfFailure": {"totalCount": 0}}, Printing="1")

    assert {"totalCount": 0} == (await tell_points_of_failure(gateway, "Printing", 7)).data
    assert {"of": "1", "first": 7} == gateway.asked


async def test_a_spare_is_for_what_fails_unless_something_else_does() -> None:
    """A degraded one may stand on nothing."""
    gateway = Directory({"whatIf": {}}, rtr="1", core="2")
    await tell_what_if(gateway, Supposed(("rtr",)), 7)
    itself = gateway.asked
    await tell_what_if(gateway, Supposed(("rtr",), ("core",), "DEGRADED", independent=True), 7)

    assert {
        "of": [{"id": "1", "state": "DOWN"}],
        "spares": [{"of": "1", "independent": False}],
        "first": 7,
    } == itself
    assert {
        "of": [{"id": "2", "state": "DEGRADED"}],
        "spares": [{"of": "1", "independent": True}],
        "first": 7,
    } == gateway.asked


async def test_alternatives_take_the_place_of_spares() -> None:
    """What the CI has by one relationship type, and more."""
    gateway = Directory({"whatIf": {}}, shop="1", web="2", db="3")
    group = Alternatives("DEPENDS_ON", ("web",), 1)
    await tell_what_if(gateway, Supposed(("shop",), ("db",), alternatives=group), 7)

    assert "spares" not in gateway.asked
    assert [{"dependent": "1", "relationshipType": "DEPENDS_ON", "add": ["2"], "needed": 1}] == gateway.asked[
        "alternatives"
    ]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("12", {"revision": 12}),
        (" 0 ", {"revision": 0}),
        ("2026-11-17T08:00:00Z", {"at": "2026-11-17T08:00:00Z"}),
        ("-1", {"at": "-1"}),
        ("²", {"at": "²"}),
    ],
)
def test_digits_are_a_revision_and_anything_else_a_time(text: str, moment: Mapping[str, object]) -> None:
    """What is no time is for the API to say."""
    assert moment == moment_input(text)


async def test_everything_is_compared_until_now_unless_something_is_said() -> None:
    """An id is taken at its word, for what it names may be deleted."""
    gateway = Directory({"diff": {}}, Printing="1")
    await tell_diff(gateway, Compared("1"), 7)
    everything = gateway.asked
    await tell_diff(gateway, Compared("1", "2", ROUTER), 7)
    by_id = gateway.asked
    await tell_diff(gateway, Compared("1", service="Printing"), 7)

    assert {"from": {"revision": 1}, "first": 7} == everything
    assert {"from": {"revision": 1}, "to": {"revision": 2}, "ci": ROUTER, "first": 7} == by_id
    assert {"from": {"revision": 1}, "service": "1", "first": 7} == gateway.asked


async def test_what_is_gone_is_looked_up_at_the_first_moment() -> None:
    """By the name it had then; what was not there either is an error."""
    lost = {"totalCount": 1, "nodes": [{"id": "9", "name": "old", "class": "Router"}]}

    class Past(Directory):
        async def answer(
            self, query: str, variables: Mapping[str, object] = NO_VARIABLES, name: str | None = None
        ) -> Mapping[str, object]:
            if "asOf" in query:
                pages = found(exact=lost) if variables["value"] == "old" else found()
                return {"data": {"asOf": pages["data"]}}
            return await super().answer(query, variables, name)

    gateway = Past({"diff": {}})
    await tell_diff(gateway, Compared("1", item="old"), 7)

    assert "9" == gateway.asked["ci"]
    with pytest.raises(ItemNotFoundError, match="'nix'"):
        await tell_diff(gateway, Compared("1", item="nix"), 7)


async def test_a_record_is_compared_by_its_number() -> None:
    """In any case of letters; a number that is none is an error."""
    hit = {"node": {"id": "5", "number": "CHG0000001"}, "score": 1.0}
    answers: dict[str, Mapping[str, object]] = {
        "Search": {"data": {"search": [hit]}},
        "Diff": {"data": {"diff": {}}},
    }
    gateway = FakeGateway(answers)
    await tell_diff(gateway, Compared("1", item="chg0000001"), 7)

    assert "5" == gateway.asked[-1][1]["ci"]
    with pytest.raises(RecordNotFoundError, match="CHG0000002"):
        await tell_diff(gateway, Compared("1", item="CHG0000002"), 7)


async def test_the_newest_revisions_are_listed_unless_told_after_which() -> None:
    """How many there are is asked first."""
    gateway = FakeGateway({"Revisions": {"data": {"head": 30, "revisions": []}}})
    await tell_revisions(gateway, None, 7)
    await tell_revisions(gateway, 3, 7)

    assert [(0, 1), (23, 7), (3, 7)] == [(one["after"], one["first"]) for _, one in gateway.asked]
