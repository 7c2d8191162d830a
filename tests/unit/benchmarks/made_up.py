"""Results as a run would give them, with numbers that are easy to reckon with."""

from __future__ import annotations

from benchmarks.results import EstateSize, Footprint, Load, Machine, Measurement, Results, Run
from benchmarks.suites import (
    answering,
    completion,
    impacts,
    importing,
    neo4j_importing,
    reaching,
    starting,
)
from benchmarks.timing import Timing

CIS = 100_000
MILLION = 1_000_000
SECTIONS = (reaching.SECTION, answering.SECTION, neo4j_importing.SECTION)
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


def answered(subject: str, milliseconds: float, clients: int = 1) -> Load:
    """How clients were answered."""
    seconds = milliseconds / 1000
    return Load(
        answering.SECTION,
        "1,000 affected",
        subject,
        CIS,
        1_000,
        clients,
        100,
        100 * seconds,
        seconds,
        2 * seconds,
    )


def run(*sections: str, command: str = "make bench", notes: tuple[str, ...] = ()) -> Run:
    """A run that measured these sections."""
    return Run("2024-02-29", command, MACHINE, sections, notes)


def beside_neo4j(**changes: float) -> Results:
    """What a run for Neo4j finds, within every budget that it measures, but for what `changes` names."""
    at = {"neo4j": 500.0, "cypher": 30.0, "neo4j first": 150.0, "neo4j again": 40.0, **changes}
    reach = [
        took(reaching.SECTION, subject, milliseconds, amount=37_000, task="37,000 affected")
        for subject, milliseconds in ((reaching.OURS, 1), (reaching.NEO4J, at["neo4j"]))
    ]
    imports = [
        took(neo4j_importing.SECTION, subject, milliseconds, amount=20_000, task="stream")
        for subject, milliseconds in (
            (importing.FIRST, at["neo4j first"]),
            (importing.AGAIN, at["neo4j again"]),
            (neo4j_importing.BARE, 100),
        )
    ]
    loads = [answered(answering.OURS, 10, clients) for clients in (1, 4)]
    return Results(
        runs=(run(*SECTIONS, command="make bench STORE=neo4j"),),
        estates=(),
        measurements=(*reach, *imports),
        loads=(*loads, answered(answering.CYPHER_ROWS, at["cypher"])),
        footprints=(),
        repeated_import_revisions=0,
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
        runs=(
            run(reaching.SECTION, importing.SECTION, impacts.GROWTH, starting.SECTION, completion.SECTION),
        ),
        estates=(EstateSize(CIS, CIS, 300_000, 280_000, 5_000, 10.0, 100.0),),
        measurements=(*reach, *imports, *growth, *others),
        loads=(),
        footprints=(Footprint(MILLION, 0, int(changes.get("bytes", 500)) * MILLION, 0, 150 * MILLION),),
        repeated_import_revisions=int(changes.get("revisions", 0)),
    )
