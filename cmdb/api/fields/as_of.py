"""Everything that can be read, asked as of a moment."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
from strawberry.tools import merge_types

from cmdb.api.context import ApiInfo
from cmdb.api.moments import AsOfMoment, context_at


def as_of_fields(readings: tuple[type, ...]) -> type:
    """The root field `asOf`; `readings` are the types whose fields can be asked of the past."""
    shown: Any = merge_types("AsOf", (AsOfMoment, *readings))

    async def as_of(
        info: ApiInfo,
        at: Annotated[
            str | None, strawberry.argument(description="A time, RFC 3339; without an offset it is UTC.")
        ] = None,
        revision: Annotated[
            int | None, strawberry.argument(description="A revision; 0 is the empty graph.")
        ] = None,
    ) -> Any:
        moment = await info.context.services.past.moment(at, revision)
        context = context_at(info.context, moment)
        return shown(context=context, revision=moment.revision, at=moment.at)

    as_of.__annotations__["return"] = shown

    @strawberry.type
    class AsOfFields:
        """The root field."""

        as_of_field = strawberry.field(
            resolver=as_of,
            name="asOf",
            description="Everything that can be read, as it was at a time or right after a revision: give one of "
            "both. Provenance, sightings and identifiers of the past are not kept, and are refused.",
        )

    return AsOfFields
