"""The embedded store: SQLite in one file, nothing to install."""

from cmdb.store.embedded.connections import StoreSettings
from cmdb.store.embedded.store import EmbeddedStore, open_embedded

__all__ = ["EmbeddedStore", "StoreSettings", "open_embedded"]
