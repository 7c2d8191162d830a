"""What all suites share: where to put files, how long to try, and where results go."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from benchmarks.results import Footprint, Load, Measurement
from benchmarks.timing import Patience, Timing


@dataclass(slots=True)
class Bench:
    """One run in progress.

    `quick` is the patience for short work and `slow` for what takes seconds each time; `warming` is the uncounted work
    that servers are given before they are timed, and `asking` seconds are how long so many `clients` ask
    them.
    """

    folder: Path
    console: Console
    quick: Patience = field(default_factory=Patience)
    slow: Patience = field(default_factory=lambda: Patience(least=3, most=5, seconds=0))
    warming: Patience = field(default_factory=lambda: Patience(least=3, most=200, seconds=2))
    asking: float = 5.0
    clients: tuple[int, ...] = (1, 4, 16)
    measurements: list[Measurement] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)
    footprints: list[Footprint] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    repeated_import_revisions: int = 0

    def keep(
        self, section: str, task: str, subject: str, *, cis: int, amount: int, unit: str, timing: Timing
    ) -> None:
        """Keep a measurement, and show it."""
        self.measurements.append(Measurement(section, task, subject, cis, amount, unit, timing))
        self.console.print(
            f"  [dim]{task}[/]  {subject}: {amount:,} {unit} in [bold]{timing.median * 1000:,.3f} ms[/] "
            f"(p95 {timing.p95 * 1000:,.3f}, processor {timing.cpu * 1000:,.3f}, {timing.repetitions} times)",
            highlight=False,
        )

    def keep_load(self, load: Load) -> None:
        """Keep how clients were answered, and show it."""
        self.loads.append(load)
        self.console.print(
            f"  [dim]{load.task}, {load.clients} clients[/]  {load.subject}: [bold]{load.median * 1000:,.1f} ms[/] "
            f"(p95 {load.p95 * 1000:,.1f}), {load.rate:,.1f} answers/s",
            highlight=False,
        )

    def say(self, text: str) -> None:
        """Tell what comes next."""
        self.console.print(text, style="bold cyan", highlight=False)

    def note(self, text: str) -> None:
        """Keep a sentence about what was left out, and show it."""
        self.notes.append(text)
        self.console.print(text, style="yellow", highlight=False)
