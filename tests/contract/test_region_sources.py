"""The same answers from three sources: the topology in memory, the region read from the store, and networkx."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from cmdb.analysis.alerts import Alert, Signal
from cmdb.analysis.collisions import PlannedChange, collisions
from cmdb.analysis.impact import ImpactResult, impact
from cmdb.analysis.impact_diff import impact_diff
from cmdb.analysis.impact_types import ImpactRequest, Start, Truncation, TruncationReason
from cmdb.analysis.points_of_failure import single_points_of_failure
from cmdb.analysis.proposal import Proposal, ProposedCi, proposed
from cmdb.analysis.root_cause import root_cause
from cmdb.analysis.root_cause_types import PastIncident, RootCauseRequest, Symptom
from cmdb.analysis.state import ImpactState
from cmdb.analysis.what_if import Spare, named_in, state_changes, with_redundancy
from cmdb.analysis.windows import Span
from cmdb.graph.batch import NodeDelete
from cmdb.graph.elements import LinkKey
from cmdb.graph.from_model import graph_schema
from cmdb.graph.history import PastStore
from cmdb.graph.moment import moment_of
from cmdb.graph.store import GraphStore
from cmdb.model.load import load_model
from cmdb.store.embedded.store import EmbeddedStore
from cmdb.topology.extent import causes_of, changed_by, downstream, upstream
from cmdb.topology.keeper import TopologyKeeper
from cmdb.topology.regions import StoreRegions
from cmdb.topology.topology import Topology
from tests.contract.build import FixedClock, link, put
from tests.contract.conftest import OpenStore
from tests.oracles.networks import impact_by_networkx
from tests.oracles.random_estates import RandomEstate, random_estate

# A server is fitted to the whole model first, and is asked many small questions.
pytestmark = pytest.mark.timeout(600)

MODEL = load_model()
SCHEMA = graph_schema(MODEL)
SEEDS = range(4)
CLUSTERS = 10
HOURS = 24


@pytest.fixture
async def store(open_store: OpenStore) -> GraphStore:
    """An empty store under the product's model."""
    return await open_store(SCHEMA)


async def _filled(store: GraphStore, seed: int = 1) -> tuple[RandomEstate, Topology, StoreRegions]:
    estate = random_estate(seed, CLUSTERS)
    await put(store, *estate.nodes, *estate.links)
    return estate, await TopologyKeeper(store, MODEL).current(), StoreRegions(store, MODEL)


def _starts(random: Random, among: list[str]) -> tuple[Start, ...]:
    count = random.choice((1, 1, 2, 3, 5))
    return tuple(Start(ci, ImpactState(random.choice((1, 2, 3, 3, 3)))) for ci in random.sample(among, count))


def _told(result: ImpactResult) -> dict[str, tuple[int, int]]:
    return {row.id: (int(row.state), row.distance) for row in (*result.starts, *result.rows(result.total))}


async def _ask_all_three(store: GraphStore, seeds: range, questions: int) -> int:
    """So many questions of each seed's estate; the estates stand in one store. Gives how many had an answer."""
    answered = 0
    for seed in seeds:
        estate, whole, regions = await _filled(store, seed)
        random = Random(seed)
        for _ in range(questions):
            starts = _starts(random, estate.around(random))
            request = ImpactRequest(starts)
            in_memory = impact(whole, request)
            region = await regions.around(downstream(start.id for start in starts))
            from_store = impact(region, request)
            assumed = {start.id: int(start.state) for start in starts}

            expected = impact_by_networkx(assumed, estate.dependencies, estate.retired)
            assert expected == _told(in_memory), (seed, starts)
            assert expected == _told(from_store), (seed, starts)
            ids = [row.id for row in in_memory.rows(1000)]
            assert in_memory.rows(1000) == from_store.rows(1000)
            assert in_memory.paths(ids) == from_store.paths(ids)
            assert region.revision == whole.revision
            answered += bool(ids)
    return answered


async def test_three_sources_agree_on_random_questions(store: GraphStore) -> None:
    """Same CIs, same states, same distances; between memory and store the same order and paths too."""
    # A server takes thirty times as long for a question as the file does.
    each = 250 if isinstance(store, EmbeddedStore) else 20
    assert len(SEEDS) * each // 2 <= await _ask_all_three(store, SEEDS, each)


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
async def test_three_sources_agree_on_a_thousand_random_questions(store: GraphStore) -> None:
    """The same, with many more questions on more estates."""
    assert 500 <= await _ask_all_three(store, SEEDS, 250)


async def test_narrowed_questions_have_the_same_answer(store: GraphStore) -> None:
    """By relationship types, classes, distance and limit: told as cut in the same way."""
    estate, whole, regions = await _filled(store)
    random = Random(5)
    for _ in range(20):
        request = ImpactRequest(
            _starts(random, estate.around(random)),
            relationship_types=random.choice((None, frozenset({"DEPENDS_ON", "MEMBER_OF"}))),
            classes=random.choice((None, frozenset({"Server"}))),
            max_distance=random.choice((None, 2)),
            limit=random.choice((None, 3)),
        )
        one = impact(whole, request)
        other = impact(await regions.around(downstream(start.id for start in request.starts)), request)
        assert (one.rows(99), one.truncated, one.total, one.by_class()) == (
            other.rows(99),
            other.truncated,
            other.total,
            other.by_class(),
        )


async def test_single_points_of_failure_are_the_same(store: GraphStore) -> None:
    """Upstream, where all members of a group are reached by themselves."""
    estate, whole, regions = await _filled(store)
    for ci in Random(6).sample(estate.ids, 25):
        region = await regions.around(upstream((ci,)))
        assert single_points_of_failure(whole, ci) == single_points_of_failure(region, ci)


async def test_what_redundancy_would_save_is_the_same(store: GraphStore) -> None:
    """Also when the CI that gets a spare lies upstream of what fails."""
    estate, whole, regions = await _filled(store)
    random = Random(7)
    for _ in range(15):
        among = estate.around(random)
        request = ImpactRequest(_starts(random, among))
        ideas = tuple(Spare(ci, independent=random.random() < 0.5) for ci in random.sample(among, 2))
        named = (*(start.id for start in request.starts), *named_in(ideas))
        changes = [
            state_changes(impact(topology, request), impact(with_redundancy(topology, ideas), request))
            for topology in (whole, await regions.around(downstream(named)))
        ]
        assert changes[0] == changes[1]


async def test_root_causes_are_the_same(store: GraphStore) -> None:
    """Candidates, scores, paths and what was learned from earlier incidents."""
    estate, whole, regions = await _filled(store)
    random = Random(8)
    for _ in range(12):
        among = estate.around(random)
        symptoms = tuple(Symptom(ci, random.choice((1.0, 2.0))) for ci in random.sample(among, 3))
        history = tuple(
            PastIncident(f"inc-{n}", random.choice(among), random.choice(among), float(n)) for n in range(4)
        )
        alerts = tuple(
            Alert(
                ci,
                random.choice((Signal.LATENCY, Signal.TRAFFIC)),
                deviation=4.0,
                excess=1.0,
                usual=2.0,
                volume=3.0,
            )
            for ci in random.sample(among, 4)
        )
        healthy = tuple(random.sample(among, 2))
        request = RootCauseRequest(symptoms, healthy, {}, first=10, alerts=alerts, history=history)
        extent = causes_of(
            (symptom.id for symptom in symptoms),
            (past.cause for past in history),
            (*healthy, *(alert.ci for alert in alerts), *(past.affected for past in history)),
        )
        policy = MODEL.policies.root_cause
        region = await regions.around(extent)
        assert root_cause(whole, request, policy) == root_cause(region, request, policy)


async def test_what_a_proposal_alters_is_the_same(store: GraphStore) -> None:
    """With links put in and taken out, and CIs added, retired, revived and removed."""
    estate, whole, regions = await _filled(store)
    random = Random(9)
    for _ in range(12):
        among = estate.around(random)
        ends = [tuple(random.sample(among, 2)) for _ in range(3)]
        keys = [one.key for one in estate.links if one.key.source in among]
        proposal = Proposal(
            cis=(
                ProposedCi("added", "Server"),
                ProposedCi(random.choice(among), "Server", retired=random.random() < 0.5),
            ),
            removed_cis=frozenset({random.choice(among)}),
            links={
                **{LinkKey("DEPENDS_ON", one, other): {} for one, other in ends},
                LinkKey("DEPENDS_ON", "added", ends[0][0]): {},
            },
            removed_links=frozenset(random.sample(keys, min(3, len(keys)))),
        )
        diffs = [
            impact_diff(topology, proposed(topology, proposal), proposal, frozenset({"BusinessService"}))
            for topology in (whole, await regions.around(changed_by(proposal.named)))
        ]
        assert diffs[0] == diffs[1]


async def test_collisions_are_the_same(store: GraphStore) -> None:
    """Of changes on neighbouring CIs."""
    estate, whole, regions = await _filled(store)
    random = Random(10)
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    for _ in range(12):
        among = estate.around(random)
        changes = [
            PlannedChange(f"chg-{n}", _starts(random, among), Span(begin, begin + timedelta(hours=HOURS)))
            for n in range(4)
        ]
        touched = (start.id for change in changes for start in change.starts)
        region = await regions.around(downstream(touched))
        assert collisions(whole, changes[0], changes[1:]) == collisions(region, changes[0], changes[1:])


async def test_regions_of_the_past_are_those_of_its_structure(store: GraphStore) -> None:
    """As of a revision the region is followed link by link, and comes to the same answers."""
    estate, whole, _ = await _filled(store)
    await _filled(store, 2)
    await put(store, *(NodeDelete(ci) for ci in estate.ids[::7]))
    past = PastStore(store, SCHEMA, await moment_of(store, FixedClock(), revision=1))
    regions = StoreRegions(past, MODEL)
    random = Random(11)
    for _ in range(5):
        request = ImpactRequest(_starts(random, estate.around(random)))
        region = await regions.around(downstream(start.id for start in request.starts))
        assert _told(impact(whole, request)) == _told(impact(region, request))
        assert 1 == region.revision


async def test_a_region_that_is_cut_says_so(store: GraphStore) -> None:
    """What is told is right as far as it goes: nothing is hit that is not, nothing is worse than it is."""
    estate, whole, _ = await _filled(store)
    regions, random, cut = StoreRegions(store, MODEL, limit=6), Random(12), 0
    for _ in range(20):
        request = ImpactRequest(_starts(random, estate.around(random)))
        region = await regions.around(downstream(start.id for start in request.starts))
        result, full = impact(region, request), _told(impact(whole, request))
        assert all(state <= full[ci][0] for ci, (state, _) in _told(result).items())
        if region.cut is None:
            assert full == _told(result)
        else:
            cut += 1
            assert (Truncation(TruncationReason.REGION, 6, None),) == result.truncated
    assert cut


async def test_a_region_is_of_one_revision_while_others_write(store: GraphStore) -> None:
    """Whatever is committed meanwhile, a region is as the graph was after some one revision."""
    estate = random_estate(3, 2)
    await put(store, *estate.nodes)
    regions = StoreRegions(store, MODEL)
    ids = [ci for ci in estate.ids if ci not in estate.retired]

    async def write() -> None:
        for first, second in pairwise(ids[1:15]):
            # A chain grows by a link at each revision: a region with a gap in it was never there.
            await put(store, link("DEPENDS_ON", second, first))

    await put(store, link("DEPENDS_ON", ids[1], ids[0]))
    writing = asyncio.create_task(write())
    while not writing.done():
        region = await regions.around(downstream((ids[0],)))
        assert region.revision == len(region.links) + 1
    await writing
