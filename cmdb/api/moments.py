"""How a part of a document is answered as of a moment."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Any

import strawberry

from cmdb.api.context import RequestContext
from cmdb.api.loaders import Loaders
from cmdb.api.sharing import shared
from cmdb.api.tidy import TidyExecutor
from cmdb.graph.moment import Moment


@strawberry.type
class AsOfMoment:
    """A part of a document that is answered as of a moment; `context` is the one its fields get."""

    context: strawberry.Private[RequestContext]
    revision: int = strawberry.field(description="The newest revision of the moment.")
    at: str = strawberry.field(description="Its time: the one asked for, or that of the revision.")


def context_at(context: RequestContext, moment: Moment) -> RequestContext:
    """The same request with the services and loaders of a moment."""
    services = context.services.past.services_at(moment)
    loaders = Loaders(services.store, services.records, context.actor)
    return replace(context, services=shared(services, loaders), loaders=loaders)


class MomentAwareExecutor(TidyExecutor):
    """Executes what stands below an `AsOfMoment` with the context of that moment.

    A copy of an executor shares everything but what is set on it, errors too; graphql-core itself makes such
    copies for parts of a document.
    """

    def execute_collected_subfields(self, parent_type: Any, source_value: Any, *rest: Any) -> Any:
        """The fields below an object."""
        executor = self
        if isinstance(source_value, AsOfMoment):
            executor = copy(self)
            executor.context_value = source_value.context
        return super(MomentAwareExecutor, executor).execute_collected_subfields(
            parent_type, source_value, *rest
        )
