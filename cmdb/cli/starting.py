"""Makes the store."""

from __future__ import annotations

import asyncio

from cmdb.app import Application, Settings, open_application
from cmdb.cli.place import LOCAL_SERVER, Place
from cmdb.cli.terminal import open_terminal, plural
from cmdb.graph.query import NodeQuery


def make_store(place: Place) -> None:
    """Make or upgrade the store, and say where it is and what to do next.

    Raises:
        StoreUnavailableError: it cannot be made there.
    """
    settings = place.settings()
    count = asyncio.run(_made(settings))
    terminal = open_terminal()
    terminal.say(
        f"The store is ready: {settings.shown_store}, {plural(count, 'configuration item')}.", "bold"
    )
    if place.store:
        # The local server's own address would need its password beside it.
        address = LOCAL_SERVER if place.store == LOCAL_SERVER else settings.shown_store
        terminal.say(f"Use it in every command: export CMDB_STORE={address}")
    for step in (
        "Bring a scan in:        cmdb import nmap scan.xml",
        "Or a table:             cmdb import table machines.csv",
        "Ask what breaks:        cmdb impact NAME",
        "Serve the API:          cmdb serve",
    ):
        terminal.say(f"  {step}")


async def _made(settings: Settings) -> int:
    async with open_application(settings) as application:
        return await count_items(application)


async def count_items(application: Application) -> int:
    """How many CIs the store holds."""
    services = application.services
    counts = await services.store.count(NodeQuery(tuple(services.model.classes)))
    return counts.get(None, 0)
