"""How a local server is set up: its settings file and the options of its Java."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

QUICK_START = ("-Xms64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""How Java runs where the server is to start quickly and stay small: it never compiles as well as it can."""
LONG_LIVED = (
    "-XX:+UseG1GC",
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:+UnlockExperimentalVMOptions",
    "-XX:+TrustFinalNonStaticFields",
    "-XX:+DisableExplicitGC",
    "-Djdk.nio.maxCachedBufferSize=1024",
)
"""How Neo4j's own packages run Java: slower to start, fast once warm."""
_CALENDAR_YEARS = 2000


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How a local server is run.

    `password` of the user `neo4j`: None lets everybody in, which only tests want. `port` 0 takes a free one.
    Sizes are in mebibytes; `transaction_mebibytes` bounds what one transaction may use of the heap. `java`:
    options of the Java machine, besides those of its memory.
    """

    version: str = "5.26"
    password: str | None = None
    port: int = 0
    heap_mebibytes: int = 512
    cache_mebibytes: int = 128
    transaction_mebibytes: int = 256
    java: tuple[str, ...] = QUICK_START


def settings_text(settings: ServerSettings, release: str, port: int) -> str:
    """The text of `neo4j.conf`: this machine only, Bolt only, bounded, nothing sent anywhere."""
    address = f"127.0.0.1:{port}"
    lines = {
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": address,
        "server.bolt.advertised_address": address,
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "dbms.security.auth_enabled": "false" if settings.password is None else "true",
        "dbms.usage_report.enabled": "false",
        "dbms.security.allow_csv_import_from_file_urls": "false",
        "db.tx_log.preallocate": "false",
        "db.tx_log.rotation.retention_policy": "2 files",
        "db.transaction.timeout": "120s",
        "db.lock.acquisition.timeout": "30s",
        "db.memory.transaction.max": f"{settings.transaction_mebibytes}m",
        "server.memory.pagecache.size": f"{settings.cache_mebibytes}m",
        # The listener would otherwise wait ten seconds for connections that nobody will make.
        "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
    }
    if int(release.split(".", maxsplit=1)[0]) > _CALENDAR_YEARS:
        lines["server.fleet_discovery.enabled"] = "false"
    return "".join(f"{name}={value}\n" for name, value in lines.items())


def java_options(settings: ServerSettings, folder: Path) -> list[str]:
    """The options of its Java; the `add-opens` are those of Neo4j's own launcher."""
    return [
        f"-Xmx{settings.heap_mebibytes}m",
        *settings.java,
        "-XX:-UsePerfData",
        "-XX:+ExitOnOutOfMemoryError",
        "-Dfile.encoding=UTF-8",
        f"-Djava.io.tmpdir={folder / 'temporary'}",
        "--add-opens=java.base/java.nio=ALL-UNNAMED",
        "--add-opens=java.base/java.io=ALL-UNNAMED",
        "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
        "--enable-native-access=ALL-UNNAMED",
    ]
