"""A document of the present turned into one of a moment."""

from __future__ import annotations

from dataclasses import replace

from graphql import (
    ArgumentNode,
    FieldNode,
    InlineFragmentNode,
    IntValueNode,
    NameNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
    parse,
    print_ast,
)

NOT_KEPT = frozenset({"provenance", "sightings", "identifiers"})
"""Fields that cannot be asked of the past."""

FIELD = "asOf"


def document_as_of(text: str, moment: str) -> str:
    """The document whose operations ask the same below `asOf`, without the fields that are not kept.

    `moment` is a revision where it consists of digits, else a time (RFC 3339). Fragments stay as they are.
    """
    document = parse(text)
    definitions = tuple(
        _wrapped(definition, moment) if isinstance(definition, OperationDefinitionNode) else definition
        for definition in document.definitions
    )
    return print_ast(replace(document, definitions=definitions))


def _wrapped(operation: OperationDefinitionNode, moment: str) -> OperationDefinitionNode:
    if moment.isascii() and moment.isdigit():
        argument = ArgumentNode(name=NameNode(value="revision"), value=IntValueNode(value=moment))
    else:
        argument = ArgumentNode(name=NameNode(value="at"), value=StringValueNode(value=moment))
    field = FieldNode(
        name=NameNode(value=FIELD), arguments=(argument,), selection_set=_kept(operation.selection_set)
    )
    return replace(operation, selection_set=SelectionSetNode(selections=(field,)))


def _kept(selections: SelectionSetNode) -> SelectionSetNode:
    kept = tuple(_kept_below(node) for node in selections.selections if not _is_lost(node))
    return replace(selections, selections=kept)


def _is_lost(node: SelectionNode) -> bool:
    return isinstance(node, FieldNode) and node.name.value in NOT_KEPT


def _kept_below(node: SelectionNode) -> SelectionNode:
    if isinstance(node, FieldNode | InlineFragmentNode) and node.selection_set is not None:
        return replace(node, selection_set=_kept(node.selection_set))
    return node
