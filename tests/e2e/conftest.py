"""What the tests of the command share: a store on which the demo's story was told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.command import Ended, cmdb


@dataclass(frozen=True, slots=True)
class Played:
    """The demo after it ran: what it said, its store, and a home with nothing in it."""

    ended: Ended
    store: Path
    home: Path

    def ask(self, *words: object, stdin: bytes | None = None, **extra: str) -> Ended:
        """Run a command on the demo's store."""
        return cmdb(*words, home=self.home, stdin=stdin, CMDB_STORE=str(self.store), **extra)


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The demo, played once."""
    folder = tmp_path_factory.mktemp("demo")
    store = folder / "demo.db"
    ended = cmdb("demo", "--no-serve", "--store", store, home=folder)
    return Played(ended, store, folder)
