"""From an embedded store to a Neo4j server and back: by a backup, and by `cmdb copy`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import Person, Played, only_embedded
from tests.stores import SERVERS

pytestmark = [
    only_embedded("copied to each server"),
    pytest.mark.parametrize("person", SERVERS, indirect=True),
]


def test_a_backup_of_a_file_restores_to_a_server(played: Played, person: Person, tmp_path: Path) -> None:
    """With an equal hash, an intact ledger and the same answers; a second time it is refused."""
    file = tmp_path / "estate.cmdb.zst"
    assert 0 == played.ask("backup", file).code
    restored = person.ask("restore", file, "--json")
    again = person.ask("restore", file)

    assert 0 == restored.code, restored.err
    assert played.ask("verify", "--json").data()["graph_hash"] == restored.data()["graph_hash"]
    assert restored.data()["head_hash"] == person.ask("audit", "verify", "--json").data()["head_hash"]
    assert 4 == again.code
    assert "error STORE_NOT_EMPTY: " in again.err
    for words in (("impact", "rtr-print", "--json"), ("show", "rtr-print", "--as-of", "1", "--json")):
        assert played.ask(*words).data() == person.ask(*words).data()


def test_a_copy_goes_to_a_server_and_back(played: Played, person: Person, tmp_path: Path) -> None:
    """All three have one hash."""
    there = person.ask("copy", "--from", played.store, "--to", person.store)
    back = person.ask("copy", "--from", person.store, "--to", tmp_path / "back.db")

    assert (0, 0) == (there.code, back.code), (there.err, back.err)
    graph_hash = played.ask("verify", "--json").data()["graph_hash"]
    assert graph_hash in there.out
    assert graph_hash in back.out
