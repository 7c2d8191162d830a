"""Which links are asked for before a chunk is planned: those it may put, and no others of a hub."""

from typing import Any, cast

from cmdb.graph.elements import Link, LinkKey
from cmdb.graph.query import LinkQuery
from cmdb.graph.store import GraphStore
from cmdb.inventory.engine import InventoryEngine, RunOptions
from cmdb.inventory.observation import Observation, ObservedItem, ObservedRelationship, Reference
from cmdb.inventory.plan import ActionKind
from cmdb.kernel.ids import UlidSource
from tests.unit.inventory.estate import MONDAY, Estate, StillClock, host, make_model, related

HUB, OTHER = Reference("Host", {"name": "hub"}), Reference("Host", {"name": "other"})
MAC = "00:1b:21:aa:bb:cc"


class LinkWatch:
    """Passes everything on to a store, and keeps what links it gave."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store
        self.given: list[LinkKey] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def links(self, query: LinkQuery) -> dict[str, list[Link]]:
        """The links of nodes."""
        found = {node_id: list(links) for node_id, links in (await self._store.links(query)).items()}
        self.given += [link.key for links in found.values() for link in links]
        return found

    async def links_at(self, keys: list[LinkKey]) -> dict[LinkKey, Any]:
        """The links of these keys."""
        found = dict(await self._store.links_at(keys))
        self.given += list(found)
        return found


async def test_of_a_hub_only_the_links_named_are_fetched(estate: Estate) -> None:
    """However many others it has, at either end; a repetition is recognised by them."""
    leaves = [Reference("Host", {"name": f"leaf{number}"}) for number in range(20)]
    hosts = [
        host(name, serial_number=f"S-{name}") for name in ("hub", "other", *(f"leaf{n}" for n in range(20)))
    ]
    await estate.run(*hosts, *[related("DEPENDS_ON", leaf, HUB) for leaf in leaves])
    await estate.run(*[related("DEPENDS_ON", HUB, leaf) for leaf in leaves[:10]])
    watch = LinkWatch(estate.store)
    clock = StillClock()
    engine = InventoryEngine(cast("GraphStore", watch), make_model(), clock, UlidSource(clock))

    again = [
        related("DEPENDS_ON", leaves[0], HUB),
        related("DEPENDS_ON", HUB, OTHER),
        related("DEPENDS_ON", OTHER, HUB),
    ]
    report = await engine.run(again, RunOptions("table"))

    assert 2 == report.counts.total(ActionKind.RELATE)
    leaf, hub = await estate.named("leaf0"), await estate.named("hub")
    assert [LinkKey("DEPENDS_ON", leaf.id, hub.id)] == watch.given


async def test_a_link_is_known_when_its_ci_is_recognised_through_another_item_only(estate: Estate) -> None:
    """One row has but a MAC address that nobody holds; another joins that to the serial number of a known CI."""
    a, b = Reference("Host", {"serial_number": "S-100"}), Reference("Host", {"serial_number": "S-200"})
    await estate.run(
        host("a", serial_number="S-100"),
        host("b", serial_number="S-200"),
        related("DEPENDS_ON", a, b, strength="hard"),
    )
    seen = Observation(
        "by its address",
        MONDAY,
        (ObservedItem("it", "Host", {"mac_addresses": [MAC]}),),
        (ObservedRelationship("DEPENDS_ON", "it", b),),
    )
    joining = host(serial_number="S-100", mac_addresses=[MAC])
    report = await estate.run(seen, joining)

    assert (0, 0) == (report.problem_count, report.counts.total(ActionKind.RELATE))
    one, other = await estate.named("a"), await estate.named("b")
    key = LinkKey("DEPENDS_ON", one.id, other.id)
    assert {key: {"strength": "hard"}} == await estate.store.links_at([key])


async def test_a_reference_with_a_mistake_is_reported_at_each_place(estate: Estate) -> None:
    """What is kept of a reference worked out before is only what was right."""
    wrong = Reference("Host", {"name": "hub", "fqdn": "no such name!"})
    rows = [related("DEPENDS_ON", wrong, OTHER, position=f"row {number}") for number in range(3)]
    report = await estate.run(*[host(name, serial_number=f"S-{name}") for name in ("hub", "other")], *rows)

    told = [problem.position for problem in report.problems]
    assert ["row 0", "row 1", "row 2"] == sorted(set(told))
