"""An estate in a store of its own, opened, with starts chosen for questions of several sizes."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.estate.estate import Estate
from benchmarks.estate.generate import generate
from benchmarks.estate.loading import load_estate
from benchmarks.results import EstateSize
from cmdb.analysis.propagate import Assumed
from cmdb.app import Application, Settings, open_application
from cmdb.graph.structure import Structure
from cmdb.model.types import Model

SIZES_OF_INTEREST = (40, 1_000, 6_500, 37_000)
"""How many CIs the questions are to hit."""
_TRIED_EACH = 60


@dataclass(frozen=True, slots=True)
class Prepared:
    """A loaded estate. `structure` is the store's own answer for the shape of the whole."""

    size: EstateSize
    estate: Estate
    file: Path
    application: Application
    structure: Structure

    @property
    def model(self) -> Model:
        """The model in use."""
        return self.application.services.model

    @property
    def cis(self) -> int:
        """How many CIs there are."""
        return self.size.cis


@asynccontextmanager
async def prepared(asked: int, folder: Path) -> AsyncIterator[Prepared]:
    """An estate of about so many CIs in a file under `folder`; the file outlives the context."""
    file = folder / f"estate-{asked}.db"
    estate = generate(asked)
    begin = time.perf_counter()
    async with open_application(Settings(store=str(file))) as application:
        await load_estate(estate, application.services.store)
    took = time.perf_counter() - begin  # with the closing, which moves the log into the file
    async with open_application(Settings(store=str(file))) as application:
        structure = await application.services.store.structure()
        yield Prepared(
            _size(asked, estate, application.services.model, took, file), estate, file, application, structure
        )


def _size(asked: int, estate: Estate, model: Model, took: float, file: Path) -> EstateSize:
    depended: Counter[int] = Counter()
    for relation in estate.relations:
        impact = model.relationship_types[relation.type].impact
        if impact is not None:
            depended[relation.target if impact.suffers == "source" else relation.source] += 1
    return EstateSize(
        asked=asked,
        cis=len(estate.items),
        relationships=len(estate.relations),
        dependencies=depended.total(),
        most_depended_on=max(depended.values()),
        load_seconds=took,
        file_mib=file.stat().st_size / 2**20,
    )


def down(*positions: int) -> Assumed:
    """CIs that are down."""
    none = np.zeros(0, dtype=np.int32)
    return Assumed(np.array(positions, dtype=np.int32), none, none)


def candidates(estate: Estate) -> list[int]:
    """Positions of CIs worth trying as a start: up to a fixed number of each class, evenly spread."""
    by_class: dict[str, list[int]] = {}
    for place, item in enumerate(estate.items):
        by_class.setdefault(item.class_name, []).append(place)
    chosen = []
    for places in by_class.values():
        chosen += places[:: max(1, len(places) // _TRIED_EACH)]
    return chosen


def nearest(
    starts: Iterable[int], wanted: Sequence[int], count_of: Callable[[int], int]
) -> list[tuple[int, int]]:
    """For each wanted size the start whose question comes nearest to it by ratio, with its size.

    Sizes that nothing comes within half of are left out.
    """
    sizes = [(start, count_of(start)) for start in starts]
    found = []
    for size in wanted:
        start, count = min(sizes, key=lambda pair: abs(np.log(max(pair[1], 1) / size)))
        if size / 1.5 <= count <= size * 1.5:
            found.append((start, count))
    return found
