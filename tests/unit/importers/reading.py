"""Reads bytes with an importer and sorts what comes out."""

from __future__ import annotations

import io
from dataclasses import dataclass

from cmdb.inventory.importer import Importer, Source
from cmdb.inventory.observation import Observation, ObservedItem, Problem
from cmdb.kernel.values import Value

READ_AT = "2026-11-22T08:00:00.000Z"


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything an importer gave for one source, in its order."""

    observations: tuple[Observation, ...]
    problems: tuple[Problem, ...]

    @property
    def codes(self) -> list[str]:
        return [problem.code for problem in self.problems]

    def items(self, class_name: str) -> list[ObservedItem]:
        return [
            item
            for observation in self.observations
            for item in observation.items
            if item.class_name == class_name
        ]

    def host(self) -> dict[str, Value]:
        """The attributes of the first item of the only observation."""
        (observation,) = self.observations
        return dict(observation.items[0].attributes)


def read(importer: Importer, data: bytes, **options: str) -> Reading:
    """All of the source at once."""
    source = Source("given", io.BytesIO(data), READ_AT, options)
    found = list(importer.read(source))
    return Reading(
        tuple(each for each in found if isinstance(each, Observation)),
        tuple(each for each in found if isinstance(each, Problem)),
    )
