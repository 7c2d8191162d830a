"""The clock a story is told by."""

from __future__ import annotations

from datetime import datetime

from cmdb.kernel.clock import Clock


class StoryClock:
    """Stands where the story is, and never goes back: the ledger's times rise.

    Args:
        clock: Tells when the telling is.
    """

    def __init__(self, clock: Clock) -> None:
        self.telling = clock.now()
        self._now = datetime.min.replace(tzinfo=self.telling.tzinfo)

    def now(self) -> datetime:
        """Where the story is."""
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Go on to a moment; one that has passed already changes nothing."""
        self._now = max(self._now, moment)
