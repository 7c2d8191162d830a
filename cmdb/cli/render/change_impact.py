"""What a change hits while it is carried out, and what it alters afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cmdb.cli.answers import Impact, RecordLine
from cmdb.cli.change_answers import (
    ImpactDiff,
    ProposedItem,
    Reach,
    RedundancyDifference,
    Shape,
)
from cmdb.cli.render.change import change_line
from cmdb.cli.render.impact import impact_parts
from cmdb.cli.terminal import clean, heading, named, plural, table, text

_MODIFIES: Mapping[str, str] = MappingProxyType(
    {
        "add_ci": "add an item",
        "change_ci": "change an item",
        "remove_ci": "remove an item",
        "add_relationship": "add a relationship",
        "change_relationship": "change a relationship",
        "remove_relationship": "remove a relationship",
    }
)


def change_impact_parts(change: RecordLine, answer: Impact, only: str = "") -> Iterable[RenderableType]:
    """The change, and what breaks while it is carried out. `only`: what the question was narrowed to, in words."""
    yield change_line(change)
    if not answer.starts:
        yield Text(
            "It touches no configuration item, so it hits nothing: link it to what is worked on by TOUCHES."
        )
        return
    yield from impact_parts(answer, only)


def impact_diff_parts(change: RecordLine, diff: ImpactDiff) -> Iterable[RenderableType]:
    """What is proposed, and what that alters."""
    yield change_line(change)
    if not diff.modifications:
        yield Text("It has no modifications that are still to be made, so there is nothing to compare.")
        return
    yield Text(
        f"{plural(len(diff.modifications), 'modification')} to be made; "
        f"{plural(diff.compared, 'service')} compared as they are and as they would be."
    )
    if diff.truncated:
        yield Text("There was more to compare than was; what is told is right all the same.", style="yellow")
    yield heading("Proposed")
    yield _modifications(diff.modifications)
    if diff.points_of_failure:
        yield heading("Single points of failure")
        yield _reaches("Service", "Taken down also by", "No longer by", diff.points_of_failure)
    if diff.redundancy:
        yield heading("Redundancy")
        yield from _redundancy(diff.redundancy)
    if diff.dependencies:
        yield heading("What services depend on")
        yield _reaches("Service", "Also on", "No longer on", diff.dependencies)
    if diff.dependents:
        yield heading("What depends on the items")
        yield _reaches("Item", "Also", "No longer", diff.dependents)
    if not (diff.points_of_failure or diff.redundancy or diff.dependencies or diff.dependents):
        yield Text("\nThat alters no dependency, redundancy or point of failure.", style="green")


def _modifications(modifications: Sequence[RecordLine]) -> Table:
    made = Table.grid(padding=(0, 2))
    for one in modifications:
        kind = str(one.attributes.get("kind", ""))
        made.add_row(text(f"  {one.number}", "bold"), text(_MODIFIES.get(kind, kind)), text(one.title))
    return made


def _reaches(of: str, gained: str, lost: str, reaches: Sequence[Reach]) -> Table:
    made = table(of, gained, lost)
    for reach in reaches:
        made.add_row(
            text(reach.item.shown, "bold"),
            _names(reach.gained, reach.gained_count),
            _names(reach.lost, reach.lost_count),
        )
    return made


def _redundancy(differences: Sequence[RedundancyDifference]) -> Iterable[RenderableType]:
    for one in differences:
        yield Text.assemble("  ", (clean(one.dependent.shown), "bold"), (f", group {clean(one.name)}", "dim"))
        for side, shape in (("before", one.before), ("after", one.after)):
            yield Padding(Text.assemble((f"{side}: ", "dim"), _shape(shape)), (0, 0, 0, 6), expand=False)


def _shape(shape: Shape | None) -> Text:
    if shape is None:
        return Text("none", style="dim")
    soft = "" if shape.hard else " (soft)"
    return Text.assemble(
        f"{shape.needed} of {shape.total} needed{soft}: ", _names(shape.members, shape.total)
    )


def _names(items: Sequence[ProposedItem], total: int) -> Text:
    if not total:
        return Text()
    return text(named((item.shown for item in items), total - len(items)))
