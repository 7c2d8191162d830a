"""What the demo shows, scene by scene."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from textwrap import indent
from types import MappingProxyType

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cmdb.api.services import Services
from cmdb.cli.asking import Seen, tell_impact, tell_root_cause
from cmdb.cli.demo.story import Record, Story
from cmdb.cli.gateway import Gateway, local_actor
from cmdb.cli.import_ends import opened
from cmdb.cli.operations import operation
from cmdb.cli.packaged import example_folder
from cmdb.cli.place import LOCAL_SERVER
from cmdb.cli.render.imports import ImportAnswer, counts_table, headline, problem_parts, samples
from cmdb.cli.terminal import Terminal, clean
from cmdb.graph.elements import Node
from cmdb.inventory.engine import InventoryEngine
from cmdb.kernel.clock import SystemClock, parse_instant
from cmdb.processes.configuration.imports import ImportRequest, InventoryImports, outcome_data

SCAN = "office-scan.xml"
TABLES: Mapping[str, str] = MappingProxyType(
    {
        "machines.csv": "asset register",
        "services.csv": "service catalogue",
        "people.csv": "staff list",
        "relationships.csv": "service catalogue",
    }
)
"""Each table, and the source under whose name its word is kept."""


_MOMENTS = ("actual_start", "detected_at", "investigation_started_at")


@dataclass(frozen=True, slots=True)
class Told:
    """What the story left behind: its records by key, and the ids of what was seen healthy."""

    story: Story
    records: Mapping[str, Node]
    healthy: tuple[str, ...]

    def of_type(self, record_type: str) -> list[tuple[Record, Node]]:
        """The story's records of one type, with their nodes."""
        return [(each, self.records[each.key]) for each in self.story.records if each.type == record_type]


def title(words: str, beside: str = "") -> Text:
    """The line a scene begins with."""
    return Text.assemble(
        "\n", (f"━━ {words} ━━", "bold cyan"), (f"\n{clean(beside)}" if beside else "", "dim"), "\n"
    )


def command(*words: str) -> Text:
    """The command that gives what follows."""
    return Text.assemble(("$ ", "dim"), (shlex.join(words), "bold"), "\n")


async def bring_in_all(services: Services, terminal: Terminal) -> None:
    """The scan, with its plan first, then the tables."""
    # Its own clock: a scan made today is observed today, also in a story that begins days ago.
    clock = SystemClock()
    imports = InventoryImports(InventoryEngine(services.store, services.model, clock, services.ids), clock)
    terminal.show(
        title("1  A scan goes in", "nmap looked at the office's networks; first the plan, then the import")
    )
    terminal.show(command("cmdb", "import", "nmap", SCAN, "--plan"))
    plan = await _bring_in(imports, ImportRequest("nmap", SCAN, plan=True), terminal)
    terminal.show(
        headline(SCAN, plan), counts_table(plan), *samples(plan, "create"), *samples(plan, "relate")
    )
    terminal.show(Text(), command("cmdb", "import", "nmap", SCAN))
    terminal.show(headline(SCAN, await _bring_in(imports, ImportRequest("nmap", SCAN), terminal)))
    terminal.show(
        title("2  What a scan cannot see", "machines that were bought, services, people, and what needs what")
    )
    for file, source in TABLES.items():
        plan = await _bring_in(imports, ImportRequest("table", file, source, plan=True), terminal)
        answer = await _bring_in(imports, ImportRequest("table", file, source), terminal)
        terminal.show(command("cmdb", "import", "table", file, "--source", source))
        terminal.show(headline(file, answer), *samples(plan, "update"), Text())


async def _bring_in(imports: InventoryImports, request: ImportRequest, terminal: Terminal) -> ImportAnswer:
    with opened(example_folder() / request.file_name, terminal.err) as stream:
        outcome = await imports.bring_in(request, stream, local_actor())
    answer = ImportAnswer.model_validate(outcome_data(outcome))
    for part in problem_parts(answer):
        terminal.err.print(part)
    return answer


def show_story(told: Told, terminal: Terminal) -> None:
    """What happened, in its order."""
    terminal.show(title("3  The story", "as the records tell it"))
    terminal.show(story_table(told))
    healthy = ", ".join(named.name for named in told.story.healthy)
    terminal.show(Text(f"\nMeanwhile these work: {clean(healthy)}.", style="green"))


def story_table(told: Told) -> Table:
    """The records with who made them, when, and in which words."""
    made = Table.grid(padding=(0, 2))
    made.add_column(justify="right", no_wrap=True, style="dim")
    made.add_column(no_wrap=True)
    made.add_column(overflow="fold")
    for record in sorted(told.story.records, key=lambda each: happened(told.records[each.key])):
        node = told.records[record.key]
        about = ", ".join(named.name for named in (*record.touches, *record.affects))
        line = Text.assemble((clean(node.properties["title"]), "bold"), (f"  ({clean(node.status)})", "dim"))
        line += Text(f"\n{clean(record.requested_by.name)} on {clean(about)}:", style="cyan")
        line += Text(f"\n{clean(node.properties.get('description'))}", style="italic")
        made.add_row(ago(SystemClock().now() - happened(node)), Text(node.name, style="bold"), line)
    return made


def happened(record: Node) -> datetime:
    """When a record's event took place: when work began or somebody noticed, else when it was recorded."""
    for name in _MOMENTS:
        moment = record.properties.get(name)
        if isinstance(moment, str):
            return parse_instant(moment)
    return parse_instant(record.created_at)


def ago(before: timedelta) -> str:
    """`9 h ago`."""
    minutes = round(before.total_seconds() / 60)
    return f"{round(minutes / 60)} h ago" if minutes >= 120 else f"{minutes} min ago"


async def show_impact(gateway: Gateway, told: Told, terminal: Terminal) -> None:
    """What breaks if what last night's change touched fails?"""
    touched = [named.name for record, _ in told.of_type("Change") for named in record.touches]
    terminal.show(title("4  What breaks if the router fails?", "and for whom"))
    terminal.show(command("cmdb", "impact", *touched))
    answer = await tell_impact(gateway, touched, "DOWN", 100)
    terminal.show(*answer.parts(), *question("impact", answer.variables))


async def show_root_cause(gateway: Gateway, told: Told, terminal: Terminal) -> None:
    """What explains this morning's incidents?"""
    numbers = [node.name for _, node in told.of_type("Incident")]
    healthy = [named.name for named in told.story.healthy]
    terminal.show(
        title("5  Which configuration item explains these incidents?", "the printers print their test pages")
    )
    options = [word for name in healthy for word in ("--healthy", name)]
    terminal.show(command("cmdb", "root-cause", *numbers, *options))
    answer = await tell_root_cause(gateway, Seen(tuple(numbers), (), tuple(healthy)), 5)
    terminal.show(*answer.parts(), *question("root_cause", answer.variables))


def question(name: str, variables: Mapping[str, object]) -> Iterable[RenderableType]:
    """The GraphQL operation that gave an answer, with its variables."""
    yield Text(f"\nThe same in GraphQL (graphql/operations/{name}.graphql)", style="bold")
    yield _as_it_is(operation(name).rstrip(), "cyan")
    yield _as_it_is(f"variables: {json.dumps(variables, ensure_ascii=False)}", "dim")


def _as_it_is(words: str, style: str) -> Text:
    """Lines that can be copied: indented, but neither wrapped nor filled up."""
    return Text(indent(words, "  "), style=style, no_wrap=True, overflow="ignore")


def show_how_to_go_on(store: str, terminal: Terminal) -> None:
    """What a person may try next, on the same store."""
    terminal.show(title("6  Go on yourself"))
    terminal.show(Text(f"export CMDB_STORE={shlex.quote(store)}", style="bold"))
    for words in (
        ("cmdb", "show", "rtr-print"),
        ("cmdb", "records", "Incident"),
        ("cmdb", "points-of-failure", "Printing"),
        ("cmdb", "what-if", "rtr-print"),
        ("cmdb", "change", "risk", "CHG0000001"),
        ("cmdb", "diff", "rtr-print", "--from", "1"),
        ("cmdb", "search", "printer"),
        ("cmdb", "classes", "Router"),
        *([("cmdb", "neo4j", "stop")] if store == LOCAL_SERVER else []),
    ):
        terminal.show(Text(shlex.join(words), style="bold"))
    terminal.show(Text())
