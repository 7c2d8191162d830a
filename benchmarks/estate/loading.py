"""An estate written straight into a store, past identification."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from benchmarks.estate.estate import Estate
from cmdb.graph.batch import LinkPut, NodeCreate, WriteBatch
from cmdb.graph.elements import LinkKey
from cmdb.graph.store import GraphStore
from cmdb.kernel.actor import Actor
from cmdb.kernel.ids import encode_ulid

AT_ONCE = 5_000
_FIRST_ID = 1_700_000_000_000 << 80
_LOADER = Actor("estate loader")


def id_of(position: int) -> str:
    """The id of the CI at this position: a ULID, ascending as those of CIs made one after the other."""
    return encode_ulid(_FIRST_ID + (position << 80))


def batches(estate: Estate) -> Iterator[WriteBatch]:
    """The writes that make the estate: first its CIs, then its relationships."""
    creates = (
        NodeCreate(id_of(place), item.class_name, {"status": "operational", **item.attributes})
        for place, item in enumerate(estate.items)
    )
    while some := tuple(islice(creates, AT_ONCE)):
        yield WriteBatch(_LOADER, "an estate to measure on", creates=some)
    puts = (
        LinkPut(LinkKey(each.type, id_of(each.source), id_of(each.target)), each.attributes)
        for each in estate.relations
    )
    while part := tuple(islice(puts, 2 * AT_ONCE)):
        yield WriteBatch(_LOADER, "an estate to measure on", link_puts=part)


async def load_estate(estate: Estate, store: GraphStore) -> None:
    """Write the estate into an empty store."""
    for batch in batches(estate):
        await store.commit(batch)
