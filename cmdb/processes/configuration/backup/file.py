"""A backup file: a first line that says what it is, the content piece by piece, a last line that sums it up.

Each line is JSON in a block of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

import orjson

from cmdb.graph.archive import Piece
from cmdb.graph.revision import Head
from cmdb.processes.configuration.backup.blocks import MOST_CONTENT, BlockReader, BlockWriter
from cmdb.processes.configuration.backup.contents import Contents, Counts
from cmdb.processes.configuration.backup.entries import ENTRIES, line_of, piece_of
from cmdb.processes.configuration.backup.errors import BackupDamagedError, BackupTooNewError

FORMAT = "graph-cmdb backup"
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a backup comes from: version of the product, fingerprint of the model, when it was begun."""

    product_version: str
    model_fingerprint: str
    made_at: str


@dataclass(frozen=True, slots=True)
class Header:
    """The first line: origin, and the head of the ledger that the content belongs to."""

    origin: Origin
    head: Head


class BackupWriter:
    """Writes one backup to a stream."""

    def __init__(self, stream: BinaryIO) -> None:
        self._blocks = BlockWriter(stream)

    @property
    def written(self) -> int:
        """Bytes written up to here."""
        return self._blocks.written

    def begin(self, header: Header) -> None:
        """Write the first line."""
        said = {
            "backup": FORMAT,
            "format_version": FORMAT_VERSION,
            **asdict(header.origin),
            "revision": header.head.revision,
            "hash": header.head.hash,
            "entries": ENTRIES,
        }
        self._blocks.write(orjson.dumps(dict(said), option=orjson.OPT_APPEND_NEWLINE, default=dict))

    def write(self, piece: Piece) -> None:
        """Write one piece.

        Raises:
            BackupDamagedError: it is larger than any reader would take.
        """
        line = line_of(piece)
        if len(line) > MOST_CONTENT:
            raise BackupDamagedError(f"a piece of {len(line):,} bytes is more than a backup can hold")
        self._blocks.write(line)

    def end(self, contents: Contents) -> None:
        """Write the last line; without it a backup is not whole."""
        said = {"end": {"counts": contents.counts.as_data(), "graph_hash": contents.graph_hash}}
        self._blocks.write(orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE))
        self._blocks.end()


class BackupReader:
    """Reads one backup from a stream: first `header`, then `pieces`, then `summary`.

    Every method raises BackupDamagedError where the file is cut short or not what was written.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._reader = BlockReader(stream)
        self._blocks = self._reader.blocks()
        self._end: dict[str, Any] | None = None

    def header(self) -> Header:
        """The first line.

        Raises:
            NotABackupError: the file is none.
            BackupTooNewError: its format is newer than this version knows.
        """
        line = self._line(next(self._blocks, b""))
        version = line.get("format_version")
        if line.get("backup") != FORMAT or not isinstance(version, int):
            raise self.damaged("the first line is none of a backup")
        if version > FORMAT_VERSION:
            raise BackupTooNewError(
                f"the backup has format {version}, and this version knows formats up to {FORMAT_VERSION}",
                details={"found": version, "known": FORMAT_VERSION},
            )
        try:
            origin = Origin(
                str(line["product_version"]), str(line["model_fingerprint"]), str(line["made_at"])
            )
            return Header(origin, Head(int(line["revision"]), str(line["hash"])))
        except (KeyError, TypeError, ValueError) as error:
            raise self.damaged(f"the first line cannot be read ({error!r})") from error

    def pieces(self) -> Iterator[Piece]:
        """The content."""
        for block in self._blocks:
            if self._end is not None:
                raise self.damaged("something follows the last line")
            line = self._line(block)
            if "end" in line:
                if not isinstance(line["end"], dict):
                    raise self.damaged("the last line cannot be read")
                self._end = line["end"]
                continue
            try:
                piece = piece_of(line)
            except (KeyError, TypeError, ValueError) as error:
                raise self.damaged(
                    f"an entry of the block that begins here cannot be read ({error})"
                ) from error
            yield piece
        if self._end is None:
            raise self.damaged("the last line is missing")

    def summary(self) -> tuple[Counts, str]:
        """What the last line says the content comes to: counts, and the graph's hash."""
        try:
            said: Mapping[str, Any] = self._end or {}
            return Counts(**said["counts"]), str(said["graph_hash"])
        except (KeyError, TypeError) as error:
            raise self.damaged(f"the last line cannot be read ({error!r})") from error

    def damaged(self, what: str) -> BackupDamagedError:
        """The error for content that cannot be what was written, with the place in the file."""
        return self._reader.damaged(what)

    def _line(self, block: bytes) -> dict[str, Any]:
        try:
            line = orjson.loads(block)
        except orjson.JSONDecodeError as error:
            raise self.damaged(f"the block that begins here is not JSON ({error})") from error
        if not isinstance(line, dict):
            raise self.damaged("the block that begins here is no object")
        return line
