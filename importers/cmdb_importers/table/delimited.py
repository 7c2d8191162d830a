"""CSV (RFC 4180) with any of the usual delimiters, recovering after each broken row."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cmdb.inventory.importer import UnreadableSourceError
from cmdb.inventory.observation import Problem
from cmdb_importers.table.lines import Line
from cmdb_importers.table.row import Row, row_problem, table_warning
from cmdb_importers.text import FIELD_BYTES, is_too_long, shown

DELIMITERS = (",", ";", "\t", "|")
MAX_RECORD_LINES = 200
"""A quoted value may run over so many lines; past that its quote is taken for a mistake."""

_MAX_COLUMNS = 1_000
_NO_HEADER = "The first line must name the columns."


@dataclass(frozen=True, slots=True)
class Header:
    """The columns' names in their order (empty for a column without a name), and the line they stand on."""

    names: tuple[str, ...]
    delimiter: str
    line: int


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    fields: Sequence[str]


class _BadLineError(Exception):
    """A line that cannot be handed to the parser."""


@dataclass(slots=True)
class _Feeder(Iterator[str]):
    """Hands lines to the csv module, and takes back those that a broken row swallowed."""

    lines: Iterator[Line]
    taken: list[Line] = field(default_factory=list)
    returned: deque[Line] = field(default_factory=deque)

    def __next__(self) -> str:
        line = self.returned.popleft() if self.returned else next(self.lines)
        self.taken.append(line)
        if line.is_cut:
            raise _BadLineError("the line is too long")
        if len(self.taken) > MAX_RECORD_LINES:
            raise _BadLineError(f"a quote is not closed within {MAX_RECORD_LINES} lines")
        try:
            text = line.data.decode()
        except UnicodeDecodeError as error:
            raise _BadLineError(f"the line is not UTF-8 (byte {error.start + 1} of it)") from error
        if "\0" in text:
            raise _BadLineError("the line has NUL characters in it")
        return text + "\n"

    def recover(self) -> int:
        """Give back all but the first line of the broken row; the number of that first line."""
        first = self.taken[0].number
        self.returned.extendleft(reversed(self.taken[1:]))
        self.taken.clear()
        return first


def read_delimited(lines: Iterator[Line], delimiter: str | None) -> tuple[Header, Iterator[Row | Problem]]:
    """The header, and the rows below it; the delimiter is found out when None is given.

    Raises:
        UnreadableSourceError: there is no header, or it cannot be one.
    """
    first = _first_line(lines)
    sign = delimiter or _delimiter_of(first.data.decode("utf-8", "replace"))
    feeder = _Feeder(lines, returned=deque([first]))
    records = _records(feeder, sign)
    record = next(records, None)
    if not isinstance(record, _Record):
        what = record.message if record is not None else "there is none"
        raise UnreadableSourceError(f"the header cannot be read: {what}", remedy=_NO_HEADER)
    header = Header(tuple(name.strip() for name in record.fields), sign, record.line)
    _check_header(header)
    return header, _rows(records, header)


def _first_line(lines: Iterator[Line]) -> Line:
    for line in lines:
        # Excel's own way of telling the delimiter; RFC 4180 knows nothing of it.
        if line.is_cut or (line.data.strip() and not line.data.lower().startswith(b"sep=")):
            return line
    raise UnreadableSourceError("the file is empty", remedy=_NO_HEADER)


def _delimiter_of(header: str) -> str:
    outside = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _records(feeder: _Feeder, delimiter: str) -> Iterator[_Record | Problem]:
    reader = csv.reader(feeder, delimiter=delimiter, strict=True)
    while True:
        feeder.taken.clear()
        try:
            fields = next(reader)
        except StopIteration:
            return
        except (csv.Error, _BadLineError) as error:
            line = feeder.recover()
            yield row_problem(
                line,
                "TABLE_ROW_UNREADABLE",
                f"the row cannot be read: {error}",
                "Mend the row; others were read.",
            )
            continue
        if fields:
            yield _Record(feeder.taken[0].number, fields)


def _check_header(header: Header) -> None:
    named = [name for name in header.names if name]
    again = sorted({name for name in named if named.count(name) > 1}) if len(named) <= _MAX_COLUMNS else []
    if not named:
        raise UnreadableSourceError("no column has a name", remedy=_NO_HEADER)
    if len(header.names) > _MAX_COLUMNS:
        raise UnreadableSourceError(
            f"the table has {len(header.names)} columns; at most {_MAX_COLUMNS} are read",
            remedy="Check the delimiter; leave columns out.",
        )
    if again:
        raise UnreadableSourceError(
            f"the header names a column twice: {', '.join(map(shown, again))}",
            remedy="Give every column a name of its own.",
        )


def _rows(records: Iterator[_Record | Problem], header: Header) -> Iterator[Row | Problem]:
    names, count = header.names, len(header.names)
    if "" in names:
        yield table_warning(
            f"line {header.line}",
            "TABLE_COLUMN_UNNAMED",
            f"column {names.index('') + 1} has no name; what stands in it is not read",
            "Name the column in the first line, or remove it.",
        )
    for record in records:
        if isinstance(record, Problem):
            yield record
        elif len(record.fields) != count:
            if any(record.fields):
                yield row_problem(
                    record.line,
                    "TABLE_ROW_WIDTH",
                    f"the row has {len(record.fields)} columns, the header {count}",
                    f"Quote values with {header.delimiter!r} or line breaks in them; the row was left out.",
                )
        else:
            yield _row(record, names)


def _row(record: _Record, names: Sequence[str]) -> Row | Problem:
    cells = {
        name: text
        for name, value in zip(names, record.fields, strict=True)
        if name and (text := value.strip())
    }
    may_be_too_long = sum(map(len, record.fields)) * 4 > FIELD_BYTES
    for name, text in cells.items() if may_be_too_long else ():
        if is_too_long(text):
            return row_problem(
                record.line,
                "TABLE_VALUE_TOO_LONG",
                f"the value of {shown(name)} is longer than 64 KB",
                "Shorten it; the row was left out.",
            )
    return Row(record.line, cells)
