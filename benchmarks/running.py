"""A run: which suites, on which estates, with or without Neo4j."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from benchmarks.baselines.cypher import Asker, asker
from benchmarks.bench import Bench
from benchmarks.neo4j_place import Neo4jPlace, copy_into, running, versions
from benchmarks.prepared import Prepared, prepared
from benchmarks.results import EstateSize
from benchmarks.suites import answering, completion, impacts, importing, neo4j_importing, reaching, starting
from cmdb.store.neo4j.address import Neo4jAddress

SMALL, MAIN, LARGE = 10_000, 100_000, 1_000_000
HOSTS = 16_000
MACHINES = (20_000, 100_000)
_QUICKER = 40


@dataclass(frozen=True, slots=True)
class Scope:
    """What to measure. The second of the sizes is the one looked at closely."""

    sizes: tuple[int, ...]
    quick: bool
    neo4j_only: bool
    neo4j: Neo4jPlace | None


@dataclass(slots=True)
class Found:
    """What a run came across besides its measurements."""

    estates: list[EstateSize] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)


def scope(*, quick: bool, large: bool, neo4j_only: bool, neo4j: Neo4jPlace | None) -> Scope:
    """The scope that the command line asks for."""
    sizes = (SMALL // 4, SMALL) if quick else (SMALL, MAIN, *((LARGE,) if large else ()))
    return Scope(sizes, quick, neo4j_only, neo4j)


async def measure(bench: Bench, wanted: Scope) -> Found:
    """Everything in the scope."""
    found = Found()
    if not wanted.neo4j_only:
        bench.say("Import")
        scale = _QUICKER if wanted.quick else 1
        machines = [number // scale for number in MACHINES]
        await importing.run(bench, HOSTS // scale, machines, wanted.sizes[0])
    close = wanted.sizes[1]
    for size in (close,) if wanted.neo4j_only else wanted.sizes:
        bench.say(f"Estate of {size:,} CIs")
        async with prepared(size, bench.folder) as estate:
            found.estates.append(estate.size)
            if not wanted.neo4j_only:
                await _alone(bench, estate, is_first=size == wanted.sizes[0], is_close=size == close)
            if size == close:
                await _beside_others(bench, estate, wanted.neo4j, found)
    if wanted.neo4j is not None:
        bench.say("Import into Neo4j")
        with running(wanted.neo4j, bench.folder / "neo4j-import") as address:
            await neo4j_importing.measure(bench, address, *([1_000] if wanted.quick else []))
    sections = (*(each.section for each in bench.measurements), *(each.section for each in bench.loads))
    found.sections = list(dict.fromkeys(sections))
    return found


async def _alone(bench: Bench, estate: Prepared, *, is_first: bool, is_close: bool) -> None:
    """What nobody else is asked."""
    impacts.grow(bench, estate)
    if not is_first:
        starting.run(bench, estate)
    if is_close:
        await impacts.run(bench, estate)
        await completion.run(bench, estate)


async def _beside_others(bench: Bench, estate: Prepared, neo4j: Neo4jPlace | None, found: Found) -> None:
    """What others are asked too."""
    with _holding(bench, estate, neo4j) as beside:
        address, asks = beside or (None, None)
        if asks is not None:
            found.versions |= versions(asks)
        reaching.run(bench, estate, asks)
        bench.say("Answers to clients")
        found.versions |= answering.run(bench, estate, address)


@contextmanager
def _holding(
    bench: Bench, estate: Prepared, neo4j: Neo4jPlace | None
) -> Iterator[tuple[Neo4jAddress, Asker] | None]:
    """A Neo4j that holds the same estate, where there is one."""
    if neo4j is None:
        yield None
        return
    with ExitStack() as stack:
        bench.say("Copy of the estate into Neo4j")
        address = stack.enter_context(running(neo4j, bench.folder / "neo4j"))
        copy_into(estate.file, address)
        yield address, stack.enter_context(asker(address))
