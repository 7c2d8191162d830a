"""What runs found out: kept as JSON, from which tables, plots and the page are made."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import orjson
from pydantic import TypeAdapter

from benchmarks.timing import Timing


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a run took place. Loads are the system's average over one minute at the beginning and the end."""

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
class Load:
    """How clients were answered that asked one after another, each as soon as it had its answer.

    `subject` answered `task` with so many `rows` to each of so many `clients`; together they got `answers` answers
    in `seconds`. median, p95: seconds that one answer took.
    """

    section: str
    task: str
    subject: str
    cis: int
    rows: int
    clients: int
    answers: int
    seconds: float
    median: float
    p95: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the benchmarks, and the sections that it measured.

    `command` is how to run it again; `notes` say what was left out and why; `minutes` is how long it took, where
    that was noted.
    """

    date: str
    command: str
    machine: Machine
    sections: tuple[str, ...]
    notes: tuple[str, ...]
    minutes: float | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """What stands in the page: of each section what the last run found that measured it."""

    runs: tuple[Run, ...]
    estates: tuple[EstateSize, ...]
    measurements: tuple[Measurement, ...]
    loads: tuple[Load, ...]
    footprints: tuple[Footprint, ...]
    repeated_import_revisions: int

    def of(self, section: str) -> list[Measurement]:
        """The measurements of a section, in their order."""
        return [measurement for measurement in self.measurements if measurement.section == section]

    def beside(self, measurement: Measurement, subject: str) -> Measurement:
        """What was measured of another subject in the same task."""
        return next(
            each
            for each in self.of(measurement.section)
            if (each.task, each.subject) == (measurement.task, subject)
        )

    def loads_of(self, section: str) -> list[Load]:
        """The loads of a section, in their order."""
        return [load for load in self.loads if load.section == section]


def merged(earlier: Results, later: Results) -> Results:
    """The later results, with those sections of the earlier ones that the later run did not measure."""
    (last,) = later.runs
    kept = [replace(run, sections=_without(run.sections, last.sections)) for run in earlier.runs]
    sizes = {each.asked for each in later.estates}
    return Results(
        runs=(*(run for run in kept if run.sections), last),
        estates=(*(each for each in earlier.estates if each.asked not in sizes), *later.estates),
        measurements=(
            *(each for each in earlier.measurements if each.section not in last.sections),
            *later.measurements,
        ),
        loads=(*(each for each in earlier.loads if each.section not in last.sections), *later.loads),
        footprints=later.footprints or earlier.footprints,
        repeated_import_revisions=max(earlier.repeated_import_revisions, later.repeated_import_revisions),
    )


def _without(sections: tuple[str, ...], measured: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(section for section in sections if section not in measured)


_ADAPTER = TypeAdapter(Results)


def save(results: Results, path: Path) -> None:
    """Write results as JSON."""
    path.write_bytes(orjson.dumps(asdict(results), option=orjson.OPT_INDENT_2) + b"\n")


def load(path: Path) -> Results:
    """Results as they were written."""
    return _ADAPTER.validate_json(path.read_bytes())
