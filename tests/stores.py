"""The stores that the API and command suites run on, one after another, as the contract suite does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.neo4j_server import VERSIONS, neo4j_marks, server_address, wipe

EMBEDDED = "embedded"

# The first test starts the server and fits it to the model, in which a busy machine takes its time.
_PATIENCE = pytest.mark.timeout(400)

SERVERS = [pytest.param(f"neo4j-{version}", marks=[*neo4j_marks(version), _PATIENCE]) for version in VERSIONS]
"""The Neo4j servers by name, as parameters of a test or fixture."""

STORES = [pytest.param(EMBEDDED), *SERVERS]
"""All stores by name, as parameters of a test or fixture."""


def empty_store(name: str, folder: Path) -> str:
    """The address of an empty store: a file in the folder, or the session's server of that version, wiped.

    A server has one database. Who holds it keeps it until the next one asks for it empty, so nothing that
    is shared by tests may outlive their module.
    """
    if name == EMBEDDED:
        return str(folder / "cmdb.db")
    address = server_address(name.removeprefix("neo4j-"))
    wipe(address)
    return address
