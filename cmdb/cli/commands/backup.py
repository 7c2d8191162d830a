"""The commands that carry everything a store holds: backup, restore, copy, verify, audit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from cmdb.cli.options import Json, Store, examples
from cmdb.cli.place import chosen


def backup(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Where to write; - for standard output.", allow_dash=True)
    ],
    *,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace FILE, once the new backup is whole.")
    ] = False,
    json: Json = False,
    store: Store = None,
) -> None:
    """Write everything the store holds to one file, while others go on working with it."""
    from cmdb.cli.archiving import write_backup

    write_backup(chosen(context.obj, store, None), file, overwrite, json)


BACKUP_EXAMPLES = examples(
    "cmdb backup estate.cmdb.zst",
    "cmdb backup estate.cmdb.zst --overwrite --store neo4j://db.example:7687",
    "cmdb backup - | ssh elsewhere 'cat > estate.cmdb.zst'",
)


def restore(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A backup; - for standard input.", allow_dash=True)
    ],
    *,
    json: Json = False,
    store: Store = None,
) -> None:
    """Load a backup into an empty store: all of it, or nothing."""
    from cmdb.cli.archiving import restore_backup

    restore_backup(chosen(context.obj, store, None), file, json)


RESTORE_EXAMPLES = examples(
    "cmdb restore estate.cmdb.zst --store restored.db",
    "cmdb restore estate.cmdb.zst --store neo4j://db.example:7687",
)


def copy(
    source: Annotated[str, typer.Option("--from", metavar="ADDRESS", help="The store to copy.")],
    target: Annotated[str, typer.Option("--to", metavar="ADDRESS", help="The empty store that takes it.")],
    *,
    json: Json = False,
) -> None:
    """Copy one store into another, empty one, also of another kind; nothing is kept on disk between."""
    from cmdb.cli.archiving import copy_between

    copy_between(source, target, json)


COPY_EXAMPLES = examples("cmdb copy --from estate.db --to neo4j://db.example:7687")


def verify(
    context: typer.Context,
    file: Annotated[
        Optional[Path],  # noqa: UP045  # typer reads it at run time
        typer.Argument(metavar="FILE", help="A backup; without it the store is verified.", allow_dash=True),
    ] = None,
    *,
    json: Json = False,
    store: Store = None,
) -> None:
    """Check that a backup or a store is whole: read all of it, compare it with itself and with its ledger."""
    from cmdb.cli.archiving import verify_backup, verify_place

    if file is None:
        verify_place(chosen(context.obj, store, None), json)
    elif store is not None:
        raise typer.BadParameter("give FILE or --store, not both")
    else:
        verify_backup(file, json)


VERIFY_EXAMPLES = examples("cmdb verify estate.cmdb.zst", "cmdb verify --store estate.db")

audit = typer.Typer(no_args_is_help=True, help="The ledger: who changed what, and when.")


@audit.command("verify", epilog=examples("cmdb audit verify", "cmdb audit verify --json"))
def verify_audit(context: typer.Context, *, json: Json = False, store: Store = None) -> None:
    """Check the ledger alone: no revision is missing, and none was changed after it was written."""
    from cmdb.cli.archiving import verify_audit_of

    verify_audit_of(chosen(context.obj, store, None), json)
