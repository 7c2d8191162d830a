"""The commands about the model and the contract: classes, schema export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cmdb.cli.options import ClassName, Json, examples


def classes(name: ClassName = None, json: Json = False) -> None:
    """The classes of configuration items as a tree; or one: attributes, identification, relationships."""
    from cmdb.cli.modelling import show_classes

    show_classes(name, json)


CLASSES_EXAMPLES = examples("cmdb classes", "cmdb classes Router", "cmdb classes --json")

schema = typer.Typer(no_args_is_help=True, help="The contract of the API.")


@schema.command(epilog=examples("cmdb schema export", "cmdb schema export --directory graphql"))
def export(
    directory: Annotated[Path, typer.Option(help="Where to write; it is made where it is missing.")] = Path(
        "graphql"
    ),
) -> None:
    """Write schema.graphql and errors.json: what the API understands, and every error it may answer with."""
    from cmdb.cli.modelling import export_schema

    export_schema(directory)
