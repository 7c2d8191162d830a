"""What always holds for modifications and change windows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from cmdb.model.check import Changes
from cmdb.processes.change.time_zones import find_zone
from cmdb.records.situation import Situation

APPROVED = frozenset({"approved", "scheduled", "implementing", "review"})
"""States of a change whose modifications are approved with it."""

NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "add_ci": ("ci", "ci_class"),
        "change_ci": ("ci",),
        "remove_ci": ("ci",),
        "add_relationship": ("relationship_type", "source", "target"),
        "change_relationship": ("relationship_type", "source", "target"),
        "remove_relationship": ("relationship_type", "source", "target"),
    }
)
"""The attributes that each kind of modification must have."""

_CONTENT = ("kind", "ci", "ci_class", "relationship_type", "source", "target", "new_values")


def modification_is_complete(situation: Situation) -> Iterable[str]:
    """Each kind says what it is about, and values are written `name=value`."""
    kind = situation.text("kind")
    for name in NEEDS.get(kind, ()):
        if not situation.text(name):
            yield f"{kind} needs {name}"
    values = situation.after.get("new_values")
    for value in values if isinstance(values, list) else ():
        if not value.partition("=")[0].strip() or "=" not in value:
            yield f"new_values: {value!r} is not written name=value"


def modification_was_approved(situation: Situation) -> Iterable[str]:
    """What a change was approved with stays; `revise` takes the change back to draft."""
    if all(situation.before.get(name) == situation.after.get(name) for name in _CONTENT):
        return
    for link in situation.linked("PART_OF"):
        change = link.node
        if change.label == "Change" and change.status in APPROVED and change.properties.get("approved_at"):
            yield f"{change.name} was approved as it is; only a change that is revised may alter what it modifies"


def window_ends_after_it_begins(situation: Situation) -> Iterable[str]:
    """A window begins before it ends."""
    start, end = situation.text("window_start"), situation.text("window_end")
    if start and end and start >= end:
        yield f"window_end ({end}) must be after window_start ({start})"


def window_has_a_known_zone(situation: Situation) -> Iterable[str]:
    """A time zone is one of the IANA's."""
    zone = situation.text("time_zone")
    if zone and find_zone(zone) is None:
        yield f"time_zone: there is no time zone {zone!r}; write it like Europe/Berlin, or UTC"


def derive_scope(situation: Situation) -> Changes:
    """A window that has named something governs what it names from then on, though that be deleted one day."""
    named = (
        situation.linked("APPLIES_TO")
        or situation.after.get("classes")
        or situation.after.get("environments")
    )
    return {"scope": "named" if named else situation.text("scope") or "everything"}
