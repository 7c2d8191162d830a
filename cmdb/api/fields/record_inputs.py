"""Inputs of record mutations, drawn from each record type's attributes and links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import strawberry

from cmdb.api.generated import PYTHON_TYPES, describe
from cmdb.model.records import LinkType, RecordType
from cmdb.model.types import Model
from cmdb.records.requests import LinkRequest

SET_BY_LIFECYCLE = frozenset({"status", "number"})


class RecordInputs:
    """The input types of one record type. Links are given as lists of ids under the link's name."""

    def __init__(self, model: Model, record: RecordType) -> None:
        self._links: Mapping[str, LinkType] = {
            link.name.lower(): link
            for link in model.link_types.values()
            if any(source == record.name for source, _ in link.ends)
        }
        self.create = self._input(record, f"Create{record.name}Input", required=True)
        self.update = self._input(record, f"Update{record.name}Input", required=False)

    def links(self, given: object | None) -> list[LinkRequest]:
        """The links an input asks for."""
        return [
            LinkRequest(link.name, str(other))
            for field, link in self._links.items()
            for other in getattr(given, field, None) or []
        ]

    def _input(self, record: RecordType, name: str, *, required: bool) -> type:
        annotations: dict[str, Any] = {}
        namespace: dict[str, Any] = {"__annotations__": annotations, "__doc__": f"Values of a {record.name}."}
        for attribute in record.attributes.values():
            if attribute.name in SET_BY_LIFECYCLE:
                continue
            python_type = PYTHON_TYPES[attribute.type]
            needed = required and attribute.required and attribute.default is None
            annotations[attribute.name] = python_type if needed else python_type | None
            default: dict[str, Any] = {} if needed else {"default": strawberry.UNSET}
            namespace[attribute.name] = strawberry.field(description=describe(attribute), **default)
        for field, link in self._links.items():
            annotations[field] = list[strawberry.ID] | None
            namespace[field] = strawberry.field(description=f"Ids of what it {link.verb}.", default=None)
        annotations |= {"reason": str | None, "request_id": str | None}
        namespace["reason"] = strawberry.field(description="Why; kept in the revision.", default=None)
        namespace["request_id"] = strawberry.field(
            description="Repeating a request with the same id has no second effect.", default=None
        )
        if not required:
            annotations["expected_version"] = int | None
            namespace["expected_version"] = strawberry.field(
                description="Refuse when the record is not at this version any more.", default=None
            )
        return strawberry.input(type(name, (), namespace), name=name)


def attributes_given(record: RecordType, given: object | None) -> dict[str, object]:
    """The attributes an input mentions; null means that the value is to be taken away."""
    return {
        name: value
        for name in record.attributes
        if name not in SET_BY_LIFECYCLE
        and (value := getattr(given, name, strawberry.UNSET)) is not strawberry.UNSET
    }
