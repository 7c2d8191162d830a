"""A record in a terminal state is not changed any more; a record still alive may be linked to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cmdb.graph.elements import Node
from cmdb.model.types import Model
from cmdb.records.requests import Operation


def is_terminal(model: Model, node: Node) -> bool:
    """True for a record whose life has ended; a CI is never terminal in this sense."""
    record_type = model.record_types.get(node.label)
    state = record_type.lifecycle.states.get(node.status) if record_type else None
    return state is not None and state.terminal


def refusals(model: Model, node: Node, operation: Operation, others: Mapping[str, Node]) -> Iterator[str]:
    """What may not be done because the record is terminal; whether an action starts here is asked elsewhere.

    A link between a terminal record and a record still alive belongs to the work on the latter, e.g. the
    closed incidents that a problem explains.
    """
    if operation.action is not None or not is_terminal(model, node):
        return
    if operation.attributes:
        yield f"{node.name} is {node.status!r} and is not changed any more"
    for request in (*operation.put, *operation.removed):
        other = others.get(request.other)
        if other is None:
            continue
        if other.label not in model.record_types or is_terminal(model, other):
            yield f"{node.name} is {node.status!r}: its {request.type} link with {other.name} stays as it is"
