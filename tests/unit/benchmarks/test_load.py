"""Clients that ask one question again and again, and what they tell."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
import pytest

from benchmarks.load import Kind, Orders, RefusedError, Target, digest_of, tell

ROWS = [
    ["1", "a", "operational", 1, "Server"],
    ["2", "b", "retired", 3, "Host"],
    ["3", "c", "operational", 1, "Host"],
]
FIELDS = ("id", "name", "status", "version", "class")


def pages(values: dict[str, Any]) -> dict[str, Any]:
    """Two rows, then the third, as our API pages them."""
    at = int(values["after"] or 0)
    nodes = [
        {"state": "DOWN", "distance": 1, "ci": dict(zip(FIELDS, row, strict=True))}
        for row in ROWS[at : at + 2]
    ]
    return {"data": {"impact": {"affected": {"endCursor": None if at else "2", "nodes": nodes}}}}


def whole(_values: dict[str, Any]) -> dict[str, Any]:
    """All rows at once, in another order, with one field more."""
    rows = [{**dict(zip(FIELDS, row, strict=True)), "createdAt": "2024"} for row in reversed(ROWS)]
    return {"data": {"affected": rows}}


@contextmanager
def serving(answer: Any) -> Iterator[str]:
    """A server that answers so."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            given = orjson.loads(self.rfile.read(int(self.headers["content-length"])))
            body = orjson.dumps(answer(given["variables"]))
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class names it so
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/graphql"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(("kind", "answer"), [(Kind.IMPACT, pages), (Kind.LIST, whole)])
def test_every_client_is_counted_and_all_pages_are_read(kind: Kind, answer: Any) -> None:
    """Each asks as often as it has to, and the digest is that of all rows, whatever their order."""
    with serving(answer) as url:
        told = tell(Orders(Target(kind, url, "{ it }"), [1, 3], least=2))

    assert (told.rows, told.digest) == (3, digest_of(ROWS))
    assert [(each.clients, len(each.laps)) for each in told.asked] == [(1, 2), (3, 6)]


def test_other_rows_have_another_digest() -> None:
    """One value is enough; what only some answers hold is not looked at."""
    assert digest_of(ROWS) != digest_of([*ROWS[:2], ["3", "c", "operational", 2, "Host"]])
    assert digest_of(ROWS) == digest_of([[*row, "more"] for row in ROWS])


def test_an_answer_with_errors_ends_the_asking() -> None:
    """It is no figure."""
    with (
        serving(lambda _: {"errors": [{"message": "too much"}]}) as url,
        pytest.raises(RefusedError, match="too much"),
    ):
        tell(Orders(Target(Kind.LIST, url, "{ it }"), [1]))
