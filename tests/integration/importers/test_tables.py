"""Data of other programs goes through the table importer after a small conversion."""

from __future__ import annotations

from collections import Counter

from cmdb.inventory.observation import Reference
from cmdb_importers.table import TableImporter
from tests.integration.importers.conversions import (
    NetBox,
    Table,
    compose_services,
    debian_dependencies,
    debian_edges,
    debian_packages,
    netbox_tables,
)
from tests.shared_data import shared_data
from tests.unit.importers.reading import Reading, read


def read_table(table: Table) -> Reading:
    """What the importer makes of a converted table."""
    return read(TableImporter(), table.data, **table.options)


def counts(reading: Reading) -> Counter[str]:
    """How many items of each class and relationships of each type."""
    found = Counter(item.class_name for observation in reading.observations for item in observation.items)
    found.update(link.type for observation in reading.observations for link in observation.relationships)
    return found


def test_netbox() -> None:
    """Every device, machine, site, rack, interface and cable of NetBox's demo data arrives.

    Of the cables' ends, 102 are at interfaces and 32 at circuits; 30 of these lead to ports of patch panels, which are
    no CIs.
    """
    box = NetBox(shared_data("discovery", "netbox", "netbox-demo-v3.6.json.gz"))

    readings = {table.name: read_table(table) for table in netbox_tables(box)}

    assert [] == [problem for reading in readings.values() for problem in reading.problems]
    total = sum(map(counts, readings.values()), Counter[str]())
    classes = {"Router", "Switch", "Server", "PowerDistributionUnit", "Peripheral"}
    assert {
        "devices": 72,
        "Site": 24,
        "Rack": 42,
        "Cluster": 32,
        "VirtualMachine": 180,
        "Circuit": 29,
        "NetworkInterface": 1586 + 720,
        "INTERFACE_OF": 1586 + 720,
        "RUNS_ON": 180,
        "LOCATED_IN": 72 + 42,
    } == {
        "devices": sum(total[name] for name in classes),
        **{name: total[name] for name in total if name not in classes | {"CONNECTED_TO"}},
    }
    assert total["CONNECTED_TO"] == (102 + 32 - 24 - 6) // 2


def test_netbox_references_name_what_was_imported() -> None:
    """Nothing points at a CI that no table makes, and names are unique within a class."""
    box = NetBox(shared_data("discovery", "netbox", "netbox-demo-v3.6.json.gz"))
    observations = [each for table in netbox_tables(box) for each in read_table(table).observations]
    names = [item.attributes["name"] for each in observations for item in each.items]

    referenced = {
        end.attributes["name"]
        for each in observations
        for link in each.relationships
        for end in (link.source, link.target)
        if isinstance(end, Reference)
    }

    assert set() == referenced - set(names)
    assert [] == [name for name, times in Counter(map(str, names)).items() if times > 1]


def test_debian_packages() -> None:
    """63,440 packages as they lie in the archive, packed and with tabs."""
    packages = shared_data("topology", "bookworm_main_amd64_packages.tsv.gz")

    reading = read_table(debian_packages(packages))

    assert [] == list(reading.problems)
    assert {"Software": 63_440} == counts(reading)


def test_debian_dependencies() -> None:
    """Every distinct dependency between packages becomes a relationship."""
    packages = shared_data("topology", "bookworm_main_amd64_packages.tsv.gz")
    edges = debian_edges(packages, shared_data("topology", "bookworm_main_amd64_depends.tsv.gz"))

    reading = read_table(debian_dependencies(edges))

    assert [] == list(reading.problems)
    assert {"DEPENDS_ON": len(edges)} == counts(reading)
    assert len(edges) > 200_000


def test_docker_compose() -> None:
    """27 services and the 19 dependencies between them."""
    reading = read_table(
        compose_services(shared_data("topology", "socialNetwork.docker-compose.yml"), "socialNetwork")
    )

    assert [] == list(reading.problems)
    assert {"Container": 27, "DEPENDS_ON": 19} == counts(reading)
