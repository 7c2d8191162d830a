"""The command line asks through GraphQL, of a store on this machine or of a server: one way, two ends."""

from __future__ import annotations

import getpass
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import httpx

from cmdb.cli.answers import AnswerError
from cmdb.cli.failures import ReportedError
from cmdb.cli.packaged import error_catalogue_file
from cmdb.cli.place import Place
from cmdb.kernel.actor import Actor
from cmdb.kernel.errors import CmdbError, ErrorKind

if TYPE_CHECKING:
    from cmdb.app import Application

NO_VARIABLES: Mapping[str, object] = MappingProxyType({})
TIMEOUT_SECONDS = 60.0


class ServerUnreachableError(CmdbError):
    """No server answers at the address."""

    code = "SERVER_UNREACHABLE"
    kind = ErrorKind.UNAVAILABLE
    summary = "No CMDB server answers at the address."
    default_remedy = "Check the address and that `cmdb serve` runs there."
    retryable = True


class Gateway(Protocol):
    """Somebody who answers GraphQL operations."""

    async def answer(
        self, query: str, variables: Mapping[str, object] = NO_VARIABLES, name: str | None = None
    ) -> Mapping[str, object]:
        """The whole answer, `data` and `errors`."""
        ...


class LocalGateway:
    """Answers from an application in this process."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def answer(
        self, query: str, variables: Mapping[str, object] = NO_VARIABLES, name: str | None = None
    ) -> Mapping[str, object]:
        """The whole answer, `data` and `errors`."""
        from cmdb.api.execution import Operation

        request_id = self._application.services.ids.new_id()
        operation = Operation(query, variables, name)
        return (await self._application.runner.run(operation, local_actor(), request_id)).body


class HttpGateway:
    """Answers from a server, whose address the client knows."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def answer(
        self, query: str, variables: Mapping[str, object] = NO_VARIABLES, name: str | None = None
    ) -> Mapping[str, object]:
        """The whole answer, `data` and `errors`.

        Raises:
            ServerUnreachableError: nothing there answers GraphQL.
        """
        body = {"query": query, "variables": dict(variables), "operationName": name}
        return await asked(
            self._client, "/graphql", self._client.build_request("POST", "/graphql", json=body)
        )


async def asked(client: httpx.AsyncClient, path: str, request: httpx.Request) -> Mapping[str, object]:
    """The JSON object a server answers a request with.

    Raises:
        ServerUnreachableError: nothing answers there, or something that is no CMDB server.
    """
    place = f"{str(client.base_url).rstrip('/')}{path}"
    try:
        response = await client.send(request)
    except (httpx.HTTPError, OSError) as error:
        raise ServerUnreachableError(
            f"{place} does not answer: {str(error) or type(error).__name__}"
        ) from error
    try:
        body = response.json()
    except ValueError as error:
        raise ServerUnreachableError(
            f"{place} answers with status {response.status_code}, but not as a CMDB server"
        ) from error
    if not isinstance(body, dict):
        raise ServerUnreachableError(f"{place} answers, but not as a CMDB server")
    return body


def local_actor() -> Actor:
    """The person at this machine."""
    try:
        return Actor(getpass.getuser())
    except (KeyError, OSError):
        return Actor("unknown")


@asynccontextmanager
async def open_client(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the server at `url`; the address of its `/graphql` will do too.

    Raises:
        ServerUnreachableError: it is no address of the web.
    """
    base = url.rstrip("/").removesuffix("/graphql")
    headers = {"x-cmdb-actor": local_actor().name.encode("ascii", "replace").decode()}
    try:
        address = httpx.URL(base)
    except httpx.InvalidURL as error:
        raise ServerUnreachableError(f"{url!r} is no address of a server: {error}") from error
    if address.scheme not in {"http", "https"} or not address.host:
        raise ServerUnreachableError(
            f"{url!r} is no address of a server",
            remedy="Give it with its scheme, e.g. http://localhost:8000.",
        )
    async with httpx.AsyncClient(base_url=address, timeout=TIMEOUT_SECONDS, headers=headers) as client:
        yield client


@asynccontextmanager
async def open_gateway(place: Place) -> AsyncIterator[Gateway]:
    """A gateway to the place's server, or else to its store."""
    if place.url is None:
        # Not at the top: whoever asks a server needs none of what a store takes.
        from cmdb.app import open_application
        from cmdb.cli.logs import keep_quiet

        keep_quiet()
        async with open_application(place.settings()) as application:
            yield LocalGateway(application)
    else:
        async with open_client(place.url) as client:
            yield HttpGateway(client)


async def data_of(
    gateway: Gateway, query: str, variables: Mapping[str, object] = NO_VARIABLES
) -> Mapping[str, object]:
    """The data of an answer without errors.

    Raises:
        ReportedError: the answer has errors; the first is raised with its own code.
        AnswerError: it holds no data.
    """
    answer = await gateway.answer(query, variables)
    check(answer)
    data = answer.get("data")
    if not isinstance(data, dict):
        raise AnswerError("the answer holds no data")
    return data


def check(answer: Mapping[str, object]) -> None:
    """Nothing, when an answer has no errors.

    Raises:
        ReportedError: the first of its errors.
    """
    errors = answer.get("errors")
    if isinstance(errors, list) and errors:
        raise reported_error(errors[0])


def reported_error(entry: object) -> ReportedError:
    """One entry of an answer's `errors` as an exception, of the kind its code has in the published catalogue."""
    shown = entry if isinstance(entry, dict) else {}
    extensions = shown.get("extensions")
    known = extensions if isinstance(extensions, dict) else {}
    code = str(known.get("code", "UNKNOWN"))
    return ReportedError(
        code,
        published_kinds().get(code, ErrorKind.INVALID),
        str(shown.get("message", "the answer reports an error")),
        str(known.get("remedy", "")),
    )


def published_kinds() -> Mapping[str, ErrorKind]:
    """The kind of each published error; empty where the catalogue is not at hand."""
    file = error_catalogue_file()
    if not file.is_file():
        return {}
    return {entry["code"]: ErrorKind(entry["kind"]) for entry in json.loads(file.read_text(encoding="utf-8"))}
