"""The command that brings inventory in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Optional

import typer
from typer.core import TyperCommand

from cmdb.cli import completion
from cmdb.cli.options import Json, Store, Url, examples
from cmdb.cli.place import chosen


def bring_in(
    context: typer.Context,
    importer: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="What the files are: nmap, table, …",
            autocompletion=completion.importer_names,
        ),
    ],
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Taken one after another; - for standard input.")
    ],
    *,
    plan: Annotated[bool, typer.Option("--plan", help="Say what would happen; write nothing.")] = False,
    source: Annotated[
        Optional[str],  # noqa: UP045  # typer reads it at run time
        typer.Option(metavar="NAME", help="Keep its word under this name. Default: SOURCE."),
    ] = None,
    scope: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="NAME", help="The network it looked at; private addresses repeat from network to network."
        ),
    ] = None,
    option: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(metavar="KEY=VALUE", help="An option of the importer; may be given again."),
    ] = None,
    mapping: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="FILE", help="Column mapping of a table (YAML)."),
    ] = None,
    reread: Annotated[
        bool, typer.Option("--reread", help="Read a file again although all of it stands already.")
    ] = False,
    json: Json = False,
    store: Store = None,
    url: Url = None,
) -> None:
    """Bring scans and tables in. What is known is recognised; a file twice changes nothing.

    A file that was brought in before is not read again as long as nobody has changed a CI or relationship since.
    """
    from cmdb.cli.importing import Asked, import_files

    asked = Asked(importer, tuple(files), plan, source, scope, tuple(option or ()), mapping, reread)
    code = import_files(chosen(context.obj, store, url), asked, json)
    if code:
        raise typer.Exit(code)


class ImportCommand(TyperCommand):
    """Its help lists the importers that are installed."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # typer does not publish their types
        """Write the help, with the importers and their options below the examples."""
        from cmdb.cli.importer_help import importer_lines

        self.epilog = "\n".join([self.epilog or "", "", "[bold]Importers[/bold]", *importer_lines()])
        super().format_help(ctx, formatter)


IMPORT_EXAMPLES = examples(
    "cmdb import nmap office-scan.xml --plan",
    "cmdb import nmap office-scan.xml",
    "cmdb import table machines.csv --source 'asset register'",
    "cmdb import table hosts.csv --mapping hosts.yaml --option delimiter=semicolon",
    "nmap -oX - 10.0.0.0/24 | cmdb import nmap -",
)
