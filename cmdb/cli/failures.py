"""How a failure ends the command: one message, what to do about it, and an exit code. Never a traceback."""

from __future__ import annotations

import os
import sys
import traceback
from types import MappingProxyType

from rich.console import Console
from rich.text import Text

from cmdb.cli.terminal import clean, console_for
from cmdb.kernel.errors import CmdbError, ErrorKind

OK = 0
INCOMPLETE = 1
"""Something was done, but not all of it: part of a file could not be taken in, or an answer holds errors."""
UNFORESEEN = 70
INTERRUPTED = 130

EXIT_CODES = MappingProxyType(
    {
        ErrorKind.INVALID: 2,
        ErrorKind.NOT_FOUND: 3,
        ErrorKind.CONFLICT: 4,
        ErrorKind.REFUSED: 5,
        ErrorKind.UNAVAILABLE: 6,
        ErrorKind.INTERNAL: UNFORESEEN,
    }
)
DEBUG = "CMDB_DEBUG"
_DEBUG_REMEDY = f"Run it again with {DEBUG}=1 to see where, and report that."


class ReportedError(CmdbError):
    """An error that an answer reports; it is shown with the code it came with."""

    code = "REPORTED"
    kind = ErrorKind.INVALID
    summary = "An error reported by the API, under its own code."

    def __init__(self, reported_code: str, reported_kind: ErrorKind, message: str, remedy: str) -> None:
        super().__init__(message, remedy=remedy)
        self.reported_code = reported_code
        self.reported_kind = reported_kind


def debugging() -> bool:
    """True when the person asked for tracebacks."""
    return os.environ.get(DEBUG, "") not in {"", "0"}


def fail(error: BaseException) -> int:
    """Tell what went wrong on standard error and give the exit code."""
    console = console_for(sys.stderr)
    if debugging():
        traceback.print_exception(error, file=sys.stderr)
    if isinstance(error, CmdbError):
        tell(error, console)
        return exit_code(error)
    tell_unforeseen(error, console)
    return UNFORESEEN


def tell(error: CmdbError, console: Console) -> None:
    """`error CODE: what was seen`, and what to do."""
    lines = error.message.split("\n")
    console.print(Text.assemble(("error", "bold red"), f" {code_of(error)}: {clean(lines[0])}"))
    for line in lines[1:]:
        console.print(Text(clean(line)))
    remedy = _DEBUG_REMEDY if code_of(error) == CmdbError.code else error.remedy
    if remedy:
        console.print(Text.assemble(("→ ", "bold"), clean(remedy)))


def tell_unforeseen(error: BaseException, console: Console) -> None:
    """One line for what nobody foresaw."""
    console.print(
        Text.assemble(
            ("error", "bold red"), f" {CmdbError.code}: {type(error).__name__}: {clean(str(error))}"
        )
    )
    console.print(Text.assemble(("→ ", "bold"), _DEBUG_REMEDY))


def exit_code(error: CmdbError) -> int:
    """The exit code of an error's kind."""
    return EXIT_CODES[error.reported_kind if isinstance(error, ReportedError) else error.kind]


def code_of(error: CmdbError) -> str:
    """The error's own code, also when a server reported it."""
    return error.reported_code if isinstance(error, ReportedError) else error.code
