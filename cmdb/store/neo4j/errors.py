"""What can go wrong between the product and a Neo4j server, one class a remedy."""

from __future__ import annotations

from cmdb.graph.errors import StoreUnavailableError


class StoreSignInError(StoreUnavailableError):
    """The server refused user and password."""

    code = "STORE_SIGN_IN_REFUSED"
    summary = "The Neo4j server refused the user or the password."
    default_remedy = (
        "Set CMDB_NEO4J_USER and CMDB_NEO4J_PASSWORD; after several wrong ones wait five seconds."
    )
    retryable = False


class StorePrivilegeError(StoreUnavailableError):
    """The user may not do what the product needs."""

    code = "STORE_PRIVILEGE_MISSING"
    summary = "The Neo4j user lacks a privilege that the product needs."
    default_remedy = (
        "Grant the user reading, writing and index and constraint management on the database, "
        "e.g. the role `architect`."
    )
    retryable = False


class StoreServerVersionError(StoreUnavailableError):
    """The server is too old, or no Neo4j server at all."""

    code = "STORE_SERVER_UNSUPPORTED"
    summary = "The server is of a version, or of a kind, that the product does not work with."
    default_remedy = (
        "Use Neo4j 5.26 LTS or a later release, and check that the address is that of its Bolt port."
    )
    retryable = False


class StoreConnectionLostError(StoreUnavailableError):
    """The server went away while it was being asked."""

    code = "STORE_CONNECTION_LOST"
    summary = "The connection to the Neo4j server broke, and it did not come back in time."
    default_remedy = "Repeat it; with the same request id a change takes effect once. See the server's log."


class StoreTimeoutError(StoreUnavailableError):
    """A question or change took longer than it may."""

    code = "STORE_TIMEOUT"
    summary = "The Neo4j server took longer than the product lets it, and was told to stop."
    default_remedy = (
        "Ask for less at once, or repeat it when the server is less busy; nothing was half-written."
    )


class StoreMemoryError(StoreUnavailableError):
    """A question or change needed more of the server's memory than it may have."""

    code = "STORE_MEMORY_LIMIT"
    summary = "The Neo4j server stopped a question or change that needed too much memory."
    default_remedy = (
        "Ask for less or write smaller batches, or raise db.memory.transaction.max on the server."
    )


class StoreBusyError(StoreUnavailableError):
    """Others kept what a change needs locked for too long."""

    code = "STORE_BUSY"
    summary = "Other writers held what was to be changed for longer than a change waits."
    default_remedy = "Repeat it; nothing of it was written."


class MigrationChangedError(StoreUnavailableError):
    """A migration that was applied differs from the one shipped."""

    code = "STORE_MIGRATION_CHANGED"
    summary = "A migration applied to the store is not the one that this version ships."
    default_remedy = "Install the product again, unaltered; the store itself was left as it is."
    retryable = False


class UnsafeNameError(StoreUnavailableError):
    """A name of the model cannot be a name in Neo4j."""

    code = "STORE_NAME_UNSAFE"
    summary = "A name of the model cannot be used as a label, type or property in Neo4j."
    default_remedy = (
        "Use letters, digits and `_`, beginning with a letter, at most 64; not beginning with `Cmdb`."
    )
    retryable = False
