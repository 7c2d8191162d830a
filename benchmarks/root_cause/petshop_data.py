"""Reads PetShop recordings: a call graph, metrics of each issue, and what truly caused it (Hardt et al., 2024)."""

from __future__ import annotations

import csv
import io
import json
import tarfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

Column = tuple[str, str, str]
"""Node, metric, statistic."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Samples by column, None where there is none; `times` (seconds) are the beginnings of the samples."""

    times: tuple[float, ...]
    columns: Mapping[Column, tuple[float | None, ...]]

    @property
    def step(self) -> float:
        """Seconds between two samples."""
        return min((b - a for a, b in zip(self.times, self.times[1:], strict=False)), default=0.0)


@dataclass(frozen=True, slots=True)
class Issue:
    """A failing target and when it was noticed; `cause` is the answer, used only to count."""

    name: str
    target: str
    metric: str
    statistic: str
    noticed: float
    cause: str
    recording: Recording


@dataclass(frozen=True, slots=True)
class Scenario:
    """calls: caller to those it calls. quiet: a recording without issues, where there is one."""

    name: str
    calls: Mapping[str, tuple[str, ...]]
    issues: tuple[Issue, ...]
    quiet: Recording | None


def read_scenarios(folder: Path) -> list[Scenario]:
    """Scenarios in a folder, in either of two layouts.

    `<scenario>_graph.csv` beside archives `<scenario>_*.tar.gz`, or folders `<scenario>/graph.csv` as published.
    """
    found = [
        _scenario(path.name.removesuffix("_graph.csv"), path.read_bytes(), dict(_archived(folder, path)))
        for path in sorted(folder.glob("*_graph.csv"))
    ]
    for path in sorted(folder.glob("*/graph.csv")):
        files = {
            p.relative_to(path.parent).as_posix(): p.read_bytes() for p in sorted(path.parent.rglob("*.*"))
        }
        found.append(_scenario(path.parent.name, path.read_bytes(), files))
    return found


def _archived(folder: Path, graph: Path) -> Iterator[tuple[str, bytes]]:
    scenario = graph.name.removesuffix("_graph.csv")
    for archive in sorted(folder.glob(f"{scenario}_*.tar.gz")):
        with tarfile.open(archive) as opened:
            for member in opened.getmembers():
                stream = opened.extractfile(member)
                if stream is not None:
                    yield member.name, stream.read()


def _scenario(name: str, graph: bytes, files: Mapping[str, bytes]) -> Scenario:
    issues = [
        _issue("/".join(path.split("/")[-3:-1]), raw, files[path.removesuffix("target.json") + "metrics.csv"])
        for path, raw in sorted(files.items())
        if path.endswith("target.json")
    ]
    quiet = [raw for path, raw in files.items() if path.endswith("noissue/metrics.csv")]
    issues.sort(key=lambda issue: issue.noticed)
    return Scenario(name, _calls(graph), tuple(issues), _recording(quiet[0]) if quiet else None)


def _calls(raw: bytes) -> dict[str, tuple[str, ...]]:
    (_, *names), *rows = csv.reader(io.StringIO(raw.decode()))
    return {
        caller: tuple(name for name, value in zip(names, cells, strict=True) if value and float(value))
        for caller, *cells in rows
    }


def _issue(name: str, target: bytes, metrics: bytes) -> Issue:
    told = json.loads(target)
    seen = told["target"]
    return Issue(
        name=name,
        target=seen["node"],
        metric=seen["metric"],
        statistic=seen["agg"],
        noticed=float(seen["timestamp"]),
        cause=told["root_cause"]["node"],
        recording=_recording(metrics),
    )


def _recording(raw: bytes) -> Recording:
    nodes, metrics, statistics, _, *rows = csv.reader(io.StringIO(raw.decode()))
    columns: defaultdict[Column, tuple[float | None, ...]] = defaultdict(tuple)
    for place, column in enumerate(zip(nodes, metrics, statistics, strict=True)):
        if place:
            columns[column] = tuple(float(row[place]) if row[place] else None for row in rows)
    return Recording(tuple(float(row[0]) for row in rows), dict(columns))
