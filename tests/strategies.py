"""Hypothesis strategies for what stands in a graph: values, predicates, orders, batches."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from cmdb.graph.batch import (
    LinkDelete,
    LinkPut,
    NodeCreate,
    NodeDelete,
    NodeUpdate,
    Numbering,
    Sighting,
    WriteBatch,
)
from cmdb.graph.elements import LinkKey, Stamp
from cmdb.graph.query import AllOf, AnyOf, Condition, Direction, Linked, Not, Operator, Order, Predicate
from cmdb.graph.schema import GraphSchema, PropertySchema
from cmdb.kernel.actor import Actor
from cmdb.kernel.values import Value, ValueType

ANY_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
"""Every text that a store takes."""

TEXTS = st.sampled_from(["", "a", "A", "ab", "Äb", "ß", "%", "_", "office", "Office-1"]) | ANY_TEXT
"""Texts that are often alike, so that comparisons have something to find."""

MOMENTS = st.sampled_from([f"2026-0{month}-01T00:00:00.000Z" for month in range(1, 5)])

_INTEGERS = st.integers(-3, 3) | st.integers(-(2**63), 2**63 - 1)
_FLOATS = st.sampled_from([0.0, 0.1, -1.5, 2.0, 1e300]) | st.floats(
    allow_nan=False, allow_infinity=False, width=32
)

VALUES: Mapping[ValueType, st.SearchStrategy[Any]] = {
    ValueType.STRING: TEXTS,
    ValueType.INTEGER: _INTEGERS,
    ValueType.FLOAT: _FLOATS,
    ValueType.BOOLEAN: st.booleans(),
    ValueType.DATE: st.dates().map(str),
    ValueType.DATETIME: MOMENTS,
    ValueType.STRING_LIST: st.lists(TEXTS, max_size=3),
}
"""Values of each type."""


def properties(rules: Mapping[str, PropertySchema]) -> st.SearchStrategy[dict[str, Value]]:
    """Properties that fit: all that are required and some of the others."""
    required = {name: VALUES[rule.type] for name, rule in rules.items() if rule.required}
    optional = {name: VALUES[rule.type] for name, rule in rules.items() if not rule.required}
    return st.fixed_dictionaries(required, optional=optional)


def changes(rules: Mapping[str, PropertySchema]) -> st.SearchStrategy[dict[str, Value | None]]:
    """Changes that fit: new values for some properties, and None for some that are not required."""
    given = {
        name: VALUES[rule.type] if rule.required else VALUES[rule.type] | st.none()
        for name, rule in rules.items()
    }
    return st.fixed_dictionaries({}, optional=given)


def predicates(
    rules: Mapping[str, PropertySchema], link_types: Sequence[str], ids: Sequence[str]
) -> st.SearchStrategy[Predicate]:
    """Predicates over these properties, links and ids."""
    conditions = st.sampled_from(sorted(rules)).flatmap(lambda name: _conditions(name, rules[name].type))
    linked = st.builds(
        Linked,
        st.lists(st.sampled_from(link_types), min_size=1, max_size=2).map(tuple),
        st.sampled_from(Direction),
        st.lists(st.sampled_from(ids), max_size=3).map(tuple),
    )
    by_id = st.builds(
        Condition, st.just("id"), st.just(Operator.IN), st.lists(st.sampled_from(ids), max_size=3)
    )

    def combined(parts: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
        several = st.lists(parts, max_size=3).map(tuple)
        return several.map(AllOf) | several.map(AnyOf) | parts.map(Not)

    return st.recursive(conditions | linked | by_id, combined, max_leaves=4)


def _conditions(name: str, kind: ValueType) -> st.SearchStrategy[Condition]:
    texts = kind in {ValueType.STRING, ValueType.DATE, ValueType.DATETIME}
    single = TEXTS if kind is ValueType.STRING_LIST else VALUES[kind]
    operators = [Operator.EQ, Operator.NE]
    if kind not in {ValueType.STRING_LIST, ValueType.BOOLEAN}:
        operators += [Operator.LT, Operator.LTE, Operator.GT, Operator.GTE]
    if texts or kind is ValueType.STRING_LIST:
        operators += [Operator.CONTAINS, Operator.STARTS_WITH]
    return (
        st.builds(Condition, st.just(name), st.sampled_from(operators), single)
        | st.builds(Condition, st.just(name), st.just(Operator.IN), st.lists(single, max_size=3))
        | st.builds(Condition, st.just(name), st.just(Operator.EXISTS), st.booleans())
    )


def orders(rules: Mapping[str, PropertySchema]) -> st.SearchStrategy[tuple[Order, ...]]:
    """Up to two sort keys."""
    names = sorted(name for name, rule in rules.items() if rule.type is not ValueType.STRING_LIST)
    key = st.builds(Order, st.sampled_from([*names, "id", "revision"]), st.booleans())
    return st.lists(key, max_size=2, unique_by=lambda order: order.property).map(tuple)


def batches(schema: GraphSchema, ids: Sequence[str], claims: Sequence[str]) -> st.SearchStrategy[WriteBatch]:
    """Batches that fit the schema, over few ids and claims, so that they often meet."""
    node_ids, values = st.sampled_from(ids), st.lists(st.sampled_from(claims), max_size=2).map(tuple)
    labels = [label for label in schema.labels.values() if not label.abstract]
    items = [label for label in labels if label.ancestors]
    common = {
        name: rule
        for name, rule in items[0].properties.items()
        if all(label.properties.get(name) == rule for label in items)
    }
    stamps = st.builds(Stamp, st.sampled_from(["scan", "hand"]), MOMENTS)

    def creates(place: int) -> st.SearchStrategy[NodeCreate]:
        label = labels[place]
        known = st.dictionaries(st.sampled_from(sorted(label.properties)), stamps, max_size=2)
        numbering = st.just(Numbering("INC", 3)) if "number" in label.properties else st.none()
        return st.builds(
            NodeCreate, node_ids, st.just(label.name), properties(label.properties), values, known, numbering
        )

    version = st.none() | st.integers(1, 3)
    updates = st.builds(
        NodeUpdate,
        node_ids,
        changes(common),
        version,
        st.none() | st.sampled_from([label.name for label in items]),
        claims=values,
        releases=values,
        stamps=st.dictionaries(st.sampled_from(sorted(common)), stamps, max_size=2),
    )
    puts = st.sampled_from(sorted(schema.link_types)).flatmap(
        lambda name: st.builds(
            LinkPut,
            st.builds(LinkKey, st.just(name), node_ids, node_ids),
            properties(schema.link_types[name].properties),
        )
    )
    unlinks = st.builds(LinkKey, st.sampled_from(sorted(schema.link_types)), node_ids, node_ids).map(
        LinkDelete
    )
    return st.builds(
        WriteBatch,
        st.just(Actor("ada")),
        ANY_TEXT,
        _several(st.integers(0, len(labels) - 1).flatmap(creates), unique=True),
        _several(updates),
        _several(st.builds(NodeDelete, node_ids, version), most=1),
        _several(puts),
        _several(unlinks),
        _several(st.builds(Sighting, node_ids, st.sampled_from(["scan", "hand"]), MOMENTS), most=1),
        st.none() | st.sampled_from(["r1", "r2", "r3"]),
    )


def _several(
    items: st.SearchStrategy[Any], *, most: int = 2, unique: bool = False
) -> st.SearchStrategy[tuple[Any, ...]]:
    lists = st.lists(items, max_size=most, unique_by=(lambda item: item.id) if unique else None)
    return lists.map(tuple)
