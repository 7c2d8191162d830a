"""Events as root cause takes them: what monitoring said of a CI is an alert, with its record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cmdb.analysis.alerts import Alert, Signal
from cmdb.graph.elements import Node
from cmdb.graph.query import Direction, LinkQuery
from cmdb.graph.store import GraphStore
from cmdb.model.types import Model

EVENT = "Event"


async def events_behind(store: GraphStore, incidents: Sequence[Node]) -> list[str]:
    """The ids of the events that raised these incidents."""
    if not incidents:
        return []
    query = LinkQuery(tuple(one.id for one in incidents), Direction.IN, ("RAISED",), (EVENT,))
    links = await store.links(query)
    return [link.source for found in links.values() for link in found]


async def alerts_of(store: GraphStore, model: Model, events: Sequence[Node]) -> tuple[Alert, ...]:
    """An alert for each CI that an event affects; informational ones say that nothing is wrong."""
    telling = {event.id: event for event in events if event.properties.get("significance") != "informational"}
    if not telling:
        return ()
    query = LinkQuery(tuple(telling), Direction.OUT, ("AFFECTS",), tuple(model.classes))
    links = await store.links(query)
    return tuple(_alert(telling[event], link.target) for event in telling for link in links.get(event, ()))


def _alert(event: Node, ci: str) -> Alert:
    told = event.properties
    signal = told.get("signal")
    numbers: Mapping[str, float] = {
        name: float(value)
        for name in ("deviation", "excess", "usual", "volume")
        if isinstance(value := told.get(name), int | float)
    }
    return Alert(
        ci,
        Signal(signal) if isinstance(signal, str) else Signal.STATE,
        numbers.get("deviation", 0.0),
        numbers.get("excess", 1.0),
        numbers.get("usual", 0.0),
        numbers.get("volume"),
        event.id,
    )
