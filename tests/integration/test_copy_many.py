"""A hundred thousand CIs go from one store to another, and nothing is lost."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from cmdb.graph.archive import ArchiveStore
from cmdb.graph.batch import LinkPut, NodeCreate, Sighting, WriteBatch
from cmdb.graph.elements import LinkKey, Stamp
from cmdb.kernel.actor import Actor, ActorKind
from cmdb.processes.configuration.backup import carry
from cmdb.store.embedded.connection import StoreSettings
from cmdb.store.embedded.store import open_embedded
from cmdb.store.neo4j.store import open_neo4j
from tests.contract.build import FixedClock
from tests.contract.schema import SCHEMA
from tests.neo4j_server import VERSIONS, neo4j_marks, server_address, wipe

HOSTS = 100_000
LINKS_OF_EACH = 3
AT_ONCE = 2000
SEEN = "2026-03-01T08:00:00.000Z"

OpenGoal = Callable[[Path], Awaitable[ArchiveStore]]


async def _embedded(folder: Path, name: str = "goal.db") -> ArchiveStore:
    return await open_embedded(folder / name, SCHEMA, FixedClock(), StoreSettings(durable=False))


def _neo4j(version: str) -> OpenGoal:
    async def opened(_: Path) -> ArchiveStore:
        address = server_address(version)
        wipe(address)
        return await open_neo4j(address, SCHEMA, FixedClock())

    return opened


@pytest.fixture
async def estate(tmp_path: Path) -> AsyncIterator[ArchiveStore]:
    """A store of hosts that depend on one another, each with provenance and two identifiers."""
    store = await _embedded(tmp_path, "estate.db")
    chance = random.Random(1)
    for start in range(0, HOSTS, AT_ONCE):
        numbers = range(start, start + AT_ONCE)
        links = {
            LinkKey("RUNS_ON", _id(number), _id(chance.randrange(max(number, 1))))
            for number in numbers
            for _ in range(LINKS_OF_EACH)
        }
        creates = tuple(_host(number) for number in numbers)
        await store.commit(
            WriteBatch(
                Actor("scan", ActorKind.IMPORTER),
                "a scan",
                creates=creates,
                link_puts=tuple(LinkPut(key, {"weight": 1}) for key in sorted(links)),
                sightings=tuple(Sighting(create.id, "scan", SEEN) for create in creates),
                request_id=f"chunk-{start}",
            )
        )
    yield store
    await store.close()


def _id(number: int) -> str:
    return f"host{number:08}"


def _host(number: int) -> NodeCreate:
    name = f"host-{number}.office.example"
    properties = {
        "name": name,
        "status": "operational",
        "address": f"10.{number >> 16}.{number >> 8 & 255}.7",
    }
    claims = (f"fqdn:{name}", f"serial:{number}")
    stamps = dict.fromkeys(properties, Stamp("scan", SEEN))
    return NodeCreate(_id(number), "Server", {**properties, "cores": number % 64}, claims, stamps)


@pytest.mark.exhaustive
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    "open_goal",
    [
        pytest.param(_embedded, id="embedded"),
        *(
            pytest.param(_neo4j(version), id=f"neo4j-{version}", marks=neo4j_marks(version))
            for version in VERSIONS
        ),
    ],
)
async def test_a_hundred_thousand_cis_are_copied_with_equal_hashes(
    estate: ArchiveStore, open_goal: OpenGoal, tmp_path: Path
) -> None:
    """The graph's hash, the ledger's hash, counts and evidence are the same in both."""
    goal = await open_goal(tmp_path)
    copied = await carry.copy_store(estate, goal, SCHEMA)
    found = await carry.verify_store(goal)

    assert copied == found
    assert HOSTS == found.counts.nodes
    assert await estate.head() == await goal.head()
    sample = [_id(number) for number in range(0, HOSTS, 997)]
    assert await estate.evidence(sample) == await goal.evidence(sample)
    await goal.close()
