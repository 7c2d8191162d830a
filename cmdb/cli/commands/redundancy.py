"""The commands about redundancy: points-of-failure, what-if."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from cmdb.cli.options import AsOf, AssumedState, First, Json, Store, Url, examples
from cmdb.cli.place import chosen


def points_of_failure(
    context: typer.Context,
    item: Annotated[str, typer.Argument(metavar="CI", help="What must not go down, e.g. a service.")],
    first: First = 50,
    *,
    as_of: AsOf = None,
    json: Json = False,
    store: Store = None,
    url: Url = None,
) -> None:
    """Which configuration items take this one down by failing alone?"""
    from cmdb.cli.asking_redundancy import ask_points_of_failure

    ask_points_of_failure(chosen(context.obj, store, url, as_of), item, first, json)


POINTS_OF_FAILURE_EXAMPLES = examples(
    "cmdb points-of-failure Printing", "cmdb points-of-failure E-mail --json"
)


def what_if(
    context: typer.Context,
    items: Annotated[
        list[str], typer.Argument(metavar="CI", help="What would be redundant; each would have a spare.")
    ],
    *,
    fails: Annotated[
        Optional[list[str]],  # noqa: UP045  # typer reads it at run time
        typer.Option(metavar="CI", help="What fails; may be given again. Default: the CIs themselves."),
    ] = None,
    state: Annotated[
        AssumedState, typer.Option(help="The state that what fails is assumed to be in.")
    ] = AssumedState.DOWN,
    independent: Annotated[
        bool, typer.Option("--independent", help="The spares stand on nothing that could fail.")
    ] = False,
    via: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="TYPE",
            help="In place of spares: all that the CIs have by relationships of this type become one redundancy "
            "group; say with --fails what fails.",
        ),
    ] = None,
    add: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(metavar="CI", help="With --via: a further member of the group; may be given again."),
    ] = None,
    needed: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            min=1, help="With --via: how many members have to work. Default: as many as today, else one."
        ),
    ] = None,
    first: First = 50,
    as_of: AsOf = None,
    json: Json = False,
    store: Store = None,
    url: Url = None,
) -> None:
    """What would be saved if these were redundant? Nothing is written."""
    from cmdb.cli.asking_redundancy import Alternatives, Supposed, ask_what_if

    if via is None and (add or needed is not None):
        raise typer.BadParameter("--add and --needed go with --via", param_hint="--via")
    if via is not None and not fails:
        raise typer.BadParameter("say with --fails what fails", param_hint="--fails")
    if via is not None and independent:
        raise typer.BadParameter("--independent is about spares, and with --via there are none")
    alternatives = Alternatives(via, tuple(add or ()), needed) if via is not None else None
    supposed = Supposed(tuple(items), tuple(fails or ()), state.value.upper(), independent, alternatives)
    ask_what_if(chosen(context.obj, store, url, as_of), supposed, first, json)


WHAT_IF_EXAMPLES = examples(
    "cmdb what-if rtr-print",
    "cmdb what-if rtr-print --fails rtr-core",
    "cmdb what-if rtr-print --fails rtr-core --independent",
    "cmdb what-if Shipping --via DEPENDS_ON --add prn-office --fails prn-warehouse",
)
