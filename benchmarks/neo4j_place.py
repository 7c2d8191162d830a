"""The Neo4j server that is measured on: one of our own, made of packages, or one that is named."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.baselines.cypher import Asker, asker
from cmdb.store.neo4j.address import Neo4jAddress, parse_address
from cmdb.store.neo4j.server.parts import ServerParts, resolve_parts
from cmdb.store.neo4j.server.process import start_server
from cmdb.store.neo4j.server.settings import LONG_LIVED, ServerSettings

OWN = "neo4j"
"""In place of an address: a server of our own."""
SETTINGS = ServerSettings(
    heap_mebibytes=4096, cache_mebibytes=1024, transaction_mebibytes=2048, java=LONG_LIVED
)
_HELD = "MATCH (n) WHERE NOT (n:CmdbHead OR n:CmdbMigration OR n:CmdbLock OR n:CmdbModel) RETURN count(n)"
"""Everything but what says that the database was migrated, and for which model."""
_VERSION = "CALL dbms.components() YIELD name, versions WHERE name = 'Neo4j Kernel' RETURN versions[0]"
_JAVA = "CALL dbms.queryJmx('java.lang:type=Runtime') YIELD attributes RETURN attributes.VmVersion.value"


class DatabaseNotEmptyError(Exception):
    """The database of a server that was named holds something, which measuring would remove."""


@dataclass(frozen=True, slots=True)
class Neo4jPlace:
    """Where Neo4j can be measured: at an address, or on servers of our own made of these parts."""

    named: Neo4jAddress | None
    parts: ServerParts | None


def neo4j_place(store: str | None) -> Neo4jPlace:
    """Where to measure: at this address; without one, or for `neo4j`, on a server of our own.

    Raises:
        ServerPartsError: the parts of a server cannot be had.
        DatabaseNotEmptyError: the database that is named holds something.
        StoreUnavailableError: the address names no server.
    """
    if store in {None, OWN}:
        return Neo4jPlace(None, resolve_parts(SETTINGS.version))
    address = parse_address(str(store), os.environ)
    with asker(address) as asks:
        (held,) = asks.rows(_HELD)
    if held[0]:
        raise DatabaseNotEmptyError(
            f"{address.place} holds {held[0]:,} nodes; measuring would remove them. Name an empty database."
        )
    return Neo4jPlace(address, None)


@contextmanager
def running(place: Neo4jPlace, folder: Path) -> Iterator[Neo4jAddress]:
    """A server with an empty database; one of our own ends with the context."""
    if place.named is not None:
        yield place.named
        return
    server = start_server(folder, SETTINGS, place.parts)
    try:
        yield parse_address(server.address, {})
    finally:
        server.stop()


def versions(asks: Asker) -> dict[str, str]:
    """The releases of the server and of its Java."""
    (server,), (java,) = asks.rows(_VERSION), asks.rows(_JAVA)
    return {"Neo4j": str(server[0]), "Java": str(java[0])}


def store_address(address: Neo4jAddress) -> tuple[str, dict[str, str]]:
    """What CMDB_STORE takes, and the environment that holds what no list of processes should show."""
    secrets = {"CMDB_NEO4J_USER": address.user, "CMDB_NEO4J_PASSWORD": address.password}
    return address.place, {name: value for name, value in secrets.items() if value}


def copy_into(file: Path, address: Neo4jAddress) -> None:
    """Copy an embedded store into the server's empty database, by the product's own command."""
    store, secrets = store_address(address)
    command = [sys.executable, "-m", "cmdb.cli.main", "copy", "--from", str(file), "--to", store, "--json"]
    subprocess.run(command, check=True, env={**os.environ, **secrets}, stdout=subprocess.DEVNULL)
