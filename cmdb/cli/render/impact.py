"""An impact as a tree of why, tables of what and for whom, and sums."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from cmdb.cli.answers import Group, Impact, ImpactRecords, Path, Step, Truncation
from cmdb.cli.terminal import clean, heading, more, named, plural, state_text, table, text

GATHERED_FROM = 3
"""So many leaves of one kind below one CI are told in one line."""
_NAMED = 6


@dataclass(slots=True)
class Branch:
    """A CI in the tree of why, with what it hits directly."""

    step: Step
    below: dict[str, Branch] = field(default_factory=dict)


def impact_parts(answer: Impact, only: str = "") -> Iterable[RenderableType]:
    """The whole answer: in short, as a tree, as tables; and what else is going on there.

    `only`: what the question was narrowed to, in words.
    """
    yield summary(answer, only)
    if answer.affected.nodes:
        yield from _hit(answer)
    yield from _records("Open incidents there", answer.open_incidents)
    yield from _records("Changes planned there", answer.planned_changes)


def _hit(answer: Impact) -> Iterable[RenderableType]:
    yield heading("Why")
    yield from trees(row.path for row in answer.affected.nodes)
    yield heading("What is hit")
    yield affected_table(answer)
    left_out = answer.affected.total_count - len(answer.affected.nodes)
    yield from more(left_out, "; --first N shows N of them, --json --first N gives them to a program")
    if answer.summary.services:
        yield heading("Services")
        yield services_table(answer)
    if answer.responsible:
        yield heading("Whom to tell")
        yield responsible_table(answer)


def summary(answer: Impact, only: str = "") -> Text:
    """What was asked and the sums, in a few lines."""
    starts = Text(" and ").join(
        Text.assemble((start.ci.shown, "bold"), " is ", state_text(start.state)) for start in answer.starts
    )
    line = Text.assemble("If ", starts, ": ")
    nothing = "nothing that was asked for is hit." if only else "nothing else is hit."
    line += _sums(answer) if answer.affected.total_count else Text(nothing)
    if only:
        line += Text(f"\nAsked only for: {clean(only)}.", style="dim")
    for cut in answer.truncations:
        line += Text(f"\nCut: {_cut(cut)}", "yellow")
    return line


def _sums(answer: Impact) -> Text:
    counts = Text(", ").join(
        Text.assemble(f"{count.count:,} ", state_text(count.state))
        for count in answer.by_state
        if count.count
    )
    total = answer.affected.total_count
    line = Text.assemble(f"{plural(total, 'configuration item')} hit – ", counts)
    told = answer.summary
    if told.services:
        users = (
            f"{told.users_at_most:,}"
            if told.users_at_least == told.users_at_most
            else f"{told.users_at_least:,} to {told.users_at_most:,}"
        )
        line += Text(f"\n{plural(len(told.services), 'service')} hit, {users} users, ")
        line += Text(f"{told.cost_per_hour:,.0f} an hour for what is down")
    return line


def _cut(cut: Truncation) -> str:
    if cut.left_out is None:
        return f"only {cut.limit:,} configuration items were read for this; more may be hit, and worse"
    return f"{cut.left_out:,} left out by the {cut.reason.lower()} of {cut.limit:,}"


def trees(paths: Iterable[Path]) -> list[Tree]:
    """Explaining paths laid over one another: one tree for each CI they begin at."""
    roots: dict[str, Branch] = {}
    for path in paths:
        level = roots
        for step in path.steps:
            level = level.setdefault(step.ci.id, Branch(step)).below
    return [_grown(root) for root in roots.values()]


def _grown(root: Branch) -> Tree:
    grown = Tree(_step_line(root.step), guide_style="dim")
    _grow(grown, root)
    return grown


def _grow(tree: Tree, branch: Branch) -> None:
    leaves = [below for below in branch.below.values() if not below.below]
    for below in branch.below.values():
        if below.below:
            _grow(tree.add(_step_line(below.step)), below)
    for _, members in groupby(sorted(leaves, key=_kind), key=_kind):
        alike = list(members)
        if len(alike) < GATHERED_FROM:
            for leaf in alike:
                tree.add(_step_line(leaf.step))
        else:
            tree.add(_gathered_line(alike, branch.step.ci.shown))


def _kind(leaf: Branch) -> tuple[str, str, str, str]:
    group = leaf.step.group.name if leaf.step.group else ""
    return leaf.step.verb or "", leaf.step.ci.class_name, leaf.step.state, group


def _step_line(step: Step) -> Text:
    line = Text.assemble((f"{step.verb} ", "dim") if step.verb else "", (clean(step.ci.shown), "bold"))
    line += Text.assemble((f"  {clean(step.ci.class_name)}  ", "dim"), state_text(step.state))
    return line + group_note(step.group)


def _gathered_line(leaves: Sequence[Branch], above: str) -> Text:
    """Several leaves in one line; names that begin with that of the CI above lose this beginning."""
    first = leaves[0].step
    names = [clean(leaf.step.ci.shown).removeprefix(f"{clean(above)}:") for leaf in leaves]
    listed = ", ".join(names if len(names) <= _NAMED else [*names[: _NAMED - 1], "…"])
    line = Text.assemble((f"{first.verb} ", "dim"), (f"{len(leaves)} × {clean(first.ci.class_name)}", "bold"))
    line += Text.assemble("  ", state_text(first.state), (f"  {listed}", "dim"))
    return line + group_note(first.group)


def group_note(group: Group | None) -> Text:
    """What is left of a redundancy group, to stand behind an item; nothing for a group of one."""
    words = group_words(group)
    return Text(f"  ({words})" if words else "", style="dim")


def group_words(group: Group | None) -> str:
    """What is left of a redundancy group; nothing for a group of one."""
    if group is None or group.members == 1:
        return ""
    return f"{group.up} of {group.members} in {clean(group.name)} up, {group.needed} needed"


def affected_table(answer: Impact) -> Table:
    """What is hit, the worst first."""
    made = table("State", "Configuration item", "Class", "Links away", numbers=["Links away"])
    for row in answer.affected.nodes:
        made.add_row(state_text(row.state), text(row.ci.shown), text(row.ci.class_name), str(row.distance))
    return made


def services_table(answer: Impact) -> Table:
    """The services that are hit, with their users and costs, and the sums."""
    made = table("State", "Service", "Users", "Cost per hour", numbers=["Users", "Cost per hour"])
    for service in answer.summary.services:
        made.add_row(
            state_text(service.state),
            text(service.ci.shown),
            f"{service.users_affected:,}",
            f"{service.cost_per_hour:,.0f}",
        )
    return made


def responsible_table(answer: Impact) -> Table:
    """Teams and people, those with most to look after first."""
    made = table("Team or person", "Class", "Items", numbers=["Items"])
    for responsible in answer.responsible:
        made.add_row(
            text(responsible.party.shown), text(responsible.party.class_name), f"{responsible.count:,}"
        )
    return made


def _records(title: str, page: ImpactRecords) -> Iterable[RenderableType]:
    if not page.nodes:
        return
    yield heading(title)
    made = table("Number", "Status", "Title", "On")
    for one in page.nodes:
        names = named((ci.shown for ci in one.cis), one.count - len(one.cis))
        made.add_row(text(one.record.number), text(one.record.status), text(one.record.title), text(names))
    yield made
    yield from more(page.total_count - len(page.nodes), "")
    if page.truncated:
        yield text("There are more open records in all than one question looks at.", "yellow")
