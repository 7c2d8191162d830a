"""What differs between two moments, and what was written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from types import MappingProxyType

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cmdb.cli.history_answers import Diff, DiffEntry, DiffLink, DiffNode, Moment, Revisions
from cmdb.cli.render.items import moment
from cmdb.cli.terminal import clean, more, plural, table, text

_STYLES: Mapping[str, str] = MappingProxyType({"CREATED": "green", "UPDATED": "yellow", "DELETED": "red"})
_SIGNS: Mapping[str, str] = MappingProxyType({"CREATED": "+", "UPDATED": "~", "DELETED": "-"})
_IN_HEADLINE = frozenset({"name", "number", "title"})


def diff_parts(about: str | None, diff: Diff) -> Iterable[RenderableType]:
    """The two moments, and below each revision what it left different."""
    of = f" of {clean(about)}" if about else ""
    counted = plural(diff.total_count, "difference") if diff.total_count else "no difference"
    yield Text.assemble("From ", _moment(diff.start), " to ", _moment(diff.end), f": {counted}{of}")
    for revision, group in groupby(diff.nodes, key=lambda entry: entry.revision):
        entries = list(group)
        last = entries[0]
        why = f": {clean(last.reason)}" if last.reason else ""
        who = f"  {moment(last.at)}  {clean(last.actor.name)}{why}"
        yield Text.assemble((f"\nRevision {revision}", "bold"), (who, "dim"))
        for entry in entries:
            yield from _entry_parts(entry)
    yield from more(diff.total_count - len(diff.nodes))


def _moment(at: Moment) -> Text:
    return Text.assemble((f"revision {at.revision}", "bold"), f" ({moment(at.at)})")


def _entry_parts(entry: DiffEntry) -> Iterable[RenderableType]:
    if entry.node is not None:
        yield _node_line(entry.node)
        yield from _values(entry.node)
    if entry.link is not None:
        yield _link_line(entry.link)
        yield from _values(entry.link)


def _sign(kind: str) -> tuple[str, str]:
    return f"  {_SIGNS.get(kind, '?')} ", _STYLES.get(kind, "")


def _node_line(node: DiffNode) -> Text:
    was = f" (was {clean(node.old_label)})" if node.old_label and node.old_label != node.label else ""
    values = node.before if node.kind == "DELETED" else node.after
    title = f" {clean(values['title'])}" if "title" in values else ""
    name = clean(node.name or node.id)
    return Text.assemble(_sign(node.kind), f"{clean(node.label)} ", (f"{name}{title}", "bold"), was)


def _link_line(link: DiffLink) -> Text:
    source, target = clean(link.source_name or link.source), clean(link.target_name or link.target)
    return Text.assemble(_sign(link.kind), (source, "bold"), f" {clean(link.type)} ", (target, "bold"))


def _values(what: DiffNode | DiffLink) -> Iterable[RenderableType]:
    """The values that differ: before and after of what was updated, those of what was made or deleted."""
    changed = what.kind == "UPDATED"
    names = sorted({*what.before, *what.after} - (frozenset() if changed else _IN_HEADLINE))
    if not names:
        return
    made = Table.grid(padding=(0, 1))
    for name in names:
        before, after = what.before.get(name), what.after.get(name)
        value = text(after if what.kind == "CREATED" else before)
        if changed:
            value = Text.assemble(_value(before), (" → ", "dim"), _value(after))
        made.add_row(text(f"{name}:", "dim"), value)
    yield Padding(made, (0, 0, 0, 6), expand=False)


def _value(value: object) -> Text:
    return Text("nothing", style="dim") if value is None or value == "" else text(value)


def revision_parts(page: Revisions) -> Iterable[RenderableType]:
    """A line for each revision."""
    if not page.revisions:
        yield text(f"There are none; the newest revision is {page.head}.")
        return
    made = table("Revision", "Time", "Who", "What", "Nodes", "Links", numbers=["Revision", "Nodes", "Links"])
    for one in page.revisions:
        counts = (f"{one.node_count:,}", f"{one.link_count:,}")
        made.add_row(str(one.number), moment(one.at), text(one.actor.name), text(one.reason), *counts)
    yield made
    left = page.head - page.revisions[-1].number
    if left > 0:
        yield text(f"… and {left:,} later ones; --after {page.revisions[-1].number} shows them.", "dim")
