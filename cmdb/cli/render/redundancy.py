"""Single points of failure, and what more redundancy would save."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cmdb.cli.answers import Ci, StateCount
from cmdb.cli.change_answers import PointsOfFailure, Saving, WhatIf
from cmdb.cli.terminal import clean, heading, more, plural, state_text, table, text


def points_parts(of: Ci, answer: PointsOfFailure) -> Iterable[RenderableType]:
    """The items, the nearest first."""
    upstream = f"({plural(answer.looked_at, 'item')} looked at, itself among them.)"
    if not answer.total_count:
        yield Text.assemble("Nothing takes ", (of.shown, "bold"), f" down by failing alone. {upstream}")
    else:
        counted = plural(answer.total_count, "single point of failure", "single points of failure")
        yield Text.assemble(f"{counted} of ", (of.shown, "bold"), f": each takes it down alone. {upstream}")
    if answer.truncated:
        yield text("There is more upstream than was looked at, so there may be more of them.", "yellow")
    if not answer.nodes:
        return
    yield Text()
    made = table("Configuration item", "Class", "Links away", numbers=["Links away"])
    for point in answer.nodes:
        made.add_row(text(point.ci.shown, "bold"), text(point.ci.class_name), str(point.distance))
    yield made
    yield from more(answer.total_count - len(answer.nodes))


@dataclass(frozen=True, slots=True)
class Supposition:
    """CIs that would be redundant, by spares or else by alternatives, and others that are in a state."""

    items: Sequence[Ci]
    failing: Sequence[Ci]
    state: str
    by_spares: bool = True
    independent: bool = False

    @property
    def line(self) -> Text:
        """It in words, up to a colon."""
        fails = Text.assemble("If ", _names(self.failing), " is " if len(self.failing) == 1 else " are ")
        by = ("an independent spare" if self.independent else "a spare") if self.by_spares else "alternatives"
        return fails + Text.assemble(state_text(self.state), f", with {by} for ", _names(self.items), ":")


def what_if_parts(supposed: Supposition, answer: WhatIf) -> Iterable[RenderableType]:
    """What is supposed, what it would save, and every item whose state would be another one."""
    yield supposed.line
    told = list(_savings(answer.saves))
    if told:
        yield Text(", ".join(told) + ".", style="green")
    else:
        yield Text("no service would be better off.", style="yellow")
        if supposed.by_spares and not supposed.independent:
            yield text("A spare stands on what the original stands on; with --independent on nothing.", "dim")
    yield heading("How many are hit")
    yield _counts_table(supposed, answer)
    if not answer.changes.nodes:
        return
    yield heading("What differs")
    made = table("As it is", "As it would be", "Configuration item", "Class")
    for row in answer.changes.nodes:
        made.add_row(
            state_text(row.before), state_text(row.after), text(row.ci.shown), text(row.ci.class_name)
        )
    yield made
    yield from more(answer.changes.total_count - len(answer.changes.nodes))


def _counts_table(supposed: Supposition, answer: WhatIf) -> Table:
    made = Table.grid(padding=(0, 2))
    made.add_row("  as it is", _counts(answer.before.by_state))
    after = _counts(answer.after.by_state)
    if supposed.by_spares and answer.after.by_state:
        after += Text("  (spares that are hit themselves are counted)", style="dim")
    made.add_row("  as it would be", after)
    return made


def _savings(saves: Saving) -> Iterator[str]:
    for count, what in ((saves.services_down, "down"), (saves.services_hit, "hit")):
        if count:
            yield f"{plural(abs(count), 'service')} {'fewer' if count > 0 else 'more'} {what}"
    if saves.users_at_most:
        few = "fewer" if saves.users_at_most > 0 else "more"
        yield f"up to {plural(abs(saves.users_at_most), 'user')} {few}"
    if saves.cost_per_hour:
        yield f"{abs(saves.cost_per_hour):,.0f} an hour {'less' if saves.cost_per_hour > 0 else 'more'}"


def _counts(counts: Sequence[StateCount]) -> Text:
    told = [Text.assemble(f"{one.count:,} ", state_text(one.state)) for one in counts if one.count]
    return Text(", ").join(told) if told else Text("nothing", style="green")


def _names(items: Sequence[Ci]) -> Text:
    return Text(" and ").join(Text(clean(ci.shown), style="bold") for ci in items)
