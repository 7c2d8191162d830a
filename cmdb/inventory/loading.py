"""An importer is loaded from the place that its entry point names."""

from __future__ import annotations

from pkgutil import resolve_name

from cmdb.inventory.importer import Importer
from cmdb.kernel.errors import CmdbError, ErrorKind


class BrokenImporterError(CmdbError):
    """An importer is registered and cannot be loaded."""

    code = "IMPORTER_BROKEN"
    kind = ErrorKind.UNAVAILABLE
    summary = "An importer is registered and cannot be loaded."
    default_remedy = "Install the package that brings it again, or a version that fits."


def load_importer(name: str, place: str) -> Importer:
    """The importer of this name, ready to read; `place` is `module:object`.

    Raises:
        BrokenImporterError: it cannot be loaded.
    """
    try:
        made: Importer = resolve_name(place)()
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise BrokenImporterError(f"importer {name!r} ({place}) cannot be loaded: {error}") from error
    return made
