"""Reading and writing records: fields drawn from each record type and its lifecycle."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry.types.field import StrawberryField

from cmdb.api.connections import Connection, connect
from cmdb.api.context import ApiInfo, NodeTypes
from cmdb.api.enums import Direction
from cmdb.api.fields.attribution import attribution
from cmdb.api.fields.record_inputs import RecordInputs, attributes_given
from cmdb.api.filters import OrderBy, filter_input, order, predicate
from cmdb.api.interfaces import Record, shown_record
from cmdb.api.scalars import JSON, json_object
from cmdb.api.views import NodeView
from cmdb.graph.query import NodeQuery
from cmdb.model.names import camel_case
from cmdb.model.records import Action, RecordType
from cmdb.model.types import Model
from cmdb.records.errors import RecordNotFoundError
from cmdb.records.requests import LinkRequest


def lower_first(name: str) -> str:
    """`KnownError` becomes `knownError`."""
    return name[0].lower() + name[1:]


def record_queries(model: Model, types: NodeTypes) -> type:
    """The root fields that read: one record and a page of records, for each type."""
    fields: dict[str, Any] = {}
    for record in model.record_types.values():
        shown = types.by_label[record.name]
        fields[lower_first(record.name)] = _one(record, shown)
        fields[lower_first(record.plural)] = _page(record, shown)
    return strawberry.type(type("RecordQueries", (), {"__doc__": "Reading records.", **fields}))


def _one(record: RecordType, shown: type[NodeView]) -> StrawberryField:
    async def resolve(info: ApiInfo, id: strawberry.ID) -> Any:
        try:
            node = await info.context.services.records.find(str(id))
        except RecordNotFoundError:
            return None
        return info.context.types.show(node) if node.label == record.name else None

    resolve.__annotations__["return"] = shown | None
    field: StrawberryField = strawberry.field(
        resolver=resolve, description=f"One {record.name} by its id or number, or null."
    )
    return field


def _page(record: RecordType, shown: type[NodeView]) -> StrawberryField:
    record_filter = filter_input(f"{record.name}Filter", record.attributes.values(), {})

    async def resolve(
        info: ApiInfo,
        filter: Any = None,
        order_by: list[OrderBy] | None = None,
        first: int = 100,
        after: str | None = None,
    ) -> Any:
        where = predicate(filter, record.attributes)
        return await connect(info, NodeQuery((record.name,), where, order(order_by), first, after))

    resolve.__annotations__["filter"] = record_filter | None
    resolve.__annotations__["return"] = Connection[shown]  # type: ignore[valid-type]
    field: StrawberryField = strawberry.field(
        resolver=resolve, description=f"{record.description} A page at a time."
    )
    return field


def record_mutations(model: Model, types: NodeTypes) -> type:
    """The root fields that write: create, update and each action of each type, and links."""
    fields: dict[str, Any] = {
        "link_record": strawberry.mutation(
            link_record, description="Link a record to a configuration item or another record."
        ),
        "unlink_record": strawberry.mutation(unlink_record, description="Take a link of a record away."),
    }
    for record in model.record_types.values():
        inputs = RecordInputs(model, record)
        shown = types.by_label[record.name]
        fields[f"create{record.name}"] = _create(record, shown, inputs)
        fields[f"update{record.name}"] = _update(record, shown, inputs)
        for action in record.lifecycle.actions.values():
            fields[f"{camel_case(action.name)}{record.name}"] = _act(record, shown, inputs, action)
    return strawberry.type(type("RecordMutations", (), {"__doc__": "Writing records.", **fields}))


@strawberry.input(description="A link between a record and another node, read from the record.")
class LinkInput:
    """One link."""

    type: str
    other: strawberry.ID
    direction: Direction = Direction.OUT
    attributes: JSON | None = None
    reason: str | None = None
    request_id: str | None = None

    def request(self) -> LinkRequest:
        """What the record engine is asked for."""
        return LinkRequest(self.type, str(self.other), json_object(self.attributes), self.direction)


async def link_record(info: ApiInfo, id: strawberry.ID, link: LinkInput) -> Record:
    """Put a link."""
    engine = info.context.services.records
    node = await engine.find(str(id))
    written = await engine.link(node.id, link.request(), attribution(info, link))
    return shown_record(info, written.node)


async def unlink_record(info: ApiInfo, id: strawberry.ID, link: LinkInput) -> Record:
    """Take a link away."""
    engine = info.context.services.records
    node = await engine.find(str(id))
    written = await engine.unlink(node.id, link.request(), attribution(info, link))
    return shown_record(info, written.node)


def _create(record: RecordType, shown: type[NodeView], inputs: RecordInputs) -> StrawberryField:
    async def resolve(info: ApiInfo, input: Any) -> Any:
        written = await info.context.services.records.create(
            record.name, attributes_given(record, input), attribution(info, input), inputs.links(input)
        )
        return info.context.types.show(written.node)

    return _mutation(resolve, shown, inputs.create, f"Make a {record.name}: {record.description}")


def _update(record: RecordType, shown: type[NodeView], inputs: RecordInputs) -> StrawberryField:
    async def resolve(info: ApiInfo, id: strawberry.ID, input: Any) -> Any:
        engine = info.context.services.records
        node = await engine.find(str(id))
        written = await engine.update(
            node.id,
            attributes_given(record, input),
            attribution(info, input),
            links=inputs.links(input),
            expected_version=input.expected_version,
        )
        return info.context.types.show(written.node)

    return _mutation(
        resolve, shown, inputs.update, f"Change attributes of a {record.name}; null takes a value away."
    )


def _act(record: RecordType, shown: type[NodeView], inputs: RecordInputs, action: Action) -> StrawberryField:
    async def resolve(info: ApiInfo, id: strawberry.ID, input: Any = None) -> Any:
        engine = info.context.services.records
        node = await engine.find(str(id))
        written = await engine.act(
            node.id,
            action.name,
            attributes_given(record, input),
            attribution(info, input),
            links=inputs.links(input),
            expected_version=getattr(input, "expected_version", None),
        )
        return info.context.types.show(written.node)

    needs = f" Needs {', '.join(map(camel_case, action.requires))}." if action.requires else ""
    states = ", ".join(action.sources)
    return _mutation(
        resolve,
        shown,
        inputs.update | None,
        f"{action.label}: from {states} to {action.target}.{needs}",
    )


def _mutation(resolve: Any, shown: type[NodeView], given: Any, description: str) -> StrawberryField:
    resolve.__annotations__["input"] = given
    resolve.__annotations__["return"] = shown
    field: StrawberryField = strawberry.mutation(resolver=resolve, description=description)
    return field
