"""What the tests of the command share: stores on which the demo's story was told, and empty ones."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.e2e.command import Ended, cmdb
from tests.stores import EMBEDDED, STORES, empty_store

CREDENTIALS = ("CMDB_NEO4J_USER", "CMDB_NEO4J_PASSWORD", "CMDB_NEO4J_DATABASE")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a shell: their store is in CMDB_STORE, and their home has nothing in it."""

    store: str
    home: Path

    def ask(self, *words: object, stdin: bytes | None = None, **extra: str) -> Ended:
        """Run a command on the store."""
        return cmdb(*words, home=self.home, stdin=stdin, **self.variables(), **extra)

    def variables(self) -> Mapping[str, str]:
        """The store, and for a server the password, which the tests' own servers do not mind."""
        if "://" not in self.store:
            return {"CMDB_STORE": self.store}
        given = {name: os.environ[name] for name in CREDENTIALS if name in os.environ}
        return {"CMDB_STORE": self.store, "CMDB_NEO4J_PASSWORD": "of no account", **given}


@dataclass(frozen=True, slots=True)
class Played(Person):
    """A person on whose store the demo ran, and what it said."""

    ended: Ended


@dataclass(frozen=True, slots=True)
class Telling:
    """The demo as it was told first: on a store, which is kept in a backup."""

    ended: Ended
    store: str
    backup: Path


def only_embedded(reason: str) -> pytest.MarkDecorator:
    """`played` is the embedded store alone, and the test's name says why that is enough."""
    return pytest.mark.parametrize(
        "played", [pytest.param(EMBEDDED, id=f"embedded, {reason}")], indirect=True
    )


@pytest.fixture(scope="session")
def first_telling(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Telling]:
    """Tells the story on a store of a kind, once."""

    @cache
    def told(kind: str) -> Telling:
        folder = tmp_path_factory.mktemp("demo")
        person = Person(empty_store(kind, folder), folder)
        ended = person.ask("demo", "--no-serve", "--store", person.store)
        backup = folder / "demo.cmdb.zst"
        assert 0 == person.ask("backup", backup).code, ended
        return Telling(ended, person.store, backup)

    return told


@pytest.fixture(scope="module", params=STORES)
def played(
    request: pytest.FixtureRequest,
    first_telling: Callable[[str], Telling],
    tmp_path_factory: pytest.TempPathFactory,
) -> Played:
    """The demo, played once; on a server it is restored for each module, for others use it in between."""
    telling = first_telling(request.param)
    found = Played(telling.store, tmp_path_factory.mktemp("home"), telling.ended)
    if request.param != EMBEDDED:
        empty_store(request.param, found.home)
        restored = found.ask("restore", telling.backup)
        assert 0 == restored.code, restored
    return found


@pytest.fixture(params=STORES)
def person(request: pytest.FixtureRequest, tmp_path: Path) -> Person:
    """A person whose store is empty; of an embedded one there is not even the file."""
    return Person(empty_store(request.param, tmp_path / "data"), tmp_path)
