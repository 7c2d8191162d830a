"""`python -m benchmarks.load`: clients that ask one question again and again, in a process of their own.

Reads `Orders` as JSON from standard input and prints `Told` as JSON. Each client is a thread with a connection of its
own that asks again as soon as it has read its answer.
"""

from __future__ import annotations

import hashlib
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import orjson

from benchmarks.baselines.cypher import asker
from cmdb.cli.collecting import collect_rarely
from cmdb.store.neo4j.address import Neo4jAddress

Row = list[Any]
Ask = Callable[[], list[Row]]
"""One answer: rows of id, name, status, version and class, and whatever else was asked for."""
COMPARED = 5
"""So many columns stand in every answer."""


class Kind(StrEnum):
    """What answers."""

    IMPACT = "impact"
    LIST = "list"
    CYPHER = "cypher"


@dataclass(frozen=True, slots=True)
class Target:
    """A question, and where it is asked.

    IMPACT: our API at `address`, all pages of `impact.affected`. LIST: a GraphQL server at `address` whose only root
    field is a list. CYPHER: the database at `address`. `text` is the document or statement; `values` go with it.
    """

    kind: Kind
    address: str
    text: str
    values: dict[str, Any] = field(default_factory=dict)
    database: str = ""
    user: str | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Orders:
    """What to do: so many clients at a time, each group for so many seconds, after it has warmed up.

    Each client asks `least` times at least, both to warm up and when it counts.
    """

    target: Target
    clients: list[int]
    warm_seconds: float = 0.0
    seconds: float = 0.0
    least: int = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """What one group of clients saw: how long each answer took, and how long all of it; in seconds."""

    clients: int
    laps: list[float]
    seconds: float


@dataclass(frozen=True, slots=True)
class Told:
    """`digest` is the same for answers with the same rows; `rows` is how many there are."""

    digest: str
    rows: int
    asked: list[Asked]


class RefusedError(Exception):
    """A server answered with errors."""


def main() -> None:
    """Do as standard input says."""
    collect_rarely()
    given = orjson.loads(sys.stdin.buffer.read())
    told = tell(Orders(**{**given, "target": Target(**given["target"])}))
    sys.stdout.buffer.write(orjson.dumps(asdict(told)))


def tell(orders: Orders) -> Told:
    """Ask, and tell what was seen."""
    with ExitStack() as stack:
        asks = [_client(orders.target, stack) for _ in range(max(orders.clients))]
        rows = asks[0]()
        asked = [_asked(asks[:count], orders) for count in orders.clients]
    return Told(digest_of(rows), len(rows), asked)


def digest_of(rows: list[Row]) -> str:
    """The same for the same rows, in whatever order they come."""
    return hashlib.sha256(orjson.dumps(sorted(row[:COMPARED] for row in rows))).hexdigest()


def _asked(asks: list[Ask], orders: Orders) -> Asked:
    _together(asks, orders.warm_seconds, orders.least)
    begin = time.perf_counter()
    laps = _together(asks, orders.seconds, orders.least)
    return Asked(len(asks), laps, time.perf_counter() - begin)


def _together(asks: list[Ask], seconds: float, least: int) -> list[float]:
    """How long each answer took, of all clients; an error of one of them is raised when all have ended."""
    laps: list[float] = []
    failures: list[BaseException] = []
    limit = time.perf_counter() + seconds

    def work(ask: Ask) -> None:
        own: list[float] = []
        try:
            while len(own) < least or time.perf_counter() < limit:
                begin = time.perf_counter()
                ask()
                own.append(time.perf_counter() - begin)
        except BaseException as error:  # noqa: BLE001  # raised again below, in the thread that waits
            failures.append(error)
        laps.extend(own)

    threads = [threading.Thread(target=work, args=(ask,)) for ask in asks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return laps


def _client(target: Target, stack: ExitStack) -> Ask:
    if target.kind == Kind.CYPHER:
        address = Neo4jAddress(target.address, target.database, target.user, target.password)
        asks = stack.enter_context(asker(address))
        return lambda: asks.rows(target.text, **target.values)
    place = urlsplit(target.address)
    connection = HTTPConnection(place.hostname or "", place.port or 80, timeout=120)
    stack.callback(connection.close)
    post = _poster(connection, place.path, target.text)
    if target.kind == Kind.LIST:
        return lambda: _list_rows(post(target.values))
    return lambda: _impact_rows(post, target.values)


def _poster(connection: HTTPConnection, path: str, document: str) -> Callable[[dict[str, Any]], Any]:
    headers = {"content-type": "application/json", "accept": "application/json"}

    def post(variables: dict[str, Any]) -> Any:
        connection.request("POST", path, orjson.dumps({"query": document, "variables": variables}), headers)
        body = orjson.loads(connection.getresponse().read())
        if "errors" in body:
            raise RefusedError(str(body["errors"][0]))
        return body["data"]

    return post


def _list_rows(data: Any) -> list[Row]:
    (nodes,) = data.values()
    return [list(node.values()) for node in nodes]


def _impact_rows(post: Callable[[dict[str, Any]], Any], values: dict[str, Any]) -> list[Row]:
    """All pages, one after the other."""
    rows: list[Row] = []
    after = None
    while True:
        page = post({**values, "after": after})["impact"]["affected"]
        rows += [[*node["ci"].values(), node["state"], node["distance"]] for node in page["nodes"]]
        after = page["endCursor"]
        if after is None:
            return rows


if __name__ == "__main__":
    main()
