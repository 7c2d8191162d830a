"""Reads incidents of a bank (BPI Challenge 2014): the CI affected, the CI that caused it, and when."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

CLASSES = {
    "application": "Application",
    "subapplication": "Application",
    "computer": "Computer",
    "software": "Software",
    "storage": "StorageDevice",
    "networkcomponents": "NetworkDevice",
    "database": "Database",
}
"""CI types of the table as classes of the model; further ones are peripherals."""
SUBTYPES = {
    "Laptop": "Laptop",
    "Desktop": "Workstation",
    "Thin Client": "Workstation",
    "VDI": "VirtualMachine",
    "Windows Server": "Server",
    "Linux Server": "Server",
    "Oracle Server": "Server",
    "Printer": "Printer",
    "Switch": "Switch",
}
ROLES = (("aff", "service_component_wbs_aff"), ("cby", "servicecomp_wbs_cby"))
PRIORITIES = {"1": "high", "2": "high", "3": "medium", "4": "medium", "5": "low"}


@dataclass(frozen=True, slots=True)
class PastIncident:
    """One row. `cause` is None where none was found."""

    number: str
    affected: str
    cause: str | None
    opened: datetime
    closed: datetime
    impact: str
    urgency: str


@dataclass(frozen=True, slots=True)
class Desk:
    """All of it: incidents in the order in which they were opened, CIs by class, and what serves which component."""

    incidents: tuple[PastIncident, ...]
    classes: Mapping[str, str]
    components: Mapping[str, tuple[str, ...]]


def read_desk(path: Path) -> Desk:
    """The whole table."""
    with gzip.open(path, "rt", newline="") as lines:
        rows = list(csv.DictReader(lines))
    classes: dict[str, str] = {}
    components: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        for role, component in ROLES:
            name = row[f"ci_name_{role}"]
            if name:
                kind, subtype = row[f"ci_type_{role}"], row[f"ci_subtype_{role}"]
                classes[name] = SUBTYPES.get(subtype, CLASSES.get(kind, "Peripheral"))
                if row[component]:
                    components[row[component]].add(name)
    incidents = sorted(map(_incident, rows), key=lambda one: (one.opened, one.number))
    return Desk(tuple(incidents), classes, {name: tuple(sorted(some)) for name, some in components.items()})


def _incident(row: Mapping[str, str]) -> PastIncident:
    return PastIncident(
        number=row["incident_id"],
        affected=row["ci_name_aff"],
        cause=row["ci_name_cby"] or None,
        opened=_moment(row["open_time"]),
        closed=_moment(row["close_time"]),
        impact=PRIORITIES[row["impact"]],
        urgency=PRIORITIES[row["urgency"]],
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
