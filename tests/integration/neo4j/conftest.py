"""A real, empty Neo4j server for each test here, of each version asked for."""

import pytest

from tests.neo4j_server import VERSIONS, neo4j_marks, server_address, wipe


@pytest.fixture(params=[pytest.param(version, marks=neo4j_marks(version)) for version in VERSIONS])
def address(request: pytest.FixtureRequest) -> str:
    """The address of a server whose database is empty."""
    found = server_address(request.param)
    wipe(found)
    return found
