"""CSV tables of CIs and of relationships, whose columns are named as the model names things."""

from __future__ import annotations

import gzip

import pytest

from cmdb.inventory.importer import InvalidOptionError, UnreadableSourceError
from cmdb.inventory.observation import ObservedItem, ObservedRelationship, Severity
from tests.unit.importers.reading import READ_AT
from tests.unit.importers.table.tables import read_table, reference


def test_a_row_of_cis_is_one_observation_with_one_item() -> None:
    """Columns are attributes; empty cells are no values; the time is that of reading."""
    reading = read_table("class,name,fqdn,price\nServer,web1,web1.example.org,\nPrinter,p1,,12.50\n")

    assert [
        ObservedItem("row", "Server", {"name": "web1", "fqdn": "web1.example.org"}),
        ObservedItem("row", "Printer", {"name": "p1", "price": "12.50"}),
    ] == [item for observation in reading.observations for item in observation.items]
    assert [("line 2", READ_AT), ("line 3", READ_AT)] == [
        (o.position, o.observed_at) for o in reading.observations
    ]


def test_a_row_of_relationships_is_one_observation_with_one_relationship() -> None:
    """Ends are told by class and name; further columns are attributes of the relationship."""
    reading = read_table(
        "source_class,source,type,target_class,target,redundancy_group,strength\n"
        "Application,Shop,RUNS_ON,Server,web1,web,hard\n"
    )

    assert (
        ObservedRelationship(
            "RUNS_ON",
            reference("Application", name="Shop"),
            reference("Server", name="web1"),
            {"redundancy_group": "web", "strength": "hard"},
        ),
    ) == reading.observations[0].relationships


def test_an_end_may_be_told_by_other_attributes_than_its_name() -> None:
    """`source_fqdn` is the source's fqdn."""
    reading = read_table(
        "source_class,source_fqdn,type,target_class,target\nServer,a.example.org,RUNS_ON,Host,b\n"
    )

    assert reference("Server", fqdn="a.example.org") == reading.observations[0].relationships[0].source


def test_headers_may_be_written_for_people() -> None:
    """Capitals do not matter, blanks and hyphens are underscores, `[]` marks a list."""
    reading = read_table("Class;Name;IP-Addresses[];Support Team\nHost;h1;192.0.2.1; Network\n")

    assert {"name": "h1", "ip_addresses": ["192.0.2.1"], "support_team": "Network"} == reading.host()


def test_a_list_is_separated_by_semicolons() -> None:
    """Blanks around its members do not count."""
    assert ["192.0.2.1", "192.0.2.2"] == read_table(
        "class,ip_addresses[]\nHost,192.0.2.1; 192.0.2.2;\n"
    ).host()["ip_addresses"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(delimiter: str) -> None:
    """By the header; quoted values may hold the others."""
    reading = read_table(
        delimiter.join(["class", "name", '"x,y;z"']) + "\n" + delimiter.join(["Host", "h1", "1"])
    )

    assert {"name": "h1", "x,y;z": "1"} == reading.host()


def test_excels_own_line_about_the_delimiter_is_passed_over() -> None:
    """It is no header."""
    assert {"name": "h1"} == read_table("sep=;\r\nclass;name\r\nHost;h1\r\n").host()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding(encoding: str) -> None:
    """Spreadsheets write one."""
    assert {"name": "Café"} == read_table("class,name\nHost,Café\n".encode(encoding)).host()


def test_the_encoding_may_be_named() -> None:
    """A file without byte order mark is UTF-8 unless said otherwise."""
    assert {"name": "Café"} == read_table(
        "class,name\nHost,Café\n".encode("cp1252"), encoding="cp1252"
    ).host()


def test_a_line_in_another_encoding_is_a_problem_and_the_rest_goes_in() -> None:
    """One bad row costs one row."""
    reading = read_table("class,name\nHost,Café\nHost,h2\n".encode("cp1252"))

    assert {"name": "h2"} == reading.host()
    assert [("TABLE_ROW_UNREADABLE", "line 2")] == [(p.code, p.position) for p in reading.problems]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("Host", "TABLE_ROW_WIDTH"),
        ("Host,h1,extra", "TABLE_ROW_WIDTH"),
        ('Host,"h"1', "TABLE_ROW_UNREADABLE"),
        ('Host,"h1', "TABLE_ROW_UNREADABLE"),
        ("Host,h\x001", "TABLE_ROW_UNREADABLE"),
        ("Host," + "x" * 70_000, "TABLE_VALUE_TOO_LONG"),
        ("Host," + "x" * 2_000_000, "TABLE_ROW_UNREADABLE"),
        (",h1", "TABLE_VALUE_UNFIT"),
    ],
)
def test_a_bad_row_is_a_problem_at_its_line_and_the_good_rows_go_in(row: str, code: str) -> None:
    """Wrong width, broken quotes, NUL, sizes beyond the limits, no class."""
    reading = read_table(f"class,name\nHost,before\n{row}\nHost,after\n")

    assert ["before", "after"] == [item.attributes["name"] for item in reading.items("Host")]
    assert [(code, "line 3", Severity.ERROR)] == [(p.code, p.position, p.severity) for p in reading.problems]


def test_values_may_hold_delimiters_quotes_and_line_breaks() -> None:
    """RFC 4180; positions count lines, not rows."""
    reading = read_table('class,name,description\nHost,h1,"a ""b"",\nc"\nHost,h2,d\n')

    assert ["line 2", "line 4"] == [observation.position for observation in reading.observations]
    assert 'a "b",\nc' == reading.items("Host")[0].attributes["description"]


def test_empty_lines_and_empty_rows_say_nothing() -> None:
    """Spreadsheets leave some at the end."""
    reading = read_table("class,name\n\nHost,h1\n,\n,,\n\n")

    assert (1, []) == (len(reading.observations), reading.codes)


def test_a_table_of_one_class_needs_no_column_for_it() -> None:
    """The class may be an option."""
    assert "Printer" == read_table("name\np1\n", **{"class": "Printer"}).observations[0].items[0].class_name


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "is empty"),
        ("\n  \n", "is empty"),
        ("name,fqdn\nh1,a\n", "CIs need a column 'class'"),
        ("clas,name\nHost,h1\n", "'clas'; did you mean 'class'"),
        ("source,type,target\na,RUNS_ON,b\n", "'source_class'"),
        ("source_class,source,target_class,target,typ\n", "did you mean 'type'"),
        ("class,name,name\nHost,a,b\n", "twice"),
        ("class,support team,support_team\nHost,a,b\n", "same attribute"),
        (",,\na,b,c\n", "no column has a name"),
        ('[{"class": "Host"}]', "JSON array"),
        ("<html></html>", "XML or HTML"),
        ("class,name\x00\nHost,a\n", "NUL"),
        (",".join(f"c{i}" for i in range(1001)) + "\n", "1001 columns"),
    ],
)
def test_a_file_that_is_no_table_is_refused(data: str, words: str) -> None:
    """Nothing of it can be used; the message says what was seen."""
    with pytest.raises(UnreadableSourceError) as caught:
        read_table(data)

    assert words in caught.value.message


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"delimeter": ";"}, "did you mean 'delimiter'"),
        ({"delimiter": "#"}, "delimiter is comma"),
        ({"format": "xlsx"}, "format is csv or jsonl"),
        ({"encoding": "utf8x"}, "not known"),
        ({"encoding": "rot13"}, "not known"),
        ({"class": "Host", "mapping": "class: Host"}, "in the mapping"),
    ],
)
def test_a_wrong_option_is_refused(options: dict[str, str], words: str) -> None:
    """Before anything is read."""
    with pytest.raises(InvalidOptionError) as caught:
        read_table("class,name\nHost,h1\n", **options)

    assert words in caught.value.message


def test_a_column_without_a_name_is_told_once() -> None:
    """What stands in it has no meaning."""
    reading = read_table("class,name,\nHost,a,x\nHost,b,y\n")

    assert 2 == len(reading.observations)
    assert [("TABLE_COLUMN_UNNAMED", Severity.WARNING)] == [(p.code, p.severity) for p in reading.problems]


def test_a_gzip_file_cut_off_gives_the_rows_before_the_cut() -> None:
    """And a problem that says so."""
    packed = gzip.compress(("class,name\n" + "".join(f"Host,h{i}-{i * i}\n" for i in range(20_000))).encode())

    reading = read_table(packed[: len(packed) // 2])

    assert 1000 < len(reading.observations) < 20_000
    assert ["SOURCE_CUT_SHORT"] == reading.codes


def test_rows_swallowed_by_a_quote_that_is_never_closed_are_given_back() -> None:
    """One bad quote costs one row, however far the next quote is."""
    rows = "".join(f"Host,h{i}\n" for i in range(1000))

    reading = read_table(f'class,name\nHost,"bad\n{rows}')

    assert 1000 == len(reading.observations)
    assert [("TABLE_ROW_UNREADABLE", "line 2")] == [(p.code, p.position) for p in reading.problems]
