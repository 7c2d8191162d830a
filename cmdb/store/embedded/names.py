"""Labels, link types and sources stand in the file as small integers; here they are looked up both ways."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from cmdb.store.embedded.compile_names import all_names_statement, insert_name_statement
from cmdb.store.embedded.faults import damaged


class NameTable:
    """One table of names, remembered in memory.

    Names are only ever added, so what is remembered stays true while other processes add more.
    """

    def __init__(self, table: str) -> None:
        self._table = table
        self._names: dict[int, str] = {}
        self._keys: dict[str, int] = {}

    def name(self, connection: sqlite3.Connection, key: int) -> str:
        """The name behind a key.

        Raises:
            StoreDamagedError: nothing has this key.
        """
        name = self._names.get(key) or self._reload(connection).get(key)
        if name is None:
            raise damaged(self._table, f"there is no name with the key {key}")
        return name

    def key(self, connection: sqlite3.Connection, name: str) -> int | None:
        """The key of a name, or None where it was never used."""
        if name not in self._keys:
            self._reload(connection)
        return self._keys.get(name)

    def keys(self, connection: sqlite3.Connection, names: Iterable[str]) -> list[int]:
        """The keys of those names that have one."""
        found = (self.key(connection, name) for name in names)
        return [key for key in found if key is not None]

    def add(self, connection: sqlite3.Connection, names: Iterable[str]) -> None:
        """Make sure that every name has a key; inside a writing transaction."""
        connection.executemany(
            insert_name_statement(self._table),
            [(name,) for name in names if name not in self._keys],
        )

    def everything(self, connection: sqlite3.Connection) -> dict[int, str]:
        """Every name by its key."""
        return self._reload(connection)

    def forget(self) -> None:
        """Look everything up again: a transaction that may have added names was rolled back."""
        self._names = {}
        self._keys = {}

    def _reload(self, connection: sqlite3.Connection) -> dict[int, str]:
        names: dict[int, str] = dict(connection.execute(all_names_statement(self._table)).fetchall())
        self._names = names
        self._keys = {name: key for key, name in names.items()}
        return names


class Names:
    """The three tables of names of one store."""

    def __init__(self) -> None:
        self.labels = NameTable("labels")
        self.link_types = NameTable("link_types")
        self.sources = NameTable("sources")

    def label_key(self, connection: sqlite3.Connection, label: str) -> int:
        """The key of a label, which it gets where it has none; inside a writing transaction."""
        key = self.labels.key(connection, label)
        if key is None:
            self.labels.add(connection, [label])
            key = self.labels.key(connection, label)
        if key is None:
            raise damaged("labels", f"the label {label!r} cannot be added")
        return key

    def forget(self) -> None:
        """Look everything up again: a transaction that may have added names was rolled back."""
        self.labels.forget()
        self.link_types.forget()
        self.sources.forget()
