"""Whether a server answers: by a real handshake and a real query."""

from __future__ import annotations

import contextlib
import logging
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import neo4j
from neo4j.exceptions import AuthError, DriverError, Neo4jError

USER = "neo4j"
_FIRST_PASSWORD = "neo4j"  # noqa: S105 - what every fresh server has, until it is set
_SYSTEM = "system"


def answers(address: str, password: str | None) -> bool:
    """Whether the server at this address takes a query right away."""
    return _runs(address, password, "neo4j", "RETURN 1", {})


def set_first_password(address: str, password: str) -> bool:
    """Give a fresh server its password; False while it does not listen yet."""
    if answers(address, password):
        return True
    changed = "ALTER CURRENT USER SET PASSWORD FROM $first TO $password"
    return _runs(address, _FIRST_PASSWORD, _SYSTEM, changed, {"first": _FIRST_PASSWORD, "password": password})


def _runs(address: str, password: str | None, database: str, query: str, values: dict[str, str]) -> bool:
    if not _listens(address):
        return False
    auth = None if password is None else (USER, password)
    with _quiet(), neo4j.GraphDatabase.driver(address, auth=auth, connection_timeout=2.0) as driver:
        try:
            with driver.session(database=database) as session:
                session.run(neo4j.Query(query), values).consume()
        except AuthError:
            return False
        except (DriverError, Neo4jError, OSError):
            return False
    return True


def _listens(address: str) -> bool:
    place = urlsplit(address)
    try:
        socket.create_connection((place.hostname or "", place.port or 7687), timeout=1.0).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Attempts that fail are expected here and not worth a warning each."""
    log = logging.getLogger("neo4j")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)
