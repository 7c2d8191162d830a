"""Bringing inventory in over HTTP: the body of the request is the file."""

from __future__ import annotations

from collections.abc import Mapping
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

import orjson
from starlette.requests import Request

from cmdb.api.errors import InvalidRequestError, RequestTooLargeError
from cmdb.api.services import Services
from cmdb.kernel.actor import Actor
from cmdb.processes.configuration.imports import ImportRequest, outcome_data

IN_MEMORY = 1 << 20
OPTION = "option."
PARAMETERS = ("source", "scope", "plan", "reread", "name")


async def receive_import(services: Services, request: Request, actor: Actor, limit: int) -> bytes:
    """The plan or report of an import as JSON.

    Raises:
        InvalidRequestError: a query parameter is none of the known ones.
        RequestTooLargeError: the body is larger than allowed.
        CmdbError: whatever the import raises.
    """
    asked = import_request(request.path_params["importer"], request.query_params)
    with SpooledTemporaryFile(max_size=IN_MEMORY) as received:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise RequestTooLargeError(
                    f"the file has more than {limit:,} bytes", details={"allowed": limit}
                )
            received.write(chunk)
        received.seek(0)
        outcome = await services.imports.bring_in(asked, cast("BinaryIO", received), actor)
    return orjson.dumps(outcome_data(outcome))


def import_request(importer: str, given: Mapping[str, str]) -> ImportRequest:
    """What the query parameters ask for.

    Raises:
        InvalidRequestError: one of them is not known, or `plan` or `reread` is neither true nor false.
    """
    options = {name.removeprefix(OPTION): value for name, value in given.items() if name.startswith(OPTION)}
    unknown = [name for name in given if name not in PARAMETERS and not name.startswith(OPTION)]
    if unknown:
        raise InvalidRequestError(
            f"there is no query parameter {unknown[0]!r}",
            remedy=f"Give {', '.join(PARAMETERS)}, or an importer's option as `{OPTION}<name>`.",
        )
    return ImportRequest(
        importer,
        given.get("name") or "upload",
        given.get("source"),
        given.get("scope"),
        _is_asked("plan", given),
        options,
        _is_asked("reread", given),
    )


def _is_asked(name: str, given: Mapping[str, str]) -> bool:
    value = given.get(name, "false").lower()
    if value not in {"true", "false"}:
        raise InvalidRequestError(f"`{name}` is {value!r}", remedy="Give true or false.")
    return value == "true"
