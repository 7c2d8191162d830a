"""Servers in processes of their own: ours, and the Neo4j GraphQL library's; and clients that ask them."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from http.client import HTTPConnection
from pathlib import Path

import orjson

from benchmarks.baselines import cypher
from benchmarks.baselines.plain import CrossingSearch
from benchmarks.load import Asked, Orders, Told
from cmdb.store.neo4j.address import Neo4jAddress

JAVASCRIPT = Path(__file__).with_name("javascript")
NODE_PARTS = ("@neo4j/graphql", "@apollo/server", "neo4j-driver", "graphql")
START_SECONDS = 60.0


class ServerNotAnsweringError(Exception):
    """A server that was started did not answer in time."""


class NodePartsError(Exception):
    """The Neo4j GraphQL library cannot be had; the message says why."""


@contextmanager
def our_server(store: str, secrets: Mapping[str, str], log: Path) -> Iterator[str]:
    """The address of GraphQL of a `cmdb serve` on this store."""
    port = _free_port()
    command = [sys.executable, "-m", "cmdb.cli.main", "serve", "--store", store, "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--log-level", "warning"],
            env={**os.environ, **secrets},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    with _ended(process):
        limit = time.monotonic() + START_SECONDS
        while not _is_ready(port):
            if process.poll() is not None or time.monotonic() > limit:
                raise ServerNotAnsweringError(f"cmdb serve: {log.read_text(encoding='utf-8')[-2000:]}")
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/graphql"


def node_parts() -> dict[str, str]:
    """The releases of Node.js and of the packages; they are installed where they are not yet.

    Raises:
        NodePartsError: there is no Node.js or npm, or the packages cannot be installed.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise NodePartsError("Node.js was not found")
    told = subprocess.run([node, "--version"], check=True, capture_output=True, text=True).stdout
    found = {"Node.js": told.strip().removeprefix("v")}
    if int(found["Node.js"].partition(".")[0]) < 20:
        raise NodePartsError(f"Node.js {found['Node.js']} is too old (20 or later)")
    done = subprocess.run(
        [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=JAVASCRIPT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NodePartsError(f"its packages could not be installed: {done.stderr.strip()[-300:]}")
    packages = json.loads((JAVASCRIPT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    return found | {name: packages[f"node_modules/{name}"]["version"] for name in NODE_PARTS}


@contextmanager
def neo4j_graphql_server(address: Neo4jAddress, search: CrossingSearch, log: Path) -> Iterator[str]:
    """The address of GraphQL of the Neo4j GraphQL library on this database."""
    given = {
        "NODE_ENV": "production",
        "NEO4J_URI": address.uri,
        "NEO4J_DATABASE": address.database,
        "NEO4J_USER": address.user or "",
        "NEO4J_PASSWORD": address.password or "",
        "SEARCH": cypher.search(search.types, search.crossed),
    }
    with log.open("wb") as errors:
        process = subprocess.Popen(
            ["node", "server.mjs"],
            cwd=JAVASCRIPT,
            env={**os.environ, **given},
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    with _ended(process):
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise ServerNotAnsweringError(
                f"the Neo4j GraphQL library: {log.read_text(encoding='utf-8')[-2000:]}"
            )
        yield str(orjson.loads(line)["url"])


def ask(orders: Orders) -> Told:
    """What clients in a process of their own saw."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        input=orjson.dumps(asdict(orders)),
        stdout=subprocess.PIPE,
        check=True,
    )
    told = orjson.loads(done.stdout)
    return Told(told["digest"], told["rows"], [Asked(**each) for each in told["asked"]])


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _is_ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    with suppress(OSError):
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
