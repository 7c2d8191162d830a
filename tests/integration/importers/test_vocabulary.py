"""The importers speak of classes, attributes and relationship types that the model has."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from cmdb.inventory.observation import Observation, Reference
from cmdb.model.load import load_model
from cmdb.model.types import Model
from cmdb_importers.nmap import NmapImporter
from tests.integration.importers.conversions import NetBox, compose_services, netbox_tables
from tests.integration.importers.test_tables import read_table
from tests.shared_data import shared_data
from tests.unit.importers.reading import read

OFFICE = Path(__file__).resolve().parents[3] / "examples" / "small-office"


@pytest.fixture(scope="module")
def model() -> Model:
    """The model as it is delivered."""
    return load_model()


def strange_names(model: Model, observations: Iterable[Observation]) -> set[str]:
    """Classes, attributes, types and ends that the model does not have."""
    strange: set[str] = set()
    for observation in observations:
        classes = {item.key: item.class_name for item in observation.items}
        for item in observation.items:
            strange |= unknown_attributes(model, item.class_name, item.attributes)
        for link in observation.relationships:
            ends = [classes[e] if isinstance(e, str) else e.class_name for e in (link.source, link.target)]
            for end in (link.source, link.target):
                if isinstance(end, Reference):
                    strange |= unknown_attributes(model, end.class_name, end.attributes)
            kind = model.relationship_types.get(link.type)
            if kind is None or not any(
                may_be(model, ends[0], source) and may_be(model, ends[1], target)
                for source, target in kind.ends
            ):
                strange.add(f"{ends[0]} {link.type} {ends[1]}")
    return strange


def may_be(model: Model, given: str, wanted: str) -> bool:
    """True when a CI named by one class may be of the other: a reference may name a class above."""
    return model.is_a(given, wanted) or model.is_a(wanted, given)


def unknown_attributes(model: Model, class_name: str, attributes: Iterable[str]) -> set[str]:
    """Attributes that the class does not have."""
    if class_name not in model.classes:
        return {class_name}
    return {f"{class_name}.{name}" for name in attributes if name not in model.classes[class_name].attributes}


def test_the_sample_scans(model: Model) -> None:
    """Every name the nmap importer uses is the model's."""
    for path in shared_data("nmap").iterdir():
        assert set() == strange_names(model, read(NmapImporter(), path.read_bytes()).observations), path.name


@pytest.mark.parametrize("file", ["office-scan.xml", "office-scan-ipv6.xml"])
def test_the_scans_of_the_example(model: Model, file: str) -> None:
    """The demo's scan has paths through routers."""
    reading = read(NmapImporter(), (OFFICE / file).read_bytes())

    assert set() == strange_names(model, reading.observations)
    assert () == reading.problems
    assert [] != reading.items("Router")


def test_the_conversions(model: Model) -> None:
    """NetBox and docker-compose data is put into the model's terms."""
    tables = netbox_tables(NetBox(shared_data("discovery", "netbox", "netbox-demo-v3.6.json.gz")))
    tables.append(
        compose_services(shared_data("topology", "socialNetwork.docker-compose.yml"), "socialNetwork")
    )

    for table in tables:
        assert set() == strange_names(model, read_table(table).observations), table.name
