"""Which value of an attribute stands when sources, or one source at two times, say different things. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from cmdb.graph.elements import Evidence, Properties, Seen, Stamp
from cmdb.inventory.compiled import ClassPlan
from cmdb.inventory.identifiers import same_value
from cmdb.inventory.memory import ChunkMemory
from cmdb.kernel.clock import parse_instant
from cmdb.kernel.values import Value

_JOINT = ", "


@dataclass(slots=True)
class Merged:
    """What observations of one source change about one CI.

    `changes` holds attributes with another value than before, `stamps` the provenance of what was taken over.
    """

    node_id: str
    plan: ClassPlan
    before: Properties
    evidence: Evidence
    changes: dict[str, Value | None] = field(default_factory=dict)
    stamps: dict[str, Stamp] = field(default_factory=dict)
    spoken: set[str] = field(default_factory=set)
    latest: str = ""

    def current(self, name: str) -> Value | None:
        """The value as it stands with the changes made so far."""
        return self.changes.get(name, self.before.get(name))

    def stamp(self, name: str) -> Stamp | None:
        """Where that value came from; None when nobody knows."""
        return self.stamps.get(name) or self.evidence.stamps.get(name)


class Reconciler:
    """Merges what one source observes into what is known.

    Args:
        source: The name of the source.
        stale_after_days: After so long without confirmation a value yields to any source.
        memory: What the run remembers.
    """

    def __init__(self, source: str, stale_after_days: int, memory: ChunkMemory) -> None:
        self._source = source
        self._stale_after = timedelta(days=stale_after_days)
        self._memory = memory

    def merge(self, into: Merged, attributes: Mapping[str, Value], stamp: Stamp) -> None:
        """Take over what this observation may say; what it does not mention stays.

        Args:
            into: The CI and its changes so far.
            attributes: What was observed.
            stamp: The source and the time of observation.
        """
        for name, value in attributes.items():
            current = into.current(name)
            standing = into.stamp(name)
            if isinstance(value, list):
                self._merge_list(into, name, value, stamp)
            elif current == value:
                if standing is None or standing.source != stamp.source:
                    self._vouch(into, name, standing, stamp)
            elif current is None or (
                self._wins(into, name, standing, stamp)
                and not same_value(into.plan.attributes[name].format, current, value)
            ):
                into.changes[name] = value
                into.stamps[name] = stamp
        into.spoken.update(attributes)
        into.latest = max(into.latest, stamp.observed_at)

    def _vouch(self, into: Merged, name: str, standing: Stamp | None, stamp: Stamp) -> None:
        """A stronger source that says the same makes the value its own, so that a weaker one cannot change it."""
        if standing is None or into.plan.rank(name, stamp.source) < into.plan.rank(name, standing.source):
            into.stamps[name] = stamp

    def _wins(self, into: Merged, name: str, standing: Stamp | None, stamp: Stamp) -> bool:
        if standing is None:
            return True
        at = stamp.observed_at
        if standing.source == stamp.source:
            return self._is_later_word(into, name, standing, at)
        last = _last_confirmed(standing, into.evidence.seen)
        mine, theirs = into.plan.rank(name, stamp.source), into.plan.rank(name, standing.source)
        if mine == theirs:
            return at > last
        if mine < theirs:
            return not self._is_stale(at, last)
        return self._is_stale(last, at)

    def _is_later_word(self, into: Merged, name: str, standing: Stamp, at: str) -> bool:
        """The same source speaks again: the later time wins; of equal times the first within a run."""
        seen = into.evidence.seen.get(self._source)
        last_seen = seen.last if seen else ""
        before = self._memory.was_spoken_of(into.node_id)
        if name in into.spoken or (before is not None and name in before):
            return at > max(last_seen, standing.observed_at, into.latest)
        if before is not None:
            return at >= standing.observed_at
        return at >= max(last_seen, standing.observed_at)

    def _is_stale(self, old: str, new: str) -> bool:
        return new > old and parse_instant(new) - parse_instant(old) > self._stale_after

    def _merge_list(self, into: Merged, name: str, value: list[str], stamp: Stamp) -> None:
        """Add what is missing; remember what this source gave before and has not repeated.

        A list that identifies never shrinks by silence: a scan sees the side of a machine that it came to.
        """
        found = into.current(name)
        current = found if isinstance(found, list) else []
        standing = into.stamp(name)
        added = [member for member in value if member not in current]
        if added:
            into.changes[name] = [*current, *added]
            into.stamps[name] = Stamp(_joint(standing, stamp.source), stamp.observed_at)
        if name not in into.plan.identifying:
            self._note_unseen(into, name, set(current), set(value), stamp.observed_at, standing)

    def _note_unseen(
        self, into: Merged, name: str, current: set[str], value: set[str], at: str, standing: Stamp | None
    ) -> None:
        listed = (into.node_id, name)
        earlier = self._memory.unseen_before(listed)
        if earlier is not None:
            self._memory.unseen[listed] = earlier - value
            return
        before = self._memory.was_spoken_of(into.node_id) or frozenset()
        if name in into.spoken or name in before or not into.before:
            return
        seen = into.evidence.seen.get(self._source)
        own = standing is not None and standing.source == self._source
        gone = current - value
        if own and gone and at >= max(standing.observed_at if standing else "", seen.last if seen else ""):
            self._memory.unseen[listed] = gone


def _joint(standing: Stamp | None, source: str) -> str:
    """The sources of a list, all of them; nothing is taken out of a list to which several contributed."""
    names = set(standing.source.split(_JOINT)) if standing else set()
    return _JOINT.join(sorted({*names, source}))


def _last_confirmed(standing: Stamp, seen: Mapping[str, Seen]) -> str:
    """When the sources of a value last saw the CI, and so did not take their word back."""
    times = [seen[name].last for name in standing.source.split(_JOINT) if name in seen]
    return max([standing.observed_at, *times])
