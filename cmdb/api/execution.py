"""Running a GraphQL operation, for the HTTP server and for the command line alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from cmdb.api.context import RequestContext
from cmdb.api.errors import DocumentTooLargeError, InvalidDocumentError, InvalidRequestError, graphql_error
from cmdb.api.loaders import Loaders
from cmdb.api.schema import ApiSchema
from cmdb.api.services import Services
from cmdb.api.sharing import shared
from cmdb.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Operation:
    """A GraphQL request (specification: GraphQL over HTTP)."""

    query: str
    variables: Mapping[str, object] = field(default_factory=dict)
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A GraphQL response. `executed` is False when the document was refused before anything ran."""

    body: Mapping[str, object]
    executed: bool


class GraphQLRunner:
    """Executes operations against one schema and one set of services."""

    def __init__(self, api: ApiSchema, services: Services) -> None:
        self._api = api
        self._services = services

    @property
    def api(self) -> ApiSchema:
        """The schema it executes."""
        return self._api

    async def run(self, operation: Operation, actor: Actor, request_id: str) -> Answer:
        """The answer to one operation; errors stand in it, none is raised for what the caller sent.

        Raises:
            InvalidRequestError: the document holds several operations and none is named.
            DocumentTooLargeError: the text is too long to be looked at.
        """
        if len(operation.query) > self._api.limits.characters:
            raise DocumentTooLargeError(
                f"the document has {len(operation.query):,} characters, "
                f"and {self._api.limits.characters:,} are allowed",
                details={"limit": "characters", "allowed": self._api.limits.characters},
            )
        loaders = Loaders(self._services.store, self._services.records, actor)
        services = shared(self._services, loaders)
        context = RequestContext(services, self._api.types, actor, request_id, operation.name, loaders)
        try:
            result = await self._api.schema.execute(
                operation.query,
                variable_values=dict(operation.variables),
                context_value=context,
                operation_name=operation.name,
                allowed_operation_types={OperationType.QUERY, OperationType.MUTATION},
            )
        except CannotGetOperationTypeError as error:
            raise InvalidRequestError(error.as_http_error_reason()) from error
        except InvalidOperationTypeError as error:
            raise InvalidDocumentError(error.as_http_error_reason("POST")) from error
        body: dict[str, object] = {}
        if result.errors:
            body["errors"] = [graphql_error(error, request_id) for error in result.errors]
        refused = isinstance(result, PreExecutionError)
        if not refused:
            body["data"] = result.data
        return Answer(body, not refused)
