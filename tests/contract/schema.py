"""A small made-up schema, with one of everything a store has to cope with."""

from cmdb.graph.schema import GraphSchema, LabelSchema, LinkTypeSchema, PropertySchema
from cmdb.kernel.values import ValueType

_COMMON = {
    "name": PropertySchema(ValueType.STRING, required=True, searchable=True, indexed=True),
    "status": PropertySchema(ValueType.STRING, indexed=True),
    "note": PropertySchema(ValueType.STRING, searchable=True),
    "rank": PropertySchema(ValueType.INTEGER, indexed=True),
    "price": PropertySchema(ValueType.FLOAT),
    "managed": PropertySchema(ValueType.BOOLEAN),
    "bought": PropertySchema(ValueType.DATE),
    "seen_at": PropertySchema(ValueType.DATETIME),
    "tags": PropertySchema(ValueType.STRING_LIST, searchable=True),
}
_HOST = {
    **_COMMON,
    "address": PropertySchema(ValueType.STRING, searchable=True, indexed=True),
    "size": PropertySchema(ValueType.INTEGER),
}
_TICKET = {
    "number": PropertySchema(ValueType.STRING, required=True, searchable=True, indexed=True),
    "title": PropertySchema(ValueType.STRING, required=True, searchable=True),
    "status": PropertySchema(ValueType.STRING, indexed=True),
    # Elsewhere a number: a property's type belongs to its label.
    "size": PropertySchema(ValueType.STRING),
}

SCHEMA = GraphSchema(
    labels={
        "Item": LabelSchema("Item", (), _COMMON, abstract=True),
        "Host": LabelSchema("Host", ("Item",), _HOST),
        "Server": LabelSchema(
            "Server", ("Host", "Item"), {**_HOST, "cores": PropertySchema(ValueType.INTEGER)}
        ),
        "Service": LabelSchema(
            "Service", ("Item",), {**_COMMON, "tier": PropertySchema(ValueType.STRING, required=True)}
        ),
        "Ticket": LabelSchema("Ticket", (), _TICKET),
    },
    link_types={
        "RUNS_ON": LinkTypeSchema("RUNS_ON", {"weight": PropertySchema(ValueType.INTEGER)}),
        "CONNECTS": LinkTypeSchema("CONNECTS", {}),
        "AFFECTS": LinkTypeSchema("AFFECTS", {"how": PropertySchema(ValueType.STRING, required=True)}),
    },
    fingerprint="contract-1",
)

ITEMS = ("Host", "Server", "Service")
"""Every label of configuration items that nodes can have."""

ALL = (*ITEMS, "Ticket")
