"""Asking a server, and what its answers mean."""

from __future__ import annotations

import httpx
import pytest

from cmdb.cli.answers import AnswerError
from cmdb.cli.failures import exit_code
from cmdb.cli.gateway import HttpGateway, ServerUnreachableError, data_of, open_client, reported_error
from tests.unit.cli.fakes import FakeGateway


def gateway(response: httpx.Response) -> HttpGateway:
    transport = httpx.MockTransport(lambda _: response)
    return HttpGateway(httpx.AsyncClient(base_url="http://cmdb.example", transport=transport))


async def test_a_servers_answer_is_handed_on_whole() -> None:
    """Data and errors as they came."""
    answer = {"data": {"head": 3}, "errors": []}

    assert answer == await gateway(httpx.Response(200, json=answer)).answer("{ head }")


@pytest.mark.parametrize(
    "response",
    [httpx.Response(200, text="<html>"), httpx.Response(502, text=""), httpx.Response(200, json=[1])],
)
async def test_another_web_server_is_no_cmdb(response: httpx.Response) -> None:
    """What answers, but not with an object of JSON, is told apart."""
    with pytest.raises(ServerUnreachableError, match="not as a CMDB server"):
        await gateway(response).answer("{ head }")


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://x", "http://", "nonsense", "http://[::1"])
async def test_what_is_no_address_is_told(url: str) -> None:
    """Before anything is sent."""
    with pytest.raises(ServerUnreachableError):
        async with open_client(url):
            pass


@pytest.mark.parametrize("url", ["http://x:1", "http://x:1/", "http://x:1/graphql", "http://x:1/graphql/"])
async def test_the_address_of_graphql_will_do(url: str) -> None:
    """People copy it from the browser."""
    async with open_client(url) as client:
        assert "http://x:1" == str(client.base_url).rstrip("/")


async def test_an_error_in_an_answer_is_raised_with_its_own_code() -> None:
    """And with the exit code of its kind in the catalogue."""
    error = {"message": "gone", "extensions": {"code": "NODE_NOT_FOUND", "remedy": "Look it up."}}
    asked = FakeGateway({"Q": {"data": None, "errors": [error]}})
    with pytest.raises(Exception, match="gone") as caught:
        await data_of(asked, "query Q { head }")

    assert "NODE_NOT_FOUND" == caught.value.reported_code  # type: ignore[attr-defined]
    assert 3 == exit_code(caught.value)  # type: ignore[arg-type]


async def test_an_answer_without_data_is_none() -> None:
    """Neither data nor errors: no CMDB answers so."""
    with pytest.raises(AnswerError):
        await data_of(FakeGateway({"Q": {}}), "query Q { head }")


@pytest.mark.parametrize("entry", [None, "text", {}, {"extensions": 3}])
def test_an_error_of_any_shape_is_told(entry: object) -> None:
    """A server of another make is no reason to break."""
    assert 2 == exit_code(reported_error(entry))
