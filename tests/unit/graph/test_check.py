"""What fits a schema and what does not."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmdb.graph.batch import NodeCreate, NodeUpdate, Numbering, Sighting
from cmdb.graph.check import check_batch, check_updates, refuse
from cmdb.graph.elements import Node, Stamp
from cmdb.graph.errors import InvalidBatchError
from tests import strategies
from tests.contract.build import batch, host, link, unlink
from tests.contract.schema import SCHEMA

ODD: list[dict[str, Any]] = [
    {"name": "h", "note": note, "rank": rank, "tags": tags}
    for note in ("n", "é", "\0", "\ud800", 1)
    for rank in (1, 2**63, True, "1")
    for tags in (["a"], ["é", "\0"], [1], "a", [])
]
"""Nodes with the same properties, of which some fit."""


def _node(label: str = "Host", **properties: Any) -> Node:
    return Node("h", label, {"name": "h", **properties}, 1, 1, "", "")


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"rank": "1"}, "property rank must be of type integer, not str"),
        ({"rank": 1.0}, "property rank must be of type integer, not float"),
        ({"rank": True}, "property rank must be of type integer, not bool"),
        ({"rank": 2**63}, "property rank must fit in 64 bits"),
        ({"rank": -(2**63) - 1}, "property rank must fit in 64 bits"),
        ({"price": math.nan}, "property price must be a finite number, not nan"),
        ({"price": -math.inf}, "property price must be a finite number, not -inf"),
        ({"price": 10**400}, "property price must fit in 64 bits"),
        ({"managed": 1}, "property managed must be of type boolean, not int"),
        ({"bought": 20250101}, "property bought must be of type date, not int"),
        ({"tags": "a"}, "property tags must be of type string_list, not str"),
        ({"tags": ["a", 1]}, "property tags must hold texts only"),
        ({"tags": ["a", "\0"]}, "property tags holds a NUL character"),
        ({"note": "a\0b"}, "property note holds a NUL character"),
        ({"note": "\udc00"}, "property note holds half of a surrogate pair"),
        ({"note": None}, "property note must be of type string, not NoneType"),
        ({"colour": "red"}, "unknown property 'colour'"),
    ],
)
def test_each_unfit_value_is_named(properties: dict[str, Any], said: str) -> None:
    """In a new node and in a changed one alike, but that None removes."""
    assert check_batch(batch(host("h", **properties)), SCHEMA) == [f"Host 'h': {said}"]
    if None not in properties.values():
        assert check_updates([NodeUpdate("h", properties)], SCHEMA, {"h": _node()}) == [f"node 'h': {said}"]


@pytest.mark.parametrize(
    ("create", "said"),
    [
        (NodeCreate("x", "Spaceship", {}), "node 'x': unknown label 'Spaceship'"),
        (
            NodeCreate("x", "Item", {"name": "x"}),
            "Item 'x': label Item is abstract; use one of its subclasses",
        ),
        (NodeCreate("x", "Host", {}), "Host 'x': property name is required"),
        (NodeCreate("", "Host", {"name": "x"}), "Host '': the id is empty"),
        (host("x", "a\0"), "Host 'x': 'a\\x00' holds a NUL character"),
        (
            NodeCreate("x", "Host", {"name": "x"}, stamps={"name": Stamp("s\0", "")}),
            "stamp of node 'x': 's\\x00' holds a NUL character",
        ),
    ],
)
def test_each_unfit_node_is_named(create: NodeCreate, said: str) -> None:
    """Label, required properties, id, identifiers and stamps are all looked at."""
    assert check_batch(batch(create), SCHEMA) == [said]


@pytest.mark.parametrize(
    ("writes", "said"),
    [
        ([link("FLIES", "a", "b")], "link FLIES: unknown link type"),
        ([unlink("FLIES", "a", "b")], "link FLIES: unknown link type"),
        ([link("AFFECTS", "a", "b")], "link AFFECTS from 'a' to 'b': property how is required"),
        ([link("CONNECTS", "a", "b", weight=1)], "link CONNECTS from 'a' to 'b': unknown property 'weight'"),
        ([Sighting("a", "\ud800", "")], "sighting: '\\ud800' holds half of a surrogate pair"),
        ([host("a"), host("a")], "node 'a': created twice in one batch"),
    ],
)
def test_links_sightings_and_doubles_are_looked_at(writes: list[Any], said: str) -> None:
    """Nothing of a batch goes unchecked."""
    assert check_batch(batch(*writes), SCHEMA) == [said]


def test_a_number_to_be_given_counts_as_present() -> None:
    """The store will set it."""
    create = NodeCreate("t", "Ticket", {"title": "t"}, numbering=Numbering("INC", 7))
    assert check_batch(batch(create), SCHEMA) == []
    without = NodeCreate("u", "Ticket", {"title": "u"})
    assert check_batch(batch(create, without), SCHEMA) == ["Ticket 'u': property number is required"]


def test_a_required_property_cannot_be_removed() -> None:
    """But one that is not required can."""
    update = NodeUpdate("h", {"name": None, "note": None})
    assert check_updates([update], SCHEMA, {"h": _node()}) == ["node 'h': property name is required for Host"]


def test_a_reclassified_node_needs_what_its_label_requires() -> None:
    """Given in the same update, or there already; and the label must be one that nodes can have."""
    standing = {"h": _node()}
    assert check_updates([NodeUpdate("h", label="Service")], SCHEMA, standing) == [
        "node 'h': property tier is required for Service"
    ]
    assert check_updates([NodeUpdate("h", {"tier": "gold"}, label="Service")], SCHEMA, standing) == []
    assert check_updates([NodeUpdate("h", label="Item")], SCHEMA, standing) == [
        "node 'h': label Item is abstract; use one of its subclasses"
    ]


def test_one_error_holds_every_mistake_and_says_the_first_twenty() -> None:
    """So a message stays readable and a program still gets them all."""
    with pytest.raises(InvalidBatchError, match="and 5 more") as refused:
        refuse([f"mistake {number}" for number in range(25)])
    mistakes = refused.value.details["mistakes"]
    assert isinstance(mistakes, list)
    assert len(mistakes) == 25


def test_no_mistake_is_no_error() -> None:
    """An empty list passes."""
    refuse([])


@given(st.lists(strategies.properties(SCHEMA.labels["Host"].properties), max_size=3))
def test_what_fits_has_no_mistake(several: list[dict[str, Any]]) -> None:
    """Whatever the values."""
    creates = [NodeCreate(f"n{place}", "Host", properties) for place, properties in enumerate(several)]
    assert check_batch(batch(*creates), SCHEMA) == []


@given(st.lists(st.sampled_from(ODD), min_size=1, max_size=6), st.integers(0, 3))
def test_nodes_that_look_alike_hide_no_mistake_of_one_another(
    several: list[dict[str, Any]], sound: int
) -> None:
    """Many at once have the mistakes that each has alone."""
    given = [{"name": "h", "note": "n", "rank": 1, "tags": ["a"]}] * sound + several
    creates = [NodeCreate(f"n{place}", "Host", properties) for place, properties in enumerate(given)]
    alone = [mistake for create in creates for mistake in check_batch(batch(create), SCHEMA)]

    assert alone == check_batch(batch(*creates), SCHEMA)
