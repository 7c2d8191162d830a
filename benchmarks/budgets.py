"""The budgets, and whether the results meet them. Each is a ratio within one run, or a plain limit.

What happens in memory is compared by the processor's time: on a busy machine long work is interrupted and short
work is not, so the clock would flatter the quicker of two. What also waits for the disk goes by the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from operator import le

from benchmarks.results import Measurement, Results
from benchmarks.suites import answering, completion, impacts, importing, neo4j_importing, reaching, starting

A_MILLION = 900_000
"""An estate of so many CIs was asked to have a million."""


class Verdict(StrEnum):
    """What a run says about a budget."""

    MET = "met"
    NOT_MET = "not met"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Judged:
    """A budget, what it wants, and what was seen."""

    what: str
    wanted: str
    seen: str
    verdict: Verdict


def judge(results: Results) -> list[Judged]:
    """All budgets, in a fixed order."""
    return [
        *_reach(results),
        *_reach_beside_neo4j(results),
        *_answers(results),
        _completion(results),
        *_imports(results),
        *_imports_into_neo4j(results),
        *_again(results, importing.SECTION),
        *_again(results, neo4j_importing.SECTION),
        *_revisions(results),
        *_start(results),
        *_memory(results),
        *_growth(results),
    ]


def about(measurements: list[Measurement], subject: str, size: int) -> Measurement | None:
    """The measurement of a subject whose amount comes nearest to `size`, if any is within half of it."""
    mine = [
        each for each in measurements if each.subject == subject and size / 1.6 <= each.amount <= size * 1.6
    ]
    return min(mine, key=lambda each: abs(each.amount - size), default=None)


def _judged(what: str, wanted: str, seen: float, text: str, enough: Callable[[float], bool]) -> Judged:
    return Judged(what, wanted, text, Verdict.MET if enough(seen) else Verdict.NOT_MET)


def _faster(
    found: list[Measurement],
    theirs: str,
    beside: str,
    least_by_size: Iterable[tuple[int, int]],
    taken: Callable[[Measurement], float],
) -> list[Judged]:
    """How many times faster ours is, at each size that both were measured at."""
    judged = []
    for size, least in least_by_size:
        ours, other = about(found, reaching.OURS, size), about(found, theirs, size)
        if ours and other:
            ratio = taken(other) / taken(ours)
            text = f"{ratio:,.0f}×" if least >= 100 else f"{ratio:.1f}×"
            what = f"Affected set of {ours.amount:,} CIs beside {beside}"
            judged.append(_judged(what, f"{least}× faster", ratio, text, partial(le, least)))
    return judged


def _reach(results: Results) -> list[Judged]:
    found = results.of(reaching.SECTION)
    least = ((1_000, 10), (6_500, 20), (37_000, 30))
    judged = _faster(found, reaching.NETWORKX, "networkx", least, lambda each: each.timing.cpu)
    ours, loop = about(found, reaching.OURS, 37_000), about(found, reaching.C_LOOP, 37_000)
    if ours and loop:
        ratio = ours.timing.cpu / loop.timing.cpu
        what = f"Affected set of {ours.amount:,} CIs beside the same search in C"
        judged.append(_judged(what, "at most 3× its time", ratio, f"{ratio:.1f}×", lambda r: r <= 3))
    return judged


def _reach_beside_neo4j(results: Results) -> list[Judged]:
    """By the clock: the server works in a process of its own."""
    beside = "Neo4j's own traversal through its driver"
    least = ((1_000, 100), (6_500, 300), (37_000, 400))
    found = results.of(reaching.SECTION)
    judged = _faster(found, reaching.NEO4J, beside, least, lambda each: each.timing.median)
    what = f"Affected set beside {beside}"
    return judged or [Judged(what, "100× / 300× / 400× faster", "", Verdict.NOT_MEASURED)]


def _answers(results: Results) -> list[Judged]:
    """Of one client, beside the quicker of the ways by Cypher: rows by their ids, or as the search finds them."""
    alone = [each for each in results.loads_of(answering.SECTION) if each.clients == 1]
    by_cypher = {answering.CYPHER_ROWS, answering.CYPHER}
    judged = []
    for ours in (each for each in alone if each.subject == answering.OURS):
        theirs = [each.median for each in alone if each.task == ours.task and each.subject in by_cypher]
        if theirs:
            ratio = min(theirs) / ours.median
            what = f"Impact of {ours.rows:,} CIs over HTTP, 7 fields each, beside such rows by Cypher through the driver"
            judged.append(_judged(what, "2.5× faster", ratio, f"{ratio:.1f}×", partial(le, 2.5)))
    what = "Impact of 1,000 and 6,500 CIs over HTTP, 7 fields each, beside the same rows by Cypher"
    return judged or [Judged(what, "2.5× faster", "", Verdict.NOT_MEASURED)]


def _completion(results: Results) -> Judged:
    what, wanted = "GraphQL completion of plain fields, the store left out", "1,000,000 leaves/s"
    found = [each for each in results.of(completion.SECTION) if each.subject == completion.COMPLETION]
    if not found:
        return Judged(what, wanted, "", Verdict.NOT_MEASURED)
    rate = max(each.rate for each in found)
    return _judged(what, wanted, rate, f"{rate:,.0f} leaves/s", lambda r: r >= 1_000_000)


def _imports(results: Results) -> list[Judged]:
    return [
        _judged(
            f"Import with identification, provenance and ledger, embedded: {each.task}",
            "15,000 CIs/s",
            each.rate,
            f"{each.rate:,.0f} CIs/s",
            lambda rate: rate >= 15_000,
        )
        for each in results.of(importing.SECTION)
        if each.subject == importing.FIRST
    ]


def _imports_into_neo4j(results: Results) -> list[Judged]:
    what, wanted = "Import into Neo4j beside a bare UNWIND … MERGE", "60 % of its throughput"
    judged = []
    for ours in (each for each in results.of(neo4j_importing.SECTION) if each.subject == importing.FIRST):
        bare = results.beside(ours, neo4j_importing.BARE)
        share = ours.rate / bare.rate
        judged.append(
            _judged(f"{what}: {ours.task}", wanted, share, f"{share:.0%}", lambda seen: seen >= 0.6)
        )
    return judged or [Judged(what, wanted, "", Verdict.NOT_MEASURED)]


def _again(results: Results, section: str) -> list[Judged]:
    judged = []
    for first in (each for each in results.of(section) if each.subject == importing.FIRST):
        again = results.beside(first, importing.AGAIN)
        ratio = first.timing.median / again.timing.median
        what = f"The same again: {first.task}"
        judged.append(
            _judged(what, "3× faster than the first time", ratio, f"{ratio:.1f}×", lambda r: r >= 3)
        )
    return judged


def _revisions(results: Results) -> list[Judged]:
    if not (results.of(importing.SECTION) or results.of(neo4j_importing.SECTION)):
        return []
    made = results.repeated_import_revisions
    what = "Revisions made by importing the same again"
    return [_judged(what, "none", made, str(made), lambda seen: seen == 0)]


def _start(results: Results) -> list[Judged]:
    return [
        _judged(
            f"From start to first answer, {each.cis:,} CIs, embedded: {each.subject}",
            "3 s",
            each.timing.median,
            f"{each.timing.median:.2f} s",
            lambda seconds: seconds <= 3,
        )
        for each in results.of(starting.SECTION)
        if each.subject in {starting.COMMAND, starting.FIRST_GRAPHQL} and each.cis < 500_000
    ]


def _memory(results: Results) -> list[Judged]:
    """Of the largest estate; only one of a million CIs says whether the budget is met."""
    what, wanted = "Memory of the topology at a million CIs", "1 KB a CI"
    if not results.footprints:
        return [Judged(what, wanted, "", Verdict.NOT_MEASURED)]
    largest = max(results.footprints, key=lambda each: each.cis)
    text = f"{largest.per_ci:,.0f} bytes a CI at {largest.cis:,}"
    if largest.cis < A_MILLION:
        return [Judged(what, wanted, text, Verdict.NOT_MEASURED)]
    return [_judged(what, wanted, largest.per_ci, text, lambda size: size <= 1000)]


def _growth(results: Results) -> list[Judged]:
    """Large questions: those of a fixed share of the estate."""
    found = [each for each in results.of(impacts.GROWTH) if each.amount > each.cis / 8]
    judged = []
    for subject in (impacts.PROPAGATION, impacts.RESULT):
        mine = sorted((each for each in found if each.subject == subject), key=lambda each: each.cis)
        if len(mine) < 2:
            continue
        ratio = mine[-1].cpu_each / mine[0].cpu_each
        what = f"Time for each affected CI, {subject}: {mine[-1].cis:,} CIs beside {mine[0].cis:,}, a third affected"
        judged.append(_judged(what, "the same (± 30 %)", ratio, f"{ratio:.2f}×", lambda r: r <= 1.3))
    return judged
