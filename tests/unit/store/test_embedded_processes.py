"""Several processes on one file, and processes that end abruptly."""

import subprocess
import sys
from pathlib import Path

import pytest

from cmdb.graph.errors import IdentifierTakenError
from cmdb.graph.ledger import LedgerReport, verify_ledger
from cmdb.store.embedded.store import open_embedded
from tests.contract.build import FixedClock, found, host, put
from tests.contract.schema import SCHEMA

_ROOT = Path(__file__).resolve().parents[3]
_WRITER = """
import asyncio, sys
from pathlib import Path
from cmdb.store.embedded.store import open_embedded
from tests.contract.build import FixedClock, host, put
from tests.contract.schema import SCHEMA

async def main() -> None:
    store = await open_embedded(Path(sys.argv[1]), SCHEMA, FixedClock())
    for number in range(int(sys.argv[3])):
        commit = await put(store, *[host(f"{sys.argv[2]}-{number}-{part}") for part in range(20)])
        print(commit.revision, flush=True)
    await store.close()

asyncio.run(main())
"""


def _writer(path: Path, name: str, commits: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _WRITER, str(path), name, str(commits)]
    return subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True)


async def test_processes_share_one_file(tmp_path: Path) -> None:
    """They number their revisions together, without gaps, also while the file is being made."""
    path = tmp_path / "cmdb.db"
    with _writer(path, "a", 10) as one, _writer(path, "b", 10) as other:
        store = await open_embedded(path, SCHEMA, FixedClock())
        await put(store, host("mine"))
        printed = one.communicate()[0].split() + other.communicate()[0].split()
    assert (one.returncode, other.returncode, len(printed)) == (0, 0, 20)
    assert len(await found(store)) == 401
    assert await verify_ledger(store) == LedgerReport(21)
    await store.close()


async def test_what_a_killed_process_was_told_is_written_stays_written(tmp_path: Path) -> None:
    """After SIGKILL every acknowledged commit is there, and none by half."""
    path = tmp_path / "cmdb.db"
    with _writer(path, "a", 100_000) as writer:
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(10)]
        writer.kill()
        acknowledged += [int(line) for line in writer.stdout.read().split("\n")[:-1]]
    store = await open_embedded(path, SCHEMA, FixedClock())
    report = await verify_ledger(store)
    assert (report.broken, report.checked >= acknowledged[-1]) == (None, True)
    assert len([node async for node in store.nodes()]) == 20 * report.checked
    await store.close()


async def test_a_refusal_that_somebody_still_looks_at_keeps_nobody_from_writing(tmp_path: Path) -> None:
    """An error keeps what its frames held; no statement of the store may be among it, half read."""
    path = tmp_path / "cmdb.db"
    store = await open_embedded(path, SCHEMA, FixedClock())
    other = await open_embedded(path, SCHEMA, FixedClock())
    await put(store, host("holder", *[f"claim-{number}" for number in range(50)]))
    with pytest.raises(IdentifierTakenError) as refused:
        await put(store, host("claimant", *[f"claim-{number}" for number in range(50)]))
    await put(other, host("meanwhile"))
    await put(store, host("afterwards"))

    assert refused.value.__traceback__ is not None
    assert ["afterwards", "holder", "meanwhile"] == sorted(await found(store))
    await store.close()
    await other.close()
