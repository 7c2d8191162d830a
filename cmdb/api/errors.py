"""Errors as the API's callers see them: one shape, with a stable code and what to do."""

from __future__ import annotations

from http import HTTPStatus
from types import MappingProxyType

import structlog
from graphql import GraphQLError

from cmdb.kernel.errors import CmdbError, ErrorKind

STATUS = MappingProxyType(
    {
        ErrorKind.INVALID: HTTPStatus.BAD_REQUEST,
        ErrorKind.NOT_FOUND: HTTPStatus.NOT_FOUND,
        ErrorKind.CONFLICT: HTTPStatus.CONFLICT,
        ErrorKind.REFUSED: HTTPStatus.FORBIDDEN,
        ErrorKind.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
        ErrorKind.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
    }
)


class DocumentTooLargeError(CmdbError):
    """The GraphQL document asks for more than one request may; details: limit, allowed, seen."""

    code = "DOCUMENT_TOO_LARGE"
    kind = ErrorKind.INVALID
    summary = "The GraphQL document asks for more than one request may."
    default_remedy = "Ask for fewer fields or smaller pages, or split the question into several requests."


class InvalidDocumentError(CmdbError):
    """The GraphQL document cannot be parsed or does not fit the schema."""

    code = "DOCUMENT_INVALID"
    kind = ErrorKind.INVALID
    summary = "The GraphQL document cannot be parsed, or does not fit the schema."
    default_remedy = "Compare it with graphql/schema.graphql, or try it in the browser at /graphql."


class InvalidRequestError(CmdbError):
    """The HTTP request is not one this address understands."""

    code = "REQUEST_INVALID"
    kind = ErrorKind.INVALID
    summary = "The HTTP request is not one this address understands."
    default_remedy = 'POST a JSON object such as {"query": "{ configurationItems { totalCount } }"}.'


class RequestTooLargeError(CmdbError):
    """The body of the request is larger than allowed; details: allowed."""

    code = "REQUEST_TOO_LARGE"
    kind = ErrorKind.INVALID
    summary = "The body of the request is larger than allowed."
    default_remedy = (
        "Send less at once; large files go to /imports, whose limit can be raised in the settings."
    )


class InternalError(CmdbError):
    """Something failed that should not have; the log tells what, under the request id."""


def as_cmdb_error(error: GraphQLError, request_id: str) -> CmdbError:
    """What a GraphQL error means to the caller; what was not foreseen is logged and not told."""
    original = error.original_error
    if isinstance(original, CmdbError):
        return original
    if original is None or isinstance(original, GraphQLError):
        return InvalidDocumentError(error.message)
    structlog.get_logger().error("unforeseen error", request_id=request_id, exc_info=original)
    return InternalError(f"the server failed; the log has it under request id {request_id}")


def error_body(error: CmdbError, request_id: str) -> dict[str, object]:
    """The part of an error that is the same in GraphQL and plain HTTP answers."""
    return {
        "code": error.code,
        "remedy": error.remedy,
        "retryable": error.retryable,
        "details": dict(error.details),
        "requestId": request_id,
    }


def graphql_error(error: GraphQLError, request_id: str) -> dict[str, object]:
    """One entry of a GraphQL answer's `errors`."""
    meant = as_cmdb_error(error, request_id)
    shown: dict[str, object] = {"message": meant.message, "extensions": error_body(meant, request_id)}
    if error.locations:
        shown["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path:
        shown["path"] = error.path
    return shown
