"""Where a server listens, and under which names it answers."""

from __future__ import annotations

import asyncio
import socket

import pytest
from uvicorn.loops.auto import auto_loop_factory

from cmdb.cli.serving import (
    AddressUnusableError,
    Listening,
    PortInUseError,
    allowed_hosts,
    bound,
    run_server,
)


def test_a_server_answers_under_its_own_names() -> None:
    """Those of this machine, the address it listens at, and those allowed besides; no others."""
    found = allowed_hosts(Listening("192.0.2.7", 8000, ("cmdb.office.example",)))

    assert {"localhost", "127.0.0.1", "192.0.2.7", "cmdb.office.example"} <= set(found)
    assert "*" not in found


def test_a_server_on_all_addresses_answers_under_the_machines_name() -> None:
    """Its address alone would say nothing."""
    found = allowed_hosts(Listening("0.0.0.0"))

    assert socket.gethostname() in found
    assert "0.0.0.0" not in found


def test_a_taken_port_is_told() -> None:
    """With host and port for programs."""
    with bound(Listening(port=0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(PortInUseError) as caught, bound(Listening(port=port)):
            pass

    assert {"host": "127.0.0.1", "port": port} == caught.value.details


def test_an_address_of_another_machine_is_told() -> None:
    """One cannot listen there."""
    with pytest.raises(AddressUnusableError), bound(Listening("192.0.2.1", 0)):
        pass


def test_connections_send_what_they_have_at_once() -> None:
    """A short answer does not wait for the client to acknowledge its first part (Nagle's algorithm)."""
    with (
        bound(Listening(port=0)) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_server_runs_to_its_end_on_the_event_loop_that_uvicorn_chooses() -> None:
    """What is served runs on the loop of uvicorn's own choice, and the caller goes on after it."""
    loops = []

    async def serving() -> None:
        loops.append(type(asyncio.get_running_loop()))

    run_server(serving())
    chosen = auto_loop_factory()()
    chosen.close()
    assert [type(chosen)] == loops
