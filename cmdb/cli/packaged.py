"""Where the data folders of the project are: inside the installed package, else beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def operations_folder() -> Path:
    """The committed GraphQL operations."""
    return _folder("_graphql/operations", "graphql/operations")


def error_catalogue_file() -> Path:
    """The published catalogue of errors, `errors.json`."""
    return operations_folder().parent / "errors.json"


def example_folder() -> Path:
    """The example network: a scan, tables and a story."""
    return _folder("_examples/small-office", "examples/small-office")


def _folder(installed: str, checkout: str) -> Path:
    packaged = PACKAGE / installed
    return packaged if packaged.is_dir() else PACKAGE.parent / checkout
