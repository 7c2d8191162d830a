"""The services as of moments."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from cmdb.graph.history import PastStore
from cmdb.graph.moment import Moment, moment_of
from cmdb.graph.schema import GraphSchema
from cmdb.graph.store import GraphStore
from cmdb.kernel.clock import Clock, parse_instant

if TYPE_CHECKING:
    from cmdb.api.services import Services

KEPT = 4
"""So many moments stay ready, the latest asked for; each may hold a topology and what was touched since."""


class StoppedClock:
    """Tells the time of a moment."""

    def __init__(self, moment: Moment) -> None:
        self._now = parse_instant(moment.at)

    def now(self) -> datetime:
        """The moment's time."""
        return self._now


class PastServices:
    """Services over the store as of moments; `wire` makes services over a store, told the time by a clock."""

    def __init__(
        self,
        store: GraphStore,
        schema: GraphSchema,
        clock: Clock,
        wire: Callable[[GraphStore, Clock], Services],
    ) -> None:
        self._store = store
        self._schema = schema
        self._clock = clock
        self._wire = wire
        self._ready: OrderedDict[Moment, Services] = OrderedDict()

    async def moment(self, at: str | None, revision: int | None) -> Moment:
        """The moment of a time or of a revision.

        Raises:
            MomentUnclearError, UnknownMomentError, InvalidInstantError: as of the graph.
        """
        return await moment_of(self._store, self._clock, at, revision)

    def services_at(self, moment: Moment) -> Services:
        """The services as of a moment."""
        services = self._ready.pop(moment, None)
        if services is None:
            services = self._wire(PastStore(self._store, self._schema, moment), StoppedClock(moment))
        self._ready[moment] = services
        while len(self._ready) > KEPT:
            self._ready.popitem(last=False)
        return services

    def store_at(self, moment: Moment) -> GraphStore:
        """The store as of a moment."""
        return self.services_at(moment).store
