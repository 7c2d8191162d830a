"""Bounds of a GraphQL document."""

from __future__ import annotations

import pytest
from graphql import parse

from cmdb.api.errors import DocumentTooLargeError
from cmdb.api.limits import DocumentMeter, Limits, Measure, refuse_beyond


def measured(document: str, **variables: object) -> Measure:
    return DocumentMeter(parse(document), variables).measure()


def test_fields_aliases_directives_and_depth_are_counted() -> None:
    found = measured("query Q @x { a: one { two @skip(if: false) } three }")

    assert found == Measure(depth=2, aliases=1, fields=3, directives=2, cost=3)


def test_the_cost_of_a_list_is_its_page_times_what_each_row_costs() -> None:
    found = measured("{ many(first: 50) { a b } }")

    assert found.cost == 1 + 50 * 2


def test_a_page_size_in_a_variable_is_counted_with_its_value() -> None:
    found = measured("query Q($n: Int) { many(first: $n) { a } }", n=7)

    assert found.cost == 1 + 7


def test_a_page_size_has_the_default_that_the_operation_declares() -> None:
    found = measured("query Q($n: Int! = 20) { many(first: $n) { a } }")

    assert found.cost == 1 + 20


def test_a_page_size_that_is_not_given_counts_as_the_largest_page() -> None:
    found = measured("query Q($n: Int) { many(first: $n) { a } }")

    assert found.cost == 1 + 1000


def test_a_huge_page_size_in_the_text_counts_as_the_largest_page() -> None:
    found = measured("{ many(first: 999999999999999999999) { a } }")

    assert found.cost == 1 + 1000


def test_a_fragment_counts_wherever_it_is_spread() -> None:
    found = measured("{ x { ...f } y { ...f } } fragment f on T { a b }")

    assert found.fields == 6


def test_a_fragment_bomb_is_measured_without_being_unrolled() -> None:
    levels = 60
    fragments = " ".join(f"fragment f{n} on T {{ a {{ ...f{n + 1} ...f{n + 1} }} }}" for n in range(levels))

    found = measured(f"{{ ...f0 }} {fragments} fragment f{levels} on T {{ a }}")

    assert found.fields == 2 ** (levels + 1) - 1


def test_fragments_that_spread_each_other_end() -> None:
    found = measured("{ ...f } fragment f on T { a ...g } fragment g on T { b ...f }")

    assert found.fields == 2


def test_introspection_costs_no_depth() -> None:
    found = measured("{ __schema { types { fields { type { ofType { ofType { name } } } } } } }")

    assert (found.depth, found.cost) == (0, 0)


@pytest.mark.parametrize("limit", ["depth", "aliases", "fields", "directives", "cost"])
def test_what_passes_a_limit_is_refused_and_the_limit_named(limit: str) -> None:
    allowed = getattr(Limits(), limit)

    with pytest.raises(DocumentTooLargeError) as refused:
        refuse_beyond(Limits(), Measure(**{limit: allowed + 1}))

    assert refused.value.details == {"limit": limit, "allowed": allowed, "seen": allowed + 1}


def test_what_just_meets_every_limit_is_let_through() -> None:
    limits = Limits()

    refuse_beyond(
        limits, Measure(limits.depth, limits.aliases, limits.fields, limits.directives, limits.cost)
    )
