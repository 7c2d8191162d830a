"""The errors of the whole product: a class is known only once its module is imported."""

from __future__ import annotations

import importlib
import pkgutil

import cmdb
from cmdb.inventory.registry import importer, importers
from cmdb.kernel.errors import CatalogueEntry, catalogue


def whole_catalogue() -> list[CatalogueEntry]:
    """Every error of every module and every installed importer, sorted by code."""
    for module in pkgutil.walk_packages(cmdb.__path__, "cmdb."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in importers():
        importer(name)
    return catalogue()
