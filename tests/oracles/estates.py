"""Small models and structures, written by hand or drawn by Hypothesis, in the oracle's and the product's terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from cmdb.graph.elements import Properties
from cmdb.graph.structure import Structure
from cmdb.kernel.values import Value
from cmdb.model.change_risk import ChangeRiskPolicy
from cmdb.model.types import (
    ROOT_CLASS,
    Cardinality,
    CiClass,
    End,
    ImpactMeaning,
    Model,
    Policies,
    ReconciliationPolicy,
    RelationshipType,
    RootCausePolicy,
    Strength,
)
from tests.oracles.fixpoint import Dependency

HARD_TYPE, SOFT_TYPE, SUPPLY_TYPE, GROUP_TYPE, NO_IMPACT_TYPE = (
    "DEPENDS_ON",
    "USES",
    "SUPPLIES",
    "SPREAD_OVER",
    "LOCATED_IN",
)

WEIGHTS = {
    "explains": 0.35,
    "specificity": 0.10,
    "distance": 0.05,
    "own_evidence": 0.20,
    "recent_change": 0.15,
    "open_problem": 0.05,
    "known_error": 0.05,
    "past_cause": 0.05,
    "healthy": 0.40,
}
POLICY = RootCausePolicy(weights=WEIGHTS, minimum_score=0.3, change_window_hours=72.0)
RISK_POLICY = ChangeRiskPolicy(
    weights={
        "impact": 0.3,
        "redundancy": 0.2,
        "history": 0.2,
        "incidents": 0.15,
        "urgency": 0.1,
        "untested": 0.05,
    },
    half_users=100,
    half_cost=1000,
    assumed_changes=2,
    assumed_failure_rate=0.1,
    followed_within_hours=72,
    medium_from=0.25,
    high_from=0.5,
)


def _class(name: str) -> CiClass:
    parent = None if name == ROOT_CLASS else ROOT_CLASS
    ancestors = () if parent is None else (parent,)
    return CiClass(name, f"{name}s", "", parent, ancestors, False, {}, (), name)


def _type(name: str, impact: ImpactMeaning | None) -> RelationshipType:
    pair = (ROOT_CLASS, ROOT_CLASS)
    verb = name.lower().replace("_", " ")
    return RelationshipType(
        name, verb, f"{verb} (inverse)", "", (pair,), Cardinality.MANY_TO_MANY, impact, {}
    )


def small_model() -> Model:
    """Classes Server and Service; a relationship type of each meaning."""
    types = (
        _type(HARD_TYPE, ImpactMeaning(End.SOURCE, Strength.HARD)),
        _type(SOFT_TYPE, ImpactMeaning(End.SOURCE, Strength.SOFT)),
        _type(SUPPLY_TYPE, ImpactMeaning(End.TARGET, Strength.HARD)),
        _type(GROUP_TYPE, ImpactMeaning(End.SOURCE, Strength.HARD, needed="1")),
        _type(NO_IMPACT_TYPE, None),
    )
    return Model(
        classes={name: _class(name) for name in (ROOT_CLASS, "Server", "Service")},
        relationship_types={kind.name: kind for kind in types},
        record_types={},
        link_types={},
        policies=Policies(ReconciliationPolicy((), {}, 90), POLICY, RISK_POLICY),
    )


def link_properties(dependency: Dependency) -> dict[str, Value]:
    """How a dependency says what it is, on a link whose type says otherwise or nothing."""
    properties: dict[str, Value] = {"strength": "hard" if dependency.hard else "soft"}
    if dependency.group is not None:
        properties["redundancy_group"] = dependency.group
    if dependency.needed is not None:
        properties["redundancy_needed"] = dependency.needed
    return properties


def link_type_of(dependency: Dependency) -> tuple[str, str, str]:
    """A relationship type, source and target that say the same as the dependency."""
    if not dependency.hard:
        return SOFT_TYPE, dependency.dependent, dependency.provider
    if (ord(dependency.provider[-1]) + ord(dependency.dependent[-1])) % 2:
        return SUPPLY_TYPE, dependency.provider, dependency.dependent
    return HARD_TYPE, dependency.dependent, dependency.provider


def structure_of(
    dependencies: Sequence[Dependency],
    *,
    names: Sequence[str] = (),
    retired: frozenset[str] = frozenset(),
    classes: Mapping[str, str] | None = None,
    revision: int = 1,
) -> Structure:
    """The structure a store would give for these dependencies; `names` adds CIs and sets their order."""
    order = list(dict.fromkeys([*names, *(n for d in dependencies for n in (d.provider, d.dependent))]))
    place = {name: position for position, name in enumerate(order)}
    keys = [link_type_of(d) for d in dependencies]
    properties: dict[int, Properties] = {
        position: link_properties(d) for position, d in enumerate(dependencies)
    }
    return Structure(
        revision=revision,
        ids=order,
        labels=[(classes or {}).get(name, "Server") for name in order],
        statuses=["retired" if name in retired else "operational" for name in order],
        link_types=[kind for kind, _, _ in keys],
        link_sources=[place[source] for _, source, _ in keys],
        link_targets=[place[target] for _, _, target in keys],
        link_properties=properties,
    )


NAMES = tuple("abcdefghijkl")


@st.composite
def dependency_lists(draw: st.DrawFn, *, max_size: int = 24, all_hard: bool = False) -> list[Dependency]:
    """Graphs of up to 12 CIs with cycles, groups and mixed strengths; at most one link between two CIs."""
    pairs = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda pair: pair[0] != pair[1])
    chosen = draw(st.lists(pairs, max_size=max_size, unique_by=frozenset if draw(st.booleans()) else None))
    dependencies = []
    for provider, dependent in dict.fromkeys(chosen):
        group = None if all_hard else draw(st.sampled_from([None, None, "g", "h"]))
        dependencies.append(
            Dependency(
                provider,
                dependent,
                hard=all_hard or draw(st.booleans()),
                group=group,
                needed=draw(st.sampled_from([None, "1", "2", "3", "50%", "67%"])) if group else None,
            )
        )
    return dependencies


def starts() -> st.SearchStrategy[dict[str, int]]:
    """One to three CIs with a state."""
    return st.dictionaries(st.sampled_from(NAMES), st.sampled_from([1, 2, 3, 3]), min_size=1, max_size=3)


def retired_sets() -> st.SearchStrategy[frozenset[str]]:
    """Up to two retired CIs."""
    return st.frozensets(st.sampled_from(NAMES), max_size=2)
