"""CIs and relationships written by hand, on the embedded store."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from cmdb.graph.elements import LinkKey, Stamp
from cmdb.graph.errors import VersionConflictError
from cmdb.graph.from_model import graph_schema
from cmdb.graph.query import Direction, LinkQuery
from cmdb.graph.store import GraphStore
from cmdb.kernel.actor import Actor
from cmdb.model.types import Cardinality
from cmdb.processes.configuration.errors import InvalidItemError, ItemExistsError, ItemNotFoundError
from cmdb.processes.configuration.items import ConfigurationItems
from cmdb.records.requests import Attribution, LinkRequest
from cmdb.store.embedded.store import open_embedded
from tests.unit.records.desk import ANNA, CountedIds, SteppedClock, product_model


@dataclass(frozen=True, slots=True)
class Estate:
    """The service under test and the store below it."""

    store: GraphStore
    items: ConfigurationItems

    async def make(self, class_name: str, *relationships: LinkRequest, **attributes: object) -> str:
        """A CI by hand; gives its id."""
        return (await self.items.create(class_name, attributes, ANNA, relationships)).node.id

    async def identifiers(self, ci_id: str) -> set[str]:
        """What a CI holds."""
        return set((await self.store.evidence([ci_id]))[ci_id].identifiers)


@pytest.fixture
async def estate(tmp_path: Path) -> AsyncIterator[Estate]:
    clock = SteppedClock()
    store = await open_embedded(tmp_path / "cmdb.db", graph_schema(product_model()), clock)
    yield Estate(store, ConfigurationItems(store, product_model(), clock, CountedIds()))
    await store.close()


async def test_a_ci_is_made_with_normal_values_defaults_provenance_and_relationships(estate: Estate) -> None:
    site = await estate.make("Site", name="Hamburg")
    there = LinkRequest("LOCATED_IN", site)
    made = await estate.items.create(
        "Server", {"name": "web1", "mac_addresses": ["001B.54AA.0001"]}, ANNA, [there]
    )
    seen = made.node.properties
    assert (["00:1b:54:aa:00:01"], "operational") == (seen["mac_addresses"], seen["status"])
    stamps = (await estate.store.evidence([made.node.id]))[made.node.id].stamps
    assert {"name", "mac_addresses"} == set(stamps)
    assert {"manual"} == {stamp.source for stamp in stamps.values()}
    links = await estate.store.links(LinkQuery((made.node.id,), Direction.OUT))
    assert [LinkKey("LOCATED_IN", made.node.id, site)] == [link.key for link in links[made.node.id]]


async def test_every_mistake_of_a_new_ci_is_named_at_once(estate: Estate) -> None:
    site = await estate.make("Site", name="Hamburg")
    head = (await estate.store.head()).revision
    with pytest.raises(InvalidItemError) as caught:
        await estate.items.create(
            "Server",
            {"nam": "web1", "cpu_count": "4", "fqdn": "not a name", "status": "broken"},
            ANNA,
            [
                LinkRequest("LOCATED_ON", site),
                LinkRequest("RUNS_ON", site),
                LinkRequest("LOCATED_IN", "nowhere"),
            ],
        )
    mistakes = caught.value.details["mistakes"]
    assert isinstance(mistakes, list)
    assert [
        "Server has no attribute 'nam'; did you mean 'name'?",
        "Server.cpu_count: '4' is not a whole number",
        "Server.fqdn: 'not a name' is not a host name, e.g. printer.example.org",
        "Server.status: 'broken' is not one of planned, ordered, in_stock, operational, maintenance, retired",
        "Server.name is required and has no value",
        "there is no relationship type 'LOCATED_ON'; did you mean 'LOCATED_IN'?",
    ] == mistakes[:6]
    assert mistakes[6].startswith("RUNS_ON does not lead from Server to Site; it may lead from ")
    assert "LOCATED_IN: there is no node 'nowhere'" == mistakes[7]
    assert head == (await estate.store.head()).revision


async def test_an_unknown_or_abstract_class_is_refused(estate: Estate) -> None:
    with pytest.raises(InvalidItemError, match="there is no CI class 'Sever'; did you mean 'Server'"):
        await estate.make("Sever", name="x")
    with pytest.raises(InvalidItemError, match="ConfigurationItem is only a heading for its subclasses"):
        await estate.make("ConfigurationItem", name="x")


async def test_an_identifier_belongs_to_one_ci(estate: Estate) -> None:
    first = await estate.make("Server", name="web1", serial_number="AB 12 77")
    with pytest.raises(ItemExistsError, match=f"Server web1 \\({first}\\) already has the identifier"):
        await estate.make("Printer", name="prn", serial_number="ab 12  77")
    other = await estate.make("Printer", name="prn")
    with pytest.raises(ItemExistsError):
        await estate.items.update(other, {"serial_number": "AB 12 77"}, ANNA)


async def test_a_weak_identifier_stays_with_the_first_and_stops_nobody(estate: Estate) -> None:
    first = await estate.make("Server", name="web1", ip_addresses=["10.0.0.7"])
    second = await estate.make("Server", name="web2", ip_addresses=["10.0.0.7"])
    held = [any("10.0.0.7" in text for text in await estate.identifiers(ci)) for ci in (first, second)]
    assert [True, False] == held


async def test_identifiers_follow_the_attributes(estate: Estate) -> None:
    ci = await estate.make("Server", name="web1", serial_number="S-1001")
    before = await estate.identifiers(ci)
    await estate.items.update(ci, {"serial_number": "S-1002"}, ANNA)
    after = await estate.identifiers(ci)
    assert (["S-1001"], ["S-1002"]) == (
        [text.rpartition("|")[2] for text in before - after],
        [text.rpartition("|")[2] for text in after - before],
    )
    assert (await estate.make("Server", name="web9", serial_number="S-1001")) != ci


async def test_an_identifier_within_another_ci_follows_the_relationship(estate: Estate) -> None:
    host = await estate.make("Server", name="web1")
    other = await estate.make("Server", name="web2")
    port = {"name": "tcp/443", "protocol": "tcp", "port": 443}
    ci = await estate.make("Endpoint", LinkRequest("LISTENS_ON", host), **port)
    assert {f"Endpoint|port_of_host|{host}|tcp|443"} == await estate.identifiers(ci)
    with pytest.raises(ItemExistsError):
        await estate.make("Endpoint", LinkRequest("LISTENS_ON", host), **port)
    await estate.items.unrelate(LinkKey("LISTENS_ON", ci, host), ANNA)
    assert set() == await estate.identifiers(ci)
    await estate.items.relate(LinkKey("LISTENS_ON", ci, other), {}, ANNA)
    assert {f"Endpoint|port_of_host|{other}|tcp|443"} == await estate.identifiers(ci)


async def test_a_ci_that_lends_identity_may_be_made_after_the_one_that_needs_it(estate: Estate) -> None:
    ci = await estate.make("Endpoint", name="tcp/22", protocol="tcp", port=22)
    host = await estate.make("Server", LinkRequest("LISTENS_ON", ci, direction=Direction.IN), name="web1")
    assert {f"Endpoint|port_of_host|{host}|tcp|22"} == await estate.identifiers(ci)


async def test_an_update_stamps_what_it_alters_and_only_that(estate: Estate) -> None:
    ci = await estate.make("Server", name="web1", description="Web")
    before = (await estate.store.evidence([ci]))[ci].stamps
    updated = await estate.items.update(ci, {"name": "web1", "description": "The web"}, ANNA)
    after = (await estate.store.evidence([ci]))[ci].stamps
    assert before["name"] == after["name"]
    assert Stamp("manual", after["description"].observed_at) == after["description"] != before["description"]
    same = await estate.items.update(ci, {"description": "The web"}, ANNA)
    assert (None, updated.node.version) == (same.revision, same.node.version)


async def test_none_takes_a_value_away_but_not_a_required_one(estate: Estate) -> None:
    ci = await estate.make("Server", name="web1", description="Web")
    assert "description" not in (await estate.items.update(ci, {"description": None}, ANNA)).node.properties
    with pytest.raises(InvalidItemError, match=r"Server\.name is required and has no value"):
        await estate.items.update(ci, {"name": None}, ANNA)


async def test_a_stale_version_is_refused(estate: Estate) -> None:
    ci = await estate.make("Server", name="web1")
    await estate.items.update(ci, {"description": "Web"}, ANNA)
    with pytest.raises(VersionConflictError):
        await estate.items.update(ci, {"description": "Old"}, ANNA, expected_version=1)


async def test_a_retired_ci_stays_and_keeps_its_identifiers(estate: Estate) -> None:
    ci = await estate.make("Server", name="web1", serial_number="S-1001")
    retired = await estate.items.retire(ci, ANNA)
    assert "retired" == retired.node.status
    assert any("S-1001" in text for text in await estate.identifiers(ci))
    assert (await estate.items.retire(ci, ANNA)).revision is None


async def test_a_ci_becomes_one_of_a_finer_class(estate: Estate) -> None:
    ci = await estate.make("Host", name="prn1", serial_number="S-1001")
    printer = await estate.items.reclassify(ci, "Printer", ANNA, changes={"color": True})
    assert ("Printer", True) == (printer.node.label, printer.node.properties["color"])
    with pytest.raises(ItemExistsError):
        await estate.make("Server", name="web1", serial_number="S-1001")


async def test_what_another_class_cannot_have_is_named_and_not_dropped(estate: Estate) -> None:
    ci = await estate.make("Server", name="web1", cpu_count=4)
    machine = await estate.make("VirtualMachine", LinkRequest("RUNS_ON", ci), name="vm1")
    with pytest.raises(InvalidItemError) as caught:
        await estate.items.reclassify(ci, "Site", ANNA)
    assert [
        "Site has no attribute 'cpu_count', which web1 has: take the value away in the same step",
        "RUNS_ON does not lead from VirtualMachine to Site, and there is one with vm1",
    ] == caught.value.details["mistakes"]
    await estate.items.unrelate(LinkKey("RUNS_ON", machine, ci), ANNA)
    site = await estate.items.reclassify(ci, "Site", ANNA, changes={"cpu_count": None})
    assert "Site" == site.node.label


async def test_a_ci_has_one_relationship_where_one_is_the_most(estate: Estate) -> None:
    one, two = await estate.make("Site", name="Hamburg"), await estate.make("Site", name="Berlin")
    ci = await estate.make("Server", LinkRequest("LOCATED_IN", one), name="web1")
    with pytest.raises(InvalidItemError, match="web1 is located in one CI only, and that is"):
        await estate.items.relate(LinkKey("LOCATED_IN", ci, two), {}, ANNA)
    with pytest.raises(InvalidItemError, match="db1 is located in one CI only"):
        await estate.make(
            "Server", LinkRequest("LOCATED_IN", one), LinkRequest("LOCATED_IN", two), name="db1"
        )
    assert (await estate.items.relate(LinkKey("LOCATED_IN", ci, one), {}, ANNA)).revision is None


async def test_a_target_has_one_source_where_one_is_the_most(estate: Estate) -> None:
    one, two, rack = [await estate.make(name, name=name) for name in ("Server", "Printer", "Site")]
    located = replace(product_model().relationship_types["LOCATED_IN"], cardinality=Cardinality.ONE_TO_MANY)
    types = {**product_model().relationship_types, "LOCATED_IN": located}
    model = replace(product_model(), relationship_types=types)
    items = ConfigurationItems(estate.store, model, SteppedClock(), CountedIds())
    await items.relate(LinkKey("LOCATED_IN", one, rack), {}, ANNA)
    with pytest.raises(InvalidItemError, match=f"Site holds one CI only, and that is '{one}'"):
        await items.relate(LinkKey("LOCATED_IN", two, rack), {}, ANNA)


async def test_a_relationship_the_wrong_way_round_is_told_so(estate: Estate) -> None:
    site, ci = await estate.make("Site", name="Hamburg"), await estate.make("Server", name="web1")
    with pytest.raises(
        InvalidItemError, match="LOCATED_IN leads from Server to Site, not from Site to Server"
    ):
        await estate.items.relate(LinkKey("LOCATED_IN", site, ci), {}, ANNA)
    with pytest.raises(InvalidItemError, match="CONNECTED_TO does not join web1 with itself"):
        await estate.items.relate(LinkKey("CONNECTED_TO", ci, ci), {}, ANNA)
    with pytest.raises(InvalidItemError, match="there is no relationship type 'LOCATED'"):
        await estate.items.unrelate(LinkKey("LOCATED", ci, site), ANNA)


async def test_creating_again_under_the_same_request_id_gives_the_first_ci(estate: Estate) -> None:
    again = Attribution(Actor("anna"), request_id="r-1")
    first = await estate.items.create("Server", {"name": "web1", "serial_number": "S-1001"}, again)
    second = await estate.items.create("Server", {"name": "web1", "serial_number": "S-1001"}, again)
    assert (first.node, True) == (second.node, second.replayed)


async def test_a_ci_that_is_not_there_is_not_found(estate: Estate) -> None:
    with pytest.raises(ItemNotFoundError, match="there is no configuration item 'nobody'"):
        await estate.items.update("nobody", {}, ANNA)
