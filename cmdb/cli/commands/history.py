"""The commands about the past: diff, revisions."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from cmdb.cli.options import First, Json, Store, Url, examples
from cmdb.cli.place import chosen


def diff(
    context: typer.Context,
    item: Annotated[
        Optional[str],  # noqa: UP045  # typer reads it at run time
        typer.Argument(
            metavar="CI", help="A configuration item, or a record by its number. Default: everything."
        ),
    ] = None,
    *,
    start: Annotated[
        str,
        typer.Option(
            "--from", metavar="MOMENT", help="A time (2026-11-17T08:00:00Z) or a revision's number."
        ),
    ],
    end: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--to", metavar="MOMENT", help="Likewise. Default: now."),
    ] = None,
    service: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="CI", help="A service, with all it depended on at either moment."),
    ] = None,
    first: First = 100,
    json: Json = False,
    store: Store = None,
    url: Url = None,
) -> None:
    """What differs between two moments: of an item, of a service with all it depends on, or of everything?"""
    from cmdb.cli.asking_history import Compared, ask_diff

    if item is not None and service is not None:
        raise typer.BadParameter("give CI or --service, not both")
    ask_diff(chosen(context.obj, store, url), Compared(start, end, item, service), first, json)


DIFF_EXAMPLES = examples(
    "cmdb diff --from 2026-11-17T08:00:00Z",
    "cmdb diff rtr-print --from 1 --to 2",
    "cmdb diff CHG0000001 --from 2026-11-17T08:00:00Z",
    "cmdb diff --service Printing --from 5 --json",
)


def revisions(
    context: typer.Context,
    after: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(metavar="NUMBER", min=0, help="List those that follow this one. Default: the newest."),
    ] = None,
    first: First = 20,
    *,
    json: Json = False,
    store: Store = None,
    url: Url = None,
) -> None:
    """What was written, when, by whom and why, oldest first: numbers for --as-of and diff."""
    from cmdb.cli.asking_history import ask_revisions

    ask_revisions(chosen(context.obj, store, url), after, first, json)


REVISIONS_EXAMPLES = examples("cmdb revisions", "cmdb revisions --after 0 --first 100 --json")
