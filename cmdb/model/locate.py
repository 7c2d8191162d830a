"""Where the model's folders are."""

from __future__ import annotations

import os
from pathlib import Path


def builtin_schema() -> Path:
    """The folder of the product's own model: inside the installed package, else beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_schema"
    return installed if installed.is_dir() else package.parent / "schema"


def user_schemas(setting: str) -> tuple[Path, ...]:
    """The folders that the setting `CMDB_SCHEMA` lists, separated as in `PATH`; empty parts are passed over."""
    return tuple(Path(part).expanduser() for part in setting.split(os.pathsep) if part.strip())
