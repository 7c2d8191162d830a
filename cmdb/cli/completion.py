"""What the shell offers when a person presses the tab key. It never fails: no offer is better than noise."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib.metadata import entry_points
from pathlib import Path


def class_names(incomplete: str) -> list[str]:
    """Names of classes that begin so, in any case of letters."""
    return _beginning(incomplete, _model_names("classes"))


def record_type_names(incomplete: str) -> list[str]:
    """Names of record types that begin so."""
    return _beginning(incomplete, _model_names("record_types"))


def importer_names(incomplete: str) -> list[str]:
    """Names of importers that begin so."""
    return _beginning(incomplete, (point.name for point in entry_points(group="cmdb.importers")))


def _model_names(part: str) -> Iterable[str]:
    from cmdb.kernel.errors import CmdbError
    from cmdb.model.load import load_model

    try:
        folders = [Path(each) for each in os.environ.get("CMDB_SCHEMA", "").split(os.pathsep) if each]
        names: Iterable[str] = getattr(load_model(folders), part)
    except CmdbError:
        return ()
    return names


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if name.lower().startswith(incomplete.lower()))
