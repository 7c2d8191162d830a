"""What the HTTP server answers to good and to hostile requests."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmdb.api.http import HttpOptions
from tests.office import EXAMPLES, Office

pytestmark = pytest.mark.asyncio(loop_scope="module")

JSON = {"content-type": "application/json"}
COUNT = {"query": "{ configurationItems { totalCount } }"}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def client(office: Office) -> AsyncIterator[httpx.AsyncClient]:
    app = office.application.server(HttpOptions(graphql_body=200_000, import_body=100_000)).application()
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


def code_of(response: httpx.Response) -> str:
    """The code of the first error of an answer."""
    return str(response.json()["errors"][0]["extensions"]["code"])


async def test_a_query_is_answered_with_its_request_id(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", json=COUNT)

    assert response.status_code == 200
    assert response.json()["data"]["configurationItems"]["totalCount"] > 100
    assert len(response.headers["x-request-id"]) == 26


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"[1]",
        b"17",
        b'"query"',
        b"{",
        b'{"query": 1}',
        b'{"query": null}',
        b'{"query": ""}',
        b'{"query": "{head}", "variables": [1]}',
        b'{"query": "{head}", "operationName": {}}',
        b'{"query": "{head}", "variables": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b"[" * 100_000,
        b'{"query": "\xff\xfe"}',
        b'{"query": "{head}", "variables": {"a": NaN}}',
        b'{"query": "\\ud800"}',
        b'{"query": "{head}", "variables": {"a": ' + b"9" * 5000 + b"}}",
    ],
)
async def test_a_body_that_is_no_graphql_request_is_refused_by_code(
    client: httpx.AsyncClient, body: bytes
) -> None:
    response = await client.post("/graphql", content=body, headers=JSON)

    assert (response.status_code, code_of(response)) == (400, "REQUEST_INVALID")


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
async def test_a_form_that_any_page_could_send_is_refused(client: httpx.AsyncClient, media_type: str) -> None:
    response = await client.post("/graphql", content=json.dumps(COUNT), headers={"content-type": media_type})

    assert (response.status_code, code_of(response)) == (400, "REQUEST_INVALID")


async def test_a_body_beyond_the_limit_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", content=b" " * 200_001, headers=JSON)

    assert (response.status_code, code_of(response)) == (400, "REQUEST_TOO_LARGE")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "DOCUMENT_INVALID"),
        ("{ nothing }", "DOCUMENT_INVALID"),
        ("query A { head } query B { head }", "DOCUMENT_INVALID"),
        ("{ a: head " + " ".join(f"a{n}: head" for n in range(40)) + "}", "DOCUMENT_TOO_LARGE"),
        ("{ configurationItems(first: 1000) { nodes { relationships(first: 1000) { nodes { type } } } } }",
         "DOCUMENT_TOO_LARGE"),
        ("#" + "x" * 20_000 + "\n{ head }", "DOCUMENT_TOO_LARGE"),
        ("{ configurationItems(first: 1001) { totalCount edges { cursor } } }", "INVALID_QUERY"),
        ("{ configurationItems(first: -1) { edges { cursor } } }", "INVALID_QUERY"),
        ('{ configurationItems(after: "x") { edges { cursor } } }', "INVALID_QUERY"),
        ('{ configurationItems(filter: {class: "Hots"}) { totalCount } }', "INVALID_QUERY"),
        ('{ impact(of: [{id: "nobody"}]) { truncated } }', "NODE_NOT_FOUND"),
        ('{ rootCause(incidents: ["INC9999999"]) { verdict } }', "INCIDENT_NOT_FOUND"),
        ("{ rootCause { verdict } }", "NO_SYMPTOMS"),
        ('mutation { createConfigurationItem(input: {class: "Server", attributes: {nmae: "x"}}) { id } }',
         "CI_INVALID"),
        ('mutation { createConfigurationItem(input: {class: "Server", attributes: [1]}) { id } }',
         "INVALID_QUERY"),
        ('mutation { relate(input: {type: "RUNS_ON", source: "x", target: "y"}) { id } }', "CI_NOT_FOUND"),
        ('mutation { importInventory(input: {importer: "nmap", content: "no scan"}) { source } }',
         "SOURCE_UNREADABLE"),
        ('mutation { importInventory(input: {importer: "nnmap", content: ""}) { source } }',
         "IMPORTER_UNKNOWN"),
    ],
)  # fmt: skip
async def test_what_a_client_does_wrong_has_a_code(client: httpx.AsyncClient, query: str, code: str) -> None:
    response = await client.post("/graphql", json={"query": query})

    assert response.status_code < 500
    assert code_of(response) == code


async def test_an_error_says_what_was_seen_and_what_to_do(client: httpx.AsyncClient) -> None:
    response = await client.post(
        "/graphql", json={"query": '{ configurationItems(filter: {class: "Hots"}) { totalCount } }'}
    )

    (error,) = response.json()["errors"]
    assert error["message"] == "there is no class 'Hots'; did you mean 'Host'?"
    assert error["extensions"]["remedy"] == "`cmdb classes` lists them."
    assert error["path"] == ["configurationItems"]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: json.dumps({"query": text}).encode())
)
async def test_no_bytes_make_the_server_fail(client: httpx.AsyncClient, body: bytes) -> None:
    response = await client.post("/graphql", content=body, headers=JSON)

    assert response.status_code < 500
    assert "errors" in response.json() or "data" in response.json()


async def test_graphql_over_http_clients_get_their_media_type(client: httpx.AsyncClient) -> None:
    accept = {"accept": "application/graphql-response+json"}

    good = await client.post("/graphql", json=COUNT, headers=accept)
    bad = await client.post("/graphql", json={"query": "{"}, headers=accept)

    assert (good.status_code, bad.status_code) == (200, 400)
    assert good.headers["content-type"] == "application/graphql-response+json"


async def test_a_scan_is_brought_in_as_the_body_of_a_request(client: httpx.AsyncClient) -> None:
    scan = (EXAMPLES / "office-scan-ipv6.xml").read_bytes()[:100_000]

    planned = await client.post("/imports/nmap?plan=true&source=six", content=scan)
    done = await client.post("/imports/nmap?source=six&name=six.xml", content=scan)

    assert planned.json()["counts"].keys() >= {"create"}
    assert done.json()["source"] == "six"
    assert done.json()["last_revision"] is not None


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/imports/nnmap", b"x", "IMPORTER_UNKNOWN"),
        ("/imports/nmap", b"x", "SOURCE_UNREADABLE"),
        ("/imports/nmap", b"", "SOURCE_UNREADABLE"),
        ("/imports/nmap?plan=perhaps", b"x", "REQUEST_INVALID"),
        ("/imports/nmap?plann=true", b"x", "REQUEST_INVALID"),
        ("/imports/nmap", b"x" * 100_001, "REQUEST_TOO_LARGE"),
    ],
)
async def test_an_import_that_cannot_be_has_a_code(
    client: httpx.AsyncClient, path: str, body: bytes, code: str
) -> None:
    response = await client.post(path, content=body)

    assert response.status_code < 500
    assert code_of(response) == code


async def test_pages_and_answers_carry_security_headers(client: httpx.AsyncClient) -> None:
    response = await client.get("/graphql")

    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_a_foreign_host_name_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.get("/livez", headers={"host": "evil.example"})

    assert response.status_code == 400


async def test_health_tells_life_and_readiness(client: httpx.AsyncClient) -> None:
    alive, ready = await client.get("/livez"), await client.get("/readyz")

    assert (alive.status_code, ready.json()["ready"]) == (200, True)


async def test_an_unknown_address_is_answered_in_the_one_error_shape(client: httpx.AsyncClient) -> None:
    response = await client.get("/nowhere")

    assert (response.status_code, code_of(response)) == (404, "REQUEST_INVALID")
