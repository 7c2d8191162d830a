"""What all suites share: where to put files, how long to try, and where results go."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from benchmarks.results import Footprint, Measurement
from benchmarks.timing import Patience, Timing


@dataclass(slots=True)
class Bench:
    """One run in progress. `slow` is the patience for what takes seconds each time."""

    folder: Path
    console: Console
    quick: Patience = field(default_factory=Patience)
    slow: Patience = field(default_factory=lambda: Patience(least=3, most=5, seconds=0))
    measurements: list[Measurement] = field(default_factory=list)
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

    def say(self, text: str) -> None:
        """Tell what comes next."""
        self.console.print(text, style="bold cyan", highlight=False)

    def note(self, text: str) -> None:
        """Keep a sentence about what was left out, and show it."""
        self.notes.append(text)
        self.console.print(text, style="yellow", highlight=False)
