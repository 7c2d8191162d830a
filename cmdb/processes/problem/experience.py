"""Earlier incidents whose cause was found: what they were on, and what caused them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from cmdb.analysis.root_cause_types import PastIncident
from cmdb.graph.elements import Node
from cmdb.graph.query import AllOf, Direction, LinkQuery, NodeQuery, Order
from cmdb.graph.store import GraphStore
from cmdb.kernel.clock import InvalidInstantError, parse_instant
from cmdb.model.types import Model

MOST_INCIDENTS = 1000
"""So many incidents are learnt from, the newest first, beside those on the symptoms themselves."""

_BEGINNINGS = ("started_at", "occurred_at", "detected_at")
_DAY = 86_400.0


def beginning(record: Node) -> datetime:
    """When it began, as far as is known: broken, noticed, or written down."""
    for name in _BEGINNINGS:
        value = record.properties.get(name)
        if isinstance(value, str):
            try:
                return parse_instant(value)
            except InvalidInstantError:
                continue
    return parse_instant(record.created_at)


async def past_incidents(
    store: GraphStore, model: Model, symptoms: Sequence[str], asked: Collection[str], before: datetime
) -> tuple[PastIncident, ...]:
    """Incidents with the CIs they affected and the CIs that caused them, one entry for each pair.

    A cause that is a problem or a change stands for the CI that caused the problem, or for what the change
    touched. `asked` are left out.
    """
    newest = await store.find(
        NodeQuery(("Incident",), AllOf(()), (Order("created_at", descending=True),), MOST_INCIDENTS)
    )
    classes = tuple(model.classes)
    own = await store.links(
        LinkQuery(tuple(symptoms), Direction.IN, ("AFFECTS",), ("Incident",), MOST_INCIDENTS)
    )
    ids = {node.id for node in newest.nodes} | {link.source for links in own.values() for link in links}
    causes = await _causes(store, classes, sorted(ids - set(asked)))
    affected = await store.links(LinkQuery(tuple(causes), Direction.OUT, ("AFFECTS",), classes))
    incidents = await store.get(tuple(causes))
    return tuple(
        PastIncident(
            incident, link.target, cause, (before - beginning(incidents[incident])).total_seconds() / _DAY
        )
        for incident, links in affected.items()
        for link in links
        for cause in causes[incident]
    )


async def _causes(
    store: GraphStore, classes: tuple[str, ...], incidents: Sequence[str]
) -> dict[str, list[str]]:
    """By incident the CIs that caused it; incidents without a known cause are left out."""
    query = LinkQuery(tuple(incidents), Direction.OUT, ("CAUSED_BY",), (*classes, "Problem", "Change"))
    named = {
        incident: [link.target for link in links] for incident, links in (await store.links(query)).items()
    }
    records = sorted({target for targets in named.values() for target in targets})
    behind = await _behind(store, classes, records)
    found = {
        incident: list(dict.fromkeys(ci for target in targets for ci in behind.get(target, (target,))))
        for incident, targets in named.items()
    }
    return {incident: causes for incident, causes in found.items() if causes}


async def _behind(
    store: GraphStore, classes: tuple[str, ...], targets: Iterable[str]
) -> dict[str, list[str]]:
    """For each problem or change among the targets the CIs it stands for."""
    nodes = await store.get(tuple(targets))
    records = tuple(node.id for node in nodes.values() if node.label in {"Problem", "Change"})
    found: defaultdict[str, list[str]] = defaultdict(list, {record: [] for record in records})
    links = await store.links(LinkQuery(records, Direction.OUT, ("CAUSED_BY", "TOUCHES"), classes))
    for record, some in links.items():
        found[record] += [link.target for link in some]
    return found
