"""Runs GraphQL that a person wrote."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import typer

from cmdb.cli.failures import INCOMPLETE
from cmdb.cli.files import read_text
from cmdb.cli.gateway import check, open_gateway
from cmdb.cli.place import Place
from cmdb.cli.terminal import open_terminal
from cmdb.kernel.errors import CmdbError, ErrorKind


class InvalidVariablesError(CmdbError):
    """The variables are no JSON object."""

    code = "VARIABLES_INVALID"
    kind = ErrorKind.INVALID
    summary = "The variables of a query are not a JSON object."
    default_remedy = """Write them like --variables '{"first": 10}', or --variables @file.json."""


def run_query(place: Place, file: Path, variables: str | None, operation: str | None) -> None:
    """Print the answer as JSON.

    Raises:
        FileUnreadableError: a file cannot be read.
        InvalidVariablesError: the variables are no JSON object.
        ReportedError: the answer has errors and no data.
        typer.Exit: the answer has data and errors; both were printed.
    """
    query, values = read_text(file), parse_variables(variables)
    answer = asyncio.run(_answer(place, query, values, operation))
    if answer.get("data") is None:
        check(answer)
    open_terminal().data(answer)
    if answer.get("errors"):
        raise typer.Exit(INCOMPLETE)


async def _answer(
    place: Place, query: str, variables: Mapping[str, object], operation: str | None
) -> Mapping[str, object]:
    async with open_gateway(place) as gateway:
        return await gateway.answer(query, variables, operation)


def parse_variables(given: str | None) -> Mapping[str, object]:
    """Variables written as JSON, or the name of a file of JSON after an `@`.

    Raises:
        InvalidVariablesError: they are no JSON object.
    """
    if not given:
        return {}
    text = read_text(Path(given[1:])) if given.startswith("@") else given
    try:
        values = json.loads(text)
    except ValueError as error:
        raise InvalidVariablesError(f"the variables are no JSON: {error}") from error
    if not isinstance(values, dict):
        raise InvalidVariablesError(f"the variables are a JSON {type(values).__name__}, not an object")
    return values
