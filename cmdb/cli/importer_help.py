"""What the help of `cmdb import` says of the importers that are installed."""

from __future__ import annotations

from collections.abc import Iterator

from rich.markup import escape

from cmdb.cli.terminal import clean
from cmdb.inventory.loading import BrokenImporterError
from cmdb.inventory.registry import importer, importers


def importer_lines() -> Iterator[str]:
    """A line for each importer and each of its options, as rich markup."""
    for name in importers():
        try:
            found = importer(name)
        except BrokenImporterError as error:
            yield f"  [cyan]{escape(clean(name))}[/cyan]  [red]{escape(clean(error.message))}[/red]"
            continue
        yield f"  [cyan]{escape(clean(name))}[/cyan]  {escape(clean(found.description))}"
        for option, meaning in found.options.items():
            yield f"    --option {escape(clean(option))}=…  [dim]{escape(clean(meaning))}[/dim]"
