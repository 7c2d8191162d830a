"""Bounds on what one GraphQL document may ask, found in time linear to its length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)
from strawberry.extensions import SchemaExtension

from cmdb.api.context import RequestContext
from cmdb.api.errors import DocumentTooLargeError, InvalidDocumentError
from cmdb.graph.query import PAGE_LIMIT


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may hold. `cost` counts fields, each times the `first` of the lists around it."""

    characters: int = 15_000
    tokens: int = 1_000
    depth: int = 15
    aliases: int = 30
    fields: int = 500
    directives: int = 50
    cost: int = 50_000


class Measure(NamedTuple):
    """What a selection holds, fragments counted where they are spread."""

    depth: int = 0
    aliases: int = 0
    fields: int = 0
    directives: int = 0
    cost: int = 0

    def beside(self, other: Measure) -> Measure:
        """Both, next to each other."""
        return Measure(
            max(self.depth, other.depth),
            self.aliases + other.aliases,
            self.fields + other.fields,
            self.directives + other.directives,
            self.cost + other.cost,
        )


class DocumentMeter:
    """Measures a document; each fragment is measured once, however often it is spread."""

    def __init__(self, document: DocumentNode, variables: Mapping[str, object]) -> None:
        self._operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
        self._variables = {**self._defaults(), **variables}
        self._fragments = {
            d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
        }
        self._measured: dict[str, Measure] = {}

    def measure(self) -> Measure:
        """All operations of the document together."""
        total = Measure()
        for operation in self._operations:
            total = total.beside(Measure(directives=len(operation.directives or ())))
            total = total.beside(self._selection(operation.selection_set))
        return total

    def _defaults(self) -> dict[str, int]:
        return {
            definition.variable.name.value: int(definition.default_value.value)
            for operation in self._operations
            for definition in operation.variable_definitions or ()
            if isinstance(definition.default_value, IntValueNode)
        }

    def _selection(self, selection_set: SelectionSetNode | None) -> Measure:
        total = Measure()
        for part in self._parts(selection_set):
            total = total.beside(part)
        return total

    def _parts(self, selection_set: SelectionSetNode | None) -> Iterator[Measure]:
        for node in selection_set.selections if selection_set else ():
            directives = Measure(directives=len(node.directives or ()))
            if isinstance(node, FieldNode):
                yield directives.beside(self._field(node))
            elif isinstance(node, InlineFragmentNode):
                yield directives.beside(self._selection(node.selection_set))
            elif isinstance(node, FragmentSpreadNode):
                yield directives.beside(self._fragment(node.name.value))

    def _field(self, node: FieldNode) -> Measure:
        inner = self._selection(node.selection_set)
        introspection = node.name.value.startswith("__")
        return Measure(
            0 if introspection else inner.depth + 1,
            inner.aliases + (node.alias is not None),
            inner.fields + 1,
            inner.directives,
            0 if introspection else 1 + inner.cost * self._page(node),
        )

    def _fragment(self, name: str) -> Measure:
        if name not in self._measured:
            self._measured[name] = Measure()  # a cycle counts nothing here; validation refuses it
            fragment = self._fragments.get(name)
            self._measured[name] = self._selection(fragment.selection_set if fragment else None)
        return self._measured[name]

    def _page(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value == "first":
                value = argument.value
                if isinstance(value, IntValueNode) and len(value.value) < len(str(PAGE_LIMIT)) + 1:
                    return max(int(value.value), 1)
                if isinstance(value, VariableNode):
                    given = self._variables.get(value.name.value)
                    return max(given, 1) if isinstance(given, int) else PAGE_LIMIT
                return PAGE_LIMIT
        return 1


class LimitsExtension(SchemaExtension):
    """Refuses a document that is out of bounds before it is validated."""

    limits: Limits

    def on_validate(self) -> Iterator[None]:
        """Measure, then let the validation run."""
        document = self.execution_context.graphql_document
        if document is not None:
            context: RequestContext = self.execution_context.context
            refuse_ambiguous(document, context.operation_name)
            meter = DocumentMeter(document, self.execution_context.variables or {})
            refuse_beyond(self.limits, meter.measure())
        yield


def refuse_ambiguous(document: DocumentNode, operation_name: str | None) -> None:
    """Refuse a document that leaves open which operation is meant (GraphQL specification, GetOperation).

    Raises:
        InvalidDocumentError: it holds several operations, and none is named.
    """
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    if operation_name is None and len(operations) > 1:
        raise InvalidDocumentError(
            f"the document holds {len(operations)} operations", remedy="Say which one in `operationName`."
        )


def refuse_beyond(limits: Limits, measure: Measure) -> None:
    """Refuse what is out of bounds.

    Raises:
        DocumentTooLargeError: naming the first limit that is passed, its value and what was seen.
    """
    for name in ("depth", "aliases", "fields", "directives", "cost"):
        allowed, seen = getattr(limits, name), getattr(measure, name)
        if seen > allowed:
            raise DocumentTooLargeError(
                f"the document's {name} is {seen:,}, and {allowed:,} is allowed",
                details={"limit": name, "allowed": allowed, "seen": seen},
            )
