"""Impact on a large graph that nobody made up: the packages of a Debian release."""

from __future__ import annotations

import csv
import gzip
from random import Random

import networkx as nx
import pytest

from cmdb.analysis.impact import impact
from cmdb.analysis.impact_types import ImpactRequest, Start
from cmdb.graph.structure import Structure
from cmdb.topology.build import build_topology
from tests.oracles.estates import HARD_TYPE, small_model
from tests.shared_data import shared_data

QUESTIONS = 200


@pytest.mark.slow
def test_packages_that_need_a_package_are_those_networkx_finds() -> None:
    """For random packages the affected CIs and their distances are networkx's, cycles included."""
    path = shared_data("topology", "bookworm_main_amd64_depends.tsv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = csv.DictReader(lines, delimiter="\t")
        pairs = sorted({(row["package"], row["target"]) for row in rows})
    names = sorted({name for pair in pairs for name in pair})
    place = {name: position for position, name in enumerate(names)}
    structure = Structure(
        revision=1,
        ids=names,
        labels=["Server"] * len(names),
        statuses=["operational"] * len(names),
        link_types=[HARD_TYPE] * len(pairs),
        link_sources=[place[package] for package, _ in pairs],
        link_targets=[place[target] for _, target in pairs],
    )
    topology = build_topology(structure, small_model())
    needed_by = nx.DiGraph((target, package) for package, target in pairs)
    for name in Random(7).sample(names, QUESTIONS):
        result = impact(topology, ImpactRequest((Start(name),)))

        expected = nx.single_source_shortest_path_length(needed_by, name)
        assert expected == {row.id: row.distance for row in (*result.starts, *result.rows(result.total))}
