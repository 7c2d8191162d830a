"""A record engine over the product's own model and processes, with a clock that a test moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cmdb.graph.batch import NodeCreate, WriteBatch
from cmdb.graph.query import Direction
from cmdb.kernel.actor import Actor
from cmdb.kernel.clock import instant_text
from cmdb.model.load import load_model
from cmdb.model.types import Model
from cmdb.processes import process_behaviour
from cmdb.records.engine import RecordEngine
from cmdb.records.requests import Attribution, LinkRequest, Written
from tests.unit.records.memory_store import MemoryStore

ANNA = Attribution(Actor("anna"))
BRUNO = Attribution(Actor("bruno"))
ROUTER = "router"
PRINTER = "printer"
TEAM = "team"


class SteppedClock:
    """Every look at it is a second later; a test may move it too."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    def now(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment

    def text(self, **ago: float) -> str:
        """A moment before the present one, e.g. `hours=1`, without moving the clock."""
        return instant_text(self.moment - timedelta(**ago))


class CountedIds:
    """id-1, id-2 and so on."""

    def __init__(self) -> None:
        self._count = 0

    def new_id(self) -> str:
        self._count += 1
        return f"id-{self._count}"


@cache
def product_model() -> Model:
    """The product's own model."""
    return load_model()


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a test of records needs."""

    clock: SteppedClock
    store: MemoryStore
    engine: RecordEngine

    async def make(self, type_name: str, *links: LinkRequest, **attributes: object) -> Written:
        """A record with a title."""
        return await self.engine.create(type_name, {"title": "A title", **attributes}, ANNA, links)

    async def walk(self, record_id: str, *steps: str | tuple[str, Mapping[str, object]]) -> Written:
        """The steps of a lifecycle, one after the other."""
        written: Written | None = None
        for step in steps:
            name, attributes = (step, {}) if isinstance(step, str) else step
            written = await self.engine.act(record_id, name, attributes, ANNA)
        assert written is not None
        return written


async def open_desk() -> Desk:
    """A desk with a router, a printer and a team to link to."""
    clock = SteppedClock()
    store = MemoryStore(clock)
    engine = RecordEngine(store.as_store(), product_model(), clock, CountedIds(), process_behaviour())
    await store.commit(
        WriteBatch(
            Actor("scan"),
            "the network",
            creates=(
                NodeCreate(ROUTER, "Router", {"name": "rtr-print", "status": "operational"}),
                NodeCreate(PRINTER, "Printer", {"name": "prn-accounting", "status": "operational"}),
                NodeCreate(TEAM, "Team", {"name": "Network", "status": "operational"}),
            ),
        )
    )
    return Desk(clock, store, engine)


def affects(ci: str = PRINTER) -> LinkRequest:
    """The record affects this CI."""
    return LinkRequest("AFFECTS", ci, {"basis": "reported"})


def touches(ci: str = ROUTER) -> LinkRequest:
    """The change touches this CI."""
    return LinkRequest("TOUCHES", ci)


def consists_of(change: str) -> LinkRequest:
    """The change is part of the release."""
    return LinkRequest("PART_OF", change, direction=Direction.IN)
