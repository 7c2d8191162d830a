"""Numbered migrations: which there are, and which a store has had."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from cmdb.graph.errors import StoreVersionError
from cmdb.store.neo4j.errors import MigrationChangedError

_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.cypher")


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of statements, each of which can be run again."""

    number: int
    name: str
    checksum: str
    statements: tuple[str, ...]


def read_migrations(folder: Path) -> tuple[Migration, ...]:
    """The migrations of a folder, in their order."""
    found = []
    for path in sorted(folder.glob("*.cypher")):
        match = _NAME.fullmatch(path.name)
        if match:
            text = path.read_text(encoding="utf-8")
            checksum = hashlib.sha256(text.encode()).hexdigest()
            found.append(Migration(int(match[1]), match[2], checksum, tuple(_statements(text))))
    return tuple(found)


def _statements(text: str) -> list[str]:
    kept = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("//"))
    return [part.strip() for part in re.split(r";\s*(?:\n|$)", kept) if part.strip()]


def missing(known: tuple[Migration, ...], applied: dict[int, str], place: str) -> list[Migration]:
    """The migrations that the store has not had, given the checksums of those it has had.

    Raises:
        StoreVersionError: it has had one that this version does not know.
        MigrationChangedError: one it has had differs from the one shipped.
    """
    newest = max((migration.number for migration in known), default=0)
    unknown = [number for number in applied if number > newest]
    if unknown:
        raise StoreVersionError(
            f"{place}: the store has had migration {max(unknown)}, and this version knows {newest}",
            details={"found": max(unknown), "known": newest},
        )
    for migration in known:
        if applied.get(migration.number, migration.checksum) != migration.checksum:
            raise MigrationChangedError(
                f"{place}: migration {migration.number:04} ({migration.name}) was applied in another form"
            )
    return [migration for migration in known if migration.number not in applied]
