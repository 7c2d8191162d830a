"""Importers are found by their entry points: an installed package brings its own, and no list names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points

from cmdb.inventory.importer import ENTRY_POINT_GROUP, Importer
from cmdb.inventory.loading import load_importer
from cmdb.kernel.errors import CmdbError, ErrorKind
from cmdb.model.check import did_you_mean


class UnknownImporterError(CmdbError):
    """No installed package offers an importer of this name."""

    code = "IMPORTER_UNKNOWN"
    kind = ErrorKind.NOT_FOUND
    summary = "No installed package offers an importer of this name."
    default_remedy = "`cmdb import --help` lists the importers; others come with the packages that hold them."


def importers(registered: Iterable[EntryPoint] | None = None) -> Mapping[str, EntryPoint]:
    """The entry points of all importers by name, sorted; nothing is loaded yet."""
    found = entry_points(group=ENTRY_POINT_GROUP) if registered is None else registered
    return {point.name: point for point in sorted(found, key=lambda each: each.name)}


def importer(name: str, registered: Iterable[EntryPoint] | None = None) -> Importer:
    """The importer of this name, ready to read.

    Raises:
        UnknownImporterError: nobody offers it.
        BrokenImporterError: it cannot be loaded.
    """
    return load_importer(name, importer_place(name, registered))


def importer_place(name: str, registered: Iterable[EntryPoint] | None = None) -> str:
    """Where the importer of this name is to be loaded from: `module:object`.

    Raises:
        UnknownImporterError: nobody offers it.
    """
    known = importers(registered)
    point = known.get(name)
    if point is None:
        offered = ", ".join(known) or "none"
        raise UnknownImporterError(
            f"there is no importer {name!r}{did_you_mean(name, known)} (installed: {offered})"
        )
    return point.value.partition("[")[0].strip()
