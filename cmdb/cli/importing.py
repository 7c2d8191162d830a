"""Brings files in, here or at a server, and tells what became of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from cmdb.app import open_application
from cmdb.cli.failures import INCOMPLETE, OK, code_of, exit_code, tell
from cmdb.cli.files import read_text
from cmdb.cli.gateway import open_client
from cmdb.cli.import_ends import ImportEnd, LocalImports, ServerImports
from cmdb.cli.logs import keep_quiet
from cmdb.cli.place import Place
from cmdb.cli.render.imports import ImportAnswer, import_parts, problem_parts
from cmdb.cli.terminal import Terminal, open_terminal
from cmdb.inventory import registry
from cmdb.inventory.importer import InvalidOptionError
from cmdb.kernel.errors import CmdbError, ErrorKind
from cmdb.processes.configuration.imports import ImportRequest

_FILE_IS_AT_FAULT = frozenset({ErrorKind.INVALID, ErrorKind.NOT_FOUND})


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says of an import. `options` are texts of the form `key=value`."""

    importer: str
    files: tuple[Path, ...]
    plan: bool = False
    source: str | None = None
    scope: str | None = None
    options: tuple[str, ...] = ()
    mapping: Path | None = None
    reread: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: an answer, or the error that left nothing of it usable."""

    file: str
    data: dict[str, object]
    code: int


def import_files(place: Place, asked: Asked, as_json: bool) -> int:
    """Bring the files in one after another; the exit code is the worst of them.

    Raises:
        CmdbError: the importer, an option or the store is at fault, so that no file can be brought in.
    """
    terminal = open_terminal()
    options = options_of(asked)
    requests = [
        ImportRequest(asked.importer, file.name, asked.source, asked.scope, asked.plan, options, asked.reread)
        for file in asked.files
    ]
    outcomes = asyncio.run(_import_all(place, asked, requests, terminal, as_json))
    if as_json:
        found = [outcome.data for outcome in outcomes]
        terminal.data(found[0] if len(found) == 1 else found)
    return max((outcome.code for outcome in outcomes), default=OK)


def options_of(asked: Asked) -> dict[str, str]:
    """The importer's options, the text of the mapping among them.

    Raises:
        InvalidOptionError: one is not of the form `key=value`.
        FileUnreadableError: the mapping cannot be read.
    """
    options: dict[str, str] = {}
    for given in asked.options:
        key, separator, value = given.partition("=")
        if not separator or not key:
            raise InvalidOptionError(f"the option {given!r} is not of the form key=value")
        options[key.strip()] = value
    if asked.mapping is not None:
        options |= {"mapping": read_text(asked.mapping), "mapping_name": str(asked.mapping)}
    return options


async def _import_all(
    place: Place, asked: Asked, requests: Sequence[ImportRequest], terminal: Terminal, as_json: bool
) -> list[Outcome]:
    async with AsyncExitStack() as stack:
        end: ImportEnd
        if place.url is None:
            keep_quiet()
            registry.importer(asked.importer)
            application = await stack.enter_async_context(open_application(place.settings()))
            end = LocalImports(application.services.imports, terminal.err)
        else:
            end = ServerImports(await stack.enter_async_context(open_client(place.url)), terminal.err)
        pairs = zip(requests, asked.files, strict=True)
        return [await _import_one(end, request, file, terminal, as_json) for request, file in pairs]


async def _import_one(
    end: ImportEnd, request: ImportRequest, file: Path, terminal: Terminal, as_json: bool
) -> Outcome:
    try:
        data = await end.bring_in(request, file)
    except CmdbError as error:
        if error.kind not in _FILE_IS_AT_FAULT:
            raise
        if str(file) not in error.message:
            terminal.say(f"{file}:", "bold")
        tell(error, terminal.err)
        told = {"code": code_of(error), "message": error.message, "remedy": error.remedy}
        return Outcome(str(file), {"file": str(file), "error": told}, exit_code(error))
    answer = ImportAnswer.model_validate(data)
    if not as_json:
        terminal.show(*import_parts(str(file), answer))
    for part in problem_parts(answer):
        terminal.err.print(part)
    return Outcome(str(file), {"file": str(file), **data}, INCOMPLETE if answer.incomplete else OK)
