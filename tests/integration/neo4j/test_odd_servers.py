"""What is at the address is no server that the product can use: one clear error each, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmdb.graph.errors import StoreUnavailableError
from cmdb.kernel.errors import CmdbError
from cmdb.store.neo4j.connection import Neo4jSettings
from cmdb.store.neo4j.store import open_neo4j
from tests.contract.build import FixedClock
from tests.contract.schema import SCHEMA
from tests.e2e.command import cmdb
from tests.integration.neo4j.stand_in import BOLT_4_4, Manner, stand_in

SETTINGS = Neo4jSettings(retry_seconds=0.2, connect_seconds=1.0)

MANNERS = {
    "too old": (Manner("Neo4j/5.20.0"), "STORE_SERVER_UNSUPPORTED", "Neo4j/5.20.0"),
    "much too old": (Manner("Neo4j/4.4.40", BOLT_4_4), "STORE_SERVER_UNSUPPORTED", "Bolt Protocol 4.4"),
    "of no version in common": (Manner(greeting=bytes(4)), "STORE_SERVER_UNSUPPORTED", "Bolt"),
    "of another make": (
        Manner("Neo4j/v5.11.0 compatible graph database server - Memgraph"),
        "STORE_SERVER_UNSUPPORTED",
        "Memgraph",
    ),
    "an HTTP port": (Manner(greeting=b"HTTP/1.1 400 Bad Request\r\n\r\n"), "STORE_UNAVAILABLE", "HTTP"),
    "another service": (Manner(greeting=b"SSH-2.0-OpenSSH_9.6\r\n"), "STORE_SERVER_UNSUPPORTED", "127.0.0.1"),
    "without the privilege": (
        Manner(refused=b"CREATE CONSTRAINT", code="Neo.ClientError.Security.Forbidden"),
        "STORE_PRIVILEGE_MISSING",
        "it may not be done",
    ),
    "read only": (
        Manner(refused=b"CREATE CONSTRAINT", code="Neo.ClientError.General.ForbiddenOnReadOnlyDatabase"),
        "STORE_NOT_WRITABLE",
        "No write service",
    ),
    "refusing the password": (
        Manner(refused=b"CmdbMigration", code="Neo.ClientError.Security.CredentialsExpired"),
        "STORE_SIGN_IN_REFUSED",
        "it may not be done",
    ),
    "gone in the middle": (Manner(refused=b"CmdbMigration"), "STORE_CONNECTION_LOST", "connection"),
}


async def refusal(address: str) -> CmdbError:
    """The error with which opening the store ends."""
    with pytest.raises(CmdbError) as refused:
        await open_neo4j(address, SCHEMA, FixedClock(), SETTINGS)
    return refused.value


@pytest.mark.parametrize("name", MANNERS)
async def test_an_unfit_server_is_one_error(name: str) -> None:
    """With a code of its own, the place, what was seen, and a remedy."""
    manner, code, seen = MANNERS[name]
    with stand_in(manner) as address:
        error = await refusal(address)

    assert (code, True) == (error.code, bool(error.remedy))
    assert address in error.message
    assert seen in error.message
    assert "\n" not in error.message


async def test_only_what_may_pass_is_said_to_be_worth_repeating() -> None:
    """A lost connection is; a wrong version, a missing privilege are not."""
    retryable = {}
    for name in ("too old", "without the privilege", "gone in the middle"):
        with stand_in(MANNERS[name][0]) as address:
            error = await refusal(address)
            assert isinstance(error, StoreUnavailableError)
            retryable[name] = error.retryable

    assert {"too old": False, "without the privilege": False, "gone in the middle": True} == retryable


@pytest.mark.parametrize(
    "name", ["too old", "an HTTP port", "without the privilege", "refusing the password"]
)
def test_the_command_says_so_and_nothing_else(name: str, tmp_path: Path) -> None:
    """One line with the code, one with the remedy, exit code 6; no log of the driver beside them."""
    manner, code, _ = MANNERS[name]
    with stand_in(manner) as address:
        ended = cmdb("search", "x", "--store", address, home=tmp_path, CMDB_NEO4J_PASSWORD="quite secret")

    first, second = ended.err.splitlines()
    assert (6, "") == (ended.code, ended.out)
    assert first.startswith(f"error {code}: ")
    assert second.startswith("→ ")
    assert "quite secret" not in ended.err


def test_nobody_there_is_told_at_once(tmp_path: Path) -> None:
    """By one line and one remedy, without waiting for somebody to come."""
    ended = cmdb("init", "--store", "bolt://127.0.0.1:1", home=tmp_path)

    first, second = ended.err.splitlines()
    assert (6, "") == (ended.code, ended.out)
    assert first.startswith("error STORE_UNAVAILABLE: bolt://127.0.0.1:1/neo4j: ")
    assert "CMDB_STORE" in second
