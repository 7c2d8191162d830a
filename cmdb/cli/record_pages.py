"""The question for a page of records: each record type has a field of its own, named after the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cmdb.cli.answers import Answer, read
from cmdb.model.check import did_you_mean
from cmdb.records.errors import UnknownRecordTypeError

_QUERY = """
query Records($first: Int!%(declared)s) {
  page: %(field)s(first: $first, orderBy: [{attribute: "created_at", direction: DESC}]%(filter)s) {
    totalCount
    nodes { id number type title status open attributes }
  }
}
"""


class _Type(Answer):
    name: str
    plural: str
    open_states: tuple[str, ...]


class _Types(Answer):
    record_types: tuple[_Type, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A GraphQL document and its variables."""

    query: str
    variables: Mapping[str, object] = field(default_factory=dict)


def record_page_query(name: str, types: Mapping[str, object], only_open: bool) -> Asked:
    """What to ask for the newest records of a type, which may be named in the plural and in any case of letters.

    Args:
        name: The type as the person wrote it.
        types: The answer of the operation `record_types`.
        only_open: Only records in an open state.

    Raises:
        UnknownRecordTypeError: there is no such type.
    """
    known = read(_Types, types).record_types
    found = [each for each in known if name.casefold() in {each.name.casefold(), each.plural.casefold()}]
    if not found:
        names = [each.name for each in known]
        raise UnknownRecordTypeError(
            f"there is no record type {name!r}{did_you_mean(name, names)}",
            remedy=f"The record types are: {', '.join(names)}.",
        )
    plural = found[0].plural
    parts = {"field": plural[0].lower() + plural[1:], "declared": "", "filter": ""}
    if not only_open:
        return Asked(_QUERY % parts)
    where = ', filter: {where: {attribute: "status", operator: IN, value: $states}}'
    return Asked(
        _QUERY % {**parts, "declared": ", $states: JSON!", "filter": where},
        {"states": list(found[0].open_states)},
    )
