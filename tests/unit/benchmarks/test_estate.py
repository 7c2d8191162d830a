"""The made-up estates: their shape, and that the same seed gives the same estate."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.estate.estate import Estate
from benchmarks.estate.files import machine_table, nmap_scan
from benchmarks.estate.generate import generate
from benchmarks.estate.loading import batches, id_of
from benchmarks.estate.observed import observations
from cmdb.model.load import load_model
from cmdb.model.types import Model

SIZE = 5_000


@pytest.fixture(scope="module")
def estate() -> Estate:
    return generate(SIZE)


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model([])


def dependencies(estate: Estate, model: Model) -> list[tuple[int, int]]:
    """Provider and dependent of every relationship that passes impact on."""
    found = []
    for relation in estate.relations:
        impact = model.relationship_types[relation.type].impact
        if impact is not None:
            ends = (relation.target, relation.source)
            found.append(ends if impact.suffers == "source" else ends[::-1])
    return found


def test_the_same_seed_gives_the_same_estate(estate: Estate) -> None:
    """Size and seed decide everything; another seed gives another estate."""
    assert estate == generate(SIZE)
    assert estate != generate(SIZE, seed=1)


@pytest.mark.parametrize("size", [1_000, SIZE, 20_000])
def test_an_estate_has_about_the_size_asked_for(size: int) -> None:
    """Within a tenth, or within the rack that is the smallest step."""
    assert len(generate(size).items) == pytest.approx(size, rel=0.1, abs=250)


def test_dependencies_are_many_and_unequal(estate: Estate, model: Model) -> None:
    """About 2.8 a CI; most CIs have few dependents, the most depended-on CI has hundreds."""
    found = dependencies(estate, model)
    by_provider = Counter(provider for provider, _ in found)

    assert len(found) / len(estate.items) == pytest.approx(2.8, abs=0.2)
    assert sorted(by_provider.values())[len(by_provider) // 2] <= 3
    assert max(by_provider.values()) > 500


def test_every_relationship_is_one_the_model_allows(estate: Estate, model: Model) -> None:
    """Type and both ends, for every relationship of an estate."""
    wrong = set()
    for relation in estate.relations:
        ends = [
            {name, *model.classes[name].ancestors}
            for name in (estate.items[relation.source].class_name, estate.items[relation.target].class_name)
        ]
        pairs = model.relationship_types[relation.type].ends
        if not any(source in ends[0] and target in ends[1] for source, target in pairs):
            wrong.add(
                (
                    relation.type,
                    estate.items[relation.source].class_name,
                    estate.items[relation.target].class_name,
                )
            )

    assert wrong == set()


def test_batches_write_every_ci_and_relationship_once(estate: Estate) -> None:
    """Ids are ascending, and each relationship stands between CIs of the estate."""
    written = list(batches(estate))
    ids = [create.id for batch in written for create in batch.creates]

    assert ids == sorted(ids)
    assert ids == [id_of(place) for place in range(len(estate.items))]
    assert sum(len(batch.link_puts) for batch in written) == len(estate.relations)


def test_observations_tell_all_of_it(estate: Estate) -> None:
    """Every CI and every relationship stands in exactly one observation."""
    told = list(observations(estate))

    assert sum(len(each.items) for each in told) == len(estate.items)
    assert sum(len(each.relationships) for each in told) == len(estate.relations)


def test_files_hold_what_was_asked_for() -> None:
    """A scan has so many hosts and a table so many rows, the same for the same seed."""
    assert nmap_scan(30, 1).count(b"<host ") == 30
    assert machine_table(30, 1).count(b"\n") == 31
    assert nmap_scan(30, 1) == nmap_scan(30, 1)
