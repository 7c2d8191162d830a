"""Real Neo4j servers for tests: one a version, lane and test session, used by one worker of the session.

CMDB_TEST_NEO4J_VERSIONS lists the versions (by default the long-term one), CMDB_TEST_NEO4J_URI names a running
server to be used instead. Whatever is in its database is deleted.
"""

import atexit
import contextlib
import os
import tempfile
from functools import cache
from pathlib import Path

import neo4j
import orjson
import pytest
from filelock import FileLock

from cmdb.store.neo4j.address import parse_address
from cmdb.store.neo4j.server.parts import ServerPartsError
from cmdb.store.neo4j.server.process import LocalServer, running_server, start_server
from cmdb.store.neo4j.server.settings import ServerSettings
from tests.watchdog import Watchdog

RUNNING = os.environ.get("CMDB_TEST_NEO4J_URI", "")
VERSIONS = ("running",) if RUNNING else tuple(os.environ.get("CMDB_TEST_NEO4J_VERSIONS", "5.26").split())

_KEPT = "n:CmdbHead OR n:CmdbMigration OR n:CmdbLock OR n:CmdbModel"


def neo4j_marks(version: str) -> list[pytest.MarkDecorator]:
    """The marks of a test on the shared server: it has one database, so one worker runs all of them."""
    return [pytest.mark.neo4j, neo4j_lane(version, 0)]


def neo4j_lane(version: str, lane: int) -> pytest.MarkDecorator:
    """The mark of a test on the server of a lane; tests of other lanes may run at the same time, on servers of theirs."""
    return pytest.mark.xdist_group(f"neo4j-{version}-{lane}" if lane else f"neo4j-{version}")


def lanes() -> int:
    """How many servers of one version the workers of this session can keep busy."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    return 1 if RUNNING else max(1, workers // len(VERSIONS))


def server_address(version: str, lane: int = 0) -> str:
    """The address of the session's server of this version and lane, which ends with the worker that uses it."""
    return _server_address(version, lane)


@cache
def _server_address(version: str, lane: int) -> str:
    if RUNNING:
        return RUNNING
    session = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"alone-{os.getpid()}"
    place = Path(tempfile.gettempdir()) / f"cmdb-neo4j-{session}" / f"{version}-{lane}"
    place.mkdir(parents=True, exist_ok=True)
    with FileLock(place / "users.lock"):
        others = [user for user in _users(place) if Path(f"/proc/{user}").exists()]
        if others:
            # Their tests would delete each other's nodes.
            pytest.fail("two workers would share one Neo4j database; run pytest with `--dist loadgroup`")
        watchdog = Watchdog(place)
        server = _started(place / "server", version)
        _write_users(place, [os.getpid()])
    atexit.register(_leave, place, server, watchdog)
    return server.address


def _leave(place: Path, server: LocalServer, watchdog: Watchdog) -> None:
    with FileLock(place / "users.lock"):
        server.kill()
    watchdog.end()
    with contextlib.suppress(OSError):
        place.parent.rmdir()


def _started(folder: Path, version: str) -> LocalServer:
    running = running_server(folder)
    if running is not None:
        return running
    try:
        return start_server(folder, ServerSettings(version=version))
    except ServerPartsError as error:
        pytest.skip(reason=f"the parts of a Neo4j server cannot be had: {error.message}")


def _users(place: Path) -> list[int]:
    try:
        users: list[int] = orjson.loads((place / "users.json").read_bytes())
    except OSError:
        return []
    return users


def _write_users(place: Path, users: list[int]) -> None:
    (place / "users.json").write_bytes(orjson.dumps(users))


def wipe(address: str) -> None:
    """Empty the database, but for what says that it was migrated and what its indexes are made for."""
    place = parse_address(address, os.environ)
    auth = (place.user or "neo4j", place.password) if place.password else None
    driver = neo4j.GraphDatabase.driver(place.uri, auth=auth)
    with driver, driver.session(database=place.database) as session:
        delete = f"MATCH (n) WHERE NOT ({_KEPT}) CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF 5000 ROWS"
        session.run(neo4j.Query(delete)).consume()
        session.run("MATCH (h:CmdbHead) SET h.revision = 0, h.hash = ''").consume()
