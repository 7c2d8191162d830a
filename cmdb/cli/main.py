"""The entry point of the command `cmdb`.

Nothing heavy is imported here: each command imports its work when it runs, so that help and completion are quick.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cmdb.cli.collecting import collect_rarely
from cmdb.cli.commands import ask, backup, bring, change, history, model, neo4j, redundancy, run
from cmdb.cli.options import Store, Url, examples
from cmdb.cli.place import Place

app = typer.Typer(
    name="cmdb",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A configuration management database that is a graph: what is there, what breaks, and why.",
    epilog=examples(
        "cmdb demo", "cmdb import nmap scan.xml", "cmdb impact core-router", "cmdb COMMAND --help"
    ),
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"cmdb {version('graph-cmdb')}")
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    store: Store = None,
    url: Url = None,
    version: Annotated[  # noqa: ARG001  # its callback does all there is to do
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options that every command understands, before or after its name."""
    context.obj = Place(store, url)


app.command(epilog=run.DEMO_EXAMPLES)(run.demo)
app.command(epilog=run.INIT_EXAMPLES)(run.init)
app.command("import", epilog=bring.IMPORT_EXAMPLES, cls=bring.ImportCommand)(bring.bring_in)
app.command(epilog=ask.IMPACT_EXAMPLES)(ask.impact)
app.command("points-of-failure", epilog=redundancy.POINTS_OF_FAILURE_EXAMPLES)(redundancy.points_of_failure)
app.command("what-if", epilog=redundancy.WHAT_IF_EXAMPLES)(redundancy.what_if)
app.command("root-cause", epilog=ask.ROOT_CAUSE_EXAMPLES)(ask.root_cause)
app.command(epilog=ask.SEARCH_EXAMPLES)(ask.search)
app.command(epilog=ask.SHOW_EXAMPLES)(ask.show)
app.command(epilog=ask.RECORDS_EXAMPLES)(ask.records)
app.command(epilog=history.DIFF_EXAMPLES)(history.diff)
app.command(epilog=history.REVISIONS_EXAMPLES)(history.revisions)
app.command(epilog=ask.QUERY_EXAMPLES)(ask.query)
app.command(epilog=model.CLASSES_EXAMPLES)(model.classes)
app.command(epilog=run.SERVE_EXAMPLES)(run.serve)
app.command(epilog=backup.BACKUP_EXAMPLES)(backup.backup)
app.command(epilog=backup.RESTORE_EXAMPLES)(backup.restore)
app.command(epilog=backup.COPY_EXAMPLES)(backup.copy)
app.command(epilog=backup.VERIFY_EXAMPLES)(backup.verify)
app.add_typer(change.change, name="change")
app.add_typer(backup.audit, name="audit")
app.add_typer(model.schema, name="schema")
app.add_typer(neo4j.server, name="neo4j")


def main() -> None:
    """Run the command; every failure ends in one message and an exit code."""
    collect_rarely()
    try:
        app()
    except Exception as error:  # noqa: BLE001  # the one place where everything unforeseen ends
        from cmdb.cli.failures import fail

        sys.exit(fail(error))


if __name__ == "__main__":
    main()
