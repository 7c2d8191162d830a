"""Change windows as they stand in the store, and what they say about a change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from cmdb.analysis.impact import ImpactResult
from cmdb.analysis.state import ImpactState
from cmdb.analysis.windows import Scope, Span, Window, WindowKind, joined, occurrences
from cmdb.graph.elements import Node
from cmdb.graph.query import AllOf, AnyOf, Condition, Direction, LinkQuery, NodeQuery, Operator, Order
from cmdb.graph.store import GraphStore
from cmdb.kernel.clock import instant_text, parse_instant
from cmdb.model.types import Model
from cmdb.processes.change.errors import TimeZoneUnknownError
from cmdb.processes.change.time_zones import find_zone

CHANGE_WINDOW = "ChangeWindow"
MOST_WINDOWS = 1000
"""Most windows that one question looks at, those that begin last first."""

LONGEST = timedelta(days=366)
"""Only so much of a planned window is held against maintenance windows."""

_WEEKLY = "weekly"
_NAMED = "named"
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Governed:
    """A window and the CIs of one change that it governs (ids); none, where it governs everything."""

    window: Window
    ci_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WindowConflict:
    """A blackout that a change would be carried out in (`span`), or a maintenance window that it would not (None)."""

    governed: Governed
    span: Span | None


@dataclass(frozen=True, slots=True)
class Calendar:
    """The windows that govern a change, within a span of time.

    Of a maintenance window it matters which CIs it governs that the change touches; of a blackout, also those
    it would bring DOWN or make DEGRADED. `truncated`: there are more windows than one question looks at.
    `empty` are windows (ids) that govern nothing any more: all they named is gone.
    """

    blackouts: tuple[Governed, ...]
    maintenance: tuple[Governed, ...]
    nodes: dict[str, Node]
    truncated: bool
    empty: tuple[str, ...] = ()

    def closed(self, within: Span) -> list[Span]:
        """The spans in which the change may not be carried out."""
        return [span for one in self.blackouts for span in occurrences(one.window, within)]

    def allowed(self, within: Span) -> list[tuple[Span, ...]]:
        """For each CI that is changed in maintenance windows only: these."""
        return [
            joined(span for one in windows for span in occurrences(one.window, within))
            for windows in self._by_ci().values()
        ]

    def conflicts(self, span: Span) -> list[WindowConflict]:
        """What stands against carrying the change out in this span."""
        found = [
            WindowConflict(one, first)
            for one in self.blackouts
            if (first := next(occurrences(one.window, span), None)) is not None
        ]
        # A window that repeats for centuries has no end; whoever plans that long is checked for the first year.
        span = Span(span.begin, min(span.end, span.begin + LONGEST))
        outside: dict[str, Governed] = {}
        for windows in self._by_ci().values():
            open_spans = joined(one for each in windows for one in occurrences(each.window, span))
            if not any(one.holds(span) for one in open_spans):
                outside.update({each.window.id: each for each in windows})
        return found + [WindowConflict(one, None) for one in outside.values()]

    def _by_ci(self) -> dict[str, list[Governed]]:
        """The maintenance windows of each CI; of a change that touches none, those that govern everything."""
        by_ci: dict[str, list[Governed]] = {}
        for one in self.maintenance:
            for ci in one.ci_ids or ("",):
                by_ci.setdefault(ci, []).append(one)
        return by_ci


class CalendarReader:
    """Reads windows; the number of reads does not depend on how many there are."""

    def __init__(self, store: GraphStore, model: Model) -> None:
        self._store = store
        self._model = model

    async def calendar(self, region: ImpactResult, within: Span) -> Calendar:
        """The windows that govern a change with this impact and are not over when a span of time begins.

        Maintenance windows count even if they begin after it: a CI that has one is changed at no other time.
        """
        nodes, truncated = await self._active(within)
        every = await self._windows(nodes, within.begin)
        named = {node.id for node in nodes if node.properties.get("scope") == _NAMED}
        empty = tuple(window.id for window in every if window.id in named and window.scope == Scope())
        windows = [window for window in every if window.id not in empty]
        touched = [row.id for row in region.starts]
        affected = [row for row in region.rows(region.total) if row.state >= ImpactState.DEGRADED]
        hit = [*touched, *(row.id for row in affected)]
        environments = await self._environments(hit, windows)
        classes = {row.id: row.class_name for row in (*region.starts, *affected)}

        def governed(kind: WindowKind, ids: Sequence[str]) -> tuple[Governed, ...]:
            return tuple(
                Governed(window, held)
                for window in windows
                if window.kind is kind
                for held in [
                    tuple(ci for ci in ids if window.scope.holds(ci, classes[ci], environments.get(ci, "")))
                ]
                if held or window.scope == Scope()
            )

        return Calendar(
            blackouts=governed(WindowKind.BLACKOUT, hit),
            maintenance=governed(WindowKind.MAINTENANCE, touched),
            nodes={node.id: node for node in nodes},
            truncated=truncated,
            empty=empty,
        )

    async def _active(self, within: Span) -> tuple[Sequence[Node], bool]:
        begin, end = instant_text(within.begin), instant_text(within.end)
        not_over = AnyOf(
            (Condition("recurrence", Operator.EQ, _WEEKLY), Condition("window_end", Operator.GT, begin))
        )
        in_time = AnyOf(
            (
                Condition("kind", Operator.EQ, WindowKind.MAINTENANCE.value),
                Condition("window_start", Operator.LT, end),
            )
        )
        where = AllOf((Condition("status", Operator.EQ, "active"), not_over, in_time))
        query = NodeQuery((CHANGE_WINDOW,), where, (Order("window_start", descending=True),), MOST_WINDOWS)
        page = await self._store.find(query)
        return page.nodes, page.has_next

    async def _windows(self, nodes: Sequence[Node], begin: datetime) -> list[Window]:
        if not nodes:
            return []
        query = LinkQuery(tuple(node.id for node in nodes), Direction.OUT, ("APPLIES_TO",))
        links = await self._store.links(query)
        windows = [self._window(node, [link.target for link in links.get(node.id, ())]) for node in nodes]
        return [window for window in windows if window.until is None or window.until > begin]

    def _window(self, node: Node, cis: Iterable[str]) -> Window:
        until = node.properties.get("repeat_until")
        return Window(
            id=node.id,
            kind=WindowKind(str(node.properties["kind"])),
            span=Span(
                parse_instant(str(node.properties["window_start"])),
                parse_instant(str(node.properties["window_end"])),
            ),
            weekly=node.properties.get("recurrence") == _WEEKLY,
            until=parse_instant(until) if isinstance(until, str) else None,
            scope=Scope(
                frozenset(cis),
                frozenset(c for name in _texts(node, "classes") for c in self._below(name)),
                frozenset(_texts(node, "environments")),
            ),
            zone=_zone(node),
        )

    def _below(self, name: str) -> tuple[str, ...]:
        """A class and its subclasses; a class the model no longer has stays, for the scope to hold nothing by it."""
        return self._model.with_subclasses(name) if name in self._model.classes else (name,)

    async def _environments(self, ids: Sequence[str], windows: Iterable[Window]) -> dict[str, str]:
        """The environment of each CI, when a window asks for it."""
        if not any(window.scope.environments for window in windows):
            return {}
        found: dict[str, str] = {}
        for start in range(0, len(ids), _AT_ONCE):
            nodes = await self._store.get(ids[start : start + _AT_ONCE])
            found.update({ci: str(node.properties.get("environment", "")) for ci, node in nodes.items()})
        return found


def _zone(node: Node) -> tzinfo:
    name = node.properties.get("time_zone")
    if not isinstance(name, str):
        return UTC
    zone = find_zone(name)
    if zone is None:
        raise TimeZoneUnknownError(
            f"{node.name} is in the time zone {name!r}, which is not known here",
            details={"window": node.name, "time_zone": name},
        )
    return zone


def _texts(node: Node, name: str) -> list[str]:
    value = node.properties.get(name)
    return value if isinstance(value, list) else []
