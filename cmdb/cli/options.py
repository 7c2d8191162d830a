"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from cmdb.cli import completion

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
