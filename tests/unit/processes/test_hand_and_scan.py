"""What is made by hand and what a scan sees are one CI."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cmdb.graph.from_model import graph_schema
from cmdb.graph.query import NodeQuery
from cmdb.graph.store import GraphStore
from cmdb.inventory.engine import InventoryEngine, RunOptions
from cmdb.inventory.observation import Observation, ObservedItem, ObservedRelationship
from cmdb.kernel.values import Value
from cmdb.processes.configuration.items import ConfigurationItems
from cmdb.records.requests import LinkRequest
from cmdb.store.embedded.store import open_embedded
from tests.unit.records.desk import ANNA, CountedIds, SteppedClock, product_model


@dataclass(frozen=True, slots=True)
class Estate:
    """Hand and scan on one store."""

    store: GraphStore
    items: ConfigurationItems
    inventory: InventoryEngine

    async def scan(self, host: dict[str, Value], *ports: int, scope: str = "default") -> None:
        """A scan sees a host and its endpoints."""
        endpoints = [
            ObservedItem(f"p{port}", "Endpoint", {"name": f"tcp/{port}", "protocol": "tcp", "port": port})
            for port in ports
        ]
        observation = Observation(
            "host 1",
            "2026-03-02T09:00:00Z",
            (ObservedItem("host", "Host", host), *endpoints),
            tuple(ObservedRelationship("LISTENS_ON", item.key, "host") for item in endpoints),
        )
        report = await self.inventory.run([observation], RunOptions("nmap", scope))
        assert ((), ()) == (report.problems, report.conflicts)

    async def count(self, class_name: str) -> int:
        """How many CIs of a class there are."""
        labels = product_model().with_subclasses(class_name)
        return (await self.store.count(NodeQuery(labels)))[None]


@pytest.fixture
async def estate(tmp_path: Path) -> AsyncIterator[Estate]:
    clock, ids, model = SteppedClock(), CountedIds(), product_model()
    store = await open_embedded(tmp_path / "cmdb.db", graph_schema(model), clock)
    yield Estate(
        store, ConfigurationItems(store, model, clock, ids), InventoryEngine(store, model, clock, ids)
    )
    await store.close()


@pytest.mark.parametrize(
    ("by_hand", "seen"),
    [
        ({"serial_number": "AB 1277"}, {"serial_number": "ab  1277"}),
        ({"mac_addresses": ["001b.54aa.0001"]}, {"mac_addresses": ["00:1B:54:AA:00:01"]}),
        ({"fqdn": "Web1.Example.org."}, {"fqdn": "web1.example.org"}),
        ({"ip_addresses": ["10.0.0.7"]}, {"ip_addresses": ["10.0.0.7"]}),
    ],
)
async def test_a_scan_finds_the_ci_made_by_hand(
    estate: Estate, by_hand: dict[str, Value], seen: dict[str, Value]
) -> None:
    made = await estate.items.create("Server", {"name": "Web one", **by_hand}, ANNA)
    await estate.scan({"name": "web1", "os_name": "Linux 6.1", **seen})
    node = (await estate.store.get([made.node.id]))[made.node.id]
    assert 1 == await estate.count("Host")
    assert ("Server", "Web one", "Linux 6.1") == (
        node.label,
        node.properties["name"],
        node.properties["os_name"],
    )


async def test_an_identifier_given_by_hand_to_a_scanned_ci_is_found_by_the_next_scan(estate: Estate) -> None:
    await estate.scan({"name": "web1", "ip_addresses": ["10.0.0.7"]})
    (host,) = (await estate.store.find(NodeQuery(("Host",)))).nodes
    await estate.items.update(host.id, {"serial_number": "AB1277", "ip_addresses": None}, ANNA)
    await estate.scan({"serial_number": "AB1277", "ip_addresses": ["10.0.0.8"]})
    await estate.scan({"name": "printer", "ip_addresses": ["10.0.0.7"]})
    nodes = (await estate.store.find(NodeQuery(("Host",)))).nodes
    assert [("web1", ["10.0.0.8"]), ("printer", ["10.0.0.7"])] == [
        (node.name, node.properties["ip_addresses"])
        for node in sorted(nodes, key=lambda node: node.created_at)
    ]


async def test_an_endpoint_made_by_hand_is_the_one_a_scan_sees(estate: Estate) -> None:
    host = await estate.items.create("Server", {"name": "web1", "serial_number": "AB1277"}, ANNA)
    port = {"name": "the shop", "protocol": "tcp", "port": 443}
    await estate.items.create("Endpoint", port, ANNA, [LinkRequest("LISTENS_ON", host.node.id)])
    await estate.scan({"serial_number": "AB1277"}, 22, 443)
    assert 2 == await estate.count("Endpoint")


async def test_an_edit_by_hand_leaves_identifiers_of_another_network_scope_alone(estate: Estate) -> None:
    """The same private address in the default scope is another machine."""
    await estate.scan({"name": "web1", "ip_addresses": ["10.0.0.7"]}, scope="office")
    (host,) = (await estate.store.find(NodeQuery(("Host",)))).nodes
    before = (await estate.store.evidence([host.id]))[host.id].identifiers
    await estate.items.update(host.id, {"description": "The shop"}, ANNA)
    after = (await estate.store.evidence([host.id]))[host.id].identifiers
    assert sorted(before) == sorted(after)
