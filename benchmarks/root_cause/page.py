"""The page of results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchmarks.root_cause.evaluate import Ranks, Variation, within
from benchmarks.root_cause.rabobank import LISTED, Question

INTRODUCTION = """# Root cause: how often the true cause comes first

Written by `python -m benchmarks.root_cause`, which reads recordings beside the checkout (`--data`); a part whose
recording is absent is left out with a sentence. The answers are used to count, and nowhere else. Why it is done
so: [decision 0016](../adr/0016-root-cause-from-alerts-and-history.md).
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that was found; what is None was not there to read."""

    petshop: Sequence[Ranks] | None = None
    alone: Sequence[Ranks] | None = None
    variations: Sequence[Variation] = ()
    simulated: Sequence[Ranks] = ()
    by_opening: Sequence[Question] | None = None
    by_closing: Sequence[Question] | None = None


def page(outcome: Outcome) -> str:
    """The page, in Markdown."""
    return "\n".join([INTRODUCTION, *_petshop(outcome), *_simulated(outcome), *_rabobank(outcome)])


def _petshop(outcome: Outcome) -> Iterable[str]:
    yield "## PetShop: metrics of a running shop\n"
    if outcome.petshop is None or outcome.alone is None:
        yield "Left out: no PetShop recording was found (`rca/petshop`).\n"
        return
    yield (
        "Faults injected into a shop of microservices (Hardt et al., The PetShop Dataset, 2024; CC BY 4.0). The call "
        "graph becomes CIs with `DEPENDS_ON`; metrics become alerts by `cmdb/analysis/detector.py`; asked is what "
        "causes the failing target. Traversal is the data set's own baseline, anomalous with nothing anomalous "
        "upstream, on the same alerts; chance names any of the CIs upstream.\n"
    )
    yield _ranks_table("reference: all quiet samples", outcome.petshop)
    yield _ranks_table("reference: only what lies before the issue itself", outcome.alone)
    yield from _spread(outcome.variations)
    causes = len({rank.issue for rank in outcome.petshop})
    yield (
        f"**Weak:** {causes} issues are few, and in the recording at hand one service causes all of them. That rules "
        "out neither luck nor a fondness for services like this one; hence the drawn systems below. The rules were "
        "thought out with the eight issues of the low-traffic training part in view; no others had been read.\n"
    )


def _spread(variations: Sequence[Variation]) -> Iterable[str]:
    if not variations:
        return
    firsts, threes = [one.first for one in variations], [one.three for one in variations]
    yield (
        f"Each threshold of the detector and each weight halved and raised by half, one at a time ({len(variations)} "
        f"variations): first in {min(firsts):.2f} to {max(firsts):.2f}, among the first three in {min(threes):.2f} to "
        f"{max(threes):.2f} of the issues.\n"
    )
    worse = [one for one in variations if one.first < 1]
    if worse:
        yield "| changed | times | first | first 3 |\n|---|---:|---:|---:|"
        for one in worse:
            yield f"| {one.what} | {one.factor} | {one.first:.2f} | {one.three:.2f} |"
        yield ""


def _simulated(outcome: Outcome) -> Iterable[str]:
    yield "## Drawn systems\n"
    yield (
        "Call graphs of 40 services, one fault each, at any service; a tenth of the services has no metrics, a tenth of "
        "the calls waits for no answer (`benchmarks/root_cause/simulated.py`). Simulations are ours, so they show what "
        "breaks it rather than how good it is. `surge`: more traffic at the entry slows down everything, and the entry "
        "is the cause, which traversal cannot say. A draw whose target shows nothing is no issue.\n"
    )
    yield _ranks_table("fault", outcome.simulated)
    yield (
        "**Weak:** a cause without metrics comes after the service that calls it, which then makes all of the "
        "complaint by what is known.\n"
    )


def _ranks_table(title: str, ranks: Sequence[Ranks]) -> str:
    lines = [
        f"| {title} | issues | first | first 3 | mean rank | traversal: first | first 3 | chance: first | first 3 |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    groups = list(dict.fromkeys((one.scenario, one.metric) for one in ranks))
    for scenario, metric in groups:
        lines.append(_ranks_row(metric, [r for r in ranks if (r.scenario, r.metric) == (scenario, metric)]))
    if len(groups) > 1:
        lines.append(_ranks_row("**all**", ranks))
    return "\n".join(lines) + "\n"


def _ranks_row(name: str, ranks: Sequence[Ranks]) -> str:
    ours, theirs = [one.product for one in ranks], [one.traversal for one in ranks]
    mean = sum(one.product or one.upstream for one in ranks) / len(ranks)
    chance = [sum(min(first / one.upstream, 1) for one in ranks) / len(ranks) for first in (1, 3)]
    return (
        f"| {name} | {len(ranks)} | {within(ours, 1):.2f} | {within(ours, 3):.2f} | {mean:.2f} "
        f"| {within(theirs, 1):.2f} | {within(theirs, 3):.2f} | {chance[0]:.2f} | {chance[1]:.2f} |"
    )


def _rabobank(outcome: Outcome) -> Iterable[str]:
    yield "## A service desk: learning from earlier incidents\n"
    if outcome.by_opening is None or outcome.by_closing is None:
        yield "Left out: no table of incidents was found (`itsm`).\n"
        return
    yield (
        "Incidents of a bank (BPI Challenge 2014, doi 10.4121/uuid:c3e5d162-0cfd-4bb0-bd82-af5268819c35), brought in "
        "through the record engine in the order in which they were opened. For each whose cause is another CI than the "
        "affected one, `rootCause` is asked before the cause is recorded, with the affected CI as one that was looked "
        "at and works. The CIs have no dependencies among one another, only the service components they serve.\n"
    )
    yield _questions_table("causes known when the next incident is opened", outcome.by_opening)
    yield _questions_table("causes known when their incident is closed", outcome.by_closing)
    never = sum(not question.seen_before for question in outcome.by_opening)
    yield (
        f"**Weak:** {never} of {len(outcome.by_opening)} causes had caused nothing on another CI before; no history can "
        "name them, and there is no graph to. Of the rest one CI is the cause of many.\n"
    )


def _questions_table(title: str, questions: Sequence[Question]) -> str:
    seen = [question for question in questions if question.seen_before]
    lines = [
        f"| {title} | first | first 3 | first, of those seen before | first 3, of these | first {LISTED} |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    share: Callable[[Sequence[Question], str, int], float] = lambda some, name, first: within(  # noqa: E731
        [question.ranks[name] for question in some], first
    )
    for name in questions[0].ranks:
        shown = f"**{name}**" if name == "product" else name
        values = (
            share(questions, name, 1),
            share(questions, name, 3),
            share(seen, name, 1),
            share(seen, name, 3),
        )
        lines.append(
            f"| {shown} | "
            + " | ".join(f"{v:.2f}" for v in values)
            + f" | {share(questions, name, LISTED):.2f} |"
        )
    return (
        "\n".join(lines) + f"\n\n{len(questions)} questions, of which {len(seen)} had a cause seen before.\n"
    )
