"""Where a Neo4j store is, and that its password shows nowhere."""

import pytest

from cmdb.graph.errors import StoreUnavailableError
from cmdb.store.neo4j.address import Neo4jAddress, parse_address, without_password

NOTHING: dict[str, str] = {}


@pytest.mark.parametrize(
    ("text", "environment", "expected"),
    [
        ("neo4j://db.example", NOTHING, Neo4jAddress("neo4j://db.example:7687")),
        ("bolt://10.0.0.1:7000/cmdb", NOTHING, Neo4jAddress("bolt://10.0.0.1:7000", "cmdb")),
        ("bolt://[::1]:7000", NOTHING, Neo4jAddress("bolt://[::1]:7000")),
        (
            "neo4j+s://ada:p%40ss%2Fword@x.example/cmdb",
            NOTHING,
            Neo4jAddress("neo4j+s://x.example:7687", "cmdb", "ada", "p@ss/word"),
        ),
        (
            "bolt://db.example",
            {"CMDB_NEO4J_USER": "ada", "CMDB_NEO4J_PASSWORD": "secret", "CMDB_NEO4J_DATABASE": "other"},
            Neo4jAddress("bolt://db.example:7687", "other", "ada", "secret"),
        ),
        (
            "bolt://ada:mine@db.example/cmdb",
            {"CMDB_NEO4J_USER": "bob", "CMDB_NEO4J_PASSWORD": "other", "CMDB_NEO4J_DATABASE": "other"},
            Neo4jAddress("bolt://db.example:7687", "cmdb", "ada", "mine"),
        ),
        (
            "bolt://db.example",
            {"CMDB_NEO4J_PASSWORD": "secret"},
            Neo4jAddress("bolt://db.example:7687", "neo4j", "neo4j", "secret"),
        ),
        (
            "neo4j://db.example?policy=eu",
            NOTHING,
            Neo4jAddress("neo4j://db.example:7687?policy=eu"),
        ),
    ],
)
def test_an_address_says_server_database_and_user(
    text: str, environment: dict[str, str], expected: Neo4jAddress
) -> None:
    """What the text leaves out comes from the environment, and the database is `neo4j` by default."""
    assert parse_address(text, environment) == expected


@pytest.mark.parametrize("text", ["http://x", "neo4j://", "bolt://x:port", "bolt://ada:secret@", "x"])
def test_what_names_no_server_is_refused_without_being_quoted(text: str) -> None:
    """A mistyped address may hold a password, so the message does not repeat it."""
    with pytest.raises(StoreUnavailableError) as refused:
        parse_address(text, NOTHING)
    assert "secret" not in refused.value.message


def test_the_password_shows_nowhere() -> None:
    """Neither in the representation, nor in the place that messages name."""
    address = parse_address("bolt://ada:secret@db.example/cmdb", NOTHING)
    assert "secret" not in repr(address) + str(address) + address.place
    assert address.place == "bolt://db.example:7687/cmdb"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bolt://ada:se@cret@db.example/cmdb", "bolt://ada@db.example/cmdb"),
        ("bolt://db.example", "bolt://db.example"),
        ("/var/lib/cmdb/estate@home.db", "/var/lib/cmdb/estate@home.db"),
    ],
)
def test_an_address_is_shown_without_its_password(text: str, expected: str) -> None:
    """Everything else stays as it was given."""
    assert without_password(text) == expected


def test_only_a_cluster_needs_to_be_told_what_was_seen() -> None:
    """`neo4j://` may be answered by another member than the one that wrote."""
    assert parse_address("neo4j+ssc://x", NOTHING).is_routed
    assert not parse_address("bolt+s://x", NOTHING).is_routed
