"""One configuration item or record in full, and lists of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cmdb.cli.answers import FullRecord, Hit, Item, RecordLine, RecordPage, RelationshipList
from cmdb.cli.terminal import clean, heading, more, table, text

_IN_HEADLINE = frozenset({"name", "status", "number", "title"})


def item_parts(item: Item) -> Iterable[RenderableType]:
    """Everything known about a CI."""
    yield Text.assemble(
        (clean(item.name or item.id), "bold"), f"  {clean(item.class_name)}  ", (clean(item.status), "green")
    )
    yield text(f"{item.id}, version {item.version} of revision {item.revision}", "dim")
    yield heading("Attributes")
    yield attributes_table(item)
    if item.sightings:
        yield heading("Seen by")
        yield sightings_table(item)
    yield from relationship_parts("Relationships", item.relationships)
    if item.records:
        yield heading("Records")
        yield records_table(item.records)


def attributes_table(item: Item) -> Table:
    """Attributes with the source that vouches for each."""
    stamps = {stamp.attribute: stamp for stamp in item.provenance}
    made = table("Attribute", "Value", "Source", "Observed")
    for name, value in sorted(item.attributes.items()):
        stamp = stamps.get(name)
        made.add_row(
            text(name),
            text(value),
            text(stamp.source if stamp else ""),
            text(moment(stamp.observed_at) if stamp else "", "dim"),
        )
    return made


def sightings_table(item: Item) -> Table:
    """Which sources have seen it, and when."""
    made = table("Source", "First", "Last")
    for seen in item.sightings:
        made.add_row(text(seen.source), text(moment(seen.first_seen)), text(moment(seen.last_seen)))
    return made


def relationship_parts(title: str, relationships: RelationshipList) -> Iterable[RenderableType]:
    """Relationships or links, read from this end."""
    if not relationships.nodes:
        return
    yield heading(title)
    made = Table.grid(padding=(0, 2))
    for relationship in sorted(
        relationships.nodes, key=lambda r: (r.verb, r.other.name or r.other.number or "")
    ):
        other = relationship.other
        name = other.name or " ".join(filter(None, (other.number, other.title))) or other.id
        made.add_row(
            text(f"  {relationship.verb}", "dim"),
            text(name, "bold"),
            text(other.class_name or other.type),
            text(relationship.attributes or "", "dim"),
        )
    yield made
    if relationships.truncated:
        yield text("  … and more; ask for them with `cmdb query`.", "dim")


def record_parts(record: FullRecord) -> Iterable[RenderableType]:
    """Everything known about a record."""
    yield Text.assemble(
        (clean(record.number), "bold"),
        f"  {clean(record.title)}  ",
        (clean(record.status), "green" if record.open else "dim"),
    )
    yield text(f"{record.type}, {record.id}, version {record.version}", "dim")
    yield heading("Attributes")
    made = table("Attribute", "Value")
    for name, value in sorted(record.attributes.items()):
        if name not in _IN_HEADLINE:
            made.add_row(text(name), text(value))
    yield made
    yield from relationship_parts("Links", record.links)
    yield heading("History")
    yield history_table(record)
    if record.available_actions:
        yield heading("What can be done")
        yield actions_table(record)


def history_table(record: FullRecord) -> Table:
    """What happened, oldest first."""
    made = Table.grid(padding=(0, 2))
    for entry in record.history:
        step = entry.transition
        what = entry.reason if step is None else f"{step.action or 'made'} → {step.target}"
        made.add_row(text(f"  {moment(entry.at)}", "dim"), text(what), text(entry.actor, "dim"))
    return made


def actions_table(record: FullRecord) -> Table:
    """The actions its state allows, with what stands in the way."""
    made = Table.grid(padding=(0, 2))
    for action in record.available_actions:
        needs = f"needs {', '.join(action.missing)}" if action.missing else ""
        made.add_row(
            text(f"  {action.name}", "bold"),
            text("; ".join(filter(None, (needs, *action.objections))), "dim"),
        )
    return made


def records_table(records: Sequence[RecordLine]) -> Table:
    """Records in a list."""
    made = table("Number", "Type", "Status", "Title")
    for record in records:
        status = text(record.status, "green" if record.open else "dim")
        made.add_row(text(record.number), text(record.type), status, text(record.title))
    return made


def record_page_parts(page: RecordPage) -> Iterable[RenderableType]:
    """The first records of a type."""
    if not page.nodes:
        yield text("There are none.")
        return
    yield records_table(page.nodes)
    yield from more(page.total_count - len(page.nodes))


def hits_table(hits: Sequence[Hit]) -> Table:
    """What a search found, best first."""
    made = table("Found", "Class or type", "Status", "Id")
    for hit in hits:
        node = hit.node
        name = node.name or " ".join(filter(None, (node.number, node.title)))
        made.add_row(
            text(name, "bold"), text(node.class_name or node.type), text(node.status), text(node.id, "dim")
        )
    return made


def moment(instant: str) -> str:
    """An RFC 3339 text to the minute."""
    return instant[:16].replace("T", " ") + " UTC" if len(instant) > 16 and instant.endswith("Z") else instant
