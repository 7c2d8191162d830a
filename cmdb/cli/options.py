"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Optional

import typer

from cmdb.cli import completion


class AssumedState(StrEnum):
    """The states a CI may be assumed to be in."""

    DOWN = "down"
    DEGRADED = "degraded"


Store = Annotated[
    Optional[str],  # noqa: UP045  # typer reads it at run time
    typer.Option(
        metavar="ADDRESS",
        help="The store: a file, or a Neo4j server. Default: CMDB_STORE, else a file of your own.",
    ),
]
Url = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(metavar="URL", help="Ask this server, not a store. Default: CMDB_URL."),
]
AsOf = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--as-of", metavar="MOMENT", help="Ask as of a time (2026-11-17T08:00:00Z) or a revision's number."
    ),
]
First = Annotated[int, typer.Option(min=1, max=1000, help="List so many at most.")]
Classes = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--class",
        metavar="NAME",
        help="List only this class with its subclasses; may be given again.",
        autocompletion=completion.class_names,
    ),
]
Environments = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--environment", metavar="NAME", help="List only this environment; may be given again."),
]
Via = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        metavar="TYPE", help="Only relationships of this type pass anything on; may be given again."
    ),
]
Distance = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(metavar="LINKS", min=1, help="List only what is at most so many links away."),
]
Json = Annotated[
    bool, typer.Option("--json", help="Machine-readable results on standard output, nothing else.")
]
ClassName = Annotated[
    Optional[str],  # noqa: UP045
    typer.Argument(metavar="NAME", help="One class in full.", autocompletion=completion.class_names),
]


def examples(*lines: str) -> str:
    """An epilog of examples, a line each."""
    shown = [f"  [cyan]{_literal(line)}[/cyan]" for line in lines]
    return "\n".join(["[bold]Examples[/bold]", *shown])


def _literal(line: str) -> str:
    """The line with brackets that are no markup."""
    return line.replace("[", "\\[")
