"""The committed GraphQL operations, which the command line uses too."""

from __future__ import annotations

from cmdb.cli.packaged import operations_folder


def operation(name: str) -> str:
    """The text of one committed operation, e.g. `impact`."""
    return (operations_folder() / f"{name}.graphql").read_text(encoding="utf-8")
