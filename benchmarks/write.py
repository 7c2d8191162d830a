"""Writes the page and the plots of a run."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from benchmarks.page import page
from benchmarks.results import Results


def write(results: Results, folder: Path) -> Iterator[str]:
    """Write page and plots into a folder; yields what was written, one line each."""
    if find_spec("matplotlib"):
        from benchmarks.plots import plot

        plots = plot(results, folder)
    else:
        plots = frozenset(path.name for path in folder.glob("*.svg"))
        yield "The plots were left as they are: matplotlib is not installed (pip install 'graph-cmdb[bench]')."
    (folder / "README.md").write_text(page(results, plots), encoding="utf-8")
    yield f"Written: {folder / 'README.md'}, results.json and {len(plots)} plots"
