"""Whole answers to clients: ours over HTTP, Cypher through the driver, and the Neo4j GraphQL library over HTTP.

The questions are such that the states of the product and a plain search over dependencies hit the same CIs. Every
answer is compared with the others' before anything is timed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.baselines import cypher
from benchmarks.baselines.plain import CrossingSearch, crossing_search
from benchmarks.bench import Bench
from benchmarks.load import Kind, Orders, Target, Told
from benchmarks.neo4j_place import store_address
from benchmarks.prepared import Prepared, candidates, down
from benchmarks.results import Load
from benchmarks.serving import NodePartsError, ask, neo4j_graphql_server, node_parts, our_server
from benchmarks.suites.reaching import DifferentAnswersError
from cmdb.analysis.propagate import propagate
from cmdb.store.neo4j.address import Neo4jAddress
from cmdb.topology.build import build_topology
from cmdb.topology.topology import Topology

SECTION = "http"
OURS = "ours over HTTP, on the embedded store"
OURS_ON_NEO4J = "ours over HTTP, on Neo4j"
CYPHER_ROWS = "Cypher through the driver: the rows alone, by their ids"
CYPHER = "Cypher through the driver: search and rows"
LIBRARY_ROWS = "Neo4j GraphQL library over HTTP: the rows alone, by their ids"
LIBRARY = "Neo4j GraphQL library over HTTP: search and rows"
SIZES = (1_000, 6_500)
LEAST = 5
"""A start that hits fewer CIs does not help to make a question."""
PAGE = 4_000
DOCUMENT = f"""query($of: [ImpactStart!]!, $after: String) {{
  impact(of: $of) {{ affected(first: {PAGE}, after: $after) {{
    endCursor nodes {{ state distance ci {{ id name status version class }} }}
  }} }}
}}"""
_LIBRARY_FIELDS = "id name status version class createdAt updatedAt"
LIBRARY_DOCUMENT = f"query($ids: [ID!]!) {{ affected(ids: $ids) {{ {_LIBRARY_FIELDS} }} }}"
LIBRARY_ROWS_DOCUMENT = (
    f"query($ids: [ID!]!) {{ configurationItems(where: {{id: {{in: $ids}}}}) {{ {_LIBRARY_FIELDS} }} }}"
)


@dataclass(frozen=True, slots=True)
class Question:
    """CIs that are down, and those that this hits."""

    starts: tuple[str, ...]
    hits: tuple[str, ...]

    @property
    def task(self) -> str:
        """How it is named."""
        return f"{len(self.hits):,} affected"


@dataclass(frozen=True, slots=True)
class Subject:
    """What answers, and what it is asked."""

    name: str
    target: Target


def run(bench: Bench, prepared: Prepared, neo4j: Neo4jAddress | None) -> dict[str, str]:
    """Measure every server at each size of interest; gives the releases of what came to be used."""
    search = crossing_search(prepared.structure, prepared.model)
    asked = questions(prepared, search, SIZES)
    if len(asked) < len(SIZES):
        bench.note(
            f"Of {len(SIZES)} questions for clients {len(asked)} were asked: the estate is too small for more."
        )
    told = {question: _Round(bench, prepared.cis, question) for question in asked}
    with our_server(str(prepared.file), {}, bench.folder / "serve.log") as url:
        for question, answers in told.items():
            answers.measure([_ours(OURS, url, question)])
    if neo4j is None:
        return {}
    for question, answers in told.items():
        answers.measure(_cypher(neo4j, search, question))
    store, secrets = store_address(neo4j)
    with our_server(store, secrets, bench.folder / "serve-neo4j.log") as url:
        for question, answers in told.items():
            answers.measure([_ours(OURS_ON_NEO4J, url, question)])
    return _library(bench, neo4j, search, told)


def _library(
    bench: Bench, neo4j: Neo4jAddress, search: CrossingSearch, told: dict[Question, _Round]
) -> dict[str, str]:
    try:
        releases = node_parts()
    except NodePartsError as error:
        bench.note(f"The Neo4j GraphQL library was not measured: {error}.")
        return {}
    with neo4j_graphql_server(neo4j, search, bench.folder / "node.log") as url:
        for question, answers in told.items():
            rows = Target(Kind.LIST, url, LIBRARY_ROWS_DOCUMENT, {"ids": list(question.hits)})
            whole = Target(Kind.LIST, url, LIBRARY_DOCUMENT, {"ids": list(question.starts)})
            answers.measure([Subject(LIBRARY_ROWS, rows), Subject(LIBRARY, whole)])
    return releases


def _ours(name: str, url: str, question: Question) -> Subject:
    starts = [{"id": start, "state": "DOWN"} for start in question.starts]
    return Subject(name, Target(Kind.IMPACT, url, DOCUMENT, {"of": starts}))


def _cypher(neo4j: Neo4jAddress, search: CrossingSearch, question: Question) -> list[Subject]:
    def target(statement: str, ids: tuple[str, ...]) -> Target:
        place = (neo4j.database, neo4j.user, neo4j.password)
        return Target(Kind.CYPHER, neo4j.uri, statement, {"ids": list(ids)}, *place)

    return [
        Subject(CYPHER_ROWS, target(cypher.ROWS, question.hits)),
        Subject(CYPHER, target(cypher.search_with_rows(search.types, search.crossed), question.starts)),
    ]


class _Round:
    """The answers to one question, of which all have to have the same rows."""

    def __init__(self, bench: Bench, cis: int, question: Question) -> None:
        self._bench = bench
        self._cis = cis
        self._question = question
        self._first: tuple[str, Told] | None = None

    def measure(self, subjects: list[Subject]) -> None:
        """Ask, compare, and keep what each group of clients saw."""
        for subject in subjects:
            bench = self._bench
            self._compare(subject.name, ask(Orders(subject.target, [1])))
            warm, least = bench.warming.seconds, bench.warming.least
            told = ask(Orders(subject.target, list(bench.clients), warm, bench.asking, least))
            for each in told.asked:
                ordered = sorted(each.laps)
                bench.keep_load(
                    Load(
                        section=SECTION,
                        task=self._question.task,
                        subject=subject.name,
                        cis=self._cis,
                        rows=told.rows,
                        clients=each.clients,
                        answers=len(ordered),
                        seconds=each.seconds,
                        median=median(ordered),
                        p95=ordered[max(0, -(-95 * len(ordered) // 100) - 1)],
                    )
                )

    def _compare(self, name: str, told: Told) -> None:
        if told.rows != len(self._question.hits):
            raise DifferentAnswersError(
                f"{name} gave {told.rows:,} rows, and {len(self._question.hits):,} were expected"
            )
        if self._first is None:
            self._first = (name, told)
        elif self._first[1].digest != told.digest:
            raise DifferentAnswersError(
                f"{name} and {self._first[0]} differ about what {self._question.starts} hit"
            )


def questions(prepared: Prepared, search: CrossingSearch, sizes: Sequence[int]) -> list[Question]:
    """Starts that hit about so many CIs, the same ones by states as by the search; none for sizes too large."""
    topology = build_topology(prepared.structure, prepared.model)
    positions = topology.positions([prepared.structure.ids[place] for place in candidates(prepared.estate)])
    counted = []
    for position in positions.tolist():
        hits = _hit(topology, [position])
        if LEAST <= len(hits) <= 2 * max(sizes) and hits == search.hit([position]):
            counted.append((len(hits), position))
    found = []
    for size in sizes:
        starts, hits = _gathered(topology, sorted(counted, reverse=True), size)
        if size / 1.5 <= len(hits) and hits == _hit(topology, starts) == search.hit(starts):
            found.append(
                Question(tuple(map(topology.id_at, starts)), tuple(map(topology.id_at, sorted(hits))))
            )
    return found


def _gathered(topology: Topology, counted: list[tuple[int, int]], size: int) -> tuple[list[int], set[int]]:
    """The largest start that hits no more than wanted, with others while there is room, and what they hit.

    None of them hits another.
    """
    starts: list[int] = []
    hits: set[int] = set()
    for count, position in counted:
        if count > size * 1.05 or position in hits:
            continue
        more = _hit(topology, [position])
        if len(hits | more) <= size * 1.05 and more.isdisjoint(starts):
            starts.append(position)
            hits |= more
        if len(hits) >= size * 0.98:
            break
    return starts, hits


def _hit(topology: Topology, starts: list[int]) -> set[int]:
    """What these starts hit, without themselves."""
    return set(propagate(topology.conduction, down(*starts)).affected.tolist()) - set(starts)
