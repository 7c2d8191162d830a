"""A root cause as a ranking, with the reasons in words and the paths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cmdb.cli.answers import Candidate, Ci, RecordLine, RootCause, ScorePart
from cmdb.cli.render.impact import trees
from cmdb.cli.terminal import bar, clean, heading, plural, table, text

EXPLAINED = 5
"""So many candidates are explained part by part."""

_PARTS: Mapping[str, str] = MappingProxyType(
    {
        "EXPLAINS": "its failing would explain",
        "SPECIFICITY": "how little else its failing would break",
        "DISTANCE": "how near it is to the symptoms",
        "OWN_EVIDENCE": "it is seen failing itself",
        "RECENT_CHANGE": "a change touched it shortly before",
        "OPEN_PROBLEM": "an open problem names it",
        "KNOWN_ERROR": "a known error describes it",
        "PAST_CAUSE": "it was the cause before",
        "HEALTHY": "its failing would have broken what is seen working",
    }
)


def root_cause_parts(answer: RootCause) -> Iterable[RenderableType]:
    """The whole answer: the verdict, the ranking, the reasons of the best."""
    yield verdict(answer)
    if not answer.candidates:
        return
    yield heading("Ranking")
    yield ranking(answer)
    for place, candidate in enumerate(answer.candidates[:EXPLAINED], start=1):
        yield heading(f"{place}. {candidate.ci.shown} ({candidate.ci.class_name}): {candidate.score:.2f}")
        yield reasons(candidate)
        if place == 1:
            for tree in trees(symptom.path for symptom in candidate.symptoms):
                yield Padding(tree, (1, 0, 0, 2), expand=False)
    known = list(upstream(answer))
    if known:
        yield heading("Known upstream")
        yield from known


def upstream(answer: RootCause) -> Iterable[Text]:
    """A line for each record about what lies upstream, and for each earlier incident like these."""
    for kind, records in (
        ("change", answer.recent_changes),
        ("known error", answer.known_errors),
        ("problem", answer.open_problems),
    ):
        for one in records:
            if one.record is not None and one.ci is not None:
                when = "" if one.hours_before is None else f", {one.hours_before:.1f} hours before"
                yield text(f"  {kind} {_record(one.record)}, on {clean(one.ci.shown)}{when}")
    for past in answer.similar_incidents:
        if past.incident is not None and past.affected is not None and past.cause is not None:
            on, by = clean(past.affected.shown), clean(past.cause.shown)
            yield text(f"  earlier incident {_record(past.incident)}, on {on}, was caused by {by}")


def verdict(answer: RootCause) -> Text:
    """What is to be made of it, in a sentence or two."""
    looked = f"{plural(answer.considered, 'configuration item')} upstream of the symptoms looked at"
    match answer.verdict:
        case "CAUSE_FOUND":
            line = Text.assemble(
                "Look at ", (_names(answer.causes or _first(answer)), "bold green"), f". ({looked}.)"
            )
        case "SEVERAL_CAUSES":
            line = Text.assemble(
                "No single one explains it. Together these do: ",
                (_names(answer.causes), "bold"),
                f". ({looked}.)",
            )
        case _:
            line = Text(f"Nothing explains enough of it to be worth naming. ({looked}.)", style="yellow")
    if answer.unexplained:
        line += Text(f"\nStays unexplained: {_names(answer.unexplained)}.", style="yellow")
    if answer.truncated:
        line += Text(
            f"\nOnly {answer.verified:,} of them were worked out in full; a better one may be hidden.",
            "yellow",
        )
    return line


def ranking(answer: RootCause) -> Table:
    """The candidates, best first."""
    made = table("", "Candidate", "Score", "Explains", "Would break", numbers=["Explains", "Would break"])
    for place, candidate in enumerate(answer.candidates, start=1):
        name = Text.assemble(
            (clean(candidate.ci.shown), "bold" if place == 1 else ""),
            (f" {clean(candidate.ci.class_name)}", "dim"),
        )
        made.add_row(
            str(place),
            name,
            Text.assemble(f"{candidate.score:.2f} ", bar(candidate.score)),
            f"{len(whole(candidate))} of {len(symptoms(candidate))}",
            f"{candidate.would_affect:,}",
        )
    return made


def symptoms(candidate: Candidate) -> dict[str, Ci]:
    """Every symptom by its id, whether the candidate explains it or not."""
    told = [*(symptom.ci for symptom in candidate.symptoms), *candidate.unexplained]
    return {ci.id: ci for ci in told}


def whole(candidate: Candidate) -> list[Ci]:
    """The symptoms that the candidate explains in full: in part, a symptom stays unexplained as well."""
    open_ones = {ci.id for ci in candidate.unexplained}
    return [symptom.ci for symptom in candidate.symptoms if symptom.ci.id not in open_ones]


def reasons(candidate: Candidate) -> Table:
    """The parts of a candidate's score that count, in words, with what they rest on."""
    made = Table.grid(padding=(0, 2))
    made.add_column(justify="right", no_wrap=True)
    made.add_column(overflow="fold")
    for part in sorted(candidate.parts, key=lambda part: -part.points):
        if round(part.points, 2):
            style = "green" if part.points > 0 else "red"
            made.add_row(Text(f"  {part.points:+.2f}", style=style), reason(part, candidate))
    return made


def reason(part: ScorePart, candidate: Candidate) -> Text:
    """One part in words."""
    words = _PARTS.get(part.part, part.part.lower().replace("_", " "))
    match part.part:
        case "EXPLAINS":
            words += f" {len(whole(candidate))} of {plural(len(symptoms(candidate)), 'symptom')}"
            words += f" ({_names(whole(candidate))})" if whole(candidate) else ""
            in_part = [s.ci for s in candidate.symptoms if s.ci.id in {ci.id for ci in candidate.unexplained}]
            words += f", and {_names(in_part)} in part" if in_part else ""
        case "SPECIFICITY":
            words += f": {candidate.would_affect:,} down or degraded"
        case "HEALTHY":
            if candidate.breaks_healthy:
                words += f": {_names(candidate.breaks_healthy)}"
            else:
                words = "it is seen working itself"
        case _:
            pass
    if part.records:
        words += ": " + "; ".join(map(_record, part.records))
    return text(words)


def _record(record: RecordLine) -> str:
    return f"{record.number} {clean(record.title)}"


def _names(items: Iterable[Ci]) -> str:
    return ", ".join(clean(ci.shown) for ci in items)


def _first(answer: RootCause) -> tuple[Ci, ...]:
    return (answer.candidates[0].ci,) if answer.candidates else ()
