"""What a store may answer instead of a result."""

from __future__ import annotations

from cmdb.kernel.errors import CmdbError, ErrorKind


class NodeNotFoundError(CmdbError):
    """A batch or question names a node that is not there."""

    code = "NODE_NOT_FOUND"
    kind = ErrorKind.NOT_FOUND
    summary = "The node named does not exist."
    default_remedy = "Look it up with `search`; it may have been deleted since."


class VersionConflictError(CmdbError):
    """The node has moved on since it was read; details: id, expected, actual."""

    code = "VERSION_CONFLICT"
    kind = ErrorKind.CONFLICT
    summary = "The node was changed by somebody else since it was read."
    default_remedy = "Read it again, look at what changed, and repeat the change on the newer version."
    retryable = True


class IdentifierTakenError(CmdbError):
    """A claimed identifier belongs to another node; details: identifier, holder, claimant."""

    code = "IDENTIFIER_TAKEN"
    kind = ErrorKind.CONFLICT
    summary = "An identifier that must be unique already belongs to another node."
    default_remedy = "Use the node that holds it, or release it there first."
    retryable = True


class NodeExistsError(CmdbError):
    """A batch creates a node under an id that is in use."""

    code = "NODE_EXISTS"
    kind = ErrorKind.CONFLICT
    summary = "A node with this id already exists."
    default_remedy = "Choose another id, or update the node that is there."


class InvalidBatchError(CmdbError):
    """The batch breaks the schema: unknown label, property or link type, wrong type, missing value."""

    code = "INVALID_BATCH"
    kind = ErrorKind.INVALID
    summary = "What was to be written does not fit the schema."
    default_remedy = "Compare it with `cmdb classes`; every mistake found is named."


class InvalidQueryError(CmdbError):
    """The question cannot be asked: unknown label or property, bad cursor, page too large."""

    code = "INVALID_QUERY"
    kind = ErrorKind.INVALID
    summary = "The question names something the schema does not know, or is out of bounds."
    default_remedy = "Compare it with `cmdb classes`; a page holds 1,000 nodes at most."


class StoreUnavailableError(CmdbError):
    """The store cannot be reached or opened."""

    code = "STORE_UNAVAILABLE"
    kind = ErrorKind.UNAVAILABLE
    summary = "The store cannot be reached or opened."
    default_remedy = "Check the address in CMDB_STORE and that the store is running and writable."
    retryable = True


class StoreDamagedError(CmdbError):
    """The store's content is not what was written."""

    code = "STORE_DAMAGED"
    kind = ErrorKind.INTERNAL
    summary = "The store's content is damaged."
    default_remedy = "Stop, keep a copy of it, and restore the newest good backup."


class StoreVersionError(CmdbError):
    """The store was written by a newer version of the product."""

    code = "STORE_TOO_NEW"
    kind = ErrorKind.UNAVAILABLE
    summary = "The store has a newer layout than this version of the product knows."
    default_remedy = "Install the version that wrote it, or a later one."


class StoreFullError(CmdbError):
    """The store has no room left or may not be written; nothing of the batch was kept."""

    code = "STORE_NOT_WRITABLE"
    kind = ErrorKind.UNAVAILABLE
    summary = "The store cannot be written: the disk is full or the file is read-only."
    default_remedy = "Free disk space or make the file writable, then repeat; nothing was half-written."
    retryable = True
