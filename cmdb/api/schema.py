"""The GraphQL schema of a model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import strawberry
from strawberry.extensions import MaxTokensLimiter, ParserCache, SchemaExtension, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import validate_document
from strawberry.tools import merge_types

from cmdb.api.batching.executor import BatchingExecution
from cmdb.api.batching.kept import KeptColumns
from cmdb.api.context import NodeTypes
from cmdb.api.fields.as_of import as_of_fields
from cmdb.api.fields.change_impact import ChangeImpactFields, change_fields
from cmdb.api.fields.change_schedule import ChangeScheduleFields
from cmdb.api.fields.configuration_items import configuration_item_fields
from cmdb.api.fields.diff import DiffFields
from cmdb.api.fields.impact import ImpactFields
from cmdb.api.fields.imports import ImportMutations
from cmdb.api.fields.item_mutations import ItemMutations
from cmdb.api.fields.model import ModelFields
from cmdb.api.fields.records import record_mutations, record_queries
from cmdb.api.fields.redundancy import RedundancyFields
from cmdb.api.fields.revisions import RevisionFields
from cmdb.api.fields.root_cause import RootCauseFields, incident_fields
from cmdb.api.fields.search import SearchFields
from cmdb.api.generated import node_types
from cmdb.api.limits import Limits, LimitsExtension
from cmdb.api.moments import MomentAwareExecutor
from cmdb.api.scalars import scalar_map
from cmdb.model.types import Model

DOCUMENTS_REMEMBERED = 128
"""So many documents are parsed and validated once; clients ask the same few again and again."""


@dataclass(frozen=True, slots=True)
class ApiSchema:
    """The schema with the types that show nodes, and the bounds of a document."""

    schema: Schema
    types: NodeTypes
    limits: Limits

    def sdl(self) -> str:
        """The schema in GraphQL's schema definition language."""
        return self.schema.as_str() + "\n"


def batching_executor() -> type[MomentAwareExecutor]:
    """What completes plain fields in columns, at every moment; one for each schema, as what it keeps is."""

    class BatchingExecutor(BatchingExecution, MomentAwareExecutor):
        kept = KeptColumns()

    return BatchingExecutor


class Schema(strawberry.Schema):
    """Strawberry's schema; errors are logged where they are answered, once, with their request id."""

    def process_errors(self, errors: list[Any], execution_context: Any = None) -> None:
        """Leave the logging to the runner."""


def build_schema(model: Model, limits: Limits, *, batching: bool = True) -> ApiSchema:
    """The GraphQL schema of a model; without batching graphql-core completes every field by itself."""
    types = node_types(model, {"Change": change_fields(), "Incident": incident_fields()})
    readings = (
        configuration_item_fields(model),
        record_queries(model, types),
        ImpactFields,
        RedundancyFields,
        ChangeImpactFields,
        ChangeScheduleFields,
        RootCauseFields,
        SearchFields,
        RevisionFields,
    )
    query = merge_types("Query", (*readings, as_of_fields(readings), DiffFields, ModelFields))
    mutation = merge_types("Mutation", (ItemMutations, record_mutations(model, types), ImportMutations))
    # One for each schema: what is remembered is forgotten with it.
    validated = lru_cache(maxsize=DOCUMENTS_REMEMBERED)(validate_document)
    schema = Schema(
        query=query,
        mutation=mutation,
        types=[*types.by_label.values(), types.unknown],
        extensions=[
            lambda: ParserCache(maxsize=DOCUMENTS_REMEMBERED),
            lambda: MaxTokensLimiter(max_token_count=limits.tokens),
            lambda: _limited(limits),
            # After the bounds: what is beyond them is refused before it is validated.
            lambda: _validated_once(validated),
        ],
        execution_context_class=batching_executor() if batching else MomentAwareExecutor,
        config=StrawberryConfig(scalar_map=scalar_map()),
    )
    return ApiSchema(schema, types, limits)


def _limited(limits: Limits) -> SchemaExtension:
    extension = LimitsExtension()
    extension.limits = limits
    return extension


def _validated_once(validated: Callable[..., Any]) -> SchemaExtension:
    extension = ValidationCache()
    extension.cached_validate_document = validated
    return extension
