"""Tables of CIs and of relationships: CSV and JSON Lines, with a column mapping in YAML where it is needed."""

from cmdb_importers.table.importer import TableImporter

__all__ = ["TableImporter"]
