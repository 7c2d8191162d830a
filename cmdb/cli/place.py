"""Where the command works: a store on this machine or a server."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cmdb.app import Settings

URL = "CMDB_URL"
LOCAL_SERVER = "neo4j"
"""The address that stands for the server of `cmdb neo4j start`."""


@dataclass(frozen=True, slots=True)
class Place:
    """`store`: the address of a store; None: that of the settings. `url`: a server, asked in place of a store.

    `as_of`: a revision or a time, of which is asked; None: the present.
    """

    store: str | None = None
    url: str | None = None
    as_of: str | None = None

    def settings(self) -> Settings:
        """The settings, with the store that was named; `neo4j` is the server of `cmdb neo4j start`.

        Raises:
            LocalServerError: that server is named and does not run.
        """
        from cmdb.app import Settings

        settings = Settings(store=self.store) if self.store else Settings()
        if settings.store == LOCAL_SERVER:
            from cmdb.cli.local_server import ServerChoice, local_address

            settings = Settings(store=local_address(ServerChoice()))
        return settings


def chosen(common: object, store: str | None, url: str | None, as_of: str | None = None) -> Place:
    """The place a command's own options name, else those before the command's name, else CMDB_URL.

    A store that is named wins over the server of the environment.
    """
    place = common if isinstance(common, Place) else Place()
    place = replace(place, store=store or place.store, url=url or place.url, as_of=as_of)
    if place.url or place.store:
        return place
    return replace(place, url=os.environ.get(URL) or None)
