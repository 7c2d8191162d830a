"""The nmap importer: a scan in, a stream of observations out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.parsers import expat

from cmdb.inventory.importer import Source, UnreadableSourceError
from cmdb.inventory.observation import Observation, Problem, Severity
from cmdb_importers.nmap.host import is_proven, is_up, read_host
from cmdb_importers.nmap.parser import Element, NmapParser
from cmdb_importers.nmap.paths import Paths
from cmdb_importers.nmap.ports import EndpointReader
from cmdb_importers.text import clean, shown
from cmdb_importers.unpacking import DEFAULT_LIMITS, Limits, SourceCutShortError, read_chunks

_SCAN_AGAIN = "What stands before it was read; make the scan again, or import the whole file."


class NmapImporter:
    """Reads `nmap -oX`, plain or gzip, in memory that does not grow with the number of hosts.

    Every host that is up becomes one observation: the host, its interfaces and addresses, and its endpoints.
    Paths through the network come at the end, when all hops are known.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits

    @property
    def description(self) -> str:
        """One sentence for `cmdb import --help`."""
        return "Hosts, addresses, endpoints and network paths from the XML of nmap (-oX), plain or gzip."

    @property
    def options(self) -> Mapping[str, str]:
        """The options it understands: none."""
        return {}

    def read(self, source: Source) -> Iterator[Observation | Problem]:
        """Observations in the order of the file.

        A file that breaks off gives every complete host, and a problem that says where it stopped.

        Raises:
            UnreadableSourceError: it is empty, not XML, not nmap's, or declares entities.
        """
        parser, run = NmapParser(), _Run(source)
        stopped: Problem | None = None
        try:
            for chunk in read_chunks(source.stream, self._limits):
                parser.feed_chunk(chunk)
                yield from run.observe(parser)
            parser.finish()
        except (expat.ExpatError, SourceCutShortError) as error:
            stopped = _stopped(parser, error, source.name)
        yield from run.observe(parser)
        yield from run.paths.observations()
        yield from _about_the_run(parser, run.unproven)
        if stopped is not None:
            yield stopped


class _Run:
    """What is known from host to host: paths, services, and how many addresses are hosts by order only."""

    def __init__(self, source: Source) -> None:
        self.paths = Paths()
        self.unproven = 0
        self._endpoints = EndpointReader()
        self._read_at = source.read_at

    def observe(self, parser: NmapParser) -> Iterator[Observation | Problem]:
        """What the hosts completed since the last call tell."""
        started = parser.run.get("start", "") if parser.run is not None else ""
        for host in parser.take_hosts():
            if not is_up(host):
                continue
            if not is_proven(host):
                self.unproven += 1
                continue
            reading = read_host(host, started, self._read_at, self._endpoints, self.paths)
            yield from reading.problems
            if reading.observation is not None:
                yield reading.observation


def _stopped(parser: NmapParser, error: Exception, name: str) -> Problem:
    """Why and where the reading stopped.

    Raises:
        UnreadableSourceError: not even nmap's outermost element was found.
    """
    what = expat.ErrorString(error.code) if isinstance(error, expat.ExpatError) else str(error)
    if parser.run is None:
        seen = (
            "is empty" if what == "no element found" and parser.byte <= 0 else f"is not XML of nmap: {what}"
        )
        raise UnreadableSourceError(
            f"{name} {seen}", remedy="Give the file that `nmap -oX FILE` wrote."
        ) from error
    place = f"line {parser.line}, byte {parser.byte}"
    if parser.is_at_end:
        code, seen = "NMAP_CUT_OFF", "the file ends before the scan does"
    else:
        code, seen = "NMAP_DAMAGED", f"the file is damaged: {what}"
    return Problem(place, code, f"{seen}; {_last_complete(parser)}", _SCAN_AGAIN)


def _last_complete(parser: NmapParser) -> str:
    if parser.last_host is None:
        return "no host is complete"
    return f"complete are {parser.hosts_read} hosts, the last one {_address(parser.last_host)}"


def _address(host: Element) -> str:
    addresses = [shown(address.get("addr")) for address in host.all("address")]
    return f"{addresses[0] if addresses else 'without address'} (line {host.line})"


def _about_the_run(parser: NmapParser, unproven: int) -> Iterator[Problem]:
    finished = parser.finished or {}
    if finished.get("errormsg") or finished.get("exit") == "error":
        yield Problem(
            f"line {parser.line}",
            "NMAP_SCAN_FAILED",
            f"nmap reports that the scan failed: {shown(clean(finished.get('errormsg', 'no reason given')), 500)}",
            "The hosts it did finish were read; make the scan again.",
            Severity.WARNING,
        )
    if unproven:
        yield Problem(
            "whole file",
            "NMAP_HOSTS_UNPROVEN",
            f"{unproven} addresses count as up only because nmap was told so (-Pn), and nothing answered",
            "They are no CIs; scan without -Pn to learn which of them exist.",
            Severity.WARNING,
        )
