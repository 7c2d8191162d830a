"""What things of the model may be called, and the forms derived from their names."""

from __future__ import annotations

import re
from enum import Enum

_TYPE = r"[A-Z][A-Za-z0-9]{0,63}"
_WORD = r"[a-z][a-z0-9_]{0,63}"
_RELATIONSHIP = r"[A-Z][A-Z0-9_]{0,63}"

RESERVED_ATTRIBUTES = frozenset(
    {
        "id", "label", "class", "version", "revision", "created_at", "updated_at", "attributes", "evidence",
        "history", "links", "relationships", "typename", "available_actions",
    }
)  # fmt: skip
"""Every node has these already: as itself in the graph, or as fields of the API."""

RESERVED_TYPES = frozenset(
    {
        "String", "Int", "Float", "Boolean", "ID", "Date", "DateTime", "Time", "JSON", "Upload",
        "Query", "Mutation", "Subscription", "Node", "Link", "Edge", "Connection", "PageInfo", "Record",
        "Relationship", "RelationshipType", "RecordType", "Attribute", "Revision", "Search", "Impact",
        "RootCause", "Error", "Model",
    }
)  # fmt: skip
"""The API has types of these names already."""

RESERVED_ENDINGS = ("Connection", "Edge", "Filter", "Ordering", "Input", "Payload")
"""The API makes types from a class's name and these words."""


class NameKind(Enum):
    """What is named, with the pattern of its names and a wording of it."""

    TYPE = (_TYPE, "a capital, then letters and digits, e.g. `MailServer`")
    ATTRIBUTE = (_WORD, "small letters, digits and `_`, e.g. `serial_number`")
    RELATIONSHIP = (_RELATIONSHIP, "capitals, digits and `_`, e.g. `RUNS_ON`")


def is_well_formed(kind: NameKind, name: str) -> bool:
    """Whether the name follows the pattern of its kind (at most 64 characters)."""
    return re.fullmatch(kind.value[0], name) is not None


def is_reserved(kind: NameKind, name: str) -> bool:
    """Whether the product uses the name for something else."""
    match kind:
        case NameKind.TYPE:
            return name in RESERVED_TYPES or name.endswith(RESERVED_ENDINGS)
        case NameKind.ATTRIBUTE:
            return name in RESERVED_ATTRIBUTES
        case NameKind.RELATIONSHIP:
            return False


def plural_of(name: str) -> str:
    """The regular English plural; irregular ones are written in the model."""
    if re.search("[^aeiou]y$", name):
        return f"{name[:-1]}ies"
    if re.search("(s|x|z|ch|sh)$", name):
        return f"{name}es"
    return f"{name}s"


def camel_case(name: str) -> str:
    """An attribute's name as the API writes it: `serial_number` becomes `serialNumber`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
