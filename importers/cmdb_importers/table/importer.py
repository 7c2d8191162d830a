"""The table importer: CSV or JSON Lines in, a stream of observations out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from cmdb.inventory.importer import InvalidOptionError, Source, UnreadableSourceError
from cmdb.inventory.observation import Observation, Problem
from cmdb_importers.table.delimited import DELIMITERS, Header, read_delimited
from cmdb_importers.table.json_lines import read_json_lines
from cmdb_importers.table.lines import Line, check_encoding, read_lines
from cmdb_importers.table.mapping import TableMapping
from cmdb_importers.table.observe import RowReader
from cmdb_importers.table.plain import plain_mapping
from cmdb_importers.table.row import Row, row_problem, table_warning
from cmdb_importers.text import did_you_mean, shown
from cmdb_importers.unpacking import DEFAULT_LIMITS, Limits, SourceCutShortError, read_chunks

_DELIMITER_NAMES = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
_OPTIONS = {
    "mapping": "The column mapping, as YAML text.",
    "mapping_name": "What messages call the mapping, e.g. its file.",
    "class": "The class of every row, for a table without a column 'class'.",
    "format": "csv or jsonl; found out when left open.",
    "delimiter": "comma, semicolon, tab or pipe; found out when left open.",
    "encoding": "The encoding of a file without byte order mark, e.g. cp1252; UTF-8 when left open.",
}
_MAPPING_REMEDY = "Name the columns after the model's attributes, or give a mapping."


class TableImporter:
    """Reads tables of CIs and of relationships, plain or gzip, in constant memory.

    Without a mapping the columns are named as the model names things: `class` and attributes for CIs;
    `source_class`, `source`, `type`, `target_class`, `target` and link attributes for relationships. A JSON Lines
    file may hold both kinds, line by line.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits

    @property
    def description(self) -> str:
        """One sentence for `cmdb import --help`."""
        return "CIs and relationships from tables: CSV or JSON Lines, plain or gzip, with a column mapping in YAML."

    @property
    def options(self) -> Mapping[str, str]:
        """The options it understands, each with one sentence of explanation."""
        return dict(_OPTIONS)

    def read(self, source: Source) -> Iterator[Observation | Problem]:
        """One observation for each row that can be read, in the order of the file.

        Raises:
            UnreadableSourceError: it is empty, has no header, or its columns fit nothing.
            InvalidOptionError: an option or the mapping is wrong.
        """
        options = _checked(source.options)
        mapping = _mapping(options)
        encoding = check_encoding(options.get("encoding", "utf-8"))
        lines = read_lines(read_chunks(source.stream, self._limits), encoding)
        try:
            yield from _read(lines, options, mapping, source.read_at)
        except SourceCutShortError as error:
            yield Problem("where the file ends", error.code, error.message, error.remedy)


def _read(
    lines: Iterator[Line], options: Mapping[str, str], mapping: TableMapping | None, read_at: str
) -> Iterator[Observation | Problem]:
    first = next((line for line in lines if line.data.strip() or line.is_cut), None)
    if first is None:
        raise UnreadableSourceError("the file is empty", remedy="Give a table with a header, or JSON Lines.")
    start = first.data.lstrip()
    lines = chain([first], lines)
    if options.get("format", "jsonl" if start.startswith(b"{") else "csv") == "jsonl":
        yield from _json_rows(read_json_lines(lines), options, mapping, read_at)
    elif start.startswith((b"[", b"<")):
        kind = "a JSON array" if start.startswith(b"[") else "XML or HTML"
        raise UnreadableSourceError(
            f"the file looks like {kind}, not like a table", remedy="Write one JSON object a line, or CSV."
        )
    else:
        delimiter = _DELIMITER_NAMES.get(options.get("delimiter", ""), options.get("delimiter"))
        header, rows = read_delimited(lines, delimiter)
        yield from _csv_rows(header, rows, options, mapping, read_at)


def _csv_rows(
    header: Header,
    rows: Iterator[Row | Problem],
    options: Mapping[str, str],
    mapping: TableMapping | None,
    read_at: str,
) -> Iterator[Observation | Problem]:
    columns = [name for name in header.names if name]
    if mapping is None:
        found = plain_mapping(columns, options.get("class"), ends_may_be_objects=False)
        if isinstance(found, str):
            raise UnreadableSourceError(found, remedy=_MAPPING_REMEDY)
        mapping = found
    else:
        yield from _compare(mapping, header, options.get("mapping_name", "mapping"))
    reader = RowReader(mapping, read_at)
    for row in rows:
        result = row if isinstance(row, Problem) else reader.read(row)
        if result is not None:
            yield result


def _json_rows(
    rows: Iterator[Row | Problem], options: Mapping[str, str], mapping: TableMapping | None, read_at: str
) -> Iterator[Observation | Problem]:
    """Without a mapping each row speaks for itself; rows with the same keys share one reader."""
    readers: dict[tuple[str, ...], RowReader | str] = {}
    unknown: set[str] = set()
    mapped = RowReader(mapping, read_at) if mapping is not None else None
    known = frozenset([*mapping.columns(), *mapping.ignored]) if mapping is not None else frozenset[str]()
    for row in rows:
        if isinstance(row, Problem):
            yield row
            continue
        reader: RowReader | str
        if mapped is not None:
            new = [name for name in row.cells if name not in known and name not in unknown]
            unknown.update(new[:1000])
            if new and len(unknown) < 1000:
                yield _unmapped(new, known, f"line {row.line}")
            reader = mapped
        else:
            reader = _reader_for(tuple(row.cells), readers, options.get("class"), read_at)
        if isinstance(reader, str):
            yield row_problem(row.line, "TABLE_COLUMNS_UNFIT", reader, _MAPPING_REMEDY)
        elif (result := reader.read(row)) is not None:
            yield result


def _reader_for(
    columns: tuple[str, ...], readers: dict[tuple[str, ...], RowReader | str], fixed: str | None, read_at: str
) -> RowReader | str:
    reader = readers.get(columns)
    if reader is None:
        found = plain_mapping(columns, fixed, ends_may_be_objects=True)
        reader = found if isinstance(found, str) else RowReader(found, read_at)
        if len(readers) < 1000:
            readers[columns] = reader
    return reader


def _compare(mapping: TableMapping, header: Header, name: str) -> Iterator[Problem]:
    """A mapped column that is not there is a mistake; a column that nobody mapped is worth a word.

    Raises:
        InvalidOptionError: the mapping speaks of columns that the table does not have.
    """
    present = frozenset(header.names) - {""}
    known = frozenset(mapping.columns())
    missing = sorted(known - present)
    if missing:
        raise InvalidOptionError(
            "\n".join(
                f"{name}:{mapping.lines.get(column, 1)}: the table has no column {shown(column)}"
                + did_you_mean(column, present)
                for column in missing
            )
        )
    unmapped = [column for column in header.names if column and column not in known | mapping.ignored]
    if unmapped:
        yield _unmapped(unmapped, known, f"line {header.line}")


def _unmapped(columns: list[str], known: frozenset[str], place: str) -> Problem:
    return table_warning(
        place,
        "TABLE_COLUMN_UNMAPPED",
        f"not in the mapping, and so not read: {', '.join(shown(c) + did_you_mean(c, known) for c in columns[:20])}",
        "Map these columns, or list them under `ignore`.",
    )


def _checked(options: Mapping[str, str]) -> Mapping[str, str]:
    for name in options:
        if name not in _OPTIONS:
            raise InvalidOptionError(f"there is no option {shown(name)}{did_you_mean(name, _OPTIONS)}")
    if options.get("format", "csv") not in {"csv", "jsonl"}:
        raise InvalidOptionError(f"format is csv or jsonl, not {shown(options['format'])}")
    delimiter = options.get("delimiter", ",")
    if delimiter not in {*DELIMITERS, *_DELIMITER_NAMES}:
        raise InvalidOptionError(f"delimiter is comma, semicolon, tab or pipe, not {shown(delimiter)}")
    if "class" in options and "mapping" in options:
        raise InvalidOptionError("give the class in the mapping when there is one, not as an option")
    return options


def _mapping(options: Mapping[str, str]) -> TableMapping | None:
    text = options.get("mapping")
    if text is None:
        return None
    from cmdb_importers.table.read_mapping import read_mapping

    return read_mapping(text, options.get("mapping_name", "mapping"))
