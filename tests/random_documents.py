"""Random GraphQL documents over a schema: valid ones, nearly all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from types import MappingProxyType

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)

INTROSPECTION = "__schema { queryType { name } types { name kind } }"
DIRECTIVES = (
    "@skip(if: $no)",
    "@skip(if: $yes)",
    "@include(if: $yes)",
    "@include(if: $no)",
    "@include(if: true)",
)
USED = "__typename @include(if: $yes) __typename @skip(if: $no)"
VARIABLES = {"yes": True, "no": False}
DEPTH = 5
OFTEN: Mapping[str, float] = MappingProxyType({"first": 0.6, "revision": 1, "failing": 0.7, "incidents": 0.3})
"""How often an argument is given that may be left out; one that is not named here never is."""


@dataclass
class RandomDocuments:
    """Writes documents with aliases, fragments, directives and merged selections.

    `ids` and `words` are what arguments are filled from, and `known` those of one name.
    """

    schema: GraphQLSchema
    random: Random
    ids: Sequence[str]
    words: Sequence[str]
    known: Mapping[str, Sequence[str]]
    _fragments: list[str] = field(default_factory=list)
    _names: int = 0

    def document(self) -> str:
        """One query."""
        self._fragments = []
        self._names = 0
        query = self.schema.query_type
        assert query is not None
        chosen = self.random.choices(sorted(query.fields), k=self.random.randint(1, 2))
        parts = [self._field(name, query.fields[name], DEPTH, alias=True) for name in chosen]
        if self.random.random() < 0.02:
            parts.append(INTROSPECTION)
        body = " ".join(parts)
        return "\n".join([f"query($yes: Boolean!, $no: Boolean!) {{ {USED} {body} }}", *self._fragments])

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _name(self, prefix: str) -> str:
        self._names += 1
        return f"{prefix}{self._names}"

    def _directive(self) -> str:
        return f" {self.random.choice(DIRECTIVES)}" if self._chance(0.07) else ""

    def _selection(self, type_: GraphQLNamedType, depth: int, prefix: str = "") -> str:
        assert isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
        leaves = [name for name, each in type_.fields.items() if is_leaf_type(get_named_type(each.type))]
        others = [name for name in type_.fields if name not in leaves]
        chosen = self.random.choices(leaves, k=self.random.randint(1, 4)) if leaves else []
        if others and (depth > 0 or not chosen):
            chosen += self.random.choices(others, k=self.random.choice((0, 1, 1, 2)) or (not chosen))
        self.random.shuffle(chosen)
        parts = [self._field(name, type_.fields[name], depth - 1, prefix=prefix) for name in chosen]
        if self._chance(0.2):
            parts.insert(0, "__typename")
        if not prefix and self._chance(0.5 if isinstance(type_, GraphQLInterfaceType) else 0.1):
            parts.append(self._fragment(type_, depth))
        return f"{{ {' '.join(parts)} }}"

    def _fragment(self, type_: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        """A fragment on the type itself or on one that implements it; what only that one has gets a name of its own."""
        on: GraphQLObjectType | GraphQLInterfaceType = type_
        if isinstance(type_, GraphQLInterfaceType) and self._chance(0.8):
            found = self.schema.get_implementations(type_)
            narrower: list[GraphQLObjectType | GraphQLInterfaceType] = [*found.objects, *found.interfaces]
            on = self.random.choice(narrower)
        inside = self._selection(on, depth - 1, prefix="" if on is type_ else f"{on.name}_")
        if self._chance(0.5):
            return f"... on {on.name}{self._directive()} {inside}"
        name = self._name("Part")
        self._fragments.append(f"fragment {name} on {on.name} {inside}")
        return f"...{name}{self._directive()}" + (f" ...{name}" if self._chance(0.1) else "")

    def _field(
        self, name: str, definition: GraphQLField, depth: int, *, prefix: str = "", alias: bool = False
    ) -> str:
        arguments = self._arguments(definition)
        called = f"{prefix}{name}" if prefix else ""
        if alias or arguments or self._chance(0.1):
            called = self._name(f"{prefix}{name}_")
        type_ = get_named_type(definition.type)
        inside = "" if is_leaf_type(type_) else f" {self._selection(type_, depth)}"
        return f"{called + ': ' if called else ''}{name}{arguments}{self._directive()}{inside}"

    def _arguments(self, definition: GraphQLField) -> str:
        given = []
        for name, argument in definition.args.items():
            if is_required_argument(argument) or self._chance(OFTEN.get(name, 0)):
                given.append(f"{name}: {self._argument(name, argument)}")
        return f"({', '.join(given)})" if given else ""

    def _argument(self, name: str, argument: GraphQLArgument) -> str:
        if name in self.known:
            return f'"{self.random.choice(self.known[name])}"'
        return str(self.random.randint(0, 6)) if name == "first" else self._value(argument.type)

    def _value(self, type_: GraphQLInputType) -> str:
        if is_non_null_type(type_):
            return self._value(type_.of_type)
        if is_list_type(type_):
            return f"[{', '.join(self._value(type_.of_type) for _ in range(self.random.randint(1, 2)))}]"
        if isinstance(type_, GraphQLEnumType):
            return str(self.random.choice(sorted(type_.values)))
        if isinstance(type_, GraphQLInputObjectType):
            fields = {
                n: each for n, each in type_.fields.items() if is_required_input_field(each) or n in OFTEN
            }
            return f"{{{', '.join(f'{n}: {self._value(each.type)}' for n, each in fields.items())}}}"
        assert isinstance(type_, GraphQLScalarType)
        match type_.name:
            case "ID":
                return f'"{self.random.choice(self.ids)}"'
            case "String":
                return f'"{self.random.choice(self.words)}"'
            case "Boolean":
                return "true"
            case _:
                return str(self.random.randint(1, 5))
