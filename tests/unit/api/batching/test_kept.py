"""What was made of a node for an answer is kept with it, and given again only to who asks for the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLString

from cmdb.api.batching.kept import SELECTIONS, KeptColumn, KeptColumns
from cmdb.api.views import NodeView, reads, view
from cmdb.graph.elements import Node

TYPE = GraphQLObjectType("Shown", {"name": GraphQLField(GraphQLString)})
NAME = (("name", "name"),)


@reads(name="node.name", id="node.id")
class Shown(NodeView):
    """A node as an answer has it."""

    __slots__ = ()
    name: str
    id: str


class OtherwiseShown(Shown):
    """A node as another schema has it."""

    __slots__ = ()


class Completing:
    """Gives one attribute of each object, and notes what it was asked for."""

    def __init__(self, attribute: str = "name") -> None:
        self.attribute = attribute
        self.asked: list[list[str]] = []

    def __call__(self, sources: Sequence[Any]) -> list[Any] | None:
        self.asked.append([source.id for source in sources])
        values = [getattr(source, self.attribute) for source in sources]
        return None if "odd" in values else [{self.attribute: value} for value in values]


def node(node_id: str, name: str = "n") -> Node:
    """A node."""
    return Node(node_id, "Server", {"name": f"{name} {node_id}"}, 1, 1, "", "")


def shown(*nodes: Node) -> list[Shown]:
    """Nodes as an answer has them, made anew."""
    return [view(Shown, each) for each in nodes]


def test_what_was_made_of_a_node_is_given_again() -> None:
    """Only nodes of which nothing was made yet are completed, and each stands in its place."""
    completing, a, b, c = Completing(), node("a"), node("b"), node("c")
    column = KeptColumn(Shown, completing)

    first = column(shown(b))
    again = column(shown(a, b, c, b))

    assert [{"name": "n b"}] == first
    assert [{"name": "n a"}, {"name": "n b"}, {"name": "n c"}, {"name": "n b"}] == again
    assert [["b"], ["a", "c"]] == completing.asked


def test_another_selection_is_made_anew() -> None:
    """Two columns over the same nodes give each its own, in whatever order they are asked."""
    a, b = node("a"), node("b")
    names, ids = KeptColumn(Shown, Completing()), KeptColumn(Shown, Completing("id"))

    for _ in range(2):
        assert [{"name": "n a"}, {"name": "n b"}] == names(shown(a, b))
        assert [{"id": "b"}] == ids(shown(b))
        assert [{"name": "n b"}, {"name": "n a"}] == names(shown(b, a))


def test_a_changed_node_is_another_one() -> None:
    """A change makes a node anew, with nothing kept, and what is kept makes no difference between nodes."""
    column, before = KeptColumn(Shown, Completing()), node("a")
    column(shown(before))
    changed, copied = replace(before, properties={"name": "changed"}), replace(before)

    assert [{"name": "changed"}] == column(shown(changed))
    assert (True, False) == (copied == before, hasattr(copied, "kept"))


def test_what_cannot_be_completed_is_left_alone() -> None:
    """One odd value leaves all of them to the ordinary execution, and nothing is kept of any."""
    completing, sound, odd = Completing(), node("a"), Node("b", "Server", {"name": "odd"}, 1, 1, "", "")
    column = KeptColumn(Shown, completing)

    assert column(shown(sound, odd)) is None
    assert not hasattr(sound, "kept")
    assert column([view(OtherwiseShown, sound)]) is None
    assert [["a", "b"]] == completing.asked


def test_the_same_selection_has_the_same_column() -> None:
    """A column belongs to a type and to what is selected of it, under which names."""
    columns, other = KeptColumns(), GraphQLObjectType("Other", {"name": GraphQLField(GraphQLString)})
    column = columns.column(TYPE, NAME, Shown, Completing())

    assert columns.column(TYPE, NAME, Shown, Completing()) is column
    assert columns.column(TYPE, (("alias", "name"),), Shown, Completing()) is not column
    assert columns.column(other, NAME, Shown, Completing()) is not column


def test_not_more_selections_are_remembered_than_said() -> None:
    """A client that invents names for ever makes no more than so many columns."""
    columns = KeptColumns()
    for number in range(3 * SELECTIONS):
        columns.column(TYPE, ((f"alias{number}", "name"),), Shown, Completing())

    assert len(columns._known) <= SELECTIONS
