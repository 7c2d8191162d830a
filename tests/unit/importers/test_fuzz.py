"""Whatever the bytes, an importer gives observations, problems and its own errors, and nothing else."""

from __future__ import annotations

import gzip

from hypothesis import example, given, settings
from hypothesis import strategies as st

from cmdb.inventory.importer import Importer
from cmdb.inventory.observation import Observation, ObservedItem, Problem
from cmdb.kernel.errors import CmdbError
from cmdb_importers.nmap import NmapImporter
from cmdb_importers.table import TableImporter
from tests.unit.importers.nmap.scans import host, port, ports, scan
from tests.unit.importers.reading import read

SCAN = scan(
    host(
        '<address addr="00:1B:21:AA:00:01" addrtype="mac" vendor="Intel"/>'
        '<hostnames><hostname name="a.example.org" type="PTR"/></hostnames>'
        + ports(
            port(22, '<service name="ssh" product="OpenSSH" conf="10"><cpe>cpe:/a:b:c</cpe></service>'),
            port(22, '<script id="ssh-hostkey"><table><elem key="key">AAAA</elem></table></script>'),
            port(53, protocol="udp", state="closed"),
        )
        + '<os><osmatch name="L" accuracy="95"><osclass type="router" accuracy="95"/></osmatch></os>'
        '<uptime seconds="100"/><distance value="2"/><trace><hop ttl="1" ipaddr="10.0.0.1" host="gw"/></trace>'
    )
)
CSV = b'class,name,"ip addresses[]"\nServer,"a ""b""",192.0.2.1;192.0.2.2\nPrinter,p,\n'
JSON = b'{"class": "Host", "name": "a", "tags": ["x"]}\n{"source": {"class": "A", "name": "b"}, "type": "T", "target_class": "C", "target": "d"}\n{"class": "A", "name": "b", "relationships": [{"type": "T", "target": {"class": "B", "name": "c"}}]}\n'
MAPPING = """class: {column: class, values: {Server: Host}, others: keep}
attributes: {name: name, tags: {constant: [a]}}
relationships: [{type: RUNS_ON, target: {class: Host, attributes: {fqdn: name}, separator: ","}}]
"""


@st.composite
def mutated(draw: st.DrawFn, original: bytes) -> bytes:
    """The original with a few spans cut out, doubled or overwritten."""
    data = bytearray(original)
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, max(len(data) - 1, 0)))
        end = min(start + draw(st.integers(0, 40)), len(data))
        data[start:end] = draw(
            st.one_of(st.just(b""), st.just(bytes(data[start:end] * 2)), st.binary(max_size=8))
        )
    return gzip.compress(bytes(data)) if draw(st.booleans()) and draw(st.booleans()) else bytes(data)


def check(importer: Importer, data: bytes, **options: str) -> None:
    """Observations hold together: keys are unique, and relationships name items that are there."""
    try:
        reading = read(importer, data, **options)
    except CmdbError:
        return
    for observation in reading.observations:
        check_observation(observation)
    for problem in reading.problems:
        assert isinstance(problem, Problem)
        assert problem.message


def check_observation(observation: Observation) -> None:
    """One observation."""
    keys = [item.key for item in observation.items]
    assert len(set(keys)) == len(keys)
    assert all(isinstance(item, ObservedItem) and item.class_name for item in observation.items)
    for link in observation.relationships:
        for end in (link.source, link.target):
            assert not isinstance(end, str) or end in keys
        assert link.source != link.target


@given(st.binary(max_size=400))
@example(b"\x1f\x8b")
@example(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x00")
@settings(max_examples=300, deadline=None)
def test_any_bytes(data: bytes) -> None:
    """Bytes that mean nothing."""
    check(NmapImporter(), data)
    check(TableImporter(), data)


@given(mutated(SCAN))
@settings(max_examples=500, deadline=None)
def test_damaged_scans(data: bytes) -> None:
    """Scans with some bytes changed."""
    check(NmapImporter(), data)


@given(mutated(CSV), st.sampled_from([{}, {"mapping": MAPPING}, {"class": "Host"}, {"encoding": "utf-16"}]))
@settings(max_examples=400, deadline=None)
def test_damaged_tables(data: bytes, options: dict[str, str]) -> None:
    """CSV with some bytes changed."""
    check(TableImporter(), data, **options)


@given(mutated(JSON), st.sampled_from([{}, {"mapping": MAPPING}, {"format": "jsonl"}]))
@settings(max_examples=400, deadline=None)
def test_damaged_json_lines(data: bytes, options: dict[str, str]) -> None:
    """JSON Lines with some bytes changed."""
    check(TableImporter(), data, **options)


@given(mutated(MAPPING.encode()))
@settings(max_examples=400, deadline=None)
def test_damaged_mappings(mapping: bytes) -> None:
    """Mappings with some bytes changed."""
    check(TableImporter(), CSV, mapping=mapping.decode("utf-8", "surrogateescape"))
