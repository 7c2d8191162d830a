"""Small tables written by hand."""

from __future__ import annotations

from cmdb.inventory.observation import Reference
from cmdb_importers.table import TableImporter
from tests.unit.importers.reading import Reading, read


def read_table(data: str | bytes, **options: str) -> Reading:
    """What the importer makes of a table."""
    return read(TableImporter(), data.encode() if isinstance(data, str) else data, **options)


def reference(class_name: str, create: bool = False, **attributes: str) -> Reference:
    """A reference by these attributes."""
    return Reference(class_name, dict(attributes), create)
