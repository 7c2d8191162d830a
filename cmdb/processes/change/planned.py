"""Reads changes: what they touch, in which state, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cmdb.analysis.collisions import PlannedChange
from cmdb.analysis.impact_types import Start
from cmdb.analysis.state import ImpactState
from cmdb.analysis.windows import Span
from cmdb.graph.elements import Link, Node
from cmdb.graph.query import AllOf, Condition, Direction, LinkQuery, NodeQuery, Operator, Order
from cmdb.graph.store import GraphStore
from cmdb.kernel.clock import instant_text, parse_instant
from cmdb.model.types import Model
from cmdb.processes.change.errors import ChangeNotFoundError

CHANGE = "Change"
TOUCHES = "TOUCHES"
EXPECTED_STATE = "expected_state"
MOST_CHANGES = 1000
"""Most changes that one question looks at, the earliest first."""

_WORK_IS_OVER = "review"


@dataclass(frozen=True, slots=True)
class PlannedChanges:
    """Changes with their records by id, in the order of their planned start.

    `truncated`: there are more than one question looks at.
    """

    changes: tuple[PlannedChange, ...]
    nodes: dict[str, Node]
    truncated: bool


class ChangeReader:
    """Reads changes from a store; the number of reads does not depend on how many there are."""

    def __init__(self, store: GraphStore, model: Model) -> None:
        self._store = store
        self._classes = tuple(model.classes)
        states = model.record_types[CHANGE].lifecycle.states.values() if CHANGE in model.record_types else ()
        self._ahead = [state.name for state in states if state.open and state.name != _WORK_IS_OVER]

    async def find(self, reference: str) -> Node:
        """The change with this id or number.

        Raises:
            ChangeNotFoundError: there is none.
        """
        node = (await self._store.get([reference])).get(reference)
        if node is None:
            number = Condition("number", Operator.EQ, reference.strip().upper())
            page = await self._store.find(NodeQuery((CHANGE,), number, first=1))
            node = page.nodes[0] if page.nodes else None
        if node is None or node.label != CHANGE:
            raise ChangeNotFoundError(f"there is no change {reference!r}", details={"change": reference})
        return node

    async def starts(
        self, changes: Sequence[Node], assumed: ImpactState | None = None
    ) -> dict[str, tuple[Start, ...]]:
        """By change, the CIs it touches, by id.

        Each is in the state `assumed`, or the one the link expects, or the one the change does, or DOWN.
        """
        expected = {change.id: change.properties.get(EXPECTED_STATE) for change in changes}
        query = LinkQuery(tuple(expected), Direction.OUT, (TOUCHES,), self._classes)
        found = await self._store.links(query) if expected else {}
        return {
            change: tuple(_start(link, expected[change], assumed) for link in found.get(change, ()))
            for change in expected
        }

    async def planned(self, within: Span) -> PlannedChanges:
        """The changes still to be carried out whose planned window has a moment in common with a span."""
        where = AllOf(
            (
                Condition("status", Operator.IN, self._ahead),
                Condition("planned_start", Operator.LT, instant_text(within.end)),
                Condition("planned_end", Operator.GT, instant_text(within.begin)),
            )
        )
        page = await self._store.find(NodeQuery((CHANGE,), where, (Order("planned_start"),), MOST_CHANGES))
        starts = await self.starts(page.nodes)
        spans = {node.id: planned_span(node) for node in page.nodes}
        changes = tuple(
            PlannedChange(change, starts[change], span) for change, span in spans.items() if span is not None
        )
        return PlannedChanges(changes, {node.id: node for node in page.nodes}, page.has_next)


def planned_span(change: Node) -> Span | None:
    """The planned window; None when there is none."""
    begin, end = change.properties.get("planned_start"), change.properties.get("planned_end")
    if not isinstance(begin, str) or not isinstance(end, str):
        return None
    return Span(parse_instant(begin), parse_instant(end))


def _start(link: Link, expected: object, assumed: ImpactState | None) -> Start:
    said = link.properties.get(EXPECTED_STATE) or expected
    state = ImpactState[said.upper()] if isinstance(said, str) else ImpactState.DOWN
    return Start(link.target, assumed if assumed is not None else state)
