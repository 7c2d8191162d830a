"""The small office's tables, story and scans tell one consistent tale."""

from __future__ import annotations

import csv
import importlib
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

OFFICE = Path(__file__).resolve().parents[3] / "examples" / "small-office"
SCANS = ("office-scan.xml", "office-scan-ipv6.xml", "office-scan-later.xml")
CI_TABLES = ("services.csv", "people.csv", "machines.csv")


def rows(table: str) -> list[dict[str, str]]:
    with (OFFICE / table).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def all_cis() -> list[tuple[str, str]]:
    return [(row["class"], row["name"]) for table in CI_TABLES for row in rows(table)]


def links() -> set[tuple[str, str, str]]:
    return {(row["source"], row["type"], row["target"]) for row in rows("relationships.csv")}


def story() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((OFFICE / "story.yaml").read_text(encoding="utf-8"))
    return told


def hosts(scan: str) -> list[ET.Element]:
    return ET.parse(OFFICE / scan).getroot().findall("host")


def host_names(scan: str) -> set[str]:
    return {str(name.get("name")) for host in hosts(scan) for name in host.findall("hostnames/hostname")}


def dependencies() -> dict[str, set[str]]:
    """What each CI needs: by the table, and by the router in front of each host of the scan."""
    needs: dict[str, set[str]] = defaultdict(set)
    for row in rows("relationships.csv"):
        if row["type"] in {"DEPENDS_ON", "RUNS_ON"}:
            needs[row["source"]].add(row["target"])
    for host in hosts("office-scan.xml"):
        way = [str(hop.get("host")) for hop in host.findall("trace/hop")]
        for router, behind in pairwise(way):
            needs[behind].add(router)
    return needs


def reached_from(needs: dict[str, set[str]]) -> Callable[[str], set[str]]:
    def upstream(name: str) -> set[str]:
        found, waiting = {name}, [name]
        while waiting:
            more = needs[waiting.pop()] - found
            found |= more
            waiting += more
        return found

    return upstream


def open_endpoints(scan: str) -> dict[tuple[str, str], str]:
    """Product (or service) by host name and ``protocol/port``, of what is open."""
    found = {}
    for host in hosts(scan):
        fqdn = host.find("hostnames/hostname")
        for port in host.findall("ports/port"):
            state, service = port.find("state"), port.find("service")
            assert fqdn is not None
            assert state is not None
            assert service is not None
            if state.get("state") == "open":
                end = (str(fqdn.get("name")), f"{port.get('protocol')}/{port.get('portid')}")
                found[end] = str(service.get("product") or service.get("name"))
    return found


def address_and_name(scan: str, mac: str) -> tuple[str, str]:
    """The IPv4 address and the short name of the one host with that MAC."""
    (host,) = [host for host in hosts(scan) if host.find(f"address[@addr='{mac}']") is not None]
    address, name = host.find("address[@addrtype='ipv4']"), host.find("hostnames/hostname")
    assert address is not None
    assert name is not None
    return str(address.get("addr")), str(name.get("name")).partition(".")[0]


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The lab's own description of the company."""
    monkeypatch.syspath_prepend(str(OFFICE))
    return importlib.import_module("lab.company")


def test_no_configuration_item_is_told_twice() -> None:
    """Class and name together occur once over all tables."""
    assert [] == [ci for ci, times in Counter(all_cis()).items() if times > 1]


def test_both_ends_of_every_relationship_are_in_the_tables() -> None:
    """A relationship names configuration items that the tables bring."""
    known = set(all_cis())
    ends = {
        (row[f"{end}_class"], row[end]) for row in rows("relationships.csv") for end in ("source", "target")
    }
    assert set() == ends - known


def test_no_relationship_is_told_twice() -> None:
    """Source, type and target together occur once."""
    assert len(rows("relationships.csv")) == len(links())


@pytest.mark.parametrize("table", ["services.csv", "machines.csv"])
def test_owner_and_support_team_agree_with_the_relationships(table: str) -> None:
    """The owner and the support team of a row are linked to it as well."""
    expected = {(row["name"], "OWNED_BY", row["owner"]) for row in rows(table)}
    expected |= {(row["name"], "SUPPORTED_BY", row["support_team"]) for row in rows(table)}
    assert set() == expected - links()


def test_a_redundancy_group_needs_fewer_members_than_it_has() -> None:
    """Every redundancy group can lose a member, and says the same number in each row."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows("relationships.csv"):
        if row["redundancy_group"]:
            groups[row["source"], row["redundancy_group"]].append(int(row["redundancy_needed"]))
    assert groups
    for needed in groups.values():
        assert len(set(needed)) == 1
        assert needed[0] < len(needed)


def test_every_machine_of_the_table_was_scanned_under_its_name() -> None:
    """The asset table names machines exactly as the scan does."""
    assert set() == {row["fqdn"] for row in rows("machines.csv")} - host_names("office-scan.xml")


@pytest.mark.parametrize(
    ("scan", "round_"), [("office-scan.xml", "first"), ("office-scan-later.xml", "later")]
)
def test_the_scan_holds_exactly_the_machines_of_its_round(
    company: ModuleType, scan: str, round_: str
) -> None:
    """What the lab switched on is what the committed scan shows."""
    assert {machine.fqdn for machine in company.machines(round_)} == host_names(scan)


def test_mac_addresses_are_globally_administered_and_unique(company: ModuleType) -> None:
    """Each port's MAC looks like a manufacturer's: neither multicast nor locally administered."""
    macs = [port.mac for machine in company.machines("first") for port in machine.ports]
    assert len(macs) == len(set(macs))
    assert [] == [mac for mac in macs if int(mac[:2], 16) & 0b11]


@pytest.mark.parametrize("scan", SCANS)
def test_a_scan_shows_no_folder_of_the_machine_it_was_made_on(scan: str) -> None:
    """The command line in the XML carries a bare file name."""
    root = ET.parse(OFFICE / scan).getroot()
    assert f"-oX {scan} " in str(root.get("args"))


@pytest.mark.parametrize("scan", ["office-scan.xml", "office-scan-later.xml"])
def test_every_printer_is_reached_through_the_printer_router(scan: str) -> None:
    """The traceroute of each printer has rtr-print as its last hop but one."""
    before = [
        [hop.get("host") for hop in host.findall("trace/hop")][-2]
        for host in hosts(scan)
        if any(str(name.get("name")).startswith("prn-") for name in host.findall("hostnames/hostname"))
    ]
    assert ["rtr-print.office.example"] * 3 == before


def test_the_later_scan_shows_each_change_the_guide_names() -> None:
    """Machines came and went, one was renamed, one moved, a server changed and a port was closed."""
    before, after = (open_endpoints(scan) for scan in ("office-scan.xml", "office-scan-later.xml"))
    came = {f"{name}.office.example" for name in ("db2", "pc-chen", "pc-frontdesk")}
    gone = {f"{name}.office.example" for name in ("pc-branch2", "pc-reception")}
    assert came == {fqdn for fqdn, _ in after} - {fqdn for fqdn, _ in before}
    assert gone == {fqdn for fqdn, _ in before} - {fqdn for fqdn, _ in after}
    stayed = {end for end in before.keys() | after.keys() if end[0] not in came | gone}
    changed = {end: (before.get(end), after.get(end)) for end in stayed if before.get(end) != after.get(end)}
    assert {
        ("intranet.office.example", "tcp/80"): ("lighttpd", "nginx"),
        ("intranet.office.example", "tcp/443"): (None, "nginx"),
        ("files1.office.example", "tcp/21"): ("vsftpd", None),
    } == changed


@pytest.mark.parametrize(
    ("mac", "before", "after"),
    [
        ("54:EE:75:7B:21:03", ("10.20.20.103", "pc-reception"), ("10.20.20.103", "pc-frontdesk")),
        ("54:EE:75:7B:21:04", ("10.20.20.104", "pc-sales"), ("10.20.20.117", "pc-sales")),
    ],
)
def test_a_renamed_and_a_moved_workstation_keep_their_mac(
    mac: str, before: tuple[str, str], after: tuple[str, str]
) -> None:
    """The MAC is what tells that it is the same machine."""
    assert before == address_and_name("office-scan.xml", mac)
    assert after == address_and_name("office-scan-later.xml", mac)


def test_the_story_is_about_configuration_items_of_the_tables() -> None:
    """What incidents affect, changes touch and people saw working is in the tables."""
    told = story()
    records = told["records"]
    named = [ci for record in records for kind in ("affects", "touches") for ci in record.get(kind, [])]
    named += [record[role] for record in records for role in ("requested_by", "assigned_to")]
    named += told["healthy"]
    assert named
    assert set() == {(ci["class"], ci["name"]) for ci in named} - set(all_cis())


def test_the_story_links_and_reports_by_known_keys_and_people() -> None:
    """Links join records of the story; whoever reports one is a person of the tables."""
    told = story()
    keys = {record["key"] for record in told["records"]}
    assert set() == {link[end] for link in told["links"] for end in ("source", "target")} - keys
    people = {("Person", row["name"]) for row in rows("people.csv")}
    reporters = {record["attributes"].get("reported_by") for record in told["records"]} - {None}
    assert set() == {("Person", name) for name in reporters} - people


def test_only_the_printer_router_explains_the_story() -> None:
    """Upstream of every incident, and of nothing that people saw working, is rtr-print alone."""
    told = story()
    upstream = reached_from(dependencies())
    incidents = [record for record in told["records"] if record["type"] == "Incident"]
    explains = set.intersection(*(upstream(record["affects"][0]["name"]) for record in incidents))
    cleared = set.union(*(upstream(ci["name"]) for ci in told["healthy"]))
    assert {"rtr-core.office.example", "rtr-print.office.example"} == explains
    assert {"rtr-print.office.example"} == explains - cleared


@pytest.mark.skipif(sys.platform != "linux", reason="the lab is Linux's; elsewhere it refuses for that")
def test_without_root_the_script_says_so_in_one_line(tmp_path: Path) -> None:
    """Whoever is not root is told to use sudo, without a traceback."""
    script = tmp_path / "small-office"
    script.mkdir()
    for source in OFFICE.rglob("*.py"):
        copy = script / source.relative_to(OFFICE)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(source.read_bytes())
    as_a_user = (
        "import os, runpy, sys; os.geteuid = lambda: 1000; sys.path.insert(0, os.getcwd()); "
        "sys.argv = ['scan.py']; runpy.run_path('scan.py', run_name='__main__')"
    )
    done = subprocess.run(
        (sys.executable, "-c", as_a_user),
        cwd=script,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (1, "") == (done.returncode, done.stdout)
    assert "scan.py: only root may create network namespaces; run it with sudo\n" == done.stderr
