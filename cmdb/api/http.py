"""The HTTP server: GraphQL, imports, health and the page to try queries on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

import orjson
import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cmdb.api import pages
from cmdb.api.errors import STATUS, InternalError, InvalidRequestError, RequestTooLargeError, error_body
from cmdb.api.execution import GraphQLRunner, Operation
from cmdb.api.imports import receive_import
from cmdb.api.security_headers import SecurityHeaders
from cmdb.api.services import Services
from cmdb.kernel.actor import Actor
from cmdb.kernel.errors import CmdbError

GRAPHQL_RESPONSE = "application/graphql-response+json"
Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """Bounds and names of the server. Bodies are in bytes; `allowed_hosts` are values of the Host header."""

    allowed_hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    graphql_body: int = 1_000_000
    import_body: int = 50_000_000


class HttpServer:
    """Builds the ASGI application."""

    def __init__(self, runner: GraphQLRunner, services: Services, options: HttpOptions) -> None:
        self._runner = runner
        self._services = services
        self._options = options

    def application(self) -> Starlette:
        """The ASGI application."""
        routes = [
            Route("/", pages.home, methods=["GET"]),
            Route("/graphql", self._answering(self._graphql), methods=["GET", "POST"]),
            Route("/imports/{importer}", self._answering(self._import), methods=["POST"]),
            Route("/livez", pages.live, methods=["GET"]),
            Route("/readyz", self._answering(self._ready), methods=["GET"]),
            pages.static_files(),
        ]
        return Starlette(
            routes=routes,
            middleware=[
                Middleware(TrustedHostMiddleware, allowed_hosts=[*self._options.allowed_hosts]),
                Middleware(SecurityHeaders),
            ],
            exception_handlers={HTTPException: _http_error},
        )

    def _answering(self, endpoint: Endpoint) -> Endpoint:
        """Errors of an endpoint become answers; what was not foreseen is logged and not told."""

        async def answer(request: Request) -> Response:
            request_id = self._services.ids.new_id()
            request.state.request_id = request_id
            try:
                return await endpoint(request)
            except CmdbError as error:
                return error_response(error, request_id)
            except Exception as error:  # noqa: BLE001  # the edge: nobody above would answer
                structlog.get_logger().error("unforeseen error", request_id=request_id, exc_info=error)
                return error_response(
                    InternalError(f"the server failed; the log has it under request id {request_id}"),
                    request_id,
                )

        return answer

    async def _graphql(self, request: Request) -> Response:
        if request.method == "GET":
            return pages.graphiql(request)
        operation = parse_operation(await limited_body(request, self._options.graphql_body), request)
        answer = await self._runner.run(operation, actor_of(request), request.state.request_id)
        modern = GRAPHQL_RESPONSE in request.headers.get("accept", "")
        return Response(
            orjson.dumps(answer.body),
            status_code=400 if modern and not answer.executed else 200,
            media_type=GRAPHQL_RESPONSE if modern else "application/json",
            headers={"x-request-id": request.state.request_id, "cache-control": "no-store"},
        )

    async def _import(self, request: Request) -> Response:
        answer = await receive_import(self._services, request, actor_of(request), self._options.import_body)
        return Response(answer, media_type="application/json")

    async def _ready(self, _request: Request) -> Response:
        head = await self._services.store.head()
        return Response(
            orjson.dumps({"ready": True, "revision": head.revision}), media_type="application/json"
        )


def parse_operation(body: bytes, request: Request) -> Operation:
    """The GraphQL request in a body, as graphql-over-http has it.

    Raises:
        InvalidRequestError: another media type, not JSON, or not of that shape.
    """
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type != "application/json":
        raise InvalidRequestError(f"the body's content type is {media_type or 'missing'}")
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidRequestError(f"the body is not JSON: {error}") from error
    if not isinstance(given, dict) or not isinstance(query := given.get("query"), str) or not query:
        raise InvalidRequestError("the body is not an object with a text `query`")
    variables, name = given.get("variables") or {}, given.get("operationName")
    if not isinstance(variables, dict):
        raise InvalidRequestError("`variables` is not an object")
    if not isinstance(name, str | None):
        raise InvalidRequestError("`operationName` is not a text")
    return Operation(query, variables, name or None)


async def limited_body(request: Request, limit: int) -> bytes:
    """The whole body, of `limit` bytes at most.

    Raises:
        RequestTooLargeError: there is more.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise RequestTooLargeError(f"the body has more than {limit:,} bytes", details={"allowed": limit})
    return bytes(body)


def actor_of(request: Request) -> Actor:
    """Who asks: the name given in the header `X-Cmdb-Actor`; the server does not check it."""
    return Actor(request.headers.get("x-cmdb-actor", "").strip()[:200] or "anonymous")


def error_response(error: CmdbError, request_id: str) -> Response:
    """An error of an endpoint as a GraphQL-shaped answer with the status of its kind."""
    body = {"errors": [{"message": error.message, "extensions": error_body(error, request_id)}]}
    return Response(
        orjson.dumps(body),
        status_code=STATUS[error.kind],
        media_type="application/json",
        headers={"x-request-id": request_id},
    )


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    problem = InvalidRequestError(
        f"{request.method} {request.url.path}: there is nothing to answer that here"
    )
    body = {"errors": [{"message": problem.message, "extensions": error_body(problem, "")}]}
    return Response(orjson.dumps(body), status_code=status, media_type="application/json")
