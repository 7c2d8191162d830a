"""What stands against a change, when it can be done, and how risky it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cmdb.cli.answers import Ci, RecordLine
from cmdb.cli.change_answers import (
    Collision,
    Collisions,
    FreeSlot,
    MeetingItem,
    Risk,
    Span,
    WindowCollision,
)
from cmdb.cli.render.impact import group_words
from cmdb.cli.render.items import moment
from cmdb.cli.terminal import bar, clean, heading, more, named, plural, state_text, table, text

_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "LOST_REDUNDANCY": "together they use up redundancy",
        "SAME_CI": "both touch the same item",
        "TOUCHES_AFFECTED": "one touches what the other hits",
        "SHARED_IMPACT": "both hit the same items",
    }
)
_WINDOWS: Mapping[str, str] = MappingProxyType(
    {
        "BLACKOUT": "nothing may be changed then",
        "MAINTENANCE": "its items are changed in maintenance windows only",
    }
)
_NAME_WIDTH = 40
_LEVELS: Mapping[str, str] = MappingProxyType({"LOW": "green", "MEDIUM": "yellow", "HIGH": "bold red"})
_PARTS: Mapping[str, str] = MappingProxyType(
    {
        "IMPACT": "impact",
        "REDUNDANCY": "redundancy",
        "HISTORY": "history",
        "INCIDENTS": "incidents",
        "URGENCY": "urgency",
        "UNTESTED": "untested",
    }
)


def change_line(change: RecordLine) -> Text:
    """Its number, title and state."""
    return Text.assemble(
        (clean(change.number), "bold"), f" {clean(change.title)}", (f" ({clean(change.status)})", "dim")
    )


def span(time: Span) -> str:
    """`2030-03-20 20:00 to 22:00 UTC`; with the second day where it is another one."""
    start, end = moment(time.start), moment(time.end)
    return f"{start.removesuffix(' UTC')} to {end[11:] if start[:10] == end[:10] else end}"


def risk_parts(change: RecordLine, risk: Risk) -> Iterable[RenderableType]:
    """The level, and each part with its value, weight and points, the heaviest first."""
    yield change_line(change)
    yield Text.assemble(
        "Risk ", (clean(risk.level), _LEVELS.get(risk.level, "")), f" {risk.score:.2f} ", bar(risk.score)
    )
    yield Text()
    made = table("Points", "Part", "Value", "Weight", "Why", numbers=["Points", "Value", "Weight"])
    for part in sorted(risk.parts, key=lambda part: -part.points):
        why = part.reason
        if part.records:
            why += ": " + "; ".join(_record(record) for record in part.records)
        name = _PARTS.get(part.part, part.part.lower())
        made.add_row(f"{part.points:.3f}", name, f"{part.value:.2f}", f"{part.weight:.2f}", text(why))
    yield made
    if risk.truncated:
        yield text("There is more history than was looked at.", "yellow")


def slot_parts(change: RecordLine, answer: FreeSlot) -> Iterable[RenderableType]:
    """The slot, and what was in the way before."""
    yield change_line(change)
    if answer.slot is None:
        yield Text(f"There is no free slot up to {moment(answer.looked_until)}.", style="yellow")
    else:
        yield Text.assemble("Next free slot: ", (span(answer.slot), "bold green"))
    if answer.in_maintenance_only:
        yield Text("It touches items that are changed in maintenance windows only.")
    if answer.truncated:
        until = moment(answer.looked_until)
        yield Text(f"There are more changes than one question looks at: known up to {until}.", style="yellow")
    if answer.obstacles:
        yield heading("In the way before")
        made = table("Time", "Record", "Type")
        for obstacle in answer.obstacles:
            record = obstacle.record
            made.add_row(text(span(obstacle.time)), text(_record(record)), text(record.type))
        yield made


def collision_parts(change: RecordLine, answer: Collisions) -> Iterable[RenderableType]:
    """Every change and window that stands against it, the gravest first, with the items it is about."""
    yield change_line(change)
    yield Text.assemble("Planned ", (span(answer.planned), "bold"), ": ", _sum(answer))
    for collision in answer.collisions:
        yield heading(_record(collision.change))
        yield _collision_line(collision)
        yield from _meetings("by the other", collision.items, collision.total_count)
    for several in answer.together:
        yield heading(" and ".join(_record(one) for one in several.changes))
        yield text(f"  {span(several.overlap)}: only all together they bring about what follows")
        yield from _meetings("by the others", several.items, several.total_count)
    for window in answer.windows:
        yield heading(_record(window.window))
        yield _window_line(window)
        yield _listed(window.items, window.total_count)
    if answer.truncated:
        yield text("\nThere are more changes or windows in that time than one question looks at.", "yellow")
    for empty in answer.empty_windows:
        yield text(f"\nGoverns nothing any more, all it named is gone: {_record(empty)}", "yellow")


def _sum(answer: Collisions) -> Text:
    changes = len(answer.collisions)
    if not (changes or answer.windows or answer.together):
        return Text("nothing stands against it.", style="green")
    counts = [
        plural(changes, "change") if changes else "",
        plural(len(answer.windows), "window") if answer.windows else "",
    ]
    one = changes + len(answer.windows) == 1
    return Text(
        f"{' and '.join(filter(None, counts))} {'stands' if one else 'stand'} against it.", style="yellow"
    )


def _collision_line(collision: Collision) -> Text:
    kinds = "; ".join(_KINDS.get(kind, kind.lower()) for kind in collision.kinds)
    when = f"{span(collision.overlap)}: " if collision.overlap else ""
    return text(f"  {when}{kinds}")


def _window_line(window: WindowCollision) -> Text:
    when = f"{span(window.overlap)}: " if window.overlap else ""
    return text(f"  {when}{_WINDOWS.get(window.kind, window.kind.lower())}")


def _meetings(other: str, items: Sequence[MeetingItem], total: int) -> Iterable[RenderableType]:
    made = _meeting_table(other)
    for item in items:
        made.add_row(
            text(item.ci.shown if item.ci else "(deleted meanwhile)"),
            text(item.ci.class_name if item.ci else ""),
            state_text(item.by_this),
            state_text(item.by_other),
            state_text(item.together),
            text(group_words(item.group)),
        )
    # Names are looked for by eye: the words beside them are folded first.
    longest = max((len(item.ci.shown) for item in items if item.ci), default=0)
    made.columns[0].min_width = min(longest, _NAME_WIDTH)
    yield made
    yield from more(total - len(items), "; --first N lists N of them")


def _meeting_table(other: str) -> Table:
    return table("Configuration item", "Class", "By this", other.capitalize(), "Together", "Through")


def _listed(items: Sequence[Ci], total: int) -> Text:
    names = named((ci.shown for ci in items), total - len(items))
    return Text.assemble((f"  {plural(total, 'item')} of this change: ", "dim"), names)


def _record(record: RecordLine) -> str:
    return f"{record.number} {clean(record.title)}".rstrip()
