"""Full-text search."""

from __future__ import annotations

import strawberry

from cmdb.api.context import ApiInfo
from cmdb.api.fields.configuration_items import unknown_class
from cmdb.api.fields.paging import page_size
from cmdb.api.interfaces import GraphNode
from cmdb.graph.query import SearchQuery


@strawberry.type(description="Something found, and how well it fits; scores compare within one answer only.")
class SearchResult:
    """One hit."""

    node: GraphNode
    score: float


@strawberry.type
class SearchFields:
    """The root field."""

    @strawberry.field(
        description="Configuration items and records in which every word occurs, best first. `labels` narrows it "
        "to classes (with their subclasses) and record types."
    )
    async def search(
        self, info: ApiInfo, text: str, labels: list[str] | None = None, first: int = 20
    ) -> list[SearchResult]:
        model = info.context.services.model
        wanted: list[str] = []
        for name in labels or (*model.classes, *model.record_types):
            if name in model.record_types:
                wanted.append(name)
            elif name in model.classes:
                wanted.extend(model.with_subclasses(name))
            else:
                raise unknown_class(model, name)
        query = SearchQuery(text, tuple(dict.fromkeys(wanted)), page_size(first))
        hits = await info.context.services.store.search(query)
        return [
            SearchResult(node=shown, score=hit.score)
            for hit in hits
            if isinstance(shown := info.context.types.show(hit.node), GraphNode)
        ]
