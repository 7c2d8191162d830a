"""The commands of a Neo4j server on this machine: start, stop, status."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from cmdb.cli.options import Json, examples

Folder = Annotated[
    Optional[Path],  # noqa: UP045  # typer reads it at run time
    typer.Option(metavar="FOLDER", help="Where the server lives. Default: `neo4j` in your data folder."),
]

server = typer.Typer(
    no_args_is_help=True,
    help="A Neo4j server on this machine, made of packages; `--store neo4j` is its address.",
    epilog=examples("cmdb neo4j start", "cmdb impact core-router --store neo4j", "cmdb neo4j stop"),
)


@server.command(epilog=examples("cmdb neo4j start", "cmdb neo4j start --release 2026 --port 7687"))
def start(
    *,
    folder: Folder = None,
    release: Annotated[str, typer.Option(help="5.26, 2026, or a full release number.")] = "5.26",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The Bolt port; 0 for any free one.")] = 0,
    json: Json = False,
) -> None:
    """Start the server, and say how to use it. The first time its parts are fetched (about 130 MB)."""
    from cmdb.cli.serving_neo4j import tell_start

    tell_start(folder, release, port, json)


@server.command(epilog=examples("cmdb neo4j stop"))
def stop(*, folder: Folder = None, json: Json = False) -> None:
    """End the server in good order; harmless when none runs."""
    from cmdb.cli.serving_neo4j import tell_stop

    tell_stop(folder, json)


@server.command(epilog=examples("cmdb neo4j status --json"))
def status(*, folder: Folder = None, json: Json = False) -> None:
    """Say whether the server runs, and where. Exit code 3 when none runs."""
    from cmdb.cli.serving_neo4j import tell_status

    tell_status(folder, json)
