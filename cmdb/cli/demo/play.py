"""The demo from beginning to end. Every answer it shows comes from the store."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cmdb.app import Settings, open_application
from cmdb.cli.demo.clock import StoryClock
from cmdb.cli.demo.stage import (
    Told,
    bring_in_all,
    show_how_to_go_on,
    show_impact,
    show_root_cause,
    show_story,
    title,
)
from cmdb.cli.demo.story import read_story
from cmdb.cli.demo.telling import Teller
from cmdb.cli.gateway import LocalGateway
from cmdb.cli.local_server import ServerChoice, address_in_use
from cmdb.cli.logs import keep_quiet
from cmdb.cli.packaged import example_folder
from cmdb.cli.place import LOCAL_SERVER
from cmdb.cli.serving import Listening, bound, run_server, serve_application
from cmdb.cli.terminal import Terminal, open_terminal
from cmdb.graph.store import GraphStore
from cmdb.kernel.clock import SystemClock, parse_instant

_BEFORE_THE_STORY = timedelta(days=3)
"""The inventory is there before the story begins."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demo plays: the settings, and the store's address for a person to go on with."""

    settings: Settings
    store: str


def run_demo(store: str | None, port: int | None) -> None:
    """Play the demo on a store, or on a fresh one; then serve it at the port, unless that is None.

    `neo4j` is the server of `cmdb neo4j start`, which is started where it does not run.

    Raises:
        PortInUseError: another program listens at the port.
        StoreUnavailableError: the store cannot be opened.
        ServerPartsError, ServerStartError: the Neo4j server cannot be started.
    """
    terminal = open_terminal()
    if port is None:
        asyncio.run(_play(_stage(store, terminal), terminal))
        return
    listening = Listening(port=port, log_level="warning")
    with bound(listening) as listener:
        run_server(_play_and_serve(_stage(store, terminal), terminal, listening, listener))


def _stage(store: str | None, terminal: Terminal) -> Stage:
    if store == LOCAL_SERVER:
        return Stage(Settings(store=address_in_use(ServerChoice(), terminal)), LOCAL_SERVER)
    settings = Settings(store=store or str(Path(tempfile.mkdtemp(prefix="cmdb-demo-")) / "demo.db"))
    return Stage(settings, settings.shown_store)


async def _play_and_serve(
    stage: Stage, terminal: Terminal, listening: Listening, listener: socket.socket
) -> None:
    await _play(stage, terminal)
    async with open_application(stage.settings) as application:
        await serve_application(application, listening, listener, terminal)


async def _play(stage: Stage, terminal: Terminal) -> None:
    keep_quiet()
    told = await _set_up(stage.settings, terminal)
    async with open_application(stage.settings) as application:
        gateway = LocalGateway(application)
        await show_impact(gateway, told, terminal)
        await show_root_cause(gateway, told, terminal)
    show_how_to_go_on(stage.store, terminal)


async def _set_up(settings: Settings, terminal: Terminal) -> Told:
    clock = StoryClock(SystemClock())
    clock.move_to(clock.telling - _BEFORE_THE_STORY)
    async with open_application(settings, clock) as application:
        services = application.services
        await _catch_up(clock, services.store)
        terminal.show(title("The demo", f"on the store {settings.shown_store}"))
        await bring_in_all(services, terminal)
        teller = Teller(services, clock)
        story = read_story(example_folder() / "story.yaml")
        records = await teller.tell(story)
        told = Told(story, records, tuple([await teller.find(named) for named in story.healthy]))
    show_story(told, terminal)
    return told


async def _catch_up(clock: StoryClock, store: GraphStore) -> None:
    """A store that was used before has moments that have passed."""
    head = (await store.head()).revision
    if head:
        async for newest in store.revisions(after=head - 1):
            clock.move_to(parse_instant(newest.at))
