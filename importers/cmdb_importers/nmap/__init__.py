"""The XML that nmap writes (`nmap -oX`), of every age since 3.75."""

from cmdb_importers.nmap.importer import NmapImporter

__all__ = ["NmapImporter"]
