"""The command asks of the past through the same operations."""

from __future__ import annotations

from collections.abc import Mapping

from cmdb.cli.gateway import NO_VARIABLES
from cmdb.cli.past_gateway import PastGateway


class Recorder:
    """Answers always the same, and keeps what it was asked."""

    def __init__(self, answer: Mapping[str, object]) -> None:
        self._answer = answer
        self.asked: list[tuple[str, Mapping[str, object], str | None]] = []

    async def answer(
        self, query: str, variables: Mapping[str, object] = NO_VARIABLES, name: str | None = None
    ) -> Mapping[str, object]:
        """The answer it was made with."""
        self.asked.append((query, variables, name))
        return self._answer


async def test_an_answer_is_taken_out_of_its_moment() -> None:
    """As if it had been asked of the present, variables and name passed on."""
    recorder = Recorder({"data": {"asOf": {"head": 3}}})

    assert {"data": {"head": 3}} == await PastGateway(recorder, "3").answer("{ head }", {"a": 1}, "Q")
    (query, variables, name) = recorder.asked[0]
    assert ("{asOf(revision:3){head}}", {"a": 1}, "Q") == ("".join(query.split()), variables, name)


async def test_errors_are_passed_on() -> None:
    """With the data that is not there."""
    refused = {"errors": [{"message": "no such moment"}], "data": None}

    assert refused == await PastGateway(Recorder(refused), "3").answer("{ head }")
