"""Neo4j's and its driver's errors in the port's words, in one place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from neo4j.exceptions import (
    AuthError,
    ConfigurationError,
    DriverError,
    Forbidden,
    IncompleteCommit,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    UnsupportedServerProduct,
    WriteServiceUnavailable,
)

from cmdb.graph.errors import StoreDamagedError, StoreFullError, StoreUnavailableError
from cmdb.kernel.errors import CmdbError
from cmdb.store.neo4j.errors import (
    StoreBusyError,
    StoreConnectionLostError,
    StoreMemoryError,
    StorePrivilegeError,
    StoreServerVersionError,
    StoreSignInError,
    StoreTimeoutError,
)

# The end of a status code such as `Neo.TransientError.Transaction.LockAcquisitionTimeout` says what it is.
_BY_CODE: dict[str, type[CmdbError]] = {
    "Unauthorized": StoreSignInError,
    "AuthenticationRateLimit": StoreSignInError,
    "CredentialsExpired": StoreSignInError,
    "TokenExpired": StoreSignInError,
    "Forbidden": StorePrivilegeError,
    "ProcedureAccessMode": StorePrivilegeError,
    "TransactionTimedOut": StoreTimeoutError,
    "TransactionTimedOutClientConfiguration": StoreTimeoutError,
    "LockClientStopped": StoreTimeoutError,
    "Terminated": StoreTimeoutError,
    "LockAcquisitionTimeout": StoreBusyError,
    "DeadlockDetected": StoreBusyError,
    "MaximumTransactionLimitReached": StoreBusyError,
    "OutOfMemoryError": StoreMemoryError,
    "MemoryPoolOutOfMemoryError": StoreMemoryError,
    "TransactionOutOfMemoryError": StoreMemoryError,
    "StackOverFlowError": StoreMemoryError,
    "OutOfDiskSpace": StoreFullError,
    "WriteOnReadOnlyAccessDatabase": StoreFullError,
    "ForbiddenOnReadOnlyDatabase": StoreFullError,
    "IndexCorruptionDetected": StoreDamagedError,
}
_LOST = (SessionExpired, IncompleteCommit)
_TOO_OLD = "is not supported for the Bolt Protocol"
"""What the driver says where a setting of ours needs a later protocol than the server speaks."""


@contextmanager
def faults_of(place: str) -> Iterator[None]:
    """Turn the driver's errors inside the block into the port's; `place` names the store for people."""
    try:
        yield
    except (Neo4jError, DriverError) as error:
        raise translated(error, place) from error


def translated(error: Neo4jError | DriverError, place: str) -> CmdbError:
    """The port's error for one of Neo4j's."""
    seen = f"{place}: {_message(error)}"
    if isinstance(error, AuthError):
        return StoreSignInError(seen)
    if isinstance(error, Forbidden):
        return StorePrivilegeError(seen)
    if isinstance(error, Neo4jError):
        known = _BY_CODE.get((error.code or "").rpartition(".")[2])
        return known(seen) if known else StoreUnavailableError(seen)
    if isinstance(error, UnsupportedServerProduct) or _TOO_OLD in str(error):
        return StoreServerVersionError(
            f"{place}: the server does not speak as Neo4j 5.26 does. {_message(error)}"
        )
    if isinstance(error, _LOST) or "defunct connection" in str(error):
        return StoreConnectionLostError(seen)
    if isinstance(error, WriteServiceUnavailable):
        # What the driver makes of a database that is read-only, and of a cluster member that may not write.
        return StoreFullError(seen, remedy="Make the database writable, or name a server that may write.")
    if isinstance(error, ServiceUnavailable | ConfigurationError):
        return StoreUnavailableError(seen)
    return StoreUnavailableError(seen)


def _message(error: Neo4jError | DriverError) -> str:
    """What was seen, in one line; the driver puts a reason on the line after a colon."""
    text = error.message if isinstance(error, Neo4jError) else str(error)
    lines = iter((text or type(error).__name__).splitlines())
    first = next(lines, "")
    if first.endswith(":"):
        first = f"{first} {next(lines, '')}".strip()
    return f"{first} ({error.code})" if isinstance(error, Neo4jError) and error.code else first
