"""Plots of the results, as SVG that is the same for the same results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.results import Measurement, Results
from benchmarks.suites import answering, impacts, importing, reaching, starting
from benchmarks.views import REACH_ORDER
from benchmarks.views_neo4j import ANSWER_ORDER

_OURS, _OTHERS = "#0b6e99", ("#018bff", "#b5651d", "#7a7a7a", "#5a8f29", "#8e5ea2")
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "cmdb",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.alpha": 0.3,
}


def plot(results: Results, folder: Path) -> frozenset[str]:
    """Write all plots that the results have numbers for; gives their names."""
    made = set()
    for name, draw in (
        ("reach.svg", _reach),
        ("answers.svg", _answers),
        ("growth.svg", _growth),
        ("start.svg", _start),
        ("import.svg", _import),
    ):
        with mpl.rc_context(_STYLE):
            figure = Figure(figsize=(8, 4.2), layout="constrained", facecolor="white")
            if draw(results, figure.add_subplot()):
                figure.savefig(folder / name, metadata={"Date": None, "Creator": None})
                made.add(name)
    return frozenset(made)


def _reach(results: Results, axes: Axes) -> bool:
    found = results.of(reaching.SECTION)
    others = iter(_OTHERS)
    for subject in REACH_ORDER:
        mine = [each for each in found if each.subject == subject]
        if not mine:
            continue
        is_ours = subject.startswith("ours")
        axes.plot(
            [each.amount for each in mine],
            [_reach_seconds(each) * 1000 for each in mine],
            marker="o",
            label=subject,
            color=_OURS if is_ours else next(others),
            linestyle={reaching.RESULT: "--", reaching.SEARCH: ":"}.get(subject, "-"),
        )
    axes.set(
        xscale="log", yscale="log", xlabel="affected CIs", ylabel="ms of a processor (Neo4j: by the clock)"
    )
    axes.legend(frameon=False, fontsize="small")
    return bool(found)


def _reach_seconds(each: Measurement) -> float:
    """Neo4j works in a process of its own, whose work is not this one's."""
    return each.timing.median if each.subject == reaching.NEO4J else each.timing.cpu


def _answers(results: Results, axes: Axes) -> bool:
    found = [each for each in results.loads_of(answering.SECTION) if each.clients == 1]
    if not found:
        return False
    tasks = list(dict.fromkeys(each.task for each in found))
    others = iter((*_OTHERS, *_OTHERS))
    shown = [subject for subject in ANSWER_ORDER if any(each.subject == subject for each in found)]
    for place, subject in enumerate(shown):
        mine = {each.task: each.median * 1000 for each in found if each.subject == subject}
        height = 0.8 / len(shown)
        bars = axes.barh(
            [tasks.index(task) + place * height for task in mine],
            list(mine.values()),
            height=height * 0.9,
            color=_OURS if subject == answering.OURS else next(others),
            label=subject,
        )
        axes.bar_label(bars, fmt=" {:,.0f}", fontsize="x-small")
    axes.set_yticks([place + 0.8 * (1 - 1 / len(shown)) / 2 for place in range(len(tasks))], tasks)
    axes.invert_yaxis()
    axes.set(xlabel="ms for one client, median")
    axes.legend(frameon=False, fontsize="x-small")
    return True


def _growth(results: Results, axes: Axes) -> bool:
    found = results.of(impacts.GROWTH)
    for subject, style in ((impacts.PROPAGATION, "-"), (impacts.RESULT, "--")):
        for is_share, color in ((True, _OURS), (False, _OTHERS[0])):
            mine = [
                each for each in found if each.subject == subject and (each.amount > each.cis / 8) == is_share
            ]
            axes.plot(
                [each.cis for each in mine],
                [each.cpu_each * 1e9 for each in mine],
                marker="o",
                color=color,
                linestyle=style,
                label=f"{subject}, {'a third of the estate' if is_share else 'about 1,000'} affected",
            )
    axes.set(xscale="log", yscale="log", xlabel="CIs", ylabel="ns of a processor an affected CI")
    axes.legend(frameon=False, fontsize="small")
    return bool(found)


def _start(results: Results, axes: Axes) -> bool:
    found = [each for each in results.of(starting.SECTION) if each.subject in starting.STEPS.values()]
    for cis in sorted({each.cis for each in found}):
        left = 0.0
        for step, each in enumerate(one for one in found if one.cis == cis):
            width = each.timing.median
            axes.barh(f"{cis:,} CIs", width, left=left, color=f"C{step}", label=each.subject)
            left += width
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(
        handles[: len(starting.STEPS)], labels[: len(starting.STEPS)], frameon=False, fontsize="small"
    )
    axes.set(xlabel="s")
    axes.margins(y=0.6)
    return bool(found)


def _import(results: Results, axes: Axes) -> bool:
    found = results.of(importing.SECTION)
    tasks = list(dict.fromkeys(each.task for each in found))
    colors = {importing.FIRST: _OURS, importing.AGAIN: "#7fb7cf", importing.BARE: _OTHERS[1]}
    for offset, (subject, color) in enumerate(colors.items()):
        mine = {each.task: each for each in found if each.subject == subject}
        places = [place + (offset - 1) * 0.27 for place in range(len(mine))]
        bars = axes.bar(places, [mine[task].rate for task in mine], width=0.25, color=color, label=subject)
        axes.bar_label(bars, fmt="{:,.0f}", fontsize="x-small")
    axes.set_xticks(range(len(tasks)), [task.replace(", ", "\n") for task in tasks], fontsize="small")
    axes.axhline(15_000, color="black", linewidth=0.8, linestyle=":")
    axes.set(yscale="log", ylabel="CIs/s")
    axes.legend(frameon=False, fontsize="small", ncols=3, loc="lower left", bbox_to_anchor=(0, 1))
    return bool(found)
