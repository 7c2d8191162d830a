"""Results as a run would give them, with numbers that are easy to reckon with."""

from __future__ import annotations

from benchmarks.results import EstateSize, Footprint, Machine, Measurement, Results
from benchmarks.suites import completion, impacts, importing, reaching, starting
from benchmarks.timing import Timing

CIS = 100_000
MILLION = 1_000_000
MACHINE = Machine("A processor", 2, 8.0, "Linux 6", "3.11.0", None, 0.1, 1.0, {"numpy": "2.0"})


def took(
    section: str, subject: str, milliseconds: float, *, amount: int = 1, task: str = "task", cis: int = CIS
) -> Measurement:
    """A measurement."""
    return Measurement(
        section,
        task,
        subject,
        cis,
        amount,
        "CIs",
        Timing(milliseconds / 1000, milliseconds / 500, 9, milliseconds / 1000),
    )


def results(**changes: float) -> Results:
    """A run that meets every budget it measures, but for what `changes` names (milliseconds, or bytes a CI)."""
    at = {
        "networkx": 40.0,
        "c": 0.5,
        "first": 1000.0,
        "again": 300.0,
        "start": 2000.0,
        "grown": 10.0,
        **changes,
    }
    reach = [
        took(reaching.SECTION, subject, milliseconds, amount=37_000, task="37,000 affected")
        for subject, milliseconds in (
            (reaching.OURS, 1),
            (reaching.NETWORKX, at["networkx"]),
            (reaching.C_LOOP, at["c"]),
        )
    ]
    imports = [
        took(importing.SECTION, subject, milliseconds, amount=16_000, task="scan")
        for subject, milliseconds in (
            (importing.FIRST, at["first"]),
            (importing.AGAIN, at["again"]),
            (importing.BARE, 100),
        )
    ]
    growth = [
        took(impacts.GROWTH, impacts.PROPAGATION, 1, amount=3_700, cis=10_000),
        took(impacts.GROWTH, impacts.PROPAGATION, at["grown"], amount=37_000),
    ]
    others = [
        took(starting.SECTION, starting.COMMAND, at["start"]),
        took(completion.SECTION, completion.COMPLETION, 1, amount=2_000),
    ]
    return Results(
        date="2024-02-29",
        command="make bench",
        machine=MACHINE,
        estates=(EstateSize(CIS, CIS, 300_000, 280_000, 5_000, 10.0, 100.0),),
        measurements=(*reach, *imports, *growth, *others),
        footprints=(Footprint(MILLION, 0, int(changes.get("bytes", 500)) * MILLION, 0, 150 * MILLION),),
        repeated_import_revisions=int(changes.get("revisions", 0)),
        notes=(),
    )
