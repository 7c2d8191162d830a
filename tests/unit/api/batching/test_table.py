"""Objects as columns are the same objects as one by one, and are not made where columns are enough."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from graphql import GraphQLInt, GraphQLString

from cmdb.api.batching.columns import leaf_column, list_column, nullable_column, required_column
from cmdb.api.batching.objects import attribute_column, object_column, of_class
from cmdb.api.batching.table import Table, kinds_of


@dataclass
class Point:
    """An object of an answer."""

    x: int
    name: str
    made: list[int] = field(default_factory=list, compare=False)

    def __post_init__(self) -> None:
        self.made.append(self.x)

    @property
    def double(self) -> int:
        """Worked out."""
        return 2 * self.x


COLUMNS: dict[str, list[Any]] = {"x": [1, 2, 3], "name": ["a", "b", "c"]}
POINTS = [Point(1, "a"), Point(2, "b"), Point(3, "c")]
ANSWER = [{"n": "a", "x": 1}, {"n": "b", "x": 2}, {"n": "c", "x": 3}]


def points() -> Any:
    """The completion of a list of points, of which none is null."""
    name = attribute_column("name", nullable_column(leaf_column(GraphQLString)))
    x = attribute_column("x", required_column(leaf_column(GraphQLInt)))
    present = object_column({"n": name, "x": x}, of_class(Point))
    return list_column(required_column(present), present)


def test_a_table_is_the_objects_it_stands_for() -> None:
    """They come in order, can be counted, found by place, and taken again."""
    table = Table(Point, COLUMNS)

    assert (3, POINTS, POINTS) == (len(table), list(table), list(table))
    assert (POINTS[1], POINTS[1:]) == (table[1], table[1:])
    assert {Point} == kinds_of(table) == kinds_of(POINTS)


def test_columns_are_completed_without_their_objects() -> None:
    """The answer is that of a list of the objects, and none of them was made."""
    made: list[int] = []

    assert [ANSWER, ANSWER] == points()([Table(Point, COLUMNS, made=made), Table(Point, COLUMNS, made=made)])
    assert [ANSWER, ANSWER] == points()([POINTS, tuple(POINTS)])
    assert [] == made


def test_an_attribute_that_is_no_column_is_read_from_the_objects() -> None:
    """What all objects share, or work out for themselves, is found as ever."""
    table = Table(Point, {"x": [1, 2]}, name="shared")
    strings, integers = required_column(leaf_column(GraphQLString)), required_column(leaf_column(GraphQLInt))

    assert ["shared", "shared"] == attribute_column("name", strings)(table)
    assert [2, 4] == attribute_column("double", integers)(table)


@pytest.mark.parametrize(
    "odd", [{"x": [1, 2, None], "name": ["a", "b", "c"]}, {"x": [1, 2, 3], "name": ["a", 7, "c"]}]
)
def test_an_odd_value_in_a_column_is_left_to_the_ordinary_execution(odd: dict[str, list[Any]]) -> None:
    """As it is in a list of the objects."""
    assert points()([Table(Point, odd)]) is None
    assert points()([list(Table(Point, odd))]) is None
