"""Each way a server can fail is one error, with a code and what to do."""

import pytest
from neo4j.exceptions import (
    ConfigurationError,
    DriverError,
    IncompleteCommit,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    UnsupportedServerProduct,
)

from cmdb.graph.errors import StoreUnavailableError
from cmdb.store.neo4j.faults import translated


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("Neo.ClientError.Security.Unauthorized", "STORE_SIGN_IN_REFUSED"),
        ("Neo.ClientError.Security.AuthenticationRateLimit", "STORE_SIGN_IN_REFUSED"),
        ("Neo.ClientError.Security.CredentialsExpired", "STORE_SIGN_IN_REFUSED"),
        ("Neo.ClientError.Security.Forbidden", "STORE_PRIVILEGE_MISSING"),
        ("Neo.ClientError.Transaction.TransactionTimedOut", "STORE_TIMEOUT"),
        ("Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration", "STORE_TIMEOUT"),
        ("Neo.TransientError.Transaction.LockAcquisitionTimeout", "STORE_BUSY"),
        ("Neo.TransientError.Transaction.DeadlockDetected", "STORE_BUSY"),
        ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", "STORE_MEMORY_LIMIT"),
        ("Neo.TransientError.General.TransactionOutOfMemoryError", "STORE_MEMORY_LIMIT"),
        ("Neo.TransientError.General.OutOfDiskSpace", "STORE_NOT_WRITABLE"),
        ("Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", "STORE_NOT_WRITABLE"),
        ("Neo.ClientError.Database.DatabaseNotFound", "STORE_UNAVAILABLE"),
        ("Neo.DatabaseError.General.UnknownError", "STORE_UNAVAILABLE"),
    ],
)
def test_a_servers_error_is_told_by_its_code(code: str, expected: str) -> None:
    """What was seen is in the message, with the place and Neo4j's own code."""
    error = translated(Neo4jError._hydrate_neo4j(code=code, message="it hurts\nhere"), "bolt://x:7687/neo4j")
    assert error.code == expected
    assert error.message == f"bolt://x:7687/neo4j: it hurts ({code})"
    assert error.remedy


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ServiceUnavailable("Couldn't connect"), "STORE_UNAVAILABLE"),
        (SessionExpired("gone"), "STORE_CONNECTION_LOST"),
        (IncompleteCommit("gone"), "STORE_CONNECTION_LOST"),
        (ServiceUnavailable("Failed to read from defunct connection x"), "STORE_CONNECTION_LOST"),
        (UnsupportedServerProduct("3.5"), "STORE_SERVER_UNSUPPORTED"),
        (
            ConfigurationError("Notification filtering is not supported for the Bolt Protocol 4.4."),
            "STORE_SERVER_UNSUPPORTED",
        ),
        (ConfigurationError("bad certificate"), "STORE_UNAVAILABLE"),
        (DriverError("else"), "STORE_UNAVAILABLE"),
    ],
)
def test_a_drivers_error_is_told_by_its_class(error: DriverError, expected: str) -> None:
    """All of them are kinds of the port's one error for a store that cannot be used."""
    found = translated(error, "bolt://x:7687/neo4j")
    assert (found.code, isinstance(found, StoreUnavailableError)) == (expected, True)


def test_the_reason_behind_a_colon_is_told() -> None:
    """The driver puts it on a line of its own, and the hint that helps is there."""
    error = ServiceUnavailable("Couldn't connect to x:7474:\nCannot connect (looks like HTTP)\nmore")
    expected = "bolt://x: Couldn't connect to x:7474: Cannot connect (looks like HTTP)"

    assert translated(error, "bolt://x").message == expected
