"""Does content fit the model in use? Names only reach a store that the model knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cmdb.graph.archive import Piece
from cmdb.graph.elements import Properties
from cmdb.graph.schema import GraphSchema, PropertySchema
from cmdb.kernel.values import Value, ValueType
from cmdb.processes.configuration.backup.errors import BackupModelError

_MOST_NAMED = 20
_PYTHON_TYPES = {
    ValueType.INTEGER: (int,),
    ValueType.FLOAT: (float, int),
    ValueType.BOOLEAN: (bool,),
    ValueType.STRING_LIST: (list,),
}


class Fit:
    """Checks the nodes and links of pieces against a schema.

    A required attribute may be missing: the model may have come to require it after the node was written.
    """

    def __init__(self, schema: GraphSchema) -> None:
        self._schema = schema
        self._seen: set[tuple[object, ...]] = set()

    def check(self, piece: Piece) -> None:
        """Look whether every label, link type, property and type of value is known.

        Raises:
            BackupModelError: some are not; the first are named.
        """
        mistakes = list(dict.fromkeys(self._mistakes(piece)))
        if mistakes:
            more = len(mistakes) - _MOST_NAMED
            named = "; ".join(mistakes[:_MOST_NAMED])
            message = f"{named}; and {more} more" if more > 0 else named
            raise BackupModelError(message, details={"mistakes": mistakes})

    def _mistakes(self, piece: Piece) -> Iterator[str]:
        for archived in piece.nodes:
            node = archived.node
            if self._is_new("node", node.label, node.properties):
                label = self._schema.labels.get(node.label)
                if label is None:
                    yield f"the model has no {node.label}"
                elif label.abstract:
                    yield f"{node.label} is abstract in the model"
                else:
                    yield from _unfit(node.label, node.properties, label.properties)
        for link in piece.links:
            if self._is_new("link", link.type, link.properties):
                kind = self._schema.link_types.get(link.type)
                if kind is None:
                    yield f"the model has no relationship {link.type}"
                else:
                    yield from _unfit(link.type, link.properties, kind.properties)

    def _is_new(self, what: str, name: str, properties: Properties) -> bool:
        """Whether nothing of this shape was looked at before: most of them look alike."""
        if not properties and (what, name) in self._seen:
            return False
        values = list(properties.values())
        shape = (what, name, *properties, *map(type, values))
        if shape in self._seen:
            return list in shape and not all(type(one) is not list or _holds_texts(one) for one in values)
        self._seen.add(shape)
        return True


def _unfit(owner: str, properties: Properties, rules: Mapping[str, PropertySchema]) -> Iterator[str]:
    for name, value in properties.items():
        rule = rules.get(name)
        if rule is None:
            yield f"{owner} has no attribute {name!r} in the model"
        elif not _is_of(value, rule.type):
            yield f"{owner}.{name} is of type {rule.type.value} in the model, not {type(value).__name__}"


def _is_of(value: Value, kind: ValueType) -> bool:
    if type(value) not in _PYTHON_TYPES.get(kind, (str,)):
        return False
    return not isinstance(value, list) or _holds_texts(value)


def _holds_texts(values: Value) -> bool:
    return isinstance(values, list) and all(type(item) is str for item in values)
