"""The commands about a change: what it hits and alters, what stands against it, when, and how risky it is."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from cmdb.cli.options import (
    AsOf,
    AssumedState,
    Classes,
    Distance,
    Environments,
    First,
    Json,
    Store,
    Url,
    Via,
    examples,
)
from cmdb.cli.place import chosen

Change = Annotated[str, typer.Argument(metavar="CHANGE", help="By number or id.")]

change = typer.Typer(
    no_args_is_help=True,
    help="Questions about a change before it is made: impact, differences, collisions, time, risk.",
    epilog=examples("cmdb records Change --open", "cmdb show CHG0000001", "cmdb change impact CHG0000001"),
)


@change.command(
    epilog=examples(
        "cmdb change impact CHG0000001", "cmdb change impact CHG0000001 --state degraded --class Service"
    )
)
def impact(
    context: typer.Context,
    number: Change,
    state: Annotated[
        Optional[AssumedState],  # noqa: UP045  # typer reads it at run time
        typer.Option(help="The state assumed of what it touches. Default: as the change says, else down."),
    ] = None,
    first: First = 50,
    *,
    label: Classes = None,
    environment: Environments = None,
    via: Via = None,
    distance: Distance = None,
    as_of: AsOf = None,
    json: Json = False,
    store: Store = None,
    url: Url = None,
) -> None:
    """What breaks while it is carried out, whom to tell, and what else is going on there?"""
    from cmdb.cli.asking import Narrowed
    from cmdb.cli.asking_changes import ask_change_impact

    narrowed = Narrowed(tuple(label or ()), tuple(environment or ()), tuple(via or ()), distance)
    assumed = state.value.upper() if state else None
    ask_change_impact(chosen(context.obj, store, url, as_of), number, assumed, narrowed, first, json)


@change.command(epilog=examples("cmdb change diff CHG0000001", "cmdb change diff CHG0000001 --json"))
def diff(
    context: typer.Context,
    number: Change,
    first: Annotated[int, typer.Option(min=1, max=1000, help="Name so many of a kind at most.")] = 10,
    *,
    as_of: AsOf = None,
    json: Json = False,
    store: Store = None,
    url: Url = None,
) -> None:
    """What do its modifications alter: dependencies, redundancy, single points of failure?"""
    from cmdb.cli.asking_changes import ask_change_diff

    ask_change_diff(chosen(context.obj, store, url, as_of), number, first, json)


@change.command(epilog=examples("cmdb change collisions CHG0000001"))
def collisions(
    context: typer.Context,
    number: Change,
    first: Annotated[int, typer.Option(min=1, max=1000, help="List so many items of each at most.")] = 10,
    *,
    as_of: AsOf = None,
    json: Json = False,
    store: Store = None,
    url: Url = None,
) -> None:
    """Which other changes, blackouts and maintenance windows stand against its planned time?"""
    from cmdb.cli.asking_changes import ask_collisions

    ask_collisions(chosen(context.obj, store, url, as_of), number, first, json)


@change.command(
    epilog=examples(
        "cmdb change slot CHG0000001",
        "cmdb change slot CHG0000001 --minutes 90 --not-before 2030-03-20T18:00:00Z --days 14",
    )
)
def slot(
    context: typer.Context,
    number: Change,
    minutes: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(metavar="MINUTES", min=1, help="How long it takes. Default: as long as it is planned."),
    ] = None,
    not_before: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="TIME", help="Look from here on (RFC 3339). Default: from now on."),
    ] = None,
    days: Annotated[int, typer.Option(metavar="DAYS", min=1, max=366, help="Look so far ahead.")] = 90,
    *,
    as_of: AsOf = None,
    json: Json = False,
    store: Store = None,
    url: Url = None,
) -> None:
    """When is the next time in which nothing stands against it?"""
    from cmdb.cli.asking_changes import Wanted, ask_slot

    ask_slot(chosen(context.obj, store, url, as_of), number, Wanted(minutes, not_before, days), json)


@change.command(epilog=examples("cmdb change risk CHG0000001", "cmdb change risk CHG0000001 --json"))
def risk(
    context: typer.Context,
    number: Change,
    *,
    as_of: AsOf = None,
    json: Json = False,
    store: Store = None,
    url: Url = None,
) -> None:
    """How risky is it, and what does that consist of?"""
    from cmdb.cli.asking_changes import ask_risk

    ask_risk(chosen(context.obj, store, url, as_of), number, json)
