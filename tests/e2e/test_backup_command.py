"""`cmdb backup`, `restore`, `verify`, `copy` and `audit verify`, as a person's shell runs them."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest

from tests.e2e.command import COMMAND, Ended, cmdb, environment
from tests.e2e.conftest import Played, only_embedded


@pytest.fixture(scope="module")
def file(played: Played, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the demo's store."""
    path = tmp_path_factory.mktemp("backup") / "estate.cmdb.zst"
    assert 0 == played.ask("backup", path).code
    return path


def refused(ended: Ended, code: int, name: str) -> None:
    """The command failed with one error, its code and a remedy."""
    assert (code, "") == (ended.code, ended.out)
    assert f"error {name}: " in ended.err
    assert "→ " in ended.err
    assert "Traceback" not in ended.err


def _bytes_of(played: Played, *words: str) -> bytes:
    home = environment(played.home, played.variables())
    return subprocess.run([str(COMMAND), *words], capture_output=True, env=home, check=True).stdout


def test_a_backup_restores_to_an_equal_store(played: Played, file: Path, tmp_path: Path) -> None:
    """The file, the store and the restored embedded one have one hash; and the restored one answers alike."""
    goal = tmp_path / "restored.db"
    found = [
        played.ask("verify", file, "--json").data(),
        played.ask("verify", "--json").data(),
        played.ask("restore", file, "--store", goal, "--json").data(),
        played.ask("verify", "--store", goal, "--json").data(),
    ]

    assert 1 == len({one["graph_hash"] for one in found})
    assert 1 == len({one["head_hash"] for one in found})
    assert found[0]["counts"] == found[3]["counts"]
    words = ("impact", "rtr-print", "--json")
    assert played.ask(*words).data() == played.ask(*words, "--store", goal).data()


def test_a_copy_has_the_same_hash(played: Played, tmp_path: Path) -> None:
    goal = tmp_path / "copy.db"
    copied = played.ask("copy", "--from", played.store, "--to", goal)

    assert 0 == copied.code
    assert "the graph's hash is the same in both" in copied.out
    assert played.ask("verify", "--json").data()["graph_hash"] in copied.out


def test_the_ledger_is_verified(played: Played) -> None:
    found = played.ask("audit", "verify", "--json").data()

    assert found["revisions"] > 0
    assert found["head_hash"] == played.ask("verify", "--json").data()["head_hash"]


def test_backups_go_through_pipes(played: Played, tmp_path: Path) -> None:
    """Standard output and standard input."""
    made = _bytes_of(played, "backup", "-")
    restored = played.ask("restore", "-", "--store", tmp_path / "piped.db", "--json", stdin=made)

    assert played.ask("verify", "--json").data()["graph_hash"] == restored.data()["graph_hash"]


@only_embedded("a matter of the file")
def test_only_its_owner_may_read_a_backup(file: Path) -> None:
    """It holds everything that the store does."""
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)


def test_a_backup_is_overwritten_only_when_asked(played: Played, file: Path) -> None:
    before = file.read_bytes()
    refused(played.ask("backup", file), 4, "FILE_EXISTS")

    assert before == file.read_bytes()
    assert 0 == played.ask("backup", file, "--overwrite").code
    assert [file] == list(file.parent.iterdir())


def test_a_store_that_holds_something_takes_no_backup(played: Played, file: Path) -> None:
    refused(played.ask("restore", file), 4, "STORE_NOT_EMPTY")


@only_embedded("a matter of the file")
def test_a_damaged_backup_is_refused(played: Played, file: Path, tmp_path: Path) -> None:
    """With the place of the damage; and nothing of it is restored."""
    damaged = tmp_path / "damaged.cmdb.zst"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    goal = tmp_path / "restored.db"
    refused(played.ask("verify", damaged), 2, "BACKUP_DAMAGED")
    refused(played.ask("restore", damaged, "--store", goal), 2, "BACKUP_DAMAGED")

    assert 0 == played.ask("restore", file, "--store", goal).code


@only_embedded("a matter of files")
@pytest.mark.parametrize(
    ("words", "code", "name"),
    [
        (("backup", "no/such/folder/x"), 6, "FILE_UNWRITABLE"),
        (("backup", "x", "--store", "missing.db"), 3, "STORE_NOT_FOUND"),
        (("verify", "--store", "missing.db"), 3, "STORE_NOT_FOUND"),
        (("audit", "verify", "--store", "missing.db"), 3, "STORE_NOT_FOUND"),
        (("copy", "--from", "missing.db", "--to", "other.db"), 3, "STORE_NOT_FOUND"),
        (("verify", "missing.cmdb.zst"), 2, "FILE_UNREADABLE"),
        (("restore", "missing.cmdb.zst"), 2, "FILE_UNREADABLE"),
        (("verify", __file__), 2, "NOT_A_BACKUP"),
    ],
)
def test_each_mistake_has_its_code(played: Played, words: tuple[str, ...], code: int, name: str) -> None:
    refused(played.ask(*words), code, name)


def test_a_missing_store_is_not_made(tmp_path: Path) -> None:
    """A backup of a mistyped address would be empty, and nobody would know."""
    cmdb("backup", tmp_path / "x", "--store", tmp_path / "missing.db", home=tmp_path)

    assert [] == list(tmp_path.iterdir())
