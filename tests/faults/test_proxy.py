"""The proxy does what it says, and the same again for the same seed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from tests.faults.bolt import COMMIT, RUN, SUCCESS, Conversation, framed
from tests.faults.proxy import Cut, Faults, Mode, Proxy, Toward, proxy_to

HELLO = bytes.fromhex("6060b017") + bytes(16)
VERSION = bytes.fromhex("00000405")
ASKED, COMMITTED = framed(bytes([0xB1, RUN]) + b"ask"), framed(bytes([0xB0, COMMIT]))


class Server:
    """Answers each message of a client with SUCCESS, and remembers what it got."""

    def __init__(self) -> None:
        self.got: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readexactly(20)
            writer.write(VERSION)
            while True:
                size = int.from_bytes(await reader.readexactly(2), "big")
                self.got.append(await reader.readexactly(size))
                await reader.readexactly(2)
                writer.write(framed(bytes([0xB1, SUCCESS]) + self.got[-1]))
        except (asyncio.IncompleteReadError, OSError):
            writer.close()


@asynccontextmanager
async def _between(seed: int = 0) -> AsyncIterator[tuple[Server, Proxy]]:
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    async with proxy_to("127.0.0.1", listening.sockets[0].getsockname()[1], seed) as proxy:
        yield server, proxy
    listening.close()
    await listening.wait_closed()


async def _talk(proxy: Proxy, *messages: bytes) -> list[bytes]:
    """What the server answers, until the connection ends or everything is answered."""
    answers: list[bytes] = []
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        writer.write(HELLO)
        answers.append(await reader.readexactly(4))
        for message in messages:
            writer.write(message)
            size = int.from_bytes(await reader.readexactly(2), "big")
            answers.append(await reader.readexactly(size + 2))
    except (OSError, asyncio.IncompleteReadError):
        answers.append(b"lost")
    finally:
        writer.close()
    return answers


async def test_without_faults_everything_goes_through() -> None:
    """Both ways, in order."""
    async with _between() as (server, proxy):
        answers = await _talk(proxy, ASKED, COMMITTED)

    assert [ASKED[2:-2], COMMITTED[2:-2]] == server.got
    assert VERSION == answers[0]
    assert 3 == len(answers)
    assert b"lost" not in answers


async def test_a_dropped_reply_to_a_commit_comes_after_the_commit_is_done() -> None:
    """The server has it, the client never hears; other replies go through."""
    async with _between() as (server, proxy):
        proxy.faults = Faults(drop_commit_reply=1.0, most=1)
        first, second = await _talk(proxy, ASKED, COMMITTED), await _talk(proxy, ASKED, COMMITTED)

    assert [ASKED[2:-2], COMMITTED[2:-2]] * 2 == server.got
    assert (3, b"lost") == (len(first), first[-1])
    assert b"lost" not in second
    assert ["commit reply dropped"] == proxy.done


@pytest.mark.parametrize(
    ("cut", "got", "answered"),
    [
        (Cut(Toward.SERVER, messages=2), 1, 2),
        (Cut(Toward.CLIENT, messages=2), 2, 2),
        (Cut(Toward.SERVER, bytes=len(HELLO) + len(ASKED) + 1), 1, 2),
        (Cut(Toward.CLIENT, bytes=5), 1, 1),
    ],
)
async def test_a_cut_falls_where_it_is_told_to(cut: Cut, got: int, answered: int) -> None:
    """After so many messages or bytes in one direction, the handshake being the first message."""
    async with _between() as (server, proxy):
        proxy.cuts.append(cut)
        answers = await _talk(proxy, ASKED, COMMITTED)
        again = await _talk(proxy, ASKED)

    assert (got + 1, answered, b"lost") == (len(server.got), len(answers) - 1, answers[-1])
    assert b"lost" not in again


async def test_it_refuses_and_lets_through_again() -> None:
    """Connections that come while it refuses are reset."""
    async with _between() as (_, proxy):
        proxy.switch(Mode.REFUSE)
        refused = await _talk(proxy, ASKED)
        proxy.switch(Mode.FORWARD)
        let_through = await _talk(proxy, ASKED)

    assert [b"lost"] == refused
    assert b"lost" not in let_through


async def test_half_open_connections_say_nothing_at_all() -> None:
    """Neither an answer nor an end; what was on its way arrives when it ends."""
    async with _between() as (server, proxy):
        proxy.switch(Mode.HALF_OPEN)
        talk = asyncio.create_task(_talk(proxy, ASKED))
        done, _ = await asyncio.wait([talk], timeout=0.3)
        assert (set(), []) == (done, server.got)
        proxy.switch(Mode.FORWARD)
        assert b"lost" not in await talk


async def test_swallowed_connections_say_nothing_for_ever_and_others_do() -> None:
    """What they sent is lost, even when the proxy forwards again, and the server does not hear of their end."""
    async with _between() as (server, proxy):
        proxy.switch(Mode.SWALLOW)
        talk = asyncio.create_task(_talk(proxy, ASKED))
        await asyncio.wait([talk], timeout=0.2)
        proxy.switch(Mode.FORWARD)
        assert b"lost" not in await _talk(proxy, COMMITTED)
        done, _ = await asyncio.wait([talk], timeout=0.2)
        assert (set(), [COMMITTED[2:-2]]) == (done, server.got)
    assert [b"lost"] == await talk


async def _faults_of(seed: int, talk: Callable[[Proxy], Awaitable[object]]) -> list[str]:
    async with _between(seed) as (_, proxy):
        proxy.faults = Faults(cut=0.2, drop_commit_reply=0.2, delay_seconds=0.001)
        for _ in range(20):
            await talk(proxy)
        return proxy.done


async def test_the_same_seed_gives_the_same_faults() -> None:
    """And another seed gives others."""

    async def talk(proxy: Proxy) -> object:
        return await _talk(proxy, ASKED, COMMITTED, ASKED)

    one, again, other = [await _faults_of(seed, talk) for seed in (7, 7, 8)]
    assert one == again != other
    assert 5 < len(one) < 21


def test_messages_are_told_apart_however_they_are_cut_into_pieces() -> None:
    """Bytes come one by one, messages in several chunks, keep-alives between them, a manifest before all."""
    conversation = Conversation()
    long = b"\0\2" + bytes([0xB1, RUN]) + b"\0\3abc\0\0"
    sent = HELLO + bytes.fromhex("00000805") + b"\0" + b"\0\0" + long + COMMITTED
    manifest = bytes.fromhex("000001ff 02 00000805 00000405 8100")
    replies = [framed(bytes([0xB1, 0x71])), framed(bytes([0xB1, SUCCESS])), framed(bytes([0xB1, SUCCESS]))]

    shaken = [piece for byte in sent[:20] for piece in conversation.from_client(bytes([byte]))]
    offered = [piece for byte in manifest for piece in conversation.from_server(bytes([byte]))]
    said = [piece for byte in sent[20:] for piece in conversation.from_client(bytes([byte]))]
    answered = [request for reply in replies for _, request in conversation.from_server(reply)]

    assert [HELLO] == [piece.content for piece in shaken]
    assert [(manifest, None)] == [(piece.content, request) for piece, request in offered]
    assert [None, None, RUN, COMMIT] == [piece.tag for piece in said]
    assert [RUN, RUN, COMMIT] == answered
