"""The tables of what is measured beside Neo4j: answers to clients, and imports."""

from __future__ import annotations

from benchmarks.formats import Table, factor, milliseconds, times
from benchmarks.results import Load, Results
from benchmarks.suites import answering, neo4j_importing

ANSWER_ORDER = (
    answering.OURS,
    answering.CYPHER_ROWS,
    answering.CYPHER,
    answering.OURS_ON_NEO4J,
    answering.LIBRARY_ROWS,
    answering.LIBRARY,
)


def answers(results: Results) -> Table:
    """How clients were answered."""
    found = results.loads_of(answering.SECTION)
    rows = []
    for task in dict.fromkeys(each.task for each in found):
        for subject in ANSWER_ORDER:
            mine = [each for each in found if (each.task, each.subject) == (task, subject)]
            if mine:
                rows.append((task, subject, *_alone(found, mine), *_rates(mine)))
    explanation = (
        f"On {found[0].cis if found else 0:,} CIs, seven fields of every CI that is hit, from question to rows in the "
        "client's memory. Ours gives state, distance, id, name, status, version and class, in pages of "
        f"{answering.PAGE:,}, one after the other. Others cannot tell a state: they give id, name, status, version, "
        "class and the times of creation and change. The questions are such that states and a plain search hit the "
        "same CIs (a question of several CIs where one is not enough), and all gave the same rows before they were "
        "timed. “The rows alone” are asked for by their ids, with nothing searched. The Neo4j GraphQL library runs "
        "in Apollo Server; it has no search of unbounded depth, so its schema has a `@cypher` field with the same "
        "Cypher. Its lists, and Cypher's, come whole. Each is asked again and again: Neo4j holds the estate in its page "
        "cache, and ours the nodes of earlier answers and what was made of them. In brackets how many times as long as ours on the embedded store."
    )
    clients = sorted({each.clients for each in found})
    columns = ("question", "by", "median, ms", "p95, ms", *(f"answers/s, {_clients(n)}" for n in clients))
    return Table("Answers to clients", explanation, columns, tuple(rows), "answers.svg")


def _alone(found: list[Load], mine: list[Load]) -> tuple[str, str]:
    """Median and 95th percentile of a client that is alone."""
    one = min(mine, key=lambda each: each.clients)
    ours = next(
        (
            each
            for each in found
            if (each.task, each.subject, each.clients) == (one.task, answering.OURS, one.clients)
        ),
        one,
    )
    ratio = f" ({factor(one.median / ours.median)}×)"
    return milliseconds(one.median) + ratio, milliseconds(one.p95)


def _rates(mine: list[Load]) -> list[str]:
    return [f"{each.rate:,.1f}" for each in sorted(mine, key=lambda each: each.clients)]


def _clients(number: int) -> str:
    return f"{number} client{'s' if number > 1 else ''}"


def imports(results: Results) -> Table:
    """Imports into Neo4j."""
    found = results.of(neo4j_importing.SECTION)
    rows = []
    for each in found:
        bare = results.beside(each, neo4j_importing.BARE)
        share = each.rate / bare.rate
        rows.append(
            (each.task, each.subject, f"{each.amount:,}", *times(each), f"{each.rate:,.0f}", f"{share:.0%}")
        )
    explanation = (
        "Identification, reconciliation, provenance and ledger as on the embedded store; beside the same nodes and "
        "links by `UNWIND … MERGE` through the driver: with a unique index on the id and nothing else, and with the "
        "indexes that the product keeps for questions. The processor's time is that of the importing process alone."
    )
    columns = (
        "file",
        "",
        "CIs",
        "median, ms",
        "slowest, ms",
        "processor, ms",
        "CIs/s",
        "of bare throughput",
    )
    return Table("Import into Neo4j", explanation, columns, tuple(rows))
