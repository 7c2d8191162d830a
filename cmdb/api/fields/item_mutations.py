"""Writing configuration items and their relationships."""

from __future__ import annotations

import strawberry

from cmdb.api.context import ApiInfo
from cmdb.api.enums import Direction
from cmdb.api.fields.attribution import attribution
from cmdb.api.interfaces import ConfigurationItem, shown_ci
from cmdb.api.scalars import JSON, json_object
from cmdb.graph.elements import LinkKey
from cmdb.records.requests import LinkRequest


@strawberry.input(description="A relationship of the item being made with one that is there.")
class RelationshipInput:
    """One relationship."""

    type: str
    other: strawberry.ID
    direction: Direction = Direction.OUT
    attributes: JSON | None = None

    def request(self) -> LinkRequest:
        """What the configuration process is asked for."""
        return LinkRequest(self.type, str(self.other), json_object(self.attributes), self.direction)


@strawberry.input(description="A configuration item to be made; attributes go by the model's own names.")
class CreateConfigurationItemInput:
    """One item."""

    class_: str = strawberry.field(name="class")
    attributes: JSON
    relationships: list[RelationshipInput] | None = None
    reason: str | None = None
    request_id: str | None = None


@strawberry.input(description="Changes to a configuration item; null takes a value away.")
class UpdateConfigurationItemInput:
    """Changes of attributes, and of the class when one is given."""

    attributes: JSON | None = None
    class_: str | None = strawberry.field(
        name="class", default=None, description="Reclassify to this class, with the changes that this needs."
    )
    expected_version: int | None = None
    reason: str | None = None
    request_id: str | None = None


@strawberry.input(description="Why something is done, at which version, and under which request id.")
class RetireConfigurationItemInput:
    """Circumstances of a retirement."""

    expected_version: int | None = None
    reason: str | None = None
    request_id: str | None = None


@strawberry.input(description="A relationship between two configuration items, read `source verb target`.")
class RelateInput:
    """One relationship."""

    type: str
    source: strawberry.ID
    target: strawberry.ID
    attributes: JSON | None = None
    reason: str | None = None
    request_id: str | None = None

    def key(self) -> LinkKey:
        """The relationship itself."""
        return LinkKey(self.type, str(self.source), str(self.target))


@strawberry.type
class ItemMutations:
    """The root fields."""

    @strawberry.mutation(description="Make a configuration item, with relationships.")
    async def create_configuration_item(
        self, info: ApiInfo, input: CreateConfigurationItemInput
    ) -> ConfigurationItem:
        written = await info.context.services.items.create(
            input.class_,
            json_object(input.attributes),
            attribution(info, input),
            [relationship.request() for relationship in input.relationships or ()],
        )
        return shown_ci(info, written.node)

    @strawberry.mutation(description="Change attributes or the class of a configuration item.")
    async def update_configuration_item(
        self, info: ApiInfo, id: strawberry.ID, input: UpdateConfigurationItemInput
    ) -> ConfigurationItem:
        items, because = info.context.services.items, attribution(info, input)
        changes, version = json_object(input.attributes), input.expected_version
        if input.class_ is None:
            written = await items.update(str(id), changes, because, expected_version=version)
        else:
            written = await items.reclassify(
                str(id), input.class_, because, changes=changes, expected_version=version
            )
        return shown_ci(info, written.node)

    @strawberry.mutation(description="Take a configuration item out of use; it stays, and carries no impact.")
    async def retire_configuration_item(
        self, info: ApiInfo, id: strawberry.ID, input: RetireConfigurationItemInput | None = None
    ) -> ConfigurationItem:
        written = await info.context.services.items.retire(
            str(id), attribution(info, input), expected_version=input.expected_version if input else None
        )
        return shown_ci(info, written.node)

    @strawberry.mutation(
        description="Put a relationship with exactly these attributes; gives the source as it is then."
    )
    async def relate(self, info: ApiInfo, input: RelateInput) -> ConfigurationItem:
        written = await info.context.services.items.relate(
            input.key(), json_object(input.attributes), attribution(info, input)
        )
        return shown_ci(info, written.node)

    @strawberry.mutation(description="Take a relationship away; gives the source as it is then.")
    async def unrelate(self, info: ApiInfo, input: RelateInput) -> ConfigurationItem:
        written = await info.context.services.items.unrelate(input.key(), attribution(info, input))
        return shown_ci(info, written.node)
