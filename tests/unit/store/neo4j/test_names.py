"""Names in Cypher come from the model only, and only safe ones."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import Condition, Direction, LinkQuery, NodeQuery, Operator, Order
from cmdb.graph.schema import GraphSchema, LabelSchema, LinkTypeSchema, PropertySchema
from cmdb.kernel.errors import CmdbError
from cmdb.kernel.values import ValueType
from cmdb.store.neo4j.compile_find import count_statement, page_statements
from cmdb.store.neo4j.compile_links import links_statement
from cmdb.store.neo4j.compile_names import quoted
from cmdb.store.neo4j.errors import UnsafeNameError
from cmdb.store.neo4j.layout import layout_of
from tests.contract.schema import ALL, SCHEMA

HOSTILE = st.one_of(
    st.text(min_size=1),
    st.sampled_from(
        [
            "a`",
            "a`) DETACH DELETE n //",
            "\\u0060",
            "x\u0060y",
            "n`:`Admin",
            "",
            "a b",
            "1a",
            "a\0",
            "ä",
            "a\n",
            "_a",
        ]
    ),
    st.from_regex("[A-Za-z][A-Za-z0-9_]*`.*"),
)


@given(name=HOSTILE)
def test_a_quoted_name_is_letters_digits_and_underscores_between_backticks(name: str) -> None:
    """Whatever is given, the quotes cannot be left."""
    try:
        text = quoted(name)
    except UnsafeNameError:
        return
    assert text == f"`{name}`"
    assert name.isascii()
    assert name.replace("_", "").isalnum()


@given(name=HOSTILE.filter(lambda name: name not in {*SCHEMA.labels, *SCHEMA.link_types}))
def test_a_question_cannot_bring_a_name_of_its_own(name: str) -> None:
    """Unknown labels, properties and link types are refused before any text is made."""
    known = SCHEMA.labels["Host"].properties
    for ask in (
        lambda: links_statement(SCHEMA, LinkQuery(("a",), Direction.OUT, (name,))),
        lambda: links_statement(SCHEMA, LinkQuery(("a",), Direction.OUT, labels=(name,))),
        lambda: list(page_statements(SCHEMA, NodeQuery((name,)), None)),
    ):
        with pytest.raises(InvalidQueryError):
            ask()
    if name not in {*known, "id", "created_at", "updated_at", "revision", "tier", "title", "number", "cores"}:
        for query in (
            NodeQuery(ALL, Condition(name, Operator.EQ, "x")),
            NodeQuery(ALL, order=(Order(name),)),
        ):
            with pytest.raises(InvalidQueryError):
                list(page_statements(SCHEMA, query, None))
        with pytest.raises(InvalidQueryError):
            count_statement(SCHEMA, NodeQuery(ALL), name)


@given(value=st.text())
def test_a_value_never_becomes_part_of_a_text(value: str) -> None:
    """The statement of one value is the statement of every other."""
    try:
        (statement,) = page_statements(
            SCHEMA, NodeQuery(("Host",), Condition("name", Operator.EQ, value)), None
        )
    except InvalidQueryError:
        return
    (plain,) = page_statements(SCHEMA, NodeQuery(("Host",), Condition("name", Operator.EQ, "x")), None)
    assert statement.text == plain.text
    assert value in statement.values.values()


@pytest.mark.parametrize(
    "schema",
    [
        replace(SCHEMA, labels={"A`B": LabelSchema("A`B", (), {})}),
        replace(SCHEMA, labels={"A": LabelSchema("A", ("B C",), {})}),
        replace(SCHEMA, labels={"CmdbNode": LabelSchema("CmdbNode", (), {})}),
        replace(SCHEMA, labels={"A": LabelSchema("A", (), {"id": PropertySchema(ValueType.STRING)})}),
        replace(SCHEMA, labels={"A": LabelSchema("A", (), {"_stamps": PropertySchema(ValueType.STRING)})}),
        replace(SCHEMA, link_types={"A-B": LinkTypeSchema("A-B", {})}),
        replace(SCHEMA, link_types={"A": LinkTypeSchema("A", {"x y": PropertySchema(ValueType.STRING)})}),
    ],
    ids=["label", "ancestor", "own label", "own property", "hidden property", "link type", "link property"],
)
def test_a_schema_with_a_name_that_neo4j_cannot_have_is_refused(schema: GraphSchema) -> None:
    """Before anything is asked or written."""
    with pytest.raises(UnsafeNameError) as refused:
        layout_of(schema)
    assert isinstance(refused.value, CmdbError)
