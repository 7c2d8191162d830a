"""The public importer API: an importer only reads.

A package offers one under the entry-point group `cmdb.importers`; the name of the entry point is the name
used on the command line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from cmdb.inventory.observation import Observation, Problem
from cmdb.kernel.errors import CmdbError, ErrorKind

ENTRY_POINT_GROUP = "cmdb.importers"


class UnreadableSourceError(CmdbError):
    """Nothing of the file can be used: it is of another kind, empty, or refused for safety."""

    code = "SOURCE_UNREADABLE"
    kind = ErrorKind.INVALID
    summary = "The file is not of the kind this importer reads."
    default_remedy = "Check that file and importer fit together; `cmdb import --help` lists the importers."


class InvalidOptionError(CmdbError):
    """An option or mapping of an importer is wrong."""

    code = "IMPORT_OPTION_INVALID"
    kind = ErrorKind.INVALID
    summary = "An option or column mapping of the importer is wrong."
    default_remedy = "Compare it with the importer's page in the guide."


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be read.

    `stream` is at its beginning and need not be seekable. `read_at` is when the import began (RFC 3339,
    UTC): the time of observation where the file does not tell its own. `options` come from the caller,
    e.g. the text of a column mapping under `mapping`.
    """

    name: str
    stream: BinaryIO
    read_at: str
    options: Mapping[str, str] = field(default_factory=dict)


class Importer(Protocol):
    """Turns a file into observations, one at a time, in constant memory."""

    @property
    def description(self) -> str:
        """One sentence for `cmdb import --help`."""
        ...

    @property
    def options(self) -> Mapping[str, str]:
        """The options it understands, each with one sentence of explanation."""
        ...

    def read(self, source: Source) -> Iterator[Observation | Problem]:
        """Observations in the order of the file; what cannot be used comes as a problem and reading goes on.

        Raises:
            UnreadableSourceError: nothing of the file can be used.
            InvalidOptionError: an option is wrong.
        """
        ...
