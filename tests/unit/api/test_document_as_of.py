"""Documents of the present turned into documents of a moment."""

from __future__ import annotations

import pytest
from graphql import parse, print_ast

from cmdb.api.document_as_of import document_as_of


@pytest.mark.parametrize(
    ("moment", "named"),
    [
        ("12", "revision: 12"),
        ("2026-11-17T08:00:00Z", 'at: "2026-11-17T08:00:00Z"'),
        ('"}{', 'at: "\\"}{"'),
        ("-1", 'at: "-1"'),
    ],
)
def test_what_is_asked_stands_below_the_moment(moment: str, named: str) -> None:
    """Variables stay where they are; a text is quoted, whatever it holds."""
    found = document_as_of("query Q($id: ID! = 1) { a: node(id: $id) { id } head }", moment)

    wanted = f"query Q($id: ID! = 1) {{ asOf({named}) {{ a: node(id: $id) {{ id }} head }} }}"
    assert print_ast(parse(wanted)) == found


def test_what_the_ledger_does_not_keep_is_left_out() -> None:
    """At any depth, and in inline fragments."""
    found = document_as_of(
        "{ node(id: 1) { id ... on Server { identifiers name provenance { source } sightings { source } } } }",
        "1",
    )

    wanted = "{ asOf(revision: 1) { node(id: 1) { id ... on Server { name } } } }"
    assert print_ast(parse(wanted)) == found


def test_fragments_stay_as_they_are() -> None:
    """They are spread below the moment."""
    found = document_as_of("query { node(id: 1) { ...F } } fragment F on Node { id }", "1")

    wanted = "query { asOf(revision: 1) { node(id: 1) { ...F } } } fragment F on Node { id }"
    assert print_ast(parse(wanted)) == found
