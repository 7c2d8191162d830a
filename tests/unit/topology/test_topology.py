"""Finding CIs in a topology."""

from __future__ import annotations

import numpy as np
import pytest

from cmdb.graph.errors import NodeNotFoundError
from cmdb.graph.structure import Structure
from cmdb.topology.build import build_topology
from cmdb.topology.ordering import Distinct, ascending
from cmdb.topology.topology import Topology
from tests.oracles.estates import small_model


def topology() -> Topology:
    """Three CIs in no order and a record."""
    labels = ["Server", "Incident", "Service", "Server"]
    statuses = ["operational", "new", "retired", ""]
    return build_topology(
        Structure(4, ["zebra", "INC", "ärzte", "ant"], labels, statuses, [], [], []), small_model()
    )


def test_positions_are_in_the_order_of_ids() -> None:
    """CIs are numbered by id, so a position sorts like an id; records are left out."""
    found = topology()

    assert ["ant", "zebra", "ärzte"] == found.ids_at(np.arange(3, dtype=np.int32))
    assert [0, 1, 2] == found.positions(["ant", "zebra", "ärzte"]).tolist()
    assert 3 == found.size
    assert 4 == found.revision


def test_what_is_no_ci_is_not_found() -> None:
    """Ids that are shorter, longer or of records are told apart from those that are there."""
    assert [-1, -1, -1, -1, 0] == topology().find(["an", "antelope", "INC", "zzz", "ant"]).tolist()
    with pytest.raises(NodeNotFoundError, match="INC"):
        topology().position("INC")


def test_class_and_retirement_are_known() -> None:
    """Each CI's class and whether it is retired."""
    found = topology()

    assert ["Server", "Server", "Service"] == [found.class_at(place) for place in range(3)]
    assert [False, False, True] == found.retired.tolist()


@pytest.mark.parametrize("size", [0, 1, 255, 256, 5000, 200_000])
def test_sorting_by_halves_sorts(size: int) -> None:
    """Positions of any number and size come out in rising order, and once each."""
    numbers = np.random.default_rng(size).integers(0, 2**31 - 1, size, dtype=np.int32)
    small = numbers % 1000

    assert sorted(numbers.tolist()) == ascending(numbers).tolist()
    assert sorted(set(small.tolist())) == ascending(Distinct(1000).of(small)).tolist()
