"""Runs the comparisons; what comes out are ranks, from which the page is made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.root_cause.asking import graph_of
from benchmarks.root_cause.baselines import traversal, upstream
from benchmarks.root_cause.petshop import estate_of
from benchmarks.root_cause.petshop_alerts import observe
from benchmarks.root_cause.petshop_data import Scenario, read_scenarios
from benchmarks.root_cause.rabobank import Question, walk
from benchmarks.root_cause.rabobank_data import read_desk
from benchmarks.root_cause.simulated import KINDS, draw
from cmdb.analysis.detector import Sensitivity
from cmdb.model.types import Model, RootCausePolicy

SENSITIVITY = Sensitivity()
VARIED = ("threshold", "well", "least_scatter")


@dataclass(frozen=True, slots=True)
class Ranks:
    """How one issue came out: rank of the true cause by the product and by traversal, None where not named."""

    scenario: str
    issue: str
    metric: str
    product: int | None
    traversal: int | None
    upstream: int


@dataclass(frozen=True, slots=True)
class Variation:
    """One number changed by half, and the shares of issues whose cause came first and among the first three."""

    what: str
    factor: float
    first: float
    three: float


async def petshop(folder: Path, *, alone: bool) -> list[Ranks]:
    """Every issue of every scenario through the whole product: store, evidence, topology, root cause."""
    found = []
    for scenario in read_scenarios(folder):
        async with estate_of(scenario) as estate:
            for issue in scenario.issues:
                seen = observe(scenario, issue, SENSITIVITY, alone=alone)
                found.append(
                    Ranks(
                        scenario.name,
                        issue.name,
                        issue.metric,
                        rank_of(issue.cause, await estate.ask(issue, seen)),
                        rank_of(issue.cause, traversal(scenario, issue, seen)),
                        upstream(scenario, issue),
                    )
                )
    return found


def variations(folder: Path, model: Model) -> list[Variation]:
    """Each threshold of the detector and each weight halved, and raised by half, one at a time."""
    scenarios = read_scenarios(folder)
    policy = model.policies.root_cause
    found = []
    for factor in (0.5, 1.5):
        for name in VARIED:
            value = getattr(SENSITIVITY, name) * factor
            found.append(_vary(name, factor, scenarios, replace(SENSITIVITY, **{name: value}), model, policy))
        for part, weight in policy.weights.items():
            changed = replace(policy, weights={**policy.weights, part: weight * factor})
            found.append(_vary(f"weight of {part}", factor, scenarios, SENSITIVITY, model, changed))
    return found


def _vary(
    what: str,
    factor: float,
    scenarios: list[Scenario],
    sensitivity: Sensitivity,
    model: Model,
    policy: RootCausePolicy,
) -> Variation:
    ranks = []
    for scenario in scenarios:
        graph = graph_of(scenario, model)
        for issue in scenario.issues:
            ranked = graph.ask(issue, observe(scenario, issue, sensitivity), policy)
            ranks.append(rank_of(issue.cause, ranked))
    return Variation(what, factor, within(ranks, 1), within(ranks, 3))


def simulated(model: Model, number: int) -> Iterator[Ranks]:
    """So many drawn systems for each kind of fault; those whose target shows nothing are no issues."""
    for kind in KINDS:
        for seed in range(number):
            scenario, issue, soft = draw(seed, kind)
            seen = observe(scenario, issue, SENSITIVITY)
            if any(alert.ci == issue.target and alert.signal is seen.signal for alert in seen.alerts):
                ranked = graph_of(scenario, model, soft).ask(issue, seen, model.policies.root_cause)
                yield Ranks(
                    "simulated",
                    issue.name,
                    kind,
                    rank_of(issue.cause, ranked),
                    rank_of(issue.cause, traversal(scenario, issue, seen)),
                    upstream(scenario, issue),
                )


async def rabobank(table: Path, *, known_when_closed: bool) -> list[Question]:
    """The whole walk through a service desk's incidents."""
    return await walk(read_desk(table), known_when_closed=known_when_closed)


def rank_of(cause: str, ranked: list[str]) -> int | None:
    """The place of the cause, from 1; None when it is not named."""
    return ranked.index(cause) + 1 if cause in ranked else None


def within(ranks: list[int | None], first: int) -> float:
    """The share of ranks that are at most `first`."""
    return sum(rank is not None and rank <= first for rank in ranks) / len(ranks) if ranks else 0.0
