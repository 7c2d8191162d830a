"""Where a Neo4j store is, and as whom it is opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from cmdb.graph.errors import StoreUnavailableError

SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
DEFAULT_DATABASE = "neo4j"
_DEFAULT_PORT = 7687


@dataclass(frozen=True, slots=True)
class Neo4jAddress:
    """A server or cluster, a database, and a user; the password shows nowhere.

    `uri` is the driver's own form, without user and database.
    """

    uri: str
    database: str = DEFAULT_DATABASE
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def place(self) -> str:
        """Server and database, for messages."""
        return f"{self.uri}/{self.database}"

    @property
    def is_routed(self) -> bool:
        """Whether it names a cluster, in which the answering member may lag behind the writing one."""
        return self.uri.startswith("neo4j")


def parse_address(address: str, environment: Mapping[str, str]) -> Neo4jAddress:
    """The address in a text like `neo4j://user:password@host:7687/database`.

    What the text leaves out is taken from CMDB_NEO4J_USER, CMDB_NEO4J_PASSWORD and CMDB_NEO4J_DATABASE;
    without a password the server is asked to let everybody in.

    Raises:
        StoreUnavailableError: it names no server.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port or _DEFAULT_PORT
    except ValueError as error:
        raise _unusable(str(error)) from error
    if parts.scheme not in SCHEMES or not host:
        raise _unusable(f"scheme {parts.scheme!r}, host {host!r}")
    literal = f"[{host}]" if ":" in host else host
    routing = f"?{parts.query}" if parts.query else ""
    password = unquote(parts.password) if parts.password else environment.get("CMDB_NEO4J_PASSWORD")
    user = unquote(parts.username) if parts.username else environment.get("CMDB_NEO4J_USER")
    database = parts.path.strip("/") or environment.get("CMDB_NEO4J_DATABASE") or DEFAULT_DATABASE
    return Neo4jAddress(
        f"{parts.scheme}://{literal}:{port}{routing}",
        database,
        user or ("neo4j" if password else None),
        password or None,
    )


def without_password(address: str) -> str:
    """The address of a store, of whatever kind, as it may be shown."""
    scheme, separator, rest = address.partition("://")
    credentials, at, place = rest.rpartition("@")
    if not at:
        return address
    return f"{scheme}{separator}{credentials.partition(':')[0]}@{place}"


def _unusable(seen: str) -> StoreUnavailableError:
    # The address itself is not quoted: it may hold a password.
    return StoreUnavailableError(
        f"the address of the Neo4j server cannot be used ({seen})",
        remedy="Write it as neo4j://host:7687, with CMDB_NEO4J_USER and CMDB_NEO4J_PASSWORD beside it.",
    )
