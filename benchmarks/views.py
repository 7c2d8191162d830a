"""The tables of the results, for the terminal and the page alike."""

from __future__ import annotations

from benchmarks import views_neo4j
from benchmarks.budgets import judge
from benchmarks.formats import Table, factor, milliseconds, times
from benchmarks.results import Measurement, Results
from benchmarks.suites import answering, completion, impacts, importing, neo4j_importing, reaching, starting

REACH_ORDER = (
    reaching.NEO4J,
    reaching.NETWORKX,
    reaching.SQL,
    reaching.RESULT,
    reaching.OURS,
    reaching.SEARCH,
    reaching.C_LOOP,
)


TITLES = {
    reaching.SECTION: "Finding the affected set",
    answering.SECTION: "Answers to clients",
    impacts.SECTION: "Impact",
    impacts.GROWTH: "Growth",
    starting.SECTION: "From start to first answer",
    importing.SECTION: "Import",
    neo4j_importing.SECTION: "Import into Neo4j",
    completion.SECTION: "GraphQL lists",
}
"""The title of each section's table."""


def titles(sections: tuple[str, ...]) -> list[str]:
    """The titles of these sections, in the order of the page."""
    return [title for section, title in TITLES.items() if section in sections]


def tables(results: Results) -> list[Table]:
    """All tables, in the order of the page; those without rows are left out."""
    made = [
        _budgets(results),
        _estates(results),
        _reach(results),
        views_neo4j.answers(results),
        _impact(results),
        _growth(results),
        _start(results),
        _memory(results),
        _import(results),
        views_neo4j.imports(results),
        _completion(results),
    ]
    return [table for table in made if table.rows]


def _budgets(results: Results) -> Table:
    rows = tuple((each.what, each.wanted, each.seen or "–", each.verdict.value) for each in judge(results))
    explanation = "What the project promises of its speed, as ratios within one run or as plain limits, and what this run saw."
    return Table("Budgets", explanation, ("what", "budget", "seen", "verdict"), rows)


def _estates(results: Results) -> Table:
    rows = tuple(
        (
            f"{each.cis:,}",
            f"{each.relationships:,}",
            f"{each.dependencies / each.cis:.2f}",
            f"{each.most_depended_on:,}",
            f"{each.load_seconds:.1f}",
            f"{each.cis / each.load_seconds:,.0f}",
            f"{each.file_mib:,.0f}",
        )
        for each in results.estates
    )
    explanation = (
        "Made up from a seed, of a realistic shape: sites of very different size, rooms, racks, two power feeds, "
        "routers and switches in pairs, clusters that need three quarters of their members, virtual machines, tiers of "
        "programs behind load balancers, databases with copies, applications of which few are leant on by many, "
        "services and teams. A dependency is a relationship that passes impact on. They are written straight into the "
        "store, past identification."
    )
    columns = (
        "CIs",
        "relationships",
        "dependencies a CI",
        "most at one CI",
        "written in, s",
        "CIs/s",
        "file, MiB",
    )
    return Table("Estates", explanation, columns, rows)


def _reach(results: Results) -> Table:
    found = results.of(reaching.SECTION)
    tasks = list(dict.fromkeys(each.task for each in found))
    rows = []
    for subject in REACH_ORDER:
        mine = {each.task: each for each in found if each.subject == subject}
        if mine:
            rows.append((subject, *(_beside_ours(found, mine[task]) for task in tasks)))
    explanation = (
        f"On {_size(found)} CIs, every dependency by which its source suffers, taken as hard and none as redundant, because "
        "that is a question every tool can be asked; all gave the same CIs before they were timed. Milliseconds, median; in brackets how many "
        "times as much of a processor's time as our propagation, of Neo4j how many times as much by the clock, because it works "
        "in a process of its own. networkx and C search integer positions; SQL gives its integer keys; Neo4j, by the "
        "Cypher that was found quickest (`VarLengthExpand(Pruning,BFS)`), gives id, name, class and status."
    )
    return Table(TITLES[reaching.SECTION], explanation, ("by", *tasks), tuple(rows), "reach.svg")


def _beside_ours(found: list[Measurement], each: Measurement) -> str:
    ours = next(one for one in found if (one.task, one.subject) == (each.task, reaching.OURS))
    ratio = (
        each.timing.median / ours.timing.median
        if each.subject == reaching.NEO4J
        else each.timing.cpu / ours.timing.cpu
    )
    return f"{milliseconds(each.timing.median)} ({factor(ratio)}×)"


def _impact(results: Results) -> Table:
    rows = tuple(
        (each.task, each.subject, *times(each), f"{each.cpu_each * 1e6:,.2f}")
        for each in results.of(impacts.SECTION)
    )
    explanation = (
        "Impact as the product answers it: states, soft dependencies and redundancy groups. The GraphQL answers are "
        "executed in the process, without HTTP; their last column counts rows shown, the others' affected CIs."
    )
    return Table(
        TITLES[impacts.SECTION],
        explanation,
        ("question", "part", "median, ms", "p95, ms", "processor, ms", "µs each"),
        rows,
    )


def _growth(results: Results) -> Table:
    rows = tuple(
        (
            f"{each.cis:,}",
            each.task,
            each.subject,
            *times(each),
            f"{each.cpu_each * 1e9:,.1f}",
        )
        for each in results.of(impacts.GROWTH)
    )
    explanation = (
        "The same questions on estates of different size. A question of fixed size pays for one array as long as the "
        "estate is large; a question that hits a fixed share of it should cost the same for each CI it hits."
    )
    columns = ("CIs", "question", "part", "median, ms", "p95, ms", "processor, ms", "ns an affected CI")
    return Table(TITLES[impacts.GROWTH], explanation, columns, rows, "growth.svg")


def _start(results: Results) -> Table:
    rows = tuple((f"{each.cis:,}", each.subject, *times(each)) for each in results.of(starting.SECTION))
    explanation = "Processes of their own, with the store's file in the system's cache."
    return Table(
        TITLES[starting.SECTION],
        explanation,
        ("CIs", "step", "median, ms", "slowest, ms", "processor, ms"),
        rows,
        "start.svg",
    )


def _memory(results: Results) -> Table:
    rows = tuple(
        (
            f"{each.cis:,}",
            f"{each.before / 2**20:,.0f}",
            f"{each.loaded / 2**20:,.0f}",
            f"{each.peak / 2**20:,.0f}",
            f"{each.per_ci:,.0f}",
            f"{each.arrays / each.cis:,.0f}",
        )
        for each in results.footprints
    )
    explanation = "Resident memory of a process that loads the topology and answers a first question."
    columns = (
        "CIs",
        "before, MiB",
        "topology loaded, MiB",
        "peak, MiB",
        "bytes more a CI",
        "of these arrays",
    )
    return Table("Memory", explanation, columns, rows)


def _import(results: Results) -> Table:
    found = results.of(importing.SECTION)
    rows = []
    for each in found:
        bare = results.beside(each, importing.BARE)
        ratio = each.timing.median / bare.timing.median
        rows.append(
            (each.task, each.subject, f"{each.amount:,}", *times(each), f"{each.rate:,.0f}", f"{ratio:.1f}×")
        )
    explanation = (
        "Importer, identification, reconciliation, provenance and ledger on the embedded store, every commit safe on "
        "disk; beside the same nodes and links put into two plain SQLite tables in transactions of 2,000 rows. The same "
        "file or stream again is not looked at while all of it stands; with `--reread` it is. A process that reads and one "
        "that writes share the work on two processors; of the latter, which goes on for a while, the processor's time "
        "is not in the column."
    )
    columns = ("file", "", "CIs", "median, ms", "slowest, ms", "processor, ms", "CIs/s", "beside bare")
    return Table(TITLES[importing.SECTION], explanation, columns, tuple(rows), "import.svg")


def _completion(results: Results) -> Table:
    rows = tuple(
        (each.task, each.subject, *times(each), f"{each.rate:,.0f}")
        for each in results.of(completion.SECTION)
    )
    explanation = "Lists of plain fields, executed in the process: parsed, checked, resolved and completed, not serialised."
    return Table(
        TITLES[completion.SECTION],
        explanation,
        ("list", "", "median, ms", "p95, ms", "processor, ms", "leaves/s"),
        rows,
    )


def _size(found: list[Measurement]) -> str:
    return f"{found[0].cis:,}" if found else ""
