"""What a run found out: kept as JSON, from which tables, plots and the page are made."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson
from pydantic import TypeAdapter

from benchmarks.timing import Timing


@dataclass(frozen=True, slots=True)
class Machine:
    """Where the run took place. Loads are the system's average over one minute at the beginning and the end."""

    processor: str
    cores: int
    memory_gib: float
    system: str
    python: str
    compiler: str | None
    load_before: float
    load_after: float
    versions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EstateSize:
    """An estate that was measured on."""

    asked: int
    cis: int
    relationships: int
    dependencies: int
    most_depended_on: int
    load_seconds: float
    file_mib: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """How long one thing took.

    `subject` was asked to do `task` on an estate of `cis` CIs; `amount` things came of it, named `unit`.
    """

    section: str
    task: str
    subject: str
    cis: int
    amount: int
    unit: str
    timing: Timing

    @property
    def rate(self) -> float:
        """Things a second, by the median."""
        return self.amount / self.timing.median

    @property
    def cpu_each(self) -> float:
        """Seconds of a processor for each thing."""
        return self.timing.cpu / self.amount


@dataclass(frozen=True, slots=True)
class Footprint:
    """Bytes of memory that a process takes which has answered a first question.

    before: with the application open. loaded: with the topology in memory too. peak: the most at any time.
    arrays: what the topology's arrays add up to.
    """

    cis: int
    before: int
    loaded: int
    peak: int
    arrays: int

    @property
    def per_ci(self) -> float:
        """Bytes that remain for each CI once the topology is loaded."""
        return (self.loaded - self.before) / self.cis


@dataclass(frozen=True, slots=True)
class Results:
    """All of a run. `command` is how to run it again; `notes` say what was left out and why."""

    date: str
    command: str
    machine: Machine
    estates: tuple[EstateSize, ...]
    measurements: tuple[Measurement, ...]
    footprints: tuple[Footprint, ...]
    repeated_import_revisions: int
    notes: tuple[str, ...]

    def of(self, section: str) -> list[Measurement]:
        """The measurements of a section, in their order."""
        return [measurement for measurement in self.measurements if measurement.section == section]


_ADAPTER = TypeAdapter(Results)


def save(results: Results, path: Path) -> None:
    """Write a run as JSON."""
    path.write_bytes(orjson.dumps(asdict(results), option=orjson.OPT_INDENT_2) + b"\n")


def load(path: Path) -> Results:
    """A run as it was written."""
    return _ADAPTER.validate_json(path.read_bytes())
