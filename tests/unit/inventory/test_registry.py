"""Importers are found by their entry points."""

from collections import OrderedDict
from importlib.metadata import EntryPoint

import pytest

from cmdb.inventory.importer import ENTRY_POINT_GROUP
from cmdb.inventory.loading import BrokenImporterError
from cmdb.inventory.registry import UnknownImporterError, importer, importers

REGISTERED = [
    EntryPoint("things", "collections:OrderedDict", ENTRY_POINT_GROUP),
    EntryPoint("broken", "cmdb.no_such_module:Importer", ENTRY_POINT_GROUP),
]


def test_importers_are_listed_by_name() -> None:
    assert ["broken", "things"] == list(importers(REGISTERED))


def test_an_importer_is_made_ready_to_read() -> None:
    assert isinstance(importer("things", REGISTERED), OrderedDict)


def test_an_unknown_importer_is_an_error_with_the_nearest_one() -> None:
    with pytest.raises(UnknownImporterError, match="did you mean 'things'"):
        importer("thing", REGISTERED)


def test_an_importer_that_cannot_be_loaded_is_an_error_that_says_why() -> None:
    with pytest.raises(BrokenImporterError, match="no_such_module"):
        importer("broken", REGISTERED)
